"""An empty schema, migrated, has every table, column, index and policy that the models ask for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from marketplace.core import config, tenancy
from marketplace.core.db import Base
from tests.house.lints import ROOT


@pytest.fixture
def migrated(app, servers, owner):
    """A connection to a schema of its own, migrated from nothing by its owner."""
    with owner.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA IF EXISTS fresh CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA fresh"))
    url = servers.owner_url + "?options=-csearch_path%3Dfresh,public"
    environment = {**os.environ, "OWNER_DATABASE_URL": url, "DATABASE_URL": servers.database_url, "FLASK_APP": "wsgi"}
    done = subprocess.run([sys.executable, "-m", "flask", "db", "upgrade"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    engine = sa.create_engine(config.psycopg_url(url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA fresh CASCADE"))


def test_the_migrations_lead_to_what_the_models_say(migrated):
    context = MigrationContext.configure(migrated, opts={"compare_type": True})
    assert [difference for difference in compare_metadata(context, Base.metadata) if "alembic_version" not in str(difference)] == []


def test_every_tenant_table_is_behind_its_policy(migrated):
    forced = set(migrated.scalars(sa.text(
        "SELECT relname FROM pg_class WHERE relnamespace = 'fresh'::regnamespace AND relrowsecurity AND relforcerowsecurity")))
    policed = set(migrated.scalars(sa.text("SELECT tablename FROM pg_policies WHERE schemaname = 'fresh'")))
    wanted = {mapper.local_table.name for mapper in Base.registry.mappers if mapper.class_.__tenants__}
    assert (forced, policed) == (wanted, wanted)
    assert len(tenancy.policies()) == 3 * len(wanted)
