"""Public ids: a prefix and twenty sortable, opaque characters, such as ``ord_01kb3v…``.

Invariants: ids made later sort later (to the millisecond); two never collide in practice
(52 random bits within one millisecond). They carry no meaning beyond their prefix.
"""

import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """Make an id: ``prefix``, an underscore, ten characters of time and ten of chance."""
    number = (time.time_ns() // 1_000_000) << 52 | secrets.randbits(52)
    return f"{prefix}_" + "".join(ALPHABET[number >> shift & 31] for shift in range(95, -1, -5))
