"""A problem that breaks a rule is refused with its path, before any solver sees it."""

from __future__ import annotations

import pytest

from marketplace.routing.problem import ProblemRefused, read
from tests.marketplace.routing.samples import problem


def test_a_sound_problem_is_read_and_sorted_by_id():
    data = problem()
    data["offers"].reverse()
    assert [offer.id for offer in read(data).offers] == ["o1", "o2", "o3", "o4"]


@pytest.mark.parametrize(("place", "value", "path"), [
    (("version",), 2, "$.version"),
    (("version",), True, "$.version"),
    (("currency",), "euro", "$.currency"),
    (("split_minor",), -1, "$.split_minor"),
    (("split_minor",), 1.5, "$.split_minor"),
    (("max_sellers",), 0, "$.max_sellers"),
    (("extra",), 1, "$.extra"),
    (("lines",), {}, "$.lines"),
    (("lines", 0, "quantity"), 0, "$.lines[0].quantity"),
    (("lines", 0, "quantity"), "3", "$.lines[0].quantity"),
    (("lines", 0, "quantity"), 2**53 + 1, "$.lines[0].quantity"),
    (("lines", 1, "id"), "l1", "$.lines"),
    (("lines", 0, "max_offers"), 0, "$.lines[0].max_offers"),
    (("sellers", 0, "minimum_rule"), "never", "$.sellers[0].minimum_rule"),
    (("sellers", 0, "minimum_rule"), None, "$.sellers[0].minimum_rule"),
    (("sellers", 0, "freight_minor"), -1, "$.sellers[0].freight_minor"),
    (("pools", 0, "available"), -1, "$.pools[0].available"),
    (("offers", 0, "pool"), "p9", "$.offers[0].pool"),
    (("offers", 0, "tiers"), [], "$.offers[0].tiers"),
    (("offers", 0, "tiers"), [[1, 5], [1, 4]], "$.offers[0].tiers[1][0]"),
    (("offers", 0, "tiers"), [[6, 5]], "$.offers[0].tiers[0][0]"),
    (("offers", 0, "tiers"), [[1, 5.5]], "$.offers[0].tiers[0]"),
    (("offers", 0, "multiple"), 0, "$.offers[0].multiple"),
    (("offers", 0, "unknown"), 0, "$.offers[0].unknown"),
])
def test_each_broken_field_is_named_by_its_path(place, value, path):
    data = problem()
    spot = data
    for key in place[:-1]:
        spot = spot[key]
    spot[place[-1]] = value
    with pytest.raises(ProblemRefused) as refused:
        read(data)
    assert refused.value.field == path


def test_a_missing_field_is_named():
    data = problem()
    del data["offers"][1]["extra_minor"]
    with pytest.raises(ProblemRefused, match="missing") as refused:
        read(data)
    assert refused.value.field == "$.offers[1].extra_minor"
