"""Posting and reading: money moves between named accounts in entries that never change.

An entry is posted once per key; posting it again is a no-op. Accounts are made when they are first used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.core import batch, clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting


class Move(NamedTuple):
    """`minor` units of `currency` from one account to another; 0 moves nothing and is left out."""

    source: str
    destination: str
    minor: int
    currency: str


def post(key: str, kind: str, moves: Sequence[Move], about: Mapping[str, Any] | None = None) -> bool:
    """Write one entry; says whether it was new.

    Shapes:  each amount >= 0. Effects: accounts where they are missing, one entry, its postings.
    Raises:  ValueError for a negative amount.
    """
    if any(move.minor < 0 for move in moves):
        raise ValueError("a posting moves a positive amount")
    moves = [move for move in moves if move.minor]
    entry = {"id": new_id("jen"), "key": key, "kind": kind, "about": dict(about or {}), "at": clock.now()}
    claim = upsert(JournalEntry).values(entry).on_conflict_do_nothing(index_elements=["key"]).returning(JournalEntry.id)
    if db.session.execute(claim).first() is None:
        return False
    if moves:
        accounts = _accounts({(name, move.currency) for move in moves for name in (move.source, move.destination)})
        batch.insert(Posting, [
            {"entry_id": entry["id"], "number": number, "source_id": accounts[move.source, move.currency],
             "destination_id": accounts[move.destination, move.currency], "amount_minor": move.minor, "currency": move.currency}
            for number, move in enumerate(moves, 1)
        ])
    return True


def posted(key: str) -> bool:
    """Whether an entry with this key is in the books."""
    return db.session.scalar(select(JournalEntry.id).filter_by(key=key)) is not None


def _accounts(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    found = _known(wanted)
    missing = sorted(wanted - found.keys())
    rows = [{"id": new_id("lac"), "name": name, "currency": currency, "organization_id": owner(name)} for name, currency in missing]
    if batch.insert(LedgerAccount, rows, or_nothing_on=("name", "currency")) == len(rows):
        return found | {(str(row["name"]), str(row["currency"])): str(row["id"]) for row in rows}
    return found | _known(set(missing))


_KNOWN = text("""
    SELECT name, currency, id FROM ledger_accounts
     WHERE (name, currency) IN (SELECT * FROM unnest(CAST(:names AS text[]), CAST(:currencies AS text[])))""")


def _known(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    names, currencies = zip(*sorted(wanted), strict=True)
    found = db.session.execute(_KNOWN, {"names": list(names), "currencies": list(currencies)})
    return {(name, currency): id_ for name, currency, id_ in found}


def owner(name: str) -> str | None:
    """The organization in an account's name, or None for the market's own."""
    last = name.rpartition(":")[2]
    return last if last.startswith("org_") else None


def balances(prefix: str = "") -> dict[tuple[str, str], int]:
    """What came in less what went out, by (account name, currency), for names that begin with `prefix`."""
    came = select(Posting.destination_id.label("id"), Posting.amount_minor.label("minor"))
    went = select(Posting.source_id, -Posting.amount_minor)
    moved = came.union_all(went).subquery()
    found = db.session.execute(
        select(LedgerAccount.name, LedgerAccount.currency, func.sum(moved.c.minor))
        .join(moved, moved.c.id == LedgerAccount.id).where(LedgerAccount.name.startswith(prefix))
        .group_by(LedgerAccount.name, LedgerAccount.currency))
    return {(name, currency): int(minor) for name, currency, minor in found}


def balance(name: str, currency: str) -> int:
    """One account's balance in minor units; 0 for one that was never used."""
    return balances(name).get((name, currency), 0)
