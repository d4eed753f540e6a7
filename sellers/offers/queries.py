"""What a seller sees of its own offers: a list with price, stock and why an offer is not active.

A page costs a constant number of statements. Rows are the seller's own (row-level security and a
condition both say so); whether an offer is active is decided by `offers.reasons`, here as in routing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from marketplace.catalog import search
from marketplace.catalog.models import Brand, Product, Variant
from marketplace.channel import authorization
from marketplace.core import clock, paging
from marketplace.core.db import Query, db
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.offers import queries, reasons
from marketplace.offers.models import FreightRule, Offer, OfferImport, OrderMinimum, SellerPause, StockLevel, StockLocation
from marketplace.pricing.models import Price, PriceList

LOW = 10
FITTING = 30
STATES = ("", "active", "inactive", "low", "withdrawn")


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer in the list; tiers are (from quantity, net minor), stock is (location id, code, available, reserved)."""

    id: str
    variant_id: str
    seller_sku: str
    name: str
    mpn: str
    gtin: str | None
    brand: str
    currency: str
    tiers: list[tuple[int, int]]
    stock: list[tuple[str, str, int, int]]
    lead_time_days: int
    min_quantity: int
    multiple: int
    max_quantity: int | None
    condition: str
    valid_from: datetime
    valid_to: datetime | None
    status: str
    inactive_reasons: list[str]

    @property
    def active(self) -> bool:
        """Whether it can be bought by somebody now."""
        return not self.inactive_reasons

    @property
    def available(self) -> int:
        """Units free to promise."""
        return sum(available for _, _, available, _ in self.stock)


SORTS: paging.Sorts = {"sku": Offer.seller_sku, "added": Offer.id}
IMPORT_SORTS: paging.Sorts = {"sent": OfferImport.id, "file": OfferImport.file_name, "status": OfferImport.status}


def offers(actor: Actor, query: str = "", state: str = "", ask: paging.Ask = paging.FIRST) -> paging.Page:
    """A page of the actor's offers, newest first or as asked. Three statements. Raises: Forbidden."""
    authorize(actor, "offer:read", actor.organization_id)
    found = _filtered(_facts(actor.organization_id, clock.now()), query, state)
    page = paging.sorted_rows(found, Offer.id, ask, SORTS)
    return paging.Page(_with_prices_and_stock(page.items), page.next_cursor)


def imports(actor: Actor, ask: paging.Ask = paging.FIRST) -> paging.Page:
    """The files that the seller sent, newest first or as asked. Raises: Forbidden."""
    authorize(actor, "offer:write", actor.organization_id)
    query = select(OfferImport).where(OfferImport.seller_id == actor.organization_id)
    return paging.sorted_page(query, OfferImport.id, ask, IMPORT_SORTS)


def every(actor: Actor, query: str = "", state: str = "", sort: str = "") -> Iterator[OfferRow]:
    """All of the actor's offers, page by page, for a file."""
    cursor: str | None = None
    while True:
        page = offers(actor, query, state, paging.Ask(cursor, paging.MAX_LIMIT, sort))
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def offer(actor: Actor, offer_id: str) -> OfferRow | None:
    """One of the actor's offers as the list has it, or None."""
    authorize(actor, "offer:read", actor.organization_id)
    found = _facts(actor.organization_id, clock.now()).where(Offer.id == offer_id)
    rows = _with_prices_and_stock(db.session.execute(found).all())
    return rows[0] if rows else None


def offer_for(actor: Actor, variant_id: str) -> OfferRow | None:
    """The actor's offer of a product, or None."""
    found = db.session.scalar(select(Offer.id).filter_by(seller_id=actor.organization_id, variant_id=variant_id))
    return offer(actor, found) if found else None


def _facts(seller_id: str, at: datetime) -> Query:
    return (
        select(
            Offer.id, Offer.variant_id, Offer.seller_sku, Variant.name, Variant.mpn, Variant.gtin,
            Brand.name.label("brand"), Offer.currency, Offer.lead_time_days, Offer.min_quantity, Offer.multiple,
            Offer.max_quantity, Offer.condition, Offer.valid_from, Offer.valid_to, Offer.status, Variant.status.label("product_status"),
            Organization.status.label("seller_status"), queries.paused(Offer.seller_id, at).label("paused"),
            authorization.covered(Offer.seller_id, Offer.brand_id, None, at.date()).label("authorized"),
            _priced(at).label("priced"), _available().label("available"), _delivers().label("delivers"), literal(at).label("at"),
        )
        .join(Variant, Variant.id == Offer.variant_id).join(Brand, Brand.id == Offer.brand_id)
        .join(Organization, Organization.id == Offer.seller_id).where(Offer.seller_id == seller_id)
    )


def _available() -> ScalarSelect[int]:
    return select(func.coalesce(func.sum(StockLevel.available), 0)).where(StockLevel.offer_id == Offer.id).scalar_subquery()


def _delivers() -> ColumnElement[bool]:
    return exists().where(FreightRule.seller_id == Offer.seller_id, FreightRule.currency == Offer.currency)


def _priced(at: datetime) -> ColumnElement[bool]:
    listed, price = aliased(PriceList), aliased(Price)
    return exists().where(
        listed.owner_id == Offer.seller_id, listed.is_base, listed.currency == Offer.currency,
        price.price_list_id == listed.id, price.variant_id == Offer.variant_id,
        price.valid_from <= at, or_(price.valid_to.is_(None), price.valid_to > at),
    )


