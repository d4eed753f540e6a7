"""The figures, each measured in rounds between rounds of the limit, so that a busy neighbour slows all of them alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from marketplace.core import tenancy
from marketplace.core.db import db
from tests.bench import orders, square
from tests.bench.load import request
from tests.bench.square import Buyer

CLIENTS, ROUNDS = 4, 3
Row = dict[str, Any]
UNITS = {"limit_24_rows": "requests/s", "checkout_5_lines": "orders/s", "offer_import": "offers/s", "start": "s", "memory": "MB"}


def all_of(var: Path, products: int, seconds: float, wanted: set[str]) -> list[Row]:
    """Every figure (those in `wanted` when it is not empty), by name, unit and ratio to the limit."""
    with square.open_square(var, products, 2) as environment, context(environment):
        found: dict[str, float] = {}
        with square.serving(environment, var, "tests.bench.limit:app") as limit:
            start = time.perf_counter()
            with square.serving(environment, var) as port:
                found["start"] = time.perf_counter() - start
                found |= reads(limit, port, seconds, wanted)
                if not wanted or "checkout_5_lines" in wanted:
                    found["checkout_5_lines"] = orders.per_second(port, CLIENTS)
        if not wanted or "offer_import" in wanted:
            found["offer_import"] = orders.imported()
        if not wanted or "memory" in wanted:
            found["memory"] = megabytes(environment, var)
    return [_row(name, value, found["limit_24_rows"]) for name, value in found.items()]


def _row(name: str, value: float, limit: float) -> Row:
    unit = UNITS.get(name, "requests/s")
    return {"figure": name, "value": round(value, 2), "unit": unit, "ratio": round(value / limit, 4) if unit.endswith("/s") else None}


@contextmanager
def context(environment: dict[str, str]) -> Iterator[None]:
    """This process acts in the same market, by the real verbs."""
    from wsgi import create_app

    before = dict(os.environ)
    os.environ.update({name: environment[name] for name in ("DATABASE_URL", "REDIS_URL", "SANDBOX_URL", "SECRET_KEY", "FLASK_APP")})
    try:
        with create_app().app_context():
            tenancy.act_for([tenancy.MARKET])
            yield
            db.session.remove()
    finally:
        os.environ.clear()
        os.environ.update(before)


def reads(limit: int, port: int, seconds: float, wanted: set[str]) -> dict[str, float]:
    """The limit, and our pages and answers, in turn, round by round; medians."""
    asked = {"limit_24_rows": (limit, [[request("GET", "/rows", {"Host": "localhost"})]] * CLIENTS)}
    people = square.buyers(CLIENTS)
    for name, paths in addresses().items():
        if not wanted or name in wanted:
            headers = _key if name.endswith("_json") else _cookie
            asked[name] = (port, [[request("GET", path, headers(one)) for path in paths] for one in people])
    found: dict[str, list[float]] = {name: [] for name in asked}
    for round_ in range(ROUNDS + 1):
        for name, (where, clients) in asked.items():
            result = load(where, clients, seconds / ROUNDS if round_ else 1.0)
            if round_:
                found[name].append(result["per_second"])
    return {name: statistics.median(values) for name, values in found.items()}


def _key(one: Buyer) -> dict[str, str]:
    return {"Host": one.host, "Authorization": f"Bearer {one.key}"}


def _cookie(one: Buyer) -> dict[str, str]:
    return {"Host": one.host, "Cookie": f"market_session={one.cookie}"}


def addresses() -> dict[str, list[str]]:
    """What a buyer asks for, figure by figure: different lists, words and products, in a fixed order."""
    slugs = db.session.scalars(db.text("SELECT slug FROM brands ORDER BY slug LIMIT 12")).all()
    products = [row["id"] for row in square.variants(150)]
    words = db.session.scalars(db.text(
        "SELECT word FROM (SELECT DISTINCT split_part(name, ' ', 1) || ' ' || split_part(name, ' ', 2) AS word FROM variants) w ORDER BY md5(word) LIMIT 40")).all()
    words = [word.replace(" ", "+").encode("ascii", "ignore").decode() for word in words]
    return {
        "list_json": ["/api/v1/storefront/products", *[f"/api/v1/storefront/products?brand={slug}" for slug in slugs]],
        "list_html": ["/search", *[f"/search?brand={slug}" for slug in slugs]],
        "search_json": [f"/api/v1/storefront/search?q={word}" for word in words],
        "product_json": [f"/api/v1/storefront/products/{id_}" for id_ in products],
        "product_html": [f"/products/{id_}" for id_ in products],
    }


def load(port: int, clients: list[list[bytes]], seconds: float | None) -> dict[str, Any]:
    """Let a process of its own ask. Raises: RuntimeError when an answer was no success."""
    job = json.dumps({"port": port, "seconds": seconds, "clients": [[one.decode() for one in requests] for requests in clients]})
    done = subprocess.run([sys.executable, "-m", "tests.bench.load"], input=job, capture_output=True, text=True, check=True, cwd=square.ROOT)
    found = json.loads(done.stdout)
    if found["wrong"]:
        raise RuntimeError(f"not every answer was a success: {found['wrong']}")
    return found


def megabytes(environment: dict[str, str], var: Path) -> float:
    """Web and worker together, proportional resident memory, after some work."""
    worker = [sys.executable, "-m", "marketplace.operators.worker"]
    with square.serving(environment, var) as port, square.child(worker, environment, var / "worker.log") as working:
        clients = [[request("GET", path, _cookie(one)) for paths in addresses().values() for path in paths[:10] if "/api/" not in path]
                   for one in square.buyers(CLIENTS)]
        load(port, clients, None)
        time.sleep(3)
        web = int(subprocess.run(["pgrep", "-f", f"gunicorn.*127.0.0.1:{port}"], capture_output=True, text=True, check=True).stdout.split()[0])
        return (square.memory(web) + square.memory(working.pid)) / 1024


def scale(var: Path) -> list[Row]:
    """Orders a second while the market grows from 1,000 to 100,000 offers; medians of rounds."""
    rows: list[Row] = []
    for products in (300, 3_000, 30_000):
        home = var / f"scale-{products}"
        with square.open_square(home, products, 1) as environment, context(environment), square.serving(environment, home) as port:
            offers = db.session.scalar(db.text("SELECT count(*) FROM offers"))
            made = statistics.median(orders.per_second(port, CLIENTS) for _ in range(ROUNDS))
            rows.append({"figure": f"checkout_at_{offers}_offers", "value": round(made, 2), "unit": "orders/s", "ratio": None})
    return rows
