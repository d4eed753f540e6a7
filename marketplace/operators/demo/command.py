"""The demo's command; it loads no application."""

from __future__ import annotations

import sys

import click

from marketplace.core import config, services
from marketplace.operators.demo import run


@click.command("demo")
@click.option("--products", type=click.IntRange(min=120), help="How many products a new market gets.")
@click.option("--days", type=click.IntRange(min=1), help="How many days of trade a new market gets.")
@click.option("--with-parent", is_flag=True, help="End when the process that started it is gone, as make does when it is killed.")
def demo(products: int | None, days: int | None, with_parent: bool) -> None:
    """Run the whole market on this machine, with generated data, until Ctrl-C."""
    if with_parent:
        services.die_with_parent()
    size = None if products is None and days is None else (products or 10_000, days or 60)
    try:
        run.run(config.from_environment().var, click.echo, size)
    except run.PROBLEMS as problem:
        click.echo(f"The demo cannot run: {' '.join(str(problem).split())}", err=True)
        sys.exit(1)
