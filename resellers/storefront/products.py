"""One product as one buyer sees it: content, its own price by quantity and why, and who would deliver it.

What a seller charges never leaves this module: the buyer's price and the rule behind it do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from marketplace.catalog.models import Brand, Category, Product, Variant
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.identity.buying import BuyingContext
from marketplace.pricing import listing, resolve
from marketplace.routing import service as routing
from resellers.storefront import queries

SAYABLE = frozenset({
    "ZERO_QUANTITY", "BELOW_MINIMUM", "NOT_MULTIPLE", "ABOVE_MAXIMUM", "NOT_ENOUGH_STOCK", "SELLER_PAUSED",
    "NO_FREIGHT_TO_COUNTRY",
})


def shown(context: BuyingContext, variant_id: str) -> dict[str, Any]:
    """A product's content and this buyer's best price, as JSON values.

    Units:   minor units of the storefront's currency, net.
    Raises:  NotFound when it is not there, or not there for this buyer: the two look the same.
    """
    with tenancy.as_market():
        row = db.session.execute(_statement(context, variant_id), queries.asked(context)).first()
        if row is None:
            raise NotFound
        offered = listing.offered(context, [variant_id])
        ladders = resolve.tiers(context, [one[:5] for one in offered])
    sold = {id_: ladder for id_, tiers in ladders.items() if (ladder := _above_cost(tiers))}
    tiers = envelope(list(sold.values()))
    item = queries.item(row, _best(offered, sold), context.currency)
    item.update(
        description=row.description, category=row.category, category_slug=row.category_slug,
        attributes={**(row.shared or {}), **(row.own or {})},
        tiers=[{"min_quantity": start, "unit_minor": tier.unit_minor} for start, tier in tiers],
        why=why(tiers[0][1]) if tiers else None,
    )
    return item


def _statement(context: BuyingContext, variant_id: str) -> Any:
    return (
        select(
            Variant.id, Variant.name, Variant.mpn, Variant.gtin, Variant.unit, Variant.brand_id, Variant.category_id,
            Variant.attributes.label("own"), Product.attributes.label("shared"), Product.description,
            Product.picture_id, Brand.name.label("brand"), Brand.slug.label("brand_slug"),
            Category.name.label("category"), Category.slug.label("category_slug"),
        )
        .join(Brand, Brand.id == Variant.brand_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(Category, Category.id == Variant.category_id)
        .where(Variant.id == variant_id, queries.visible(context))
    )


def seen(context: BuyingContext, variant_id: str) -> None:
    """Go on only if the product is there for this buyer. Raises: NotFound."""
    with tenancy.as_market():
        found = select(Variant.id).where(Variant.id == variant_id, queries.visible(context))
        if db.session.execute(found, queries.asked(context)).first() is None:
            raise NotFound


def _above_cost(tiers: list[Any]) -> list[Any]:
    return [tier for tier in tiers if tier.unit_minor >= tier.seller_unit_minor]


def _best(offered: Sequence[Any], sold: dict[str, list[Any]]) -> listing.ListPrice | None:
    """The price a list would show: an offer in stock before one that is not, then the lower price."""
    choices, stock = [], 0
    for one in offered:
        step = resolve.at_quantity(sold.get(one.id, ()), one.min_quantity)
        if step is not None:
            choices.append((one.stock < one.min_quantity, step.unit_minor, one.min_quantity))
            stock += int(one.stock)
    if not choices:
        return None
    _short, unit_minor, least = min(choices)
    return listing.ListPrice(unit_minor, least, stock, len(choices))


def envelope(ladders: list[list[Any]]) -> list[tuple[int, Any]]:
    """The cheapest tier at each quantity where it changes, over several sellers' ladders.

    Shapes:  [(from quantity, tier)], unit prices strictly falling.
    """
    found: list[tuple[int, Any]] = []
    for start in sorted({tier.min_quantity for ladder in ladders for tier in ladder}):
        reached = [resolve.at_quantity(ladder, start) for ladder in ladders]
        best = min((tier for tier in reached if tier is not None), key=lambda tier: tier.unit_minor)
        if not found or best.unit_minor < found[-1][1].unit_minor:
            found.append((start, best))
    return found


def why(tier: Any) -> dict[str, Any]:
    """What the buyer may know of a price's trace: the level, the reseller's list and row, what it went past.

    What the seller charges, and the markup over it, stay inside.
    """
    own = tier.trace if "list" in tier.trace else {}
    passed = [{"list_id": one["list"], "level": one["level"], "because": one["because"]} for one in own.get("rejected", [])]
    return {"level": own.get("level", "regular"), "list_id": own.get("list"), "row_id": own.get("price"),
            "min_quantity": tier.min_quantity, "unit_minor": tier.unit_minor, "rejected": passed}


def offers(context: BuyingContext, variant_id: str, quantity: int) -> list[dict[str, Any]]:
    """The product's offers at this quantity, the winner first; those that cannot serve it say why.

    Offers that are nobody's business (withdrawn, unauthorized, unpriced) are left out altogether.
    """
    found, rank = [], 0
    for one in routing.rank_offers(context, variant_id, quantity):
        if any(code not in SAYABLE for code in one.codes):
            continue
        rank += not one.codes
        found.append({
            "rank": rank if not one.codes else None, "seller": one.seller_name, "stock": one.available,
            "unit_minor": one.unit_minor if not one.codes else None,
            "freight_minor": one.freight_minor if not one.codes else None,
            "arrives_on": one.promised_on.isoformat() if one.promised_on and not one.codes else None,
            "reasons": list(one.codes),
        })
    return found
