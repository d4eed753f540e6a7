"""Big reads of the catalog: a manufacturer's own lists.

Every list costs a constant number of statements. The catalog itself is public within the market;
imports and changes are narrowed to the actor's organization.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, select

from marketplace.catalog import search
from marketplace.catalog.models import Brand, CatalogImport, Category, ImportRow, ImportStatus, Product, ProductChange, Variant
from marketplace.core import outbox, paging, progress
from marketplace.core.db import Query, db
from marketplace.core.paging import Page
from marketplace.core.progress import Stage
from marketplace.identity.access import Actor, authorize, visible_to

OVER = (ImportStatus.APPLIED, ImportStatus.REFUSED, ImportStatus.CANCELLED)


PRODUCT_SORTS: paging.Sorts = {"name": Variant.sort_key, "mpn": Variant.mpn}
IMPORT_SORTS: paging.Sorts = {"sent": CatalogImport.id, "file": CatalogImport.file_name, "status": CatalogImport.status}
CHANGE_SORTS: paging.Sorts = {"at": ProductChange.id, "status": ProductChange.status}


def products(actor: Actor, query: str = "", ask: paging.Ask = paging.FIRST) -> Page:
    """The manufacturer's own variants with brand and category names, by name or as asked."""
    authorize(actor, "catalog:read")
    listed = _listed(Variant.manufacturer_id == actor.organization_id, search.matches(query))
    page = paging.sorted_rows(listed, Variant.id, replace(ask, sort=ask.sort or "name"), PRODUCT_SORTS)
    return replace(page, items=[row._mapping for row in page.items])


def nearest(actor: Actor, query: str, limit: int) -> list[Any]:
    """The manufacturer's own variants that a query finds, the very part number or GTIN first."""
    authorize(actor, "catalog:read")
    listed = _listed(Variant.manufacturer_id == actor.organization_id, search.matches(query)).order_by(None)
    return list(db.session.execute(listed.order_by(search.rank(query), Variant.sort_key, Variant.id).limit(limit)))


def _listed(*clauses: ColumnElement[bool]) -> Query:
    return (
        select(Variant.id, Variant.name, Variant.mpn, Variant.gtin, Variant.status, Variant.unit, Variant.sort_key,
               Brand.name.label("brand"), Category.path.label("category"), Product.picture_id)
        .join(Brand, Brand.id == Variant.brand_id).join(Product, Product.id == Variant.product_id)
        .outerjoin(Category, Category.id == Variant.category_id)
        .where(*clauses).order_by(Variant.sort_key, Variant.id)
    )


def imports(actor: Actor, ask: paging.Ask = paging.FIRST) -> Page:
    """The manufacturer's imports, newest first or as asked."""
    authorize(actor, "catalog:read")
    return paging.sorted_page(select(CatalogImport).filter_by(manufacturer_id=actor.organization_id), CatalogImport.id, ask, IMPORT_SORTS)


def unfinished(actor: Actor, limit: int = 50) -> list[tuple[CatalogImport, Stage]]:
    """Imports that are not over, newest first, with what each waits for; the operator's are everybody's. Two statements."""
    records = _long_work(actor, ~CatalogImport.status.in_(OVER), None, limit)
    asked = outbox.outcomes([f"catalog.{step}:{record.id}:" for record in records for step in ("stage", "apply")])
    return [(record, _stage(record, asked)) for record in records]


def _stage(record: CatalogImport, asked: dict[str, bool]) -> Stage:
    step = "apply" if record.status == ImportStatus.APPLYING else "stage"
    dead = asked.get(f"catalog.{step}:{record.id}:")
    if record.status == ImportStatus.STAGED or dead is None:
        return Stage.WAITING
    return Stage.STOPPED if dead else Stage.RUNNING


def finished(actor: Actor, after: str | None, limit: int) -> list[CatalogImport]:
    """Imports that are over, newest first, after the place `after` in time; the operator's are everybody's. One statement."""
    return _long_work(actor, CatalogImport.status.in_(OVER), after, limit)


def _long_work(actor: Actor, which: ColumnElement[bool], after: str | None, limit: int) -> list[CatalogImport]:
    authorize(actor, "activity:read")
    query = visible_to(select(CatalogImport), actor, CatalogImport.manufacturer_id).where(which)
    return progress.newest(query, CatalogImport.id, ("imp", after), limit)


def import_rows(record: CatalogImport, kind: str, cursor: str | None = None, limit: int = 50) -> Page:
    """One kind of an import's rows, in file order."""
    query = select(ImportRow).where(ImportRow.import_id == record.id, ImportRow.kind == kind)
    if cursor:
        query = query.where(ImportRow.row_no > paging.decode(cursor)[0])
    rows = list(db.session.scalars(query.order_by(ImportRow.row_no).limit(limit + 1)))
    more = len(rows) > limit
    return Page(rows[:limit], paging.encode([rows[limit - 1].row_no]) if more else None)


def live_values(record: CatalogImport, rows: list[ImportRow]) -> dict[str, dict[str, Any]]:
    """What the catalog says of the variants of these rows, or said before the file was applied, to show beside what the file says."""
    ids = [row.variant_id for row in rows if row.variant_id]
    found = db.session.execute(
        select(Variant.id, Variant.name, Variant.mpn, Variant.gtin, Variant.unit, Variant.status, Variant.attributes,
               Product.description, Category.path.label("category"))
        .join(Product, Product.id == Variant.product_id).outerjoin(Category, Category.id == Variant.category_id)
        .where(Variant.id.in_(ids))
    ).mappings()
    values = {row["id"]: dict(row) for row in found}
    done = db.session.execute(
        select(ProductChange.variant_id, ProductChange.old, Category.path)
        .outerjoin(Category, Category.id == ProductChange.old["category_id"].astext)
        .where(ProductChange.import_id == record.id, ProductChange.variant_id.in_(ids)))
    for variant_id, old, path in done:
        values[variant_id] |= {**old, "category": path} if "category_id" in old else old
    return values


def changes(actor: Actor, variant_id: str | None = None, ask: paging.Ask = paging.FIRST) -> Page:
    """Proposed and made changes of the manufacturer's products, newest first or as asked; each with its `product` and `mpn`."""
    authorize(actor, "catalog:read")
    query = select(
        ProductChange.id, ProductChange.variant_id, ProductChange.status, ProductChange.old, ProductChange.new, ProductChange.author,
        ProductChange.reviewer, ProductChange.created_at, ProductChange.reviewed_at, Variant.name.label("product"), Variant.mpn,
    ).outerjoin(Variant, Variant.id == ProductChange.variant_id).where(ProductChange.manufacturer_id == actor.organization_id)
    if variant_id:
        query = query.where(ProductChange.variant_id == variant_id)
    return paging.sorted_rows(query, ProductChange.id, ask, CHANGE_SORTS)


def brands(manufacturer_id: str) -> list[Brand]:
    """A manufacturer's brands, by name."""
    return list(db.session.scalars(
        select(Brand).filter_by(manufacturer_id=manufacturer_id).order_by(Brand.name, Brand.id)))
