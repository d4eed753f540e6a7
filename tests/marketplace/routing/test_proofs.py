"""Proof in the background: what a request left open is closed, and what it cost is known."""

from __future__ import annotations

from datetime import timedelta

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.routing import answers, policy, proofs, verify
from marketplace.routing.models import RoutingDecision, RoutingProof
from tests.factories import add
from tests.marketplace.routing.samples import problem

DEAR, CHEAP = {"o3": 4, "o4": 8}, {"o1": 10, "o3": 4}


def decided(units, lower, **values):
    """A decision for the sample problem, with this answer and bound."""
    data = problem()
    answer = answers.written(data, units, lower, "construct")
    assert verify.check(data, answer) == []
    return add(RoutingDecision(
        id=new_id("dec"), operator_id=None, order_id=values.pop("order_id", "ord_1"), hop=0, because="order placed",
        policy_id=policy.stored(policy.current()), problem=data, answer=answer, lines=[], total_minor=answer["total_minor"],
        bound_minor=answer["bound_minor"], stage="construct", status=answer["status"], micros=1,
        created_at=values.pop("created_at", clock.now())))


def test_an_open_decision_is_proven_once_and_stays_as_it_was(session):
    dear = decided(DEAR, 100)
    before = dict(dear.answer)
    proofs.on_round({})
    row = db.session.get(RoutingProof, dear.id)
    assert (row.status, row.total_minor, row.bound_minor, row.tries) == ("optimal", 15_320, 15_320, 1)
    assert verify.check(dear.problem, row.answer) == []
    assert row.money_minor == proofs.money(dear.answer) - proofs.money(row.answer) == 14_000 - 14_490
    assert dear.answer == before and dear.total_minor == 214_000
    row.created_at -= timedelta(hours=1)
    moment = row.created_at
    proofs.on_round({})
    assert db.session.get(RoutingProof, dear.id).created_at == moment


def test_a_decision_that_was_the_best_all_along_is_proven_without_a_difference(session):
    best = decided(CHEAP, 1000)
    proofs.on_round({})
    row = db.session.get(RoutingProof, best.id)
    assert (row.status, row.total_minor, row.money_minor) == ("optimal", best.total_minor, 0)


def test_proven_and_old_decisions_are_left_alone(session):
    proven = decided(CHEAP, 15_320)
    old = decided(DEAR, 100, created_at=clock.now() - timedelta(days=31))
    proofs.on_round({})
    assert proven.status == "optimal"
    assert db.session.get(RoutingProof, proven.id) is None and db.session.get(RoutingProof, old.id) is None


def test_what_stays_open_gets_one_longer_try_when_nothing_new_waits(session, monkeypatch):
    seconds = []
    real = proofs.allocate

    def cut_short(data, box, **how):
        seconds.append(box)
        return real(data, 0.0 if box == proofs.SHORT else box, **how)

    monkeypatch.setattr(proofs, "allocate", cut_short)
    dear = decided(DEAR, 100)
    proofs.on_round({})
    assert db.session.get(RoutingProof, dear.id).status == "feasible"
    proofs.on_round({})
    row = db.session.get(RoutingProof, dear.id)
    assert (row.status, row.tries, seconds) == ("optimal", 2, [proofs.SHORT, proofs.LONG])
