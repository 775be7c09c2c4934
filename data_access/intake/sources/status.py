"""Freshness of the data by source: the newest entry, and how many working days a source is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Connection, func, select

from data_access.store import schema
from rules.calendar import WorkingCalendar, daily_due, monthly_due
from rules.month import SHANGHAI


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source as of an instant. ``newest_booked_at`` is None before its first delivery. ``due_at`` is when its next
    data are or were owed, the first counted from the day the sources were declared, None where that is not known; ``late``
    is true from that instant. ``working_days_late`` is None of a source that never delivered and does not yet owe a day.
    ``offered`` and ``rejected`` count the rows of its latest batch."""

    code: str
    name: str
    name_en: str
    department: str
    scheme: str
    rhythm: str
    due: str
    newest_booked_at: datetime | None
    last_batch_at: datetime | None
    due_at: datetime | None
    working_days_late: int | None
    offered: int | None
    rejected: int | None

    @property
    def never_delivered(self) -> bool:
        return self.newest_booked_at is None

    def late(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now


def load_calendar(connection: Connection) -> WorkingCalendar:
    """The working calendar as kept in the store: holidays and make-up working days."""
    table = schema.calendar_day
    days: dict[str, set[object]] = {"holiday": set(), "workday": set()}
    for day, kind in connection.execute(select(table.c.day, table.c.kind)).all():
        days[kind].add(day)
    return WorkingCalendar(frozenset(days["holiday"]), frozenset(days["workday"]))  # type: ignore[arg-type]


def source_statuses(connection: Connection, now: datetime, scheme: str | None = None) -> tuple[SourceStatus, ...]:
    """Every declared source, of one scheme or all, by department and code."""
    calendar = load_calendar(connection)
    source, batch, brought = schema.source, schema.import_batch, schema.batch_source
    newest = (
        select(brought.c.source, func.max(brought.c.newest_booked_at).label("newest_booked_at"))
        .group_by(brought.c.source)
        .subquery()
    )
    latest = select(batch.c.source, func.max(batch.c.id).label("id")).where(batch.c.state.in_(("loaded", "refused")))
    last = latest.group_by(batch.c.source).subquery()
    # Which delivery declared which source is not kept: no source is blamed for the time before the newest.
    declarations = batch.alias()
    declared = (
        select(func.max(declarations.c.finished_at))
        .where(declarations.c.target == "source", declarations.c.state == "loaded")
        .scalar_subquery()
    )
    wanted = (
        select(source, newest.c.newest_booked_at, batch.c.finished_at.label("last_batch_at"))
        .add_columns(batch.c.rows_offered.label("offered"), batch.c.rows_rejected.label("rejected"))
        .add_columns(declared.label("declared_at"))
        .outerjoin(newest, newest.c.source == source.c.code)
        .outerjoin(last, last.c.source == source.c.code)
        .outerjoin(batch, batch.c.id == last.c.id)
        .order_by(source.c.department, source.c.code)
    )
    if scheme is not None:
        wanted = wanted.where(source.c.scheme == scheme)
    found = []
    for row in connection.execute(wanted).mappings():
        kept = dict(row)
        declared, booked = kept.pop("declared_at"), kept["newest_booked_at"]
        since = booked or declared
        due_at = None if since is None else _due_at(kept["rhythm"], kept["due"], since, calendar)
        late = None if due_at is None else calendar.elapsed(due_at, now.astimezone(SHANGHAI))
        found.append(
            SourceStatus(**kept, due_at=due_at, working_days_late=late if booked is not None else late or None)
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Source:
    """One declared source: its names and the department it belongs to."""

    code: str
    name: str
    name_en: str
    department: str
    scheme: str


def every_source(connection: Connection) -> dict[str, Source]:
    """Every declared source by code."""
    rows = connection.execute(select(*(schema.source.c[name] for name in Source.__slots__)))
    return {row.code: Source(**row._mapping) for row in rows}


def declared_sources(connection: Connection, scheme: str) -> dict[str, Source]:
    """The sources of a scheme by code."""
    columns = [schema.source.c[name] for name in Source.__slots__]
    rows = connection.execute(select(*columns).where(schema.source.c.scheme == scheme))
    return {row.code: Source(**row._mapping) for row in rows}


def _due_at(rhythm: str, due: str, booked: datetime, calendar: WorkingCalendar) -> datetime:
    day = booked.astimezone(SHANGHAI).date()
    owed = (
        daily_due(day, time.fromisoformat(due), calendar) if rhythm == "daily" else monthly_due(day, int(due), calendar)
    )
    return owed.replace(tzinfo=SHANGHAI)
