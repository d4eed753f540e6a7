"""Migrations run as the owner of the schema, with a short wait for locks."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import context
from alembic.util import CommandError

import wsgi  # noqa: F401 - every model belongs to the metadata
from marketplace.core import config, outage
from marketplace.core.db import Base

TIMEOUTS = ("SET lock_timeout = '5s'", "SET statement_timeout = '1h'")


def run() -> None:
    """Migrate online; the owner's address is OWNER_DATABASE_URL, else DATABASE_URL. Raises: CommandError when that cannot be."""
    url = os.environ.get("OWNER_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not url:
        raise CommandError(outage.NOT_SET)
    try:
        migrate(url)
    except sa.exc.DBAPIError as error:
        if (said := outage.told(error)) is None:
            raise
        raise CommandError(said) from None


def migrate(url: str) -> None:
    """Bring the schema to the newest version, or where the command says."""
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
