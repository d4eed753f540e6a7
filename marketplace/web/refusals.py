"""What a refusal says, in the reader's language and in plain words.

Rooms write their refusals in English and know no languages. `said` translates one on its way to a page; `gathering`
brings the texts to the translators. The API keeps the English text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext

PLAIN = {
    "Missing data for required field.": lazy_gettext("This is needed."),
    "Field may not be null.": lazy_gettext("This is needed."),
    "Shorter than minimum length 1.": lazy_gettext("This is needed."),
    "Not a valid integer.": lazy_gettext("This is not a whole number."),
    "Not a valid string.": lazy_gettext("This is not a text."),
    "Not a valid date.": lazy_gettext("This is not a date."),
    "Not a valid datetime.": lazy_gettext("This is not a date and time."),
    "Not a valid boolean.": lazy_gettext("This is neither yes nor no."),
    "Unknown field.": lazy_gettext("This field is not known here."),
}
"""What the library that reads forms says, and what we say."""

MADE: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (re.compile(r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\."),
     lambda a, b: gettext("This lies between %(least)s and %(most)s.", least=a, most=b)),
    (re.compile(r"Must be greater than or equal to (\S+)\."), lambda a: gettext("This is at least %(least)s.", least=a)),
    (re.compile(r"Length must be between (\d+) and (\d+)\."),
     lambda a, b: gettext("This has %(least)s to %(most)s characters.", least=a, most=b)),
    (re.compile(r"Longer than maximum length (\d+)\."), lambda a: gettext("This has at most %(most)s characters.", most=a)),
    (re.compile(r"Must be one of: (.+)\."), lambda a: gettext("This is one of: %(words)s.", words=a)),
)


def said(message: Any) -> str:
    """A refusal's text for a page; one that nobody translated stays as it is."""
    text = str(message)
    if text in PLAIN:
        return str(PLAIN[text])
    for pattern, words in MADE:
        if found := pattern.fullmatch(text):
            return words(*found.groups())
    return gettext(text) if text else ""
