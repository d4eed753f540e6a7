"""Reactions of the orders room to facts and to its own rounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.orders import deadlines, reroute


def on_refused(payload: Mapping[str, Any]) -> None:
    """Route refused units again, or cancel them."""
    reroute.on_refused(payload)


def on_deadlines(payload: Mapping[str, Any]) -> None:
    """Look for deadlines that were missed."""
    deadlines.on_round(payload)


def on_accept_timeout(payload: Mapping[str, Any]) -> None:
    """A seller let its time pass."""
    reroute.on_timeout(payload)
