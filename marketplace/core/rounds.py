"""Work that comes round by itself: each round is one outbox row, whichever worker asks for it first.

A round is numbered by the time since 1970 cut into equal parts, so workers need not agree on anything, and a
round that was missed while no worker ran is asked for once when one runs again.
"""

from __future__ import annotations

from datetime import timedelta

from marketplace.core import clock, outbox

every: dict[str, timedelta] = {}
_asked: dict[str, int] = {}


def ask() -> int:
    """Ask for the current round of each topic in `every` that this process has not asked for; returns how many it asked for.

    Effects: flushes one outbox row a topic; a row that another worker has written already stays as it is.
    """
    now = clock.now().timestamp()
    numbers = {topic: int(now // length.total_seconds()) for topic, length in every.items()}
    new = {topic: number for topic, number in numbers.items() if _asked.get(topic) != number}
    outbox.publish_all([(topic, f"{topic}:round:{number}", {}, None) for topic, number in sorted(new.items())])
    _asked.update(new)
    return len(new)
