"""The sellers' scores, kept where routing can read them: what they are made of is counted above, by the analytics room.

Invariants: one row per seller and day; keeping the same row twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core.db import db
from marketplace.offers.models import SellerScore

BEST_BPS = 10_000
NEUTRAL_BPS = 9_000
"""The score of a seller of whom too little is known: neither ahead of those who keep their promises nor behind those who do not.

Whoever weighs sellers takes it for a seller without a row, too.
"""
BATCH = 1_000
KEY = ("seller_id", "day")


def keep(rows: Sequence[dict[str, Any]]) -> None:
    """Keep these scores in the place of those of the same seller and day.

    Shapes:  each row has every column of SellerScore; no seller and day stands twice.
    Effects: one statement for 1,000 rows, in the order of their keys, so that two who keep at once do not wait for each other in a ring.
    """
    ordered = sorted(rows, key=lambda row: (row["seller_id"], row["day"]))
    for start in range(0, len(ordered), BATCH):
        statement = insert(SellerScore).values(ordered[start:start + BATCH])
        fresh = {column.name: column for column in statement.excluded if column.name not in KEY}
        db.session.execute(statement.on_conflict_do_update(index_elements=KEY, set_=fresh))


def newest(seller_id: ColumnElement[str] | InstrumentedAttribute[str]) -> ScalarSelect[int]:
    """For a query: the newest score of a seller, null before it has one."""
    return (select(SellerScore.score_bps).where(SellerScore.seller_id == seller_id)
            .order_by(SellerScore.day.desc()).limit(1).scalar_subquery())
