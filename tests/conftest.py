"""One real PostgreSQL and Valkey for the whole session; each test lives in a savepoint of its own.

`app` serves as the application's own role, so row-level security holds in every test. `committed`
is for tests where several connections meet: it commits for real and empties the tables afterwards.
"""

from __future__ import annotations

import dataclasses
import os

import pytest
import sqlalchemy as sa

from marketplace.core import config, mishaps, schema, services, tenancy
from marketplace.core.db import Base, db
from tests import loopback
from tests.factories import Market
from tests.web import Browserless

os.environ.setdefault("MARKETSQUARE_ENV", "test")


@pytest.fixture(scope="session", autouse=True)
def no_network():
    """Nothing but this machine is reached."""
    with pytest.MonkeyPatch.context() as patch:
        loopback.only(patch)
        yield


@pytest.fixture(autouse=True)
def no_mishaps(monkeypatch):
    """A part that fails where the market would go on without it fails the test."""
    monkeypatch.setattr(mishaps, "listeners", [_raise])


def _raise(room, part, error):
    raise AssertionError(f"{part} of {room} failed") from error


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    with services.running(tmp_path_factory.mktemp("var"), fast=True) as running:
        yield running


@pytest.fixture(scope="session")
def owner(servers):
    engine = sa.create_engine(config.psycopg_url(servers.owner_url))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def app(servers, owner, tmp_path_factory):
    from wsgi import create_app

    settings = dataclasses.replace(
        config.from_environment(), database_url=servers.database_url, redis_url=servers.redis_url,
        environment="test", var=tmp_path_factory.mktemp("app"), counts_seconds=0,
    )
    app = create_app(settings)
    with owner.begin() as connection:
        role = sa.make_url(servers.database_url).username
        connection.execute(sa.text("DROP SCHEMA IF EXISTS public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
        for statement in schema.before_tables():
            connection.exec_driver_sql(statement)
        Base.metadata.create_all(connection)
        for statement in schema.after_tables(role):
            connection.exec_driver_sql(statement)
    app.test_client_class = Browserless
    return app


@pytest.fixture
def session(app):
    """The session of the test, as the market; everything is rolled back afterwards."""
    with app.app_context():
        engines = db._app_engines[app]
        engine = engines[None]
        connection = engine.connect()
        transaction = connection.begin()
        engines[None] = connection
        db.session.remove()
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        tenancy.act_for([tenancy.MARKET])
        try:
            yield db.session
        finally:
            db.session.remove()
            tenancy.forget()
            transaction.rollback()
            connection.close()
            engines[None] = engine


@pytest.fixture
def committed(app, owner):
    """A session that commits for real, for tests with several connections; tables are emptied after."""
    with app.app_context():
        db.session.remove()
        db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
        tenancy.act_for([tenancy.MARKET])
        try:
            yield db.session
        finally:
            db.session.remove()
            tenancy.forget()
            empty(owner)


def empty(engine: sa.Engine) -> None:
    """Empty every table, as their owner."""
    with engine.begin() as connection:
        for table in schema.APPEND_ONLY:
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(sa.text("TRUNCATE " + ", ".join(Base.metadata.tables) + " CASCADE"))
        for table in schema.APPEND_ONLY:
            connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


@pytest.fixture
def market(session) -> Market:
    return Market()


@pytest.fixture
def client(app, session):
    """`client()` is a guest on the market's host; `client(user, host=…)` is signed in there."""

    def make(user=None, host: str = "localhost", **options):
        browser = app.test_client(host=host)
        if user is not None:
            browser.sign_in(user, **options)
        return browser

    return make
