"""Countries, by their ISO 3166 codes. What they are called in a reader's language is the web's business."""

from __future__ import annotations

from babel import Locale

from marketplace.core.errors import Invalid

NONE = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
"""Codes of unions, of regions and for tests."""
CODES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()) - NONE


def checked(code: str, field: str = "country") -> str:
    """The code, when it is a country's. Raises: Invalid."""
    if code not in CODES:
        raise Invalid(f"{code!r} is not a country code.", field=field)
    return code
