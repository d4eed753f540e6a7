"""One retry wrapper for a whole unit of work that lost a race in the database.

Stock and credit are taken in sorted order, so deadlocks are rare; what is left is tried again here,
so that none reaches a client. Two that write the same thing for the first time meet at its unique
constraint: the later one is done again, finds what the earlier one wrote, and changes or refuses it as its
verb says. So a verb looks first and writes then, and needs no words for the moment between.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.core.db import db

ATTEMPTS = 5
LOST = (DeadlockDetected, SerializationFailure, UniqueViolation)
Result = TypeVar("Result")


def alone(key: str) -> None:
    """Let only one unit of work at a time go on from here under `key`; the next waits until this one is committed."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": key})


def retrying(work: Callable[[], Result]) -> Result:
    """Run `work`, a whole transaction, again when the database chose it as a race's loser.

    Raises: whatever `work` raises that is no lost race, and the last lost race after five tries.
    """
    for attempt in range(ATTEMPTS):
        try:
            return work()
        except DBAPIError as error:
            if not isinstance(error.orig, LOST) or attempt == ATTEMPTS - 1:
                raise
            db.session.rollback()
            time.sleep(0.005 * 2**attempt)
    raise AssertionError("unreachable")
