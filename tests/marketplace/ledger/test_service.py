"""The books: entries post once, never change, always balance, and belong to whom they name."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from marketplace.core.db import db
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.service import Move

NAMES = ("provider:pending", "order:clearing:ord_1", "seller:payable:org_a", "operator:commission")


def test_an_entry_moves_money_and_posting_it_again_does_nothing(session):
    moves = [Move("provider:pending", "order:clearing:ord_1", 1000, "EUR"),
             Move("order:clearing:ord_1", "seller:payable:org_a", 900, "EUR"),
             Move("order:clearing:ord_1", "operator:commission", 100, "EUR")]
    assert ledger.post("captured:1", "captured", moves)
    assert not ledger.post("captured:1", "captured", moves)
    assert ledger.balance("provider:pending", "EUR") == -1000
    assert ledger.balance("seller:payable:org_a", "EUR") == 900
    assert ledger.balance("order:clearing:ord_1", "EUR") == 0
    assert ledger.balance("seller:payable:org_a", "USD") == 0
    assert sum(ledger.balances().values()) == 0


def test_an_account_belongs_to_the_organization_in_its_name(session):
    ledger.post("k", "kind", [Move("operator:commission", "seller:payable:org_a", 1, "EUR")])
    owners = dict(db.session.execute(db.select(LedgerAccount.name, LedgerAccount.organization_id)).all())
    assert owners == {"operator:commission": None, "seller:payable:org_a": "org_a"}


def test_a_negative_amount_is_refused_and_nothing_is_written(session):
    with pytest.raises(ValueError, match="positive"):
        ledger.post("k", "kind", [Move("a", "b", -1, "EUR")])
    assert ledger.balances() == {}


@pytest.mark.parametrize("statement", [
    "UPDATE postings SET amount_minor = amount_minor + 1", "DELETE FROM postings",
    "UPDATE journal_entries SET kind = 'other'", "DELETE FROM journal_entries",
])
def test_what_is_posted_cannot_be_changed(session, statement):
    ledger.post("k", "kind", [Move("a", "b", 5, "EUR")])
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(db.text(statement))
    assert ledger.balance("b", "EUR") == 5


MOVE = st.builds(Move, st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 10**6), st.sampled_from(["EUR", "JPY", "KWD"]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(st.tuples(st.integers(0, 9), st.lists(MOVE, max_size=6)), max_size=15))
def test_balances_are_those_of_a_plain_model_after_every_entry(session, entries):
    here = db.session.begin_nested()
    model, seen = Counter(), set()
    for key, moves in entries:
        assert ledger.post(f"model:{key}", "model", moves) is (key not in seen)
        if key not in seen:
            for move in moves:
                model[move.destination, move.currency] += move.minor
                model[move.source, move.currency] -= move.minor
        seen.add(key)
        found = ledger.balances()
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in model.items() if v}
        assert all(sum(v for (_, c), v in found.items() if c == currency) == 0 for currency in ("EUR", "JPY", "KWD"))
    here.rollback()
