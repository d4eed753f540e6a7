"""Money is cut without losing a unit: splits, commissions, and refunds in any sequence. No database."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core import money
from marketplace.payments import commission, refunding, split

AMOUNT = st.integers(0, 10**9)
TERMS = st.fixed_dictionaries({
    "rate_bps": st.integers(0, 2500), "fixed_minor": st.integers(0, 300), "floor_minor": st.integers(0, 200),
    "cap_minor": st.none() | st.integers(0, 10**6), "base": st.sampled_from(["seller", "goods"]),
    "tax_bps": st.sampled_from([0, 700, 1900, 2100, 2700]), "on_freight": st.booleans(),
})
PARTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=8).filter(any)
TEN_PERCENT = {**commission.NONE, "rate_bps": 1000, "tax_bps": 2100}
EIGHT_PERCENT = {**TEN_PERCENT, "rate_bps": 800}


@settings(max_examples=2000, deadline=None)
@given(seller_goods=AMOUNT, above=AMOUNT, terms=TERMS)
def test_a_line_is_split_to_the_last_unit_or_its_rule_is_refused(seller_goods, above, terms):
    goods = seller_goods + above
    try:
        share = split.split(goods, seller_goods, terms)
    except split.CommissionTooHigh:
        taken, tax = commission.take(terms, seller_goods if terms["base"] == "seller" else goods)
        assert taken + tax > seller_goods
        return
    assert share.net + share.margin + share.commission + share.commission_tax == goods
    assert min(share.net, share.margin, share.commission, share.commission_tax) >= 0
    if terms["cap_minor"] is not None:
        assert share.commission <= terms["cap_minor"]


def test_the_specifications_order_is_split_as_written():
    assert split.split(10000, 9000, TEN_PERCENT) == split.Share(7911, 1000, 900, 189)
    assert split.split(2499, 2199, EIGHT_PERCENT) == split.Share(1986, 300, 176, 37)
    assert split.charges(500, TEN_PERCENT) == split.Share(500, 0, 0, 0)


def walk(parts, sums, cut):
    """Refund to each cumulative sum in turn; asserts what must hold at every step, and gives the last state."""
    state = [0] * len(parts)
    for refunded in sums:
        after = cut(parts, state, refunded)
        assert sum(after) == refunded
        for part, before, now in zip(parts, state, after, strict=True):
            assert before <= now <= part
            assert abs(now * sum(parts) - refunded * part) < sum(parts)
        state = after
    return state


@settings(max_examples=3000, deadline=None)
@given(data=st.data(), parts=PARTS)
def test_refunds_in_any_sequence_end_exactly_at_the_total(data, parts):
    whole = sum(parts)
    sums = [*sorted(data.draw(st.lists(st.integers(0, whole), max_size=12))), whole]
    assert walk(parts, sums, refunding.parts_at) == parts


@settings(max_examples=500, deadline=None)
@given(parts=st.lists(st.integers(0, 40), min_size=1, max_size=8).filter(any))
def test_refunding_one_unit_at_a_time_never_takes_a_unit_back(parts):
    assert walk(parts, range(1, sum(parts) + 1), refunding.parts_at) == parts


def test_the_specifications_refunds_are_cut_as_written():
    parts, state, moved = (7911, 1000, 900, 189), [0, 0, 0, 0], []
    for refunded in (3333, 6666, 10000):
        after = refunding.parts_at(parts, state, refunded)
        moved.append([now - before for now, before in zip(after, state, strict=True)])
        state = after
    assert moved == [[2637, 333, 300, 63], [2637, 333, 300, 63], [2637, 334, 300, 63]]
    assert [money.of_pieces(1000, 3, 0, done) for done in (1, 2, 3)] == [333, 667, 1000]


@settings(max_examples=1000, deadline=None)
@given(amount=AMOUNT, of=st.integers(1, 1000))
def test_pieces_given_back_one_by_one_are_the_whole_in_the_end(amount, of):
    steps = [money.of_pieces(amount, of, 0, done) for done in range(of + 1)]
    assert steps[0] == 0 and steps[-1] == amount and steps == sorted(steps)


def each_rounded_alone(parts, given_before, refunded):
    """The bug that the cumulative cut exists to prevent."""
    new, whole = refunded - sum(given_before), sum(parts)
    return [before + round(new * part / whole) for before, part in zip(given_before, parts, strict=True)]


def test_rounding_each_refund_alone_is_caught():
    try:
        walk((7911, 1000, 900, 189), (1, 2, 3, 10000), each_rounded_alone)
    except AssertionError:
        return
    raise AssertionError("a refund whose parts do not add up went unnoticed")


def test_a_split_in_floats_is_caught():
    for goods, bps in ((5, 1000), (45, 1000)):
        exact = split.split(goods, goods, {**commission.NONE, "rate_bps": bps})
        assert exact.net + exact.commission == goods
        assert round(goods * (bps / 10000)) != exact.commission


def test_the_most_specific_rule_holds_then_the_newest():
    class Rule:
        def __init__(self, id_, seller_id=None, brand_id=None, category_id=None):
            self.id, self.seller_id, self.brand_id, self.category_id = id_, seller_id, brand_id, category_id
            for name in commission.TERMS:
                setattr(self, name, 0)

    newest_first = [Rule("e"), Rule("d", brand_id="b", category_id="c"), Rule("c", seller_id="s"), Rule("b", brand_id="b"), Rule("a")]
    assert commission.choose(newest_first, "s", "b", "c")["id"] == "c"
    assert commission.choose(newest_first, "other", "b", "c")["id"] == "d"
    assert commission.choose(newest_first, "other", "b", None)["id"] == "b"
    assert commission.choose(newest_first, "other", None, None)["id"] == "e"
    assert commission.choose([], "s", "b", "c") == commission.NONE
