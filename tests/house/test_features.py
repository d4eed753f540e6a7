"""`docs/features.md` is true: the routes and the tests that it names are there."""

from __future__ import annotations

import ast
import re

from tests.house.lints import ROOT

TEST_ID = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
ROUTE = re.compile(r"(?<![\w.])/(?:seller|manufacturer|reseller|operator|api)[\w/<>_.-]*")


def cells() -> list[list[str]]:
    """The table's rows, cell by cell."""
    lines = (ROOT / "docs/features.md").read_text().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]


def missing_tests(rows: list[list[str]]) -> list[str]:
    found = []
    for path, name in TEST_ID.findall("\n".join(row[-1] for row in rows)):
        file = ROOT / path
        tree = ast.parse(file.read_text()) if file.exists() else ast.parse("")
        if name not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
            found.append(f"{path}::{name}")
    return found


def missing_routes(rows: list[list[str]], rules: set[str]) -> list[str]:
    named = {route for row in rows for cell in row[1:3] for route in ROUTE.findall(cell)}
    return sorted(named - rules)


def unnamed_routes(rows: list[list[str]], rules: set[str]) -> list[str]:
    """Routes that stand in no row."""
    return sorted(rules - {route for row in rows for cell in row[1:3] for route in re.findall(r"/[\w/<>_.-]*", cell)})


def test_every_row_has_four_cells_and_a_test():
    assert [row for row in cells() if len(row) != 4 or not TEST_ID.search(row[3])] == []


def test_every_test_named_exists():
    assert missing_tests([["x", "", "", "`tests/house/test_features.py::test_of_nothing`"]])
    assert missing_tests(cells()) == []


def test_every_route_named_exists(app):
    rules = {re.sub(r"<[^:>]+:", "<", rule.rule) for rule in app.url_map.iter_rules()}
    assert missing_routes([["x", "`/seller/nowhere`", "", ""]], rules) == ["/seller/nowhere"]
    assert missing_routes(cells(), rules) == []


def test_every_route_is_named(app):
    rules = {re.sub(r"<[^:>]+:", "<", rule.rule) for rule in app.url_map.iter_rules()}
    assert unnamed_routes([["x", "`/cart`", "", ""]], {"/cart", "/secret"}) == ["/secret"]
    assert unnamed_routes(cells(), rules) == []
