"""The clock of the refresh: APScheduler inside the web process, or as a process of its own in production, which web
workers ask by a file.

However many schedulers run, the lease lets one refresh work at a time; the others find it held and wait for their next
turn.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine

from data_access.books.versions import reading
from data_access.intake.asking import asked_at
from data_access.intake.importers.history import waiting
from data_access.store.engine import writing
from monitoring.alerts.case_clock import tick_cases
from monitoring.lease import Clock, utc_now
from monitoring.refresh import Places, refresh
from monitoring.telling.channels import Channels
from monitoring.telling.dispatcher import dispatch
from monitoring.telling.letters import write_letters
from monitoring.telling.watchman import watch
from rules.errors import ClockStepped, LeaseHeld
from workflows.people.channels import note_channels
from workflows.warnings.rhythm import Rhythm

WATCH_SECONDS = 5
DISPATCH_SECONDS = 30
WORK_SECONDS = 180
LOOK_SECONDS = 300
# A clock that was set by so much; less delays a turn by no more.
STEP_SECONDS = 5.0
# A triggered refresh waits for one under way, so that what arrived meanwhile is published too.
WAIT_SECONDS = 300.0

log = logging.getLogger(__name__)


def _ahead() -> float:
    """By how much the clock is ahead of the count of seconds that nobody sets."""
    return time.time() - time.monotonic()


def give_back_memory() -> None:
    """What a refresh held for a while goes back to the machine, where the C library does that when asked (glibc); else the
    process of ``make run`` would keep a hundred megabytes of it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@dataclass(frozen=True, slots=True)
class Job:
    """Extra periodic work, such as the demonstration feed. ``run`` returns True to have a refresh follow at once."""

    name: str
    seconds: float
    run: Callable[[], bool]


class RefreshScheduler:
    """Refreshes by the cron expression, at once when asked, from this process or another, and when a file arrives in the drop folder or
    the queue.

    Notifications go out after each refresh, and those that failed when they are due again; the clock of the work on
    warnings runs every few minutes and after each refresh. ``blocking`` makes :meth:`start` run until it is shut down
    (``flask scheduler``); otherwise it returns and the work goes on in a thread of this process.
    """

    def __init__(
        self,
        engine: Engine,
        places: Places,
        *,
        cron: str = "*/15 * * * *",
        timezone: str = "Asia/Shanghai",
        jobs: Sequence[Job] = (),
        channels: Channels,
        blocking: bool = False,
        clock: Clock = utc_now,
    ) -> None:
        self._engine, self._places, self._clock = engine, places, clock
        self._channels = channels
        self._rhythm = Rhythm(cron, timezone)
        self._asked = asked_at(places.asked)  # a refresh is due at the start in any case
        self._over = threading.Event()
        self._queued: tuple[int, ...] = ()  # the batches that waited when they were last looked for
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        make = BlockingScheduler if blocking else BackgroundScheduler
        self._scheduler: BaseScheduler = make(timezone=timezone, job_defaults=defaults)
        self._scheduler.add_job(self._refresh, CronTrigger.from_crontab(cron, timezone), id="refresh")
        self._scheduler.add_job(self._watch, "interval", seconds=WATCH_SECONDS, id="watch")
        self._scheduler.add_job(self._dispatch, "interval", seconds=DISPATCH_SECONDS, id="dispatch")
        self._scheduler.add_job(self._work, "interval", seconds=WORK_SECONDS, id="work")
        self._scheduler.add_job(self._look, "interval", seconds=LOOK_SECONDS, id="look")
        for job in jobs:
            self.add(job)

    def add(self, job: Job) -> None:
        """Further periodic work."""
        self._scheduler.add_job(self._do, "interval", seconds=job.seconds, id=job.name, args=[job])

    def start(self) -> None:
        """Begin; a refresh is due at once, so that what arrived while nothing ran is seen."""
        with writing(self._engine) as connection:
            note_channels(connection, self._channels.names)
        self.trigger()
        threading.Thread(target=self._keep_time, name="scheduler-time", daemon=True).start()
        self._scheduler.start()

    def shutdown(self) -> None:
        """No new work; returns when the work under way has ended."""
        self._over.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def trigger(self) -> None:
        """Refresh at once; several calls before it begins make one refresh."""
        # Two instances: what arrives during one refresh is published by the next, which waits for the lease.
        self._scheduler.add_job(self._refresh, id="now", args=[WAIT_SECONDS], replace_existing=True, max_instances=2)

    def _keep_time(self) -> None:
        """Each turn is reckoned by the machine's clock: one that was reckoned by a wrong clock would not come for as long as the
        clock was set back."""
        before = _ahead()
        while not self._over.wait(WATCH_SECONDS):
            now = _ahead()
            if abs(now - before) > STEP_SECONDS:
                before = now
                log.warning("the clock of the machine was set; every turn is reckoned anew")
                self.reckon_anew()

    def reckon_anew(self) -> None:
        """Have each periodic work take its next turn by the clock as it is now."""
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            following = job.trigger.get_next_fire_time(now, now)
            if following is not None:
                job.modify(next_run_time=following)
        self._scheduler.wakeup()

    def next_refresh_at(self) -> datetime | None:
        """When the next scheduled refresh is due; None before the start."""
        job = self._scheduler.get_job("refresh")
        return getattr(job, "next_run_time", None)

    def _refresh(self, wait_seconds: float = 0.0) -> None:
        try:
            channels = self._channels.names
            refresh(self._engine, self._places, channels=channels, wait_seconds=wait_seconds, clock=self._clock)
        except LeaseHeld as held:
            log.info("no refresh now: %s", held)
            self._queued = ()
        except ClockStepped as stepped:
            log.error("no refresh now: %s", stepped)
            self._queued = ()
            return
        except Exception:
            # Recorded in refresh_run by the refresh itself; the clock goes on.
            log.exception("the refresh failed; the last version stands")
        self._work()
        self._dispatch()
        give_back_memory()

    def _work(self) -> None:
        """What has come due in the work on warnings; told with the next dispatch."""
        try:
            tick_cases(self._engine, clock=self._clock)
        except Exception:
            log.exception("the clock of the work on warnings failed; it goes again")

    def _look(self) -> None:
        try:
            watch(self._engine, self._rhythm, self._channels, clock=self._clock)
        except Exception:
            log.exception("nobody could look whether the warnings are judged")

    def _dispatch(self) -> None:
        try:
            write_letters(self._engine, clock=self._clock)
            dispatch(self._engine, self._channels, clock=self._clock)
        except Exception:
            log.exception("notifications were not delivered; they wait")

    def _watch(self) -> None:
        before, self._asked = self._asked, asked_at(self._places.asked)
        if self._asked != before or self._given() or self._places.inbox.arrived():
            self.trigger()

    def _given(self) -> bool:
        """Whether something waits in the queue that did not at the last look; what the store then had no room for is
        tried again by the clock."""
        try:
            with reading(self._engine) as connection:
                before, self._queued = self._queued, waiting(connection)
        except Exception as problem:
            log.info("nobody could look into the queue: %s", problem)
            return False
        return not set(before).issuperset(self._queued)

    def _do(self, job: Job) -> None:
        try:
            if job.run():
                self.trigger()
        except Exception:
            log.exception("the job %s failed; it runs again in %s seconds", job.name, job.seconds)
