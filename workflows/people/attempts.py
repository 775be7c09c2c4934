"""Attempts at signing in: who fails often waits, longer each time up to a quarter of an hour, and nobody for good.

They are counted for what stands behind them: an account as tried from one address, an account from anywhere, an address,
whatever the account. A device on which the account has signed in before is counted by itself, so that strangers who try an
account keep nobody out who has used it there. A login that does not exist is counted like one that does.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data_access.books.versions import reading
from data_access.store import schema
from data_access.store.engine import writing
from rules.errors import PoolwatchError

TABLE = schema.attempt
# How many failures are free, by what they are counted for.
FREE = {"device": 5, "here": 5, "account": 30, "address": 30}
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


class TooManyAttempts(PoolwatchError):
    """No attempt is taken for so many ``seconds``; nothing is said about whether the account exists."""

    code = "too_many_attempts"


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody comes: address, browser, the token of the session that the browser has; the mark of the device,
    where an account has signed in on it before, and which."""

    address: str = ""
    agent: str = ""
    token: str = ""
    device: str = ""
    known: str = ""


def charge(engine: Engine, login: str, visit: Visit, now: datetime) -> None:
    """Count an attempt before it is checked, so that many at once are counted too; :func:`forgive` takes it back.

    Raises TooManyAttempts, and then counts nothing: waiting is not made longer by trying meanwhile.
    """
    keys = _keys(login, visit)
    with reading(engine) as connection:  # who has to wait does not ask for the lock of those who write
        standing = select(TABLE.c.until).where(TABLE.c.key.in_(keys), TABLE.c.until > now)
        _demand_none(list(connection.execute(standing).scalars()), now)
    with writing(engine) as connection:
        connection.execute(delete(TABLE).where(TABLE.c.last_at < now - FORGOTTEN_AFTER))
        counted = [_count(connection, key, free, now) for key, free in sorted(keys.items())]
        _demand_none([until for until in counted if until is not None and until > now], now)


def _demand_none(waits: list[datetime], now: datetime) -> None:
    if waits:
        seconds = math.ceil((max(waits) - now).total_seconds())
        raise TooManyAttempts(f"too many attempts, none before {max(waits)}", seconds=seconds)


def forgive(connection: Connection, login: str, visit: Visit) -> None:
    """The attempt succeeded: what failed before it is forgotten, but for others at the address this one only."""
    keys = _keys(login, visit)
    address = _key("address", visit.address)
    connection.execute(delete(TABLE).where(TABLE.c.key.in_([key for key in keys if key != address])))
    connection.execute(update(TABLE).where(TABLE.c.key == address).values(failures=TABLE.c.failures - 1, until=None))


def _keys(login: str, visit: Visit) -> dict[str, int]:
    """What an attempt is counted for, with how many failures are free."""
    if visit.device and visit.known == login:
        return {_key("device", visit.device): FREE["device"]}
    keys = {_key("here", visit.address, login): FREE["here"], _key("account", login): FREE["account"]}
    if not _is_this_machine(visit.address):
        keys[_key("address", visit.address)] = FREE["address"]
    return keys


def _is_this_machine(address: str) -> bool:
    """A proxy that does not say for whom it asks would make all readers one address."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _count(connection: Connection, key: str, free: int, now: datetime) -> datetime | None:
    """Count one more. Until when none was taken, as it stood before this one; None where any was."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    more = {"failures": TABLE.c.failures + 1, "last_at": now}
    counted = dialect.insert(TABLE).values(key=key, failures=1, last_at=now)
    counted = counted.on_conflict_do_update(index_elements=["key"], set_=more)
    failures: int
    until: datetime | None
    failures, until = connection.execute(counted.returning(TABLE.c.failures, TABLE.c.until)).one()
    if failures >= free:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - free, 16))
        connection.execute(update(TABLE).where(TABLE.c.key == key).values(until=now + wait))
    return until
