"""The command line is there for `flask`, and no process that serves carries it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from marketplace.core import services
from marketplace.core.db import db
from marketplace.operators import commands
from tests.factories import Market

ROOT = Path(__file__).parents[3]
LOADED = "import sys, wsgi; wsgi.create_app(); print(*(name for name in {names!r} if name in sys.modules))"
ONLY_FOR_COMMANDS = ("alembic", "marketplace.operators.demo", "marketplace.operators.replay", "sqlite3")


def run(*words: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=os.environ | {"FLASK_APP": "wsgi"} | environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_flask_lists_every_command():
    listed = {line.split()[0] for line in run("-m", "flask", "--help").partition("Commands:")[2].splitlines() if line.strip()}
    assert {"analytics", "catalog", "channel", "db", "demo", "demo-data", "ops", "payments", "replay", "routing", "sandbox", "worker"} <= listed


def test_serving_loads_nothing_that_only_commands_need():
    code = LOADED.format(names=ONLY_FOR_COMMANDS)
    assert run("-c", code, FLASK_RUN_FROM_CLI="").split() == []
    assert run("-c", code, FLASK_RUN_FROM_CLI="true").split() == list(ONLY_FOR_COMMANDS), "the names are those that commands do load"


NOBODY = "postgresql://nobody@127.0.0.1:9/nothing"


@pytest.mark.parametrize(("words", "address", "said"), [
    (("ops", "verify"), "", "DATABASE_URL is not set."), (("db", "upgrade"), "", "DATABASE_URL is not set."),
    (("demo-data",), "", "DATABASE_URL is not set."),
    (("ops", "reconcile"), NOBODY, "The database does not answer"), (("db", "upgrade"), NOBODY, "The database does not answer"),
])
def test_a_database_that_does_not_serve_is_said_in_one_line(words, address, said):
    without = {"DATABASE_URL": address, "OWNER_DATABASE_URL": "", "PGHOST": "127.0.0.1", "PGPORT": "9", "FLASK_APP": "wsgi"}
    done = subprocess.run([sys.executable, "-m", "flask", *words], cwd=ROOT, env=os.environ | without, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and said in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_schema_that_is_not_laid_or_not_ours_to_lay_is_said(servers, empty_database):
    settings = {"DATABASE_URL": empty_database(services.APP), "OWNER_DATABASE_URL": "", "FLASK_APP": "wsgi"}
    for words, said in ((("ops", "verify"), "run `flask db upgrade` as its owner"), (("db", "upgrade"), "give its address as OWNER_DATABASE_URL")):
        done = subprocess.run([sys.executable, "-m", "flask", *words], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False)
        assert done.returncode != 0 and said in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_generated_data_never_comes_into_somebodys_market(servers, committed):
    Market().seller()
    committed.commit()
    settings = {"DATABASE_URL": servers.database_url, "FLASK_APP": "wsgi"}
    done = subprocess.run([sys.executable, "-m", "flask", "demo-data"], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "This market is not empty" in done.stderr
    assert not committed.scalar(db.text("SELECT count(*) FROM audit_entries WHERE action LIKE 'demo.%'")), "a mark would let the next demo clear it"


@pytest.mark.parametrize("words", [
    ("ops", "verify", "--newest", "0"), ("channel", "rebuild", "--days", "-5"), ("channel", "rebuild", "--days", "99999999"), ("analytics", "scores", "--days", "0"), ("sandbox", "--port", "99999"),
    ("demo-data", "--days", "0"), ("catalog", "import", __file__, "--manufacturer", "volta", "--map", "bogus"),
    ("catalog", "import", __file__, "--manufacturer", "volta", "--map", "colour=Farbe"),
])
def test_a_wrong_option_is_refused_by_its_name(app, words):
    every = click.Group(commands={one.name: one for one in (commands.ops, commands.channel, commands.analytics, commands.sandbox, commands.demo_data, commands.catalog)})
    said = app.test_cli_runner().invoke(every, words)
    assert said.exit_code == 2 and words[-2] in said.output, said.output


def test_flask_worker_becomes_the_process_that_does_the_rounds_and_ends_when_told(committed, servers, tmp_path):
    environment = {"FLASK_APP": "wsgi", "DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url, "MARKETSQUARE_VAR": str(tmp_path)}
    worker = subprocess.Popen([sys.executable, "-m", "flask", "worker"], cwd=ROOT, env=os.environ | environment)
    try:
        end = time.monotonic() + 60
        while not _rounds_done() and time.monotonic() < end:
            assert worker.poll() is None, "it ended by itself"
            time.sleep(0.2)
        assert _rounds_done()
        running = Path(f"/proc/{worker.pid}/cmdline").read_bytes().split(b"\0")
        assert b"marketplace.operators.worker" in running, "the lighter process is in its place"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.wait()


def _rounds_done() -> int:
    db.session.rollback()
    return db.session.scalar(db.text("SELECT count(*) FROM outbox WHERE key LIKE '%:round:%' AND done_at IS NOT NULL"))
