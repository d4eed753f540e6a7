"""The seam to the payment provider, chosen by the setting PAYMENT_GATEWAY: 'stripe', or 'sandbox', its stand-in.

Both are spoken to by the same client (`gateway_stripe`); the sandbox differs by its address and its key only.
The client is loaded when it is first asked: a process that moves no money does not carry it.
"""

from __future__ import annotations

import os
from functools import cache

from marketplace.core import config
from marketplace.payments.provider import Gateway

SANDBOX = "http://localhost:8100"


def name() -> str:
    """The gateway's name, as payments keep it."""
    return config.from_environment().payment_gateway


def current() -> Gateway:
    """The gateway of this installation."""
    return _made(name(), os.environ.get("SANDBOX_URL", ""))


@cache
def _made(which: str, sandbox_url: str) -> Gateway:
    settings = config.from_environment()
    if which == "stripe":
        return connect(settings.stripe_api_key, settings.stripe_webhook_secret, None)
    secret = os.environ.get("SANDBOX_SECRET", config.DEVELOPMENT_SECRET)
    return connect(f"sk_sandbox_{secret}", secret, sandbox_url or SANDBOX)


def whereabouts() -> str:
    """Where the sandbox was asked and which setting says so, for whom it does not answer; empty of a real provider."""
    url = os.environ.get("SANDBOX_URL", "")
    return "" if name() == "stripe" else f" (Asked at {url or SANDBOX}, SANDBOX_URL is {'set' if url else 'not set'}.)"


def connect(key: str, webhook_secret: str, address: str | None) -> Gateway:
    """A gateway with this key at this address (the provider's own when None)."""
    from marketplace.payments import gateway_stripe

    return gateway_stripe.StripeGateway(key, webhook_secret, address)
