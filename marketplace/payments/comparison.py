"""Our books against the provider's: balances, and charges, refunds and transfers one by one, newest first, bounded.

It reads only. A difference may be a moment old: what a worker is just recording is found recorded a moment later.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select

from marketplace.core import jobs, money
from marketplace.core.checks import Check
from marketplace.core.db import db
from marketplace.ledger import service as ledger
from marketplace.payments import gateway
from marketplace.payments.models import Payment, Payout, PayoutAccount, Refund, RefundStatus, Transfer
from marketplace.payments.provider import Found, PayoutHead, ProviderDown, ProviderRefuses

LIMIT = 1000
LIVE = ("pending", "in_transit", "paid")
TELLS_WITHIN = 3_600
"""Seconds by the provider's clock after which the message of a payout should have come."""


class Ours(NamedTuple):
    """One of our rows as the provider should have it."""

    id: str
    provider_id: str
    amount_minor: int
    currency: str
    back_minor: int
    destination: str | None


def checks(limit: int = LIMIT) -> list[Check]:
    """Compare with the provider, the newest `limit` of each kind; nothing at all while nothing was asked of it.

    Effects: ends the open transaction, since the calls are made without one. Shapes: a provider that does not answer is a break.
    """
    if not _asked():
        return []
    comparisons = (_balance, _charges, _refunds, _transfers, _accounts)
    try:
        return [comparison(limit) for comparison in comparisons]
    except (ProviderDown, ProviderRefuses) as error:
        return [Check("the payment provider", 0, [f"{error.message}{gateway.whereabouts()} Nothing was compared with it."])]


def _asked() -> bool:
    used = select(Payment.id).where(Payment.gateway == gateway.name(), Payment.session_id.is_not(None)).limit(1)
    sent = select(Transfer.id).where(Transfer.gateway == gateway.name(), Transfer.provider_id.is_not(None)).limit(1)
    return db.session.scalar(used) is not None or db.session.scalar(sent) is not None


def _balance(limit: int) -> Check:
    ours: dict[str, int] = {}
    for (_, currency), minor in ledger.balances("provider:").items():
        ours[currency] = ours.get(currency, 0) - minor
    theirs = jobs.outside(lambda: gateway.current().balance())
    both = sorted(ours.keys() | theirs.keys())
    return Check("the provider's balance with the ledger", len(both), [
        f"{currency}: the ledger has {money.said(ours.get(currency, 0), currency)}, the provider {money.said(theirs.get(currency, 0), currency)}"
        for currency in both if ours.get(currency, 0) != theirs.get(currency, 0)])


def _charges(limit: int) -> Check:
    rows = db.session.execute(select(Payment.id, Payment.charge_id, Payment.amount_minor, Payment.currency)
                              .where(Payment.gateway == gateway.name(), Payment.charge_id.is_not(None))
                              .order_by(Payment.id.desc()).limit(limit)).all()
    back: dict[str, int] = {}
    gone = (RefundStatus.SUCCEEDED.value, RefundStatus.PENDING.value)
    for payment_id, minor in db.session.execute(select(Refund.payment_id, Refund.amount_minor).where(
            Refund.payment_id.in_([row.id for row in rows]), Refund.status.in_(gone))):
        back[payment_id] = back.get(payment_id, 0) + minor
    ours = [Ours(row.id, row.charge_id or "", row.amount_minor, row.currency, back.get(row.id, 0), None) for row in rows]
    return _compared("charges", ours, limit)


def _refunds(limit: int) -> Check:
    rows = db.session.scalars(select(Refund).join(Payment, Payment.id == Refund.payment_id)
                              .where(Payment.gateway == gateway.name(), Refund.provider_id.is_not(None))
                              .order_by(Refund.id.desc()).limit(limit))
    return _compared("refunds", [Ours(row.id, row.provider_id or "", row.amount_minor, row.currency, 0, None) for row in rows], limit)


def _transfers(limit: int) -> Check:
    rows = db.session.execute(
        select(Transfer, PayoutAccount.provider_account_id).join(PayoutAccount, PayoutAccount.id == Transfer.payout_account_id)
        .where(Transfer.gateway == gateway.name(), Transfer.provider_id.is_not(None)).order_by(Transfer.id.desc()).limit(limit))
    return _compared("transfers", [Ours(row.id, row.provider_id or "", row.amount_minor, row.currency, row.reversed_minor, account)
                                   for row, account in rows], limit)


