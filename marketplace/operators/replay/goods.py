"""What is sold in the replay: the file's products by the real catalog import, the sellers' offers by the real offer import."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from sqlalchemy import select

from marketplace.catalog import imports
from marketplace.catalog.models import Brand, CatalogImport, ImportStatus, Variant
from marketplace.channel import authorization
from marketplace.core import jobs
from marketplace.core.db import db
from marketplace.identity.access import Actor
from marketplace.operators.replay.lines import Invoice
from marketplace.operators.replay.world import MARKUP_BPS, SEED, World
from marketplace.pricing import feeds

SELLERS_A_PRODUCT = (4, 5, 6)
COLUMNS = ("seller_sku", "brand", "mpn", "price", "price_24", "quantity", "lead_time_days")


class ImportFailed(RuntimeError):
    """An import did not take every row of a file that we made ourselves."""


@dataclass(frozen=True)
class Goods:
    """What was brought in: the variant id of each product code, and the units imported by the sellers' own SKU."""

    variants: dict[str, str]
    stock: dict[str, int]


def bring(world: World, invoices: Sequence[Invoice]) -> Goods:
    """Import products and offers. Raises: ImportFailed."""
    names, prices, wanted = gathered(invoices)
    _catalog(world.maker, names)
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


def _catalog(maker: Actor, names: dict[str, str]) -> None:
    content = _csv(("mpn", "name"), names.items())
    made = jobs.at_once(lambda: imports.receive(maker, maker.organization_id, "products.csv", content).id)
    jobs.drain("catalog.stage")
    jobs.at_once(lambda: imports.approve(maker, made))
    jobs.drain("catalog.apply")
    record = jobs.at_once(lambda: db.session.get_one(CatalogImport, made, populate_existing=True))
    if record.status != ImportStatus.APPLIED or record.counts.get("new") != len(names):
        raise ImportFailed(f"The catalog import is {record.status}: {record.counts}, {record.refusal}.")


def _authorized(world: World) -> str:
    brand = db.session.scalars(select(Brand).filter_by(manufacturer_id=world.maker.organization_id)).one()
    for seller_id in world.sellers:
        authorization.grant(world.maker, world.maker.organization_id, seller_id, brand.id)
    return brand.name


def _offers(world: World, rows: list[list[tuple[str, ...]]]) -> dict[str, int]:
    for actor, mine in zip(world.sellers.values(), rows, strict=True):
        content = _csv(COLUMNS, mine)
        made = jobs.at_once(lambda actor=actor, content=content: feeds.receive(actor, actor.organization_id, "offers.csv", content).id)
        jobs.drain(feeds.TOPIC)
        record = jobs.at_once(lambda actor=actor, made=made: feeds.own(actor, made))
        if record.counts.get("created") != len(mine):
            raise ImportFailed(f"The offer import is {record.status}: {record.counts}, {record.refusal}, {record.errors[:3]}.")
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
            rows[number].append((f"{code}-{number + 1:02d}", brand, code, _amount(price), _amount(max(1, price * 95 // 100)),
                                 str(stock), str(chance.choice((0, 1, 1, 2)))))
    return rows


def _amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    def lines() -> Iterator[Sequence[str]]:
        yield header
        yield from rows

    out = io.StringIO()
    csv.writer(out).writerows(lines())
    return out.getvalue().encode()
