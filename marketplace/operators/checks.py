"""Whether everything balances: each room's own checks, run together."""

from __future__ import annotations

from marketplace.core import tenancy
from marketplace.core.checks import Check
from marketplace.identity.access import Actor, authorize
from marketplace.offers import verify as offers
from marketplace.orders import verify as orders
from marketplace.payments import comparison
from marketplace.payments import verify as payments

ON_A_PAGE = 100


def run(actor: Actor) -> list[Check]:
    """Recompute ledger, stock, orders and provider balances. Raises: Forbidden."""
    authorize(actor, "money:read")
    return run_all(ON_A_PAGE)


def run_all(newest: int = comparison.LIMIT) -> list[Check]:
    """The same for the command line; compares the `newest` charges, refunds and transfers with the provider's."""
    with tenancy.as_market():
        return [*orders.checks(), *offers.checks(), *payments.checks(), *comparison.checks(newest)]
