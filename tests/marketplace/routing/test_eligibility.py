"""Reasons are pure: facts in, codes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.routing.dates import after_working_days
from marketplace.routing.eligibility import SENTENCES, Facts, reasons

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SOUND = Facts(
    seller_status="approved", is_paused=False, is_excluded=False, offer_status="active", valid_from=NOW - timedelta(days=1),
    valid_to=None, at=NOW, currency="EUR", wanted_currency="EUR", is_authorized=True, is_in_territory=True, is_visible=True, has_freight=True, has_tax_rule=True,
    available=10, quantity=6, minimum=1, multiple=1, maximum=None, price_fault=None,
)


def test_a_sound_offer_has_no_reason_against_it():
    assert reasons(SOUND) == []


@pytest.mark.parametrize(("change", "code"), [
    ({"seller_status": "suspended"}, "SELLER_SUSPENDED"),
    ({"is_paused": True}, "SELLER_PAUSED"),
    ({"is_excluded": True}, "EXCLUDED"),
    ({"offer_status": "withdrawn"}, "OFFER_WITHDRAWN"),
    ({"valid_to": NOW}, "OUT_OF_WINDOW"),
    ({"valid_from": NOW + timedelta(seconds=1)}, "OUT_OF_WINDOW"),
    ({"currency": "USD"}, "WRONG_CURRENCY"),
    ({"is_authorized": False}, "BRAND_UNAUTHORIZED"),
    ({"is_in_territory": False}, "OUTSIDE_TERRITORY"),
    ({"is_authorized": False, "is_in_territory": False}, "BRAND_UNAUTHORIZED"),
    ({"is_visible": False}, "NOT_IN_ASSORTMENT"),
    ({"price_fault": "NO_ACTIVE_PRICE"}, "NO_ACTIVE_PRICE"),
    ({"price_fault": "BELOW_COST"}, "BELOW_COST"),
    ({"price_fault": "ABOVE_AGREED_PRICE"}, "ABOVE_AGREED_PRICE"),
    ({"available": 0}, "ZERO_QUANTITY"),
    ({"available": 5, "is_whole": True}, "NOT_ENOUGH_STOCK"),
    ({"minimum": 7}, "BELOW_MINIMUM"),
    ({"multiple": 7}, "NOT_MULTIPLE"),
    ({"multiple": 4, "is_whole": True}, "NOT_MULTIPLE"),
    ({"maximum": 5, "is_whole": True}, "ABOVE_MAXIMUM"),
    ({"has_freight": False}, "NO_FREIGHT_TO_COUNTRY"),
    ({"has_tax_rule": False}, "NO_TAX_RULE"),
])
def test_each_fact_has_its_code_and_each_code_its_sentence(change, code):
    assert reasons(replace(SOUND, **change)) == [code]
    assert code in SENTENCES


@pytest.mark.parametrize("change", [{"multiple": 4}, {"maximum": 5}, {"available": 5}])
def test_a_part_of_a_line_may_be_served_where_the_whole_cannot(change):
    assert reasons(replace(SOUND, **change)) == []


@pytest.mark.parametrize(("day", "days", "arrival"), [
    (date(2026, 3, 2), 0, date(2026, 3, 2)),
    (date(2026, 3, 2), 4, date(2026, 3, 6)),
    (date(2026, 3, 2), 5, date(2026, 3, 9)),
    (date(2026, 3, 5), 2, date(2026, 3, 9)),
    (date(2026, 3, 7), 1, date(2026, 3, 9)),
    (date(2026, 3, 8), 5, date(2026, 3, 13)),
    (date(2026, 3, 6), 12, date(2026, 3, 24)),
])
def test_working_days_leave_weekends_out(day, days, arrival):
    assert after_working_days(day, days) == arrival
