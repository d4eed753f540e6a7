"""The command line is there for `flask`, and no process that serves carries it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
LOADED = "import sys, wsgi; wsgi.create_app(); print(*(name for name in {names!r} if name in sys.modules))"
ONLY_FOR_COMMANDS = ("alembic", "marketplace.operators.demo", "marketplace.operators.replay", "sqlite3")


def run(*words: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=os.environ | {"FLASK_APP": "wsgi"} | environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_flask_lists_every_command():
    listed = {line.split()[0] for line in run("-m", "flask", "--help").partition("Commands:")[2].splitlines() if line.strip()}
    assert {"catalog", "channel", "db", "demo", "demo-data", "ops", "payments", "replay", "routing", "sandbox", "worker"} <= listed


def test_serving_loads_nothing_that_only_commands_need():
    code = LOADED.format(names=ONLY_FOR_COMMANDS)
    assert run("-c", code, FLASK_RUN_FROM_CLI="").split() == []
    assert run("-c", code, FLASK_RUN_FROM_CLI="true").split() == list(ONLY_FOR_COMMANDS), "the names are those that commands do load"
