"""Migrations run as the owner of the schema, with a short wait for locks."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import context

import wsgi  # noqa: F401 - every model belongs to the metadata
from marketplace.core import config
from marketplace.core.db import Base


def run() -> None:
    """Migrate online; the owner's address is OWNER_DATABASE_URL, else DATABASE_URL."""
    url = os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
    engine = sa.create_engine(config.psycopg_url(url), poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
