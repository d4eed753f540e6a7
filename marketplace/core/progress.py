"""How far long work is: its rate, the rest of its time, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from marketplace.core import clock


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


def pace(done: int, total: int, began_at: datetime | None, ended_at: datetime | None = None) -> Pace:
    """The pace of `done` of `total` rows since `began_at`, until now when it has not ended."""
    if began_at is None or not done:
        return Pace()
    rate = done / max(((ended_at or clock.now()) - began_at).total_seconds(), 0.001)
    return Pace(round(rate), round(max(total - done, 0) / rate))
