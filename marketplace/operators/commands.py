"""The market's command line: verify, worker, demo, replay."""

from __future__ import annotations

import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from marketplace.core import tenancy
from marketplace.operators import checks
from marketplace.web import worker

ops = AppGroup("ops", help="Look after the market.")


def register(app: Flask) -> None:
    """Put the commands on `app`."""
    app.cli.add_command(ops)
    app.cli.add_command(work)


@ops.command("verify")
def verify() -> None:
    """Recompute ledger, stock, orders and balances; say what was compared, and every break."""
    tenancy.act_for([tenancy.MARKET])
    found = checks.run_all()
    for check in found:
        click.echo(f"{check.name}: {check.compared} compared, {len(check.breaks)} breaks")
        for line in check.breaks:
            click.echo(f"  {line}")
    if any(check.breaks for check in found):
        sys.exit(1)
    click.echo("balanced")


@click.command("worker")
@with_appcontext
def work() -> None:
    """Do follow-up work until told to stop."""
    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]
