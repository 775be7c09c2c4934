"""What became of deliveries: the batches 批次, newest first, and the reasons kept of refused rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, true

from data_access.intake.importers.changes import Change
from data_access.intake.importers.reasons import Rejection
from data_access.intake.queue import WAITING
from data_access.store import schema

TABLE = schema.import_batch


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One delivery as it is kept. ``state``: queued (it waits for the next refresh), cancelled (taken out of the queue by
    its sender), running, pending (it waits for a second person), confirmed (by one, and not
    yet taken in), declined, loaded, withdrawn, duplicate, refused or interrupted.

    ``target`` is empty while the table is still to be told from the headers. ``data_version`` is None until published.
    ``reason`` says why rows were corrected or withdrawn, ``decision`` why it was declined, ``withdraws`` which batch it
    took back. ``notes``: JSON of what was passed over or taken with a remark.
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
    rows_done: int
    started_at: datetime
    finished_at: datetime | None
    uploaded_by: str | None
    demo: bool
    data_version: int | None
    sha256: str | None
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    withdraws: int | None
    province: str | None
    notes: str | None

    @property
    def unread(self) -> bool:
        """Whether nobody has looked into the file: how many rows it has is not known."""
        return self.state in ("queued", "cancelled") or (self.state == "running" and not self.rows_offered)

    @property
    def finished(self) -> bool:
        """Whether the import has ended, or waits for a person: nothing more happens by itself."""
        return self.state not in ("running", *WAITING)


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose deliveries are asked for: one login's own, else those of a province and of nobody's, else every one."""

    login: str | None = None
    province: str | None = None

    def condition(self) -> ColumnElement[bool]:
        if self.login is not None:
            return TABLE.c.uploaded_by == self.login
        if self.province is not None:
            return or_(TABLE.c.province.is_(None), TABLE.c.province == self.province)
        return true()


EVERYONES = Seen()


def _wanted(seen: Seen = EVERYONES) -> Select[tuple[object, ...]]:
    return select(*(TABLE.c[name] for name in BatchRecord.__slots__)).where(seen.condition())


def batches(
    connection: Connection, seen: Seen = EVERYONES, *, target: str = "", limit: int = 20, offset: int = 0
) -> tuple[BatchRecord, ...]:
    """Batches, newest first; of one table where it is named."""
    query = _wanted(seen).order_by(TABLE.c.id.desc()).limit(limit).offset(offset)
    if target:
        query = query.where(TABLE.c.target == target)
    return tuple(BatchRecord(**row) for row in connection.execute(query).mappings())


def count_batches(connection: Connection, seen: Seen = EVERYONES) -> dict[str, int]:
    """How many batches there are in each state."""
    query = select(TABLE.c.state, func.count()).where(seen.condition()).group_by(TABLE.c.state)
    return {state: int(count) for state, count in connection.execute(query)}


def batch(connection: Connection, number: int) -> BatchRecord | None:
    """One batch; None when there is none of that number."""
    row = connection.execute(_wanted().where(TABLE.c.id == number)).mappings().one_or_none()
    return None if row is None else BatchRecord(**row)


def newest_batch(connection: Connection, uploaded_by: str) -> BatchRecord | None:
    """The newest batch that a login uploaded; None when there is none."""
    query = _wanted(Seen(uploaded_by)).order_by(TABLE.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else BatchRecord(**row)


def deliveries_stamp(connection: Connection) -> tuple[object, ...]:
    """Changes whenever a batch is opened, ends or is decided on."""
    columns = (func.count(), func.max(TABLE.c.id), func.max(TABLE.c.finished_at), func.max(TABLE.c.decided_at))
    return tuple(connection.execute(select(*columns)).one())


def offered_changes(connection: Connection, number: int) -> tuple[Change, ...]:
    """What a batch that waits, or was declined, would have changed when it was given in."""
    options = connection.execute(select(TABLE.c.options).where(TABLE.c.id == number)).scalar()
    kept = json.loads(options)["changes"] if options else []
    return tuple(Change(one["key"], one["was"], one["became"]) for one in kept)


def waiting(connection: Connection) -> tuple[int, ...]:
    """The numbers of the batches that the next refresh takes in, in order of arrival."""
    return tuple(
        connection.execute(select(TABLE.c.id).where(TABLE.c.state.in_(WAITING)).order_by(TABLE.c.id)).scalars()
    )


def rejections(connection: Connection, number: int, limit: int = 100) -> tuple[Rejection, ...]:
    """The first reasons kept of a batch, in the order of the file's lines."""
    table = schema.rejected_row
    query = select(table).where(table.c.batch == number).order_by(table.c.number).limit(limit)
    return tuple(
        Rejection(row.line, row.column, row.value, row.reason, json.loads(row.parameters))
        for row in connection.execute(query)
    )
