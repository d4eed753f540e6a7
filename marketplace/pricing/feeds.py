"""A seller's offer file: received, matched to products, published in parts; refused rows come back.

Invariants: rows stand or fall one by one; a part is one transaction and goes on where it was cut off,
so no row is half published; no number passes through a float; what a file has no column for stays as it is
in an offer that is there. Jobs: topic `pricing.offer_import`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping
from typing import Any, ClassVar

import orjson
from sqlalchemy import ColumnElement, delete, func, select

from marketplace.catalog import readers
from marketplace.catalog.readers import FileRefused
from marketplace.core import audit, clock, outbox, progress, tables
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.core.progress import Stage
from marketplace.identity import companies
from marketplace.identity.access import Actor, authorize, visible_to
from marketplace.identity.models import Organization
from marketplace.offers import bulk
from marketplace.offers.models import OfferImport, OfferImportRow, StockLocation
from marketplace.pricing import bulk as prices
from marketplace.pricing import feed_rows

TOPIC = "pricing.offer_import"
PART = 10_000
MAX_BYTES = 50_000_000
MAX_ROWS = 500_000
SHOWN = 100
OVER = ("done", "refused")


class FileTooLarge(Invalid):
    """More than an import may be."""

    code: ClassVar[str] = "file_too_large"
    status: ClassVar[int] = 413
    message = "An offer file may be at most 50 MB."


class NoLocation(Invalid):
    """Stock needs a warehouse to lie in."""

    code: ClassVar[str] = "no_location"
    message = "Add a stock location first."


def receive(actor: Actor, seller_id: str, file_name: str, content: bytes) -> OfferImport:
    """Take in an offer file and ask for it to be matched and published.

    Effects: one OfferImport (received) and its outbox row.
    Raises:  Forbidden; FileTooLarge; NoLocation; FileRefused when it is no table with the right columns.
    """
    authorize(actor, "offer:write", seller_id)
    if len(content) > MAX_BYTES:
        raise FileTooLarge(field="file")
    plain = readers.opened(content)
    if readers.detect(plain) == "bmecat":
        raise FileRefused("Send offers as CSV or XLSX.", line=1)
    for _ in feed_rows.read([next(_lines(plain))], "", ()):
        pass
    if _location(seller_id) is None:
        raise NoLocation(field="file")
    record = OfferImport(
        id=new_id("oim"), seller_id=seller_id, file_name=file_name[:200].replace("\0", ""), content=plain, status="received",
        sha256=hashlib.sha256(plain).hexdigest(), total=0, done=0, counts={}, errors=[], unread=[], refusal=None,
        created_by=actor.user_id, created_at=clock.now(),
    )
    db.session.add(record)
    db.session.flush()
    _ask(record.id, 0)
    audit.record(actor, "offer:upload", record.id, after={"file": record.file_name, "sha256": record.sha256})
    return record


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    return readers.lines(content, readers.detect(content))


def _location(seller_id: str) -> str | None:
    """The code of the seller's oldest warehouse."""
    return db.session.scalar(
        select(StockLocation.code).filter_by(seller_id=seller_id).order_by(StockLocation.id).limit(1))


def _ask(import_id: str, after: int) -> None:
    outbox.publish(TOPIC, f"{TOPIC}:{import_id}:{after}", {"import_id": import_id, "after": after})


def on_import(payload: Mapping[str, Any]) -> None:
    """Do the next part of an import: first read and match all rows, then publish them part by part."""
    record = db.session.get_one(OfferImport, payload["import_id"], with_for_update=True, populate_existing=True)
    if record.status == "received":
        _stage(record)
    elif record.status == "working":
        _publish(record, payload["after"])


def _stage(record: OfferImport) -> None:
    seller = db.session.get_one(Organization, record.seller_id)
    traded = companies.currencies()  # asked before, since nothing can be asked while rows are copied in
    savepoint = db.session.begin_nested()
    try:
        columns, by_quantity, record.unread = feed_rows.given(next(_lines(record.content))[1])
        bulk.stage(record, _staged(record.content, seller.currency, traded), _location(record.seller_id) or "", columns)
    except FileRefused as refused:
        savepoint.rollback()
        record.status, record.refusal = "refused", f"Line {refused.line}: {refused.message}"
        return
    savepoint.commit()
    if not by_quantity:
        prices.keep_tiers(record, clock.now())
    rows = OfferImportRow
    record.total, refused_rows = db.session.execute(
        select(func.count(), func.count(rows.code)).where(rows.import_id == record.id)).one()
    record.counts = {"created": 0, "updated": 0, "refused": refused_rows}
    record.done, record.status = refused_rows, "working"
    _ask(record.id, 1)


