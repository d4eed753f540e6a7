"""One batch of an approved import written to the live catalog.

Invariants: a row is applied once (`applied_at`); what has become another's since staging turns bad
instead of making a second product.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, or_, tuple_, update

from marketplace.catalog import events, service, texts
from marketplace.catalog.models import Brand, CatalogImport, Category, ImportRow, Product, ProductChange, Variant
from marketplace.core import clock
from marketplace.core import events as facts
from marketplace.core.db import db
from marketplace.core.ids import new_id

BATCH = 1_000
NOW_TAKEN = {"column": "mpn", "code": "TAKEN_MEANWHILE", "message": "The catalog has got this product meanwhile."}


def kinds(record: CatalogImport) -> tuple[str, ...]:
    """The kinds of rows that applying this import touches."""
    return ("new", "changed", "gone") if record.retires_gone or record.mode == "update" else ("new", "changed")


def next_batch(record: CatalogImport, size: int = BATCH) -> int:
    """Apply up to `size` rows not applied yet, in row order; returns how many there were."""
    rows = list(db.session.scalars(
        db.select(ImportRow)
        .where(ImportRow.import_id == record.id, ImportRow.kind.in_(kinds(record)), ImportRow.applied_at.is_(None))
        .order_by(ImportRow.row_no).limit(size)
    ))
    _insert(record, _still_new([row for row in rows if row.kind == "new"]))
    _change(record, [row for row in rows if row.kind == "changed"])
    _retire(record, [row for row in rows if row.kind == "gone"])
    for row in rows:
        row.applied_at = clock.now()
    db.session.flush()
    return len(rows)


def _still_new(rows: list[ImportRow]) -> list[ImportRow]:
    gtins = [row.data["gtin"] for row in rows if row.data["gtin"]]
    keys = [(row.data["brand_key"], row.data["mpn_key"]) for row in rows]
    if not rows:
        return []
    taken = set(db.session.execute(
        db.select(Brand.name_key, Variant.mpn_key, Variant.gtin).join(Brand, Brand.id == Variant.brand_id)
        .where(or_(Variant.gtin.in_(gtins), tuple_(Brand.name_key, Variant.mpn_key).in_(keys)))
    ).all())
    taken_keys, taken_gtins = {row[:2] for row in taken}, {row[2] for row in taken} - {None}
    free = []
    for row in rows:
        if (row.data["brand_key"], row.data["mpn_key"]) in taken_keys or row.data["gtin"] in taken_gtins:
            row.kind, row.errors = "bad", [*row.errors, NOW_TAKEN]
        else:
            free.append(row)
    return free


def _insert(record: CatalogImport, rows: list[ImportRow]) -> None:
    brands = _brands(record.manufacturer_id, rows)
    rows = [row for row in rows if brands[row.data["brand_key"]].manufacturer_id == record.manufacturer_id]
    categories = _categories(row.data["category"] for row in rows)
    products, variants = [], []
    for row in rows:
        row.variant_id = new_id("var")
        product, variant = _made(row, brands[row.data["brand_key"]], categories.get(row.data["category"]))
        products.append(product)
        variants.append(variant)
    if rows:
        db.session.execute(insert(Product), products)
        db.session.execute(insert(Variant), variants)
    _publish(variants)


def _made(row: ImportRow, brand: Brand, category_id: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    data, now = row.data, clock.now()
    shared = {"manufacturer_id": brand.manufacturer_id, "brand_id": brand.id, "category_id": category_id,
              "name": data["name"], "attributes": data["attributes"], "created_at": now, "updated_at": now}
    product = shared | {"id": new_id("prd"), "description": data["description"] or None}
    variant = shared | {
        "id": row.variant_id, "product_id": product["id"], "gtin": data["gtin"] or None, "mpn": data["mpn"],
        "mpn_key": data["mpn_key"], "unit": data["unit"] or "C62", "status": "active",
        "sort_key": texts.sort_key(data["name"]),
        "text": texts.line(brand.name, data["name"], data["mpn"], data["gtin"], data["attributes"]),
    }
    return product, variant


def _change(record: CatalogImport, rows: list[ImportRow]) -> None:
    live = _live(rows)
    brands = {brand.id: brand for brand in db.session.scalars(
        db.select(Brand).where(Brand.id.in_({variant.brand_id for variant, _ in live.values()})))}
    categories = _categories(row.data["category"] for row in rows)
    variants, products, changes = [], [], []
    for row in rows:
        variant, product = live[row.variant_id or ""]
        old, new = _difference(row.data, variant, product, categories)
        content = new | {"id": variant.id, "updated_at": clock.now()}
        description = content.pop("description", product.description)
        name, mpn = content.get("name", variant.name), content.get("mpn", variant.mpn)
        attributes, gtin = content.get("attributes", variant.attributes), content.get("gtin", variant.gtin)
        content["text"] = texts.line(brands[variant.brand_id].name, name, mpn, gtin, attributes)
        content["sort_key"] = texts.sort_key(name)
        variants.append(content)
        products.append({"id": product.id, "name": name, "description": description, "attributes": attributes,
                         "category_id": content.get("category_id", variant.category_id), "updated_at": clock.now()})
        changes.append(_recorded(record, variant.id, old, new))
    _save(variants, products, changes)
    _publish({"id": v.id, "manufacturer_id": v.manufacturer_id, "brand_id": v.brand_id} for v, _ in live.values())


def _save(variants: list[dict[str, Any]], products: list[dict[str, Any]], changes: list[dict[str, Any]]) -> None:
    shapes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for content in variants:
        shapes.setdefault(tuple(sorted(content)), []).append(content)
    for contents in shapes.values():
        db.session.execute(update(Variant), contents)
    if products:
        db.session.execute(update(Product), products)
        db.session.execute(insert(ProductChange), changes)


def _difference(
    data: dict[str, Any], variant: Variant, product: Product, categories: dict[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    live = {"name": variant.name, "mpn": variant.mpn, "mpn_key": variant.mpn_key, "gtin": variant.gtin,
            "unit": variant.unit, "description": product.description, "category_id": variant.category_id,
            "attributes": variant.attributes, "status": variant.status}
    said = {name: data[name] for name in ("name", "mpn", "mpn_key", "gtin", "unit", "description") if data[name]}
    said |= {"attributes": {**variant.attributes, **data["attributes"]}, "status": "active"}
    if data["category"]:
        said["category_id"] = categories[data["category"]]
    new = {name: value for name, value in said.items() if live[name] != value}
    return {name: live[name] for name in new}, new


def _retire(record: CatalogImport, rows: list[ImportRow]) -> None:
    if not rows:
        return
    ids = [row.variant_id for row in rows if row.variant_id]
    db.session.execute(update(Variant).where(Variant.id.in_(ids)).values(status="retired", updated_at=clock.now()))
    old, new = {"status": "active"}, {"status": "retired"}
    db.session.execute(insert(ProductChange), [_recorded(record, id_, old, new) for id_ in ids])
    _publish({"id": v.id, "manufacturer_id": v.manufacturer_id, "brand_id": v.brand_id} for v, _ in _live(rows).values())


def _recorded(record: CatalogImport, variant_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    now = clock.now()
    return {"id": new_id("chg"), "manufacturer_id": record.manufacturer_id, "variant_id": variant_id,
            "import_id": record.id, "status": "confirmed", "old": old, "new": new, "author": record.created_by,
            "reviewer": record.approved_by, "created_at": now, "reviewed_at": now}


def _live(rows: list[ImportRow]) -> dict[str, tuple[Variant, Product]]:
    found = db.session.execute(
        db.select(Variant, Product).join(Product, Product.id == Variant.product_id)
        .where(Variant.id.in_([row.variant_id for row in rows])).execution_options(populate_existing=True)
    )
    return {variant.id: (variant, product) for variant, product in found}


def _brands(manufacturer_id: str, rows: list[ImportRow]) -> dict[str, Brand]:
    names = {row.data["brand_key"]: row.data["brand"] for row in rows}
    return {key: service.ensure_brand(manufacturer_id, name) for key, name in sorted(names.items())}


def _categories(paths: Iterable[str]) -> dict[str, str]:
    wanted = {path for path in paths if path}
    found = dict(db.session.execute(
        db.select(Category.path, Category.id).where(Category.path.in_(wanted))).all()) if wanted else {}
    for path in sorted(wanted - found.keys()):
        category = service.ensure_category(path)
        if category is not None:
            found[path] = category.id
    return found


def _publish(variants: Iterable[dict[str, Any]]) -> None:
    for variant in variants:
        facts.publish(events.VariantPublished(variant["id"], variant["manufacturer_id"], variant["brand_id"]))
