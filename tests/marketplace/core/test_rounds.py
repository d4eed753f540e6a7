"""Work that comes round: once a round, whoever asks, and again in the next one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core import clock, outbox, rounds
from marketplace.core.outbox import OutboxRow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def hourly(monkeypatch):
    monkeypatch.setattr(rounds, "every", {"test.hourly": timedelta(hours=1)})
    monkeypatch.setattr(rounds, "_asked", {})
    monkeypatch.setitem(outbox.handlers, "test.hourly", lambda payload: None)


def keys(session):
    return session.scalars(OutboxRow.__table__.select().with_only_columns(OutboxRow.key).order_by(OutboxRow.key)).all()


def test_a_round_is_asked_for_once_and_the_next_one_again(session, hourly):
    with clock.at(NOON):
        assert [rounds.ask(), rounds.ask()] == [1, 0]
    with clock.at(NOON + timedelta(minutes=59)):
        assert rounds.ask() == 0
    with clock.at(NOON + timedelta(minutes=61)):
        assert rounds.ask() == 1
    assert len(keys(session)) == 2


def test_two_workers_ask_for_one_round_together(session, hourly, monkeypatch):
    with clock.at(NOON):
        rounds.ask()
        monkeypatch.setattr(rounds, "_asked", {})
        rounds.ask()
    assert len(keys(session)) == 1
