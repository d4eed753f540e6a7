"""Who took over what: refused units of an order followed to the sellers that deliver them, or to nobody.

A buyer may know that a seller could not deliver and who does instead; why it could not stays inside. Pure.
"""

from __future__ import annotations

from typing import Any


def followed(parts: list[dict[str, Any]]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What each part gave up and took over.

    Shapes:  parts as `orders.shown` has them, with "hop"; {part id: {"given_up": [{"name", "quantity", "to": seller or None}],
             "taken_over": [{"name", "quantity", "from": seller}]}}. Units are followed in the order in which parts were made.
    """
    found: dict[str, dict[str, list[dict[str, Any]]]] = {part["id"]: {"given_up": [], "taken_over": []} for part in parts}
    open_units: dict[int, list[list[Any]]] = {}
    for part in sorted(parts, key=lambda one: (one["hop"], one["id"])):
        for line in part["lines"]:
            if part["hop"]:
                _take(found, open_units.get(line["line"], []), part, line)
            if line["cancelled"]:
                open_units.setdefault(line["line"], []).append([part, line["name"], line["cancelled"]])
    for left in open_units.values():
        for part, name, quantity in left:
            if quantity:
                found[part["id"]]["given_up"].append({"name": name, "quantity": quantity, "to": None})
    return found


def _take(found: dict[str, Any], waiting: list[list[Any]], part: dict[str, Any], line: dict[str, Any]) -> None:
    need = line["quantity"]
    for row in waiting:
        count = min(need, row[2])
        if count:
            row[2] -= count
            need -= count
            found[row[0]["id"]]["given_up"].append({"name": line["name"], "quantity": count, "to": part["seller"]})
            found[part["id"]]["taken_over"].append({"name": line["name"], "quantity": count, "from": row[0]["seller"]})
