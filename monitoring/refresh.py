"""The refresh 刷新: pull the source databases, import the drop folder, roll up, compute indicators, publish.

One refresh at a time (the lease). Roll-up, indicators and the new version are one transaction, so readers see the
last version until the next one is whole, and a failure or a kill at any point leaves the last one standing. Warnings
are judged once the version is published, still under the lease.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, update

from data_access.books.rebuild import rebuild
from data_access.books.versions import Version, current_version, news, publish, reading, registers_changed, signed_since
from data_access.intake.asking import ASKED
from data_access.intake.importers import (
    BatchResult,
    import_file,
    import_given,
    recover_interrupted,
)
from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.history import waiting
from data_access.intake.originals import ORIGINALS, sweep
from data_access.intake.queue import Given, forget
from data_access.intake.sources.database import SourceError, pull
from data_access.intake.sources.status import every_source
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.saved import FOLDER
from data_access.store import schema
from data_access.store.engine import writing
from data_access.store.integrity.heads import NAME
from data_access.store.integrity.sealing import seal_version
from data_access.store.trouble import store_trouble
from monitoring.alerts.step import Evaluated, evaluate_alerts
from monitoring.assessments import update_assessments
from monitoring.forecasts.step import prepare, update_forecasts
from monitoring.inbox import Explain, Inbox, Progress, by_code
from monitoring.indicators.step import update_indicators
from monitoring.lease import Clock, Lease, hold, utc_now
from monitoring.outlook.step import update_outlook
from monitoring.scheme_books import ledger_books
from monitoring.steps import Steps
from monitoring.telling.seal_log import SealLog
from rules.errors import NotAllowed
from rules.month import SHANGHAI
from workflows.people.accounts import usable_accounts
from workflows.people.channels import channels_on
from workflows.people.rights import allowance

LEASE = "refresh"
FORGOTTEN_WITHIN = timedelta(days=2)  # many refreshes may fail before one deletes what was refused
RUN = schema.refresh_run

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """Where data arrive: the drop folder and the folder of source databases (YAML files); where files are kept 原件, and the
    mappings that people saved 对应关系; where the heads of sealed days are told 封存头; by which file other processes ask for a
    refresh."""

    inbox: Inbox
    sources: Path
    originals: Path
    saved: Path
    seals: SealLog
    asked: Path

    @classmethod
    def under(cls, var: Path, explain: Explain = by_code, seals: SealLog | None = None) -> Places:
        saved, seals = var / FOLDER, seals or SealLog(var / NAME)
        return cls(Inbox(var / "inbox", explain, saved), var / "sources", var / ORIGINALS, saved, seals, var / ASKED)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did. ``version`` is the new version, None when nothing had changed; ``values`` counts indicator
    values written, ``alerts`` says which warnings were judged (None: none were); ``problems`` are sources and files that
    could not be read, each in words."""

    run: int
    version: Version | None
    batches: tuple[BatchResult, ...] = ()
    values: int = 0
    alerts: Evaluated | None = None
    problems: tuple[str, ...] = ()


def refresh(
    engine: Engine,
    places: Places | None = None,
    *,
    full: bool = False,
    as_of: datetime | None = None,
    alerts: bool = True,
    channels: Sequence[str] | None = None,
    wait_seconds: float = 0.0,
    clock: Clock = utc_now,
    progress: Progress | None = None,
) -> Refreshed:
    """One refresh. ``full`` rebuilds every roll-up and indicator from the ledger and always publishes.
    ``alerts`` False leaves the judging of warnings to the next one; ``channels`` are those they are told through, None
    for those that are on.

    ``as_of`` publishes the state of an earlier instant (the demonstration's signed past); without it, of now.

    Raises LeaseHeld when another process is refreshing (after ``wait_seconds``); any other failure is recorded in the
    run and raised, and the last version stands.
    """
    with hold(engine, LEASE, wait_seconds=wait_seconds, clock=clock) as lease:
        run = _Run(engine, lease, clock, progress)
        with run.steps.noted():
            done = run.work(lambda run: run.take_in(places) if places else (), full, as_of)
            done = run.judge(done, channels) if alerts else done
            if places:
                run.seal(places.seals)
        return done


