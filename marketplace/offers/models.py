"""Offers and what stands behind them.

Invariants: an offer never changes its product; stock is never negative (`available >= 0`); what is
reserved has left `available`, and comes back when the reservation is released.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import (
    ID,
    Base,
    Bps,
    Country,
    Currency,
    Day,
    Id,
    Json,
    JsonList,
    Minor,
    Moment,
    PrimaryKey,
    Words,
    reference,
)


class Offer(Base):
    """One seller's promise for one variant. Its base price lives in the seller's base price list."""

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("seller_id", "seller_sku"),
        UniqueConstraint("variant_id", "seller_id"),
        CheckConstraint("min_quantity >= 1 AND multiple >= 1", name="quantities"),
    )
    __tenants__ = ("seller_id",)
    id: Mapped[PrimaryKey]
    seller_id: Mapped[str] = reference("organizations.id")
    variant_id: Mapped[str] = reference("variants.id")
    brand_id: Mapped[str] = reference("brands.id", index=True)
    seller_sku: Mapped[str] = mapped_column()
    currency: Mapped[Currency]
    condition: Mapped[Words]
    """'new', 'refurbished' or 'used'."""
    lead_time_days: Mapped[int] = mapped_column(Integer)
    """Working days from order to dispatch."""
    min_quantity: Mapped[int] = mapped_column(Integer)
    multiple: Mapped[int] = mapped_column(Integer)
    max_quantity: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[Moment]
    valid_to: Mapped[Moment | None]
    status: Mapped[Words]
    """'active' or 'withdrawn' (by the seller)."""
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class StockLocation(Base):
    """A seller's warehouse."""

    __tablename__ = "stock_locations"
    __table_args__ = (UniqueConstraint("seller_id", "code"),)
    __tenants__ = ("seller_id",)
    id: Mapped[PrimaryKey]
    seller_id: Mapped[str] = reference("organizations.id", index=True)
    code: Mapped[Words]
    name: Mapped[Words]
    country: Mapped[Country]
    postcode: Mapped[Words]


class StockLevel(Base):
    """Base units of one offer at one location: free to promise, reserved for orders, and what left it with them.

    `counted` is all that the seller has put there: what was free when it was last said, and what was reserved or had left by then.
    So `available` is `counted` less `reserved` less `consumed`.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("available >= 0", name="available"),
        CheckConstraint("reserved >= 0", name="reserved"),
        UniqueConstraint("offer_id", "location_id"),
    )
    __tenants__ = ("seller_id",)
    id: Mapped[PrimaryKey]
    offer_id: Mapped[str] = reference("offers.id")
    location_id: Mapped[str] = reference("stock_locations.id", index=True)
    seller_id: Mapped[str] = reference("organizations.id", index=True)
    available: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    consumed: Mapped[int] = mapped_column(BigInteger, default=0)
    counted: Mapped[int] = mapped_column(BigInteger)


class ReservationStatus(StrEnum):
    """Held until shipped or given back."""

    HELD = "held"
    CONSUMED = "consumed"
    RELEASED = "released"


class Reservation(Base):
    """Units of one stock level kept for one allocation of an order."""

    __tablename__ = "reservations"
    __table_args__ = (Index("ix_reservations_held", "expires_at", postgresql_where="status = 'held'"),)
    __tenants__ = ("seller_id",)
    __transitions__: ClassVar = {
        ReservationStatus.HELD: frozenset({ReservationStatus.CONSUMED, ReservationStatus.RELEASED}),
        ReservationStatus.CONSUMED: frozenset(),
        ReservationStatus.RELEASED: frozenset(),
    }
    id: Mapped[PrimaryKey]
    stock_level_id: Mapped[str] = reference("stock_levels.id", index=True)
    seller_id: Mapped[str] = reference("organizations.id")
    order_id: Mapped[str] = mapped_column(ID, index=True)
    allocation_id: Mapped[str] = mapped_column(ID, index=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    """What is still held; shipping in parts lowers it."""
    status: Mapped[Words]
    expires_at: Mapped[Moment | None]
    """When an unpaid order's stock goes back; null once paid or on account."""
    created_at: Mapped[Moment]


class FreightRule(Base):
    """What one seller order's freight costs to a country; the most specific rule wins."""

    __tablename__ = "freight_rules"
    __table_args__ = (UniqueConstraint("seller_id", "country", "currency", postgresql_nulls_not_distinct=True),)
    __tenants__ = ("seller_id",)
    id: Mapped[PrimaryKey]
    seller_id: Mapped[str] = reference("organizations.id", index=True)
    country: Mapped[Country | None]
    """Destination; null is anywhere else."""
    currency: Mapped[Currency]
    freight_minor: Mapped[Minor]
    free_from_minor: Mapped[Minor | None]
    """Goods of the seller order, as the buyer pays them, from which freight is free; null is never."""
    transit_days: Mapped[int] = mapped_column(Integer)
    """Working days from dispatch to arrival."""


