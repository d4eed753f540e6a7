"""Seller orders with their log, written straight down: what was done when, without anybody having to do it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from marketplace.analytics import scores
from marketplace.core import clock
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.transitions import StateChange
from marketplace.offers.models import SellerScore
from marketplace.orders.models import Cart, Order, SellerOrder
from marketplace.orders.reroute import SILENCE
from tests.factories import Market, add

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHIP_TO = {"name": "Secret Buyer Ltd", "country": "AT", "region": "W", "city": "Wien"}
ZERO = dict.fromkeys(("goods_minor", "freight_minor", "surcharge_minor", "tax_minor", "total_minor"), 0)
numbers = itertools.count(1)


@dataclass
class Story:
    """What became of one seller order: moments, or None for what did not happen."""

    opened: datetime
    accepted: datetime | None = None
    refused: datetime | None = None
    """The seller gave units back; all of them unless it shipped something."""
    silent: datetime | None = None
    gone: datetime | None = None
    """Sold out before the payment came: the market took it back."""
    shipped: datetime | None = None
    promised: date | None = None
    rerouted: bool = False
    because: str = "sold out before payment"
    """What the seller says when it refuses: the market's own words, to begin with."""

    @property
    def cancelled(self) -> datetime | None:
        return self.silent or self.gone or (self.refused if self.shipped is None else None)


class Past:
    """A market in whose past sellers have had orders."""

    def __init__(self, market: Market) -> None:
        self.market = market
        with clock.at(NOON - 400 * DAY):
            self.buyer_of = market.reseller()
            self.buyer = market.buyer(self.buyer_of)
            self.user = market.user(self.buyer)
            self.front = market.storefront(self.buyer_of)
            cart = add(Cart(id=new_id("crt"), buyer_id=self.buyer.id, user_id=self.user.id, storefront_id=self.front.id, status="ordered", created_at=clock.now()))
            self.order = add(Order(
                id=new_id("ord"), number=f"T-{next(numbers)}", cart_id=cart.id, storefront_id=self.front.id, placed_by=self.user.id, status="placed",
                currency="EUR", payment_method="card", ship_to=SHIP_TO, placed_at=clock.now(), buyer_id=self.buyer.id, reseller_id=self.buyer_of.id, **ZERO))

    def seller(self, name: str = ""):
        with clock.at(NOON - 400 * DAY):
            return self.market.seller(name)

    def part(self, seller, story: Story) -> SellerOrder:
        """One seller order with the steps and the entries of the trail that its story leaves."""
        status = "cancelled" if story.cancelled else "shipped" if story.shipped else "accepted" if story.accepted else "open"
        part = add(SellerOrder(
            id=new_id("sor"), number=f"T-{next(numbers)}-1", order_id=self.order.id, seller_id=seller.id, buyer_id=self.buyer.id, reseller_id=self.buyer_of.id,
            status=status, hop=int(story.rerouted), currency="EUR", ship_to=SHIP_TO, seller_goods_minor=0, charges_tax_minor=0,
            promised_on=story.promised or (story.opened + 5 * DAY).date(), created_at=story.opened if story.rerouted else story.opened - HOUR,
            accept_by=story.opened + 48 * HOUR, accepted_at=story.accepted, **ZERO))
        clerk = new_id("usr")
        for state, at, by, because in ((None if story.rerouted else "open", story.opened, "orders", "paid"), ("accepted", story.accepted, clerk, "accepted"),
                                       ("shipped", story.shipped, clerk, "parcel"), ("cancelled", story.cancelled, clerk if not (story.silent or story.gone) else "orders",
                                        SILENCE if story.silent else story.because)):
            if state and at:
                db.session.add(StateChange(id=new_id("chg"), entity_id=part.id, from_state="x", to_state=state, by=by, because=because, at=at))
        if story.refused:
            db.session.add(AuditEntry(id=new_id("aud"), organization_id=seller.id, actor=clerk, action="seller_order.refused", entity_id=part.id, at=story.refused))
        db.session.flush()
        return part

    def many(self, seller, count: int, story: Story) -> None:
        for _ in range(count):
            self.part(seller, story)

    def scored(self, seller, at: datetime = NOON) -> SellerScore:
        """The seller's score as of `at`, computed now."""
        with clock.at(at):
            scores.compute(at.date(), at.date())
        return kept(seller, at.date())


def kept(seller, day: date) -> SellerScore:
    return db.session.get(SellerScore, (seller.id, day), populate_existing=True)


def counts(row: SellerScore) -> tuple[int, ...]:
    """answered, accepted, silent, due, late, cut."""
    return (row.answered, row.accepted, row.silent, row.due, row.late, row.cut)


def bps(row: SellerScore) -> tuple[int | None, ...]:
    """acceptance, late, cancellation, and the score of them."""
    return (row.acceptance_bps, row.late_bps, row.cancellation_bps, row.score_bps)


def good(opened: datetime) -> Story:
    """Accepted within the hour, shipped the next day."""
    return Story(opened, accepted=opened + HOUR, shipped=opened + DAY)
