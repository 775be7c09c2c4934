"""Master data 主数据 as they stand: what was declared, by which delivery it was changed, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from data_access.intake.importers.changes import Change, changes_of
from data_access.intake.importers.history import EVERYONES, BatchRecord, Seen, batches
from data_access.store import schema
from rules.calendar import WorkingCalendar

HOLIDAY, WORKDAY = "holiday", "workday"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day that is not as the week has it. ``kind``: holiday or workday."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One row as a delivery changed it, and the delivery."""

    batch: BatchRecord
    change: Change


def calendar_days(connection: Connection) -> tuple[CalendarDay, ...]:
    """Every day that is kept, in order."""
    table = schema.calendar_day
    rows = connection.execute(select(table.c.day, table.c.kind, table.c.name).order_by(table.c.day))
    return tuple(CalendarDay(*row) for row in rows)


def calendar_after(calendar: WorkingCalendar, changes: Iterable[Change]) -> WorkingCalendar:
    """The calendar once these rows stand in it."""
    holidays, workdays = set(calendar.holidays), set(calendar.workdays)
    for change in changes:
        day = date.fromisoformat(change.key["day"])
        for kind, days in ((HOLIDAY, holidays), (WORKDAY, workdays)):
            days.discard(day)
            if change.became is not None and change.became.get("kind") == kind:
                days.add(day)
    return WorkingCalendar(frozenset(holidays), frozenset(workdays))


def changed_rows(connection: Connection, target: str, seen: Seen = EVERYONES, most: int = 50) -> tuple[Changed, ...]:
    """The latest rows of a table that deliveries of people changed or added, newest first; what the installation itself
    brought with it is where everything began."""
    found: list[Changed] = []
    for batch in batches(connection, seen, target=target, limit=most):
        if batch.uploaded_by is not None and batch.state == "loaded":
            found += [Changed(batch, change) for change in changes_of(connection, batch.id, target, most)]
    return tuple(found[:most])


def waiting_batches(connection: Connection, target: str, seen: Seen = EVERYONES) -> tuple[BatchRecord, ...]:
    """Deliveries of a table that wait for a second person, newest first."""
    return tuple(one for one in batches(connection, seen, target=target) if one.state == "pending")


def declared_at(connection: Connection, target: str) -> datetime | None:
    """When a table was last delivered; None before the first time."""
    loaded = (one for one in batches(connection, target=target) if one.state == "loaded")
    return next((one.finished_at for one in loaded), None)
