"""The record of who did what 操作记录, asked by who, act, subject and day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from data_access.store import schema
from rules.month import SHANGHAI

EVENT = schema.audit_event


@dataclass(frozen=True, slots=True)
class Event:
    """One deed on record: when, by which login ("" by the installation itself), what, to what, with what details."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of a login, an action, a subject that contains a text, days from and to; "" and None ask for all.
    ``only``: of these logins alone, None for all; ``never``: of none of these."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()


def load_events(connection: Connection, wanted: Wanted, most: int, offset: int = 0) -> tuple[Event, ...]:
    """The events wanted, newest first."""
    rows = select(EVENT).where(*conditions(wanted)).order_by(EVENT.c.happened_at.desc(), EVENT.c.id.desc())
    return tuple(
        Event(row.id, row.happened_at, row.actor, row.action, row.subject, json.loads(row.details))
        for row in connection.execute(rows.limit(most).offset(offset))
    )


def count_events(connection: Connection, wanted: Wanted) -> int:
    """How many events are wanted."""
    return int(connection.execute(select(func.count()).where(*conditions(wanted))).scalar_one())


def known_actions(connection: Connection) -> tuple[str, ...]:
    """Every action on record, in alphabetical order."""
    return tuple(connection.execute(select(EVENT.c.action).distinct().order_by(EVENT.c.action)).scalars())


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What an event must meet to be wanted."""
    found: list[ColumnElement[bool]] = [EVENT.c.id > 0, EVENT.c.actor.not_in(wanted.never)]
    if wanted.only is not None:
        found.append(EVENT.c.actor.in_(wanted.only))
    if wanted.actor:
        found.append(EVENT.c.actor == wanted.actor)
    if wanted.action:
        found.append(EVENT.c.action == wanted.action)
    if wanted.subject:
        found.append(EVENT.c.subject.contains(wanted.subject, autoescape=True))
    if wanted.since:
        found.append(EVENT.c.happened_at >= _begins(wanted.since))
    if wanted.until:
        found.append(EVENT.c.happened_at < _begins(wanted.until + timedelta(days=1)))
    return found


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