def _staged(content: bytes, currency: str, traded: Container[str]) -> Iterator[tuple[Any, ...]]:
    count = 0
    for count, row in enumerate(feed_rows.read(_lines(content), currency, traded), start=1):
        if count > MAX_ROWS:
            raise FileRefused(f"At most {MAX_ROWS} rows are read.", line=row.row_no)
        yield (
            row.row_no, new_id("x")[2:], row.seller_sku, row.gtin, row.brand_key, row.mpn_key, row.currency[:3],
            row.location, row.condition, row.quantity, row.lead_time_days, row.min_quantity, row.multiple,
            row.max_quantity, row.valid_from, row.valid_to, orjson.dumps(row.tiers).decode(), row.code, row.column,
        )
    if not count:
        raise FileRefused("The file holds no offers.", line=1)


def _publish(record: OfferImport, after: int) -> None:
    rows = OfferImportRow
    part = (select(rows.row_no).where(rows.import_id == record.id, rows.row_no >= after, rows.code.is_(None))
            .order_by(rows.row_no).limit(PART)).subquery()
    first, last = db.session.execute(select(func.min(part.c.row_no), func.max(part.c.row_no))).one()
    if first is None:
        _finish(record)
        return
    at = clock.now()
    created, changed = bulk.publish(record, first, last, at)
    prices.set_base_prices(record, first, last, at)
    published = (rows.import_id == record.id, rows.row_no.between(first, last), rows.code.is_(None))
    db.session.execute(delete(rows).where(*published))
    counts = dict(record.counts)
    counts["created"] += created
    counts["updated"] += changed
    record.counts = counts
    record.done += created + changed
    _ask(record.id, last + 1)


def _finish(record: OfferImport) -> None:
    rows = OfferImportRow
    found = db.session.execute(select(rows.row_no, rows.column, rows.code).where(rows.import_id == record.id)
                               .order_by(rows.row_no)).all()
    record.errors = [{"row": row_no, "column": column, "code": code} for row_no, column, code in found[:SHOWN]]
    record.counts = {**record.counts, "refused": len(found)}
    record.done, record.status = record.total, "done"


def own(actor: Actor, import_id: str) -> OfferImport:
    """An import of the actor's own. Raises: NotFound for others' and unknown ones alike, Forbidden."""
    record = db.session.get(OfferImport, import_id)
    if record is None or record.seller_id != actor.organization_id:
        raise NotFound
    authorize(actor, "offer:read", record.seller_id)
    return record


def unfinished(actor: Actor, limit: int = 50) -> list[tuple[OfferImport, Stage]]:
    """Files that are not over, newest first, with what each waits for; the operator's are everybody's. Two statements."""
    records = _long_work(actor, OfferImport.status.not_in(OVER), None, limit)
    asked = outbox.outcomes([f"{TOPIC}:{record.id}:" for record in records])
    return [(record, Stage.STOPPED if asked.get(f"{TOPIC}:{record.id}:") else Stage.RUNNING) for record in records]


def finished(actor: Actor, after: str | None, limit: int) -> list[OfferImport]:
    """Files that are over, newest first, after the place `after` in time; the operator's are everybody's. One statement."""
    return _long_work(actor, OfferImport.status.in_(OVER), after, limit)


def _long_work(actor: Actor, which: ColumnElement[bool], after: str | None, limit: int) -> list[OfferImport]:
    authorize(actor, "activity:read")
    query = visible_to(select(OfferImport), actor, OfferImport.seller_id).where(which)
    return progress.newest(query, OfferImport.id, ("oim", after), limit)


def error_file(record: OfferImport) -> bytes:
    """The refused rows as they were sent, as CSV, with line, code and column; formulas are neutralised."""
    rows = OfferImportRow
    refused = {row_no: (code, column or "") for row_no, code, column in db.session.execute(
        select(rows.row_no, rows.code, rows.column).where(rows.import_id == record.id, rows.code.is_not(None)))}
    lines = _lines(record.content)
    heads = ["line", "code", "about", *map(tables.neutral, next(lines)[1])]
    return tables.csv_bytes(heads, ([row_no, *refused[row_no], *cells] for row_no, cells in lines if row_no in refused))
