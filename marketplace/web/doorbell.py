"""The doorbell: after a commit that asked for work, tell a worker through Redis, and never wait for it.

Redis being down costs nothing but time: the worker's sweep finds due work every second.
"""

from __future__ import annotations

import time

import redis
import structlog
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer

from marketplace.core import outbox

QUEUE = "market"
REST = 5.0
log = structlog.get_logger("marketplace.doorbell")


def connect(url: str) -> redis.Redis:
    """A connection that gives up quickly."""
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.2)


def hang(app: Flask) -> None:
    """Ring by `app`'s Redis after each commit that published due work."""
    outbox.doorbells.clear()
    url = app.config["SETTINGS"].redis_url
    if not url or app.config["SETTINGS"].environment == "test":
        return
    queue = Queue(QUEUE, connection=connect(url), serializer=JSONSerializer)
    quiet_until = 0.0

    def ring(topics: set[str]) -> None:
        nonlocal quiet_until
        if time.monotonic() < quiet_until:
            return
        try:
            for topic in sorted(topics):
                if queue.connection.set(f"bell:{topic}", "1", nx=True, ex=1):
                    queue.enqueue("marketplace.core.jobs.drain", topic, job_timeout=-1, result_ttl=0, failure_ttl=60)
        except redis.RedisError as error:
            quiet_until = time.monotonic() + REST
            log.warning("doorbell broken", error=str(error))

    outbox.doorbells.append(ring)
