"""Carts and orders.

Invariants: one order per cart; an order's totals are the sums of its seller orders', to the minor unit;
an allocation's quantity is shipped + cancelled + still open; the order's status is derived from its
seller orders'. Names, prices and addresses are copied: an order does not change with the catalog.
Each row names its parties, so that each sees its own part.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import ID, Base, Bps, Currency, Day, Id, Json, Minor, Moment, PrimaryKey, Words, reference


class Cart(Base):
    """What a buyer's person is putting together on one storefront."""

    __tablename__ = "carts"
    __table_args__ = (
        Index("ix_carts_open", "user_id", "buyer_id", "storefront_id", unique=True, postgresql_where="status = 'open'"),
    )
    __tenants__ = ("buyer_id",)
    id: Mapped[PrimaryKey]
    buyer_id: Mapped[str] = reference("organizations.id", index=True)
    user_id: Mapped[str] = reference("users.id")
    storefront_id: Mapped[str] = reference("storefronts.id")
    status: Mapped[Words]
    """'open' or 'ordered'."""
    wish: Mapped[Words] = mapped_column(Text, default="recommended", server_default="recommended")
    """How it is to be planned: one of `routing.wishes.WISHES`."""
    created_at: Mapped[Moment]


class CartLine(Base):
    """A quantity of a variant in a cart."""

    __tablename__ = "cart_lines"
    __table_args__ = (UniqueConstraint("cart_id", "variant_id"), CheckConstraint("quantity >= 1", name="quantity"))
    __tenants__ = ("buyer_id",)
    id: Mapped[PrimaryKey]
    cart_id: Mapped[str] = reference("carts.id")
    buyer_id: Mapped[str] = mapped_column(ID)
    variant_id: Mapped[str] = reference("variants.id")
    quantity: Mapped[int] = mapped_column(Integer)


class OrderStatus(StrEnum):
    """Derived from payment and the seller orders; see `service.derive_status`."""

    PENDING_PAYMENT = "pending_payment"
    PLACED = "placed"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Order(Base):
    """The buyer's order: the parent of one seller order per seller. All amounts in `currency`."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_buyer_id", "buyer_id", "id"), Index("ix_orders_reseller_id", "reseller_id", "id"),
        Index("ix_orders_total", "total_minor", "id"),
        Index("ix_orders_unpaid", "placed_at", postgresql_where="status = 'pending_payment'"),
    )
    __tenants__ = ("buyer_id", "reseller_id")
    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(unique=True)
    cart_id: Mapped[str] = reference("carts.id", unique=True)
    buyer_id: Mapped[str] = reference("organizations.id")
    reseller_id: Mapped[str] = reference("organizations.id")
    storefront_id: Mapped[str] = reference("storefronts.id")
    placed_by: Mapped[str] = reference("users.id")
    on_behalf_of: Mapped[Id | None]
    """The buyer's organization when a sales rep placed it; null when its own person did."""
    status: Mapped[Words]
    currency: Mapped[Currency]
    payment_method: Mapped[Words]
    """'card' or 'on_account'."""
    ship_to: Mapped[Json]
    po_number: Mapped[Words | None]
    cost_center_id: Mapped[str | None] = reference("cost_centers.id")
    goods_minor: Mapped[Minor]
    freight_minor: Mapped[Minor]
    surcharge_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    total_minor: Mapped[Minor]
    """goods + freight + surcharge + tax as placed; cancellations stand in the payments."""
    placed_at: Mapped[Moment]
    paid_at: Mapped[Moment | None]
    """When sellers may start: paid, or accepted on account; null before."""


class OrderLine(Base):
    """A quantity of a variant that the buyer wanted."""

    __tablename__ = "order_lines"
    __table_args__ = (UniqueConstraint("order_id", "number"),)
    __tenants__ = ("buyer_id", "reseller_id")
    id: Mapped[PrimaryKey]
    order_id: Mapped[str] = reference("orders.id")
    buyer_id: Mapped[str] = mapped_column(ID)
    reseller_id: Mapped[str] = mapped_column(ID)
    number: Mapped[int] = mapped_column(Integer)
    variant_id: Mapped[str] = reference("variants.id", index=True)
    manufacturer_id: Mapped[str] = mapped_column(ID)
    brand_id: Mapped[str] = mapped_column(ID)
    category_id: Mapped[str | None] = mapped_column(ID)
    name: Mapped[Words]
    mpn: Mapped[Words]
    quantity: Mapped[int] = mapped_column(BigInteger)


class SellerOrderStatus(StrEnum):
    """The life of one seller's part."""

    WAITING = "waiting"
    """The buyer has not paid yet."""
    OPEN = "open"
    """For the seller to accept or refuse until `accept_by`."""
    ACCEPTED = "accepted"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


_S = SellerOrderStatus


