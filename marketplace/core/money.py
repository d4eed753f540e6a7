"""Money: integer minor units with the ISO currency beside them, and the only rounding there is.

Digits follow ISO 4217 with the payment provider's exceptions (payments P6), not Babel's table.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from babel.core import get_global

from marketplace.core.errors import Invalid

ZERO_DIGITS = frozenset(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"])
THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
CODES = frozenset(code for used in get_global("territory_currencies").values() for code, _since, until, is_tender in used if is_tender and not until)
"""The currencies that are tender somewhere today."""
MOST_MINOR = 10**12
"""The largest amount that is taken in: whatever is multiplied and added up from such ones fits the database."""
DECIMAL = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,6})|,([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of `minor` units of `currency`."""

    minor: int
    currency: str


def checked(currency: str) -> str:
    """The currency's code, when it is one. Raises: Invalid."""
    if currency not in CODES:
        raise Invalid(f"{currency!r} is not a currency code.", field="currency")
    return currency


def digits(currency: str) -> int:
    """How many decimal digits a currency has: 0, 2 or 3."""
    return 0 if currency in ZERO_DIGITS else 3 if currency in THREE_DIGITS else 2


def parse(text: str, currency: str, field: str | None = None) -> int:
    """Read a decimal such as ``12.5`` or ``12,50`` as minor units; raises Invalid, naming `field`, on anything else, never rounds.

    A comma with three digits after it may stand for thousands or for decimals: that is refused, too, as is more than MOST_MINOR.
    """
    match = DECIMAL.fullmatch(text.strip())
    if not match:
        raise Invalid(f"{text!r} is not an amount.", field=field)
    sign, whole, fraction = match[1], match[2], (match[3] or match[4] or "").rstrip("0")
    places = digits(currency)
    if len(fraction) > places:
        raise Invalid(f"{text!r} has more decimals than {currency} allows.", field=field)
    minor = int(whole) * 10**places + int(fraction.ljust(places, "0") or "0")
    if minor > MOST_MINOR:
        raise Invalid(f"{text!r} is more than any amount may be.", field=field)
    return -minor if sign else minor


def decimal(minor: int, currency: str) -> str:
    """The amount as a plain decimal, for files and the API."""
    places = digits(currency)
    if not places:
        return str(minor)
    whole, fraction = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}.{fraction:0{places}d}"


def said(minor: int, currency: str) -> str:
    """The amount with its currency, as sentences that are kept have it: 12.50 EUR."""
    return f"{decimal(minor, currency)} {currency}"


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest whole, halves up; both >= 0, denominator > 0."""
    return (2 * numerator + denominator) // (2 * denominator)


def percent(minor: int, bps: int) -> int:
    """`bps` basis points of `minor`, half up; for amounts >= 0."""
    return half_up(minor * bps, 10_000)


def of_pieces(amount: int, of: int, start: int, count: int) -> int:
    """What of `amount` falls to the `count` pieces from `start` on, when it is spread over `of` equal pieces.

    Shapes:  0 <= start, start + count <= of. Any cut of the pieces adds up to the amount, in any order.
    Source:  payments specification, "By pieces": the differences of half_up(amount * k / of).
    """
    return half_up(amount * (start + count), of) - half_up(amount * start, of)


def allocate(total: Money, weights: Sequence[int]) -> list[Money]:
    """Cut `total` in proportion to `weights`, losing nothing.

    Shapes:  len(result) == len(weights); a zero weight gets exactly zero.
    Units:   minor units of total.currency; weights are dimensionless, >= 0, not all 0.
    Raises:  ValueError when no weight is positive or one is negative.
    Source:  largest-remainder (Hamilton) apportionment; ties go to the earlier index.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    sign, amount = (-1 if total.minor < 0 else 1), abs(total.minor)
    shares = [amount * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in order[: amount - sum(shares)]:
        shares[i] += 1
    return [Money(sign * share, total.currency) for share in shares]
