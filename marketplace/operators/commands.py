"""The market's command line: verify, worker, demo, replay."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
import psycopg
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import Migrate
from sqlalchemy.exc import DBAPIError

from marketplace.analytics.commands import analytics, channel
from marketplace.catalog.commands import catalog
from marketplace.core import jobs, outage, tenancy
from marketplace.core.checks import Check
from marketplace.core.db import db
from marketplace.core.errors import MarketError
from marketplace.identity.models import Kind
from marketplace.operators import checks, service, worker
from marketplace.operators.demo import database, fill, goods, trade
from marketplace.operators.demo.command import demo
from marketplace.operators.replay.commands import replay
from marketplace.payments import comparison, doctor, reconcile
from marketplace.web.sandbox.app import command as sandbox

MIGRATIONS = Path(__file__).parents[2] / "migrations"
ops = AppGroup("ops", help="Look after the market.")
payments = AppGroup("payments", help="Look after the payment provider.")


def register(app: Flask) -> None:
    """Put the commands on `app`."""
    Migrate(app, db, directory=str(MIGRATIONS))
    for command in (ops, payments, catalog, channel, analytics, work, demo, sandbox, demo_data, replay):
        app.cli.add_command(_told(command))


def _told(command: click.Command) -> click.Command:
    """The command, which says in one line that the database does not serve it."""
    invoke = command.invoke

    def telling(context: click.Context) -> object:
        try:
            return invoke(context)
        except (DBAPIError, psycopg.Error) as error:
            if (said := outage.told(error)) is None:
                raise
            raise click.ClickException(said) from None

    command.invoke = telling  # type: ignore[method-assign, assignment]
    return command


@ops.command("verify")
@click.option("--newest", type=click.IntRange(min=1), default=comparison.LIMIT, help="How many charges, refunds and transfers to compare with the provider's.")
def verify(newest: int) -> None:
    """Recompute ledger, stock, orders and balances, ours and the provider's; say what was compared, and every break."""
    _tell(jobs.at_once(lambda: checks.verify("command", newest)), "balanced")


@payments.command("doctor")
def payments_doctor() -> None:
    """Check keys, webhook secret, endpoint and capabilities at the payment provider; say what is missing."""
    tenancy.act_for([tenancy.MARKET])
    _tell(doctor.run(), "ready to take payments")


def _tell(found: list[Check], well: str) -> None:
    for check in found:
        click.echo(f"{check.name}: {check.compared} compared, {len(check.breaks)} breaks")
        for line in check.breaks:
            click.echo(f"  {line}")
    if any(check.breaks for check in found):
        sys.exit(1)
    click.echo(well)


@ops.command("company")
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("name")
@click.argument("email")
@click.option("--country", default="DE", help="Two letters.")
@click.option("--currency", default="EUR", help="Three letters.")
@click.option("--host", default="", help="Of a reseller: the host name of its storefront.")
@click.option("--reseller", default="", help="Of a buyer: the slug of the reseller it buys through.")
@click.password_option(help="Asked for when it is not given.")
def company(kind: str, name: str, email: str, password: str, **where: str) -> None:
    """Bring a company and its first person in; the first operator, too. Said twice, nothing is doubled."""
    click.echo(_done(lambda: service.bring_in(Kind(kind), name, (email, password), **where)))


@ops.command("commission")
@click.argument("percent")
@click.option("--tax", default="0", help="Tax on the commission, in percent.")
@click.option("--currency", default="EUR", help="Three letters.")
@click.option("--seller", default="", help="Only of the seller with this slug.")
def take(percent: str, **where: str) -> None:
    """Say what part of the sellers' prices the operator takes from now on, in percent."""
    click.echo(_done(lambda: service.take_commission(percent, **where)))


def _done(work: Callable[[], str]) -> str:
    try:
        return jobs.at_once(work)
    except MarketError as refusal:
        raise click.ClickException(refusal.message) from None


@ops.command("reconcile")
def reconcile_payments() -> None:
    """Ask the provider about every payment that still waits, as after lost messages; the work is done at once."""
    count = jobs.at_once(reconcile.ask)
    jobs.drain(reconcile.TOPIC)
    click.echo(f"{count} waiting payments looked at")


@click.command("worker")
def work() -> None:
    """Do follow-up work until told to stop."""
    os.execv(sys.executable, [sys.executable, "-m", worker.__name__])  # noqa: S606 - the lighter process, in this one's place


@click.command("demo-data")
@click.option("--products", type=click.IntRange(min=120), default=goods.PRODUCTS, help="How many products.")
@click.option("--days", type=click.IntRange(min=1), default=trade.DAYS, help="How many days of trade.")
@with_appcontext
def demo_data(products: int, days: int) -> None:
    """Fill an empty market with generated companies, goods and trade."""
    if database.state(current_app.config["SETTINGS"].database_url) is not database.State.NEW:
        raise click.ClickException("This market is not empty: generated data would mix with what is there.")
    tenancy.act_for([tenancy.MARKET])
    shown: dict[str, int] = {}

    def tell(what: str, done: int, of: int) -> None:
        if shown.setdefault(what, 0) <= done * 10 // of - 1:
            shown[what] = done * 10 // of
            click.echo(f"  {done:>6} of {of} {what}")

    count = fill.run(current_app.config["SETTINGS"], tell, (products, days))
    click.echo(f"  {count} orders placed")
