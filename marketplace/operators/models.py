"""What the operator keeps: the verdict of each comparison of the books, never changed afterwards."""

from __future__ import annotations

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, JsonList, Moment, PrimaryKey, Words


class Verification(Base):
    """One comparison of everything with its source."""

    __tablename__ = "verifications"
    id: Mapped[PrimaryKey]
    at: Mapped[Moment] = mapped_column(index=True)
    asked_by: Mapped[Words]
    """A user's id, or "schedule" or "command"."""
    comparisons: Mapped[JsonList]
    """[{"name", "compared", "breaks": [words]}], in the order in which they were made."""
    breaks: Mapped[int] = mapped_column(Integer)
    """How many breaks were found in all; 0 is balanced."""
    micros: Mapped[int] = mapped_column(Integer)
    """How long it took, in microseconds."""
