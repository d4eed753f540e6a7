"""What a room says, in the reader's language and in plain words.

Rooms write refusals, steps, tasks and reasons in English and know no languages. `said` translates one on its way to a
page, one that was stored long ago, too; `gathering` brings the texts to the translators. The API keeps the English text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import read_mo
from babel.numbers import format_currency
from flask import flash, redirect
from flask_babel import get_locale, gettext, lazy_gettext
from werkzeug.wrappers import Response

from marketplace.core.db import db
from marketplace.core.errors import MarketError
from marketplace.web.states import WORDS

TRANSLATIONS = Path(__file__).parent / "translations"

PLAIN = {
    "Missing data for required field.": lazy_gettext("This is needed."),
    "Field may not be null.": lazy_gettext("This is needed."),
    "Shorter than minimum length 1.": lazy_gettext("This is needed."),
    "Not a valid integer.": lazy_gettext("This is not a whole number."),
    "Not a valid string.": lazy_gettext("This is not a text."),
    "Not a valid date.": lazy_gettext("This is not a date."),
    "Not a valid datetime.": lazy_gettext("This is not a date and time."),
    "Not a valid boolean.": lazy_gettext("This is neither yes nor no."),
    "Not a valid number.": lazy_gettext("This is not a number."),
    "Number too large.": lazy_gettext("This number is too large."),
    "Special numeric values (nan or infinity) are not permitted.": lazy_gettext("This is not a number."),
    "Not a valid list.": lazy_gettext("This cannot be read."),
    "Not a valid mapping type.": lazy_gettext("This cannot be read."),
    "Invalid value.": lazy_gettext("This cannot be read."),
    "Invalid input type.": lazy_gettext("This cannot be read."),
    "String does not match expected pattern.": lazy_gettext("This is not written as it has to be."),
    "Not a valid URL.": lazy_gettext("This cannot be read."),
    "Unknown field.": lazy_gettext("This field is not known here."),
}
"""What the library that reads forms says, and what we say."""

MOST = 120
"""How many letters of choices are read out; a form shows longer ones itself."""

MADE: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (re.compile(r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\."),
     lambda a, b: gettext("This lies between %(least)s and %(most)s.", least=a, most=b)),
    (re.compile(r"Must be greater than or equal to (\S+)\."), lambda a: gettext("This is at least %(least)s.", least=a)),
    (re.compile(r"Must be less than or equal to (\S+)\."), lambda a: gettext("This is at most %(most)s.", most=a)),
    (re.compile(r"Shorter than minimum length (\d+)\."), lambda a: gettext("This has at least %(least)s characters.", least=a)),
    (re.compile(r"Line (\d+): (.+)", re.DOTALL), lambda a, b: gettext("Line %(line)s: %(message)s", line=a, message=said(b))),
    (re.compile(r"Length must be between (\d+) and (\d+)\."),
     lambda a, b: gettext("This has %(least)s to %(most)s characters.", least=a, most=b)),
    (re.compile(r"Longer than maximum length (\d+)\."), lambda a: gettext("This has at most %(most)s characters.", most=a)),
    (re.compile(r"Length must be (\d+)\."), lambda a: gettext("This has %(exactly)s characters.", exactly=a)),
    (re.compile(r"Must be one of: (.+)\."),
     lambda a: gettext("This is one of: %(words)s.", words=a) if len(a) <= MOST else gettext("This is none of the choices.")),
)


PLACES = re.compile(r"%\((\w+)\)s")
AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")
LEAST = 6
"""How many letters of its own a sentence with values has, so that it is known again by them."""


def said(message: Any) -> str:
    """A room's text for a page; one that nobody translated stays as it is."""
    text = str(message)
    if text in PLAIN:
        return str(PLAIN[text])
    for pattern, words in MADE:
        if found := pattern.fullmatch(text):
            return words(*found.groups())
    translated = gettext(text) if text else ""
    return _with_values(text) if text and translated == text else translated


def told(refused: MarketError, address: str) -> Response:
    """Lead to the page at `address`, with the refusal's words on it: for what was done before, or can be done no more.

    Effects: what the unit of work has written is undone, since this answer is none that does so by itself.
    """
    db.session.rollback()
    flash(said(refused.message))
    return redirect(address, 303)


def _with_values(text: str) -> str:
    """A sentence with values in it, known again by what is around them."""
    for pattern, sentence in _sentences():
        if found := pattern.fullmatch(text):
            return gettext(sentence, **{name: _value(value) for name, value in found.groupdict().items()})
    return text


@cache
def _sentences() -> list[tuple[re.Pattern[str], str]]:
    """The sentences with places for values, the most telling first. Source: the texts of one language; all have the same."""
    with (TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        texts = [one.id for one in read_mo(file) if isinstance(one.id, str) and PLACES.search(one.id)]
    telling = [text for text in texts if sum(map(str.isalpha, PLACES.sub("", text))) >= LEAST]
    return [(_pattern(text), text) for text in sorted(telling, key=lambda text: -len(PLACES.sub("", text)))]


def _pattern(text: str) -> re.Pattern[str]:
    """What a sentence looks like once its values are in it."""
    pieces = PLACES.split(text)
    return re.compile("".join(
        f"(?P<{piece}>.*)" if number % 2 else re.escape(piece.replace("%%", "%")) for number, piece in enumerate(pieces)), re.DOTALL)


def _value(text: str) -> str:
    """An amount as the reader's language writes it, a state by its word, another sentence translated, the rest as it is."""
    if found := AMOUNT.fullmatch(text):
        return format_currency(Decimal(found[1]), found[2], locale=str(get_locale()))
    return str(WORDS[text]) if text in WORDS else said(text)
