"""The one clock. Everything that asks the time asks here, so tests and the demo can live in another hour.

The database's own ``now()`` is not used: a moment is decided once, by the application, in UTC.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

YEARS = range(2000, 2200)
"""Those that a business can mean; days far off would leave the calendar once a term is added to them."""
_shift: ContextVar[timedelta] = ContextVar("clock_shift", default=timedelta(0))


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC) + _shift.get()


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def today() -> date:
    """The present day, in UTC."""
    return now().date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Live at `moment` for the length of a block; the clock keeps running from there."""
    token = _shift.set(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _shift.reset(token)
