"""Amounts as people and files write them: read exactly, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import money
from marketplace.core.errors import Invalid


@given(st.integers(-money.MOST_MINOR, money.MOST_MINOR), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_is_written_is_read_again(minor, currency):
    assert money.parse(money.decimal(minor, currency), currency) == minor


@pytest.mark.parametrize(("text", "minor"), [("12.5", 1250), ("12,5", 1250), ("12,50", 1250), (" 7 ", 700), ("-0,01", -1), ("1.500", 150), ("1250,50", 125_050)])
def test_a_comma_is_read_as_people_write_it(text, minor):
    assert money.parse(text, "EUR") == minor


@pytest.mark.parametrize("text", ["1,500", "1.250,50", "1,250.50", "1,2,3", ",5", "5,", "1.505", "NaN", "1e3", "١٢", "", "-", "12 50", "10000000000.01", "-999999999999999"])
def test_what_may_mean_two_things_or_none_is_refused(text):
    with pytest.raises(Invalid):
        money.parse(text, "EUR")
