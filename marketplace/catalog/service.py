"""Brands, categories, recognition of products, and proposed changes (verbs of the catalog).

Invariants: a brand belongs to one manufacturer; the live record changes only when a change is confirmed.
Whole files go through `imports`.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marketplace.catalog import events, identifiers, texts
from marketplace.catalog.models import Brand, Category, Product, ProductChange, Variant
from marketplace.core import audit, clock
from marketplace.core import events as facts
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor, authorize

CHANGEABLE = frozenset({"name", "description", "gtin", "attributes", "unit", "status"})


class ChangeAlreadyReviewed(Conflict):
    """Somebody has confirmed or declined this change before."""

    code: ClassVar[str] = "change_already_reviewed"
    message = "This change has been reviewed already."


class GtinTaken(Conflict):
    """Another product has this GTIN."""

    code: ClassVar[str] = "gtin_taken"
    message = "Another product has this GTIN already."


def ensure_brand(manufacturer_id: str, name: str) -> Brand:
    """The brand of this name, made for the manufacturer when nobody has it; it may be another company's."""
    key = identifiers.brand_key(name)
    found = db.session.scalar(db.select(Brand).filter_by(name_key=key))
    if found:
        return found
    if not key:
        raise Invalid("A brand needs a name.", field="brand")
    brand = Brand(id=new_id("brd"), manufacturer_id=manufacturer_id, name=name.strip(), name_key=key,
                  slug=_free_slug(Brand, name))
    db.session.add(brand)
    db.session.flush()
    return brand


def ensure_category(path: str) -> Category | None:
    """The category at `path` ('A / B / C'), its ancestors made where they are missing; None for no path."""
    parent: Category | None = None
    names: list[str] = []
    for name in (part.strip() for part in path.split(" / ")):
        if not name:
            continue
        names.append(name)
        here = " / ".join(names)
        found = db.session.scalar(db.select(Category).filter_by(path=here))
        if found is None:
            found = Category(id=new_id("cat"), parent_id=parent.id if parent else None, name=name, path=here,
                             slug=_free_slug(Category, here))
            db.session.add(found)
            db.session.flush()
        parent = found
    return parent


def match(gtin: str | None = None, brand: str = "", mpn: str = "") -> str | None:
    """The variant with this GTIN (14 digits), else with this brand and MPN; None when there is none."""
    if gtin:
        found = db.session.scalar(db.select(Variant.id).filter_by(gtin=gtin))
        if found:
            return found
    query = db.select(Variant.id).join(Brand, Brand.id == Variant.brand_id)
    return db.session.scalar(query.where(
        Brand.name_key == identifiers.brand_key(brand), Variant.mpn_key == identifiers.mpn_key(mpn)
    ))


def propose(actor: Actor, variant_id: str, new: Mapping[str, Any]) -> ProductChange:
    """Propose new content for a variant; the live record stays as it is until the change is confirmed.

    Shapes:  a blank GTIN or description takes it away; what is as it stands is no part of the change.
    Raises:  NotFound for another manufacturer's variant; BadGtin; Invalid for a field that cannot be changed, and when nothing is different.
    """
    variant = own_variant(actor, variant_id, "catalog:write")
    unknown = set(new) - CHANGEABLE
    if unknown:
        raise Invalid(f"{', '.join(sorted(unknown))} cannot be changed.", field=min(unknown))
    live = content(variant)
    wanted = {name: value for name, value in _read(new).items() if value != live[name]}
    if not wanted:
        raise Invalid("Nothing is different.")
    change = ProductChange(
        id=new_id("chg"), manufacturer_id=variant.manufacturer_id, variant_id=variant.id, status="pending",
        old={name: live[name] for name in wanted}, new=wanted, author=actor.user_id, created_at=clock.now(),
    )
    db.session.add(change)
    db.session.flush()
    return change


def _read(new: Mapping[str, Any]) -> dict[str, Any]:
    """What is proposed, as the record has it."""
    wanted = {name: value or None if name in {"gtin", "description"} else value for name, value in new.items()}
    number = wanted.get("gtin")
    return {**wanted, "gtin": identifiers.gtin14(number)} if number else wanted


def confirm(actor: Actor, change_id: str) -> ProductChange:
    """Make a proposed change live. Effects: writes the variant, publishes VariantPublished, audit entry."""
    change = _reviewed(actor, change_id, "confirmed")
    variant = db.session.get_one(Variant, change.variant_id, with_for_update=True)
    gtin = change.new.get("gtin")
    if gtin and match(gtin) not in {None, variant.id}:
        raise GtinTaken(field="gtin")
    _write(variant, change.new)
    facts.publish(events.VariantPublished(variant.id, variant.manufacturer_id, variant.brand_id))
    audit.record(actor, "product:change", variant.id, before=change.old, after=change.new)
    db.session.flush()
    return change


def decline(actor: Actor, change_id: str) -> ProductChange:
    """Turn a proposed change down; the live record stays byte-identical."""
    change = _reviewed(actor, change_id, "declined")
    audit.record(actor, "product:decline", change.variant_id or change.id, before=change.old, after=change.new)
    db.session.flush()
    return change


def own_variant(actor: Actor, variant_id: str, permission: str = "catalog:read") -> Variant:
    """A variant of the actor's own. Raises: NotFound for others' and unknown ones alike."""
    authorize(actor, permission)
    variant = db.session.get(Variant, variant_id)
    if variant is None or variant.manufacturer_id != actor.organization_id:
        raise NotFound
    return variant


def content(variant: Variant) -> dict[str, Any]:
    """What a change may touch, as it stands now."""
    product = db.session.get_one(Product, variant.product_id)
    return {"name": variant.name, "description": product.description, "gtin": variant.gtin,
            "attributes": variant.attributes, "unit": variant.unit, "status": variant.status}


def _write(variant: Variant, new: Mapping[str, Any]) -> None:
    product = db.session.get_one(Product, variant.product_id)
    brand = db.session.get_one(Brand, variant.brand_id)
    for name in new.keys() & {"gtin", "unit", "status", "name", "attributes"}:
        setattr(variant, name, new[name])
    for name in new.keys() & {"name", "description", "attributes"}:
        setattr(product, name, new[name])
    variant.sort_key = texts.sort_key(variant.name)
    variant.text = texts.line(brand.name, variant.name, variant.mpn, variant.gtin, variant.attributes)
    variant.updated_at = product.updated_at = clock.now()


def _reviewed(actor: Actor, change_id: str, status: str) -> ProductChange:
    authorize(actor, "catalog:write")
    change = db.session.get(ProductChange, change_id, with_for_update=True)
    if change is None or change.manufacturer_id != actor.organization_id:
        raise NotFound
    if change.status != "pending":
        raise ChangeAlreadyReviewed
    change.status, change.reviewer, change.reviewed_at = status, actor.user_id, clock.now()
    return change


def _free_slug(model: type[Brand] | type[Category], name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "n"
    taken = set(db.session.scalars(db.select(model.slug).where(model.slug.like(f"{slug}%"))))
    number = 1
    candidate = slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
