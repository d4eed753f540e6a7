"""What recognises a product: GTIN, and brand + manufacturer's part number, folded for matching.

Invariants: two spellings of one identifier fold to the same key; folding a key changes nothing.
It does not look anything up (see `service.match`).
"""

import re
import unicodedata

from marketplace.core.errors import Invalid

LENGTHS = frozenset({8, 12, 13, 14})
MAX_KEY = 40


class BadGtin(Invalid):
    """Not a GTIN: wrong length, strange characters, or a wrong check digit."""

    code, message = "bad_gtin", "This is not a GTIN: 8, 12, 13 or 14 digits with a right check digit."


def gtin14(text: str) -> str:
    """Read a GTIN-8, -12, -13 or -14 as fourteen digits, zero-padded.

    Shapes:  spaces and hyphens are ignored; the result is 14 ASCII digits, never all zero.
    Raises:  BadGtin.
    Source:  GS1 General Specifications, check digit calculation.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]+", digits) or len(digits) not in LENGTHS or not int(digits):
        raise BadGtin(field="gtin")
    padded = digits.zfill(14)
    if check_digit(padded[:13]) != padded[13]:
        raise BadGtin(field="gtin")
    return padded


def check_digit(body: str) -> str:
    """The GS1 check digit of the thirteen digits before it."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return str(-total % 10)


def mpn_key(text: str) -> str:
    """A manufacturer's part number folded: upper case, letters and digits only."""
    return _folded(text)


def brand_key(text: str) -> str:
    """A brand's name folded: upper case, letters and digits only."""
    return _folded(text)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold().upper())
    return "".join(letter for letter in plain if letter.isalnum())
