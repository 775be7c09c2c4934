"""What became of deliveries: the batches 批次, newest first, and the reasons kept of refused rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from data_access.intake.importers.reasons import Rejection
from data_access.store import schema

TABLE = schema.import_batch


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One delivery as it is kept. ``state``: running, loaded, duplicate, refused or interrupted.

    ``target`` is empty while the table is still to be told from the headers. ``data_version`` is None until published.
    """

    id: int
    target: str
    source: str
    origin: str
    state: str
    rows_offered: int
    rows_inserted: int
    rows_known: int
    rows_rejected: int
    started_at: datetime
    finished_at: datetime | None
    uploaded_by: str | None
    demo: bool
    data_version: int | None


def _wanted(uploaded_by: str | None) -> Select[tuple[object, ...]]:
    query = select(*(TABLE.c[name] for name in BatchRecord.__slots__))
    return query if uploaded_by is None else query.where(TABLE.c.uploaded_by == uploaded_by)


def batches(
    connection: Connection, *, uploaded_by: str | None = None, limit: int = 20, offset: int = 0
) -> tuple[BatchRecord, ...]:
    """Batches, newest first; with ``uploaded_by`` only what that login uploaded."""
    query = _wanted(uploaded_by).order_by(TABLE.c.id.desc()).limit(limit).offset(offset)
    return tuple(BatchRecord(**row) for row in connection.execute(query).mappings())


def count_batches(connection: Connection, *, uploaded_by: str | None = None) -> dict[str, int]:
    """How many batches there are in each state."""
    query = select(TABLE.c.state, func.count()).group_by(TABLE.c.state)
    if uploaded_by is not None:
        query = query.where(TABLE.c.uploaded_by == uploaded_by)
    return {state: int(count) for state, count in connection.execute(query)}


def batch(connection: Connection, number: int) -> BatchRecord | None:
    """One batch; None when there is none of that number."""
    row = connection.execute(_wanted(None).where(TABLE.c.id == number)).mappings().one_or_none()
    return None if row is None else BatchRecord(**row)


def newest_batch(connection: Connection, uploaded_by: str, after: int = 0) -> BatchRecord | None:
    """The newest batch that a login uploaded, of those numbered above ``after``; None when there is none."""
    query = _wanted(uploaded_by).where(TABLE.c.id > after).order_by(TABLE.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else BatchRecord(**row)


def last_batch_number(connection: Connection) -> int:
    """The number of the newest batch, 0 before the first."""
    return int(connection.execute(select(func.coalesce(func.max(TABLE.c.id), 0))).scalar_one())


def rejections(connection: Connection, number: int, limit: int = 100) -> tuple[Rejection, ...]:
    """The first reasons kept of a batch, in the order of the file's lines."""
    table = schema.rejected_row
    query = select(table).where(table.c.batch == number).order_by(table.c.number).limit(limit)
    return tuple(
        Rejection(row.line, row.column, row.value, row.reason, json.loads(row.parameters))
        for row in connection.execute(query)
    )
