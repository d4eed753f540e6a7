"""Migrations run as the owner of the schema, with a short wait for locks."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import context

import wsgi  # noqa: F401 - every model belongs to the metadata
from marketplace.core import config
from marketplace.core.db import Base

TIMEOUTS = ("SET lock_timeout = '5s'", "SET statement_timeout = '1h'")


def run() -> None:
    """Migrate online; the owner's address is OWNER_DATABASE_URL, else DATABASE_URL."""
    url = os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
    engine = sa.create_engine(config.psycopg_url(url), poolclass=sa.NullPool)
    with engine.connect() as connection:
        for setting in TIMEOUTS:
            connection.execute(sa.text(setting))
        connection.commit()
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def show() -> None:
    """Print the SQL instead, for `flask db upgrade --sql`; no database is asked."""
    context.configure(dialect_name="postgresql", transaction_per_migration=True, literal_binds=True)
    for setting in TIMEOUTS:
        context.execute(setting)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    show()
else:
    run()
