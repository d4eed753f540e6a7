"""What a person types, as a condition over variants: words, parts of words, part numbers and GTINs.

Every word must be found. Words of three letters or more are found anywhere in a word by the trigram
index; shorter ones at a word's beginning by the full-text index. The whole query, folded like a part
number, also finds that number however it is written.
"""

import re
import unicodedata

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal, or_, true

from marketplace.catalog import identifiers
from marketplace.catalog.models import Variant

MAX_WORDS = 8
MAX_QUERY = 200


def words(query: str) -> list[str]:
    """The words of a query, lower case, at most eight."""
    plain = unicodedata.normalize("NFC", query[:MAX_QUERY]).replace("\x00", " ").lower()
    return plain.split()[:MAX_WORDS]


def matches(query: str) -> ColumnElement[bool]:
    """Variants that a query finds; all of them for a blank one."""
    found = words(query)
    if not found:
        return true()
    every = and_(*(_has(word) for word in found))
    key = identifiers.mpn_key(query[:MAX_QUERY])
    if len(key) < 4 or not any(letter.isdigit() for letter in key):
        return every
    begins = Variant.mpn_key.startswith(key, autoescape=True)
    return or_(every, begins) if found == [key.lower()] else or_(every, begins, Variant.text.contains(key.lower(), autoescape=True))


def rank(query: str) -> ColumnElement[int]:
    """0 for the very part number or GTIN asked for, 1 for names that begin like the query, 2 for the rest."""
    key = identifiers.mpn_key(query[:MAX_QUERY])[: identifiers.MAX_KEY]
    if not key:
        return literal(2, Integer)
    begins = Variant.sort_key.startswith(" ".join(words(query))[:40], autoescape=True)
    exact = or_(Variant.mpn_key == key, Variant.gtin == gtin(query)) if gtin(query) else Variant.mpn_key == key
    return case((exact, 0), (begins, 1), else_=2)


def near(query: str) -> ColumnElement[bool]:
    """Variants whose text holds something like the query, for when nothing holds it; by the trigram index.

    How alike is set by PostgreSQL's `pg_trgm.word_similarity_threshold`.
    """
    return literal(" ".join(words(query))).op("<%")(Variant.text)


def likeness(query: str) -> ColumnElement[float]:
    """How alike the nearest part of a variant's text is, 0 to 1."""
    return func.word_similarity(" ".join(words(query)), Variant.text)


def gtin(query: str) -> str | None:
    """The query as a GTIN-14, or None when it is not one."""
    try:
        return identifiers.gtin14(query[:MAX_QUERY])
    except identifiers.BadGtin:
        return None


def _has(word: str) -> ColumnElement[bool]:
    if len(word) >= 3:
        return Variant.text.contains(word, autoescape=True)
    letters = "".join(re.findall(r"\w", word))
    if not letters:
        return Variant.text.contains(word, autoescape=True)
    return Variant.search.op("@@")(func.to_tsquery("simple", f"{letters}:*"))
