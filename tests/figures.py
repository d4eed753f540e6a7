"""How much of a random test runs: a bounded figure each time, the full one by `make soak`."""

from __future__ import annotations

import os


def figure(usual: int, full: int) -> int:
    """`full` in a soak, which SOAK=1 asks for; else `usual`."""
    return full if os.environ.get("SOAK") == "1" else usual
