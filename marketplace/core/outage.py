"""A database that does not serve: whether that is so, and what a person can do about it, in one line."""

from __future__ import annotations

import os

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError

NOT_SET = "DATABASE_URL is not set. While a demo runs, `. var/demo.env` sets it."
NOT_LAID = "The schema is not laid, or is an older one: run `flask db upgrade` as its owner."
NOT_OWNER = "The role may not do this. The schema's owner migrates: give its address as OWNER_DATABASE_URL."

UNSERVED = ("08", "53", "57P")
"""Classes of what a server says that lost its client, lacks disk, memory or connections, or shuts down."""


def unserved(error: DBAPIError | psycopg.Error) -> bool:
    """Whether the database does not serve: what it did not say itself, the connection did, lost, not got, or left in the middle."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    return isinstance(cause, psycopg.OperationalError) and (state is None or state.startswith(UNSERVED))


def told(error: DBAPIError | psycopg.Error) -> str | None:
    """What to do about it; None for what is a fault of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = " ".join(str(cause).split())
    if isinstance(cause, errors.UndefinedTable):
        return NOT_LAID
    if isinstance(cause, errors.InsufficientPrivilege):
        return f"{NOT_OWNER} ({said})"
    if not unserved(error):
        return None
    return f"The database does not answer: {said}" + ("" if os.environ.get("DATABASE_URL") else f" {NOT_SET}")
