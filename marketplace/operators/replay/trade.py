"""Each invoice on its own day: cart, checkout, payment, acceptance, parcels, delivery, release, transfer, money on account.

The clock follows the invoices. Follow-up work is done at every new hour of the file, so that deadlines, holds and retries
come when they would have come; once a day sellers fulfil, and what was owed on account is paid after its terms.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from marketplace.core import clock, jobs
from marketplace.core.db import db
from marketplace.core.errors import MarketError
from marketplace.identity import buying
from marketplace.identity.access import Actor
from marketplace.operators.demo.paying import press
from marketplace.operators.replay.lines import Invoice
from marketplace.operators.replay.provider import Inbox
from marketplace.operators.replay.world import SEED, TERMS_DAYS, World, by_card
from marketplace.orders import carts, deadlines, fulfilment
from marketplace.orders import service as orders
from marketplace.orders.models import Allocation, Cart, SellerOrder, SellerOrderStatus
from marketplace.payments import hosted, received, releases
from marketplace.payments import service as payments
from marketplace.payments.models import Payment, Transfer
from marketplace.payments.received import Receipt
from marketplace.payments.releases import BANK

DONE = {SellerOrderStatus.DELIVERED.value, SellerOrderStatus.CANCELLED.value}
REFUSES, IN_TWO_PARCELS, DECLINED, SLOW = 0.02, 0.10, 0.08, 0.07
Tell = Callable[[int], None]


@dataclass
class Trade:
    """What has happened so far, and what is still to be done on later days."""

    world: World
    variants: dict[str, str]
    inbox: Inbox
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    placed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Invoices that became no order, by reason: the file's or the market's code."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Rows of orders that the market refused to put into the cart, by code."""
    open: set[str] = field(default_factory=set)
    """Orders that are not delivered."""
    owed: deque[tuple[datetime, str]] = field(default_factory=deque)
    """Orders on account by the day on which they are paid."""
    stopping: bool = False
    """No more invoices are taken; what has begun is ended."""
    slow: list[str] = field(default_factory=list)
    """Pages of slow payments, whose money arrives on the next day."""


def run(trade: Trade, invoices: list[Invoice], tell: Tell) -> list[Invoice]:
    """Trade the invoices, then let the days pass until everything is delivered, paid and paid out to the sellers.

    Shapes:  at least one invoice; returns those that were traded, which are fewer when `stopping` was set meanwhile.
    """
    hour = None
    for number, invoice in enumerate(invoices, 1):
        with clock.at(invoice.at):
            if hour is not None and hour.date() < invoice.at.date():
                day(trade)
            if hour is None or hour < invoice.at.replace(minute=0):
                settle(trade)
                hour = invoice.at.replace(minute=0)
            order(trade, invoice)
        tell(number)
        if trade.stopping:
            invoices = invoices[:number]
            break
    _end(trade, invoices[-1].at)
    return invoices


def _end(trade: Trade, last: datetime) -> None:
    for days in range(1, TERMS_DAYS + 45):
        with clock.at(last + timedelta(days=days)):
            day(trade)
            settle(trade)


def order(trade: Trade, invoice: Invoice) -> None:
    """One invoice through cart, checkout and the first step of its payment; a refusal is counted and changes nothing."""
    if invoice.refusal:
        trade.refused[invoice.refusal] += 1
        return
    try:
        payment_id, order_id = jobs.at_once(lambda: _placed(trade, invoice))
    except MarketError as refusal:
        trade.refused[refusal.code] += 1
        return
    trade.placed += 1
    trade.open.add(order_id)
    if by_card(invoice.customer):
        _pay(trade, jobs.at_once(lambda: hosted.open_page(payment_id)))
    else:
        trade.owed.append((invoice.at + timedelta(days=TERMS_DAYS), order_id))
    db.session.expunge_all()


def _placed(trade: Trade, invoice: Invoice) -> tuple[str, str]:
    actor = trade.world.customers[invoice.customer]
    context = buying.of(trade.world.storefront, actor.organization_id)
    cart = carts.open_cart(actor, context)
    _fill(trade, cart, invoice)
    address_id = trade.world.addresses[invoice.customer, invoice.country]
    method = payments.CARD if by_card(invoice.customer) else payments.ON_ACCOUNT
    made = orders.place(actor, context, cart.id, orders.Checkout(address_id, method, po_number=invoice.number))
    return payments.start(actor, context, made).id, made.id


