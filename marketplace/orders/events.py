"""What happens to orders, told to whoever listens (`web/wiring.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class OrderPlaced:
    """A buyer placed an order; it may still have to be paid."""

    order_id: str

    @property
    def key(self) -> str:
        """Once per order."""
        return self.order_id


@dataclass(frozen=True)
class OrderPaid:
    """Sellers may start: the order is paid, or accepted on account."""

    order_id: str

    @property
    def key(self) -> str:
        """Once per order."""
        return self.order_id


@dataclass(frozen=True)
class SellerOrderAccepted:
    """A seller took its part."""

    seller_order_id: str


@dataclass(frozen=True)
class QuantityRefused:
    """A seller will not deliver these units (or let its time pass).

    items: allocation_id, quantity, and `start`, how many units of the allocation were given up before.
    """

    seller_order_id: str
    order_id: str
    items: list[dict[str, Any]] = field(default_factory=list)
    because: str = ""


@dataclass(frozen=True)
class SellerOrderRerouted:
    """Refused units went to another seller at the buyer's agreed price.

    moves: from_allocation_id, to_allocation_id, quantity, and the tax_minor that falls to these units.
    `charges_moved` when the freight went along.
    """

    order_id: str
    from_seller_order_id: str
    seller_order_id: str
    moves: list[dict[str, Any]] = field(default_factory=list)
    charges_moved: bool = False


@dataclass(frozen=True)
class QuantityCancelled:
    """Units that nobody will deliver: the buyer gets the money back; items: allocation_id, quantity, tax_minor."""

    order_id: str
    seller_order_id: str
    items: list[dict[str, Any]] = field(default_factory=list)
    charges_cancelled: bool = False
    because: str = ""


@dataclass(frozen=True)
class ShipmentSent:
    """A parcel left a seller's warehouse."""

    shipment_id: str
    seller_order_id: str

    @property
    def key(self) -> str:
        """Once per shipment."""
        return self.shipment_id


@dataclass(frozen=True)
class SellerOrderDelivered:
    """Everything a seller had to deliver has arrived."""

    seller_order_id: str
    order_id: str

    @property
    def key(self) -> str:
        """Once per seller order."""
        return self.seller_order_id
