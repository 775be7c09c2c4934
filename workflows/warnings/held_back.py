"""Whether what was to be told of a subject in a period was held back by a 暂缓提醒."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from data_access.books.regions import RegionTree
from data_access.store import schema
from rules.alerts.threshold import Level
from workflows.warnings.alerts import Subject
from workflows.warnings.silences import SilenceRow, load_silences

STATE, EVENT = schema.alert_state, schema.alert_event
WITHHELD = "withheld:"


def was_withheld(connection: Connection, subject: Subject, period: str) -> bool:
    """Whether a notification of the subject's period was withheld when it was judged."""
    wanted = (
        select(EVENT.c.id)
        .join(STATE, EVENT.c.state == STATE.c.id)
        .where(STATE.c.dedup_key == subject.dedup_key, EVENT.c.period == period, EVENT.c.told.contains(WITHHELD))
    )
    return connection.execute(wanted.limit(1)).first() is not None


def active_silences(
    connection: Connection, subject: Subject, tree: RegionTree, level: Level, now: datetime
) -> tuple[SilenceRow, ...]:
    """The silences that hold a subject's warning of a level back now."""
    return tuple(
        row
        for row in load_silences(connection, subject.scheme)
        if row.active(now)
        and row.region in tree.path(subject.region)
        and row.indicator in (None, subject.indicator)
        and level <= row.max_level
    )
