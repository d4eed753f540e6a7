"""The demo's supervisor: servers, schema, data, sandbox, web and worker on one machine, until Ctrl-C.

Every process is a child that ends with this one. Order of the end: worker, web, sandbox, Valkey, PostgreSQL.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from marketplace.core import config, services
from marketplace.core.services import Services

PORT, SANDBOX_PORT = 8000, 8100
ROOT = Path(__file__).parents[3]
GRACE = 10.0
Tell = Callable[[str], None]


def run(var: Path, tell: Tell) -> None:
    """Serve the demo until SIGINT or SIGTERM. Effects: children, files below `var`."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    children: list[subprocess.Popen[bytes]] = []
    with services.running(var, tell=tell) as running:
        try:
            ports = choose_ports(tell)
            environment = environment_of(running, var, ports)
            prepare(environment, running, tell)
            tell("Starting web and worker")
            children += start(environment, var, ports)
            answer(ports[0], children)
            tell_ready(environment, var, ports, tell)
            while not stopping.wait(0.5) and all(child.poll() is None for child in children):
                pass
        finally:
            tell("Stopping")
            end(children)


def choose_ports(tell: Tell) -> tuple[int, int]:
    """The web's and the sandbox's ports: the usual ones, or the next free ones, saying so."""
    chosen = []
    for wanted in (int(os.environ.get("PORT", PORT)), int(os.environ.get("SANDBOX_PORT", SANDBOX_PORT))):
        port = next(port for port in range(wanted, wanted + 100) if services.free_port(port) == port and port not in chosen)
        if port != wanted:
            tell(f"Port {wanted} is taken: using {port}")
        chosen.append(port)
    return chosen[0], chosen[1]


def environment_of(running: Services, var: Path, ports: tuple[int, int]) -> dict[str, str]:
    """The settings of the children. The secrets are made once and kept in `var`."""
    kept = var / "secrets.json"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(json.dumps({name: secrets.token_hex(24) for name in ("SECRET_KEY", "SANDBOX_SECRET")}))
    return {
        **os.environ, **json.loads(kept.read_text()), "DATABASE_URL": running.database_url,
        "OWNER_DATABASE_URL": running.owner_url, "REDIS_URL": running.redis_url, "MARKETSQUARE_VAR": str(var),
        "BASE_DOMAIN": "localhost", "FLASK_APP": "wsgi", "SANDBOX_URL": f"http://localhost:{ports[1]}",
        "PUBLIC_PORT": str(ports[0]), "PYTHONPATH": str(ROOT),
    }


def prepare(environment: dict[str, str], running: Services, tell: Tell) -> None:
    """Migrate, and make the demo's data once. Raises: CalledProcessError when either fails."""
    if _filled(running):
        return
    tell("Preparing the database")
    _flask(environment, "db", "upgrade")
    tell("Making the demo market")
    _flask(environment, "demo-data")


def _filled(running: Services) -> bool:
    engine = sa.create_engine(config.psycopg_url(running.owner_url))
    try:
        with engine.connect() as connection:
            names = sa.inspect(connection).get_table_names()
            if "organizations" not in names:
                return False
            connection.execute(sa.text("SELECT set_config('app.org', '*', true)"))
            return bool(connection.scalar(sa.text("SELECT count(*) FROM orders")))
    finally:
        engine.dispose()


def _flask(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "flask", *arguments], env=environment, cwd=ROOT, check=True)


def start(environment: dict[str, str], var: Path, ports: tuple[int, int]) -> list[subprocess.Popen[bytes]]:
    """Sandbox, web, worker: in the order in which they are needed."""
    python = sys.executable
    web = [python, "-m", "gunicorn", "wsgi:app", "--worker-class", "gthread", "--threads", "8", "--workers", "1", "--no-control-socket",
           "--bind", f"127.0.0.1:{ports[0]}", "--bind", f"[::1]:{ports[0]}", "--preload"]
    commands = {
        "sandbox": [python, "-m", "flask", "sandbox", "--port", str(ports[1])],
        "web": web,
        "worker": [python, "-m", "flask", "worker"],
    }
    return [_spawn(name, command, environment, var) for name, command in commands.items()]


def _spawn(name: str, command: list[str], environment: dict[str, str], var: Path) -> subprocess.Popen[bytes]:
    with (var / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=services.die_with_parent,
        )


def answer(port: int, children: list[subprocess.Popen[bytes]], seconds: float = 30.0) -> None:
    """Wait until pages answer. Raises: RuntimeError when they do not."""
    end_at = time.monotonic() + seconds
    while time.monotonic() < end_at and all(child.poll() is None for child in children):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as found:
                if found.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The web process did not answer; see var/web.log.")


def tell_ready(environment: dict[str, str], var: Path, ports: tuple[int, int], tell: Tell) -> None:
    """Print addresses and sign-ins, and leave them in demo.json."""
    people = json.loads((var / "people.json").read_text())
    for person in people:
        person["url"] = f"http://{person.pop('host')}:{ports[0]}{person.pop('path')}"
        tell(f"  {person['role']:<13} {person['url']:<46} {person['email']} / {person['password']}")
    found: dict[str, Any] = {
        "url": f"http://localhost:{ports[0]}/", "sandbox_url": environment["SANDBOX_URL"], "sign_ins": people,
        "database_url": environment["DATABASE_URL"], "redis_url": environment["REDIS_URL"], "pid": os.getpid(),
    }
    (var / "demo.json").write_text(json.dumps(found, indent=2))
    tell(f"Ready: http://localhost:{ports[0]}/ (Ctrl-C ends it)")


def end(children: list[subprocess.Popen[bytes]]) -> None:
    """Stop the children, the last started first, and wait for each."""
    for child in reversed(children):
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(GRACE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
