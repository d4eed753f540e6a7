"""Scores as they are read: the orders behind a rate are as many as its counts, and what it would take is told."""

from __future__ import annotations

import pytest

from marketplace.analytics import scorecards, scores
from marketplace.core import clock, paging
from marketplace.core.errors import Forbidden, NotFound
from marketplace.identity.access import Actor
from tests.marketplace.analytics.scored import DAY, HOUR, NOON, Past, Story, good
from tests.resellers.shops import count_statements

LATELY = NOON - 20 * DAY


@pytest.fixture
def past(market):
    return Past(market)


def fill(past, seller) -> None:
    past.many(seller, 11, good(LATELY))
    past.many(seller, 2, Story(LATELY + DAY, refused=LATELY + DAY + HOUR))
    past.part(seller, Story(LATELY + 2 * DAY, accepted=LATELY + 2 * DAY + HOUR, refused=LATELY + 3 * DAY, shipped=LATELY + 15 * DAY))
    past.part(seller, Story(NOON - 40 * HOUR))


def test_the_orders_behind_each_rate_are_as_many_as_it_counts(past):
    seller, other = past.seller(), past.seller()
    fill(past, seller)
    fill(past, other)
    row = past.scored(seller)
    actor = past.market.actor(seller)
    with clock.at(NOON):
        for rate in scorecards.own(actor)["rates"]:
            everything = scorecards.own_orders(actor, rate["name"]).items
            against = scorecards.own_orders(actor, rate["name"], is_against=True).items
            assert (len(everything), len(against)) == (rate["of"], rate["against"]), rate
    assert (row.answered, row.due, row.accepted) == (14, 12, 12)
    past.part(seller, Story(NOON + HOUR, refused=NOON + 2 * HOUR))
    with clock.at(NOON + DAY):
        assert len(scorecards.own_orders(actor, "acceptance").items) == 14, "what came after the score was computed waits for the next one"


def test_a_card_tells_what_it_would_take(past):
    seller = past.seller()
    fill(past, seller)
    past.scored(seller)
    with clock.at(NOON):
        card = scorecards.own(past.market.actor(seller))
    assert [(one["name"], one["bps"], one["against"], one["more"]) for one in card["rates"]] == [
        ("acceptance", 8571, 2, 26), ("late", 833, 1, 8), ("cancellation", 833, 1, 8)]
    assert card["is_measured"] and card["seller"] == seller.name


def test_weeks_are_told_by_their_last_day(past):
    seller = past.seller()
    past.many(seller, 10, good(LATELY))
    with clock.at(NOON):
        scores.compute((NOON - 100 * DAY).date(), NOON.date())
        weeks = scorecards.own(past.market.actor(seller))["weeks"]
    assert len(weeks) == scorecards.WEEKS and [str(one["week"]) for one in weeks[-2:]] == ["2026-06-22", "2026-06-29"]
    assert [one["score_bps"] for one in weeks[-5:]] == [9000, 10_000, 10_000, 10_000, 10_000]


def test_the_operator_sees_everybody_the_lowest_first_and_the_unmeasured_below_the_measured(past):
    best, worst, new = past.seller("Best Ltd"), past.seller("Worst Ltd"), past.seller("New Ltd")
    past.many(best, 10, good(LATELY))
    past.many(worst, 10, Story(LATELY, silent=LATELY + 2 * DAY))
    past.scored(new)
    operator = past.market.actor(past.market.operator())

    def names(sort="", words=""):
        return [row["seller"] for row in scorecards.listed(operator, paging.Ask(sort=sort), words).items]

    assert names() == ["Worst Ltd", "New Ltd", "Best Ltd"]
    assert names("acceptance") == ["New Ltd", "Worst Ltd", "Best Ltd"]
    assert names("-score", "e") == ["Best Ltd", "New Ltd"]
    assert names("seller", "%") == []


def test_reading_costs_the_same_statements_for_few_and_for_many(past):
    operator, sellers = past.market.actor(past.market.operator()), [past.seller() for _ in range(2)]
    fill(past, sellers[0])
    past.scored(sellers[0])

    def costs():
        return [count_statements(lambda: scorecards.listed(operator)), count_statements(lambda: scorecards.one(operator, sellers[0].id)),
                count_statements(lambda: scorecards.orders(operator, sellers[0].id, "acceptance"))]

    with clock.at(NOON):
        few = costs()
        for _ in range(4):
            fill(past, past.seller())
        fill(past, sellers[0])
        past.scored(sellers[0])
        assert costs() == few == [1, 2, 2]


def test_who_may_not_ask_is_refused(past):
    seller = past.seller()
    past.scored(seller)
    nobody = Actor(user_id="usr_x", organization_id=seller.id, kinds=frozenset({"seller"}), permissions=frozenset())
    for ask in (lambda: scorecards.own(nobody), lambda: scorecards.own_orders(nobody, "late"), lambda: scorecards.listed(past.market.actor(seller)),
                lambda: scorecards.one(past.market.actor(seller), seller.id), lambda: scorecards.orders(past.market.actor(seller), seller.id, "late")):
        with pytest.raises(Forbidden):
            ask()
    operator = past.market.actor(past.market.operator())
    for id_ in ("org_x", past.buyer.id):
        with pytest.raises(NotFound):
            scorecards.one(operator, id_)
