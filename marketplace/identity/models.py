"""Who takes part: organizations and their tree, users, memberships, sessions, keys, storefronts.

Invariants: a Membership is the only source of permissions; a session belongs to one host; tokens are
stored hashed. Organizations, users and storefronts are known to the whole market; the rest is private.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Bps, Country, Currency, Json, Moment, PrimaryKey, Texts, Words, reference


class Kind(StrEnum):
    """The parts an organization may play."""

    MANUFACTURER = "manufacturer"
    SELLER = "seller"
    RESELLER = "reseller"
    BUYER = "buyer"
    OPERATOR = "operator"


class OrganizationStatus(StrEnum):
    """Where an organization stands with the operator."""

    APPLIED = "applied"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Organization(Base):
    """A company, or a unit of one. `lineage` is its own id, then its ancestors, nearest first."""

    __tablename__ = "organizations"
    __table_args__ = (Index("ix_organizations_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),)
    __transitions__: ClassVar = {
        OrganizationStatus.APPLIED: frozenset({OrganizationStatus.APPROVED, OrganizationStatus.CLOSED}),
        OrganizationStatus.APPROVED: frozenset({OrganizationStatus.SUSPENDED, OrganizationStatus.CLOSED}),
        OrganizationStatus.SUSPENDED: frozenset({OrganizationStatus.APPROVED, OrganizationStatus.CLOSED}),
        OrganizationStatus.CLOSED: frozenset(),
    }
    id: Mapped[PrimaryKey]
    parent_id: Mapped[str | None] = reference("organizations.id", index=True)
    lineage: Mapped[Texts]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Words]
    kinds: Mapped[Texts]
    status: Mapped[Words] = mapped_column(default=OrganizationStatus.APPROVED.value)
    country: Mapped[Country]
    region: Mapped[Words | None]
    currency: Mapped[Currency]
    tax_id: Mapped[Words | None]
    customer_group: Mapped[Words | None]
    """Name of the reseller's customer group this buyer is in; null when in none."""
    reseller_id: Mapped[str | None] = reference("organizations.id", index=True)
    """The reseller a buyer buys through; null for other kinds."""
    created_at: Mapped[Moment]


class User(Base):
    """A person. Knows a password; gets every right from memberships."""

    __tablename__ = "users"
    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case."""
    name: Mapped[Words]
    password_hash: Mapped[Words | None]
    locale: Mapped[Words | None]
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[Moment]


class Membership(Base):
    """A user's role in one organization; the only source of permissions (`identity.access.ROLES`)."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "organization_id"),)
    __tenants__ = ("organization_id",)
    id: Mapped[PrimaryKey]
    user_id: Mapped[str] = reference("users.id")
    organization_id: Mapped[str] = reference("organizations.id", index=True)
    role: Mapped[Words]


class UserSession(Base):
    """A sign-in on one host. `id` is the SHA-256 of the cookie's token."""

    __tablename__ = "user_sessions"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = reference("users.id", index=True)
    organization_id: Mapped[str] = reference("organizations.id")
    host: Mapped[Words]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


class ApiKey(Base):
    """A program's way in for one organization. `token_hash` is SHA-256; the token is shown once."""

    __tablename__ = "api_keys"
    __tenants__ = ("organization_id",)
    id: Mapped[PrimaryKey]
    organization_id: Mapped[str] = reference("organizations.id", index=True)
    name: Mapped[Words]
    token_hash: Mapped[str] = mapped_column(unique=True)
    permissions: Mapped[Texts]
    user_id: Mapped[str] = reference("users.id")
    created_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


class Address(Base):
    """A place of an organization; orders copy it."""

    __tablename__ = "addresses"
    __tenants__ = ("organization_id",)
    id: Mapped[PrimaryKey]
    organization_id: Mapped[str] = reference("organizations.id", index=True)
    label: Mapped[Words]
    name: Mapped[Words]
    line1: Mapped[Words]
    line2: Mapped[Words | None]
    postcode: Mapped[Words]
    city: Mapped[Words]
    region: Mapped[Words | None]
    country: Mapped[Country]


class CostCenter(Base):
    """Where a company books a purchase."""

    __tablename__ = "cost_centers"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)
    __tenants__ = ("organization_id",)
    id: Mapped[PrimaryKey]
    organization_id: Mapped[str] = reference("organizations.id")
    code: Mapped[Words]
    name: Mapped[Words]
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class SalesAssignment(Base):
    """A reseller's sales rep looks after a buyer."""

    __tablename__ = "sales_assignments"
    __table_args__ = (UniqueConstraint("user_id", "buyer_id"),)
    __tenants__ = ("reseller_id",)
    id: Mapped[PrimaryKey]
    reseller_id: Mapped[str] = reference("organizations.id")
    user_id: Mapped[str] = reference("users.id")
    buyer_id: Mapped[str] = reference("organizations.id")


class Storefront(Base):
    """A reseller's shop under its own host name, with its own look."""

    __tablename__ = "storefronts"
    __table_args__ = (
        CheckConstraint("primary_color ~ '^#[0-9a-f]{6}$'", name="primary_color"),
        Index("ix_storefronts_reseller_id", "reseller_id"),
    )
    id: Mapped[PrimaryKey]
    reseller_id: Mapped[str] = reference("organizations.id")
    host: Mapped[str] = mapped_column(unique=True)
    """Lower case, without port."""
    name: Mapped[Words]
    tagline: Mapped[Words | None]
    primary_color: Mapped[Words]
    currency: Mapped[Currency]
    locale: Mapped[Words]
    markup_bps: Mapped[Bps]
    """The reseller's margin over the sellers' prices, in basis points, where no finer rule holds."""
    settings: Mapped[Json]
    """"guest_prices": whether guests see prices; true when it is not there."""
    created_at: Mapped[Moment]

    @property
    def guest_prices(self) -> bool:
        """Whether guests see prices."""
        return bool(self.settings.get("guest_prices", True))

    @guest_prices.setter
    def guest_prices(self, shown: bool) -> None:
        self.settings = {**self.settings, "guest_prices": shown}