def _compared(kind: str, ours: Sequence[Ours], limit: int) -> Check:
    listed = jobs.outside(lambda: list(islice(gateway.current().listed(kind), limit + 1)))
    whole, theirs = len(listed) <= limit, {found.id: found for found in listed[:limit]}
    known = {row.provider_id: row for row in ours}
    breaks = [line for id_, found in theirs.items() for line in _difference(kind, known.get(id_), found, len(ours) < limit)]
    if whole:
        breaks += [f"{row.id}: the provider has no {kind[:-1]} {row.provider_id}" for id_, row in known.items() if id_ not in theirs]
    return Check(f"{kind} one by one with the provider's" + ("" if whole else f", the newest {limit}"), len(theirs), breaks)


def _difference(kind: str, row: Ours | None, found: Found, all_of_ours: bool) -> list[str]:
    if row is None:
        return [f"{found.id}: the provider's {kind[:-1]} of {money.said(found.amount_minor, found.currency)} is not in our books"
                + (f" (it names {found.ours})" if found.ours else "")] if all_of_ours else []
    pairs: list[tuple[str, Any, Any]] = [
        ("amount", money.said(row.amount_minor, row.currency), money.said(found.amount_minor, found.currency)),
        ("given back", money.said(row.back_minor, row.currency), money.said(found.back_minor, found.currency)), ("destination", row.destination, found.destination), ("id", row.id, found.ours)]
    return [f"{row.id}: {name} is {here} here, {there} at the provider" for name, here, there in pairs if here != there]


def _accounts(limit: int) -> Check:
    rows = db.session.execute(select(PayoutAccount.organization_id, PayoutAccount.provider_account_id).where(
        PayoutAccount.gateway == gateway.name(), PayoutAccount.id.in_(
            select(Transfer.payout_account_id).where(Transfer.provider_id.is_not(None)))).order_by(PayoutAccount.id).limit(min(limit, 100))).all()
    ours = {organization_id: _held(organization_id) for organization_id, _ in rows}
    theirs = jobs.outside(lambda: {row[0]: gateway.current().balance(row[1]) for row in rows})
    for organization_id, account in rows:
        if ours[organization_id] != theirs[organization_id]:
            _take_off(ours[organization_id], _untold(account or ""))
    return Check("balances of connected accounts with our transfers and payouts", len(rows), [
        f"{id_}: {money.said(ours[id_].get(currency, 0), currency)} by our transfers and payouts, {money.said(theirs[id_].get(currency, 0), currency)} at the provider"
        for id_ in ours for currency in sorted(ours[id_].keys() | theirs[id_].keys())
        if ours[id_].get(currency, 0) != theirs[id_].get(currency, 0)])


def _untold(account: str) -> list[PayoutHead]:
    """Payouts that the provider has just made and whose message is on its way to us."""
    listed = jobs.outside(lambda: gateway.current().payouts(account))
    known = set(db.session.scalars(select(Payout.provider_id).where(Payout.provider_id.in_([payout.id for payout in listed]))))
    since = time.time() - TELLS_WITHIN
    return [payout for payout in listed if payout.id not in known and payout.status in LIVE and payout.made_at > since]


def _take_off(held: dict[str, int], payouts: list[PayoutHead]) -> None:
    for payout in payouts:
        held[payout.currency] = held.get(payout.currency, 0) - payout.amount_minor


def _held(organization_id: str) -> dict[str, int]:
    held: dict[str, int] = {}
    sent = select(Transfer.currency, Transfer.amount_minor - Transfer.reversed_minor).where(
        Transfer.organization_id == organization_id, Transfer.gateway == gateway.name(), Transfer.provider_id.is_not(None))
    paid = select(Payout.currency, -Payout.amount_minor).where(Payout.organization_id == organization_id, Payout.status.in_(LIVE))
    for currency, minor in [*db.session.execute(sent), *db.session.execute(paid)]:
        held[currency] = held.get(currency, 0) + minor
    return held
