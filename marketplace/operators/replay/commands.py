"""`flask replay`: a real year of a wholesaler's invoices on this market, on an empty database or from nothing."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from marketplace.core.errors import MarketError
from marketplace.operators.replay import lines, report, run

EVERY = 500


@click.group("replay")
def replay() -> None:
    """Sell a file of real invoices on this market, by the real verbs."""


@replay.command("orders")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="Only the first invoices.")
@with_appcontext
def orders(file: Path, limit: int | None) -> None:
    """Replay the invoices of FILE on an empty market, and report."""
    try:
        invoices = lines.read(file, limit)
        with Progress(file.name, len(invoices)) as progress:
            done = run.orders(current_app.config["SETTINGS"], invoices, progress.reached)
    except MarketError as refused:
        raise click.ClickException(refused.message) from None
    for line in report.lines(done):
        click.echo(line)
    sys.exit(0 if done.is_sound else 1)


@replay.command("market")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="Only the first invoices.")
@with_appcontext
def market(file: Path, limit: int | None) -> None:
    """Replay FILE from nothing, on servers and a database of its own, and verify what it came to."""
    arguments = [str(file.resolve()), *(["--limit", str(limit)] if limit else [])]
    sys.exit(run.market(current_app.config["SETTINGS"].var / "replay", arguments, click.echo))


class Progress:
    """A bar with count, rate and rest time on a terminal; elsewhere a line now and then."""

    def __init__(self, name: str, length: int) -> None:
        self.bar = click.progressbar(length=length, label=name, file=sys.stderr, show_pos=True, item_show_func=lambda rate: rate)
        self.length, self.done, self.started = length, 0, time.perf_counter()

    def __enter__(self) -> Progress:
        self.bar.__enter__()
        return self

    def __exit__(self, *gone: object) -> None:
        self.bar.__exit__(None, None, None)

    def reached(self, number: int) -> None:
        """So many are done."""
        seconds = time.perf_counter() - self.started
        rate = f"{number / seconds:.1f}/s"
        self.bar.update(number - self.done, rate)
        self.done = number
        if not sys.stderr.isatty() and (number % EVERY == 0 or number == self.length):
            click.echo(f"{number} of {self.length}, {rate}, {(self.length - number) * seconds / number:.0f} s left", err=True)
