from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.offers.reasons import Facts, Reason, inactive

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = Facts(seller_status="approved", paused=False, status="active", product_status="active", valid_from=NOW, valid_to=None,
             authorized=True, priced=True, available=1, delivers=True)


def test_an_offer_without_a_fault_is_active():
    assert inactive(GOOD, NOW) == []


@pytest.mark.parametrize(("change", "code"), [
    ({"seller_status": "suspended"}, Reason.SELLER_SUSPENDED),
    ({"paused": True}, Reason.SELLER_PAUSED),
    ({"status": "withdrawn"}, Reason.OFFER_WITHDRAWN),
    ({"product_status": "retired"}, Reason.PRODUCT_RETIRED),
    ({"valid_from": NOW + timedelta(seconds=1)}, Reason.OUT_OF_WINDOW),
    ({"valid_to": NOW}, Reason.OUT_OF_WINDOW),
    ({"authorized": False}, Reason.BRAND_UNAUTHORIZED),
    ({"priced": False}, Reason.NO_ACTIVE_PRICE),
    ({"available": 0}, Reason.ZERO_QUANTITY),
    ({"delivers": False}, Reason.NO_FREIGHT_RULE),
])
def test_each_cause_alone_yields_exactly_its_code(change, code):
    assert inactive(replace(GOOD, **change), NOW) == [code]


def test_several_causes_are_all_told_in_order():
    assert inactive(replace(GOOD, available=0, paused=True), NOW) == [Reason.SELLER_PAUSED, Reason.ZERO_QUANTITY]
