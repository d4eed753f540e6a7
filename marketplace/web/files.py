"""Lists as files: every list has the address `<list>.csv` and `<list>.xlsx`, with the filters of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Response

from marketplace.core import money, tables
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page

KIND = "<kind>"
PAGES = 1_000


def answer(kind: str, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A table as an attachment called `name`.`kind`. Raises: NotFound for another kind of file."""
    if kind not in tables.TYPES:
        raise NotFound
    return attachment(tables.written(kind, heads, rows), name, kind)


def attachment(content: bytes, name: str, kind: str = "csv") -> Response:
    """`content`, a file of `kind`, to save as `name`.`kind`."""
    made = Response(content, mimetype=tables.TYPES[kind])
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return made


def named(kind: str, name: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Response:
    """The same for rows by name; a column `x` that a row has only as `x_minor` is written as a decimal of its currency."""
    return answer(kind, name, columns, ([_cell(row, column) for column in columns] for row in rows))


def _cell(row: dict[str, Any], column: str) -> Any:
    if column in row:
        return row[column]
    minor = row[f"{column}_minor"]
    return None if minor is None else money.decimal(minor, row["currency"])


def all_pages(page_of: Callable[[str | None], Page | dict[str, Any]]) -> Iterator[Any]:
    """Every row of a list that is read by cursor."""
    cursor: str | None = None
    for _ in range(PAGES):
        page = page_of(cursor)
        found: dict[str, Any] = page if isinstance(page, dict) else {"items": page.items, "next_cursor": page.next_cursor}
        yield from found["items"]
        cursor = found["next_cursor"]
        if cursor is None:
            return
