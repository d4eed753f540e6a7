"""How the demo's people pay and are paid: cards on the sandbox's own page, transfers for orders on account, payout accounts.

The sandbox is asked over its addresses, as browsers and the provider's client ask. Its messages come to where web will
be; since they come on the day of the fill and not on the day of the trade, each page is looked at besides, as after a lost one.
"""

from __future__ import annotations

import http.client
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from marketplace.core import clock, config, jobs, tenancy
from marketplace.core.db import db
from marketplace.identity.access import Actor
from marketplace.payments import accounts, gateway, hosted, places, received, releases
from marketplace.payments.models import Payment, PaymentStatus, Transfer, TransferStatus
from marketplace.web.sandbox import store

TERMS = timedelta(days=30)
PATIENCE = 60.0
UNPAID, SLOW, DECLINED = 0.04, 0.08, 0.15
"""How likely a card page is left, paid by a slow method, or declined once before it is paid."""
PAYS, CONFIRMED = 0.3, 0.5
"""How likely a due invoice is paid on a day, and a bank transfer is sent."""


def open_accounts(owners: list[Actor]) -> bool:
    """Open a payout account for each; False where cards cannot be paid by a program, as at the real provider."""
    if gateway.name() != "sandbox" or not config.from_environment().sandbox_url:
        return False
    for owner in owners:
        tenancy.act_for([tenancy.MARKET])
        page = accounts.set_up(owner, places.market_url("/seller/finances/"))
        press(page, "submit")
        accounts.look(accounts.open_for(owner).provider_account_id or "")
        jobs.settle()
    tenancy.act_for([tenancy.MARKET])
    return True


def pay(payment_id: str, chance: random.Random, wanted: bool) -> None:
    """Open the page of a payment and do there what a buyer does; some leave it, and their order is cancelled in time."""
    page, draw = jobs.at_once(lambda: hosted.open_page(payment_id)), chance.random()
    if not wanted or draw < UNPAID:
        return
    if draw > 1 - DECLINED:
        press(page, "decline")
    press(page, "later" if draw < UNPAID + SLOW else "pay")
    jobs.at_once(lambda: hosted.look(_session(page)))


def leave_one_open(buy: Callable[[], int]) -> None:
    """The last buyer has not paid yet."""
    with clock.at(clock.now() - timedelta(minutes=12)):
        buy()


def arrivals(bookkeepers: dict[str, Actor], operator: Actor, chance: random.Random) -> None:
    """One morning's money: slow payments come, invoices that are due are paid, the operator's bank sends what is due."""
    due = [PaymentStatus.PROCESSING.value, PaymentStatus.AUTHORIZED.value]
    found = db.session.scalars(select(Payment).where(Payment.status.in_(due)).order_by(Payment.id)).all()
    for payment in found:
        if payment.status == PaymentStatus.PROCESSING.value:
            press(payment.page_url or "", "arrive")
            hosted.look(payment.session_id or "")
        elif payment.created_at <= clock.now() - TERMS and payment.open_minor > 0 and chance.random() < PAYS:
            receipt = received.Receipt(payment.open_minor, f"SEPA {chance.randint(10**7, 10**8 - 1)}", clock.today())
            received.record(bookkeepers[payment.reseller_id], payment.order_id, receipt)
    waiting = select(Transfer.id).filter_by(gateway=releases.BANK, status=TransferStatus.CREATED.value).order_by(Transfer.id)
    for transfer_id in db.session.scalars(waiting).all():
        if chance.random() < CONFIRMED:
            releases.paid_by_bank(operator, transfer_id, f"SCT {chance.randint(10**7, 10**8 - 1)}")
    jobs.settle()
    tenancy.act_for([tenancy.MARKET])


@contextmanager
def messages_taken(app: Any) -> Iterator[None]:
    """Take the sandbox's messages while no web process runs, and all that is left of them at the end.

    Whoever asks for a page is told that the market is being made.
    """
    port = os.environ.get("PUBLIC_PORT")
    if not port or gateway.name() != "sandbox":
        yield
        return
    server = make_server("127.0.0.1", int(port), partial(_only_messages, app.wsgi_app), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
        _take_all(config.from_environment().var / "sandbox.sqlite")
    finally:
        server.shutdown()
        server.server_close()


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log_request(self, *args: Any) -> None:
        """Nothing."""


def _only_messages(inside: Any, environ: Any, answer: Any) -> Any:
    if environ["PATH_INFO"].startswith("/webhooks/"):
        return inside(environ, answer)
    answer("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "10")])
    return [b"The demo market is being made.\n"]


def _take_all(path: Path) -> None:
    """Wait until the sandbox has nothing left to tell, doing what its messages ask for. Raises: TimeoutError."""
    end, books = time.monotonic() + PATIENCE, store.connect(path)
    while store.unsent(books):
        if time.monotonic() > end:
            raise TimeoutError("The sandbox's messages do not come.")
        jobs.settle()
        time.sleep(0.1)
    books.close()


def _session(page: str) -> str:
    return page.rpartition("/")[2]


def press(page: str, choice: str) -> None:
    """Press a button of the sandbox's page. Its host's name is not looked up: a bare machine may not know localhost."""
    sandbox = urlsplit(config.from_environment().sandbox_url)
    connection = http.client.HTTPConnection(sandbox.hostname or "127.0.0.1", sandbox.port, timeout=15)
    try:
        connection.request("POST", urlsplit(page).path, urlencode({"do": choice}), {"Content-Type": "application/x-www-form-urlencoded"})
        status = connection.getresponse().status
        if status != http.client.SEE_OTHER:
            raise RuntimeError(f"The sandbox answered {status} to {choice}.")
    finally:
        connection.close()
