"""The second wall: row-level security by organization, in the database itself.

A transaction carries the organizations it acts for in the setting ``app.org``: a comma-separated
list of ids, or ``*`` for the market's own work (routing, money, jobs, the operator). Nothing set
means nothing is seen. The setting is local to the transaction, so a pooled connection never keeps it; it is sent
right before the first statement that needs it, so switching back and forth costs nothing by itself.
The first wall is `identity.access`: roles are checked in the verbs.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction

from marketplace.core.db import Base, db

MARKET = "*"
NO_SESSION = object()
BRACKETS = ("SAVEPOINT ", "ROLLBACK ", "RELEASE ")
_acting: ContextVar[str] = ContextVar("acting_for", default="")
_told: WeakKeyDictionary[Connection, str | None] = WeakKeyDictionary()
"""Whom the database was last told of, by the sessions' connections; None when that is not known."""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION app_is_market() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT current_setting('app.org', true) = '*' $$;
CREATE OR REPLACE FUNCTION app_orgs() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT string_to_array(nullif(current_setting('app.org', true), ''), ',') $$;
"""


def acting_for() -> str:
    """The organizations this unit of work acts for, as the database is told them."""
    return _acting.get()


def act_for(organizations: Iterable[str]) -> None:
    """Set, for the rest of this unit of work, whose rows can be seen and written."""
    _acting.set(",".join(organizations))


@contextmanager
def acting(organizations: Iterable[str]) -> Iterator[None]:
    """Act for `organizations` within a block, then as before."""
    with _switched(",".join(organizations)):
        yield


@contextmanager
def as_market() -> Iterator[None]:
    """Do the market's own work within a block: every row is seen. Narrow what you give back."""
    with _switched(MARKET):
        yield


def forget() -> None:
    """Act for nobody; called between units of work."""
    _acting.set("")


@contextmanager
def _switched(value: str) -> Iterator[None]:
    before = _acting.get()
    if before == value:
        yield
        return
    _acting.set(value)
    try:
        yield
        db.session.flush()
    finally:
        _acting.set(before)


_SET = "SELECT set_config('app.org', %s, true)"


@event.listens_for(Session, "after_begin")
def _begun(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """From here on the session's statements on this connection are made for whoever acts; a new transaction was told of nobody."""
    _told[connection] = None if connection.in_nested_transaction() else ""


@event.listens_for(Engine, "before_cursor_execute")
def _tell_database(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
    """Before a statement, tell the database for whom it is, unless it knows."""
    told, acting = _told.get(connection, NO_SESSION), _acting.get()
    if told not in (acting, NO_SESSION) and not statement.startswith(BRACKETS):
        _told[connection] = acting
        try:
            connection.exec_driver_sql(_SET, (acting,))  # by SQLAlchemy, so that a lost connection is known as one
        except BaseException:
            _told[connection] = None
            raise


@event.listens_for(Engine, "rollback_savepoint")
def _unsure(connection: Connection, name: str, context: None) -> None:
    """The database has gone back to whom it was told of before the savepoint: tell it again."""
    if connection in _told:
        _told[connection] = None


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _ended(connection: Connection) -> None:
    _told.pop(connection, None)


def policies() -> list[str]:
    """The statements that put every tenant table behind its policy, for a migration.

    Shapes:  three statements a table, tables in name order.
    Source:  trust.md T11: FORCE, so that even an owner's mistake is caught.
    """
    tenants = {m.class_.__tablename__: m.class_.__tenants__ for m in Base.registry.mappers if m.class_.__tenants__}
    return [statement for table in sorted(tenants) for statement in policy(table, tenants[table])]


def policy(table: str, columns: tuple[str, ...]) -> list[str]:
    """The statements for one table whose `columns` name the organizations that may see a row."""
    mine = " OR ".join(f"{column} = ANY ((SELECT app_orgs())::text[])" for column in columns)
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ((SELECT app_is_market()) OR {mine})",
    ]
