"""Rows that travel as arrays arrive as they were, and those that are there already stay."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.core import batch
from marketplace.core.audit import AuditEntry
from marketplace.core.outbox import OutboxRow
from marketplace.identity.models import Organization

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def rows(**values):
    shared = {"topic": "t", "payload": {"a": [1, None, "é"]}, "next_at": NOON, "attempts": 0, "created_at": NOON, "last_error": None}
    return [{"id": f"out_{key}", "key": key, **shared, **values} for key in ("one", "two")]


def test_values_of_every_kind_arrive_as_they_were(session):
    batch.insert(OutboxRow, rows())
    found = session.scalars(OutboxRow.__table__.select().with_only_columns(OutboxRow.key)).all()
    assert sorted(found) == ["one", "two"]
    row = session.get_one(OutboxRow, "out_one")
    assert (row.payload, row.next_at, row.attempts, row.last_error) == ({"a": [1, None, "é"]}, NOON, 0, None)


def test_what_is_there_stays_as_it_was(session):
    batch.insert(OutboxRow, rows())
    batch.insert(OutboxRow, rows(topic="other"), or_nothing_on=("key",))
    assert session.get_one(OutboxRow, "out_two").topic == "t"


def test_pending_rows_are_written_first(session):
    session.add(AuditEntry(id="aud_1", actor="t", action="a", entity_id="e", at=NOON))
    batch.insert(OutboxRow, rows())
    assert not session.new


def test_a_column_that_is_itself_an_array_is_refused(session):
    with pytest.raises(TypeError, match="lineage"):
        batch.insert(Organization, [{"id": "org_x", "lineage": ["org_x"]}])
