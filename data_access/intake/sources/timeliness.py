"""How punctual sources were, month by month, as the books of deliveries tell: on time, late, missing, or not known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import Connection, select

from data_access.intake.sources.status import load_calendar
from data_access.store import schema
from rules.calendar import WorkingCalendar, monthly_due
from rules.month import SHANGHAI, Month

MONTHS = 12


class Timeliness(StrEnum):
    """How a source delivered a month."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    UNKNOWN = "unknown"  # its day was before the first delivery on record


@dataclass(frozen=True, slots=True)
class Delivered:
    """A source's last ``MONTHS`` months whose day has come, oldest first: (yyyymm, how it was delivered)."""

    source: str
    months: tuple[tuple[int, Timeliness], ...]

    def count(self, one: Timeliness) -> int:
        return sum(found is one for _month, found in self.months)


def load_timeliness(connection: Connection, scheme: str, now: datetime) -> dict[str, Delivered]:
    """By source of a scheme. A month counts as delivered with the first batch that has entries of its last working day or
    later; it is due when the source's rhythm asks for that day."""
    source, batch, brought = schema.source, schema.import_batch, schema.batch_source
    wanted = (
        select(brought.c.source, brought.c.newest_booked_at, batch.c.finished_at)
        .join(batch, batch.c.id == brought.c.batch)
        .join(source, source.c.code == brought.c.source)
        .where(source.c.scheme == scheme, batch.c.finished_at.is_not(None), batch.c.state == "loaded")
        .order_by(batch.c.finished_at)
    )
    batches: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in connection.execute(wanted):
        batches[row.source].append((row.finished_at, row.newest_booked_at))
    calendar, found = load_calendar(connection), {}
    declared = connection.execute(select(source.c.code, source.c.rhythm, source.c.due).where(source.c.scheme == scheme))
    for row in declared:
        found[row.code] = Delivered(row.code, _months(row.rhythm, row.due, batches[row.code], calendar, now))
    return found


def _months(
    rhythm: str, due: str, batches: list[tuple[datetime, datetime]], calendar: WorkingCalendar, now: datetime
) -> tuple[tuple[int, Timeliness], ...]:
    here = now.astimezone(SHANGHAI)
    made: list[tuple[int, Timeliness]] = []
    month = Month.of(here.date()).plus(-1)
    while len(made) < MONTHS:
        deadline = _deadline(rhythm, due, month, calendar)
        if deadline <= here:
            made.append((int(month), _judged(month, deadline, batches, calendar)))
        month = month.plus(-1)
    return tuple(reversed(made))


def _deadline(rhythm: str, due: str, month: Month, calendar: WorkingCalendar) -> datetime:
    """When a source owes a month's last working day."""
    last = calendar.last_working(month.last)
    if rhythm == "daily":
        owed = datetime.combine(calendar.next_working(last), time.fromisoformat(due))
    else:
        owed = monthly_due(calendar.last_working(month.plus(-1).last), int(due), calendar)
    return owed.replace(tzinfo=SHANGHAI)


def _judged(
    month: Month, deadline: datetime, batches: list[tuple[datetime, datetime]], calendar: WorkingCalendar
) -> Timeliness:
    if not batches or deadline < batches[0][0]:
        return Timeliness.UNKNOWN
    last = calendar.last_working(month.last)
    came = next((at for at, newest in batches if newest.astimezone(SHANGHAI).date() >= last), None)
    if came is None:
        return Timeliness.MISSING
    return Timeliness.ON_TIME if came <= deadline else Timeliness.LATE
