"""A seller's long work: its offer files."""

from __future__ import annotations

from flask import url_for

from marketplace.core.progress import Stage, pace
from marketplace.identity.access import Actor
from marketplace.offers.models import OfferImport
from marketplace.pricing import feeds
from marketplace.web import activity
from marketplace.web.activity import Work


def _unfinished(actor: Actor) -> list[Work]:
    return [_work(record, stage) for record, stage in feeds.unfinished(actor)]


def _finished(actor: Actor, after: str | None, limit: int) -> list[Work]:
    return [_work(record) for record in feeds.finished(actor, after, limit)]


def _work(record: OfferImport, stage: Stage | None = None) -> Work:
    refused = record.counts.get("refused", 0)
    return Work(
        "offer_import", record.id, record.file_name, record.status, record.created_at, stage, done=record.done, total=record.total,
        pace=pace(record.done, record.total, record.created_at), counts=record.counts, refused=refused, refusal=record.refusal,
        address=url_for("seller_imports.show", import_id=record.id),
        refused_file=url_for("seller_imports.refused", import_id=record.id) if refused and not stage else None)


WORKS = [activity.Source(_unfinished, _finished)]
