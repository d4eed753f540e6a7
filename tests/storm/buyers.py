"""Buyers that never give up: each order is asked for with its own key until the market says yes or no."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

from tests.storm.square import HOST, Running

PATIENCE = 90.0
SAID = {200, 201, 204, 303, 409, 422}


@dataclass
class Diary:
    """What buyers were told, kept outside of the market."""

    acknowledged: list[dict] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def done(self) -> int:
        return len(self.acknowledged) + len(self.refused) + len(self.silent)


@dataclass
class Buyer:
    """One company's program."""

    here: Running
    who: dict
    diary: Diary

    def ask(self, method: str, path: str, body: dict | None = None, **headers: str) -> tuple[int, dict]:
        """Ask until there is an answer other than "not now". Raises: TimeoutError."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                status, answer = self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            if status in SAID:
                return status, answer
            if status != 503:
                self.diary.strange.append(f"{method} {path}: {status} {answer}")
            time.sleep(0.1)
        raise TimeoutError(f"{method} {path}")

    def _once(self, method: str, path: str, body: dict | None, headers: dict[str, str]) -> tuple[int, dict]:
        line = http.client.HTTPConnection("127.0.0.1", self.here.web_port, timeout=20)
        try:
            line.request(method, path, json.dumps(body) if body is not None else None, {
                "Host": HOST, "Authorization": f"Bearer {self.who['key']}", "Content-Type": "application/json", **headers})
            answer = line.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            line.close()

    def order(self, number: int, chance: random.Random) -> None:
        """One order, from the cart to the payment."""
        card = chance.random() < 0.5
        picks = {variant: chance.randint(1, 4) for variant in chance.sample(self.here.variants, chance.randint(1, 3))}
        try:
            self._order(f"storm-order-{number}", card, picks)
        except TimeoutError as silence:
            self.diary.silent.append(f"order {number}: {silence}")

    def _order(self, key: str, card: bool, picks: dict[str, int]) -> None:
        _, cart = self.ask("GET", "/api/v1/storefront/cart")
        for line in cart["lines"]:
            self.ask("DELETE", f"/api/v1/storefront/cart/lines/{line['variant_id']}")
        for variant, quantity in picks.items():
            _, cart = self.ask("PUT", f"/api/v1/storefront/cart/lines/{variant}", {"quantity": quantity})
        wish = {"address_id": self.who["address"], "payment_method": "card" if card else "on_account", "cart_id": cart["cart_id"]}
        status, answer = self.ask("POST", "/api/v1/storefront/orders", wish, **{"Idempotency-Key": key})
        with self.diary.lock:
            if status != 201:
                self.diary.refused.append(answer["error"]["code"])
                return
            self.diary.acknowledged.append({**answer, "buyer": self.who["id"], "card": card, "picks": picks})
        if card:
            status, answer = self.ask("POST", f"/api/v1/storefront/orders/{answer['id']}/payment-page")
            self.pay(answer["url"])

    def pay(self, url: str) -> None:
        """Press "Pay" on the provider's page, twice if the first answer was lost."""
        where = urllib.parse.urlsplit(url)
        for _ in range(50):
            line = http.client.HTTPConnection("127.0.0.1", where.port, timeout=20)
            try:
                line.request("POST", where.path, "do=pay", {"Content-Type": "application/x-www-form-urlencoded"})
                if line.getresponse().status == 303:
                    return
                self.diary.strange.append(f"the provider's page {url}")
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            finally:
                line.close()
        raise TimeoutError(url)
