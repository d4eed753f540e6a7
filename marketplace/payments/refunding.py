"""Which parts a cumulative refund takes from: exact at the end, never negative, never a whole unit off. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def parts_at(parts: Sequence[int], given: Sequence[int], refunded: int) -> list[int]:
    """How much of each part is given back once `refunded` of their sum is.

    Shapes:  parts >= 0; given is the answer for the refund before, all zero at first; 0 <= refunded <= sum(parts).
    Units:   minor units, cumulative.
    Source:  payments specification, "Refund": floors, then units in order of their due dates.
    """
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    floors = [refunded * part // whole for part in parts]
    result = [max(before, floor) for before, floor in zip(given, floors, strict=True)]
    left = refunded - sum(result)
    waiting = [i for i, part in enumerate(parts) if result[i] == floors[i] and refunded * part % whole]
    waiting.sort(key=lambda i: (-(-(floors[i] + 1) * whole // parts[i]), i))
    for i in waiting[:left]:
        result[i] += 1
    return result
