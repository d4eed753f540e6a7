"""What is sold in the replay: the file's products by the real catalog import, the sellers' offers by the real offer import."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low

from sqlalchemy import select

from marketplace.catalog.models import Brand, Variant
from marketplace.channel import authorization
from marketplace.core import jobs, money
from marketplace.core.db import db
from marketplace.identity.access import Actor
from marketplace.operators.demo import intake
from marketplace.operators.replay.lines import Invoice
from marketplace.operators.replay.world import CURRENCY, MARKUP_BPS, SEED, World

SELLERS_A_PRODUCT = (4, 5, 6)
COLUMNS = ("seller_sku", "brand", "mpn", "price", "price_24", "quantity", "lead_time_days")


@dataclass(frozen=True)
class Goods:
    """What was brought in: the variant id of each product code, and the units imported by the sellers' own SKU."""

    variants: dict[str, str]
    stock: dict[str, int]


def bring(world: World, invoices: Sequence[Invoice]) -> Goods:
    """Import products and offers. Raises: ImportFailed."""
    names, prices, wanted = gathered(invoices)
    intake.approve(world.maker, intake.catalog(world.maker, "products.csv", intake.csv_of(("mpn", "name"), names.items())), len(names))
    brand = jobs.at_once(lambda: _authorized(world))
    stock = _offers(world, spread(brand, prices, wanted, len(world.sellers)))
    return Goods(jobs.at_once(lambda: _variants(world.maker)), stock)


def _variants(maker: Actor) -> dict[str, str]:
    rows = db.session.execute(select(Variant.mpn, Variant.id).where(Variant.manufacturer_id == maker.organization_id))
    return dict(rows.all())


def gathered(invoices: Iterable[Invoice]) -> tuple[dict[str, str], dict[str, int], Counter[str]]:
    """By product code, in code order: its most frequent description, its median price in minor units, the quantity ordered."""
    names: dict[str, Counter[str]] = {}
    prices: dict[str, list[int]] = {}
    wanted: Counter[str] = Counter()
    for invoice in invoices:
        for code, quantity in invoice.lines.items():
            names.setdefault(code, Counter())[invoice.names[code]] += 1
            prices.setdefault(code, []).append(invoice.prices[code])
            wanted[code] += quantity
    return ({code: names[code].most_common(1)[0][0] for code in sorted(names)},
            {code: median_low(prices[code]) for code in sorted(prices)}, wanted)


def _authorized(world: World) -> str:
    brand = db.session.scalars(select(Brand).filter_by(manufacturer_id=world.maker.organization_id)).one()
    for seller_id in world.sellers:
        authorization.grant(world.maker, world.maker.organization_id, seller_id, brand.id)
    return brand.name


def _offers(world: World, rows: list[list[tuple[str, ...]]]) -> dict[str, int]:
    for actor, mine in zip(world.sellers.values(), rows, strict=True):
        intake.offers(actor, "offers.csv", intake.csv_of(COLUMNS, mine), len(mine))
    return {row[0]: int(row[5]) for mine in rows for row in mine}


def spread(brand: str, prices: dict[str, int], wanted: Counter[str], sellers: int) -> list[list[tuple[str, ...]]]:
    """The seeded rule: for each seller the rows of its offer file.

    Shapes:  a product has 4 to 6 sellers; a seller's price is the file's, less the reseller's markup, times 0.92 to 1.08, and
             5 % less from 24 on; its stock is 0.4 to 1.2 times what the file orders of the product, and 24.
    """
    chance = random.Random(SEED)
    rows: list[list[tuple[str, ...]]] = [[] for _ in range(sellers)]
    for code, minor in prices.items():
        for number in sorted(chance.sample(range(sellers), chance.choice(SELLERS_A_PRODUCT))):
            price = max(1, round(minor * 10_000 / (10_000 + MARKUP_BPS) * chance.uniform(0.92, 1.08)))
            stock = int(wanted[code] * chance.uniform(0.4, 1.2)) + 24
            rows[number].append((f"{code}-{number + 1:02d}", brand, code, money.decimal(price, CURRENCY), money.decimal(max(1, price * 95 // 100), CURRENCY),
                                 str(stock), str(chance.choice((0, 1, 1, 2)))))
    return rows
