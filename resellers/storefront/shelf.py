"""What is sold at all, by brand and category: the same for every buyer of one country and currency.

Counting looks at every offer, so it is kept for some seconds. No buyer, price or rule is in it: what a buyer may see of
it is decided at each request, and so is every list.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from flask import Flask, current_app
from sqlalchemy import case, func, select

from marketplace.catalog.models import Brand, Category, Product, Variant
from marketplace.channel import assortment
from marketplace.core import clock, tenancy
from marketplace.core.db import db
from marketplace.identity.buying import BuyingContext
from marketplace.offers.models import Offer, StockLevel
from resellers.storefront import queries

Made = TypeVar("Made")


class Place(NamedTuple):
    """The products of one brand in one category that somebody sells. Without a category `path` is empty.

    sold, stocked: how many products, and how many of them somebody has in stock.
    """

    brand_id: str
    brand_slug: str
    brand_name: str
    category_id: str | None
    category_slug: str
    category_name: str
    path: str
    picture_id: str | None
    sold: int
    stocked: int

    def is_below(self, path: str) -> bool:
        """Whether it stands in the category with this path, or in one below it."""
        return self.path == path or self.path.startswith(f"{path} / ")


class Kept:
    """Answers kept for a while by key. Who comes while one is made again gets the one before."""

    def __init__(self, seconds: float) -> None:
        self.seconds = timedelta(seconds=seconds)
        self.found: dict[Any, tuple[datetime, Any]] = {}
        self.making = threading.Lock()

    def get(self, key: Any, make: Callable[[], Made]) -> Made:
        """What is kept, or what `make` gives now."""
        until, found = self.found.get(key, (None, None))
        if until is not None and (clock.now() < until or self.making.locked()):
            return found  # type: ignore[return-value]
        with self.making:
            made = make()
            self.found[key] = clock.now() + self.seconds, made
        return made


def register(app: Flask) -> None:
    """Keep counts in this process as long as the settings say."""
    app.extensions["shelf"] = Kept(app.config["SETTINGS"].counts_seconds)


def seen(context: BuyingContext) -> list[Place]:
    """The places that this buyer may see. Effects: none; one statement, and one more where nothing is kept."""
    places = current_app.extensions["shelf"].get((context.country, context.currency), lambda: counted(context))
    levels = assortment.levels(context)
    return [place for place in places if assortment.sees(levels, place.brand_id, place.category_id)]


def counted(context: BuyingContext) -> list[Place]:
    """Every place of the market, counted now for the context's country and currency."""
    sold = (
        select(Offer.variant_id, func.max(case((StockLevel.available > 0, 1), else_=0)).label("stocked"))
        .outerjoin(StockLevel, StockLevel.offer_id == Offer.id).where(*queries.offering()).group_by(Offer.variant_id).subquery("sold")
    )
    by_place = (
        select(Variant.brand_id, Variant.category_id, func.min(Product.picture_id).label("picture_id"), func.count().label("sold"),
               func.sum(sold.c.stocked).label("stocked"))
        .join(sold, sold.c.variant_id == Variant.id).join(Product, Product.id == Variant.product_id)
        .where(Variant.status == "active").group_by(Variant.brand_id, Variant.category_id).subquery("by_place")
    )
    statement = (
        select(Brand.id, Brand.slug, Brand.name, Category.id, func.coalesce(Category.slug, ""), func.coalesce(Category.name, ""),
               func.coalesce(Category.path, ""), by_place.c.picture_id, by_place.c.sold, by_place.c.stocked)
        .select_from(by_place).join(Brand, Brand.id == by_place.c.brand_id).outerjoin(Category, Category.id == by_place.c.category_id)
    )
    with tenancy.as_market():
        return [Place(*row) for row in db.session.execute(statement, queries.asked(context))]
