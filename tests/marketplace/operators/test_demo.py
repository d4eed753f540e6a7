"""The demo as a person runs it, in real processes, with a small market: from nothing to Ready, and every way to end it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from marketplace.identity import onboarding
from marketplace.operators.demo import people, words
from tests.house.lints import ROOT

READY = 240
SMALL = ("--products", "240", "--days", "4")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the demos of this module keep their data: a path with a space in it."""
    made = tmp_path_factory.mktemp("demo") / "a folder"
    yield made
    shutil.rmtree(servers_of(made), ignore_errors=True)


def servers_of(folder: Path) -> Path:
    """Where PostgreSQL's data lies: elsewhere where an unprivileged user may not enter the folder."""
    mark = folder / "servers.path"
    return Path(mark.read_text()) if mark.exists() else folder / "servers"


class Demo:
    """A demo that runs, and what it has said so far."""

    def __init__(self, folder: Path, **settings: str) -> None:
        given = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL"}}
        ports = {"PORT": "18000", "SANDBOX_PORT": "18100", "METRICS_PORT": "18200"}
        self.folder, self.said = folder, []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "marketplace.operators.demo", *SMALL], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**given, **ports, "MARKETSQUARE_VAR": str(folder), "MARKETSQUARE_ENV": "development", **settings})

    def until(self, start: str) -> str:
        """Read on to the line that begins so."""
        end = time.monotonic() + READY
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if line.startswith(start):
                return line
            if time.monotonic() > end:
                break
        raise AssertionError(f"no line begins with {start}: " + "\n".join(self.said))

    def facts(self) -> dict:
        return json.loads((self.folder / "demo.json").read_text())

    def end(self, by: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(by)
        self.said += [line.rstrip() for line in self.process.stdout]
        return self.process.wait(60)


@contextmanager
def running(folder: Path, **settings: str):
    demo = Demo(folder, **settings)
    try:
        yield demo
    finally:
        demo.end()
        demo.process.stdout.close()
        gone(folder)


def left(folder: Path) -> list[str]:
    """The command lines of processes that belong to this folder's demo."""
    found, marks = [], (str(folder).encode(), str(servers_of(folder)).encode())
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if any(mark in words for mark in marks) and state != "Z" and int(path.name) != os.getpid():
            found.append(words[:200].replace(b"\0", b" ").decode(errors="replace"))
    return found


def gone(folder: Path) -> None:
    """Nothing of a demo is left, at once or after a killed parent's children have ended."""
    end = time.monotonic() + 30
    while found := left(folder):
        assert time.monotonic() < end, found
        time.sleep(0.1)


def page(url: str, host: str | None = None) -> str:
    request = urllib.request.Request(url.replace("localhost", "127.0.0.1"), headers={"Host": host} if host else {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def orders(database_url: str) -> int:
    import psycopg

    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT set_config('app.org', '*', false)")
        return connection.execute("SELECT count(*) FROM orders").fetchone()[0]


def imported(database_url: str) -> dict[str, int]:
    import psycopg

    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT set_config('app.org', '*', false)")
        return dict(connection.execute("SELECT status, count(*) FROM catalog_imports GROUP BY 1 UNION ALL "
                                       "SELECT status, count(*) FROM offer_imports GROUP BY 1").fetchall())


def test_a_killed_first_start_is_begun_again_and_never_shown_as_ready(folder):
    with running(folder) as first:
        first.until("  ")
        assert not (folder / "demo.json").exists()
        first.end(signal.SIGKILL)
        gone(folder)
    with running(folder) as second:
        second.until("The last start ended before the market was whole")
        second.until("Ready")
        facts = second.facts()
        assert {"url", "storefronts", "sandbox_url", "metrics_url", "sign_ins", "database_url", "redis_url", "pid"} == set(facts)
        assert {person["role"] for person in facts["sign_ins"]} == {"operator", "manufacturer", "seller", "reseller", "buyer"}
        assert "Brightline" in page(facts["url"], "brightline.localhost")
        assert "marketsquare_outbox" in page(facts["metrics_url"])
        assert orders(facts["database_url"]) > 0
        assert imported(facts["database_url"]) == {"applied": 12, "staged": 1, "done": 41}, "catalogs and offers come by the real imports"
        verified = subprocess.run(["sh", "-c", f'. "{folder}/demo.env" && "{sys.executable}" -m flask ops verify'], cwd=ROOT, capture_output=True, text=True, check=False)
        assert verified.stdout.endswith("balanced\n") and "one by one with the provider's" in verified.stdout, verified
        assert second.end() == 0 and "Stopping" in second.said
        assert not left(folder)
        assert not list(folder.glob("demo.*"))


def test_a_second_start_makes_nothing_anew_and_moves_to_the_next_port(folder):
    with socket.create_server(("127.0.0.1", 18000)), running(folder) as demo:
        assert demo.until("Ready").startswith("Ready: http://localhost:18001/")
        assert any(line.startswith("Port 18000 is taken: using 18001") for line in demo.said)
        assert not any("Making the demo market" in line for line in demo.said)
        again = Demo(folder)
        assert again.end(0) == 1
        assert "already: http://localhost:18001/" in again.said[-1]
        demo.end(signal.SIGKILL)
        gone(folder)
    with running(folder) as demo:
        demo.until("Ready")
        assert demo.end(signal.SIGTERM) == 0


def test_given_servers_replace_the_embedded_ones_and_a_market_of_somebody_is_left_alone(tmp_path, servers):
    import psycopg

    owner = servers.owner_url.rpartition("/")[0]
    admin = owner.replace("marketsquare_owner", "postgres") + "/postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'kept'")
        connection.execute("CREATE DATABASE shared OWNER keeper")
    given = {"DATABASE_URL": "postgresql://keeper:kept@" + admin.rpartition("@")[2].rpartition("/")[0] + "/shared", "REDIS_URL": servers.redis_url}
    with running(tmp_path / "var", **given) as demo:
        demo.until("Ready")
        assert not any("Starting PostgreSQL" in line or "Starting Valkey" in line for line in demo.said)
        assert "shared_app" in demo.facts()["database_url"]
        assert orders(demo.facts()["database_url"]) > 0
    with running(tmp_path / "var", **given) as demo:
        demo.until("Ready")
        assert not any("Making the demo market" in line for line in demo.said)
    with psycopg.connect(given["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("ALTER TABLE audit_entries DISABLE TRIGGER USER")
        connection.execute("DELETE FROM audit_entries WHERE action LIKE 'demo.%'")
    with running(tmp_path / "var", **given) as demo:
        assert demo.end(0) == 1
        assert "no demo made" in demo.said[-1]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("DROP DATABASE shared WITH (FORCE)")
        connection.execute("DROP ROLE shared_app")
        connection.execute("DROP ROLE keeper")


def test_a_database_that_does_not_answer_is_said_in_one_line(tmp_path):
    with running(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing") as demo:
        assert demo.end(0) == 1
        assert demo.said[-1].startswith("The demo cannot run:") and "Traceback" not in "".join(demo.said)


def test_commands_run_from_any_folder(tmp_path):
    flask = Path(sys.executable).parent / "flask"
    if not flask.exists():
        pytest.skip("no flask beside this python: the environment was not built by make install")
    inside = ROOT / "marketplace" / "web"
    done = subprocess.run([flask, "routes"], cwd=inside, capture_output=True, text=True, check=True)
    assert "operator.home" in done.stdout


def test_a_makers_slug_in_the_demo_is_the_one_that_the_commands_find_it_by():
    for name, *_ in [*words.MAKERS, *words.RESELLERS]:
        assert people.slug(name) == onboarding.slug_of(name)
