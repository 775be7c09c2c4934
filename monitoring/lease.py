"""The lease 租约: one worker at a time, however many processes run, and a dead one is replaced within a minute.

The holder's heartbeat says it lives. Each new holder gets a higher token, the fence: work that a superseded holder has
not yet committed is refused, because it confirms its token in the transaction that commits.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Connection, Engine, Update, insert, select, update
from sqlalchemy.exc import IntegrityError

from data_access.store import schema
from data_access.store.engine import UNREACHABLE, writing
from data_access.store.health import DEAD_AFTER
from rules.errors import ClockStepped, LeaseHeld

HEARTBEAT_SECONDS = 10.0
RETRY_SECONDS = 0.5
# Longer than any step of honest work goes on without a word.
STALLED_SECONDS = 1_800.0
RELEASE_ATTEMPTS = 5
TABLE = schema.lease
NOBODY = ""

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Lease:
    """A lease held by this process; made by :func:`hold`. ``token`` is its fence."""

    def __init__(self, engine: Engine, name: str, holder: str, token: int, clock: Clock) -> None:
        self.name, self.holder, self.token = name, holder, token
        self._engine, self._clock = engine, clock
        self._released = threading.Event()
        self._ticked = time.monotonic()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{name}", daemon=True)

    def confirm(self, connection: Connection) -> None:
        """Raise LeaseHeld unless this is still the holder. In a transaction that writes: nobody can take the lease
        before it ends."""
        row = connection.execute(
            select(TABLE.c.token, TABLE.c.holder).where(TABLE.c.name == self.name).with_for_update()
        ).one()
        if row.token != self.token:
            raise LeaseHeld(f"the lease {self.name} has passed to {row.holder}", name=self.name, holder=row.holder)

    def start(self) -> None:
        self._thread.start()

    def tick(self) -> None:
        """Say that the work goes on: a holder that stands still beats no longer, and loses the lease."""
        self._ticked = time.monotonic()

    def release(self) -> None:
        """Give the lease back, so that the next one need not wait."""
        self._released.set()
        self._thread.join()
        for attempt in range(1, RELEASE_ATTEMPTS + 1):
            try:
                with writing(self._engine) as connection:
                    connection.execute(self._mine().values(holder=NOBODY))
                return
            except UNREACHABLE as problem:
                # What was done under the lease is done: who comes next waits until the heartbeat is old, no more.
                log.warning("lease %s not given back (attempt %s): %s", self.name, attempt, problem)
                if attempt < RELEASE_ATTEMPTS:
                    time.sleep(RETRY_SECONDS)

    def _mine(self) -> Update:
        return update(TABLE).where(TABLE.c.name == self.name, TABLE.c.token == self.token)

    def _beat(self) -> None:
        while not self._released.wait(HEARTBEAT_SECONDS):
            if time.monotonic() - self._ticked > STALLED_SECONDS:
                log.error("the work under the lease %s has stood still; it is given up", self.name)
                return
            try:
                with writing(self._engine) as connection:
                    kept = connection.execute(self._mine().values(heartbeat_at=self._clock())).rowcount
            except ClockStepped as problem:
                log.error("no heartbeat of lease %s any more: %s", self.name, problem)
                return
            except UNREACHABLE as problem:
                # The store is busy with a long transaction, perhaps our own; the next beat tries again.
                log.info("heartbeat of lease %s: %s", self.name, problem)
                continue
            if not kept:
                log.warning("the lease %s has passed to another process", self.name)
                return


def acquire(engine: Engine, name: str, *, clock: Clock = utc_now) -> Lease:
    """Take the lease. Raises LeaseHeld, naming the holder, while another one lives."""
    holder = f"{socket.gethostname()} process {os.getpid()} {uuid4().hex[:8]}"
    now = clock()
    try:
        with writing(engine) as connection:
            token = _take(connection, name, holder, now)
    except IntegrityError:
        # Two processes met at the very first use; the other was first.
        raise LeaseHeld(f"the lease {name} was taken this moment", name=name, holder="another process") from None
    return Lease(engine, name, holder, token, clock)


def _take(connection: Connection, name: str, holder: str, now: datetime) -> int:
    row = connection.execute(select(TABLE).where(TABLE.c.name == name).with_for_update()).one_or_none()
    if row is None:
        connection.execute(insert(TABLE).values(name=name, holder=holder, token=1, heartbeat_at=now))
        return 1
    # A heartbeat far in the future comes from a clock that jumped; it proves no life either.
    if row.holder != NOBODY and abs(now - row.heartbeat_at) <= DEAD_AFTER:
        raise LeaseHeld(
            f"{name} is being done by {row.holder}", name=name, holder=row.holder, heartbeat_at=row.heartbeat_at
        )
    token = int(row.token) + 1
    connection.execute(update(TABLE).where(TABLE.c.name == name).values(holder=holder, token=token, heartbeat_at=now))
    return token


@contextmanager
def hold(engine: Engine, name: str, *, wait_seconds: float = 0.0, clock: Clock = utc_now) -> Iterator[Lease]:
    """Hold the lease for the block. Waits up to ``wait_seconds`` for it, then raises LeaseHeld."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            lease = acquire(engine, name, clock=clock)
            break
        except LeaseHeld:
            if time.monotonic() >= deadline:
                raise
            time.sleep(RETRY_SECONDS)
    lease.start()
    try:
        yield lease
    finally:
        lease.release()
