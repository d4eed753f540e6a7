"""What the demo's database holds: nothing, half a demo, a whole one, or somebody's own market.

The fill marks its beginning and its end in the audit trail, each in a transaction of its own. Only what is marked as
begun is ever cleared; a market that no demo began is left alone.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

BEGAN, FILLED = "demo.began", "demo.filled"
VERSIONS = Path(__file__).parents[3] / "migrations" / "versions"


class State(StrEnum):
    """How far the database is."""

    NEW = "new"
    HALF = "half"
    WHOLE = "whole"
    FOREIGN = "foreign"


class Refused(RuntimeError):
    """The demo does not start on this database; the message says why and what to do."""


def state(owner_url: str) -> State:
    """What the database holds now."""
    with psycopg.connect(owner_url, connect_timeout=10) as connection:
        if connection.execute("SELECT to_regclass('public.audit_entries')").fetchone() == (None,):
            return State.NEW
        marks = {row[0] for row in connection.execute("SELECT action FROM audit_entries WHERE action = ANY(%s)", [[BEGAN, FILLED]])}
        if marks:
            return State.WHOLE if FILLED in marks else State.HALF
        connection.execute("SELECT set_config('app.org', '*', true)")
        return State.FOREIGN if connection.execute("SELECT 1 FROM organizations LIMIT 1").fetchone() else State.NEW


def clear(owner_url: str) -> None:
    """Drop everything that half a demo left. Effects: the schema is empty."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def migrated(owner_url: str) -> bool:
    """Whether the schema is this checkout's newest."""
    texts = [path.read_text() for path in VERSIONS.glob("*.py")]
    found = [set(re.findall(rf"^{name} = ['\"](\w+)['\"]", "\n".join(texts), re.M)) for name in ("revision", "down_revision")]
    with psycopg.connect(owner_url, connect_timeout=10) as connection:
        if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
            return False
        return {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")} == found[0] - found[1]


def analyze(owner_url: str) -> None:
    """Give the planner its figures after a bulk load: without them a price takes ten times as long."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def harmless_role(owner_url: str, password: str) -> str:
    """The address for serving, when only the owner's was given: a role of the application's own that owns nothing.

    Effects: the role is made, or its password renewed. Raises: Refused when the owner may not make roles.
    """
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=10) as connection:
        role = f"{connection.info.dbname}_app"
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        order = sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
            sql.SQL("ALTER" if known else "CREATE"), sql.Identifier(role), sql.Literal(password))
        try:
            connection.execute(order)
        except psycopg.errors.InsufficientPrivilege:
            raise Refused("The market serves as a role that owns nothing, and the role of DATABASE_URL may not make one: "
                          "give the owner as OWNER_DATABASE_URL, and a second role as DATABASE_URL.") from None
    parts = urlsplit(owner_url)
    return parts._replace(netloc=f"{quote(role)}:{password}@{parts.netloc.rpartition('@')[2]}").geturl()
