"""Who sells the demo's products: authorizations by the makers, delivery terms, and offers through the real offer import.

The first few sellers carry every brand at sharp prices, as a large distributor does, so that there is always work to see.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import timedelta

from marketplace.channel import authorization
from marketplace.core import clock, jobs, money
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity import buying
from marketplace.identity.access import Actor
from marketplace.identity.models import Organization
from marketplace.offers.models import FreightRule, OrderMinimum, StockLocation
from marketplace.operators.demo import intake, words
from marketplace.operators.demo.catalog import Ware
from marketplace.operators.demo.world import KEY_ACCOUNTS, World
from marketplace.pricing import listing
from marketplace.pricing import service as pricing

PRODUCTS = 10_000
LARGE = 3
SELLERS_A_BRAND = 14
OFFERS_A_PRODUCT = (2, 3, 4, 5)
SINCE = timedelta(days=90)
COLUMNS = ("seller_sku", "gtin", "price", "price_10", "price_50", "quantity", "lead_time_days")
AGREED = 60
CHANGED, WRONG = 60, 4
"""Rows of the newer file of the first seller, and how many of them are refused."""
Tell = Callable[[str, int, int], None]
Makers = dict[str, tuple[Actor, list[Ware]]]
Sellers = dict[str, tuple[Organization, Actor]]


def offer(world: World, makers: Makers, sellers: Sellers, chance: random.Random, tell: Tell) -> None:
    """Authorize, set terms, and import every seller's offers. Effects: those of the verbs. Raises: ImportFailed."""
    with clock.at(clock.now() - SINCE):
        carried = jobs.at_once(lambda: _authorized(world, makers, chance))
        jobs.at_once(lambda: _terms(world, chance))
        files = _files(sellers, carried, makers, chance)
        for number, (seller_id, rows) in enumerate(files.items()):
            intake.offers(sellers[seller_id][1], "all-offers.csv", intake.csv_of(COLUMNS, rows), len(rows))
            tell("sellers with offers", number + 1, len(files))


def _authorized(world: World, makers: Makers, chance: random.Random) -> dict[str, list[str]]:
    """By maker: the sellers that it lets sell its brand."""
    large, others = [seller.id for seller in world.sellers[:LARGE]], [seller.id for seller in world.sellers[LARGE:]]
    chance.shuffle(others)
    turns, carried = itertools.cycle(others), {}
    for maker_id, (actor, wares) in makers.items():
        chosen = large + list(itertools.islice(turns, SELLERS_A_BRAND - LARGE))
        for seller_id in chosen:
            authorization.grant(actor, maker_id, seller_id, wares[0].brand_id)
        carried[maker_id] = chosen
    return carried


def _terms(world: World, chance: random.Random) -> None:
    for number, seller in enumerate(world.sellers):
        large = number < LARGE
        db.session.add(StockLocation(id=new_id("loc"), seller_id=seller.id, code="MAIN", name="Main warehouse",
                                     country=seller.country, postcode=words.TOWNS[seller.country][1]))
        db.session.add(FreightRule(id=new_id("frt"), seller_id=seller.id, country=None, currency="EUR",
                                   freight_minor=490 if large else chance.choice((490, 690, 890, 1290)),
                                   free_from_minor=15_000 if large else chance.choice((15_000, 25_000, 50_000, None)),
                                   transit_days=1 if large else chance.choice((1, 2, 2, 3))))
        if chance.random() < 0.3:
            db.session.add(OrderMinimum(id=new_id("min"), seller_id=seller.id, currency="EUR", minimum_minor=2_500,
                                        rule="surcharge", surcharge_minor=450))
    db.session.flush()


def _files(sellers: Sellers, carried: dict[str, list[str]], makers: Makers, chance: random.Random) -> dict[str, list[list[str]]]:
    """Each seller's rows, by its id."""
    large = set(list(sellers)[:LARGE])
    files: dict[str, list[list[str]]] = {}
    for maker_id, (_, wares) in makers.items():
        for ware in wares:
            for seller_id in chance.sample(carried[maker_id], chance.choice(OFFERS_A_PRODUCT)):
                spread = chance.uniform(0.88, 1.0) if seller_id in large else chance.uniform(0.9, 1.12)
                files.setdefault(seller_id, []).append(_row(ware, sellers[seller_id][0], max(10, int(ware.cents * spread)), chance))
    return files


def _row(ware: Ware, seller: Organization, cents: int, chance: random.Random) -> list[str]:
    tiers = [cents * percent // 100 for percent in (100, 95, 90)]
    return [f"{ware.mpn}-{seller.slug[:3].upper()}", ware.gtin, *(money.decimal(tier, "EUR") for tier in tiers),
            str(chance.choice((0, 8, 20, 80, 250, 1000, 1000))), str(chance.choice((0, 1, 1, 2, 5)))]


def newer(seller: Organization, actor: Actor, wares: list[Ware], chance: random.Random) -> None:
    """A later file of a seller with changed prices and stock, some rows of which are refused."""
    rows = [_row(ware, seller, max(10, int(ware.cents * 0.93)), chance) for ware in wares[:CHANGED]]
    for row in rows[:WRONG]:
        row[1] = ""
    for row in rows[WRONG : WRONG + 2]:
        row[2] = "on request"
    intake.offers(actor, "prices-of-the-week.csv", intake.csv_of(COLUMNS, rows))


def agree(world: World, reseller: Actor, wares: list[Ware]) -> None:
    """The first reseller's own prices for its key accounts, on a maker's last products, which no newer file changes: below what its guests pay."""
    usual = listing.best_prices(buying.context(world.storefronts[0]), [ware.variant_id for ware in wares[-AGREED:]])
    found = pricing.create_list(reseller, "Key accounts", "EUR")
    pricing.set_prices(reseller, found.id, [(id_, least, price.unit_minor * percent // 100)
                                            for id_, price in usual.items() for least, percent in ((1, 97), (10, 93))])
    pricing.assign(reseller, found.id, storefront_id=world.storefronts[0].id, customer_group=KEY_ACCOUNTS)
