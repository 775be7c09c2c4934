"""Whether the warnings are still being judged: the last success, and the system's own alert when it is too long ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data_access.store import schema

RUN, ALERT = schema.refresh_run, schema.system_alert
NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True, slots=True)
class Raised:
    """A live system alert. ``told_at`` None: no channel has taken it yet."""

    id: int
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


def raised(connection: Connection) -> Raised | None:
    """The live alert; None while all is well."""
    row = connection.execute(select(ALERT).where(ALERT.c.kind == NOT_EVALUATED, ALERT.c.ended_at.is_(None))).first()
    return None if row is None else Raised(row.id, row.raised_at, row.last_success_at, row.told_at)


def raise_alert(connection: Connection, now: datetime) -> None:
    """Raise the alert unless it is; any number of processes may do so at once."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"kind": NOT_EVALUATED, "raised_at": now, "last_success_at": last_success(connection)}
    connection.execute(dialect.insert(ALERT).values(row).on_conflict_do_nothing())


def end_alert(connection: Connection, now: datetime) -> None:
    """All is well again."""
    live = ALERT.c.kind == NOT_EVALUATED, ALERT.c.ended_at.is_(None)
    connection.execute(update(ALERT).where(*live).values(ended_at=now))


def note_told(connection: Connection, number: int, now: datetime) -> None:
    """A channel took the alert."""
    connection.execute(update(ALERT).where(ALERT.c.id == number).values(told_at=now))
