"""A market with the sandbox beside it: orders are paid on its page, accounts set up on its page, messages delivered from it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from marketplace.core.db import db
from marketplace.orders.models import Order
from marketplace.payments import accounts, hosted, webhooks
from marketplace.payments.models import Payment, Transfer
from marketplace.web.sandbox import sender, store
from tests.factories import Market
from tests.journeys.test_order_to_payout import drained
from tests.marketplace.web.sandbox.test_contract import SECRET, choose


@dataclass
class World:
    """Who takes part, and what they do."""

    market: Market
    provider: Any
    seller: Any
    shop: Any
    variant: Any

    @property
    def books(self) -> Any:
        return self.provider.config["BOOKS"]

    def order(self, quantity: int = 2, method: str = "card") -> Order:
        return self.shop.order((self.variant, quantity), method=method)

    def page(self, order: Order) -> str:
        return hosted.open_page(self.payment(order).id)

    def pay(self, order: Order, how: str = "pay") -> None:
        choose(self.page(order), how)
        self.deliver()

    def payment(self, order: Order) -> Payment:
        return db.session.scalars(db.select(Payment).filter_by(order_id=order.id), execution_options={"populate_existing": True}).one()

    def account(self, organization: Any, how: str = "submit") -> str:
        """Set up payouts as a person would; gives the provider's account id."""
        actor = self.market.actor(organization)
        link = accounts.set_up(actor, "http://localhost/back")
        choose(link, how)
        self.deliver()
        return accounts.of(organization.id).provider_account_id

    def deliver(self) -> list[str]:
        """Let the sandbox send what it has not sent, and do the work that follows; the kinds that were sent."""
        kinds = []
        for event in store.unsent(self.books):
            body = json.dumps(event).encode()
            webhooks.receive("sandbox", body, sender.sign(body, SECRET, int(time.time())))
            store.sent(self.books, event["id"])
            kinds.append(event["type"])
        drained()
        return kinds

    def transfers(self) -> list[Transfer]:
        return list(db.session.scalars(db.select(Transfer).order_by(Transfer.id), execution_options={"populate_existing": True}))
