"""How far long work is: its rate, the rest of its time, and what it waits for; and the newest of it, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core import clock
from marketplace.core.db import Query, db


class Stage(StrEnum):
    """What unfinished work waits for."""

    RUNNING = "running"
    """A worker."""
    WAITING = "waiting"
    """A person: to say what the columns mean, to approve."""
    STOPPED = "stopped"
    """The operator: it failed too often, and stands among the dead letters."""


@dataclass(frozen=True)
class Pace:
    """Rows a second and the seconds that the rest will take; both None before anything is done."""

    rate: int | None = None
    rest: int | None = None


def newest(query: Query, by: InstrumentedAttribute[str], before: tuple[str, str | None], limit: int) -> list[Any]:
    """The newest entities of `query` by their id `by`.

    Shapes:  before is the prefix of these ids and a place in time, which is the rest of any id; with it, only those made before.
    """
    prefix, place = before
    if place:
        query = query.where(by < f"{prefix}_{place}")
    return list(db.session.scalars(query.order_by(by.desc()).limit(limit)))


def pace(done: int, total: int, began_at: datetime | None, ended_at: datetime | None = None) -> Pace:
    """The pace of `done` of `total` rows since `began_at`, until now when it has not ended."""
    if began_at is None or not done:
        return Pace()
    rate = done / max(((ended_at or clock.now()) - began_at).total_seconds(), 0.001)
    return Pace(round(rate), round(max(total - done, 0) / rate))
