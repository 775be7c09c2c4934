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


@dataclass(frozen=True, slots=True)
class RunsSoFar:
    """All runs on record: how many ended in each state, of failed ones by step ("" of others); how long the latest that
    ended took, None before the first."""

    counted: dict[tuple[str, str], int]
    seconds: float | None


def runs_so_far(connection: Connection) -> RunsSoFar:
    """What became of the runs."""
    run = schema.refresh_run
    grouped = (
        select(run.c.state, run.c.step, func.count()).where(run.c.state != "running").group_by(run.c.state, run.c.step)
    )
    counted = {(state, step or ""): int(count) for state, step, count in connection.execute(grouped)}
    ended = select(run.c.started_at, run.c.finished_at).where(run.c.finished_at.is_not(None))
    latest = connection.execute(ended.order_by(run.c.id.desc()).limit(1)).one_or_none()
    seconds = None if latest is None else (latest.finished_at - latest.started_at).total_seconds()
    return RunsSoFar(counted, seconds)


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
