"""An empty schema, migrated, has every table, column, index and policy that the models ask for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from marketplace.core import config, tenancy
from marketplace.core.db import Base
from tests.house.lints import ROOT

SHAPE = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "invalid": "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                       WHERE connamespace = 'public'::regnamespace""",
    "policies": "SELECT tablename, policyname, qual, with_check FROM pg_policies WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
                " WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND probin IS NULL",
    "grants": "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants WHERE table_schema = 'public'",
}


@pytest.fixture
def fresh(servers) -> Iterator[str]:
    """The owner's address of an empty database of its own."""
    admin = sa.make_url(config.psycopg_url(servers.owner_url)).set(username="postgres", database="postgres")
    engine = sa.create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE fresh OWNER marketsquare_owner"))
        yield servers.owner_url.rpartition("/")[0] + "/fresh"
        connection.execute(sa.text("DROP DATABASE fresh WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def flask_db(fresh, servers):
    """Runs a `flask db` command there, as its owner."""
    environment = {**os.environ, "OWNER_DATABASE_URL": fresh, "DATABASE_URL": servers.database_url, "FLASK_APP": "wsgi"}

    def run(*words: str) -> None:
        done = subprocess.run([sys.executable, "-m", "flask", "db", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]

    return run


@pytest.fixture
def migrated(app, flask_db, fresh):
    """A connection to that database, migrated from nothing."""
    flask_db("upgrade")
    engine = sa.create_engine(config.psycopg_url(fresh))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def shape(connection) -> dict[str, list[tuple]]:
    """Everything that the schema is made of."""
    with connection.begin():
        return {name: sorted(map(repr, connection.execute(sa.text(query)))) for name, query in SHAPE.items()}


def test_down_and_up_again_leads_to_the_same_schema(migrated, flask_db):
    before = shape(migrated)
    assert before["invalid"] == []
    assert all(before[name] for name in before if name != "invalid")
    flask_db("downgrade", "base")
    assert [row for row in shape(migrated)["columns"] if "alembic_version" not in row] == []
    flask_db("upgrade")
    assert shape(migrated) == before


def test_the_migrations_lead_to_what_the_models_say(migrated):
    context = MigrationContext.configure(migrated, opts={"compare_type": True})
    assert [difference for difference in compare_metadata(context, Base.metadata) if "alembic_version" not in str(difference)] == []


def test_every_tenant_table_is_behind_its_policy(migrated):
    forced = set(migrated.scalars(sa.text(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity")))
    policed = set(migrated.scalars(sa.text("SELECT tablename FROM pg_policies WHERE schemaname = 'public'")))
    wanted = {mapper.local_table.name for mapper in Base.registry.mappers if mapper.class_.__tenants__}
    assert (forced, policed) == (wanted, wanted)
    assert len(tenancy.policies()) == 3 * len(wanted)
