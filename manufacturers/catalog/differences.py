"""What differs between an old and a new content of a product, for people: each field by its label, the texts where they part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.web.states import status_text

LABELS = {
    "name": _l("Name"), "mpn": _l("Part number (MPN)"), "gtin": _l("GTIN (EAN)"), "unit": _l("Sales unit"), "status": _l("State"),
    "description": _l("Description"), "category": _l("Category"),
}
"""Fields without a label are for programs only."""
ROOM, BEFORE = 80, 20


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(label, old text, new text) of every field of `new` that differs, attributes one by one."""
    return [(str(label), *apart(before, after)) for label, before, after in _pairs(old, new) if before != after]


def staged(live: Mapping[str, Any], row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The same of a product and a row of a file, whose blank cells say nothing; a retired product comes back."""
    return between(live, {**{name: value for name, value in row.items() if value}, "status": "active"})


def _pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[Any, str, str]]:
    for name, label in LABELS.items():
        if name in new:
            yield label, _text(name, old.get(name)), _text(name, new[name])
    was, now = old.get("attributes") or {}, new.get("attributes") or {}
    for name in now:
        yield name, str(was.get(name) or ""), str(now[name] or "")


def _text(name: str, value: Any) -> str:
    return status_text(value) if name == "status" and value else str(value or "")


def apart(old: str, new: str) -> tuple[str, str]:
    """Both texts cut to where they part, so that long ones show what is different."""
    same = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = old.rfind(" ", 0, max(same - BEFORE, 0)) + 1
    if not start or max(len(old), len(new)) <= ROOM:
        return _cut(old), _cut(new)
    return f"…{_cut(old[start:])}", f"…{_cut(new[start:])}"


def _cut(text: str) -> str:
    return text if len(text) <= ROOM else f"{text[:ROOM - 1]}…"
