"""The migrations' SQL, as `flask db upgrade --sql` prints it, holds nobody up who writes meanwhile, and goes both ways."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.lints import ROOT

ALLOWED = (
    "prefer-text-field",  # ids have one length for ever
    "prefer-bigint-over-int",  # money and counters that grow are bigint; the rest are small numbers
    "prefer-robust-stmts",  # each migration is a transaction, and an index that was cut off is dropped before the next try
)
BAD = {
    "CREATE INDEX ix_orders_new ON orders (placed_at);": "require-concurrent-index-creation",
    "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (buyer_id) REFERENCES organizations (id);": "adding-foreign-key-constraint",
    "ALTER TABLE orders ALTER COLUMN number SET NOT NULL;": "adding-not-nullable-field",
    "ALTER TABLE orders DROP COLUMN number;": "ban-drop-column",
}


@pytest.fixture
def linted(tmp_path):
    def run(text: str) -> list[str]:
        path = tmp_path / "change.sql"
        path.write_text(text)
        command = [Path(sys.executable).parent / "squawk", "--pg-version", "15", "--reporter", "gcc", "--exclude", ",".join(ALLOWED), path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return [line.partition(": ")[2] for line in done.stdout.splitlines() if line.startswith(str(path))]
    return run


def printed() -> str:
    environment = {**os.environ, "DATABASE_URL": "postgresql://market_app@localhost/none", "FLASK_APP": "wsgi"}
    environment.pop("OWNER_DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-m", "flask", "db", "upgrade", "--sql"], cwd=ROOT, env=environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("statement", BAD)
def test_a_statement_that_holds_others_up_is_found(linted, statement):
    timeouts = "SET lock_timeout = '5s';\nSET statement_timeout = '1h';\n"
    assert any(BAD[statement] in finding for finding in linted(timeouts + statement))


def test_the_migrations_hold_nobody_up(linted):
    text = printed()
    assert "CREATE TABLE orders" in text
    assert linted(text) == []
