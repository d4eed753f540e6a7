"""Who did what: append-only, one entry per changing act, with what was there before and after."""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from marketplace.core import clock
from marketplace.core.db import Base, Id, Json, Moment, PrimaryKey, Words, db
from marketplace.core.ids import new_id


class AuditEntry(Base):
    """One act. `before` and `after` hold only the fields the act was about; null when there is none."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_entity_id", "entity_id"),)
    id: Mapped[PrimaryKey]
    organization_id: Mapped[Id | None]
    actor: Mapped[Words]
    on_behalf_of: Mapped[Words | None]
    action: Mapped[Words]
    entity_id: Mapped[Words]
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    request_id: Mapped[Words | None]
    at: Mapped[Moment]


def record(actor: Any, action: str, entity_id: str, *, before: Any = None, after: Any = None) -> None:
    """Write down one act of `actor` (an identity.access.Actor, or the name of a job)."""
    db.session.add(
        AuditEntry(
            id=new_id("aud"), organization_id=getattr(actor, "organization_id", None),
            actor=getattr(actor, "user_id", None) or str(actor), on_behalf_of=getattr(actor, "on_behalf_of", None),
            action=action, entity_id=entity_id, before=before, after=after,
            request_id=getattr(actor, "request_id", None), at=clock.now(),
        )
    )
