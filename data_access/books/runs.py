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
    shown = newest.subquery()
    counted = (
        select(shown, func.count(batch.c.id), func.coalesce(func.sum(batch.c.rows_inserted), 0))
        .outerjoin(batch, batch.c.data_version == shown.c.id)
        .group_by(*shown.c)
        .order_by(shown.c.id.desc())
    )
    return tuple(
        PublishedVersion(number, published_at, as_of, int(batches), int(rows))
        for number, published_at, as_of, batches, rows in connection.execute(counted)
    )