class OrderMinimum(Base):
    """The least goods value of one seller order, as the buyer pays them."""

    __tablename__ = "order_minimums"
    __table_args__ = (UniqueConstraint("seller_id", "currency"),)
    __tenants__ = ("seller_id",)
    id: Mapped[PrimaryKey]
    seller_id: Mapped[str] = reference("organizations.id")
    currency: Mapped[Currency]
    minimum_minor: Mapped[Minor]
    rule: Mapped[Words]
    """'block' or 'surcharge'."""
    surcharge_minor: Mapped[Minor]
    """Added below the minimum when the rule is surcharge; 0 otherwise."""


class SellerPause(Base):
    """A window in which a seller's offers leave matching."""

    __tablename__ = "seller_pauses"
    __tenants__ = ("seller_id",)
    id: Mapped[PrimaryKey]
    seller_id: Mapped[str] = reference("organizations.id", index=True)
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]


class SellerScore(Base):
    """How well a seller kept its promises, as of one day: the row of a day is replaced until the day is over, and then stays.

    The counts are of seller orders opened in the window; the analytics room counts them, docs/scores.md says how.
    """

    __tablename__ = "seller_scores"
    __tenants__ = ("seller_id",)
    seller_id: Mapped[str] = reference("organizations.id", primary_key=True)
    day: Mapped[Day] = mapped_column(primary_key=True)
    window_days: Mapped[int] = mapped_column(Integer)
    """How many days the window has; `day` is its last one."""
    answered: Mapped[int] = mapped_column(Integer)
    """Accepted, refused, or left until the time to accept had passed."""
    accepted: Mapped[int] = mapped_column(Integer)
    silent: Mapped[int] = mapped_column(Integer)
    """Of those answered, the ones whose time passed."""
    due: Mapped[int] = mapped_column(Integer)
    """Accepted ones that were shipped in full in time, or whose promised day ended with something still open."""
    late: Mapped[int] = mapped_column(Integer)
    """Of those due, the latter."""
    cut: Mapped[int] = mapped_column(Integer)
    """Of those accepted, the ones of which the seller gave units back."""
    acceptance_bps: Mapped[Bps | None]
    """accepted of answered; null while too few are counted, as the two below."""
    late_bps: Mapped[Bps | None]
    """late of due."""
    cancellation_bps: Mapped[Bps | None]
    """cut of accepted."""
    return_bps: Mapped[Bps | None]
    """Null: returns are not measured yet."""
    rating_bps: Mapped[Bps | None]
    """Null: ratings are not measured yet."""
    score_bps: Mapped[Bps]
    """The weighted mean of what is measured, 10000 at best; `scores.NEUTRAL_BPS` when nothing is."""
    computed_at: Mapped[Moment]


class OfferImport(Base):
    """A seller's offer file: read, matched and published by a job; refused rows come back with codes."""

    __tablename__ = "offer_imports"
    __tenants__ = ("seller_id",)
    id: Mapped[PrimaryKey]
    seller_id: Mapped[str] = reference("organizations.id", index=True)
    file_name: Mapped[Words]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[Words]
    status: Mapped[Words]
    """'received', 'working', 'done' or 'refused'."""
    total: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[Json]
    """Rows by outcome: created, updated, same, refused."""
    errors: Mapped[JsonList]
    """The first 100 refused rows: [{"row", "column", "code"}]; all are in `offer_import_rows` until the next file."""
    unread: Mapped[JsonList]
    """Headings of columns that mean nothing here; known once the rows are read."""
    refusal: Mapped[Words | None]
    created_by: Mapped[Id]
    created_at: Mapped[Moment]


class OfferImportRow(Base):
    """One row of an offer file, checked and matched; gone once it is published, kept when it is refused."""

    __tablename__ = "offer_import_rows"
    __tenants__ = ("seller_id",)
    import_id: Mapped[str] = mapped_column(ID, primary_key=True)
    row_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    """Line of the file."""
    seller_id: Mapped[Id]
    new_id: Mapped[Words]
    """Twenty characters of which a new offer's, stock level's and prices' ids are made."""
    seller_sku: Mapped[Words]
    variant_id: Mapped[Id | None]
    brand_id: Mapped[Id | None]
    location_id: Mapped[Id | None]
    currency: Mapped[Currency | None]
    condition: Mapped[Words | None]
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    lead_time_days: Mapped[int | None] = mapped_column(Integer)
    min_quantity: Mapped[int | None] = mapped_column(Integer)
    multiple: Mapped[int | None] = mapped_column(Integer)
    max_quantity: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[Moment | None]
    valid_to: Mapped[Moment | None]
    tiers: Mapped[JsonList]
    """[[from quantity, net price in minor units of `currency`]]."""
    code: Mapped[Words | None]
    """Why it is refused; null when it can be published."""
    column: Mapped[Words | None]
    """The column that the refusal is about; null when it is about the row."""
