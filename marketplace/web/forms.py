"""Pages load the same schemas as the API: a form's fields become what JSON would have said."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from itertools import zip_longest
from typing import Any, ClassVar, TypeVar

import marshmallow
from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from marketplace.core import locks
from marketplace.core.errors import Conflict, Invalid, MarketError

NOT_OURS = {"csrf_token", "mark"}
"""What a form holds beside its fields."""
WHOLE = re.compile(r"-?[0-9]{1,18}")
View = TypeVar("View", bound=Callable[..., Any])


class Refused(Invalid):
    """A form with fields that cannot be accepted; `errors` maps each to its messages."""

    code: ClassVar[str] = "invalid"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        name = next(iter(errors), None)
        super().__init__(errors[name][0] if name else None, field=name, fields=errors)


class ChangedMeanwhile(Conflict):
    """What a form was made from is not what holds any more."""

    code: ClassVar[str] = "changed_meanwhile"
    message = "Somebody else changed this while your page was open. What you typed is still here: compare, then save again to put yours in its place."


def mark(*shown: Any) -> str:
    """What a page shows of a record, as its form sends it back in the field `mark`."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def check_mark(key: str, now: Callable[[], str]) -> None:
    """Refuse a form of the record `key` whose mark is not that of `now`; of two sent at once the later waits for the earlier.

    Raises: ChangedMeanwhile. A form without a mark saves, as a program does: the last word holds.
    """
    locks.alone(key)
    if request.form.get("mark", "") not in {"", now()}:
        raise ChangedMeanwhile


def errors(refused: MarketError | None) -> dict[str, list[str]]:
    """A refusal as a form shows it: messages by field, under `form` where it is about the whole; none of None."""
    if refused is None:
        return {}
    if isinstance(refused, Refused):
        return refused.errors
    return {"mark" if isinstance(refused, ChangedMeanwhile) else refused.field or "form": [refused.message]}


def load(schema: type[marshmallow.Schema], form: MultiDict[str, str] | None = None) -> dict[str, Any]:
    """The request's form (or what of it is to be read), loaded by `schema`; blank fields count as not given.

    Raises: Refused with messages by field. Numbers are read from their text, strictly.
    """
    made = schema()
    given = {name: _read(made, name, values) for name, values in (request.form if form is None else form).lists() if name not in NOT_OURS and any(values)}
    try:
        return made.load({name: value for name, value in given.items() if value != ""})
    except marshmallow.ValidationError as error:
        raise Refused({name: _by_line(found) for name, found in _of_fields(error).items()}) from None


def _by_line(found: Any) -> list[str]:
    """What is wrong with a field, of one with many values with which line's."""
    if not isinstance(found, dict):
        return texts(found)
    return [f"Line {place + 1}: {text}" if isinstance(place, int) else text for place, inner in found.items() for text in texts(inner)]


def rows(*names: str) -> MultiDict[str, str]:
    """The request's form without the rows that are blank, a row being the fields of the same place under `names`.

    Raises: Refused for a row that is blank in part, since its fields would fall to the next row.
    """
    form, blank = MultiDict(request.form), _("This row has a blank field: fill it, or clear the row.")
    kept = [(line, row) for line, row in enumerate(zip_longest(*(form.poplist(name) for name in names), fillvalue=""), 1) if any(map(str.strip, row))]
    for line, row in kept:
        for name, value in zip(names, row, strict=True):
            if not value.strip():
                raise Refused({name: [f"Line {line}: {blank}"]})
            form.add(name, value)
    return form


def _read(schema: marshmallow.Schema, name: str, values: list[str]) -> Any:
    field = schema.fields.get(name)
    if isinstance(field, marshmallow.fields.List):
        return [_value(field.inner, value) for value in values if value.strip()]
    return _value(field, values[0])


def _value(field: marshmallow.fields.Field[Any] | None, text: str) -> Any:
    text = text.strip()
    if isinstance(field, marshmallow.fields.Integer) and WHOLE.fullmatch(text):
        return int(text)
    if isinstance(field, marshmallow.fields.Boolean):
        return text in {"1", "on", "true", "yes"}
    return text


def by_field(error: marshmallow.ValidationError) -> dict[str, list[str]]:
    """What is wrong with each field, whichever of its values it is."""
    return {name: texts(found) for name, found in _of_fields(error).items()}


def _of_fields(error: marshmallow.ValidationError) -> dict[str, Any]:
    return error.normalized_messages()  # type: ignore[no-untyped-call]


def texts(found: Any) -> list[str]:
    """The sentences about one field, out of how they are nested."""
    if isinstance(found, dict):
        return [text for inner in found.values() for text in texts(inner)]
    return [str(text) for text in found]


def sent_file(name: str = "file") -> tuple[str, bytes] | None:
    """Name and content of the file in the request's form; None without one.

    It is read from its beginning, since a unit of work that lost a race is done again.
    """
    file = request.files.get(name)
    if file is None or not file.filename:
        return None
    file.stream.seek(0)
    return file.filename, file.stream.read()


def uploaded(default: str) -> tuple[str, bytes]:
    """The file that a program sends, as the form field `file` or as the body, which has no name but `default`. Raises: Invalid without one."""
    found = sent_file() or (default, request.get_data())
    if not found[1]:
        raise Invalid("Send the file as the body, or as the form field file.", field="file")
    return found


def accepts_files(view: View) -> View:
    """Mark `view` as one that takes large uploads; every other body is limited to 1 MB."""
    view.accepts_files = True  # type: ignore[attr-defined]
    return view


def takes_files(view: Callable[..., Any]) -> bool:
    """Whether `view` was marked."""
    return getattr(view, "accepts_files", False)
