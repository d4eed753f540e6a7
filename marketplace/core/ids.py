"""Public ids: a prefix and twenty sortable, opaque characters, such as ``ord_01kb3v…``.

Invariants: ids made later sort later, always within one process and to the millisecond between several;
two never collide in practice (52 random bits). They carry no meaning beyond their prefix.
"""

import secrets
import threading
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_lock = threading.Lock()
_last = 0


def new_id(prefix: str) -> str:
    """Make an id: ``prefix``, an underscore, ten characters of time and ten of chance."""
    number = _next()
    return f"{prefix}_" + "".join(ALPHABET[number >> shift & 31] for shift in range(95, -1, -5))


def _next() -> int:
    """Chance within a new millisecond; a random step beyond the last number within the same one."""
    global _last  # noqa: PLW0603 - what makes the order of one process's ids certain
    now = time.time_ns() // 1_000_000
    with _lock:
        _last = (now << 52 | secrets.randbits(51)) if now > _last >> 52 else _last + 1 + secrets.randbits(40)
        return _last
