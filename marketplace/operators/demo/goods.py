"""The demo's catalog and offers: 10,000 products of 12 makers, sold by 40 sellers, in bulk."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from marketplace.catalog import identifiers, service, texts
from marketplace.catalog.models import Brand, Picture, Product, Variant
from marketplace.channel.models import SellerAuthorization
from marketplace.core import batch, clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.offers.models import FreightRule, Offer, OrderMinimum, StockLevel, StockLocation
from marketplace.operators import pictures
from marketplace.operators.demo import words
from marketplace.operators.demo.world import World
from marketplace.pricing.models import Price, PriceList

PRODUCTS = 10_000
PICTURES_A_FAMILY = 12
OFFERS_A_PRODUCT = (2, 3, 4, 5)
BATCH = 2_000
Tell = Callable[[str, int, int], None]


def make(world: World, chance: random.Random, tell: Tell, products: int = PRODUCTS) -> list[dict[str, Any]]:
    """Catalog, authorizations, stock, prices, freight; returns the variants as plain rows with a price in cents."""
    brands = [service.ensure_brand(maker.id, maker.name) for maker in world.manufacturers]
    shown = _pictures()
    variants = []
    for number, row in enumerate(itertools.islice(_rows(brands, shown, chance), products)):
        variants.append(row)
        if number % BATCH == BATCH - 1 or number == products - 1:
            _write_products(variants[number // BATCH * BATCH :])
            tell("products", number + 1, products)
    _offers(world, brands, variants, chance, tell)
    return variants


def _pictures() -> dict[str, list[str]]:
    rows = [
        {"id": new_id("pic"), "media_type": "image/svg+xml", "content": pictures.svg(family, seed), "family": family}
        for family in words.FAMILIES for seed in range(PICTURES_A_FAMILY)
    ]
    db.session.execute(insert(Picture), [{k: row[k] for k in ("id", "media_type", "content")} for row in rows])
    return {family: [row["id"] for row in rows if row["family"] == family] for family in words.FAMILIES}


def _rows(brands: list[Brand], shown: dict[str, list[str]], chance: random.Random) -> Iterator[dict[str, Any]]:
    categories = {family: service.ensure_category(path).id for family, (path, _, _) in words.FAMILIES.items()}
    ways = {family: list(itertools.product(*attributes.values())) for family, (_, _, attributes) in words.FAMILIES.items()}
    for number in itertools.count():
        brand = brands[number % len(brands)]
        family = list(words.FAMILIES)[number // len(brands) % len(words.FAMILIES)]
        series = words.SERIES[number // (len(brands) * len(words.FAMILIES)) % len(words.SERIES)]
        values = ways[family][number // 7 % len(ways[family])]
        attributes = dict(zip(words.FAMILIES[family][2], values, strict=True)) | {"Series": series}
        low, high = words.FAMILIES[family][1]
        yield _row(number, brand, f"{family} {series} {', '.join(values)}", attributes) | {
            "category_id": categories[family], "picture_id": shown[family][number % PICTURES_A_FAMILY],
            "cents": int(low * (high / low) ** chance.random()), "family": family,
        }


def _row(number: int, brand: Brand, name: str, attributes: dict[str, str]) -> dict[str, Any]:
    mpn = f"{brand.name[:2].upper()}{number:05d}-{attributes['Series'][:2].upper()}"
    body = f"0426{number:09d}"
    gtin = body + identifiers.check_digit(body)
    return {
        "id": new_id("var"), "product_id": new_id("prd"), "manufacturer_id": brand.manufacturer_id, "brand_id": brand.id,
        "gtin": gtin, "mpn": mpn, "mpn_key": identifiers.mpn_key(mpn), "name": name, "attributes": attributes, "unit": "C62",
        "status": "active", "sort_key": texts.sort_key(name), "text": texts.line(brand.name, name, mpn, gtin, attributes),
        "created_at": clock.now(), "updated_at": clock.now(),
    }


def _write_products(rows: list[dict[str, Any]]) -> None:
    db.session.execute(insert(Product), [
        {"id": row["product_id"], "description": f"{row['name']}. Tested, documented and ready to mount.",
         **{name: row[name] for name in ("manufacturer_id", "brand_id", "category_id", "name", "attributes", "picture_id",
                                         "created_at", "updated_at")}}
        for row in rows
    ])
    columns = [column.key for column in Variant.__table__.columns if column.computed is None]
    db.session.execute(insert(Variant), [{name: row[name] for name in columns} for row in rows])


def _offers(world: World, brands: list[Brand], variants: list[dict[str, Any]], chance: random.Random, tell: Tell) -> None:
    now = clock.now() - timedelta(days=90)
    carried = {brand.id: chance.sample(world.sellers, 14) for brand in brands}
    lists, places = _sellers(world, now, chance)
    db.session.execute(insert(SellerAuthorization), [
        {"id": new_id("aut"), "manufacturer_id": brand.manufacturer_id, "seller_id": seller.id, "brand_id": brand.id,
         "countries": [], "valid_from": now.date(), "valid_to": None, "status": "active", "created_by": "demo", "created_at": now}
        for brand in brands for seller in carried[brand.id]
    ])
    for start in range(0, len(variants), BATCH):
        some = variants[start : start + BATCH]
        pairs = [(row, seller) for row in some
                 for seller in chance.sample(carried[row["brand_id"]], chance.choice(OFFERS_A_PRODUCT))]
        _write_offers(pairs, lists, places, now, chance)
        tell("offers of products", start + len(some), len(variants))


def _sellers(world: World, now: Any, chance: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    lists, places = {}, {}
    for seller in world.sellers:
        lists[seller.id], places[seller.id] = new_id("pls"), new_id("loc")
        db.session.add(PriceList(id=lists[seller.id], owner_id=seller.id, name="Base", currency="EUR", is_base=True, created_at=now))
        db.session.add(StockLocation(id=places[seller.id], seller_id=seller.id, code="MAIN", name="Main warehouse",
                                     country=seller.country, postcode=words.TOWNS[seller.country][1]))
        db.session.add(FreightRule(id=new_id("frt"), seller_id=seller.id, country=None, currency="EUR",
                                   freight_minor=chance.choice((490, 690, 890, 1290)),
                                   free_from_minor=chance.choice((15_000, 25_000, 50_000, None)),
                                   transit_days=chance.choice((1, 2, 2, 3))))
        if chance.random() < 0.3:
            db.session.add(OrderMinimum(id=new_id("min"), seller_id=seller.id, currency="EUR", minimum_minor=2_500,
                                        rule="surcharge", surcharge_minor=450))
    db.session.flush()
    return lists, places


def _write_offers(pairs: list[Any], lists: dict[str, str], places: dict[str, str], now: Any, chance: random.Random) -> None:
    offers, levels, prices = [], [], []
    for row, seller in pairs:
        offer, base = new_id("off"), max(10, int(row["cents"] * chance.uniform(0.88, 1.12)))
        offers.append({"id": offer, "seller_id": seller.id, "variant_id": row["id"], "brand_id": row["brand_id"],
                       "seller_sku": row["mpn"] + "-" + seller.slug[:3].upper(), "currency": "EUR", "condition": "new",
                       "lead_time_days": chance.choice((0, 1, 1, 2, 5)), "min_quantity": 1, "multiple": 1,
                       "valid_from": now, "status": "active", "created_at": now, "updated_at": now})
        levels.append({"id": new_id("stk"), "offer_id": offer, "location_id": places[seller.id], "seller_id": seller.id,
                       "available": chance.choice((0, 20, 80, 250, 1000)), "reserved": 0})
        for least, percent in ((1, 100), (10, 95), (50, 90)):
            prices.append({"id": new_id("pri"), "price_list_id": lists[seller.id], "owner_id": seller.id,
                           "variant_id": row["id"], "min_quantity": least, "amount_minor": max(1, base * percent // 100),
                           "valid_from": now})
    for model, rows in ((Offer, offers), (StockLevel, levels), (Price, prices)):
        batch.insert(model, rows)
