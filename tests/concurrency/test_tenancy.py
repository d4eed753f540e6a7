"""T11: row-level security alone, without any filter of ours: interleaved work on pooled connections sees its own rows only."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from marketplace.core import tenancy
from marketplace.core.db import Base, db
from tests.factories import Market
from tests.house.matrix import World

REQUESTS, THREADS, CONNECTIONS, SEED = 10_000, 8, 4, 20261124
TENANTS = {mapper.local_table.name: mapper.class_.__tenants__ for mapper in Base.registry.mappers if mapper.class_.__tenants__}


@pytest.fixture
def crowd(app, committed):
    """Two worlds, committed, and an application with fewer connections than threads; gives the organizations."""
    worlds = [World(Market()), World(Market())]
    db.session.commit()
    engines = db._app_engines[app]
    usual = engines[None]
    engines[None] = sa.create_engine(usual.url, pool_size=CONNECTIONS, max_overflow=0, pool_reset_on_return="rollback")
    try:
        yield [one.id for world in worlds for one in (world.maker, world.reseller, *world.sellers, *world.buyers)]
    finally:
        db.session.remove()
        engines[None].dispose()
        engines[None] = usual


def look(chance: random.Random, organization: str, seen: Counter) -> int:
    """Read (or write) all rows of a table, unfiltered; how many were somebody else's."""
    table = chance.choice(sorted(TENANTS))
    columns = ", ".join(TENANTS[table])
    if chance.random() < 0.1 and table not in {"ledger_accounts"}:
        column = TENANTS[table][0]
        statement = f"UPDATE {table} SET {column} = {column} RETURNING {columns}"
    else:
        statement = f"SELECT {columns} FROM {table}"
    try:
        found = db.session.execute(sa.text(statement)).all()
    except DBAPIError:
        db.session.rollback()
        return 0
    seen[table] += len(found)
    return sum(organization not in row for row in found)


def leave(chance: random.Random) -> None:
    """End a unit of work in any way it can end."""
    way = chance.choice(["commit", "commit", "rollback", "error", "savepoint"])
    if way == "commit":
        db.session.commit()
    elif way == "rollback":
        db.session.rollback()
    else:
        try:
            if way == "savepoint":
                with db.session.begin_nested(), tenancy.as_market():
                    db.session.execute(sa.text("SELECT 1 / 0"))
            db.session.execute(sa.text("SELECT 1 / 0"))
        except DBAPIError:
            db.session.rollback()


def interleave(app, organizations: list[str], requests: int) -> tuple[int, Counter]:
    """Wrong rows, and rows seen by table."""
    wrong, seen, lock = [0], Counter(), threading.Lock()

    def one(number: int) -> None:
        chance = random.Random(SEED + number)
        mine = Counter()
        with app.app_context():
            try:
                if chance.random() < 0.2:  # work that forgot to say for whom it is
                    table = chance.choice(sorted(TENANTS))
                    with db.engine.connect() as connection:
                        count = len(connection.execute(sa.text(f"SELECT 1 FROM {table}")).all())
                else:
                    organization = chance.choice(organizations)
                    tenancy.act_for([organization])
                    count = look(chance, organization, mine) + look(chance, organization, mine)
                    leave(chance)
            finally:
                tenancy.forget()
                db.session.remove()
        with lock:
            wrong[0] += count
            seen.update(mine)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(requests)))
    return wrong[0], seen


def test_without_filters_everybody_sees_their_own_rows_only(app, crowd):
    wrong, seen = interleave(app, crowd, REQUESTS)
    assert wrong == 0, f"seed {SEED}"
    assert len([table for table in TENANTS if seen[table]]) >= 20, seen


def test_a_tenant_set_for_the_connection_instead_of_the_transaction_is_noticed(app, crowd, monkeypatch):
    monkeypatch.setattr(tenancy, "_SET", "SELECT set_config('app.org', %s, false)")
    wrong, _ = interleave(app, crowd, 400)
    assert wrong > 0


def test_nobody_writes_rows_in_anothers_name(app, crowd):
    tenancy.act_for([crowd[0]])
    with pytest.raises(DBAPIError, match="row-level security"):
        db.session.execute(sa.text("INSERT INTO addresses (id, organization_id, label, name, line1, postcode, city, country)"
                                   " VALUES ('adr_x', :other, 'x', 'x', 'x', '1', 'x', 'DE')"), {"other": crowd[-1]})
    db.session.rollback()
