"""Sessions 会话: who is signed in, since when and from where.

A session ends after twelve hours, when nothing was asked in it for a while, by its person, or by an administrator. What it
opens depends on its stage: as long as something is still asked, nothing.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from data_access.store import schema
from data_access.store.engine import writing
from workflows.people.accounts import Account, account_of, day_of, usable_on
from workflows.people.attempts import Visit

log = logging.getLogger(__name__)
TABLE = schema.session
LASTS = timedelta(hours=12)
IDLE = timedelta(minutes=30)  # where the installation sets no other
# What is still asked at the sign-in must be answered by then.
STAGE_LASTS = timedelta(minutes=10)
# How exactly it is known when something was last asked, so that reading costs no writing each time.
NOTED_EVERY = timedelta(minutes=1)
AGENT_LENGTH = 200


class Stage(StrEnum):
    """What is still asked before a session opens anything."""

    CODE = "code"  # the second factor
    PASSWORD = "password"  # noqa: S105  # a password of one's own, instead of the one that was given
    FACTOR = "factor"  # setting up a second factor, which the role needs
    OPEN = ""  # nothing


@dataclass(frozen=True, slots=True)
class Session:
    """One session. ``handle`` names it in lists: it opens nothing."""

    handle: str
    account: Account
    stage: Stage
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str

    def noted(self, now: datetime) -> bool:
        """Whether what is kept of its last use is recent enough."""
        return now - self.seen_at < NOTED_EVERY


def open_session(connection: Connection, login: str, stage: Stage, visit: Visit, now: datetime) -> str:
    """A new session's token. The one that the browser has ends: nobody who knew it goes on in the new one."""
    token = secrets.token_urlsafe(32)
    ended = (TABLE.c.expires_at < now) | (TABLE.c.token_hash == _hash(visit.token))
    connection.execute(delete(TABLE).where(ended))
    connection.execute(
        insert(TABLE).values(
            token_hash=_hash(token),
            login=login,
            stage=stage.value,
            created_at=now,
            seen_at=now,
            expires_at=now + (LASTS if stage is Stage.OPEN else STAGE_LASTS),
            address=visit.address,
            agent=visit.agent[:AGENT_LENGTH],
        )
    )
    return token


_COLUMNS: list[Any] = [schema.account, *(column for column in TABLE.c if column.name != "login")]


def session_of(
    connection: Connection, token: str, now: datetime, idle: timedelta, *, staged: bool = False
) -> Session | None:
    """The session of a token; None where it is unknown, over, or unused for too long, the account may not sign in, or,
    unless ``staged`` ones are asked for, something is still to be answered at the sign-in."""
    if not token:
        return None
    known = {"token_hash": _hash(token), "now": now, "since": now - idle, "today": day_of(now)}
    row = connection.execute(_BY_TOKEN, known).first()
    if row is None or (row.stage and not staged):
        return None
    return _session(row)


# Asked at every request, so made once.
_BY_TOKEN = (
    select(*_COLUMNS)
    .join(TABLE, TABLE.c.login == schema.account.c.login)
    .where(
        TABLE.c.token_hash == bindparam("token_hash"),
        TABLE.c.expires_at > bindparam("now"),
        TABLE.c.seen_at > bindparam("since"),
        usable_on(bindparam("today")),
    )
)


def sessions_of(connection: Connection, login: str, now: datetime, idle: timedelta) -> tuple[Session, ...]:
    """An account's open sessions, last used first."""
    return _listed(connection, now, idle, TABLE.c.login == login)


def open_sessions(connection: Connection, now: datetime, idle: timedelta) -> tuple[Session, ...]:
    """Everyone's open sessions, last used first."""
    return _listed(connection, now, idle)


def _listed(connection: Connection, now: datetime, idle: timedelta, *only: ColumnElement[bool]) -> tuple[Session, ...]:
    known = (TABLE.c.expires_at > now, TABLE.c.seen_at > now - idle, TABLE.c.stage == "", *only)
    joined = select(*_COLUMNS).join(TABLE, TABLE.c.login == schema.account.c.login)
    return tuple(_session(row) for row in connection.execute(joined.where(*known).order_by(TABLE.c.seen_at.desc())))


def note_use(engine: Engine, token: str, now: datetime) -> None:
    """Keep that something was asked in a session. Nobody who reads waits for that: where the store is being written to,
    the next use is noted."""
    try:
        with writing(engine, waits=False) as connection:
            connection.execute(update(TABLE).where(TABLE.c.token_hash == _hash(token)).values(seen_at=now))
    except DBAPIError as problem:
        log.debug("the use of a session is not noted: %s", problem)


def end_session(connection: Connection, login: str, handle: str) -> bool:
    """End one of an account's sessions; False where it has none of that handle."""
    one = (TABLE.c.login == login) & TABLE.c.token_hash.startswith(handle, autoescape=True)
    return bool(handle and connection.execute(delete(TABLE).where(one)).rowcount)


def end_sessions(connection: Connection, login: str, but: str = "") -> int:
    """End an account's sessions, all or all but that of a token; returns how many."""
    others = (TABLE.c.login == login) & (TABLE.c.token_hash != _hash(but))
    return connection.execute(delete(TABLE).where(others)).rowcount


def end(connection: Connection, token: str) -> str | None:
    """The session of a token ends; whose it was, None where there is none to end."""
    ended = delete(TABLE).where(TABLE.c.token_hash == _hash(token)).returning(TABLE.c.login)
    return connection.execute(ended).scalar()


def handle_of(token: str) -> str:
    """By which a session is named in lists: the beginning of its digest."""
    return _hash(token)[:16]


def _session(row: object) -> Session:
    r = row
    return Session(
        r.token_hash[:16],  # type: ignore[attr-defined]
        account_of(row),
        Stage(r.stage),  # type: ignore[attr-defined]
        r.created_at,  # type: ignore[attr-defined]
        r.seen_at,  # type: ignore[attr-defined]
        r.expires_at,  # type: ignore[attr-defined]
        r.address,  # type: ignore[attr-defined]
        r.agent,  # type: ignore[attr-defined]
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
