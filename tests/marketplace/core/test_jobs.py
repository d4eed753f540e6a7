"""Work is done once, by whoever is free: a slow handler keeps its row, a dead one's row is soon free."""

from __future__ import annotations

import threading
from datetime import timedelta

from marketplace.core import jobs, outbox
from marketplace.core.db import db


def test_work_that_takes_longer_than_its_lease_is_not_begun_twice(app, committed, monkeypatch):
    runs, others = [], []

    def second_worker():
        with app.app_context():
            others.append(jobs.drain_all())

    def slow(payload):
        runs.append(payload)
        other = threading.Thread(target=second_worker)
        other.start()
        other.join(10)

    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=-1))
    monkeypatch.setitem(outbox.handlers, "test.slow", slow)
    outbox.publish("test.slow", "test.slow:1", {})
    db.session.commit()
    assert jobs.drain("test.slow") == 1
    assert (len(runs), others) == (1, [0])


def test_the_work_of_a_worker_that_died_is_done_when_its_lease_ends(app, committed, monkeypatch):
    runs = []
    monkeypatch.setitem(outbox.handlers, "test.lost", runs.append)
    outbox.publish("test.lost", "test.lost:1", {})
    db.session.commit()
    assert len(jobs._claim("test.lost")) == 1, "a worker claims it, and is never heard of again"
    assert jobs.drain("test.lost") == 0
    db.session.execute(db.text("UPDATE outbox SET lease_until = now()"))
    db.session.commit()
    assert jobs.drain("test.lost") == 1
    assert runs == [{}]
    assert timedelta(seconds=5) >= jobs.LEASE
