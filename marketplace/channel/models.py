"""Authorizations to sell, and the assortments that resellers and buyers see.

Invariants: an offer is buyable only where an active authorization covers its brand, the destination's
country and the day (`authorization.py`). Revoking one hides offers at once and leaves open orders alone.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from marketplace.core.db import Base, Day, Moment, PrimaryKey, Texts, Words, reference


class AuthorizationStatus(StrEnum):
    """Whether an authorization holds."""

    ACTIVE = "active"
    REVOKED = "revoked"


class SellerAuthorization(Base):
    """A manufacturer lets a seller sell a brand in some countries for some time."""

    __tablename__ = "seller_authorizations"
    __table_args__ = (Index("ix_seller_authorizations_cover", "brand_id", "seller_id"),)
    __tenants__ = ("manufacturer_id", "seller_id")
    __transitions__: ClassVar = {
        AuthorizationStatus.ACTIVE: frozenset({AuthorizationStatus.REVOKED}),
        AuthorizationStatus.REVOKED: frozenset(),
    }
    id: Mapped[PrimaryKey]
    manufacturer_id: Mapped[str] = reference("organizations.id", index=True)
    seller_id: Mapped[str] = reference("organizations.id", index=True)
    brand_id: Mapped[str] = reference("brands.id")
    countries: Mapped[Texts]
    """ISO 3166 codes of destinations; empty means everywhere."""
    valid_from: Mapped[Day]
    valid_to: Mapped[Day | None]
    """Last day, included; null means open-ended."""
    status: Mapped[Words]
    created_by: Mapped[Words]
    created_at: Mapped[Moment]


class AssortmentRule(Base):
    """What a storefront shows, or what one buyer or group of it sees: allow or deny a brand or category.

    Without an allow rule on its level everything is allowed; a deny always wins.
    """

    __tablename__ = "assortment_rules"
    __tenants__ = ("reseller_id",)
    id: Mapped[PrimaryKey]
    reseller_id: Mapped[str] = reference("organizations.id", index=True)
    storefront_id: Mapped[str] = reference("storefronts.id", index=True)
    organization_id: Mapped[str | None] = reference("organizations.id")
    """The buyer this rule is for; null with a null group means the whole storefront."""
    customer_group: Mapped[Words | None]
    effect: Mapped[Words]
    """'allow' or 'deny'."""
    brand_id: Mapped[str | None] = reference("brands.id")
    category_id: Mapped[str | None] = reference("categories.id")
