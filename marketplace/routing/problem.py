"""The allocation problem, version 1: read from JSON, checked field by field, refused by path.

Pure: no clock, no database. Whatever passes `read` may go to the solver; nothing else may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from marketplace.core.errors import Invalid

LIMIT = 2**53
PROBLEM_FIELDS = frozenset({"version", "currency", "split_minor", "max_sellers", "lines", "sellers", "pools", "offers"})
LINE_FIELDS = frozenset({"id", "quantity", "unfilled_minor", "max_offers"})
SELLER_FIELDS = frozenset({
    "id", "opening_minor", "freight_minor", "free_freight_from_minor", "minimum_minor", "minimum_rule", "surcharge_minor",
})
POOL_FIELDS = frozenset({"id", "available"})
OFFER_FIELDS = frozenset({
    "id", "line", "seller", "pool", "tiers", "minimum", "multiple", "maximum", "extra_unit_minor", "extra_minor",
})


class ProblemRefused(Invalid):
    """A problem that breaks a rule of the format; `field` is the JSON path."""

    code = "problem_refused"


@dataclass(frozen=True, slots=True)
class Line:
    """Units wanted; `unfilled_minor` None means all of them must be filled."""

    id: str
    quantity: int
    unfilled_minor: int | None
    max_offers: int | None


@dataclass(frozen=True, slots=True)
class Seller:
    """What one more seller order costs beside its goods."""

    id: str
    opening_minor: int
    freight_minor: int
    free_from_minor: int | None
    minimum_minor: int | None
    blocks: bool
    surcharge_minor: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One candidate of one line; `line`, `seller` and `pool` are indexes."""

    id: str
    line: int
    seller: int
    pool: int
    tiers: tuple[tuple[int, int], ...]
    minimum: int
    multiple: int
    maximum: int | None
    extra_unit_minor: int
    extra_minor: int

    def price(self, quantity: int) -> int:
        """Unit price of all units at `quantity`: that of the last tier reached."""
        unit = self.tiers[0][1]
        for start, price in self.tiers:
            if start > quantity:
                break
            unit = price
        return unit

    def fit(self, room: int) -> int:
        """The largest quantity allowed by minimum, multiple and maximum within `room`; else 0."""
        if self.maximum is not None and room > self.maximum:
            room = self.maximum
        room -= room % self.multiple
        return room if room >= self.minimum else 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything to decide on, sorted by id."""

    currency: str
    split_minor: int
    max_sellers: int | None
    lines: tuple[Line, ...]
    sellers: tuple[Seller, ...]
    pools: tuple[tuple[str, int], ...]
    offers: tuple[Offer, ...]


def read(data: Any) -> Problem:
    """Check `data` against every rule of the format.

    Raises: ProblemRefused with the JSON path and the rule.
    """
    _fields(data, PROBLEM_FIELDS, "$")
    if type(data.get("version")) is not int or data["version"] != 1:
        raise ProblemRefused("must be 1", field="$.version")
    currency = data.get("currency")
    if not (isinstance(currency, str) and len(currency) == 3 and currency.isalpha() and currency.isupper()):
        raise ProblemRefused("must be three capital letters", field="$.currency")
    lines = [_line(row, f"$.lines[{i}]") for i, row in enumerate(_rows(data, "lines"))]
    sellers = [_seller(row, f"$.sellers[{i}]") for i, row in enumerate(_rows(data, "sellers"))]
    pools = [_pool(row, f"$.pools[{i}]") for i, row in enumerate(_rows(data, "pools"))]
    for name, rows in (("lines", lines), ("sellers", sellers), ("pools", pools)):
        rows.sort(key=_id)
        _unique(rows, f"$.{name}")
    places = [{_id(row): at for at, row in enumerate(rows)} for rows in (lines, sellers, pools)]
    offers = [_offer(row, f"$.offers[{i}]", places) for i, row in enumerate(_rows(data, "offers"))]
    offers.sort(key=_id)
    _unique(offers, "$.offers")
    return Problem(
        currency, _whole(data, "split_minor", "$", low=0), _whole(data, "max_sellers", "$", low=1, null=True),
        tuple(lines), tuple(sellers), tuple(pools), tuple(offers),
    )


def _line(row: Any, path: str) -> Line:
    _fields(row, LINE_FIELDS, path)
    return Line(
        _text(row, "id", path), _whole(row, "quantity", path, low=1), _whole(row, "unfilled_minor", path, low=0, null=True),
        _whole(row, "max_offers", path, low=1, null=True),
    )


def _seller(row: Any, path: str) -> Seller:
    _fields(row, SELLER_FIELDS, path)
    rule = row.get("minimum_rule")
    minimum = _whole(row, "minimum_minor", path, low=0, null=True)
    if rule not in ("block", "surcharge") and not (rule is None and minimum is None):
        raise ProblemRefused("must be block or surcharge", field=f"{path}.minimum_rule")
    surcharge = _whole(row, "surcharge_minor", path, low=0, null=minimum is None or rule == "block") or 0
    return Seller(
        _text(row, "id", path), _whole(row, "opening_minor", path), _whole(row, "freight_minor", path, low=0),
        _whole(row, "free_freight_from_minor", path, low=0, null=True), minimum, rule == "block", surcharge,
    )


def _pool(row: Any, path: str) -> tuple[str, int]:
    _fields(row, POOL_FIELDS, path)
    return _text(row, "id", path), _whole(row, "available", path, low=0)


def _offer(row: Any, path: str, places: list[dict[str, int]]) -> Offer:
    _fields(row, OFFER_FIELDS, path)
    where = []
    for name, known in zip(("line", "seller", "pool"), places, strict=True):
        if (at := known.get(_text(row, name, path))) is None:
            raise ProblemRefused(f"no such {name}", field=f"{path}.{name}")
        where.append(at)
    minimum, multiple = _whole(row, "minimum", path, low=1), _whole(row, "multiple", path, low=1)
    return Offer(
        _text(row, "id", path), where[0], where[1], where[2], _tiers(row.get("tiers"), f"{path}.tiers", minimum), minimum, multiple,
        _whole(row, "maximum", path, low=1, null=True), _whole(row, "extra_unit_minor", path), _whole(row, "extra_minor", path),
    )


def _tiers(tiers: Any, path: str, minimum: int) -> tuple[tuple[int, int], ...]:
    if not isinstance(tiers, list | tuple) or not tiers:
        raise ProblemRefused("must be a list of [from quantity, unit price]", field=path)
    last = 0
    for i, tier in enumerate(tiers):
        if not isinstance(tier, list | tuple) or len(tier) != 2 or not all(type(n) is int and 0 <= n <= LIMIT for n in tier):
            raise ProblemRefused("must be [from quantity, unit price], whole numbers", field=f"{path}[{i}]")
        if tier[0] <= last:
            raise ProblemRefused("quantities must rise from 1", field=f"{path}[{i}][0]")
        last = tier[0]
    if tiers[0][0] > minimum:
        raise ProblemRefused("the first tier must start at or below the minimum", field=f"{path}[0][0]")
    return tuple((start, price) for start, price in tiers)


def _id(row: Any) -> str:
    return row[0] if isinstance(row, tuple) else row.id


def _rows(data: Mapping[str, Any], name: str) -> Sequence[Any]:
    rows = data.get(name)
    if not isinstance(rows, list):
        raise ProblemRefused("must be a list", field=f"$.{name}")
    return rows


def _unique(rows: Sequence[Any], path: str) -> None:
    for before, row in pairwise(rows):
        if _id(before) == _id(row):
            raise ProblemRefused(f"id {_id(row)!r} occurs twice", field=path)


def _fields(row: Any, known: frozenset[str], path: str) -> None:
    if not isinstance(row, dict):
        raise ProblemRefused("must be an object", field=path)
    for name in row.keys() - known:
        raise ProblemRefused("unknown field", field=f"{path}.{name}")


def _text(row: Mapping[str, Any], name: str, path: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise ProblemRefused("must be a text", field=f"{path}.{name}")
    return value


def _whole(row: Mapping[str, Any], name: str, path: str, low: int = -LIMIT, null: bool = False) -> Any:
    value = row.get(name)
    if value is None:
        if null:
            return None
        raise ProblemRefused("is missing", field=f"{path}.{name}")
    if type(value) is not int or not low <= value <= LIMIT:
        raise ProblemRefused(f"must be a whole number, at least {max(low, -LIMIT)}", field=f"{path}.{name}")
    return value
