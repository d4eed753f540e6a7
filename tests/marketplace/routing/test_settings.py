"""A policy's settings: old versions still read, what cannot be is refused by name, and amounts go over into another currency."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.routing import settings
from marketplace.routing.settings import BadPolicy, Change, Settings

QUOTA = {"name": "Cables", "brand_id": None, "countries": [], "shares": {"org_a": 7_000, "org_b": 3_000}, "drift_minor": 500}


def test_a_version_of_the_first_days_reads_as_it_was_meant():
    first = {"split_minor": 300, "opening_minor": 0, "day_minor": 50, "day_bps": 0, "max_sellers": 2, "max_offers": 3,
             "unfilled_minor": 1_000_000_000, "preference_minor": {"org_b": 5, "org_a": 10}}
    found = settings.read(first)
    assert (found.split_minor, found.max_sellers, found.filling, found.score_minor, found.quotas) == (300, 2, "if_possible", 0, [])
    assert found.preferences == [{"seller_id": "org_a", "countries": [], "minor": 10}, {"seller_id": "org_b", "countries": [], "minor": 5}]
    cheap = settings.read({**first, "unfilled_minor": 700})
    assert (cheap.filling, cheap.open_minor) == ("leave_open", 700)
    assert settings.read({}) == Settings()


def test_what_is_stored_reads_back_as_it_was():
    made = settings.checked({"currency": "EUR", "rates": {"USD": 10_800}, "quotas": [QUOTA], "max_sellers": 2})
    assert settings.read(asdict(made)) == made


@pytest.mark.parametrize(("given", "field"), [
    ({"speed": 1}, "speed"), ({"split_minor": -1}, "split_minor"), ({"split_minor": 1.5}, "split_minor"), ({"split_minor": True}, "split_minor"),
    ({"split_minor": settings.MOST_MINOR + 1}, "split_minor"), ({"max_sellers": 0}, "max_sellers"), ({"filling": "sometimes"}, "filling"),
    ({"currency": "EUX"}, "currency"), ({"rates": {"USD": 10_000}}, "currency"), ({"currency": "EUR", "rates": {"USD": 0}}, "rates"),
    ({"filling": "leave_open"}, "open_minor"), ({"filling": "leave_open", "open_minor": 5, "open_bps": 12_000}, "open_minor"),
    ({"filling": "leave_open", "open_bps": 9_999}, "open_bps"), ({"open_minor": 5}, "filling"), ({"neutral_score_bps": 10_001}, "neutral_score_bps"),
    ({"preferences": [{"seller_id": "org_a", "countries": ["XX"], "minor": 1}]}, "preferences"), ({"preferences": [{"seller_id": "org_a"}]}, "preferences"),
    ({"quotas": [{**QUOTA, "shares": {"org_a": 10_000}}]}, "quotas"), ({"quotas": [{**QUOTA, "shares": {"org_a": 7_000, "org_b": 2_999}}]}, "quotas"),
    ({"quotas": [QUOTA, QUOTA]}, "quotas"),
])
def test_what_cannot_be_is_refused_by_its_name(given, field):
    with pytest.raises(BadPolicy) as refused:
        settings.checked(given)
    assert refused.value.field == field


def test_differences_are_told_setting_by_setting():
    before, after = Settings(), Settings(split_minor=600, max_sellers=2)
    assert settings.differences(before, after) == [Change("split_minor", 400, 600), Change("max_sellers", None, 2)]
    assert settings.differences(after, after) == []


def test_amounts_go_over_by_the_rate_of_the_policy_and_shares_do_not():
    made = Settings(currency="EUR", rates={"USD": 10_800, "JPY": 1_625_000}, split_minor=400, day_bps=10, quotas=[QUOTA],
                    preferences=[{"seller_id": "org_a", "countries": [], "minor": -101}])
    dollars, yen = settings.in_currency(made, "USD"), settings.in_currency(made, "JPY")
    assert (dollars.split_minor, dollars.preferences[0]["minor"], dollars.quotas[0]["drift_minor"]) == (432, -109, 540)
    assert (yen.split_minor, yen.day_bps, yen.quotas[0]["shares"]) == (650, 10, QUOTA["shares"])
    assert settings.in_currency(made, "EUR") is made
    assert settings.in_currency(made, "GBP") is made, "without a rate amounts count as they stand"


@given(st.integers(-settings.MOST_MINOR, settings.MOST_MINOR), st.integers(1, settings.MOST_RATE), st.sampled_from(["USD", "JPY", "KWD"]))
def test_no_rate_turns_an_amount_round_or_makes_it_too_large(minor, rate, currency):
    made = Settings(currency="EUR", rates={currency: rate}, preferences=[{"seller_id": "org_a", "countries": [], "minor": minor}])
    found = settings.in_currency(made, currency).preferences[0]["minor"]
    assert found * minor >= 0 and abs(found) <= settings.MOST_COST
