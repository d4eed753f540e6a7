"""JSON in and out: orjson out; in, neither NaN nor a name given twice nor a text that cannot be stored is taken."""

from __future__ import annotations

import json
from typing import Any

import orjson
from flask.json.provider import JSONProvider

from marketplace.core.errors import Invalid


class Orjson(JSONProvider):
    """Flask's JSON by orjson, strict on what comes in."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """`obj` as JSON text; whole numbers past 64 bits by the slower way."""
        try:
            return orjson.dumps(obj, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        except orjson.JSONEncodeError:
            return json.dumps(obj, default=str)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value in `s`. Raises: ValueError for what is not strict JSON; Invalid when too deep, or with texts that cannot be stored."""
        try:
            found = json.loads(s, object_pairs_hook=_once, parse_constant=_refuse)
            if (b"\\u" if isinstance(s, bytes) else "\\u") in s:  # type: ignore[operator]
                _check(found)
            return found
        except RecursionError:
            raise Invalid("This JSON is nested too deeply.") from None


def _check(value: Any) -> None:
    """Refuse, at any depth, a text with a NUL or half a character, which no database holds. Raises: Invalid."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Invalid("This holds characters that are not allowed.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check(name)
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice in one object")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
