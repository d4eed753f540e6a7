"""Files that the demo and the replay make, taken in by the real imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from marketplace.catalog import imports
from marketplace.catalog.models import CatalogImport, ImportStatus
from marketplace.core import jobs
from marketplace.core.db import db
from marketplace.identity.access import Actor
from marketplace.pricing import feeds

Rows = Iterable[Sequence[str]]


class ImportFailed(RuntimeError):
    """An import did not take every row of a file that we made ourselves."""


def csv_of(header: Sequence[str], rows: Rows) -> bytes:
    """A file of this header and these rows."""
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def catalog(actor: Actor, name: str, content: bytes, mapping: dict[str, str] | None = None) -> str:
    """Send a maker's file and have it read; without a mapping its columns have our names. Gives the import's id."""
    made = jobs.at_once(lambda: imports.receive(actor, actor.organization_id, name, content, mapping).id)
    jobs.drain("catalog.stage")
    return made


def approve(actor: Actor, import_id: str, count: int) -> None:
    """Bring a file that was read live. Raises: ImportFailed unless it has `count` new products."""
    jobs.at_once(lambda: imports.approve(actor, import_id))
    jobs.drain("catalog.apply")
    record = jobs.at_once(lambda: db.session.get_one(CatalogImport, import_id, populate_existing=True))
    if record.status != ImportStatus.APPLIED or record.counts.get("new") != count:
        raise ImportFailed(f"The import of {record.file_name} is {record.status}: {record.counts}, {record.refusal}.")


def offers(actor: Actor, name: str, content: bytes, count: int | None = None) -> None:
    """Send a seller's file and have it published. Raises: ImportFailed unless it made `count` offers (None: any number)."""
    made = jobs.at_once(lambda: feeds.receive(actor, actor.organization_id, name, content).id)
    jobs.drain(feeds.TOPIC)
    record = jobs.at_once(lambda: feeds.own(actor, made))
    if count not in (None, record.counts.get("created")):
        raise ImportFailed(f"The offer import is {record.status}: {record.counts}, {record.refusal}, {record.errors[:3]}.")
