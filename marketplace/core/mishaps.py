"""Failures that cost nobody anything, and must be seen all the same.

A room that can go on without one of its parts reports the part's failure here; whoever keeps logs and
metrics listens. Tests listen too, and fail.
"""

from __future__ import annotations

from collections.abc import Callable

listeners: list[Callable[[str, str, Exception], None]] = []


def report(room: str, part: str, error: Exception) -> None:
    """Tell the listeners that `part` of `room` failed with `error`."""
    for listener in listeners:
        listener(room, part, error)
