"""Where people are sent back to from the provider's pages: PUBLIC_SCHEME and PUBLIC_PORT say how hosts are reached from outside."""

from __future__ import annotations

import os

from marketplace.core import config


def public_url(host: str) -> str:
    """The address of a host of ours."""
    port = os.environ.get("PUBLIC_PORT", "")
    return f"{os.environ.get('PUBLIC_SCHEME', 'http')}://{host}" + (f":{port}" if port else "")


def market_url(path: str) -> str:
    """The address of a page on the market's own host."""
    return public_url(config.from_environment().base_domain) + path
