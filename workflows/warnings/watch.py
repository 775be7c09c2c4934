"""Alerts of the system itself 系统告警: warnings that are no longer judged, and what runs out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from data_access.store import schema
from data_access.store.bulk import insert_if_new

RUN, ALERT = schema.refresh_run, schema.system_alert
NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True, slots=True)
class Raised:
    """A live system alert. ``kind``: not_evaluated, or the code of what runs out; ``told_at`` None: no channel has taken
    it yet."""

    id: int
    kind: str
    raised_at: datetime
    last_success_at: datetime | None
    told_at: datetime | None


def last_success(connection: Connection) -> datetime | None:
    """When a refresh with its evaluation last ended well; None before the first."""
    # A run whose judging failed keeps the step; an error alone may be one source that could not be read.
    well = RUN.c.state.in_(("published", "unchanged")), RUN.c.step.is_(None)
    return connection.execute(select(func.max(RUN.c.finished_at)).where(*well)).scalar()


def last_sign(connection: Connection) -> datetime | None:
    """The last success, before the first one the first attempt. None in a store in which nothing was ever begun: it owes
    nothing."""
    return last_success(connection) or connection.execute(select(func.min(RUN.c.started_at))).scalar()


def raised(connection: Connection) -> tuple[Raised, ...]:
    """The live alerts, the oldest first; none while all is well."""
    live = select(ALERT).where(ALERT.c.ended_at.is_(None)).order_by(ALERT.c.id)
    return tuple(
        Raised(row.id, row.kind, row.raised_at, row.last_success_at, row.told_at) for row in connection.execute(live)
    )


def keep_raised(connection: Connection, kinds: Collection[str], now: datetime) -> None:
    """Raise the alerts of these kinds unless they are, and end all others; any number of processes may do so at once."""
    over = update(ALERT).where(ALERT.c.ended_at.is_(None), ALERT.c.kind.not_in(list(kinds)))
    connection.execute(over.values(ended_at=now))
    for kind in kinds:
        last = last_success(connection) if kind == NOT_EVALUATED else None
        row = {"kind": kind, "raised_at": now, "last_success_at": last}
        connection.execute(insert_if_new(connection, ALERT).values(row))


def note_told(connection: Connection, number: int, now: datetime) -> None:
    """A channel took the alert."""
    connection.execute(update(ALERT).where(ALERT.c.id == number).values(told_at=now))
