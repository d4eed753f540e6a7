"""One product as one buyer sees it: content, its own price by quantity and why, and who would deliver it.

What a seller charges never leaves this module: the buyer's price and the rule behind it do.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import func, select

from marketplace.catalog.models import Brand, Category, Product, Variant
from marketplace.core import tenancy
from marketplace.core.db import AnyRow, db
from marketplace.core.errors import NotFound
from marketplace.identity.buying import BuyingContext
from marketplace.pricing import listing, resolve
from marketplace.routing import service as routing
from resellers.storefront import bought, queries

SAYABLE = frozenset({
    "ZERO_QUANTITY", "BELOW_MINIMUM", "NOT_MULTIPLE", "ABOVE_MAXIMUM", "NOT_ENOUGH_STOCK", "SELLER_PAUSED",
    "NO_FREIGHT_TO_COUNTRY", "NO_TAX_RULE",
})
AMOUNTS = ("unit_minor", "goods_minor", "freight_minor", "surcharge_minor", "landed_minor")
MOST_ALTERNATIVES = 6
OFFERED = ("rank", *AMOUNTS, "more_minor", "arrives_on", "why")


def shown(context: BuyingContext, variant_id: str) -> dict[str, Any]:
    """A product's content and this buyer's best price, as JSON values.

    Units:   minor units of the storefront's currency, net.
    Raises:  NotFound when it is not there, or not there for this buyer: the two look the same.
    """
    with tenancy.as_market():
        row = db.session.execute(_statement(context, variant_id), queries.asked(context)).first()
        if row is None:
            raise NotFound
        offered = listing.offered(context, [row.id])
        ladders = resolve.tiers(context, [one[:5] for one in offered])
    item = queries.item(row, listing.best_of(offered, ladders).get(row.id), context)
    item.update(
        description=row.description, category=row.category, category_slug=row.category_slug,
        attributes={**(row.shared or {}), **(row.own or {})},
        tiers=[{"min_quantity": start, "unit_minor": tier.unit_minor, "why": why(tier.trace)}
               for start, tier in listing.envelope(offered, ladders)] if context.sees_prices else [],
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


def alternatives(context: BuyingContext, variant_id: str) -> list[dict[str, Any]]:
    """Products of the same category that are called most alike, nearest first; of one that is sold no more, too, to whom it is known.

    Raises:  NotFound.
    """
    with tenancy.as_market():
        found = select(Variant.name, Variant.category_id).where(Variant.id == variant_id, queries.visible(context))
        row: AnyRow | None = db.session.execute(found, queries.asked(context)).first()
    row = row or bought.known(context, variant_id)
    if row is None:
        raise NotFound
    if row.category_id is None:
        return []
    return queries.some(context, lambda query: query.where(
        Variant.category_id == row.category_id, Variant.id != variant_id,
    ).order_by(func.similarity(Variant.name, row.name).desc(), Variant.id).limit(MOST_ALTERNATIVES))


def compared(context: BuyingContext, variant_ids: list[str]) -> dict[str, Any]:
    """Products side by side: {"products": as `shown`, "names": the attributes of any of them, first those in which they differ}."""
    found = []
    for id_ in dict.fromkeys(variant_ids):
        with suppress(NotFound):
            found.append(shown(context, id_))
    names = sorted({name for one in found for name in one["attributes"]})
    return {"products": found, "names": sorted(names, key=lambda name: len({one["attributes"].get(name) for one in found}) < 2)}


def seen(context: BuyingContext, variant_id: str) -> None:
    """Go on only if the product is there for this buyer. Raises: NotFound."""
    with tenancy.as_market():
        found = select(Variant.id).where(Variant.id == variant_id, queries.visible(context))
        if db.session.execute(found, queries.asked(context)).first() is None:
            raise NotFound


def why(trace: dict[str, Any]) -> dict[str, Any]:
    """What the buyer may know of a price's trace: the level, the reseller's list and row, what it went past.

    What the seller charges, and the markup over it, stay inside.
    """
    own = trace if "list" in trace else {}
    passed = [{"list_id": one["list"], "list_name": one["name"], "level": one["level"], "because": one["because"]}
              for one in own.get("rejected", [])]
    return {"level": own.get("level", "regular"), "list_id": own.get("list"), "list_name": own.get("name"),
            "row_id": own.get("price"), "rejected": passed}


def offers(context: BuyingContext, variant_id: str, quantity: int) -> list[dict[str, Any]]:
    """The product's offers at this quantity, the winner first; those that cannot serve it say why.

    Offers that are nobody's business (withdrawn, unauthorized, unpriced) are left out altogether, and all of them for a guest
    who sees no prices.
    """
    found: list[dict[str, Any]] = []
    if not context.sees_prices:
        return found
    for one in routing.rank_offers(context, variant_id, quantity):
        if one.codes:
            if all(code in SAYABLE for code in one.codes):
                found.append({**dict.fromkeys(OFFERED), **_said(one)})
            continue
        found.append({
            **_said(one), "rank": len(found) + 1, **{amount: getattr(one, amount) for amount in AMOUNTS},
            "more_minor": one.landed_minor - found[0]["landed_minor"] if found else 0,
            "arrives_on": one.promised_on and one.promised_on.isoformat(), "why": why(one.trace or {}),
        })
    return found


def _said(one: Any) -> dict[str, Any]:
    return {"seller": one.seller_name, "stock": one.available, "min_quantity": one.min_quantity, "multiple": one.multiple,
            "reasons": list(one.codes)}
