"""Refresh runs 刷新记录 and the data versions 数据版本 they published, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from data_access.store import schema


@dataclass(frozen=True, slots=True)
class Run:
    """One refresh. ``state``: running, published, unchanged or failed. ``error`` is in English, for the log.

    ``version`` is the version it published, None when it published none.
    """

    id: int
    started_at: datetime
    finished_at: datetime | None
    state: str
    step: str | None
    error: str | None
    full: bool
    version: int | None


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """One version: when it was published, the instant its figures speak of, and what came in with it."""

    id: int
    published_at: datetime
    as_of: datetime
    batches: int
    rows: int


def recent_runs(connection: Connection, limit: int = 10) -> tuple[Run, ...]:
    """The latest runs."""
    run, version = schema.refresh_run, schema.data_version
    query = (
        select(run, version.c.id.label("version"))
        .outerjoin(version, version.c.refresh_run == run.c.id)
        .order_by(run.c.id.desc())
        .limit(limit)
    )
    return tuple(Run(**row) for row in connection.execute(query).mappings())


def recent_versions(connection: Connection, limit: int = 10) -> tuple[PublishedVersion, ...]:
    """The latest versions with the batches and new rows that each made visible."""
    version, batch = schema.data_version, schema.import_batch
    newest = select(version.c.id, version.c.published_at, version.c.as_of).order_by(version.c.id.desc()).limit(limit)
    found = connection.execute(newest).all()
    if not found:
        return ()
    counted = connection.execute(
        select(batch.c.data_version, func.count(), func.sum(batch.c.rows_inserted))
        .where(batch.c.data_version >= found[-1].id)
        .group_by(batch.c.data_version)
    )
    came = {number: (int(batches), int(rows)) for number, batches, rows in counted}
    return tuple(PublishedVersion(*row, *came.get(row.id, (0, 0))) for row in found)