def _fill(trade: Trade, cart: Cart, invoice: Invoice) -> None:
    actor = trade.world.customers[invoice.customer]
    wanted = {trade.variants[code]: quantity for code, quantity in invoice.lines.items()}
    for refusal in carts.put_lines(actor, cart.id, wanted).values():
        trade.dropped[refusal.code] += 1


def _pay(trade: Trade, page: str) -> None:
    luck = trade.chance.random()
    if luck < DECLINED:
        press(page, "decline")
    if DECLINED <= luck < DECLINED + SLOW:
        press(page, "later")
        trade.slow.append(page)
    else:
        press(page, "pay")


def settle(trade: Trade) -> None:
    """Take the provider's messages, and do all work that is due by now."""
    trade.inbox.hand_over()
    jobs.at_once(lambda: deadlines.on_round({}))
    jobs.settle()


def day(trade: Trade) -> None:
    """One day's work of everybody but the customers."""
    for page in trade.slow:
        press(page, "arrive")
    trade.slow.clear()
    settle(trade)
    for part_id, seller_id in jobs.at_once(lambda: _open_parts(trade)):
        actor = trade.world.sellers[seller_id]
        with suppress(fulfilment.TooLate):  # its time ran out while the parts before it were sent: the next round routes it again
            jobs.at_once(partial(_fulfil, trade, part_id, actor))
        db.session.expunge_all()
    _money_in(trade)
    _money_out(trade)


def _open_parts(trade: Trade) -> list[tuple[str, str]]:
    rows = db.session.execute(select(SellerOrder.order_id, SellerOrder.id, SellerOrder.seller_id, SellerOrder.status)
                              .where(SellerOrder.order_id.in_(trade.open)).order_by(SellerOrder.id)).all()
    trade.open = {row.order_id for row in rows if row.status not in DONE}
    return [(row.id, row.seller_id) for row in rows if row.status == SellerOrderStatus.OPEN.value]


def _fulfil(trade: Trade, part_id: str, actor: Actor) -> None:
    if trade.chance.random() < REFUSES:
        fulfilment.refuse(actor, part_id, "Not on the shelf after all")
        return
    fulfilment.accept(actor, part_id)
    rows = {row.id: fulfilment.left(row) for row in db.session.scalars(
        select(Allocation).filter_by(seller_order_id=part_id).order_by(Allocation.id)) if fulfilment.left(row)}
    for parcel in _parcels(rows, trade.chance.random() < IN_TWO_PARCELS):
        sent = fulfilment.ship(actor, part_id, ("DHL", f"JD{trade.chance.randrange(10**9, 10**10)}"), parcel)
        fulfilment.deliver(actor, sent.id)


def _parcels(rows: dict[str, int], in_two: bool) -> list[dict[str, int]]:
    ids = list(rows)
    if not in_two or len(ids) < 2:
        return [rows]
    half = len(ids) // 2
    return [{id_: rows[id_] for id_ in ids[:half]}, {id_: rows[id_] for id_ in ids[half:]}]


def _money_in(trade: Trade) -> None:
    while trade.owed and trade.owed[0][0] <= clock.now():
        order_id = trade.owed.popleft()[1]
        jobs.at_once(partial(_received, trade, order_id))


def _received(trade: Trade, order_id: str) -> None:
    payment = db.session.scalars(select(Payment).filter_by(order_id=order_id)).one()
    if payment.open_minor:
        received.record(trade.world.reseller, order_id, Receipt(payment.open_minor, f"BACS {order_id}", clock.today()))


def _money_out(trade: Trade) -> None:
    waiting = jobs.at_once(lambda: db.session.scalars(
        select(Transfer.id).filter_by(gateway=BANK, status="created").order_by(Transfer.id)).all())
    for transfer_id in waiting:
        jobs.at_once(partial(releases.paid_by_bank, trade.world.operator, transfer_id, f"OUT {transfer_id}"))


