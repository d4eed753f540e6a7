"""What the operator does: bring companies in, give failed work another life."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import select

from marketplace.core import audit, jobs, money
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.outbox import OutboxRow
from marketplace.identity import onboarding
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Kind, Organization
from marketplace.payments import commission

SHORTEST_PASSWORD = 12
LONGEST_NAME = 120


class WeakPassword(Invalid):
    """A password that is soon guessed."""

    code: ClassVar[str] = "weak_password"
    message = "A password has at least 12 characters."


def retry(actor: Actor, row_id: str) -> OutboxRow:
    """Try a failed or dead piece of work again. Effects: an audit entry. Raises: Forbidden, NotFound."""
    authorize(actor, "market:operate")
    row = db.session.get(OutboxRow, row_id)
    if row is None or row.done_at is not None:
        raise NotFound
    audit.record(actor, "work.retried", row_id, before={"attempts": row.attempts, "last_error": row.last_error})
    jobs.retry(row_id)
    return row


def bring_in(kind: Kind, name: str, person: tuple[str, str], **where: str) -> str:
    """Bring a company and its first person in, for the command line; says who can sign in where.

    Shapes:  person is (e-mail, password); `where` has country, currency, and host (of a reseller) or reseller (of a buyer).
    Effects: organization, person, membership, storefront: those that are missing. Raises: WeakPassword, Invalid for a name that is none, and what the verbs of onboarding refuse.
    """
    email, password = person
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(field="password")
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A company's name has 1 to {LONGEST_NAME} characters on one line.", field="name")
    made = onboarding.ensure_organization(kind, name, country=where["country"].upper(), currency=where["currency"].upper())
    if kind is Kind.BUYER:
        onboarding.join_reseller(made, where["reseller"])
    host = onboarding.ensure_storefront(made, where["host"]).host if kind is Kind.RESELLER else ""
    user = onboarding.ensure_person(made, kind, email, password)
    audit.record("command", "company.brought_in", made.id, after={"kind": kind.value, "name": name, "person": user.id})
    return f"{user.email} acts for {made.name} ({made.slug})" + (f", with a storefront on {host}" if host else "")


def take_commission(percent: str, tax: str, currency: str, seller: str) -> str:
    """Set the commission from now on, for the command line; `seller` is a slug, or blank for all. Says what holds.

    Shapes:  rates in percent, from 0 to 100, with at most two decimals. Raises: Invalid, NotFound for a seller that is none.
    """
    rate_bps, tax_bps = _bps(percent, "percent"), _bps(tax, "tax")
    currency = money.checked(currency.upper())
    found = db.session.scalar(select(Organization).filter_by(slug=seller)) if seller else None
    if seller and (found is None or Kind.SELLER.value not in found.kinds):
        raise NotFound("No seller has this slug.", field="seller")
    commission.set_rule(rate_bps, tax_bps, currency, found.id if found else None)
    return f"From now on {percent} % of the goods in {currency} that {found.name if found else 'a seller without a rule of its own'} sells, and {tax} % tax on it"


def _bps(text: str, field: str) -> int:
    """Basis points of a rate in percent: its hundredths, as cents are a euro's."""
    try:
        bps = money.parse(text, "EUR", field)
    except Invalid:
        bps = -1
    if not 0 <= bps <= 10_000:
        raise Invalid(f"{text!r} is not a rate in percent from 0 to 100 with at most two decimals.", field=field)
    return bps
