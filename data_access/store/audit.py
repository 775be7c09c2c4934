"""The record of who did what 操作记录. Rows are only ever added, and each day is sealed.

On PostgreSQL the database itself forbids change: the site's role is given no more than it needs, by the owner of the
tables, once after the first ``flask init``::

    REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_seal FROM poolwatch_site;
    GRANT SELECT, INSERT ON audit_event, audit_seal TO poolwatch_site;

A seal 封存 is a digest over the day's rows and the seal before it, so that a row changed, taken out or slipped in later
breaks the chain from its day on. It is made with a key that is not in the store, so that who has the store alone cannot make the
chain anew; seals of before there was a key are verified as they were made, and none may follow one with a key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, func, insert, select

from data_access.store import schema
from data_access.store.integrity.keys import key_of, name_of
from rules.month import SHANGHAI

EVENT, SEAL = schema.audit_event, schema.audit_seal
# What changes nothing that readers see: a further kind goes into schema.CHANGING and its index too.
EXPORT, TOKEN_USE, CHECKED = "export", "token_use", "checked"
ACCEPTED = "accept_as_found"
REFUSED, ACCOUNT = "refused:", "account:"
# A deed begun before midnight may be recorded a moment after it.
SETTLED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed day: how many rows it had, the digest, by which key (its short name, "" for none), when it was sealed."""

    day: date
    rows: int
    digest: str
    key: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """A sealed day whose rows are no longer those that were sealed, or sealed by another key: how many there were and are, the
    digest of those that are there, and whether somebody answered for them as they are."""

    day: date
    sealed_rows: int
    found_rows: int
    digest: str
    accepted: bool = False


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


def last_of(connection: Connection, action: str) -> tuple[datetime, Mapping[str, object]] | None:
    """When something was last done, with its details; None where it never was."""
    asked = select(EVENT.c.happened_at, EVENT.c.details).where(EVENT.c.action == action)
    row = connection.execute(asked.order_by(EVENT.c.id.desc()).limit(1)).first()
    return None if row is None else (row.happened_at, json.loads(row.details))


def seal_days(connection: Connection, now: datetime) -> tuple[Seal, ...]:
    """Seal every day that has ended since the last seal, days without rows included; returns them, oldest first."""
    last = connection.execute(select(SEAL.c.day, SEAL.c.digest).order_by(SEAL.c.day.desc()).limit(1)).one_or_none()
    if last is None:
        first = connection.execute(select(func.min(EVENT.c.happened_at))).scalar_one()
        if first is None:
            return ()
        day, before = first.astimezone(SHANGHAI).date(), ""
    else:
        day, before = last.day + timedelta(days=1), last.digest
    key, sealed = key_of(connection), []
    while _starts(day + timedelta(days=1)) + SETTLED <= now:
        rows, before = _digest(connection, day, before, key)
        values = {"day": day, "rows": rows, "digest": before, "key": name_of(key) or None}
        connection.execute(insert(SEAL).values(**values, sealed_at=now))
        sealed.append(Seal(day, rows, before, name_of(key), now))
        day += timedelta(days=1)
    return tuple(sealed)


def broken_seals(connection: Connection) -> tuple[BrokenSeal, ...]:
    """Days whose rows do not give the digest that was sealed, oldest first; a missing seal counts for its day."""
    found, before, expected, keyed = list[BrokenSeal](), "", None, False
    key, accepted = key_of(connection), _accepted(connection)

    def broke(day: date, sealed_rows: int, found_rows: int, digest: str) -> None:
        found.append(BrokenSeal(day, sealed_rows, found_rows, digest, (day.isoformat(), digest) in accepted))

    for seal in seals(connection):
        while expected is not None and expected < seal.day:
            broke(expected, 0, *_digest(connection, expected, "", key))
            expected += timedelta(days=1)
        rows, digest = _digest(connection, seal.day, before, key if seal.key else b"")
        keyed = keyed or bool(seal.key)
        if digest != seal.digest or (keyed and not seal.key):
            broke(seal.day, seal.rows, rows, digest)
        # The chain goes on from what was sealed, so that one broken day does not accuse all later ones.
        before, expected = seal.digest, seal.day + timedelta(days=1)
    first = connection.execute(select(func.min(SEAL.c.day))).scalar_one()
    if first is not None:
        # The first seal began with the first row: one dated earlier was slipped in.
        early = select(func.min(EVENT.c.happened_at), func.count()).where(EVENT.c.happened_at < _starts(first))
        happened_at, rows = connection.execute(early).one()
        if rows:
            found.insert(0, BrokenSeal(happened_at.astimezone(SHANGHAI).date(), 0, rows, ""))
    return tuple(found)


def _accepted(connection: Connection) -> set[tuple[str, str]]:
    """The days that somebody answered for as they are, each with the digest of its rows then."""
    deeds = connection.execute(select(EVENT.c.details).where(EVENT.c.action == ACCEPTED)).scalars()
    return {(day, digest) for details in deeds for day, digest in json.loads(details).get("days", ())}


def seals(connection: Connection) -> tuple[Seal, ...]:
    """Every sealed day, oldest first."""
    rows = connection.execute(select(SEAL).order_by(SEAL.c.day))
    return tuple(Seal(row.day, row.rows, row.digest, row.key or "", row.sealed_at) for row in rows)


def sealed_days(connection: Connection) -> int:
    """How many days are sealed."""
    return int(connection.execute(select(func.count()).select_from(SEAL)).scalar_one())


def _starts(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _digest(connection: Connection, day: date, before: str, key: bytes) -> tuple[int, str]:
    begun, rows = f"{before}|{day.isoformat()}".encode(), 0
    digest = hmac.new(key, begun, "sha256") if key else hashlib.sha256(begun)
    of_day = EVENT.c.happened_at >= _starts(day), EVENT.c.happened_at < _starts(day + timedelta(days=1))
    for row in connection.execute(select(EVENT).where(*of_day).order_by(EVENT.c.id)):
        kept = (row.id, row.happened_at.isoformat(), row.actor, row.action, row.subject, row.details)
        digest.update(json.dumps(kept, ensure_ascii=False).encode())
        rows += 1
    return rows, digest.hexdigest()
