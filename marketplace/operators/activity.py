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


def _catalogs(actor: Actor) -> list[Work]:
    with tenancy.as_market():
        found = catalog.unfinished(actor)
    return _imports("catalog_import", found, "manufacturer_id", "bad")


def _catalogs_over(actor: Actor, after: str | None, limit: int) -> list[Work]:
    with tenancy.as_market():
        found = catalog.finished(actor, after, limit)
    return _imports("catalog_import", [(record, None) for record in found], "manufacturer_id", "bad")


def _offers(actor: Actor) -> list[Work]:
    with tenancy.as_market():
        found = feeds.unfinished(actor)
    return _imports("offer_import", found, "seller_id", "refused")


def _offers_over(actor: Actor, after: str | None, limit: int) -> list[Work]:
    with tenancy.as_market():
        found = feeds.finished(actor, after, limit)
    return _imports("offer_import", [(record, None) for record in found], "seller_id", "refused")


def _imports(kind: str, found: list[tuple[Any, Stage | None]], owner: str, refused: str) -> list[Work]:
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


WORKS = [activity.Source(_catalogs, _catalogs_over), activity.Source(_offers, _offers_over), activity.Source(_comparisons, _verdicts)]
