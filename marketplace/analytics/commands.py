"""`flask channel rebuild` and `flask analytics scores`: what is kept of the past, made anew from what happened."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from marketplace.analytics import facts, scores
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


@click.group("analytics")
def analytics() -> None:
    """Look after the sellers' scores."""


@analytics.command("scores")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=1, show_default=True, help="How many days up to today.")
def compute_scores(days: int) -> None:
    """Compute the sellers' scores anew; days that are over keep their numbers."""
    until = clock.today()
    count = jobs.at_once(lambda: scores.compute(until - timedelta(days=days - 1), until))
    click.echo(f"{count} scores of {days} days computed")
