"""Follow-up work, written in the business transaction that asks for it.

PostgreSQL owns the work, Redis is only the doorbell: after the commit the topic's bell is rung,
and a lost or repeated ring does no harm (`core/jobs.py` drains and sweeps).
Invariants: a key is published once; a row is done, dead, or due again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, and_, event, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core import batch, clock
from marketplace.core.db import Base, Json, Moment, PrimaryKey, Words, db
from marketplace.core.ids import new_id

Handler = Callable[[Mapping[str, Any]], None]
handlers: dict[str, Handler] = {}
doorbells: list[Callable[[set[str]], None]] = []


class OutboxRow(Base):
    """One piece of work for one topic."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "topic", "next_at", postgresql_where=text("done_at IS NULL AND dead_at IS NULL")),
    )
    id: Mapped[PrimaryKey]
    topic: Mapped[Words]
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[Json]
    next_at: Mapped[Moment]
    lease_until: Mapped[Moment | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[Words | None]
    created_at: Mapped[Moment]
    done_at: Mapped[Moment | None]
    dead_at: Mapped[Moment | None]


def publish(topic: str, key: str, payload: Mapping[str, Any], at: datetime | None = None) -> None:
    """Ask for work on `topic`, once per `key`, not before `at` (now when None).

    Effects: one outbox row in the caller's transaction; the bell rings after its commit.
    """
    publish_all([(topic, key, payload, at)])


def publish_all(rows: list[tuple[str, str, Mapping[str, Any], datetime | None]]) -> None:
    """Ask for several pieces of work in one statement: (topic, key, payload, at or None)."""
    if not rows:
        return
    moment = clock.now()
    values = [
        {"id": new_id("out"), "topic": topic, "key": key, "payload": dict(payload),
         "next_at": at or moment, "attempts": 0, "created_at": moment}
        for topic, key, payload, at in rows
    ]
    batch.insert(OutboxRow, values, or_nothing_on=("key",))
    db.session.info.setdefault("topics", set()).update(topic for topic, _, _, at in rows if at is None)


def outcomes(beginnings: list[str]) -> dict[str, bool]:
    """Whether some of the work whose keys begin so is dead, by beginning; what was never asked for is left out. One statement.

    A beginning ends with a colon; the range up to the next character goes by the index of keys.
    """
    if not beginnings:
        return {}
    ranges = [and_(OutboxRow.key >= begins, OutboxRow.key < begins[:-1] + ";") for begins in beginnings]
    found: dict[str, bool] = {}
    for key, dead_at in db.session.execute(select(OutboxRow.key, OutboxRow.dead_at).where(or_(*ranges))):
        beginning = next(begins for begins in beginnings if key.startswith(begins))
        found[beginning] = found.get(beginning, False) or dead_at is not None
    return found


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    topics = session.info.pop("topics", set())
    if topics:
        for doorbell in doorbells:
            doorbell(topics)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("topics", None)
