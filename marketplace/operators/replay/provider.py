"""The replay's side of the payment provider: it takes its messages.

They come by HTTP at any moment, but are handed to the webhook verb between two units of work, on the replay's own
clock: signature, receipt and everything after it are the real ones.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from marketplace.core import jobs
from marketplace.payments import gateway, webhooks


class Inbox:
    """Messages that have come and were not handed over."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[bytes, str]] = deque()

    def hand_over(self) -> int:
        """Let the market take what has come, as one unit of work; returns how many messages."""
        count = len(self.waiting)
        if count:
            jobs.at_once(lambda: self._take(count))
        return count

    def _take(self, count: int) -> None:
        for _ in range(count):
            webhooks.receive(gateway.name(), *self.waiting.popleft())


@contextmanager
def listening(port: int) -> Iterator[Inbox]:
    """An inbox on this loopback port for the length of a block."""
    inbox = Inbox()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.waiting.append((body, self.headers.get("Stripe-Signature", "")))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield inbox
    finally:
        server.shutdown()
        server.server_close()
