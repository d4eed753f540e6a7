"""Payout accounts: an organization's connected account at the provider, from our intent to 'can receive money'.

The provider's own page asks for papers and bank details; we keep the account's id and whether it can receive, nothing else.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import audit, clock, jobs, tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.payments import gateway, releases
from marketplace.payments.models import PayoutAccount, PayoutAccountStatus, Transfer, TransferStatus

SAID = {"active": PayoutAccountStatus.ACTIVE, "pending": PayoutAccountStatus.PENDING,
        "restricted": PayoutAccountStatus.RESTRICTED, "unsupported": PayoutAccountStatus.REJECTED}


def of(organization_id: str) -> PayoutAccount | None:
    """An organization's account at the provider in use."""
    return db.session.scalar(select(PayoutAccount).filter_by(organization_id=organization_id, gateway=gateway.name()))


def status_of(organization_id: str) -> str | None:
    """The status of an organization's account; None before it is opened."""
    account = of(organization_id)
    return account.status if account else None


def standing(actor: Actor) -> dict[str, Any]:
    """Whether the organization can receive money, and what waits for that.

    Shapes:  {"status": the account's or None before it is opened, "waiting": [{"currency", "amount_minor"}] by currency}.
    Raises:  Forbidden.
    """
    authorize(actor, "finance:read")
    with tenancy.as_market():
        status = status_of(actor.organization_id)
        rows = db.session.execute(
            select(Transfer.currency, func.sum(Transfer.amount_minor)).group_by(Transfer.currency).order_by(Transfer.currency)
            .where(Transfer.organization_id == actor.organization_id, Transfer.status == TransferStatus.WAITING.value)).all()
    return {"status": status, "waiting": [{"currency": currency, "amount_minor": int(minor)} for currency, minor in rows]}


def open_for(actor: Actor) -> PayoutAccount:
    """Open the organization's connected account; a second call gives the same one.

    Effects: commits the row, calls the provider with its id as the key and no transaction open, records the answer.
    Raises:  Forbidden; ProviderDown; ProviderRefuses.
    """
    authorize(actor, "payout:write", actor.organization_id)
    with tenancy.as_market():
        account = _intent(actor)
        if account.provider_account_id is None:
            owner = db.session.get_one(Organization, actor.organization_id)
            said = jobs.outside(lambda: gateway.current().open_account(account, owner, actor.email))
            account = _locked(id=account.id)
            account.provider_account_id = account.provider_account_id or said
            db.session.flush()
        return account


def _intent(actor: Actor) -> PayoutAccount:
    row = {"id": new_id("pac"), "organization_id": actor.organization_id, "gateway": gateway.name(),
           "status": PayoutAccountStatus.PENDING.value, "created_at": clock.now()}
    claim = insert(PayoutAccount).values(row).on_conflict_do_nothing(index_elements=["organization_id", "gateway"])
    if db.session.execute(claim.returning(PayoutAccount.id)).first() is not None:
        audit.record(actor, "payout_account.opened", str(row["id"]))
    return _locked(organization_id=actor.organization_id, gateway=gateway.name())


def _locked(**which: str) -> PayoutAccount:
    return db.session.scalars(select(PayoutAccount).filter_by(**which).with_for_update(),
                              execution_options={"populate_existing": True}).one()


def set_up(actor: Actor, back: str) -> str:
    """The address of the provider's page on which the organization sets up its payouts; it works once, for minutes.

    Shapes:  `back` is where the person comes back to. Effects: those of `open_for`, and a call for the address.
    """
    account = open_for(actor)
    return jobs.outside(lambda: gateway.current().onboarding(account.provider_account_id or "", back))


def look(provider_account_id: str) -> str:
    """Ask the provider whether an account can receive money now, and act on it; says what was found.

    Effects: the row's status; transfers that waited go once it is active.
    """
    said = SAID.get(jobs.outside(lambda: gateway.current().account_status(provider_account_id)), PayoutAccountStatus.RESTRICTED)
    with tenancy.as_market():
        found = db.session.scalar(select(PayoutAccount.id).filter_by(provider_account_id=provider_account_id))
        if found is None:
            return "unknown account"
        account = _locked(id=found)
        if account.status != said.value:
            advance(account, said, "provider", "as the provider says")
            if said is PayoutAccountStatus.ACTIVE:
                releases.resume(account.organization_id)
        db.session.flush()
        return said.value


def refresh(actor: Actor) -> PayoutAccount | None:
    """Look at the organization's own account now: it comes back from the provider before the message does."""
    authorize(actor, "payout:write", actor.organization_id)
    with tenancy.as_market():
        account = of(actor.organization_id)
        if account is not None and account.provider_account_id:
            look(account.provider_account_id)
        return account
