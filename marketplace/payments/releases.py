"""Delivered and past the hold: what is owed becomes available, and is transferred once the buyer's money is there.

A transfer's row comes first; its id and attempt are the provider's key, so that nothing is sent twice. Orders on account
are paid from the operator's bank once the buyer has paid; those transfers a person confirms.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import audit, clock, config, jobs, money, outbox, tenancy
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.ledger import service as ledger
from marketplace.ledger.service import Move
from marketplace.orders.models import Allocation, SellerOrder
from marketplace.payments import gateway, shares, tasks
from marketplace.payments.models import LineShare, Payment, PaymentStatus, PayoutAccount, PayoutAccountStatus, Transfer, TransferStatus
from marketplace.payments.provider import ProviderRefuses
from marketplace.payments.tasks import task

RELEASE, TRANSFER = "payments.release", "payments.transfer"
BANK = "bank"
PATIENCE = timedelta(minutes=15)
GONE = {TransferStatus.SENT.value, TransferStatus.REVERSED.value}


def on_delivered(payload: Mapping[str, Any]) -> None:
    """React to SellerOrderDelivered: release the money after the hold."""
    at = clock.now() + timedelta(days=config.from_environment().hold_days)
    outbox.publish(RELEASE, f"{RELEASE}:{payload['seller_order_id']}", dict(payload), at)


def release(payload: Mapping[str, Any]) -> None:
    """Make a delivered seller order's money available to its seller and its reseller, and ask for the transfers.

    Effects: while units that the seller refused wait for another seller or their cancellation, it is asked for again later:
             their money is still to be taken from where it stands.
    """
    part = db.session.get_one(SellerOrder, payload["seller_order_id"])
    if _is_undecided(part.id):
        again = clock.now() + PATIENCE
        outbox.publish(RELEASE, f"{RELEASE}:{part.id}:{again:%Y%m%d%H%M%S}", dict(payload), again)
        return
    owed = _owed(part)
    moves = [Move(f"{who}:payable:{id_}", f"{who}:available:{id_}", minor, part.currency) for who, (id_, minor) in owed.items()
             if minor > 0]
    if not ledger.post(f"released:{part.id}", "seller_order.released", moves, {"order_id": part.order_id, "seller_order_id": part.id}):
        return
    payment = db.session.scalars(select(Payment).filter_by(order_id=part.order_id)).one()
    if payment.status == PaymentStatus.CAPTURED.value:
        _ask_for(part, payment, owed)


def _is_undecided(seller_order_id: str) -> bool:
    """Whether units were refused whose money was not given back or moved on yet."""
    returned = func.coalesce(LineShare.refunded["pieces"].as_integer(), 0)
    return db.session.scalar(
        select(Allocation.id).join(LineShare, LineShare.allocation_id == Allocation.id)
        .where(Allocation.seller_order_id == seller_order_id, Allocation.cancelled > returned).limit(1)) is not None


def on_settled(payment: Payment) -> None:
    """The buyer of an order on account has paid all of it: ask for the transfers of what was released before."""
    for part in db.session.scalars(select(SellerOrder).filter_by(order_id=payment.order_id).order_by(SellerOrder.id)):
        if ledger.posted(f"released:{part.id}"):
            _ask_for(part, payment, _owed(part))


def _owed(part: SellerOrder) -> dict[str, tuple[str, int]]:
    owed = {"seller": (part.seller_id, 0), "reseller": (part.reseller_id, 0)}
    for share in db.session.scalars(select(LineShare).filter_by(seller_order_id=part.id).with_for_update()):
        owed["seller"] = (part.seller_id, owed["seller"][1] + shares.left(share, "net") + shares.left(share, "tax"))
        owed["reseller"] = (part.reseller_id, owed["reseller"][1] + shares.left(share, "margin"))
    return owed


def _ask_for(part: SellerOrder, payment: Payment, owed: dict[str, tuple[str, int]]) -> None:
    for who, (id_, minor) in owed.items():
        if minor > 0:
            _ask(part, f"{part.id}:{who}", id_, (minor, gateway.name() if payment.method == "card" else BANK))


def _ask(part: SellerOrder, release_key: str, organization_id: str, what: tuple[int, str]) -> None:
    row = {"id": new_id("trf"), "release_key": release_key, "order_id": part.order_id, "seller_order_id": part.id,
           "organization_id": organization_id, "gateway": what[1], "amount_minor": what[0], "currency": part.currency,
           "status": TransferStatus.CREATED.value, "created_at": clock.now()}
    claim = insert(Transfer).values(row).on_conflict_do_nothing(index_elements=["release_key"])
    if db.session.execute(claim.returning(Transfer.id)).first() is not None and what[1] != BANK:
        outbox.publish(TRANSFER, f"{TRANSFER}:{row['id']}", {"transfer_id": row["id"]})


def _locked(**which: str) -> Transfer | None:
    return db.session.scalar(select(Transfer).filter_by(**which).with_for_update(), execution_options={"populate_existing": True})


def send(payload: Mapping[str, Any]) -> None:
    """Send a transfer, with no transaction open; repeated with the same key until the provider answers.

    Effects: without an active payout account it waits, visibly, and goes when there is one (`resume`); refused for good, it
             waits for the next try with a key of its own, and an operator's task says why.
    """
    transfer = _locked(id=payload["transfer_id"])
    if transfer is None or transfer.gateway == BANK or transfer.status in GONE:
        return
    account = db.session.scalar(select(PayoutAccount).filter_by(
        organization_id=transfer.organization_id, gateway=transfer.gateway, status=PayoutAccountStatus.ACTIVE.value))
    if account is None:
        _hold(transfer, TransferStatus.WAITING, "There is no payout account that can receive money.")
        return
    transfer.payout_account_id, address = account.id, account.provider_account_id or ""
    charge_id = db.session.scalars(select(Payment).filter_by(order_id=transfer.order_id)).one().charge_id or ""
    attempt = transfer.attempt
    try:
        provider_id = jobs.outside(lambda: gateway.current().transfer(transfer, charge_id, address))
    except ProviderRefuses as refusal:
        found = _locked(id=transfer.id)
        if found is not None and found.attempt == attempt and found.status not in GONE:
            found.attempt += 1
            _hold(found, TransferStatus.REFUSED, refusal.said)
        return
    _sent(_locked(id=transfer.id), provider_id, "provider:pending")


def _hold(transfer: Transfer, state: TransferStatus, because: str) -> None:
    transfer.because = because
    if transfer.status != state.value:
        advance(transfer, state, "payments", because)
        amount, name = _whose(transfer)
        task("transfer_" + state.value, f"{amount} for {name} wait: {because}" if state is TransferStatus.WAITING
             else f"{amount} for {name} were refused: {because}", {"transfer_id": transfer.id, "organization_id": transfer.organization_id, "order_id": transfer.order_id})
    db.session.flush()


def _whose(transfer: Transfer) -> tuple[str, str | None]:
    """The amount and the company of a transfer, for a person."""
    name = db.session.scalar(select(Organization.name).where(Organization.id == transfer.organization_id))
    return money.said(transfer.amount_minor, transfer.currency), name


def _sent(transfer: Transfer | None, reference: str, destination: str) -> None:
    if transfer is None or transfer.status in GONE:
        return
    if transfer.because:
        tasks.settled(transfer.id)
    transfer.provider_id, transfer.sent_at, transfer.because = reference, clock.now(), None
    advance(transfer, TransferStatus.SENT, "payments", "sent")
    clearing = f"transfer:clearing:{transfer.id}"
    ledger.post(f"transferred:{transfer.id}", "transfer.sent", [
        Move(_available(transfer), clearing, transfer.amount_minor, transfer.currency),
        Move(clearing, destination, transfer.amount_minor, transfer.currency),
    ], {"order_id": transfer.order_id, "transfer_id": transfer.id})
    db.session.flush()


def _available(transfer: Transfer) -> str:
    return f"{transfer.release_key.rpartition(':')[2]}:available:{transfer.organization_id}"


def resume(organization_id: str) -> None:
    """Ask again for every transfer that waits for this organization's account. Effects: outbox rows."""
    held = (TransferStatus.WAITING.value, TransferStatus.REFUSED.value)
    for transfer_id in db.session.scalars(select(Transfer.id).where(
            Transfer.organization_id == organization_id, Transfer.status.in_(held)).order_by(Transfer.id)):
        outbox.publish(TRANSFER, f"{TRANSFER}:{transfer_id}:{new_id('try')}", {"transfer_id": transfer_id})


