"""The clock of an installation: what is written gets its time from here, and nothing is written while the clock cannot be right.

A machine's clock that jumps would seal days that have not been, send what is due then, and leave what honest people do next looking
like tampering. A jump is seen against the machine's own count of time since it started, against the database's clock and
against the version published last.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select

from data_access.store.engine import UNREACHABLE
from data_access.store.schema import data_version
from data_access.whole_files import write_whole
from rules.errors import ClockStepped

NAME = "clock.json"
# More than what setting a clock by the network corrects at once, less than what makes a deadline another one.
STEP = timedelta(minutes=5)
LOOK_SECONDS = 60.0
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Linux counts on while it sleeps; where there is no such count, what a sleep hides is seen by the other two comparisons.
_COUNT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the clock is measured by: since the machine's start ``boot`` it was ``offset`` seconds ahead of the count of time
    since then; versions up to ``accepted`` may lie in the future, because somebody answered for it."""

    boot: str
    offset: float
    accepted: int = 0


class SteadyClock:
    """The time now, in UTC; raises ClockStepped while the clock cannot be right. ``machine`` tells the machine's time and its
    count of seconds since it started."""

    def __init__(
        self,
        engine: Engine,
        var: Path,
        machine: Callable[[], tuple[float, float]] = lambda: (time.time(), time.clock_gettime(_COUNT)),
    ) -> None:
        self._engine, self._path, self._machine = engine, var / NAME, machine
        self._boot = BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else ""
        self._compared: float | None = None
        noted = self._noted()
        # A machine that started anew counts anew; what was answered for holds on.
        begun = Anchor(self._boot, self._offset(), noted.accepted if noted else 0)
        self._anchor = noted if noted and noted.boot == self._boot else begun

    def __call__(self) -> datetime:
        now, count = self._machine()
        if abs(now - count - self._anchor.offset) > STEP.total_seconds():
            self._look_again()
        stepped = now - count - self._anchor.offset
        if abs(stepped) > STEP.total_seconds():
            raise _stepped(now, now - stepped, "machine")
        if self._compared is None or count - self._compared > LOOK_SECONDS:
            self._compare(now, count)
        return datetime.fromtimestamp(now, UTC)

    def likely(self) -> datetime:
        """The time for those who only read: by the machine's count while its clock is off, so that no session ends too early."""
        now, count = self._machine()
        right = count + self._anchor.offset
        return datetime.fromtimestamp(now if abs(now - right) <= STEP.total_seconds() else right, UTC)

    def trouble(self) -> ClockStepped | None:
        """What is wrong with the clock now; None while it can be right."""
        try:
            self()
        except ClockStepped as problem:
            return problem
        return None

    def accept(self) -> None:
        """Take the clock as it is now for right, by decision of who answers for it."""
        with self._engine.connect() as connection:
            newest = connection.execute(select(func.max(data_version.c.id))).scalar_one() or 0
        self._anchor = Anchor(self._boot, self._offset(), newest)
        write_whole(self._path, json.dumps(asdict(self._anchor)))

    def _compare(self, now: float, count: float) -> None:
        try:
            with self._engine.connect() as connection:
                newest = select(data_version.c.id, data_version.c.published_at).order_by(data_version.c.id.desc())
                last = connection.execute(newest.limit(1)).first()
                database = None
                if connection.dialect.name == "postgresql":
                    database = connection.execute(select(func.clock_timestamp())).scalar_one().timestamp()
        except UNREACHABLE:
            return
        if database is not None and abs(database - now) > STEP.total_seconds():
            raise _stepped(now, database, "database")
        if last is not None and last.published_at.timestamp() > now + STEP.total_seconds():
            self._look_again()
            if last.id > self._anchor.accepted:
                raise _stepped(now, last.published_at.timestamp(), "version")
        self._compared = count
        # Small corrections are followed.
        self._anchor = replace(self._anchor, offset=now - count)
        noted = self._noted()
        if noted is None or noted.boot != self._boot or abs(noted.offset - self._anchor.offset) > 1:
            write_whole(self._path, json.dumps(asdict(self._anchor)))

    def _offset(self) -> float:
        now, count = self._machine()
        return now - count

    def _look_again(self) -> None:
        """Somebody may have answered for the clock meanwhile, in another process."""
        noted = self._noted()
        if noted and noted.boot == self._boot:
            self._anchor = noted

    def _noted(self) -> Anchor | None:
        try:
            return Anchor(**json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def _stepped(now: float, other: float, than: str) -> ClockStepped:
    found, expected = (datetime.fromtimestamp(moment, UTC) for moment in (now, other))
    return ClockStepped(
        f"The clock of this machine says {found:%Y-%m-%d %H:%M:%S} UTC, the {than} {expected:%Y-%m-%d %H:%M:%S}: nothing is "
        "written until it is set right, or somebody answers for it with: flask clock --accept REASON",
        found=found,
        expected=expected,
        than=than,
    )
