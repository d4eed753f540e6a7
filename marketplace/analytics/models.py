"""Channel events and daily facts.

Invariants: an event is recorded once per message; a day's facts are replaced, never added to, so a
rebuild from events gives the same numbers. No buyer is named here, only country and region.
"""

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import ID, Base, Currency, Day, Id, Minor, Moment, PrimaryKey, Words


class ChannelEvent(Base):
    """Units that moved between the channel's parties."""

    __tablename__ = "channel_events"
    __table_args__ = (
        Index("ix_channel_events_day", "day", "manufacturer_id"),
        Index("ix_channel_events_cell", "day", "variant_id", "seller_id"),
    )
    __tenants__ = ("manufacturer_id",)
    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(unique=True)
    """What makes it one: such as 'shipment id:allocation id'."""
    kind: Mapped[Words]
    """'sell_through' (to an end customer), 'sell_in' (into the channel), or 'return'."""
    day: Mapped[Day]
    at: Mapped[Moment]
    manufacturer_id: Mapped[Id]
    brand_id: Mapped[Id]
    variant_id: Mapped[Id]
    seller_id: Mapped[Id]
    country: Mapped[Words]
    region: Mapped[Words]
    """Empty when the address has none."""
    units: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[Minor]
    """The seller's goods value, net."""
    currency: Mapped[Currency]


class DailyFact(Base):
    """One day's sum per product, seller and region."""

    __tablename__ = "daily_facts"
    __table_args__ = (Index("ix_daily_facts_manufacturer_id", "manufacturer_id", "day"),)
    __tenants__ = ("manufacturer_id",)
    day: Mapped[Day] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    variant_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seller_id: Mapped[str] = mapped_column(ID, primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    manufacturer_id: Mapped[Id]
    brand_id: Mapped[Id]
    units: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[Minor]