def send_again(actor: Actor, transfer_id: str) -> Transfer:
    """Try a transfer that waits or was refused again. Effects: an outbox row, an audit entry. Raises: Forbidden, NotFound."""
    authorize(actor, "money:operate")
    with tenancy.as_market():
        transfer = _locked(id=transfer_id)
        if transfer is None or transfer.gateway == BANK or transfer.status in GONE:
            raise NotFound
        audit.record(actor, "transfer.again", transfer.id, before={"because": transfer.because})
        outbox.publish(TRANSFER, f"{TRANSFER}:{transfer_id}:{new_id('try')}", {"transfer_id": transfer_id})
        return transfer


def paid_by_bank(actor: Actor, transfer_id: str, reference: str) -> Transfer:
    """Record that the operator's bank has sent what is due for an order on account; a second call changes nothing.

    Effects: the transfer is sent, its entry posted from the bank, an audit entry. Raises: Forbidden, NotFound.
    """
    authorize(actor, "money:operate")
    with tenancy.as_market():
        transfer = _locked(id=transfer_id, gateway=BANK)
        if transfer is None:
            raise NotFound
        if transfer.status not in GONE:
            audit.record(actor, "transfer.by_bank", transfer.id, after={"reference": reference})
            _sent(transfer, reference, "bank:operator")
        return transfer


def look(provider_id: str) -> str:
    """Ask the provider how much of a transfer came back, and book what is new; says what was found."""
    back = jobs.outside(lambda: gateway.current().reversed_minor(provider_id))
    transfer = _locked(provider_id=provider_id)
    if transfer is None:
        return "unknown transfer"
    new = back - transfer.reversed_minor
    if new <= 0:
        return "nothing new"
    transfer.reversed_minor = back
    clearing = f"reversal:clearing:{transfer.id}"
    ledger.post(f"reversed:{transfer.id}:{back}", "transfer.reversed", [
        Move("provider:balance", clearing, new, transfer.currency), Move(clearing, _available(transfer), new, transfer.currency),
    ], {"order_id": transfer.order_id, "transfer_id": transfer.id})
    if back >= transfer.amount_minor:
        advance(transfer, TransferStatus.REVERSED, "provider", "all of it came back")
    amount, name = _whose(transfer)
    task("transfer_reversed", f"{amount} for {name} came back and are owed again.", {"transfer_id": transfer.id, "minor": new, "order_id": transfer.order_id})
    db.session.flush()
    return "reversed"
