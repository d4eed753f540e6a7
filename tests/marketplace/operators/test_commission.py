"""A market of one's own earns what its operator says on the command line."""

from __future__ import annotations

import pytest

from marketplace.core.db import db
from marketplace.operators.commands import ops
from marketplace.payments import commission
from marketplace.payments.models import CommissionRule
from tests.factories import Market


@pytest.fixture
def run(app, committed):
    return lambda *words: app.test_cli_runner().invoke(ops, ["commission", *words])


def holds(seller_id: str) -> tuple[int, int]:
    db.session.rollback()
    known = db.session.scalars(db.select(CommissionRule).filter_by(valid_to=None, currency="EUR").order_by(CommissionRule.id.desc())).all()
    terms = commission.choose(known, seller_id, None, None)
    return terms["rate_bps"], terms["tax_bps"]


def test_the_last_word_holds_and_a_sellers_own_goes_before_it(run, committed):
    market = Market()
    one, other = market.seller("Nordkabel"), market.seller("Elbe")
    committed.commit()
    assert holds(one.id) == (0, 0), "a fresh market takes nothing"
    for words in (("8",), ("8,5", "--tax", "19"), ("5", "--seller", one.slug)):
        said = run(*words)
        assert said.exit_code == 0, said.output
    assert "5 % of the goods in EUR that Nordkabel" in said.output
    assert holds(other.id) == (850, 1900) and holds(one.id) == (500, 0)
    assert committed.scalar(db.text("SELECT count(*) FROM commission_rules WHERE valid_to IS NOT NULL")) == 1


@pytest.mark.parametrize(("words", "said"), [
    (("-1",), "No such option"), (("101",), "'101' is not a rate in percent"), (("8.555",), "is not a rate"), (("x",), "is not a rate"),
    (("8", "--tax", "200"), "'200' is not a rate"), (("8", "--currency", "ZZZ"), "'ZZZ' is not a currency code."), (("8", "--seller", "nobody"), "No seller has this slug."),
])
def test_what_is_no_rate_changes_nothing(run, committed, words, said):
    answer = run(*words)
    assert answer.exit_code != 0 and said in answer.output, answer.output
    assert committed.scalar(db.text("SELECT count(*) FROM commission_rules")) == 0
