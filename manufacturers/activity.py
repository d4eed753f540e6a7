"""A manufacturer's long work: its catalog imports."""

from __future__ import annotations

from flask import url_for

from marketplace.catalog import queries
from marketplace.catalog.models import CatalogImport
from marketplace.core.progress import Stage, pace
from marketplace.web import activity
from marketplace.web.activity import Work


def _work(record: CatalogImport, stage: Stage | None) -> Work:
    refused = record.counts.get("bad", 0)
    return Work(
        "catalog_import", record.id, record.file_name, record.status, record.created_at, stage, done=record.done, total=record.total,
        pace=pace(record.done, record.total, record.started_at or record.created_at, record.finished_at), counts=record.counts,
        refused=refused, refusal=record.refusal, address=url_for("manufacturer_catalog.import_page", import_id=record.id),
        refused_file=url_for("manufacturer_catalog.import_errors", import_id=record.id) if refused else None)


WORKS = [activity.imports(queries, _work)]
