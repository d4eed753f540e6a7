"""The steps of a record are found by the record, however many steps the market has taken."""

from __future__ import annotations

from sqlalchemy import text

from marketplace.core import transitions


def test_a_timeline_does_not_read_everybodys_steps(session):
    session.execute(text("INSERT INTO state_changes SELECT 'chg_' || n, 'sor_' || n % 5000, 'open', 'accepted', 'test', 'a step', now() "
                         "FROM generate_series(1, 20000) n"))
    assert len(transitions.history("sor_7")) == 4
    plan = "\n".join(session.scalars(text("EXPLAIN SELECT * FROM state_changes WHERE entity_id = 'sor_7' ORDER BY id")))
    assert "ix_state_changes_entity_id" in plan, plan
