"""The demo's catalog: each maker's file of products, through the real import, approved by the maker's own person.

The maker of the first sign-in has sent a newer file too, and has not approved it yet.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import insert, select, text

from marketplace.catalog import identifiers
from marketplace.catalog.models import Brand, Picture, Variant
from marketplace.core import clock, jobs
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor
from marketplace.identity.models import Organization
from marketplace.operators import pictures
from marketplace.operators.demo import intake, words

PICTURES_A_FAMILY = 12
FIELDS = ("mpn", "gtin", "name", "description", "category", "unit")
ATTRIBUTES = tuple(dict.fromkeys([*itertools.chain.from_iterable(of for _, _, of in words.FAMILIES.values()), "Series"]))
CAME = timedelta(days=95)
"""How long ago the makers sent their files."""
NEWER, RENAMED, GONE = 12, 9, 4
"""Rows of the newer file that the catalog does not have, has otherwise, and those that it has no more."""
Tell = Callable[[str, int, int], None]


@dataclass
class Ware:
    """One product as its maker sells it; `variant_id` and `brand_id` are known once it is in the catalog."""

    mpn: str
    gtin: str
    name: str
    family: str
    attributes: dict[str, str]
    cents: int
    variant_id: str = ""
    brand_id: str = ""

    def row(self) -> list[str]:
        """Its row in the maker's file."""
        about = f"{self.name}. {words.DESCRIPTIONS[self.family]}"
        return [self.mpn, self.gtin, self.name, about, words.FAMILIES[self.family][0], "C62", *(self.attributes.get(one, "") for one in ATTRIBUTES)]


def bring(makers: dict[str, tuple[Organization, Actor]], chance: random.Random, tell: Tell, products: int) -> dict[str, list[Ware]]:
    """Import the makers' files; their wares by maker. Effects: everything an import leads to. Raises: ImportFailed."""
    shown, wares, done = jobs.at_once(_pictures), assorted([maker.name for maker, _ in makers.values()], chance, products), 0
    found = {}
    for (maker, actor), own in zip(makers.values(), wares, strict=True):
        with clock.at(clock.now() - CAME):
            intake.approve(actor, intake.catalog(actor, f"{maker.slug}-catalog.csv", *_file([ware.row() for ware in own])), len(own))
            jobs.at_once(partial(_kept, maker, own, shown))
        done += len(own)
        found[maker.id] = own
        tell("products", done, products)
    return found


def assorted(makers: list[str], chance: random.Random, products: int) -> list[list[Ware]]:
    """What each maker has: every family in turn, its sizes one after the other; larger costs more, and some makers are dearer."""
    families = list(words.FAMILIES)
    ways = {family: list(itertools.product(*(enumerate(values) for values in of.values()))) for family, (_, _, of) in words.FAMILIES.items()}
    dear = [chance.uniform(0.8, 1.25) for _ in makers]
    found: list[list[Ware]] = [[] for _ in makers]
    for number in range(products):
        at = number % len(makers)
        family = families[number // len(makers) % len(families)]
        series = words.SERIES[number // (len(makers) * len(families)) % len(words.SERIES)]
        steps = ways[family][number // 7 % len(ways[family])]
        found[at].append(_ware(number, (makers[at], family, series), steps, dear[at] * chance.uniform(0.97, 1.03)))
    return found


def _ware(number: int, called: tuple[str, str, str], steps: Sequence[tuple[int, str]], factor: float) -> Ware:
    maker, family, series = called
    _, (low, high), of = words.FAMILIES[family]
    height = sum(step / max(1, len(values) - 1) for (step, _), values in zip(steps, of.values(), strict=True)) / len(of)
    values = [value for _, value in steps]
    body = f"0426{number:09d}"
    return Ware(
        mpn=f"{maker[:2].upper()}{number:05d}-{series[:2].upper()}", gtin=body + identifiers.check_digit(body), family=family,
        name=f"{family} {series} {', '.join(values)}", attributes=dict(zip(of, values, strict=True)) | {"Series": series},
        cents=max(10, int(low * (high / low) ** height * factor)),
    )


def _pictures() -> dict[str, list[str]]:
    rows = [
        {"id": new_id("pic"), "media_type": "image/svg+xml", "content": pictures.svg(family, seed), "family": family}
        for family in words.FAMILIES for seed in range(PICTURES_A_FAMILY)
    ]
    db.session.execute(insert(Picture), [{k: row[k] for k in ("id", "media_type", "content")} for row in rows])
    return {family: [str(row["id"]) for row in rows if row["family"] == family] for family in words.FAMILIES}


def _file(rows: list[list[str]]) -> tuple[bytes, dict[str, str]]:
    """A maker's file with every column mapped."""
    mapping = {field: field for field in FIELDS} | {f"attribute:{one}": one for one in ATTRIBUTES}
    return intake.csv_of((*FIELDS, *ATTRIBUTES), rows), mapping


_SHOW = text("""
    UPDATE products p SET picture_id = w.picture FROM unnest(CAST(:products AS text[]), CAST(:pictures AS text[])) AS w(product, picture)
     WHERE p.id = w.product""")


def _kept(maker: Organization, wares: list[Ware], shown: dict[str, list[str]]) -> None:
    """Remember the wares' ids, and give their products pictures: a file has none."""
    brand = db.session.scalars(select(Brand.id).filter_by(manufacturer_id=maker.id)).one()
    rows = db.session.execute(select(Variant.mpn, Variant.id, Variant.product_id).where(Variant.manufacturer_id == maker.id))
    ids = {mpn: (variant, product) for mpn, variant, product in rows}
    products, drawn = [], []
    for number, ware in enumerate(wares):
        ware.variant_id, ware.brand_id = ids[ware.mpn][0], brand
        products.append(ids[ware.mpn][1])
        drawn.append(shown[ware.family][number % PICTURES_A_FAMILY])
    db.session.execute(_SHOW, {"products": products, "pictures": drawn})


def newer(actor: Actor, wares: list[Ware]) -> None:
    """A newer file of a maker, read and compared, and left to be approved: with new, changed, gone and refused rows."""
    rows = [ware.row() for ware in wares[: -GONE or None]]
    for row in rows[:: max(1, len(rows) // RENAMED)]:
        row[3] += " Now packed without plastic."
    fresh = [_like(ware, number) for number, ware in enumerate(wares[:NEWER])]
    wrong = [[*rows[0]], ["", *rows[1][1:]], ["HX-1", "4260000000001", *rows[2][2:]]]
    intake.catalog(actor, "new-season.csv", *_file([*rows, *fresh, *wrong]))


def _like(ware: Ware, number: int) -> list[str]:
    row = ware.row()
    row[0], row[1], row[2] = f"{ware.mpn[:2]}9{number:04d}-NX", "", row[2].replace(f" {ware.attributes['Series']} ", " Nexus ", 1)
    row[-1] = "Nexus"
    return row


def batches(found: dict[str, list[Ware]]) -> Iterator[Ware]:
    """All wares of all makers, in the order of the makers."""
    return itertools.chain.from_iterable(found.values())
