"""States: a table ``from -> {to}`` beside each enum, and one verb that moves a record along it.

`advance` and `advance_all` are the only writers of a status after a record's creation, and log every step.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Index, update
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.core import batch, clock
from marketplace.core.db import Base, Id, Moment, PrimaryKey, Words, db
from marketplace.core.errors import Conflict
from marketplace.core.ids import new_id

Table = Mapping[StrEnum, frozenset[StrEnum]]


class StateChange(Base):
    """One step in the life of a record: who moved it, from where to where, and why."""

    __tablename__ = "state_changes"
    __table_args__ = (Index("ix_state_changes_entity_id", "entity_id", "id"),)
    id: Mapped[PrimaryKey]
    entity_id: Mapped[Id]
    from_state: Mapped[Words]
    to_state: Mapped[Words]
    by: Mapped[Words]
    because: Mapped[Words]
    at: Mapped[Moment]


class WrongState(Conflict):
    """The record's state does not allow this step."""

    code: ClassVar[str] = "wrong_state"


class DoneAlready(WrongState):
    """The record is there already: whoever asks has what is asked for, and a page says so calmly."""


def advance(record: Any, to: StrEnum, by: str, because: str) -> None:
    """Move `record` to state `to`.

    Shapes:  record has `id`, `status` and `__transitions__`; `by` is a user id or the name of a job.
    Effects: writes the status and one StateChange.
    Raises:  WrongState when the table does not allow the step, DoneAlready when the record is there.
    """
    step = _step(record, to, by, because)
    record.status = to.value
    db.session.add(StateChange(**step))


def advance_all(records: Sequence[Any], to: StrEnum, by: str, because: str, **values: Any) -> None:
    """Move records of one table together, and set the same `values` on them: two statements whatever their number.

    Raises: WrongState when the table does not allow the step for one of them; then none was moved.
    """
    if not records:
        return
    batch.insert(StateChange, [_step(record, to, by, because) for record in records])
    model = type(records[0])
    db.session.execute(
        update(model).where(model.id.in_([record.id for record in records])).values(status=to.value, **values),
        execution_options={"synchronize_session": False})
    for record in records:
        for name, value in {"status": to.value, **values}.items():
            set_committed_value(record, name, value)


def _step(record: Any, to: StrEnum, by: str, because: str) -> dict[str, Any]:
    before = type(to)(record.status)
    if to not in record.__transitions__.get(before, frozenset()):
        if before == to:
            raise DoneAlready(f"This is {before.value} already.", state=before.value)
        raise WrongState(f"This is {before.value}: it cannot become {to.value}.", state=before.value)
    return {"id": new_id("chg"), "entity_id": record.id, "from_state": before.value, "to_state": to.value,
            "by": by, "because": because, "at": clock.now()}


def history(entity_id: str) -> list[StateChange]:
    """Every step of one record, oldest first."""
    return list(db.session.scalars(db.select(StateChange).filter_by(entity_id=entity_id).order_by(StateChange.id)))
