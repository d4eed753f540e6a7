"""The two ways to replay: on the database at hand, or from nothing on servers of its own, ended by `flask ops verify`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from marketplace.core import clock, jobs, outbox, services
from marketplace.core.config import Settings
from marketplace.core.db import db
from marketplace.core.errors import Conflict
from marketplace.identity.models import Organization
from marketplace.operators.demo import paying, processes
from marketplace.operators.demo import run as demo
from marketplace.operators.replay import goods, provider, report, trade, world
from marketplace.operators.replay.lines import Invoice
from marketplace.operators.replay.report import Report
from marketplace.payments.models import Transfer

PAYOUTS_WITHIN = 120.0
Tell = Callable[[int], None]


class NotEmpty(Conflict):
    """The market at hand has companies."""

    code = "market_not_empty"
    message = "A replay needs an empty market: use a database of its own, as make replay does."


def orders(settings: Settings, invoices: list[Invoice], tell: Tell) -> Report:
    """Replay these invoices on the empty market at hand. Effects: everything they lead to. Raises: NotEmpty, ImportFailed."""
    if jobs.at_once(lambda: db.session.scalar(select(func.count()).select_from(Organization))):
        raise NotEmpty
    outbox.doorbells.clear()  # no worker is to take work that belongs to another year
    with provider.listening(int(os.environ.get("PUBLIC_PORT", "8000"))) as inbox:
        with clock.at(invoices[0].at - timedelta(days=1)):
            people, brought = _opened(settings, invoices)
        trading = trade.Trade(people, brought.variants, inbox)
        started = time.perf_counter()
        with _stoppable(trading):
            invoices = trade.run(trading, invoices, tell)
        seconds = time.perf_counter() - started
        with clock.at(invoices[-1].at + timedelta(days=365)):
            _wait_for_payouts(trading)
            return jobs.at_once(lambda: report.of(trading, brought, invoices, seconds))


@contextmanager
def _stoppable(trading: trade.Trade) -> Iterator[None]:
    """Let Ctrl-C end the trade early and in good order."""

    def stop(*_: object) -> None:
        trading.stopping = True

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _opened(settings: Settings, invoices: list[Invoice]) -> tuple[world.World, goods.Goods]:
    good = [invoice for invoice in invoices if not invoice.refusal]
    people = jobs.at_once(lambda: world.make(f"replay.{settings.base_domain}"))
    jobs.at_once(lambda: world.add_customers(people, good))
    paying.open_accounts([*people.sellers.values(), people.reseller])
    return people, goods.bring(people, good)


def _wait_for_payouts(trading: trade.Trade) -> None:
    """The provider pays out in rounds of its own, some seconds apart; wait until none of the transfers is left."""
    end_at = time.monotonic() + PAYOUTS_WITHIN
    left = select(func.count()).select_from(Transfer).where(Transfer.status == "sent", Transfer.gateway != "bank", Transfer.payout_id.is_(None))
    trade.settle(trading)
    while jobs.at_once(lambda: db.session.scalar(left)) and time.monotonic() < end_at:
        time.sleep(0.2)
        trade.settle(trading)


def market(var: Path, arguments: list[str], say: Callable[[str], None]) -> int:
    """Replay from nothing on servers below `var`, then verify; returns the exit code. Effects: children, which end with this."""
    ports = {name: services.free_port() for name in processes.PORTS}
    with services.running(var, fast=True, tell=say) as running:
        environment = demo.environment_of(running, var, ports)
        for left in var.glob("sandbox.sqlite*"):
            left.unlink()
        sandbox = ["marketplace.web.sandbox", "--port", str(ports["SANDBOX_PORT"])]
        child = processes.start("sandbox", sandbox, environment, var)
        signal.signal(signal.SIGINT, lambda *_: None)  # the terminal tells the children too; this one waits for them
        try:
            say("Preparing the database")
            return _first_failure(environment, (["db", "upgrade"], ["replay", "orders", *arguments], ["ops", "verify"]))
        finally:
            processes.end([child])


def _first_failure(environment: dict[str, str], commands: tuple[list[str], ...]) -> int:
    for command in commands:
        done = subprocess.run([sys.executable, "-m", "flask", *command], env=environment, cwd=processes.ROOT, check=False,
                              preexec_fn=services.with_parent())
        if done.returncode:
            return done.returncode
    return 0
