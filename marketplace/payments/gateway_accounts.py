"""The provider's connected accounts by its own client: opening, onboarding, capability, payouts, balances.

An account is a recipient: the operator bears fees and losses, and it receives transfers only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from marketplace.identity.models import Organization
from marketplace.payments.models import PayoutAccount
from marketplace.payments.provider import PayoutHead, PayoutSaid, ProviderDown, ProviderRefuses

INCLUDE: list[Any] = ["configuration.recipient"]


@contextmanager
def asked() -> Iterator[None]:
    """Turn the client's errors into ours: refused for good, or unknown and to be asked again with the same key."""
    try:
        yield
    except stripe.IdempotencyError:
        raise
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise ProviderRefuses(error.code or "invalid_request", error.user_message or str(error)) from error
    except stripe.StripeError as error:
        raise ProviderDown from error


class Accounts:
    """What the gateway does with connected accounts."""

    client: stripe.StripeClient

    def open_account(self, account: PayoutAccount, owner: Organization, email: str) -> str:
        """Open a connected account for an organization; gives the provider's id."""
        with asked():
            made = self.client.v2.core.accounts.create(
                {
                    "display_name": owner.name, "contact_email": email, "dashboard": "express",
                    "identity": {"country": owner.country.lower()},
                    "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}},
                    "defaults": {"currency": owner.currency.lower(),
                                 "responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
                    "metadata": {"payout_account_id": account.id, "organization_id": owner.id},
                    "include": INCLUDE,
                },
                {"idempotency_key": account.id},
            )
        return made.id

    def onboarding(self, account_id: str, back: str) -> str:
        """A fresh address of the provider's onboarding page; it works once, for minutes."""
        wanted: Any = {"account": account_id, "use_case": {
            "type": "account_onboarding",
            "account_onboarding": {"configurations": ["recipient"], "return_url": back, "refresh_url": back}}}
        with asked():
            made = self.client.v2.core.account_links.create(wanted)
        return made.url

    def account_status(self, account_id: str) -> str:
        """Whether an account can receive transfers now: 'active', 'pending', 'restricted' or 'unsupported'."""
        with asked():
            found: Any = self.client.v2.core.accounts.retrieve(account_id, {"include": INCLUDE})
        try:
            return found.configuration.recipient.capabilities.stripe_balance.stripe_transfers.status
        except AttributeError:
            return "pending"

    def payout(self, payout_id: str, account_id: str) -> PayoutSaid:
        """How a connected account's payout stands now, with the transfers in it."""
        mine: Any = {"stripe_account": account_id}
        with asked():
            said = self.client.v1.payouts.retrieve(payout_id, options=mine)
            rows = self.client.v1.balance_transactions.list({"payout": payout_id, "limit": 100, "expand": ["data.source"]}, mine)
            sources: list[Any] = [row.source for row in rows.auto_paging_iter()]
        transfers = [source.source_transfer for source in sources if getattr(source, "source_transfer", None)]
        return PayoutSaid(said.id, said.amount, said.currency.upper(), said.status, said.failure_message or said.failure_code,
                          said.arrival_date, transfers)

    def payouts(self, account_id: str) -> list[PayoutHead]:
        """A connected account's newest 100 payouts, newest first."""
        mine: Any = {"stripe_account": account_id}
        with asked():
            rows = self.client.v1.payouts.list({"limit": 100}, mine).data
        return [PayoutHead(row.id, row.amount, row.currency.upper(), row.status, row.created) for row in rows]

    def balance(self, account_id: str | None = None) -> dict[str, int]:
        """Available and pending together, by currency: a connected account's, or the platform's."""
        with asked():
            found = self.client.v1.balance.retrieve(options={"stripe_account": account_id} if account_id else {})
        totals: dict[str, int] = {}
        rows: list[Any] = [*found.available, *found.pending]
        for row in rows:
            totals[row.currency.upper()] = totals.get(row.currency.upper(), 0) + row.amount
        return totals
