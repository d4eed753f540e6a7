"""Identifiers fold to one key however they are written, and wrong GTINs are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog import identifiers

BODIES = st.integers(1, 10**12 - 1).map(lambda number: f"{number:013d}")


@pytest.mark.parametrize("text", ["4032248855865", "04032248855865", " 4032-2488 55865 "])
def test_one_gtin_written_in_several_ways_is_the_same(text):
    assert identifiers.gtin14(text) == "04032248855865"


@pytest.mark.parametrize("text", ["96385074", "036000291452"])
def test_gtin_8_and_upc_are_read(text):
    assert identifiers.gtin14(text) == text.zfill(14)


@pytest.mark.parametrize(
    "text", ["4032248855866", "8712670911213", "1", "", "0" * 13, "403224885586X", "４０３２２４８８５５８６５", "1_000", "1e400"])
def test_what_is_no_gtin_is_refused(text):
    with pytest.raises(identifiers.BadGtin):
        identifiers.gtin14(text)


@given(BODIES)
def test_the_right_check_digit_is_the_only_one_accepted(body):
    right = identifiers.check_digit(body)
    assert identifiers.gtin14(body + right) == body + right
    for wrong in set("0123456789") - {right}:
        with pytest.raises(identifiers.BadGtin):
            identifiers.gtin14(body + wrong)


@given(st.text(max_size=40))
def test_folding_a_key_again_changes_nothing(text):
    key = identifiers.mpn_key(text)
    assert identifiers.mpn_key(key) == key
    assert identifiers.brand_key(identifiers.brand_key(text)) == identifiers.brand_key(text)


def test_part_numbers_and_brands_match_across_spellings():
    assert identifiers.mpn_key("grm-188 r71/c") == identifiers.mpn_key("GRM188R71C") == "GRM188R71C"
    assert identifiers.brand_key("MDD（Microdiode Electronics）") == identifiers.brand_key("mdd (microdiode electronics)")
