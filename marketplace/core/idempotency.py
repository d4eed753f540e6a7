"""Idempotency-Key: the same key and body give the same answer, another body is refused.

A key belongs to one organization. The row is inserted first, inside the unit of work, so that a second
request with the key waits for the first and then reads its stored answer.
"""

import hashlib
from typing import Any, ClassVar

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.db import ID, Base, Json, Moment, Words, db
from marketplace.core.errors import Conflict


class IdempotencyKey(Base):
    """A key once used; `answer` is null while the first request runs."""

    __tablename__ = "idempotency_keys"
    __tenants__ = ("organization_id",)
    organization_id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[Words]
    answer: Mapped[Json | None]
    created_at: Mapped[Moment]


class KeyReused(Conflict):
    """The key was used before with another body."""

    code: ClassVar[str] = "idempotency_key_reused"
    message = "This Idempotency-Key was used before for something else."


def begin(organization_id: str, key: str, body: bytes) -> dict[str, Any] | None:
    """Claim `key`; returns the stored answer when the same request was answered before.

    Effects: one row, or a wait for the request that holds it. Raises: KeyReused.
    """
    fingerprint = hashlib.sha256(body).hexdigest()
    row = {"organization_id": organization_id, "key": key, "fingerprint": fingerprint, "created_at": clock.now()}
    claim = insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.key)
    if db.session.execute(claim).first() is not None:
        return None
    stored = db.session.get_one(IdempotencyKey, (organization_id, key), populate_existing=True)
    if stored.fingerprint != fingerprint:
        raise KeyReused
    return _told(stored.answer) if stored.answer is not None else None


def finish(organization_id: str, key: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Store the answer that every repetition will get, and give it back as they will."""
    claimed = update(IdempotencyKey).where(IdempotencyKey.organization_id == organization_id, IdempotencyKey.key == key)
    db.session.execute(claimed.values(answer=answer), execution_options={"synchronize_session": False})
    return _told(answer)


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with its names in order: the database keeps none."""
    return dict(sorted(answer.items()))
