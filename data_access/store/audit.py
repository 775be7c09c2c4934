"""The record of who did what 操作记录. Rows are only ever added, and each day is sealed.

On PostgreSQL the database itself forbids change: the site's role is given no more than it needs, by the owner of the
tables, once after the first ``flask init``::

    REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_seal FROM poolwatch_site;
    GRANT SELECT, INSERT ON audit_event, audit_seal TO poolwatch_site;

A seal 封存 is a digest over the day's rows and the seal before it, so that a row changed, taken out or slipped in later
breaks the chain from its day on, whoever did it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, func, insert, select

from data_access.store import schema
from rules.month import SHANGHAI

EVENT, SEAL = schema.audit_event, schema.audit_seal
EXPORT, TOKEN_USE, REFUSED = "export", "token_use", "refused:"
# What was taken out, from where a token was used, what was refused: on record, but nothing that readers see is another.
CHANGING = EVENT.c.action.not_in([EXPORT, TOKEN_USE]) & ~EVENT.c.action.startswith(REFUSED)
# A deed begun before midnight may be recorded a moment after it.
SETTLED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """A sealed day whose rows are no longer those that were sealed: how many there were and are."""

    day: date
    sealed_rows: int
    found_rows: int


def record(
    connection: Connection, actor: str, action: str, subject: str, details: Mapping[str, object], now: datetime
) -> None:
    """Add one event within the caller's transaction: with the deed it tells of, or not at all.

    ``actor`` is a login, ``action`` a code such as upload or close_month, ``subject`` what it was done to; ``details``
    must be plain JSON values.
    """
    connection.execute(
        insert(schema.audit_event).values(
            happened_at=now,
            actor=actor,
            action=action,
            subject=subject,
            details=json.dumps(dict(details), ensure_ascii=False, sort_keys=True),
        )
    )


def seal_days(connection: Connection, now: datetime) -> int:
    """Seal every day that has ended since the last seal, days without rows included; returns how many."""
    last = connection.execute(select(SEAL.c.day, SEAL.c.digest).order_by(SEAL.c.day.desc()).limit(1)).one_or_none()
    if last is None:
        first = connection.execute(select(func.min(EVENT.c.happened_at))).scalar_one()
        if first is None:
            return 0
        day, before = first.astimezone(SHANGHAI).date(), ""
    else:
        day, before = last.day + timedelta(days=1), last.digest
    sealed = 0
    while _starts(day + timedelta(days=1)) + SETTLED <= now:
        rows, before = _digest(connection, day, before)
        connection.execute(insert(SEAL).values(day=day, rows=rows, digest=before, sealed_at=now))
        day += timedelta(days=1)
        sealed += 1
    return sealed


def broken_seals(connection: Connection) -> tuple[BrokenSeal, ...]:
    """Days whose rows do not give the digest that was sealed, oldest first; a missing seal counts for its day."""
    found, before, expected = [], "", None
    for seal in connection.execute(select(SEAL).order_by(SEAL.c.day)):
        while expected is not None and expected < seal.day:
            found.append(BrokenSeal(expected, 0, _digest(connection, expected, "")[0]))
            expected += timedelta(days=1)
        rows, digest = _digest(connection, seal.day, before)
        if digest != seal.digest:
            found.append(BrokenSeal(seal.day, seal.rows, rows))
        # The chain goes on from what was sealed, so that one broken day does not accuse all later ones.
        before, expected = seal.digest, seal.day + timedelta(days=1)
    first = connection.execute(select(func.min(SEAL.c.day))).scalar_one()
    if first is not None:
        # The first seal began with the first row: one dated earlier was slipped in.
        early = select(func.min(EVENT.c.happened_at), func.count()).where(EVENT.c.happened_at < _starts(first))
        happened_at, rows = connection.execute(early).one()
        if rows:
            found.insert(0, BrokenSeal(happened_at.astimezone(SHANGHAI).date(), 0, rows))
    return tuple(found)


def sealed_days(connection: Connection) -> int:
    """How many days are sealed."""
    return int(connection.execute(select(func.count()).select_from(SEAL)).scalar_one())


def _starts(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _digest(connection: Connection, day: date, before: str) -> tuple[int, str]:
    digest, rows = hashlib.sha256(f"{before}|{day.isoformat()}".encode()), 0
    of_day = EVENT.c.happened_at >= _starts(day), EVENT.c.happened_at < _starts(day + timedelta(days=1))
    for row in connection.execute(select(EVENT).where(*of_day).order_by(EVENT.c.id)):
        kept = (row.id, row.happened_at.isoformat(), row.actor, row.action, row.subject, row.details)
        digest.update(json.dumps(kept, ensure_ascii=False).encode())
        rows += 1
    return rows, digest.hexdigest()
