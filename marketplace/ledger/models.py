"""Accounts, entries, postings.

Invariants: a posting moves a positive amount from one account to another of the same currency, so an
entry balances by construction; entries never change (a database trigger, and grants); a key posts once.
An account's balance is what came in less what went out.
"""

from sqlalchemy import BigInteger, CheckConstraint, Identity, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import ID, Base, Currency, Json, Minor, Moment, PrimaryKey, Words, reference


class LedgerAccount(Base):
    """One account of the chart (`payments.chart`), per currency; `organization_id` null for the market's own."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (UniqueConstraint("name", "currency"),)
    __tenants__ = ("organization_id",)
    id: Mapped[PrimaryKey]
    name: Mapped[Words]
    currency: Mapped[Currency]
    organization_id: Mapped[str | None] = mapped_column(ID, index=True)


class JournalEntry(Base):
    """One business event in the books. `order_id` and the like stand in `about`."""

    __tablename__ = "journal_entries"
    id: Mapped[PrimaryKey]
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Words]
    about: Mapped[Json]
    at: Mapped[Moment]


class Posting(Base):
    """`amount_minor` of `currency` from `source` to `destination`."""

    __tablename__ = "postings"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="positive"),)
    entry_id: Mapped[str] = reference("journal_entries.id", primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    source_id: Mapped[str] = reference("ledger_accounts.id", index=True)
    destination_id: Mapped[str] = reference("ledger_accounts.id", index=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]


