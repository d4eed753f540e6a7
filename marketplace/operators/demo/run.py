"""The demo's supervisor: servers, schema, data, sandbox, web and worker on one machine, until Ctrl-C.

Every process is a child that ends with this one. It imports little, so that a second start is quick; what needs the
whole market runs in a child.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shlex
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from marketplace.core import services
from marketplace.core.services import ServiceFailed, Services
from marketplace.operators.demo import database, people, processes
from marketplace.operators.demo.database import Refused, State
from marketplace.operators.demo.processes import ROOT, Child, Failed

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECRETS = ("SECRET_KEY", "SANDBOX_SECRET", "APP_PASSWORD")
FOR_COMMANDS = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "SANDBOX_URL", "SANDBOX_SECRET", "SECRET_KEY", "BASE_DOMAIN", "PUBLIC_PORT",
                "MARKETSQUARE_VAR")
PROBLEMS = (ServiceFailed, Failed, Refused, psycopg.OperationalError, OSError)
"""What a person can do something about: told in one line."""
Tell = Callable[[str], None]
Size = tuple[int, int]


class Asked(BaseException):
    """Somebody asked the demo to end."""


def run(var: Path, tell: Tell, size: Size | None = None) -> None:
    """Serve the demo until SIGINT, SIGTERM or SIGHUP; `size` is (products, days of trade). Effects: children, files in `var`.

    Raises: one of PROBLEMS, after everything that was started has ended.
    """
    for number in SIGNALS:
        signal.signal(number, _asked)
    children: dict[str, Child[bytes]] = {}
    with suppress(Asked), _alone(var):
        try:
            with services.running(var, tell=tell) as running:
                try:
                    _serve(running, var, tell, size, children)
                finally:
                    _deaf()
                    tell("Stopping")
                    processes.end(list(children.values()))
        finally:
            _deaf()
            for told in ("demo.json", "demo.env"):
                (var / told).unlink(missing_ok=True)


def _asked(*_: object) -> None:
    _deaf()
    raise Asked


def _deaf() -> None:
    """The end is under way: asking again does not cut it short."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    """One demo at a time in a folder. Raises: Refused."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"A demo runs in {var} already{_where(var)}. End it first, or set MARKETSQUARE_VAR to another folder.") from None
        yield


def _where(var: Path) -> str:
    with suppress(OSError, ValueError):
        found = json.loads((var / "demo.json").read_text())
        return f": {found['url']} (process {found['pid']})"
    return ""


def _serve(running: Services, var: Path, tell: Tell, size: Size | None, children: dict[str, Child[bytes]]) -> None:
    ports = processes.choose_ports(tell)
    environment = environment_of(running, var, ports)
    state = _state(environment)
    if state is State.WHOLE and database.migrated(running.owner_url):
        _start(children, environment, var, ("sandbox", "web", "worker"))
    else:
        _prepare(state, environment, var, (tell, size), children)
        _start(children, environment, var, ("web", "worker"))
    processes.answers(f"http://127.0.0.1:{ports['PORT']}/readyz", children, var)
    _tell_ready(environment, var, ports, tell)
    while True:
        time.sleep(0.5)
        processes.check(children, var)


def environment_of(running: Services, var: Path, ports: dict[str, int]) -> dict[str, str]:
    """The settings of the children. The secrets are made once and kept in `var`."""
    kept = _secrets(var)
    if running.owner_url == running.database_url:
        running.database_url = database.harmless_role(running.owner_url, kept["APP_PASSWORD"])
    return {
        **os.environ, **kept, **{name: str(port) for name, port in ports.items()}, "DATABASE_URL": running.database_url,
        "OWNER_DATABASE_URL": running.owner_url, "REDIS_URL": running.redis_url, "MARKETSQUARE_VAR": str(var.resolve()),
        "BASE_DOMAIN": "localhost", "FLASK_APP": "wsgi", "SANDBOX_URL": f"http://127.0.0.1:{ports['SANDBOX_PORT']}",
        "PUBLIC_PORT": str(ports["PORT"]), "PYTHONPATH": str(ROOT),
    }


def _secrets(var: Path) -> dict[str, str]:
    path = var / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    kept |= {name: secrets.token_hex(24) for name in SECRETS if name not in kept}
    _write(path, json.dumps(kept, indent=2))
    return kept


def _write(path: Path, text: str) -> None:
    """Write it whole or not at all, for this user's eyes only."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(path)


def _state(environment: dict[str, str]) -> State:
    state = database.state(environment["OWNER_DATABASE_URL"])
    if state is State.FOREIGN:
        raise Refused("The database holds a market that no demo made: the demo leaves it alone. Set DATABASE_URL to an empty one.")
    return state


def _prepare(state: State, environment: dict[str, str], var: Path, how: tuple[Tell, Size | None], children: dict[str, Child[bytes]]) -> None:
    """Migrate; a market that is not whole is made from nothing. Raises: Failed."""
    tell, size = how
    if state is State.HALF:
        tell("The last start ended before the market was whole: beginning again")
        database.clear(environment["OWNER_DATABASE_URL"])
    tell("Preparing the database")
    processes.finish("migration", ["flask", "db", "upgrade"], environment, var)
    if state is not State.WHOLE:
        for left in var.glob("sandbox.sqlite*"):
            left.unlink()
    _start(children, environment, var, ("sandbox",))
    if state is not State.WHOLE:
        tell("Making the demo market: about a minute, once")
        options = [] if size is None else ["--products", str(size[0]), "--days", str(size[1])]
        # What a crash may lose is less than the fill, and a fill that did not reach its end is made again.
        processes.finish("fill", ["flask", "demo-data", *options], environment | {"PGOPTIONS": "-c synchronous_commit=off"}, var)


def _start(children: dict[str, Child[bytes]], environment: dict[str, str], var: Path, names: tuple[str, ...]) -> None:
    ports = {name: int(environment[name]) for name in processes.PORTS}
    commands = {
        "sandbox": ["marketplace.web.sandbox", "--port", str(ports["SANDBOX_PORT"])],
        "web": processes.web(ports),
        "worker": ["marketplace.operators.worker"],
    }
    if "web" in names:
        shutil.rmtree(var / "metrics", ignore_errors=True)  # counters of processes that are gone
    for name in names:
        children[name] = processes.start(name, commands[name], environment, var)


def _tell_ready(environment: dict[str, str], var: Path, ports: dict[str, int], tell: Tell) -> None:
    """Print addresses and sign-ins, and leave them in demo.json, and what commands need in demo.env."""
    domain, port = environment["BASE_DOMAIN"], ports["PORT"]
    found: dict[str, Any] = {
        "url": f"http://{domain}:{port}/", "storefronts": [f"http://{host}:{port}/" for host in people.hosts(domain)],
        "sandbox_url": f"http://localhost:{ports['SANDBOX_PORT']}", "metrics_url": f"http://localhost:{ports['METRICS_PORT']}/metrics",
        "sign_ins": people.sign_ins(domain, port), "database_url": environment["DATABASE_URL"], "redis_url": environment["REDIS_URL"],
        "pid": os.getpid(),
    }
    _write(var / "demo.json", json.dumps(found, indent=2))
    _write(var / "demo.env", "".join(f"export {name}={shlex.quote(environment[name])}\n" for name in FOR_COMMANDS))
    for url in found["storefronts"]:
        tell(f"  storefront    {url}")
    tell(f"  metrics       {found['metrics_url']}")
    for person in found["sign_ins"]:
        tell(f"  {person['role']:<13} {person['url']:<42} {person['email']} / {person['password']}")
    tell(f"Ready: {found['url']} (Ctrl-C ends it)")
