"""The shapes that routing gives: a plan and its parts, and the ranked offers of a buy box."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Options:
    """How to plan: agreed prices for a re-route, and time for the solver."""

    ceilings: dict[str, int] | None = None
    """Line id -> the unit price agreed with the buyer: dearer offers are out, cheaper ones do not lower it,
    and no freight is asked again."""
    seconds: float = 0.25
    """A safety box: checkout takes a few milliseconds of it, so that a replay finds the same answer."""
    wish: str = "recommended"
    """One of `wishes.WISHES`."""


@dataclass(frozen=True, slots=True)
class PlannedAllocation:
    """A quantity of one line for one offer at one stock level; net amounts, tax beside them."""

    line_id: str
    offer_id: str
    stock_level_id: str
    variant_id: str
    quantity: int
    unit_minor: int
    seller_unit_minor: int
    goods_minor: int
    seller_goods_minor: int
    tax_bps: int
    tax_minor: int
    trace: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlannedSellerOrder:
    """One seller's part of a plan."""

    seller_id: str
    name: str
    lines: tuple[PlannedAllocation, ...]
    goods_minor: int
    seller_goods_minor: int
    freight_minor: int
    surcharge_minor: int
    charges_tax_minor: int
    tax_minor: int
    total_minor: int
    promised_on: date


@dataclass(frozen=True)
class Plan:
    """A solved problem in the market's terms; nothing is reserved or written yet."""

    currency: str
    problem: dict[str, Any]
    answer: dict[str, Any]
    policy: Any
    candidates: dict[str, list[Any]]
    """Line id -> candidates, by their id in the problem."""
    excluded: dict[str, list[dict[str, Any]]]
    """Line id -> [{"offer_id", "seller_id", "seller_name", "codes"}]."""
    wanted: tuple[tuple[str, str, int], ...]
    parts: tuple[PlannedSellerOrder, ...]
    goods_minor: int
    freight_minor: int
    surcharge_minor: int
    tax_minor: int
    total_minor: int
    wish: str = "recommended"
    """What the buyer wished of it: one of `wishes.WISHES`."""
    unfilled: dict[str, int] = field(default_factory=dict)
    """Line id -> units that no seller can serve."""
    quotas: tuple[dict[str, Any], ...] = ()
    """Those of the policy that hold for the destination, each with the "key" under which its orders are counted."""


@dataclass(frozen=True, slots=True)
class RankedOffer:
    """One row of a buy box. With `codes` it cannot be bought, and its costs are 0 or None."""

    offer_id: str
    seller_id: str
    seller_name: str
    unit_minor: int | None
    goods_minor: int
    freight_minor: int
    surcharge_minor: int
    landed_minor: int
    """Goods + freight + surcharge: what this buyer would pay, net."""
    promised_on: date | None
    available: int
    codes: tuple[str, ...]
    is_winner: bool
    tiers: tuple[tuple[int, int], ...]
    min_quantity: int
    multiple: int
    trace: dict[str, Any] | None = None