def import_files(
    engine: Engine,
    paths: Sequence[Path],
    *,
    target: str | None = None,
    source: str | None = None,
    accept_good_rows: bool = False,
    originals: Path | None = None,
    reason: str | None = None,
    sheet: str | None = None,
    mapping: Mapping | None = None,
    explanation: str | None = None,
    saved: Path | None = None,
    wait_seconds: float = 60.0,
    clock: Clock = utc_now,
    progress: Progress | None = None,
) -> Refreshed:
    """Import the named files, one batch each, and publish what came in; one that fails stops none of the others.
    ``mapping``: how files that are no templates are meant, else one of those ``saved`` is looked for; ``explanation``: why
    tables are taken whose own totals do not add up.
    Raises LeaseHeld."""

    def take(path: Path, told: Progress) -> BatchResult:
        return import_file(
            engine,
            path,
            target=target,
            source=source,
            accept_good_rows=accept_good_rows,
            originals=originals,
            reason=reason,
            sheet=sheet,
            mapping=mapping,
            explanation=explanation,
            saved=saved,
            progress=told,
            now=clock(),
        )

    each = [(path.name, partial(take, path)) for path in paths]
    return import_each(engine, each, wait_seconds=wait_seconds, clock=clock, progress=progress)


def import_each(
    engine: Engine,
    each: Sequence[tuple[str, Callable[[Progress], BatchResult]]],
    *,
    wait_seconds: float = 60.0,
    clock: Clock = utc_now,
    progress: Progress | None = None,
) -> Refreshed:
    """Import what has a name and a way to be imported, and publish what came in; one that fails stops none of the others.
    Raises LeaseHeld."""

    def imported(run: _Run) -> tuple[BatchResult, ...]:
        batches = []
        for name, take in each:
            try:
                result = take(run.progress)
            except Exception as problem:
                log.exception("%s", name)
                run.failed(name, problem)
            else:
                batches.append(result)
        return tuple(batches)

    with hold(engine, LEASE, wait_seconds=wait_seconds, clock=clock) as lease:
        run = _Run(engine, lease, clock, progress)
        with run.steps.noted():
            return run.judge(run.work(imported))


