"""Price lists and their rows, assignments, and markup rules.

A seller's lists say what it charges (base, and special ones for a reseller's storefront, a group or an
organization); a reseller's lists say what its customers pay. Where no reseller's list has the variant,
the markup over the seller's price holds (`resolve.py`).
"""

from sqlalchemy import CheckConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import ID, Base, Bps, Currency, Minor, Moment, PrimaryKey, Words, reference


class PriceList(Base):
    """A named table of prices of one owner (seller or reseller) in one currency."""

    __tablename__ = "price_lists"
    __table_args__ = (
        UniqueConstraint("owner_id", "name", "currency"),
        Index("ix_price_lists_base", "owner_id", "currency", unique=True, postgresql_where="is_base"),
    )
    __tenants__ = ("owner_id",)
    id: Mapped[PrimaryKey]
    owner_id: Mapped[str] = reference("organizations.id")
    name: Mapped[Words]
    currency: Mapped[Currency]
    is_base: Mapped[bool]
    """A seller's base list: holds for everybody whom no nearer list serves."""
    created_at: Mapped[Moment]


class Price(Base):
    """One price of one variant from a quantity on, for a time."""

    __tablename__ = "prices"
    __table_args__ = (
        Index("ix_prices_lookup", "variant_id", "price_list_id", "min_quantity", "valid_from", unique=True),
        Index("ix_prices_price_list_id", "price_list_id"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("min_quantity >= 1", name="min_quantity"),
    )
    __tenants__ = ("owner_id",)
    id: Mapped[PrimaryKey]
    price_list_id: Mapped[str] = reference("price_lists.id")
    owner_id: Mapped[str] = mapped_column(ID)
    variant_id: Mapped[str] = reference("variants.id")
    min_quantity: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[Minor]
    """Net price of one sales unit, in the list's currency."""
    valid_from: Mapped[Moment]
    valid_to: Mapped[Moment | None]


class PriceListAssignment(Base):
    """Who a list serves: exactly one of organization, group or storefront."""

    __tablename__ = "price_list_assignments"
    __table_args__ = (
        CheckConstraint("num_nonnulls(organization_id, customer_group, storefront_id) >= 1", name="target"),
        Index("ix_price_list_assignments_organization_id", "organization_id"),
        Index("ix_price_list_assignments_storefront_id", "storefront_id"),
    )
    __tenants__ = ("owner_id",)
    id: Mapped[PrimaryKey]
    price_list_id: Mapped[str] = reference("price_lists.id", index=True)
    owner_id: Mapped[str] = mapped_column(ID)
    organization_id: Mapped[str | None] = reference("organizations.id")
    customer_group: Mapped[Words | None]
    """Group name within `storefront_id`; then storefront_id is set too and the level is group."""
    storefront_id: Mapped[str | None] = reference("storefronts.id")
    created_at: Mapped[Moment]


class MarkupRule(Base):
    """A reseller's markup for a brand or category of one storefront; brand beats category beats the storefront's own."""

    __tablename__ = "markup_rules"
    __tenants__ = ("reseller_id",)
    id: Mapped[PrimaryKey]
    reseller_id: Mapped[str] = reference("organizations.id")
    storefront_id: Mapped[str] = reference("storefronts.id", index=True)
    brand_id: Mapped[str | None] = reference("brands.id")
    category_id: Mapped[str | None] = reference("categories.id")
    markup_bps: Mapped[Bps]
