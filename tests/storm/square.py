"""A whole market in real processes, to be killed: web, worker, Valkey, PostgreSQL; and the payment sandbox, which is spared."""

from __future__ import annotations

import dataclasses
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from marketplace.core import config, services, tenancy
from marketplace.core.db import db
from marketplace.core.services import Services
from tests.factories import Market
from tests.house.lints import ROOT
from tests.resellers import shops

HOST = "storm.localhost"
VICTIMS = ("web", "worker", "valkey", "postgres")
AMPLE, SCARCE = 5_000, 60


@dataclass
class Running:
    """What runs, and who may buy there."""

    var: Path
    servers: Services
    environment: dict[str, str]
    web_port: int
    sandbox_port: int
    children: dict[str, subprocess.Popen] = field(default_factory=dict)
    buyers: list[dict] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)


@contextmanager
def running(var: Path, plant: str = "") -> Iterator[Running]:
    """The market with goods and buyers, serving; `plant` names a bug of `tests.storm.planted` to serve with."""
    var.mkdir(parents=True, exist_ok=True)
    with services.running(var) as servers:
        ports = services.free_port(), services.free_port()
        here = Running(var, servers, _environment(var, servers, ports, plant), *ports)
        flask(here, "db", "upgrade")
        _fill(here)
        try:
            for name in ("sandbox", "web", "worker"):
                start(here, name)
            answering(here)
            _listening(here)
            yield here
        finally:
            for child in reversed(here.children.values()):
                _end(child)


def _environment(var: Path, servers: Services, ports: tuple[int, int], plant: str) -> dict[str, str]:
    return {
        **os.environ, "DATABASE_URL": servers.database_url, "OWNER_DATABASE_URL": servers.owner_url, "REDIS_URL": servers.redis_url,
        "MARKETSQUARE_VAR": str(var), "MARKETSQUARE_ENV": "development", "SECRET_KEY": secrets.token_hex(16),
        "SANDBOX_SECRET": secrets.token_hex(16), "SANDBOX_URL": f"http://127.0.0.1:{ports[1]}", "PUBLIC_PORT": str(ports[0]),
        "FLASK_APP": "tests.storm.planted" if plant else "wsgi", "PLANTED_BUG": plant, "BASE_DOMAIN": "localhost", "PYTHONPATH": str(ROOT),
    }


def flask(here: Running, *arguments: str) -> subprocess.CompletedProcess:
    """Run one of the market's commands to its end."""
    return subprocess.run([sys.executable, "-m", "flask", *arguments], env=here.environment, cwd=ROOT, capture_output=True,
                          text=True, check=False)


def _fill(here: Running) -> None:
    """Three sellers of twelve products, one of which is scarce, and eight companies that pay in both ways."""
    with application(here):
        market = Market()
        reseller = market.reseller()
        market.storefront(reseller, HOST)
        brand, sellers = market.brand(market.manufacturer()), [market.seller(freight_minor=500) for _ in range(3)]
        for number in range(12):
            variant = market.variant(brand)
            here.variants.append(variant.id)
            for at, seller in enumerate(sellers if number else sellers[:1]):
                market.offer(seller, variant, price_minor=900 + 10 * at + number, stock=AMPLE if number else SCARCE)
        for _ in range(8):
            buyer = market.buyer(reseller, credit_minor=10**10)
            address = db.session.scalar(db.text("SELECT id FROM addresses WHERE organization_id = :id"), {"id": buyer.id})
            here.buyers.append({"id": buyer.id, "key": shops.key(market.actor(buyer)), "address": address})
        here.levels.update((row.id, row.available) for row in db.session.execute(db.text("SELECT id, available FROM stock_levels")))
        db.session.commit()


@contextmanager
def application(here: Running) -> Iterator[None]:
    """The market's own view of the storm's database, in this process."""
    from wsgi import create_app

    settings = dataclasses.replace(config.from_environment(), database_url=here.servers.database_url, redis_url="",
                                   environment="test", var=here.var)
    app = create_app(settings)
    with app.app_context(), tenancy.as_market():
        try:
            yield
        finally:
            db.session.remove()
            for engine in db._app_engines[app].values():
                engine.dispose()


def start(here: Running, name: str) -> None:
    """Start, or start again, the sandbox, the web or a worker."""
    python = sys.executable
    commands = {
        "sandbox": [python, "-m", "flask", "sandbox", "--port", str(here.sandbox_port)],
        "web": [python, "-m", "gunicorn", here.environment["FLASK_APP"] + ":app", "--config", "deploy/gunicorn.py", "--bind", f"127.0.0.1:{here.web_port}"],
        "worker": [python, "-m", "marketplace.operators.worker"],
    }
    with (here.var / f"{name}.log").open("ab") as log:
        here.children[name] = subprocess.Popen(commands[name], env=here.environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                                               stderr=log, start_new_session=True, preexec_fn=services.die_with_parent)


def kill(here: Running, name: str) -> None:
    """kill -9: nothing is finished, nothing is said."""
    if name in here.children:
        os.killpg(here.children[name].pid, signal.SIGKILL)
        here.children[name].wait()
        return
    child = here.servers.children[0 if name == "postgres" else 1]
    child.kill()
    child.wait()


def again(here: Running, name: str) -> None:
    """Start what was killed; PostgreSQL may refuse while what is left of it is still going."""
    if name in here.children:
        start(here, name)
    else:
        services.revive(here.servers)


def stand_up(here: Running) -> None:
    """Start again whatever does not run, as a supervisor would."""
    services.revive(here.servers)
    for name in ("web", "worker"):
        if here.children[name].poll() is not None:
            start(here, name)


def answering(here: Running) -> None:
    """Wait until the market serves, its database included."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{here.web_port}/readyz", timeout=2) as found:
                assert found.status == 200
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError((here.var / "web.log").read_text()[-3000:])




def _listening(here: Running) -> None:
    """Wait until the worker has hung itself up at the doorbell."""
    with redis.Redis.from_url(here.servers.redis_url) as bell:
        for _ in range(300):
            if bell.scard("rq:workers"):
                return
            time.sleep(0.1)
    raise AssertionError((here.var / "worker.log").read_text()[-3000:])


def _end(child: subprocess.Popen) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
