"""What routing and pages need to know about offers, in two statements whatever the number.

Reads across sellers: call it `tenancy.as_market`, and narrow what is given back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Date, DateTime, String, and_, bindparam, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.catalog.models import Variant
from marketplace.channel import authorization
from marketplace.core import clock
from marketplace.core.db import AnyRow, Query, db
from marketplace.identity.models import Organization
from marketplace.offers import scores
from marketplace.offers.models import FreightRule, Offer, OrderMinimum, SellerPause, StockLevel, StockLocation


@dataclass(frozen=True, slots=True)
class StockAt:
    """Units of one offer free to promise at one location."""

    stock_level_id: str
    location_id: str
    available: int
    country: str


@dataclass(frozen=True, slots=True)
class Freight:
    """One freight rule of a seller; country None is anywhere else."""

    country: str | None
    freight_minor: int
    free_from_minor: int | None
    transit_days: int


@dataclass(frozen=True, slots=True)
class Minimum:
    """A seller's least goods value; rule is 'block' or 'surcharge'."""

    minimum_minor: int
    rule: str
    surcharge_minor: int


@dataclass(frozen=True, slots=True)
class Supply:
    """One offer with all that decides whether and how it can serve an order.

    `freight` and `minimum` are those in the currency asked for; `authorized` is for the country asked
    for (for any when none was), `authorized_somewhere` for any; `paused` is at the moment asked for; `status` is the offer's own; `score_bps` is
    the seller's newest score (`offers.scores`), None before it has one.
    """

    offer_id: str
    variant_id: str
    brand_id: str
    category_id: str | None
    seller_id: str
    seller_name: str
    seller_status: str
    seller_country: str
    seller_sku: str
    currency: str
    condition: str
    lead_time_days: int
    min_quantity: int
    multiple: int
    max_quantity: int | None
    valid_from: datetime
    valid_to: datetime | None
    status: str
    paused: bool
    authorized: bool
    authorized_somewhere: bool
    stock: tuple[StockAt, ...]
    freight: tuple[Freight, ...]
    minimum: Minimum | None
    score_bps: int | None = None

    @property
    def available(self) -> int:
        """Units free to promise at all locations together."""
        return sum(level.available for level in self.stock)

    def freight_to(self, country: str) -> Freight | None:
        """The rule for goods to `country`: its own, else the one for anywhere else, else None."""
        found = {rule.country: rule for rule in self.freight}
        return found.get(country) or found.get(None)


def supply(
    variant_ids: Iterable[str], currency: str, country: str | None = None, at: datetime | None = None
) -> list[Supply]:
    """All offers for these variants, in offer id order, inactive ones and other currencies included.

    Shapes:  stock levels in location order; two statements.
    """
    moment = at or clock.now()
    asked = {"variant_ids": sorted(set(variant_ids)), "moment": moment, "day": moment.date()}
    if country is not None:
        asked["country"] = country
    rows = db.session.execute(_offers(country is not None), asked).all()
    stock: dict[str, list[StockAt]] = defaultdict(list)
    offers = {}
    for row in rows:
        offers[row.id] = row
        if row.stock_level_id:
            stock[row.id].append(StockAt(row.stock_level_id, row.location_id, row.available, row.location_country))
    terms = _terms({row.seller_id for row in offers.values()}, currency)
    return [_supply(row, tuple(stock[offer_id]), *terms[row.seller_id]) for offer_id, row in offers.items()]


@cache
def _offers(has_country: bool) -> Query:
    """The statement, built once: building it anew costs more than running it."""
    columns = Offer.__table__.c
    at, day = bindparam("moment", type_=DateTime(timezone=True)), bindparam("day", type_=Date)
    country = bindparam("country", type_=String) if has_country else None
    return (
        select(
            columns.id, columns.variant_id, columns.brand_id, Variant.category_id, columns.seller_id,
            Organization.name.label("seller_name"), Organization.status.label("seller_status"),
            Organization.country.label("seller_country"), columns.seller_sku, columns.currency, columns.condition,
            columns.lead_time_days, columns.min_quantity, columns.multiple, columns.max_quantity,
            columns.valid_from, columns.valid_to, columns.status, paused(columns.seller_id, at).label("paused"),
            authorization.covered(columns.seller_id, columns.brand_id, country, day).label("authorized"),
            authorization.covered(columns.seller_id, columns.brand_id, None, day).label("authorized_somewhere"),
            StockLevel.id.label("stock_level_id"), StockLevel.location_id, StockLevel.available,
            StockLocation.country.label("location_country"),
        )
        .join(Variant, Variant.id == columns.variant_id)
        .join(Organization, Organization.id == columns.seller_id)
        .outerjoin(StockLevel, StockLevel.offer_id == columns.id)
        .outerjoin(StockLocation, StockLocation.id == StockLevel.location_id)
        .where(columns.variant_id.in_(bindparam("variant_ids", expanding=True)))
        .order_by(columns.id, StockLevel.location_id)
    )


def paused(seller_id: ColumnElement[str] | InstrumentedAttribute[str], at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """A condition for a query: the seller is in a pause at `at`; a pause excludes its last instant."""
    return exists().where(
        SellerPause.seller_id == seller_id, SellerPause.starts_at <= at, SellerPause.ends_at > at
    )


def _terms(seller_ids: set[str], currency: str) -> dict[str, tuple[tuple[Freight, ...], Minimum | None, int | None]]:
    """Freight rules, minimum and score of each seller in one statement."""
    query = (
        select(
            Organization.id, FreightRule.id.label("rule_id"), FreightRule.country, FreightRule.freight_minor,
            FreightRule.free_from_minor, FreightRule.transit_days,
            OrderMinimum.minimum_minor, OrderMinimum.rule, OrderMinimum.surcharge_minor, scores.newest(Organization.id).label("score_bps"),
        )
        .outerjoin(FreightRule, and_(FreightRule.seller_id == Organization.id, FreightRule.currency == currency))
        .outerjoin(OrderMinimum, and_(OrderMinimum.seller_id == Organization.id, OrderMinimum.currency == currency))
        .where(Organization.id.in_(sorted(seller_ids))).order_by(Organization.id, FreightRule.id)
    )
    freight: dict[str, list[Freight]] = defaultdict(list)
    minimums: dict[str, Minimum | None] = {}
    score: dict[str, int | None] = {}
    for row in db.session.execute(query) if seller_ids else ():
        if row.rule_id:
            freight[row.id].append(Freight(row.country, row.freight_minor, row.free_from_minor, row.transit_days))
        has_minimum = row.minimum_minor is not None
        minimums[row.id] = Minimum(row.minimum_minor, row.rule, row.surcharge_minor) if has_minimum else None
        score[row.id] = row.score_bps
    return {seller_id: (tuple(freight[seller_id]), minimums.get(seller_id), score.get(seller_id)) for seller_id in seller_ids}


def _supply(row: AnyRow, stock: tuple[StockAt, ...], *terms: object) -> Supply:
    return Supply(*(*row[:21], stock, *terms))
