"""Which delivered rows stand at a data version: brought by a batch published by then, and not ended by one.

A correction ends the row it replaces, a withdrawal the rows it takes back; neither changes what an earlier version shows.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, Select, and_, or_, select

from data_access.store import schema


def published(version: int | None = None) -> Select[tuple[int]]:
    """The numbers of the batches published up to a version (None: all published)."""
    number, at = schema.import_batch.c.id, schema.import_batch.c.data_version
    return select(number).where(at.is_not(None) if version is None else at <= version)


def standing(table: FromClause, version: int | None = None) -> ColumnElement[bool]:
    """The condition that a row of a delivered table stands at a version (None: the newest)."""
    by_then = published(version)
    return and_(table.c.batch.in_(by_then), or_(table.c.ended_by.is_(None), table.c.ended_by.not_in(by_then)))


def touched(table: FromClause, batches: Sequence[int]) -> ColumnElement[bool]:
    """The condition that some batches brought a row or ended it."""
    return or_(table.c.batch.in_(batches), table.c.ended_by.in_(batches))
