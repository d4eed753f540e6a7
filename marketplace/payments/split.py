"""The split of one line: the seller's net, the reseller's margin, the commission and its tax. Pure and exact.

g + t = n + m + c + u + t for every line, so that no sum ever needs a correction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from marketplace.core.errors import Invalid
from marketplace.payments import commission

PARTS = ("net", "margin", "commission", "commission_tax")


class CommissionTooHigh(Invalid):
    """A commission rule would take more than the seller gets."""

    code: ClassVar[str] = "commission_too_high"
    message = "The commission rule takes more than the seller's price."


@dataclass(frozen=True, slots=True)
class Share:
    """One line's split, in minor units."""

    net: int
    margin: int
    commission: int
    commission_tax: int


def split(goods: int, seller_goods: int, terms: Mapping[str, Any]) -> Share:
    """Split a line's goods (net of tax).

    Shapes:  goods and seller_goods >= 0; margin is negative where the reseller sells below the seller's price.
    Raises:  CommissionTooHigh.
    Source:  payments specification, "Arithmetic".
    """
    taken, tax = commission.take(dict(terms), seller_goods if terms["base"] == "seller" else goods)
    net = seller_goods - taken - tax
    if net < 0:
        raise CommissionTooHigh
    return Share(net, goods - seller_goods, taken, tax)


def charges(minor: int, terms: Mapping[str, Any]) -> Share:
    """Split a seller order's freight and surcharge: no margin; commission only where the rule says so."""
    if not terms["on_freight"]:
        return Share(minor, 0, 0, 0)
    return split(minor, minor, {**terms, "fixed_minor": 0, "floor_minor": 0})
