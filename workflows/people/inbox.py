"""Inbox 消息: what one person was told of in this system, newest first, read or not.

Two kinds meet in it: messages of warnings, delivered from the outbox, and for system administrators the alerts of the
system itself, which come by no outbox.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data_access.store import schema
from rules.alerts.threshold import Level
from workflows.people.accounts import Account, Role
from workflows.warnings.alerts import Subject
from workflows.warnings.watch import NOT_EVALUATED

INBOX, EVENT, STATE = schema.inbox, schema.alert_event, schema.alert_state
CASE, MEMBER = schema.work_case, schema.case_member
SYSTEM, READING = schema.system_alert, schema.system_alert_reading
PAGE = 30


@dataclass(frozen=True, slots=True)
class Letter:
    """One message about a warning. ``told``: open, escalate, ladder:1, assigned …; ``case`` its case's number, None for a
    warning without one; ``state`` the subject's number, as in the address of a single warning."""

    id: int
    received_at: datetime
    read_at: datetime | None
    state: int
    subject: Subject
    period: str
    told: str
    level: Level
    case: str | None


@dataclass(frozen=True, slots=True)
class SystemAlert:
    """An alert of the system itself. ``kind``: not_evaluated, no successful evaluation since ``last_success_at``, or the
    code of what runs out; ``ended_at`` None while it lasts."""

    id: int
    kind: str
    raised_at: datetime
    last_success_at: datetime | None
    ended_at: datetime | None
    read_at: datetime | None


def unread_count(connection: Connection, account: Account) -> int:
    """How many messages are unread 未读, system alerts included."""
    return sum(connection.execute(_unread(account.role), {"login": account.login}).one())


@cache
def _unread(role: Role) -> Select[*tuple[Any, ...]]:
    """How many messages and how many alerts are unread; asked at every request, so made once."""
    counted = [select(func.count()).where(bindparam("login") == INBOX.c.login, INBOX.c.read_at.is_(None))]
    shown = _alerts(role, PAGE)
    if shown is not None:
        listed = shown.subquery()
        counted.append(select(func.count()).select_from(listed).where(listed.c.read_at.is_(None)))
    return select(*(one.scalar_subquery() for one in counted))


def letters(
    connection: Connection, account: Account, *, page: int = 1, size: int = PAGE, unread: bool = False
) -> tuple[Letter, ...]:
    """One page of a person's messages, newest first."""
    wanted = (
        select(INBOX.c.id, INBOX.c.received_at, INBOX.c.read_at, EVENT.c.period, EVENT.c.told, EVENT.c.level)
        .add_columns(STATE.c.id.label("state"), STATE.c.scheme, STATE.c.indicator, STATE.c.rule, STATE.c.region)
        .add_columns(STATE.c.part, CASE.c.number)
        .join(EVENT, EVENT.c.id == INBOX.c.event)
        .join(STATE, STATE.c.id == EVENT.c.state)
        .outerjoin(MEMBER, MEMBER.c.episode == EVENT.c.episode)
        .outerjoin(CASE, CASE.c.id == MEMBER.c.work_case)
        .where(INBOX.c.login == account.login)
    )
    if unread:
        wanted = wanted.where(INBOX.c.read_at.is_(None))
    rows = connection.execute(wanted.order_by(INBOX.c.id.desc()).limit(size).offset((max(page, 1) - 1) * size))
    return tuple(
        Letter(
            row.id,
            row.received_at,
            row.read_at,
            row.state,
            Subject(row.scheme, row.indicator, row.rule, row.region, row.part),
            row.period,
            row.told,
            Level(row.level),
            row.number,
        )
        for row in rows
    )


def letter_count(connection: Connection, account: Account, *, unread: bool = False) -> int:
    """How many messages of warnings a person has, for paging."""
    wanted = select(func.count()).where(INBOX.c.login == account.login)
    return int(connection.execute(wanted.where(INBOX.c.read_at.is_(None)) if unread else wanted).scalar_one())


def mark_read(connection: Connection, account: Account, now: datetime, numbers: Collection[int] | None = None) -> int:
    """Mark some of one's own messages read, or (None) all with the system alerts; returns how many were not before."""
    mine = and_(INBOX.c.login == account.login, INBOX.c.read_at.is_(None))
    if numbers is not None:
        mine = and_(mine, INBOX.c.id.in_(list(numbers)))
    done = connection.execute(update(INBOX).where(mine).values(read_at=now)).rowcount
    if numbers is None:
        unread = [alert.id for alert in system_alerts(connection, account) if alert.read_at is None]
        done += sum(mark_alert_read(connection, account, now, number) for number in unread)
    return done


def system_alerts(connection: Connection, account: Account, *, most: int = PAGE) -> tuple[SystemAlert, ...]:
    """The alerts of the system, newest first: all for system administrators, what runs out for monitors as well."""
    wanted = _alerts(account.role, most)
    return tuple(
        SystemAlert(row.id, row.kind, row.raised_at, row.last_success_at, row.ended_at, row.read_at)
        for row in (() if wanted is None else connection.execute(wanted, {"login": account.login}))
    )


def _alerts(role: Role, most: int) -> Select[*tuple[Any, ...]] | None:
    """The alerts that a role is shown, each with when ``login`` read it; None for one that is shown none."""
    if role not in (Role.SYSTEM_ADMIN, Role.MONITOR):
        return None
    mine = and_(READING.c.system_alert == SYSTEM.c.id, bindparam("login") == READING.c.login)
    wanted = select(SYSTEM, READING.c.read_at).outerjoin(READING, mine).order_by(SYSTEM.c.id.desc()).limit(most)
    return wanted if role is Role.SYSTEM_ADMIN else wanted.where(SYSTEM.c.kind != NOT_EVALUATED)


def mark_alert_read(connection: Connection, account: Account, now: datetime, number: int) -> bool:
    """Mark a system alert read by one person; False when it was."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"system_alert": number, "login": account.login, "read_at": now}
    new = dialect.insert(READING).values(row).on_conflict_do_nothing().returning(READING.c.login)
    return connection.execute(new).first() is not None
