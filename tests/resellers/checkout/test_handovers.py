"""Refused units are followed to who delivers them, or to nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resellers.checkout import carriers, handovers


def part(id_: str, seller: str, hop: int, *lines: tuple[int, int, int]):
    """A part with lines of (order line, quantity, cancelled)."""
    return {"id": id_, "seller": seller, "hop": hop,
            "lines": [{"line": line, "name": f"Thing {line}", "quantity": quantity, "cancelled": cancelled} for line, quantity, cancelled in lines]}


def test_what_one_seller_gives_up_two_others_take_over_and_the_rest_nobody():
    found = handovers.followed([
        part("a", "Nord", 0, (1, 10, 10), (2, 5, 0)), part("b", "Sued", 1, (1, 6, 2)), part("c", "West", 2, (1, 3, 0)),
    ])
    assert found["a"]["given_up"] == [{"name": "Thing 1", "quantity": 6, "to": "Sued"}, {"name": "Thing 1", "quantity": 3, "to": "West"},
                                      {"name": "Thing 1", "quantity": 1, "to": None}]
    assert found["b"] == {"given_up": [{"name": "Thing 1", "quantity": 2, "to": None}], "taken_over": [{"name": "Thing 1", "quantity": 6, "from": "Nord"}]}
    assert found["c"]["taken_over"] == [{"name": "Thing 1", "quantity": 3, "from": "Nord"}]


def test_an_order_that_goes_well_has_nothing_to_tell():
    assert handovers.followed([part("a", "Nord", 0, (1, 10, 0))]) == {"a": {"given_up": [], "taken_over": []}}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9), st.integers(0, 9)), max_size=6))
def test_every_unit_given_up_is_told_of_once(made):
    parts = [part(f"p{number}", f"S{number}", hop, (1, quantity, min(cancelled, quantity))) for number, (hop, quantity, cancelled) in enumerate(made)]
    found = handovers.followed(parts)
    for one in parts:
        assert sum(row["quantity"] for row in found[one["id"]]["given_up"]) == one["lines"][0]["cancelled"]
        assert sum(row["quantity"] for row in found[one["id"]]["taken_over"]) <= one["lines"][0]["quantity"]


@pytest.mark.parametrize(("carrier", "address"), [("DHL", "AWB=JD%2F1"), ("ups", "tracknum=JD%2F1"), ("Own van", None), ("", None)])
def test_a_known_carrier_shows_its_parcels(carrier, address):
    found = carriers.tracking(carrier, "JD/1")
    assert found is None if address is None else found.endswith(address)
