"""The market that is measured: servers, data, web and worker as `make demo` runs them, and who asks."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from marketplace.core import services, tenancy
from marketplace.core.db import db
from marketplace.identity import keys, sign_in
from marketplace.identity.models import Address, Membership, Organization, Storefront, User
from marketplace.operators.demo import run

ROOT = Path(__file__).parents[2]


class Buyer(NamedTuple):
    """A person who buys: host of the storefront, API key, session cookie, the address to send to."""

    host: str
    key: str
    cookie: str
    address_id: str


@contextmanager
def open_square(var: Path, products: int, days: int) -> Iterator[dict[str, str]]:
    """Servers with a filled market, for the length of a block; gives the children's environment. Filled once, then kept."""
    with services.running(var, tell=say) as running:
        ports = {"PORT": services.free_port(), "SANDBOX_PORT": services.free_port(), "METRICS_PORT": 0}
        environment = run.environment_of(running, var, ports)
        if not (var / "filled").exists():
            say(f"Filling a market of {products} products")
            _flask(environment, "db", "upgrade")
            sandbox = [sys.executable, "-m", "marketplace.web.sandbox", "--port", str(ports["SANDBOX_PORT"])]
            with child(sandbox, environment, var / "sandbox.log"):
                answers(environment["SANDBOX_URL"])
                _flask(environment, "demo-data", "--products", str(products), "--days", str(days))
            with psycopg.connect(running.owner_url, autocommit=True) as owner:
                owner.execute("VACUUM ANALYZE")  # as autovacuum would have done within minutes
            (var / "filled").touch()
        yield environment


def _flask(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "flask", *arguments], env=environment, cwd=ROOT, check=True, stdout=sys.stderr)


def say(text: str) -> None:
    """Progress, beside the answer."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def serving(environment: dict[str, str], var: Path, target: str = "wsgi:app") -> Iterator[int]:
    """`target` under gunicorn as the demo runs it; gives the port once it answers."""
    port = services.free_port()
    command = [sys.executable, "-m", "gunicorn", target, "--config", "deploy/gunicorn.py", "--bind", f"127.0.0.1:{port}"]
    with child(command, environment, var / "web.log"):
        path = "/readyz" if target == "wsgi:app" else "/rows"
        answers(f"http://127.0.0.1:{port}{path}")
        yield port


@contextmanager
def child(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process for the length of a block."""
    with log.open("ab") as out:
        made = subprocess.Popen(command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                preexec_fn=services.die_with_parent)
    try:
        yield made
    finally:
        made.terminate()
        made.wait(20)


def answers(url: str, seconds: float = 30) -> None:
    """Wait until `url` answers. Raises: TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5) as found:
                found.read()
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(url)


def buyers(count: int) -> list[Buyer]:
    """The first buyers of one storefront, each with a key and a session of its own."""
    tenancy.act_for([tenancy.MARKET])
    store = db.session.scalars(db.select(Storefront).order_by(Storefront.id)).first()
    companies = db.session.scalars(db.select(Organization).filter_by(reseller_id=store.reseller_id).order_by(Organization.id).limit(count)).all()
    made = [_buyer(store, company) for company in companies]
    db.session.commit()
    return made


def _buyer(store: Storefront, company: Organization) -> Buyer:
    user, role = db.session.execute(
        db.select(User, Membership.role).join(Membership, Membership.user_id == User.id).where(Membership.organization_id == company.id)).first()
    permissions = sign_in.ROLES[role]
    actor = sign_in.Actor(user_id=user.id, organization_id=company.id, kinds=frozenset({"buyer"}), permissions=permissions)
    _, key = keys.make(actor, "bench")
    cookie = sign_in.open_session(user, company, store.host)
    return Buyer(store.host, key, cookie, db.session.scalar(db.select(Address.id).filter_by(organization_id=company.id)))


def memory(pid: int) -> int:
    """Proportional resident memory of a process and its children, in kB."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:"))) + sum(memory(int(one)) for one in children)


def forget(var: Path) -> None:
    """Remove a market that was kept."""
    shutil.rmtree(var, ignore_errors=True)


def variants(count: int) -> list[dict[str, Any]]:
    """Products that buyers of this storefront can order one of, with stock to spare."""
    rows = db.session.execute(db.text("""
        SELECT v.id, v.name, v.mpn FROM variants v WHERE v.status = 'active' AND (
            SELECT count(*) FROM offers o JOIN stock_levels s ON s.offer_id = o.id
             WHERE o.variant_id = v.id AND o.status = 'active' AND o.min_quantity = 1 AND o.multiple = 1 AND s.available > 200) >= 2
         ORDER BY md5(v.id) LIMIT :count"""), {"count": count}).mappings()
    return [dict(row) for row in rows]


