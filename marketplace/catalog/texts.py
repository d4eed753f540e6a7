"""The searchable line and the sort key of a variant, made one way only."""

from collections.abc import Mapping
from typing import Any

MAX_VALUES = 1_000


def line(brand: str, name: str, mpn: str, gtin: str | None, attributes: Mapping[str, Any]) -> str:
    """Brand, name, MPN, GTIN and the first attribute values, lower case on one line."""
    values = " ".join(map(str, attributes.values()))[:MAX_VALUES]
    folded = "".join(letter for letter in mpn if letter.isalnum())
    parts = [brand, name, mpn, folded if folded != mpn else "", gtin or "", values]
    return " ".join(" ".join(parts).lower().split())


def sort_key(name: str) -> str:
    """The place of a name in a list: lower case, forty characters."""
    return name.lower()[:40]
