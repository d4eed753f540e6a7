"""A manufacturer's file on its way into the catalog: received, staged, approved, applied.

Invariants: rows stand or fall one by one; nothing is live before approval; applying goes in batches of
one transaction each, and goes on where it was cut off. The file last applied, sent again, is a no-op.
Jobs: topics `catalog.stage` and `catalog.apply` (see `handlers`).
"""

import hashlib
from collections.abc import Mapping
from itertools import islice
from typing import ClassVar

from sqlalchemy import delete, insert

from marketplace.catalog import applying, diffing, identifiers, readers
from marketplace.catalog.models import CatalogImport, ImportRow, ImportStatus
from marketplace.catalog.readers import mapping as mappings
from marketplace.catalog.readers.rows import FileRefused, Row
from marketplace.core import audit, clock, outbox
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.core.transitions import DoneAlready, WrongState, advance
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization

STAGE_BATCH = 10_000
MAX_ERRORS = 20


class FileTooLarge(Invalid):
    """More than an import may be."""

    code: ClassVar[str] = "file_too_large"
    status: ClassVar[int] = 413
    message = "A catalog file may be at most 50 MB."


MAX_UPLOAD = 50_000_000


def receive(
    actor: Actor, manufacturer_id: str, file_name: str, content: bytes, mapping: Mapping[str, str] | None = None
) -> CatalogImport:
    """Take in a file and ask for it to be staged.

    Shapes:  mapping as `readers.read` has it; None guesses it from the header.
    Effects: one CatalogImport (received) and its outbox row; the import applied last, unchanged, when
             this is the same file with the same mapping.
    Raises:  FileTooLarge; FileRefused when the format or the mapping cannot be right.
    """
    authorize(actor, "catalog:write", manufacturer_id)
    plain, format_, columns = _examined(content)
    chosen = dict(mappings.guess(columns) if mapping is None else mapping)
    if columns:
        mappings.Columns.of(columns, chosen)
    sha256 = hashlib.sha256(plain).hexdigest()
    if same := _applied_last(manufacturer_id, sha256, chosen):
        return same
    record = _stored(actor, file_name, (plain, format_, sha256), chosen)
    _publish(record, "catalog.stage", 0)
    return record


def hold(actor: Actor, manufacturer_id: str, file_name: str, content: bytes) -> CatalogImport:
    """Take in a file whose columns a person will map; nothing is read before `start`.

    Raises: FileTooLarge, FileRefused.
    """
    authorize(actor, "catalog:write", manufacturer_id)
    plain, format_, columns = _examined(content)
    readers.preview(plain, format_)  # what cannot be looked at cannot be mapped
    return _stored(actor, file_name, (plain, format_, hashlib.sha256(plain).hexdigest()), mappings.guess(columns))


def start(actor: Actor, import_id: str, mapping: Mapping[str, str]) -> CatalogImport:
    """Ask for a held file to be staged by this mapping.

    Effects: publishes staging; gives back the import applied last, and puts this one away, when it is the
             same file with the same mapping.
    Raises:  NotFound; WrongState when it is under way already; FileRefused for a mapping that cannot be right.
    """
    record = own(actor, import_id, "catalog:write", lock=True)
    if record.status != ImportStatus.RECEIVED:
        raise WrongState(f"This import is {record.status}: its columns cannot be mapped any more.")
    columns = readers.columns(record.content, record.format)
    if columns:
        mappings.Columns.of(columns, mapping)
    record.mapping = dict(mapping)
    if same := _applied_last(record.manufacturer_id, record.sha256, mapping):
        cancel(actor, import_id)
        return same
    _publish(record, "catalog.stage", 0)
    db.session.flush()
    return record


def _examined(content: bytes) -> tuple[bytes, str, list[str]]:
    if len(content) > MAX_UPLOAD:
        raise FileTooLarge(field="file")
    plain = readers.opened(content)
    format_ = readers.detect(plain)
    return plain, format_, readers.columns(plain, format_)


def _stored(actor: Actor, file_name: str, file: tuple[bytes, str, str], mapping: Mapping[str, str]) -> CatalogImport:
    content, format_, sha256 = file
    record = CatalogImport(
        id=new_id("imp"), manufacturer_id=actor.organization_id, file_name=file_name[:200], format=format_,
        content=content, sha256=sha256, mapping=dict(mapping), mode="full", status=ImportStatus.RECEIVED.value,
        total=0, done=0, counts={}, unmapped=[], created_by=actor.user_id, created_at=clock.now(), retires_gone=False,
    )
    db.session.add(record)
    db.session.flush()
    audit.record(actor, "catalog:upload", record.id, after={"file": record.file_name, "sha256": sha256})
    return record


def _applied_last(manufacturer_id: str, sha256: str, mapping: Mapping[str, str]) -> CatalogImport | None:
    last = db.session.scalar(
        db.select(CatalogImport).filter_by(manufacturer_id=manufacturer_id, status=ImportStatus.APPLIED.value)
        .order_by(CatalogImport.finished_at.desc(), CatalogImport.id.desc()).limit(1)
    )
    return last if last is not None and last.sha256 == sha256 and last.mapping == mapping else None


