"""Silences 暂缓提醒: for a while a region's warnings are judged and shown as ever, but nobody is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from data_access.books.regions import RegionTree
from data_access.store import schema
from rules.alerts.episode import Silence
from rules.alerts.threshold import Level
from workflows.people.accounts import Account
from workflows.warnings.alerts import Subject
from workflows.warnings.working_clock import WorkingClock

TABLE, STATE, EPISODE = schema.silence, schema.alert_state, schema.alert_episode


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """One silence: over a region and what lies below it, one indicator or (None) all, up to a level, for a time."""

    id: int
    scheme: str
    region: str
    indicator: str | None
    max_level: Level
    starts_at: datetime
    ends_at: datetime
    reason: str
    set_by: str
    set_at: datetime
    ended_by: str | None

    def active(self, now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class Muted:
    """One warning that a silence would keep quiet."""

    subject: Subject
    level: Level


def silences_over(
    connection: Connection, subject: Subject, tree: RegionTree, clock: WorkingClock
) -> tuple[Silence, ...]:
    """The silences over a subject, past and coming ones too, in the workflow's hours."""
    wanted = select(TABLE).where(
        TABLE.c.scheme == subject.scheme,
        TABLE.c.region.in_(tree.path(subject.region)),
        or_(TABLE.c.indicator.is_(None), TABLE.c.indicator == subject.indicator),
    )
    return tuple(
        Silence(str(row.id), clock(row.starts_at), clock(row.ends_at), Level(row.max_level))
        for row in connection.execute(wanted.order_by(TABLE.c.id))
    )


def load_silences(connection: Connection, scheme: str) -> tuple[SilenceRow, ...]:
    """Every silence of a scheme, the newest first."""
    rows = connection.execute(select(TABLE).where(TABLE.c.scheme == scheme).order_by(TABLE.c.id.desc()))
    return tuple(SilenceRow(**{**row._mapping, "max_level": Level(row.max_level)}) for row in rows)


def muted_by(
    connection: Connection, scheme: str, tree: RegionTree, region: str, indicator: str | None, most: Level
) -> tuple[Muted, ...]:
    """The live warnings that a silence over a region would keep quiet now, the worst first: to be seen before it is set."""
    wanted = select(STATE).join(EPISODE, EPISODE.c.state == STATE.c.id)
    wanted = wanted.where(STATE.c.scheme == scheme, EPISODE.c.closed_at.is_(None), STATE.c.level <= int(most))
    if indicator is not None:
        wanted = wanted.where(STATE.c.indicator == indicator)
    rows = connection.execute(wanted.order_by(STATE.c.level.desc(), STATE.c.id))
    return tuple(
        Muted(Subject(row.scheme, row.indicator, row.rule, row.region, row.part), Level(row.level))
        for row in rows
        if row.region in tree and region in tree.path(row.region)
    )


def set_silence(
    connection: Connection,
    actor: Account,
    now: datetime,
    *,
    scheme: str,
    region: str,
    indicator: str | None,
    max_level: Level,
    ends_at: datetime,
    reason: str,
) -> int:
    """Keep quiet from now until an instant; returns the silence's number."""
    values = {
        "scheme": scheme,
        "region": region,
        "indicator": indicator,
        "max_level": int(max_level),
        "starts_at": now,
        "ends_at": ends_at,
        "reason": reason,
        "set_by": actor.login,
        "set_at": now,
    }
    return int(connection.execute(insert(TABLE).values(values).returning(TABLE.c.id)).scalar_one())


def end_silence(connection: Connection, actor: Account, now: datetime, number: int) -> bool:
    """End a silence now; what was withheld is caught up by the clock. False when it has ended already."""
    running = update(TABLE).where(TABLE.c.id == number, TABLE.c.ends_at > now)
    return connection.execute(running.values(ends_at=now, ended_by=actor.login)).rowcount == 1
