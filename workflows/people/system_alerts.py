"""Alerts of the system itself 系统告警 as one person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, select

from data_access.store import schema
from data_access.store.bulk import insert_if_new
from workflows.people.accounts import Account, Role
from workflows.warnings.watch import NOT_EVALUATED

SYSTEM, READING = schema.system_alert, schema.system_alert_reading
MOST = 30


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


def unread_alerts(connection: Connection, account: Account) -> int:
    """How many alerts a person has not read."""
    shown = _alerts(account.role, MOST)
    if shown is None:
        return 0
    listed = shown.subquery()
    wanted = select(func.count()).select_from(listed).where(listed.c.read_at.is_(None))
    return int(connection.execute(wanted, {"login": account.login}).scalar_one())


def read_alerts(connection: Connection, account: Account, now: datetime) -> int:
    """Mark all of a person's alerts read; how many were not before."""
    unread = [alert.id for alert in system_alerts(connection, account) if alert.read_at is None]
    return sum(mark_alert_read(connection, account, now, number) for number in unread)


def system_alerts(connection: Connection, account: Account, *, most: int = MOST) -> tuple[SystemAlert, ...]:
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
    row = {"system_alert": number, "login": account.login, "read_at": now}
    new = insert_if_new(connection, READING).values(row).returning(READING.c.login)
    return connection.execute(new).first() is not None
