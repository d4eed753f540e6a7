"""JSON in and out: orjson out; in, neither NaN nor a name given twice nor a text that cannot be stored is taken."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import orjson
from flask.json.provider import JSONProvider

from marketplace.core.errors import Invalid


class NotJson(Invalid):
    """A body that is no strict JSON, or does not say that it is JSON."""

    status: ClassVar[int] = 400
    message = "The body is not JSON."


class Orjson(JSONProvider):
    """Flask's JSON by orjson, strict on what comes in."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """`obj` as JSON text; whole numbers past 64 bits by the slower way."""
        try:
            return orjson.dumps(obj, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        except orjson.JSONEncodeError:
            return json.dumps(obj, default=str)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value in `s`. Raises: ValueError or NotJson for what is not strict JSON; Invalid when too deep, or with texts that cannot be stored."""
        try:
            found = json.loads(s, object_pairs_hook=_once, parse_constant=_refuse)
            if (b"\\u" if isinstance(s, bytes) else "\\u") in s:  # type: ignore[operator]
                _check(found, "")
            return found
        except RecursionError:
            raise Invalid("This JSON is nested too deeply.", field="json") from None


def _check(value: Any, place: str) -> None:
    """Refuse, at any depth, a text with a NUL or half a character, which no database holds. Raises: Invalid with its place, such as rows.0.number."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Invalid("This holds characters that are not allowed.", field=place or "json")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check(name, place)
            _check(inner, f"{place}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check(inner, f"{place}.{number}".lstrip("."))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise NotJson("This name is given twice in one object.", field=next(name for name in names if names.count(name) > 1))
    return found


def _refuse(_word: str) -> Any:
    raise NotJson("NaN and Infinity are not JSON.", field="json")