class SellerOrder(Base):
    """One seller's part of an order (a consignment). All amounts in `currency`."""

    __tablename__ = "seller_orders"
    __table_args__ = (
        Index("ix_seller_orders_seller_id", "seller_id", "id"),
        Index("ix_seller_orders_open", "accept_by", postgresql_where="status = 'open'"),
    )
    __tenants__ = ("seller_id", "buyer_id", "reseller_id")
    __transitions__: ClassVar = {
        _S.WAITING: frozenset({_S.OPEN, _S.CANCELLED}),
        _S.OPEN: frozenset({_S.ACCEPTED, _S.CANCELLED}),
        _S.ACCEPTED: frozenset({_S.PARTLY_SHIPPED, _S.SHIPPED, _S.CANCELLED}),
        _S.PARTLY_SHIPPED: frozenset({_S.SHIPPED}),
        _S.SHIPPED: frozenset({_S.DELIVERED}),
        _S.DELIVERED: frozenset(),
        _S.CANCELLED: frozenset(),
    }
    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[str] = reference("orders.id", index=True)
    seller_id: Mapped[str] = reference("organizations.id")
    buyer_id: Mapped[str] = mapped_column(ID)
    reseller_id: Mapped[str] = mapped_column(ID)
    status: Mapped[Words]
    hop: Mapped[int] = mapped_column(Integer)
    """0 as first routed; n after n re-routes."""
    currency: Mapped[Currency]
    ship_to: Mapped[Json]
    goods_minor: Mapped[Minor]
    """What the buyer pays for the goods, net."""
    seller_goods_minor: Mapped[Minor]
    """What the seller charges for them, net."""
    freight_minor: Mapped[Minor]
    surcharge_minor: Mapped[Minor]
    charges_tax_minor: Mapped[Minor]
    """Tax on freight and surcharge; the lines' tax stands on the allocations."""
    tax_minor: Mapped[Minor]
    """All tax of this seller order: lines + charges."""
    total_minor: Mapped[Minor]
    """goods + freight + surcharge + tax, as placed."""
    promised_on: Mapped[Day]
    accept_by: Mapped[Moment | None]
    """Null while the buyer has not paid."""
    created_at: Mapped[Moment]
    accepted_at: Mapped[Moment | None]
    cancelled_because: Mapped[Words | None]


class Allocation(Base):
    """A quantity of one order line given to one offer at one location: the unit of price, tax and split."""

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("shipped >= 0 AND cancelled >= 0 AND shipped + cancelled <= quantity", name="progress"),
    )
    __tenants__ = ("seller_id", "buyer_id", "reseller_id")
    id: Mapped[PrimaryKey]
    order_line_id: Mapped[str] = reference("order_lines.id", index=True)
    seller_order_id: Mapped[str] = reference("seller_orders.id", index=True)
    seller_id: Mapped[str] = mapped_column(ID)
    buyer_id: Mapped[str] = mapped_column(ID)
    reseller_id: Mapped[str] = mapped_column(ID)
    offer_id: Mapped[str] = reference("offers.id")
    stock_level_id: Mapped[str] = reference("stock_levels.id")
    variant_id: Mapped[str] = reference("variants.id")
    quantity: Mapped[int] = mapped_column(BigInteger)
    shipped: Mapped[int] = mapped_column(BigInteger, default=0)
    cancelled: Mapped[int] = mapped_column(BigInteger, default=0)
    """Refused, timed out or cancelled; routed again or refunded."""
    unit_price_minor: Mapped[Minor]
    """What the buyer pays a unit, net."""
    seller_unit_price_minor: Mapped[Minor]
    """What the seller charges a unit, net."""
    goods_minor: Mapped[Minor]
    seller_goods_minor: Mapped[Minor]
    tax_bps: Mapped[Bps]
    tax_minor: Mapped[Minor]
    price_trace: Mapped[Json]


class Shipment(Base):
    """A parcel (or several under one number) on its way from one seller."""

    __tablename__ = "shipments"
    __tenants__ = ("seller_id", "buyer_id", "reseller_id")
    id: Mapped[PrimaryKey]
    seller_order_id: Mapped[str] = reference("seller_orders.id", index=True)
    seller_id: Mapped[str] = mapped_column(ID)
    buyer_id: Mapped[str] = mapped_column(ID)
    reseller_id: Mapped[str] = mapped_column(ID)
    carrier: Mapped[Words]
    tracking_number: Mapped[Words]
    shipped_at: Mapped[Moment]
    delivered_at: Mapped[Moment | None]


class ShipmentLine(Base):
    """What is in a shipment."""

    __tablename__ = "shipment_lines"
    __tenants__ = ("seller_id", "buyer_id", "reseller_id")
    shipment_id: Mapped[str] = reference("shipments.id", primary_key=True)
    allocation_id: Mapped[str] = reference("allocations.id", primary_key=True)
    seller_id: Mapped[str] = mapped_column(ID)
    buyer_id: Mapped[str] = mapped_column(ID)
    reseller_id: Mapped[str] = mapped_column(ID)
    quantity: Mapped[int] = mapped_column(BigInteger)
