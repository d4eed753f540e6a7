"""One retry wrapper for a whole unit of work that lost a race in the database.

Stock and credit are taken in sorted order, so deadlocks are rare; what is left is tried again here,
so that none reaches a client.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy.exc import OperationalError

from marketplace.core.db import db

ATTEMPTS = 5
Result = TypeVar("Result")


def retrying(work: Callable[[], Result]) -> Result:
    """Run `work`, a whole transaction, again when the database chose it as a race's loser.

    Raises: whatever `work` raises that is no lost race, and the last lost race after five tries.
    """
    for attempt in range(ATTEMPTS):
        try:
            return work()
        except OperationalError as error:
            lost = isinstance(error.orig, DeadlockDetected | SerializationFailure)
            if not lost or attempt == ATTEMPTS - 1:
                raise
            db.session.rollback()
            time.sleep(0.005 * 2**attempt)
    raise AssertionError("unreachable")
