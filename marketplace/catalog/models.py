"""The shared master catalog, and the imports and changes that feed it.

Invariants: a product has no price and no stock; a GTIN names one variant, and so do brand + MPN; the
live record changes only by a confirmed change. The catalog is public within the market; imports and
changes belong to their manufacturer.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Boolean, Computed, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import ID, Base, Id, Json, JsonList, Moment, PrimaryKey, Words, reference


class Brand(Base):
    """A manufacturer's brand. `name_key` is its name folded for matching."""

    __tablename__ = "brands"
    id: Mapped[PrimaryKey]
    manufacturer_id: Mapped[str] = reference("organizations.id", index=True)
    name: Mapped[Words]
    name_key: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)


class Category(Base):
    """A node of the market's category tree; `path` is the names from the root, joined by ' / '."""

    __tablename__ = "categories"
    id: Mapped[PrimaryKey]
    parent_id: Mapped[str | None] = reference("categories.id", index=True)
    name: Mapped[Words]
    path: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)


class Product(Base):
    """What a manufacturer makes: content shared by its variants."""

    __tablename__ = "products"
    id: Mapped[PrimaryKey]
    manufacturer_id: Mapped[str] = reference("organizations.id", index=True)
    brand_id: Mapped[str] = reference("brands.id", index=True)
    category_id: Mapped[str | None] = reference("categories.id", index=True)
    name: Mapped[Words]
    description: Mapped[Words | None]
    attributes: Mapped[Json]
    """Names to plain values or texts, shared by all variants."""
    picture_id: Mapped[str | None] = reference("pictures.id")
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class Variant(Base):
    """The buyable thing. Brand, category and manufacturer stand here too, for one-table listing."""

    __tablename__ = "variants"
    __table_args__ = (
        UniqueConstraint("brand_id", "mpn_key"),
        Index("ix_variants_gtin", "gtin", unique=True, postgresql_where="gtin IS NOT NULL"),
        Index("ix_variants_search", "search", postgresql_using="gin"),
        Index("ix_variants_text", "text", postgresql_using="gin", postgresql_ops={"text": "gin_trgm_ops"}),
        Index("ix_variants_listing", "sort_key", "id", postgresql_where="status = 'active'"),
        Index("ix_variants_brand_listing", "brand_id", "sort_key", "id", postgresql_where="status = 'active'"),
        Index("ix_variants_mpn_key", "mpn_key"),
        Index("ix_variants_facets", "brand_id", "category_id", postgresql_where="status = 'active'"),
    )
    id: Mapped[PrimaryKey]
    product_id: Mapped[str] = reference("products.id", index=True)
    manufacturer_id: Mapped[str] = reference("organizations.id", index=True)
    brand_id: Mapped[str] = reference("brands.id")
    category_id: Mapped[str | None] = reference("categories.id", index=True)
    gtin: Mapped[Words | None]
    """14 digits, zero-padded; null when the maker gives none."""
    mpn: Mapped[Words]
    mpn_key: Mapped[str] = mapped_column(ID)
    """The MPN folded for matching: upper case, letters and digits only."""
    name: Mapped[Words]
    attributes: Mapped[Json]
    unit: Mapped[Words]
    """Sales unit, UN/ECE Recommendation 20 code, such as C62 (piece)."""
    status: Mapped[Words]
    """'active' or 'retired'."""
    sort_key: Mapped[str] = mapped_column(ID)
    """Lower-case name, for stable listing order; cut at 40 characters."""
    text: Mapped[Words]
    """Brand, name, MPN, GTIN and attribute values in one lower-case line, for part-of-word search."""
    search: Mapped[str] = mapped_column(TSVECTOR, Computed("to_tsvector('simple', text)", persisted=True))
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class Picture(Base):
    """An image of a product, made safe by us."""

    __tablename__ = "pictures"
    id: Mapped[PrimaryKey]
    media_type: Mapped[Words]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportStatus(StrEnum):
    """The life of an uploaded catalog."""

    RECEIVED = "received"
    READING = "reading"
    STAGED = "staged"
    APPLYING = "applying"
    APPLIED = "applied"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class CatalogImport(Base):
    """One uploaded catalog file, from receipt to the live catalog."""

    __tablename__ = "catalog_imports"
    __tenants__ = ("manufacturer_id",)
    __transitions__: ClassVar = {
        ImportStatus.RECEIVED: frozenset({ImportStatus.READING, ImportStatus.CANCELLED}),
        ImportStatus.READING: frozenset({ImportStatus.STAGED, ImportStatus.REFUSED}),
        ImportStatus.STAGED: frozenset({ImportStatus.APPLYING, ImportStatus.CANCELLED}),
        ImportStatus.APPLYING: frozenset({ImportStatus.APPLIED}),
        ImportStatus.APPLIED: frozenset(),
        ImportStatus.REFUSED: frozenset(),
        ImportStatus.CANCELLED: frozenset(),
    }
    id: Mapped[PrimaryKey]
    manufacturer_id: Mapped[str] = reference("organizations.id", index=True)
    file_name: Mapped[Words]
    format: Mapped[Words]
    """'csv', 'xlsx' or 'bmecat'."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[Words]
    mapping: Mapped[Json]
    """Our field name to the file's column name; empty for BMEcat."""
    mode: Mapped[Words] = mapped_column(default="full")
    """'full': what the file lacks of its brands is gone; 'update': nothing is."""
    retires_gone: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether applying retires the gone products; decided when approved."""
    status: Mapped[Words]
    total: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[Json]
    """Rows by kind: new, changed, same, gone, bad."""
    unmapped: Mapped[JsonList]
    """Columns or elements of the file that no field takes."""
    refusal: Mapped[Words | None]
    """Why the whole file was refused, with its line; null otherwise."""
    created_by: Mapped[Id]
    approved_by: Mapped[Id | None]
    created_at: Mapped[Moment]
    started_at: Mapped[Moment | None]
    """When applying began, for rate and rest; null before."""
    finished_at: Mapped[Moment | None]


class ImportRow(Base):
    """One staged row: what the file says, what is wrong with it, and what it will do."""

    __tablename__ = "import_rows"
    __table_args__ = (Index("ix_import_rows_kind", "import_id", "kind", "row_no"),)
    __tenants__ = ("manufacturer_id",)
    import_id: Mapped[str] = mapped_column(ID, primary_key=True)
    row_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    """Line of the CSV file, or place of the product in the BMEcat file; gone rows count on from the last."""
    manufacturer_id: Mapped[Id]
    kind: Mapped[Words]
    """'new', 'changed', 'same', 'gone' or 'bad'."""
    data: Mapped[Json]
    errors: Mapped[JsonList]
    """[{"column", "code", "message"}]"""
    variant_id: Mapped[Id | None]
    applied_at: Mapped[Moment | None]


class ProductChange(Base):
    """A proposed or applied change of a variant's content, old and new values side by side."""

    __tablename__ = "product_changes"
    __tenants__ = ("manufacturer_id",)
    id: Mapped[PrimaryKey]
    manufacturer_id: Mapped[str] = reference("organizations.id", index=True)
    variant_id: Mapped[str | None] = mapped_column(ID, index=True)
    import_id: Mapped[Id | None]
    status: Mapped[Words]
    """'pending', 'confirmed', 'declined' or 'requires_action'."""
    old: Mapped[Json]
    new: Mapped[Json]
    author: Mapped[Words]
    reviewer: Mapped[Words | None]
    created_at: Mapped[Moment]
    reviewed_at: Mapped[Moment | None]
