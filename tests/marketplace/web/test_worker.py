"""The doorbell is answered: a ring through Valkey gets work done, without waiting for the sweep."""

from __future__ import annotations

import threading

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from marketplace.core import outbox
from marketplace.core.db import db
from marketplace.web import doorbell, worker


def test_a_ring_is_answered_in_a_thread_beside_the_sweep(app, committed, servers, monkeypatch):
    done = []
    monkeypatch.setitem(outbox.handlers, "test.ring", lambda payload: done.append(payload["number"]))
    for number in range(3):
        outbox.publish("test.ring", f"test.ring:{number}", {"number": number})
    db.session.commit()
    with redis.Redis.from_url(servers.redis_url) as connection:
        queue = Queue(doorbell.QUEUE, connection=connection, serializer=JSONSerializer)
        queue.enqueue("marketplace.core.jobs.drain", "test.ring", job_timeout=-1, result_ttl=0, failure_ttl=60)

        def answer():
            with app.app_context():
                worker.Listener([queue], connection=connection, serializer=JSONSerializer).work(burst=True, logging_level="WARNING")

        thread = threading.Thread(target=answer)
        thread.start()
        thread.join(20)
    assert sorted(done) == [0, 1, 2]
    assert db.session.scalar(db.text("SELECT count(*) FROM outbox WHERE done_at IS NULL")) == 0
