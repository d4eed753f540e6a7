"""Acting for others ends with its block, and what went wrong inside is what is heard outside."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.core import tenancy
from marketplace.core.db import db

SETTING = db.text("SELECT current_setting('app.org', true)")


def test_an_error_of_the_database_is_heard_as_it_was(session):
    tenancy.act_for(["org_a"])
    with pytest.raises(IntegrityError), db.session.begin_nested(), tenancy.as_market():
        db.session.execute(db.text("INSERT INTO outbox (id, topic, key, payload, next_at, attempts, created_at)"
                                   " SELECT 'out_1', 't', 'k', '{}', now(), 0, now() FROM generate_series(1, 2)"))
    assert (tenancy.acting_for(), db.session.scalar(SETTING)) == ("org_a", "org_a")


def test_a_refusal_inside_leaves_everything_as_before(session):
    tenancy.act_for(["org_a"])
    with pytest.raises(ValueError, match="no"), tenancy.as_market():
        assert db.session.scalar(SETTING) == "*"
        raise ValueError("no")
    assert (tenancy.acting_for(), db.session.scalar(SETTING)) == ("org_a", "org_a")


def test_after_a_savepoint_is_undone_the_database_is_told_again(session):
    tenancy.act_for(["org_a"])
    assert session.scalar(SETTING) == "org_a"
    savepoint = session.begin_nested()
    tenancy.act_for(["org_b"])
    assert session.scalar(SETTING) == "org_b"
    savepoint.rollback()
    assert session.scalar(SETTING) == "org_b"


def test_a_savepoint_that_only_market_work_filled_leaves_nobody_elses_rights(session):
    tenancy.act_for(["org_a"])
    with session.begin_nested(), tenancy.as_market():
        assert session.scalar(SETTING) == "*"
    assert session.scalar(SETTING) == "org_a"
