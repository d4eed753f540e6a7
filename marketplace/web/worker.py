"""The worker: answers the doorbell, and sweeps once a second for due work that no bell announced.

RQ runs only argument-free drains, in this process. Losing Redis leaves the sweep, which drains by itself.
"""

from __future__ import annotations

import signal
import threading

import redis
import structlog
from flask import Flask
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from marketplace.core import jobs, rounds
from marketplace.web import doorbell, metrics

log = structlog.get_logger("marketplace.worker")
SWEEP = 1.0


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    metrics.serve(app)
    if app.config["SETTINGS"].redis_url:
        threading.Thread(target=_answer, args=(app, stop), daemon=True).start()
    while not stop.wait(SWEEP):
        _sweep(app)


def _sweep(app: Flask) -> None:
    try:
        with app.app_context():
            jobs.at_once(rounds.ask)
            jobs.drain_all()
    except Exception as error:
        log.warning("sweep failed", error=str(error))


def _answer(app: Flask, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                connection = redis.Redis.from_url(app.config["SETTINGS"].redis_url)
                queue = Queue(doorbell.QUEUE, connection=connection, serializer=JSONSerializer)
                Listener([queue], connection=connection, serializer=JSONSerializer).work(logging_level="WARNING")
        except (redis.RedisError, OSError) as error:
            log.warning("doorbell unheard", error=str(error))
            stop.wait(2)


class Listener(SimpleWorker):
    """An RQ worker beside the sweep: signals belong to the process's main thread, not to it, so it times by threads."""

    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        pass

    def subscribe(self, *args: object, **kwargs: object) -> None:
        """No remote commands are taken."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed."""
