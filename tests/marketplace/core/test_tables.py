"""Files for spreadsheets: the same cells in both kinds, and nothing that a spreadsheet would run."""

from __future__ import annotations

import io

import pytest
from python_calamine import CalamineWorkbook

from marketplace.core import tables

HEADS, ROWS = ("name", "units", "none"), [["=HYPERLINK(1)", 5, None], ["+49", 1.5, ""], ["plain", -3, "x"]]


def sheet(content: bytes) -> list:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_no_cell_is_a_formula_in_either_kind():
    lines = tables.written("csv", HEADS, ROWS).decode("utf-8-sig").splitlines()
    assert lines == ["name,units,none", "'=HYPERLINK(1),5,", "'+49,1.5,", "plain,-3,x"]
    book = tables.written("xlsx", HEADS, ROWS)
    assert sheet(book) == [list(HEADS), ["=HYPERLINK(1)", 5, ""], ["+49", 1.5, ""], ["plain", -3, "x"]]
    assert b"<f>" not in book


def test_a_sheet_that_cannot_hold_the_rows_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    with pytest.raises(ValueError, match="million"):
        tables.written("xlsx", HEADS, ROWS)
