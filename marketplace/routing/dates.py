"""Promised dates: working days, Monday to Friday. Public holidays are not known here."""

from __future__ import annotations

from datetime import date, timedelta

FRIDAY = 4


def after_working_days(day: date, days: int) -> date:
    """The working day that lies `days` (>= 0) working days after `day`; a weekend counts as its Friday."""
    if day.weekday() > FRIDAY:
        day -= timedelta(days=day.weekday() - FRIDAY)
    weeks, rest = divmod(days, 5)
    day += timedelta(weeks=weeks)
    if day.weekday() + rest > FRIDAY:
        rest += 2
    return day + timedelta(days=rest)