class _Run:
    """One refresh under the lease, recorded as one row of ``refresh_run``."""

    def __init__(self, engine: Engine, lease: Lease, clock: Clock, progress: Progress | None) -> None:
        self.engine, self.lease, self.clock = engine, lease, clock
        self._told = progress
        self.steps = Steps("recover")
        self.problems: list[str] = []

    def failed(self, name: str, problem: Exception) -> None:
        """Note what one source or file failed with; the others go on."""
        self.problems.append(f"{name!r}: {store_trouble(problem) or type(problem).__name__}: {problem}")

    def progress(self, phase: str, done: int, total: int) -> None:
        self.lease.tick()
        if self._told:
            self._told(phase, done, total)

    def work(
        self, take_in: Callable[[_Run], tuple[BatchResult, ...]], full: bool = False, as_of: datetime | None = None
    ) -> Refreshed:
        self.full = full
        with writing(self.engine) as connection:
            self._close_dead_runs(connection)
            values = {"started_at": self.clock(), "state": "running", "full": full}
            self.id = connection.execute(insert(RUN).values(values).returning(RUN.c.id)).scalar_one()
        self.steps.run = self.id
        try:
            recover_interrupted(self.engine)
            batches = take_in(self)
            done = self._publish(full, as_of or self.clock())
        except BaseException as problem:
            try:
                self._record(state="failed", step=self.steps.current, error=f"{type(problem).__name__}: {problem}")
            except Exception:
                # The store that failed cannot take this either; what is told is the failure itself.
                log.exception("run %s failed and could not be closed", self.id)
            raise
        return replace(done, batches=batches, problems=tuple(self.problems))

    def _close_dead_runs(self, connection: Connection) -> None:
        """Runs whose process died: whoever holds the lease now is the only one running."""
        died = {"state": "failed", "finished_at": self.clock(), "error": "the process ended before the run did"}
        connection.execute(update(RUN).where(RUN.c.state == "running").values(died))

    def _record(self, **values: object) -> None:
        with writing(self.engine) as connection:
            connection.execute(update(RUN).where(RUN.c.id == self.id).values(finished_at=self.clock(), **values))

    # --- taking in

    def take_in(self, places: Places) -> tuple[BatchResult, ...]:
        """Take in what waits in the queue or was confirmed, pull every mapped source database, then import every file of
        the drop folder, oldest first."""
        return (*self._given(places), *self._pull(places), *self._import(places))

    def _given(self, places: Places) -> list[BatchResult]:
        self.steps.begin("import")
        with reading(self.engine) as connection:
            numbers = waiting(connection)
        results = []
        for number in numbers:
            try:
                result = import_given(
                    self.engine,
                    number,
                    places.originals,
                    self._allowed,
                    saved=places.saved,
                    progress=self.progress,
                    now=self.clock(),
                )
                results += [] if result is None else [result]
            except Exception as problem:
                log.exception("batch %s", number)
                self.failed(f"batch {number}", problem)
        try:
            forget(self.engine, places.originals, self.clock() - FORGOTTEN_WITHIN)
            sweep(places.originals, self.clock() - FORGOTTEN_WITHIN)
        except Exception as problem:
            log.exception("refused files are still there")
            self.failed("originals", problem)
        return results

    def _allowed(self, connection: Connection, given: Given) -> Allowance:
        """What who gave a file in may deliver now. Raises NotAllowed."""
        for account in usable_accounts(connection, self.clock()):
            if account.login == given.uploaded_by:
                return allowance(account, given.target, every_source(connection))
        raise NotAllowed(f"there is no account {given.uploaded_by}", action="upload")

    def _pull(self, places: Places) -> list[BatchResult]:
        self.steps.begin("pull")
        results = []
        with reading(self.engine) as connection:
            again = self.full or _first_of_day(current_version(connection), self.clock())
        for mapping in sorted(places.sources.glob("*.y*ml")):
            try:
                result = pull(self.engine, mapping, saved=places.saved, again=again, now=self.clock())
                results += [] if result is None else [result]
            except SourceError as problem:
                log.warning("%s", problem)
                self.problems.append(str(problem))
            except Exception as problem:
                # One database that is down must not keep the others' data back; its data age tells of it.
                log.exception("source %s", mapping.name)
                self.problems.append(f"{mapping.name}: {problem}")
        return results

    def _import(self, places: Places) -> list[BatchResult]:
        self.steps.begin("import")
        results, problems = places.inbox.take(self.engine, self.clock, self.progress, places.originals)
        self.problems += problems
        return results

    # --- publishing

    def _publish(self, full: bool, now: datetime) -> Refreshed:
        error = "\n".join(self.problems) or None
        with reading(self.engine) as connection:
            previous = current_version(connection)
            fresh = news(connection)
            signed = previous is not None and signed_since(connection, previous)
            registered = previous is not None and registers_changed(connection)
        first_today = _first_of_day(previous, now)
        # A month just signed is judged, and a judgement belongs to a version.
        if not (full or fresh or first_today or signed or registered):
            self._record(state="unchanged", step=None, error=error)
            self.steps.state = "unchanged"
            return Refreshed(self.id, None)
        self.steps.begin("forecasts")
        prepared = prepare(self.engine)
        with writing(self.engine) as connection:
            # From here the lease cannot pass on before this transaction ends.
            self.lease.confirm(connection)
            self.steps.begin("rollup")
            self.progress("rollup", 0, 3)
            batches = news(connection)
            version = publish(connection, run=self.id, published_at=now, as_of=now)
            if full:
                rebuild(connection)
            # A signature alone leaves the facts as they were read for the fitting.
            ledgers = ledger_books(connection, None if full or batches else prepared.facts)
            self.steps.begin("outlook")
            update_outlook(connection, version, previous, batches, ledgers, full=full)
            self.steps.begin("indicators")
            self.progress("indicators", 1, 3)
            values = update_indicators(connection, version, previous, batches, ledgers, full=full)
            self.steps.begin("forecasts")
            update_forecasts(connection, version, batches, ledgers, prepared.fits, full=full)
            self.steps.begin("assessments")
            update_assessments(connection, version, ledgers)
            seal_version(connection, version.id)
            self.steps.begin("publish")
            self.progress("publish", 2, 3)
            published = {"state": "published", "step": None, "error": error, "finished_at": self.clock()}
            connection.execute(update(RUN).where(RUN.c.id == self.id).values(published))
        self.steps.state = "published"
        self.progress("publish", 3, 3)
        return Refreshed(self.id, version, values=values)

    # --- judging

    def judge(self, done: Refreshed, channels: Sequence[str] | None = None) -> Refreshed:
        """Judge the warnings at the version now published.

        The version stands whatever happens here; what failed is recorded and made good by the next refresh.
        """
        self.steps.begin("alerts")
        self.progress("alerts", 0, 1)
        try:
            with reading(self.engine) as connection:
                version = done.version or current_version(connection)
                told = channels_on(connection) if channels is None else channels
            judged = Evaluated()
            if version is not None:
                judged = evaluate_alerts(self.engine, version, self.clock(), channels=told)
        except Exception as problem:
            log.exception("the warnings of run %s were not judged", self.id)
            self._record(step="alerts", error=f"{type(problem).__name__}: {problem}")
            return done
        self.progress("alerts", 1, 1)
        return replace(done, alerts=judged)

    def seal(self, seals: SealLog) -> None:
        """Seal the days of the audit that have ended; what fails is recorded and made good by the next refresh."""
        self.steps.begin("seal")
        try:
            seals.seal(self.engine, self.clock)
        except Exception as problem:
            log.exception("the audit was not sealed after run %s", self.id)
            self._record(step="seal", error=f"{type(problem).__name__}: {problem}")


def _first_of_day(version: Version | None, now: datetime) -> bool:
    """Whether nothing is published yet today; the first refresh of a day always publishes."""
    return version is None or version.published_at.astimezone(SHANGHAI).date() != now.astimezone(SHANGHAI).date()
