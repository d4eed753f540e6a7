"""`flask channel rebuild`: the daily facts made anew from the channel's events."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from marketplace.analytics import facts
from marketplace.core import clock, jobs

MOST_DAYS = 36_500


@click.group("channel")
def channel() -> None:
    """Look after the channel's numbers."""


@channel.command("rebuild")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=400, show_default=True, help="How many days back from today.")
def rebuild(days: int) -> None:
    """Make the daily facts anew; the numbers stay the same."""
    until: datetime = clock.now()
    jobs.at_once(lambda: facts.rebuild((until - timedelta(days=days)).date(), until.date()))
    click.echo(f"{days} days rebuilt")
