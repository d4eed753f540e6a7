"""A seller's long work: its offer files."""

from __future__ import annotations

from flask import url_for

from marketplace.core.progress import Stage, pace
from marketplace.offers.models import OfferImport
from marketplace.pricing import feeds
from marketplace.web import activity
from marketplace.web.activity import Work


def _work(record: OfferImport, stage: Stage | None) -> Work:
    refused = record.counts.get("refused", 0)
    return Work(
        "offer_import", record.id, record.file_name, record.status, record.created_at, stage, done=record.done, total=record.total,
        pace=pace(record.done, record.total, record.created_at), counts=record.counts, refused=refused, refusal=record.refusal,
        address=url_for("seller_imports.show", import_id=record.id),
        refused_file=url_for("seller_imports.refused", import_id=record.id) if refused and not stage else None)


WORKS = [activity.imports(feeds, _work)]
