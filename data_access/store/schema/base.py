"""What every table is made with: the metadata, instants, row numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows itself only where the key is declared INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """A UTC instant: kept without a zone (SQLite has none), aware in Python. A naive datetime is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def delivered(table: str, *key: str, primary: bool = True) -> tuple[Column[Any] | Index, ...]:
    """The columns of a table whose rows come with deliveries, and the index that lets one row of a ``key`` stand at a time.

    Nothing delivered is changed or removed: a corrected or withdrawn row ends with the batch that ended it, and stands
    in every version before that one. ``primary``: key and batch are the primary key.
    """
    return (
        Column("batch", ForeignKey("import_batch.id"), primary_key=primary, nullable=False),
        Column("ended_by", ForeignKey("import_batch.id")),
        Column("cell", Text),  # where the row stands in its file: "17", "9月!C6"; empty for what came in no file
        partial(f"uq_{table}_standing", "ended_by IS NULL", *key, unique=True),
        partial(f"ix_{table}_ended", "ended_by IS NOT NULL", "ended_by"),
    )


def partial(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """An index of the rows alone that meet a condition."""
    where = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
