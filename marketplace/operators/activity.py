"""The market's long work: everybody's imports, without what is in them, and the comparisons of the books."""

from __future__ import annotations

from typing import Any

from flask import url_for

from marketplace.catalog import queries as catalog
from marketplace.core import tenancy
from marketplace.core.progress import Stage, pace
from marketplace.identity.access import Actor
from marketplace.operators import checks, queries
from marketplace.operators.models import Verification
from marketplace.pricing import feeds
from marketplace.web import activity
from marketplace.web.activity import Work


def _imports(room: Any, kind: str, owner: str, refused: str) -> activity.Source:
    """Everybody's imports of one room, whose records name their company as `owner` and count what was `refused`."""

    def unfinished(actor: Actor) -> list[Work]:
        with tenancy.as_market():
            found = room.unfinished(actor)
        return _works(found, kind, owner, refused)

    def finished(actor: Actor, after: str | None, limit: int) -> list[Work]:
        with tenancy.as_market():
            found = room.finished(actor, after, limit)
        return _works([(record, None) for record in found], kind, owner, refused)

    return activity.Source(unfinished, finished)


def _works(found: list[tuple[Any, Stage | None]], kind: str, owner: str, refused: str) -> list[Work]:
    """Without addresses: what a company brings in is shown on its own pages."""
    names = queries.names({getattr(record, owner) for record, _ in found})
    return [Work(kind, record.id, record.file_name, record.status, record.created_at, stage, names[getattr(record, owner)], record.done, record.total,
                 pace(record.done, record.total, getattr(record, "started_at", None) or record.created_at), record.counts,
                 record.counts.get(refused, 0), record.refusal) for record, stage in found]


def _comparisons(actor: Actor) -> list[Work]:
    return [Work("comparison", row.id, "", "waiting", row.created_at, Stage.STOPPED if row.dead_at else Stage.RUNNING,
                 address=url_for("operator.work", state="dead") if row.dead_at else url_for("operator.money")) for row in checks.asked(actor)]


def _verdicts(actor: Actor, after: str | None, limit: int) -> list[Work]:
    return [_verdict(row) for row in checks.verdicts(actor, after, limit)]


def _verdict(row: Verification) -> Work:
    compared = sum(check["compared"] for check in row.comparisons)
    return Work("comparison", row.id, "", "failed" if row.breaks else "done", row.at, None, "", compared, compared,
                counts={"compared": compared, "breaks": row.breaks}, refused=row.breaks, address=url_for("operator.money"),
                refused_file=url_for("operator.breaks_file", verdict_id=row.id, kind="csv") if row.breaks else None)


WORKS = [_imports(catalog, "catalog_import", "manufacturer_id", "bad"), _imports(feeds, "offer_import", "seller_id", "refused"),
         activity.Source(_comparisons, _verdicts)]
