"""What monitoring reads: waiting and dead work, the verdict on the books, served on a port of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from marketplace.core import clock, outbox
from marketplace.core.outbox import OutboxRow
from marketplace.core.services import free_port
from marketplace.operators import checks, metrics
from tests.house.lints import ROOT


def values():
    return {(family.name, *sample.labels.values()): sample.value for family in metrics.collect() for sample in family.samples}


def test_work_that_waits_and_work_that_died_are_counted_by_topic(session):
    with clock.at(clock.now() - timedelta(minutes=2)):
        outbox.publish("payments.webhook", "a", {})
        outbox.publish("payments.webhook", "b", {})
    session.get(OutboxRow, session.scalar(OutboxRow.__table__.select().with_only_columns(OutboxRow.id).filter_by(key="b"))).dead_at = clock.now()
    outbox.publish("orders.unpaid", "later", {}, clock.now() + timedelta(hours=1))
    session.flush()
    found = values()
    assert found["marketsquare_outbox_due", "payments.webhook"] == 1
    assert found["marketsquare_outbox_dead", "payments.webhook"] == 1
    assert 119 <= found["marketsquare_outbox_age_seconds", "payments.webhook"] < 300
    assert found["marketsquare_outbox_due", "orders.unpaid"] == 0


def test_the_last_verdict_is_told_and_none_is_made(session):
    assert not [name for name, *_ in values() if name == "marketsquare_breaks"]
    checks.verify("command")
    found = values()
    assert {value for (name, *_), value in found.items() if name == "marketsquare_breaks"} == {0}
    assert found["marketsquare_verified_age_seconds",] < 300


SCRIPT = """
import sys, urllib.request
from wsgi import create_app
from marketplace.web import metrics
app = create_app()
app.test_client().get("/healthz")
metrics.serve(app)
sys.stdout.write(urllib.request.urlopen(f"http://127.0.0.1:{app.config['SETTINGS'].metrics_port}/metrics").read().decode())
"""


@pytest.mark.usefixtures("committed")
def test_requests_are_counted_and_served_on_a_port_of_their_own(servers, tmp_path):
    port = next(port for port in range(9400, 9500) if free_port(port) == port)
    environment = {**os.environ, "DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url, "METRICS_PORT": str(port),
                   "MARKETSQUARE_VAR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert 'marketsquare_request_seconds_count{endpoint="health.alive",method="GET",status="200"} 1.0' in done.stdout
    assert "marketsquare_operator_tasks_open 0.0" in done.stdout