def _filtered(found: Query, query: str, state: str) -> Query:
    if query.strip():
        found = found.where(or_(search.matches(query), Offer.seller_sku.icontains(query.strip(), autoescape=True)))
    at = clock.now()
    active = and_(
        Organization.status == "approved", ~queries.paused(Offer.seller_id, at), Offer.status == "active", Variant.status == "active",
        Offer.valid_from <= at, or_(Offer.valid_to.is_(None), Offer.valid_to > at),
        authorization.covered(Offer.seller_id, Offer.brand_id, None, at.date()), _priced(at), _available() > 0, _delivers(),
    )
    conditions = {
        "active": active, "inactive": ~active, "withdrawn": Offer.status == "withdrawn",
        "low": and_(Offer.status == "active", _available() <= LOW),
    }
    return found.where(conditions[state]) if state in conditions else found


def _with_prices_and_stock(rows: Any) -> list[OfferRow]:
    ids = [row.id for row in rows]
    tiers, stock = _tiers(ids), _stock(ids)
    return [
        OfferRow(
            id=row.id, variant_id=row.variant_id, seller_sku=row.seller_sku, name=row.name, mpn=row.mpn, gtin=row.gtin,
            brand=row.brand, currency=row.currency, tiers=tiers[row.id], stock=stock[row.id],
            lead_time_days=row.lead_time_days, min_quantity=row.min_quantity, multiple=row.multiple,
            max_quantity=row.max_quantity, condition=row.condition, valid_from=row.valid_from, valid_to=row.valid_to,
            status=row.status, inactive_reasons=[str(reason) for reason in _reasons(row)],
        )
        for row in rows
    ]


def _reasons(row: Any) -> list[reasons.Reason]:
    facts = reasons.Facts(row.seller_status, row.paused, row.status, row.product_status, row.valid_from, row.valid_to, row.authorized,
                          row.priced, row.available, row.delivers)
    return reasons.inactive(facts, row.at)


def _tiers(offer_ids: list[str]) -> dict[str, list[tuple[int, int]]]:
    now = clock.now()
    rows = db.session.execute(
        select(Offer.id, Price.min_quantity, Price.amount_minor)
        .join(PriceList, and_(PriceList.owner_id == Offer.seller_id, PriceList.is_base,
                              PriceList.currency == Offer.currency))
        .join(Price, and_(Price.price_list_id == PriceList.id, Price.variant_id == Offer.variant_id))
        .where(Offer.id.in_(offer_ids), Price.valid_from <= now, or_(Price.valid_to.is_(None), Price.valid_to > now))
        .order_by(Offer.id, Price.min_quantity)
    )
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for offer_id, quantity, amount in rows:
        found[offer_id].append((quantity, amount))
    return found


def _stock(offer_ids: list[str]) -> dict[str, list[tuple[str, str, int, int]]]:
    rows = db.session.execute(
        select(StockLevel.offer_id, StockLocation.id, StockLocation.code, StockLevel.available, StockLevel.reserved)
        .join(StockLocation, StockLocation.id == StockLevel.location_id)
        .where(StockLevel.offer_id.in_(offer_ids)).order_by(StockLocation.id)
    )
    found: dict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
    for offer_id, location_id, code, available, reserved in rows:
        found[offer_id].append((location_id, code, available, reserved))
    return found


def by_sku(actor: Actor, sku: str, limit: int) -> list[Any]:
    """The seller's offers whose SKU begins so, in SKU order; capitals do not matter where its SKUs have only those."""
    authorize(actor, "offer:read", actor.organization_id)
    begins = [func.starts_with(Offer.seller_sku, text) for text in dict.fromkeys([sku, sku.upper()])]
    return list(db.session.execute(
        select(Offer.id, Offer.seller_sku, Variant.name, Variant.mpn).join(Variant, Variant.id == Offer.variant_id)
        .where(Offer.seller_id == actor.organization_id, or_(*begins)).order_by(Offer.seller_sku).limit(limit)
    ))


def products(actor: Actor, query: str, limit: int = FITTING, offered: bool | None = None) -> list[Any]:
    """Products a query finds, the seller's own brands first, each with its offer's id if there is one.

    Only those that it offers when `offered`; only those that it may and does not yet offer when that is False.
    """
    authorize(actor, "offer:read", actor.organization_id)
    mine = aliased(Offer)
    covered = authorization.covered(literal(actor.organization_id), Variant.brand_id, None, clock.today())
    choices: dict[bool | None, list[ColumnElement[bool]]] = {None: [], True: [mine.id.is_not(None)], False: [mine.id.is_(None), covered]}
    only = choices[offered]
    return list(db.session.execute(
        select(Variant.id, Variant.name, Variant.mpn, Variant.gtin, mine.seller_sku, Brand.name.label("brand"), Product.picture_id,
               covered.label("authorized"), mine.id.label("offer_id"))
        .join(Brand, Brand.id == Variant.brand_id).join(Product, Product.id == Variant.product_id)
        .outerjoin(mine, and_(mine.variant_id == Variant.id, mine.seller_id == actor.organization_id))
        .where(Variant.status == "active", search.matches(query), *only)
        .order_by(covered.desc(), search.rank(query), Variant.sort_key, Variant.id).limit(limit)
    ))


def delivery(actor: Actor) -> dict[str, list[Any]]:
    """How the seller delivers: its rows, oldest first, and the pauses that are not over. Four statements. Raises: Forbidden."""
    authorize(actor, "offer:read", actor.organization_id)

    def mine(model: Any, *conditions: Any) -> list[Any]:
        return list(db.session.scalars(select(model).where(model.seller_id == actor.organization_id, *conditions).order_by(model.id)))

    return {"locations": mine(StockLocation), "freight_rules": mine(FreightRule), "minimums": mine(OrderMinimum),
            "pauses": mine(SellerPause, SellerPause.ends_at > clock.now())}
