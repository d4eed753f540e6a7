"""The database session, the model base, and column types everybody shares.

A request or a job is one transaction (`web/app.py`, `core/jobs.py`); verbs flush and never commit.
Relationships raise when they would load lazily, so a page's statements can be counted.
"""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, MetaData, Row, Select, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

ID = String(40, collation="C")

Id = Annotated[str, mapped_column(ID)]
PrimaryKey = Annotated[str, mapped_column(ID, primary_key=True)]
Minor = Annotated[int, mapped_column(BigInteger)]
Bps = Annotated[int, mapped_column(BigInteger)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Day = Annotated[date, mapped_column(Date)]
Currency = Annotated[str, mapped_column(String(3))]
Country = Annotated[str, mapped_column(String(2))]
Words = Annotated[str, mapped_column(Text)]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
JsonList = Annotated[list[Any], mapped_column(JSONB)]
Texts = Annotated[list[str], mapped_column(ARRAY(Text))]

Query = Select[*tuple[Any, ...]]
"""A query of rows of any columns."""
AnyRow = Row[*tuple[Any, ...]]


class Base(DeclarativeBase):
    """Base of all models; `__tenants__` names the columns whose organizations may see a row."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES), type_annotation_map={dict[str, Any]: JSONB, list[str]: ARRAY(Text)}
    )
    __tenants__: ClassVar[tuple[str, ...]] = ()


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})


def reference(target: str, *, index: bool = False, **options: Any) -> Any:
    """A foreign key column to `target` ("table.id") that holds a public id."""
    return mapped_column(ID, ForeignKey(target), index=index, **options)