def stage(import_id: str, after: int = 0) -> None:
    """Read the next rows past the first `after` into staging; the last part also makes the diff.

    Effects: ImportRow rows; publishes the next part, or advances to staged; a file that cannot be read
             is refused with line and reason, and leaves no rows.
    """
    record = _locked(import_id)
    if record.status == ImportStatus.RECEIVED:
        advance(record, ImportStatus.READING, "catalog.stage", "reading the file")
    if record.status != ImportStatus.READING or record.done != after:
        return
    try:
        if after == 0:
            _look_over(record)
        rows = list(islice(readers.read(record.content, record.format, record.mapping), after, after + STAGE_BATCH))
        if not rows and not after:
            raise FileRefused("The file holds no products.", line=1)
    except FileRefused as refused:
        _refuse(record, refused)
        return
    _keep(record, rows)
    record.done = after + len(rows)
    if len(rows) == STAGE_BATCH:
        _publish(record, "catalog.stage", record.done)
    else:
        _finish(record)


def _publish(record: CatalogImport, topic: str, after: int) -> None:
    outbox.publish(topic, f"{topic}:{record.id}:{after}", {"import_id": record.id, "after": after})


def _look_over(record: CatalogImport) -> None:
    if record.format == "bmecat":
        record.mode = readers.mode(record.content)
        record.total = record.content.count(b"<SUPPLIER_PID") + record.content.count(b"<SUPPLIER_AID")
    elif record.format == "csv":
        record.total = record.content.count(b"\n")
    record.unmapped = readers.unmapped(record.content, record.format, record.mapping)


def _refuse(record: CatalogImport, refused: FileRefused) -> None:
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == record.id))
    record.refusal = f"Line {refused.line}: {refused.message}" if refused.line else refused.message
    record.finished_at = clock.now()
    advance(record, ImportStatus.REFUSED, "catalog.stage", record.refusal)


def _keep(record: CatalogImport, rows: list[Row]) -> None:
    maker = db.session.get_one(Organization, record.manufacturer_id).name
    for row in rows:
        if not row.data["brand"]:
            row.data["brand"], row.data["brand_key"] = maker, identifiers.brand_key(maker)
    values = [
        {"import_id": record.id, "row_no": row.row_no, "manufacturer_id": record.manufacturer_id, "data": row.data,
         "kind": "bad" if row.errors else "new", "errors": row.errors[:MAX_ERRORS]}
        for row in rows
    ]
    if values:
        db.session.execute(insert(ImportRow), values)


def _finish(record: CatalogImport) -> None:
    diffing.compare(record)
    record.counts = diffing.counts(record.id)
    record.total, record.done = sum(record.counts.values()), 0
    advance(record, ImportStatus.STAGED, "catalog.stage", "read and compared")


def approve(actor: Actor, import_id: str, *, retire_gone: bool = False) -> CatalogImport:
    """Let a staged import go live.

    Effects: advances to applying and asks for the first batch; with `retire_gone` products that the
             whole-catalog file no longer has are retired.
    Raises:  NotFound, WrongState, DoneAlready.
    """
    record = own(actor, import_id, "catalog:write", lock=True)
    if record.status in {ImportStatus.APPLYING, ImportStatus.APPLIED}:
        raise DoneAlready("This import is approved already.", state=record.status)
    advance(record, ImportStatus.APPLYING, actor.user_id, "approved")
    record.approved_by, record.retires_gone, record.started_at = actor.user_id, retire_gone, clock.now()
    kinds = applying.kinds(record)
    record.total, record.done = sum(record.counts.get(kind, 0) for kind in kinds), 0
    _publish(record, "catalog.apply", 0)
    audit.record(actor, "catalog:approve", record.id, after={**record.counts, "retire_gone": retire_gone})
    return record


def cancel(actor: Actor, import_id: str) -> CatalogImport:
    """Put an import away before it is applied. Raises: NotFound, WrongState."""
    record = own(actor, import_id, "catalog:write", lock=True)
    advance(record, ImportStatus.CANCELLED, actor.user_id, "cancelled")
    record.finished_at = clock.now()
    audit.record(actor, "catalog:cancel", record.id)
    return record


def apply(import_id: str, size: int = applying.BATCH) -> bool:
    """Apply the next batch of an approved import; says whether more is left.

    Effects: products and variants written, VariantPublished each; publishes the next part, or advances
             to applied. A batch is one transaction, so a cut-off leaves no half of one.
    """
    record = _locked(import_id)
    if record.status != ImportStatus.APPLYING:
        return False
    applied = applying.next_batch(record, size)
    record.done += applied
    if applied == size:
        _publish(record, "catalog.apply", record.done)
        return True
    record.counts = diffing.counts(record.id)
    record.finished_at = clock.now()
    advance(record, ImportStatus.APPLIED, "catalog.apply", f"{record.done} rows applied")
    return False


def is_held(record: CatalogImport) -> bool:
    """Whether a file waits for a person to say what its columns mean. One statement for a received one."""
    return record.status == ImportStatus.RECEIVED and not outbox.outcomes([f"catalog.stage:{record.id}:"])


def own(actor: Actor, import_id: str, permission: str = "catalog:read", *, lock: bool = False) -> CatalogImport:
    """An import of the actor's own. Raises: NotFound for others' and unknown ones alike."""
    authorize(actor, permission)
    record = db.session.get(CatalogImport, import_id, with_for_update=lock or None)
    if record is None or record.manufacturer_id != actor.organization_id:
        raise NotFound
    return record


def _locked(import_id: str) -> CatalogImport:
    return db.session.get_one(CatalogImport, import_id, with_for_update=True, populate_existing=True)
