"""Sellers' scores: exact on seeded orders, at the edges of window and day, the same when computed again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from marketplace.analytics import scores
from marketplace.analytics.scores import LEAST, WINDOW_DAYS, Counts, Rates
from marketplace.core import clock, jobs, outbox, rounds, tenancy
from marketplace.core.db import db
from marketplace.offers import queries as offers
from marketplace.offers.models import SellerScore
from marketplace.offers.scores import NEUTRAL_BPS
from marketplace.operators.commands import analytics
from marketplace.orders import fulfilment, reroute, service
from tests.figures import figure
from tests.marketplace.analytics.scored import DAY, HOUR, NOON, Past, Story, bps, counts, good, kept
from tests.marketplace.orders import world as square

LATELY = NOON - 20 * DAY


@pytest.fixture
def past(market):
    return Past(market)


def test_seeded_orders_give_exactly_these_rates(past):
    seller = past.seller()
    past.many(seller, 9, good(LATELY))
    past.many(seller, 2, Story(LATELY, refused=LATELY + HOUR))
    past.part(seller, Story(LATELY, silent=LATELY + 48 * HOUR))
    past.many(seller, 2, Story(LATELY, accepted=LATELY + HOUR, shipped=LATELY + 6 * DAY))
    past.part(seller, Story(LATELY, accepted=LATELY + HOUR))
    past.part(seller, Story(LATELY, accepted=LATELY + HOUR, refused=LATELY + 2 * HOUR))
    past.part(seller, Story(LATELY, accepted=LATELY + HOUR, refused=LATELY + 2 * HOUR, shipped=LATELY + DAY))
    row = past.scored(seller)
    # accepted: 9 + 2 + 1 + 1 + 1 of 14 + 2 refused + 1 silent; due: all of them but the one given back whole in time; 3 late
    assert counts(row) == (17, 14, 1, 13, 3, 2)
    assert bps(row) == (8235, 2308, 1429, 8085)
    assert (row.return_bps, row.rating_bps, row.window_days) == (None, None, 90)


def test_the_example_of_the_documentation_is_true():
    found = scores.rates(Counts(answered=40, accepted=38, silent=1, due=35, late=2, cut=1))
    assert found == Rates(9500, 571, 263) and scores.score(found) == 9519


def test_what_people_do_is_what_is_counted(market):
    """By the real verbs: two orders accepted, one of them shipped late, one refused, one left, one cut short, one sold out before its payment."""
    with clock.at(NOON - 30 * DAY):
        here = square.square(market, prices=(1000,), stock=100)
        (seller,) = here.sellers
        clerk = market.actor(seller)
        in_time, late, refused, left, cut = [square.parts(square.paid(here, 5))[0] for _ in range(5)]
        for part in (in_time, late, cut):
            fulfilment.accept(clerk, part.id)
        fulfilment.refuse(clerk, refused.id, "sold out before payment")
        unpaid = square.place(here, square.fill(here, 75))
    with clock.at(NOON - 29 * DAY):
        (line,) = square.allocations(in_time)
        fulfilment.ship(clerk, in_time.id, ("DHL", "1"), {line.id: 5})
        (line,) = square.allocations(cut)
        fulfilment.refuse(clerk, cut.id, "one broke", {line.id: 1})
        fulfilment.ship(clerk, cut.id, ("DHL", "2"), {line.id: 4})
    with clock.at(NOON - 28 * DAY + HOUR):
        reroute.on_timeout({"seller_order_id": left.id})
    with clock.at(NOON - 20 * DAY):
        (line,) = square.allocations(late)
        fulfilment.ship(clerk, late.id, ("DHL", "3"), {line.id: 5})
        db.session.execute(db.text("UPDATE reservations SET status = 'released' WHERE order_id = :id"), {"id": unpaid.id})
        db.session.execute(db.text("UPDATE stock_levels SET available = 0, reserved = 0"))
        service.mark_paid(unpaid.id, "paid")
    assert square.parts(unpaid)[0].status == "cancelled"
    with clock.at(NOON):
        scores.compute(NOON.date(), NOON.date())
    assert counts(kept(seller, NOON.date())) == (5, 3, 1, 3, 1, 1)


def test_a_reason_that_a_seller_makes_up_does_not_hide_its_refusal(past):
    for because in (service.GONE, reroute.SILENCE):
        seller = past.seller()
        past.part(seller, Story(LATELY, refused=LATELY + HOUR, because=because))
        past.part(seller, Story(LATELY, gone=LATELY + timedelta(seconds=1)))
        assert counts(past.scored(seller)) == (1, 0, 0, 0, 0, 0), because


@pytest.mark.parametrize("rerouted", [False, True])
def test_the_window_holds_ninety_days_and_not_an_instant_more(past, rerouted):
    seller = past.seller()
    opened = datetime(2026, 4, 2, tzinfo=UTC)  # the first moment of the 90th day back from 30 June
    assert (NOON.date() - opened.date()).days == WINDOW_DAYS - 1
    for moment in (opened, opened - timedelta(microseconds=1)):
        past.part(seller, Story(moment, accepted=opened + HOUR, rerouted=rerouted))
    assert past.scored(seller).answered == 1
    assert past.scored(seller, NOON - DAY).answered == 2, "the day before holds both"
    assert past.scored(seller, NOON + DAY).answered == 0


def test_a_parcel_of_the_promised_days_last_second_is_in_time_and_the_next_is_late(past):
    promised = NOON.date() - 3 * DAY
    midnight = clock.midnight(promised + DAY)
    for shipped, late in ((midnight - timedelta(seconds=1), 0), (midnight, 1)):
        seller = past.seller()
        past.part(seller, Story(LATELY, accepted=LATELY + HOUR, shipped=shipped, promised=promised))
        row = past.scored(seller)
        assert (row.due, row.late) == (1, late)


def test_an_order_is_due_only_when_its_promised_day_is_over(past):
    seller = past.seller()
    past.part(seller, Story(LATELY, accepted=LATELY + HOUR, promised=NOON.date()))
    assert counts(past.scored(seller))[3:5] == (0, 0)
    assert counts(past.scored(seller, NOON.replace(hour=23, minute=59)))[3:5] == (0, 0)
    assert counts(past.scored(seller, NOON + 13 * HOUR))[3:5] == (1, 1)


def test_giving_an_order_back_after_its_day_does_not_undo_that_it_was_late(past):
    for refused, due in ((LATELY + DAY, 0), (LATELY + 8 * DAY, 1)):
        seller = past.seller()
        past.part(seller, Story(LATELY, accepted=LATELY + HOUR, refused=refused, promised=(LATELY + 5 * DAY).date()))
        assert counts(past.scored(seller)) == (1, 1, 0, due, due, 1)


def test_a_rate_begins_to_speak_with_its_tenth_order_and_a_newcomer_is_neutral(past):
    seller = past.seller()
    past.many(seller, LEAST - 1, good(LATELY))
    assert bps(past.scored(seller)) == (None, None, None, NEUTRAL_BPS)
    past.part(seller, Story(LATELY, refused=LATELY + HOUR))
    assert bps(past.scored(seller)) == (9000, None, None, 9000), "one rate is measured, and it alone is the score"
    past.part(seller, good(LATELY))
    assert bps(past.scored(seller)) == (9091, 0, 0, 9636)


def test_who_never_refused_and_was_never_late_has_the_best_score(past):
    seller = past.seller()
    past.many(seller, 12, good(LATELY))
    assert bps(past.scored(seller)) == (10_000, 0, 0, 10_000)


def test_each_seller_has_its_own_score_and_others_than_sellers_have_none(past):
    one, other = past.seller(), past.seller()
    past.many(one, 10, good(LATELY))
    past.many(other, 10, Story(LATELY, silent=LATELY + 48 * HOUR))
    assert (past.scored(one).score_bps, past.scored(other).score_bps) == (10_000, 0)
    assert db.session.scalar(db.select(db.func.count()).select_from(SellerScore)) == 2


def test_a_past_day_computed_later_has_the_numbers_that_it_had(past):
    seller = past.seller()
    past.many(seller, 12, good(LATELY))
    past.part(seller, Story(LATELY, accepted=LATELY + HOUR, shipped=LATELY + 12 * DAY))
    past.part(seller, Story(LATELY, silent=LATELY + 48 * HOUR))
    evening = [(LATELY + n * DAY).replace(hour=23, minute=59, second=59) for n in range(15)]
    then = [(counts(row), bps(row)) for row in (past.scored(seller, at) for at in evening)]
    assert len(set(then)) > 3
    with clock.at(NOON):
        scores.compute(evening[0].date(), evening[-1].date())
    assert [(counts(row), bps(row)) for row in (kept(seller, at.date()) for at in evening)] == then


def test_a_day_knows_nothing_of_what_came_after_it(past):
    seller = past.seller()
    past.part(seller, Story(LATELY, accepted=LATELY + DAY, refused=LATELY + 2 * DAY, shipped=LATELY + 3 * DAY, promised=(LATELY + 4 * DAY).date()))
    past.part(seller, Story(LATELY, refused=LATELY + 2 * DAY))
    past.part(seller, Story(LATELY, silent=LATELY + 2 * DAY))
    past.part(seller, Story(LATELY, accepted=LATELY + DAY, refused=LATELY + 3 * DAY, promised=(LATELY + DAY).date()))
    past.part(seller, Story(LATELY, accepted=LATELY + 3 * DAY, promised=LATELY.date()))
    assert [counts(past.scored(seller, LATELY + n * DAY)) for n in range(4)] == [
        (0, 0, 0, 0, 0, 0), (2, 2, 0, 0, 0, 0), (4, 2, 1, 1, 1, 1), (5, 3, 1, 3, 2, 2)]


def test_a_round_finishes_the_days_that_were_missed_and_begins_with_sixty(past):
    seller = past.seller()
    with clock.at(NOON - 5 * DAY):
        scores.on_round({})
    days = db.select(SellerScore.day).filter_by(seller_id=seller.id).order_by(SellerScore.day)
    assert len(db.session.scalars(days).all()) == scores.FILLED_DAYS + 1
    past.many(seller, 10, good(NOON - 5 * DAY + HOUR))
    with clock.at(NOON):
        scores.on_round({})
    found = db.session.scalars(days).all()
    assert (found[-1] - found[0]).days == len(found) - 1 == scores.FILLED_DAYS + 5
    assert kept(seller, (NOON - 5 * DAY).date()).answered == 10, "what came after the round of that day is in its last row"


def test_the_round_comes_every_hour_and_does_its_work(app, session, past):
    assert rounds.every[scores.TOPIC] == timedelta(hours=1) and outbox.handlers[scores.TOPIC] is scores.on_round
    seller = past.seller()
    outbox.publish_all([(scores.TOPIC, "x", {}, None)])
    session.flush()
    jobs.drain(scores.TOPIC)
    with tenancy.as_market():
        assert kept(seller, clock.today()).score_bps == NEUTRAL_BPS


def test_the_command_computes_as_many_days_as_it_is_told(app, past):
    past.seller()
    said = app.test_cli_runner().invoke(analytics, ["scores", "--days", "3"])
    assert said.output == "3 scores of 3 days computed\n", said.output


def statements(work) -> int:
    seen = []

    def saw(_connection, _cursor, statement, *_rest):
        if "set_config" not in statement and "SAVEPOINT" not in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", saw)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", saw)
    return len(seen)


def test_computing_costs_the_same_statements_for_one_seller_and_for_many(past):
    past.many(past.seller(), 3, good(LATELY))
    one = statements(lambda: past_compute(past))
    for _ in range(5):
        past.many(past.seller(), 3, good(LATELY))
    assert statements(lambda: past_compute(past)) == one == 3


def past_compute(past) -> None:
    with clock.at(NOON):
        scores.compute((NOON - 3 * DAY).date(), NOON.date())


def test_supply_tells_the_newest_score_without_a_statement_more(past, market):
    known, unknown = past.seller(), past.seller()
    variant = market.variant(market.brand(market.manufacturer()))
    for seller in (known, unknown):
        market.offer(seller, variant)

    def found():
        return {one.seller_id: one.score_bps for one in offers.supply([variant.id], "EUR")}

    assert found() == {known.id: None, unknown.id: None} and statements(found) == 2
    past.many(known, 10, good(LATELY))
    past.scored(known, NOON - DAY)
    past.many(known, 10, Story(NOON - 3 * DAY, silent=NOON - DAY))
    assert past.scored(known).score_bps == 8000
    assert found() == {known.id: 8000, unknown.id: NEUTRAL_BPS} and statements(found) == 2


MOMENTS = st.integers(0, 100).map(lambda days: NOON - days * DAY)
STORIES = st.builds(
    lambda opened, answer, waits, cut, promised: Story(
        opened, promised=(opened + promised * DAY).date(),
        **{"accepted": {"accepted": opened + HOUR, "refused": opened + 2 * HOUR if cut else None, "shipped": opened + waits * DAY},
           "refused": {"refused": opened + HOUR}, "silent": {"silent": opened + 48 * HOUR}, "open": {}}[answer]),
    MOMENTS, st.sampled_from(["accepted", "accepted", "accepted", "refused", "silent", "open"]), st.integers(1, 9), st.booleans(), st.integers(0, 9))


@settings(max_examples=figure(12, 200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STORIES, max_size=25))
def test_rates_stay_in_their_bounds_and_computing_again_changes_nothing(past, stories):
    seller = past.seller()
    for story in stories:
        past.part(seller, story)
    row = past.scored(seller)
    first = (counts(row), bps(row))
    assert all(value is None or 0 <= value <= 10_000 for value in bps(row))
    assert row.answered >= row.accepted + row.silent and row.accepted >= row.due >= row.late >= 0 and row.accepted >= row.cut
    again = past.scored(seller)
    assert (counts(again), bps(again)) == first
    past.part(seller, Story(NOON - DAY, refused=NOON - HOUR))
    worse = past.scored(seller)
    assert worse.answered == first[0][0] + 1
    if first[1][0] is not None:
        assert worse.acceptance_bps <= first[1][0]


COUNTS = st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300)).map(
    lambda of: Counts(answered=of[0], accepted=min(of[0], of[1]), silent=0, due=min(of[0], of[1], of[2]), late=min(of), cut=min(of[0], of[1], of[3])))


@given(COUNTS)
def test_a_score_lies_between_the_worst_and_the_best_of_its_rates(found):
    measured = scores.rates(found)
    good_sides = [bps for bps in (measured.acceptance_bps, scores.turned(measured.late_bps), scores.turned(measured.cancellation_bps)) if bps is not None]
    total = scores.score(measured)
    assert min(good_sides) <= total <= max(good_sides) if good_sides else total == NEUTRAL_BPS


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 9_999))
def test_what_it_takes_is_enough_and_one_less_is_not(good_ones, bad, goal):
    of = good_ones + bad
    more = scores.needed(good_ones, of, goal)
    assert (good_ones + more) * 10_000 >= goal * (of + more)
    assert more == 0 or (good_ones + more - 1) * 10_000 < goal * (of + more - 1)
