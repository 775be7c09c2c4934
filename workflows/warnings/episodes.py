"""Episodes 预警事件: one continuous problem of a subject and the work on it, as the store keeps them.

The workflow reckons in hours; the store keeps instants, so that a change of the working calendar changes no record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data_access.store import schema
from rules.alerts.episode import Episode, Hours, Work, WorkflowState
from rules.alerts.threshold import Level
from workflows.warnings.alerts import Subject, SubjectState

EPISODE = schema.alert_episode


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """The last episode of a subject: its row, and the work on it as the workflow takes it."""

    id: int
    row_version: int
    opened_at: datetime
    work: WorkflowState

    @property
    def live(self) -> bool:
        return self.work.episode.work is not Work.CLOSED


Clock = Callable[[datetime], Hours]
"""From an instant to the hours in which the workflow reckons."""

_PLAIN = ("made_known", "assignee", "submitter", "ladder_sent")
_TIMES = ("due", "overdue_for", "ladder_start", "told_at")


def last_episode(connection: Connection, subject: Subject, hours: Clock) -> EpisodeRow | None:
    """The newest episode of a subject, live or closed; None before its first."""
    row = connection.execute(
        select(EPISODE).where(EPISODE.c.dedup_key == subject.dedup_key).order_by(EPISODE.c.number.desc()).limit(1)
    ).one_or_none()
    if row is None:
        return None
    times: dict[str, Any] = {name: None if (at := getattr(row, name)) is None else hours(at) for name in _TIMES}
    episode = Episode(
        number=row.number,
        work=Work(row.work),
        level=Level(row.level),
        highest=Level(row.highest),
        acked_level=None if row.acked_level is None else Level(row.acked_level),
        acked_at=0 if row.acked_at is None else hours(row.acked_at),
        **{name: getattr(row, name) for name in _PLAIN},
        **times,
    )
    work = WorkflowState(episode, was_silenced=row.was_silenced, withheld=row.withheld)
    return EpisodeRow(row.id, row.row_version, row.opened_at, work)


def save_episode(
    connection: Connection,
    state: SubjectState,
    before: EpisodeRow | None,
    after: WorkflowState,
    period: str,
    now: datetime,
    hours: Clock,
    due: datetime | None = None,
) -> EpisodeRow:
    """Write the work as one step left it: a new row for a new episode, else the next version of the row.

    Every hour in ``after`` is that of ``now``, of a new deadline ``due``, or was read from the row; it is kept as its
    instant, a field that did not move as the instant it had.
    """
    episode = after.episode
    instants = {hours(at): at for at in (due, now) if at is not None}
    if before is not None:
        row = connection.execute(select(EPISODE).where(EPISODE.c.id == before.id)).one()
        kept = [getattr(row, name) for name in ("acked_at", *_TIMES)]
        instants = {hours(at): at for at in kept if at is not None} | instants
        unmoved = {name: at for name in ("acked_at", *_TIMES) if (at := getattr(row, name)) is not None}
        recovered = row.recovered_at or now
    else:
        unmoved, recovered = {}, now

    def instant(name: str, hour: Hours | None) -> datetime | None:
        if hour is None:
            return None
        # Nights take no working time, so two instants may be the same hour: what did not move keeps its own.
        for at in (due if name == "due" else None, unmoved.get(name)):
            if at is not None and hours(at) == hour:
                return at
        return instants[hour]

    values: dict[str, object] = {name: getattr(episode, name) for name in _PLAIN}
    values |= {name: instant(name, getattr(episode, name)) for name in _TIMES}
    values |= {
        "work": episode.work.value,
        "level": int(episode.level),
        "highest": int(episode.highest),
        "acked_level": None if episode.acked_level is None else int(episode.acked_level),
        "acked_at": instant("acked_at", episode.acked_at) if episode.acked else None,
        "was_silenced": after.was_silenced,
        "withheld": after.withheld,
        "recovered_at": None if episode.level else recovered,
    }
    closed = episode.work is Work.CLOSED
    if before is None or before.work.episode.number != episode.number:
        values |= {"dedup_key": state.subject.dedup_key, "state": state.id, "number": episode.number, "row_version": 1}
        values |= {"opened_at": now, "opened_period": period, "closed_at": now if closed else None}
        made = connection.execute(insert(EPISODE).values(values).returning(EPISODE.c.id)).scalar_one()
        return EpisodeRow(int(made), 1, now, after)
    if closed and before.live:
        values["closed_at"] = now
    version = before.row_version + 1
    connection.execute(update(EPISODE).where(EPISODE.c.id == before.id).values(**values, row_version=version))
    return replace(before, row_version=version, work=after)
