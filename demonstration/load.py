"""The demonstration drive: load the simulated past, sign its months, keep entries arriving while the server runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine

from data_access.books.versions import close_month, closes, current_version
from data_access.intake.importers import import_rows
from data_access.intake.reference import load_reference
from data_access.store.engine import writing
from demonstration.registers.assessment import confirm_last_year, enter_assessments
from demonstration.registers.budget import enter_budgets
from demonstration.registers.cases import work_cases
from demonstration.registers.cash import enter_decisions
from demonstration.registers.final_accounts import deliver_final_accounts, work_final_accounts
from demonstration.registers.fund_requests import enter_fund_requests
from demonstration.registers.gap import enter_registers
from demonstration.registers.income_reviews import enter_income_reviews
from demonstration.registers.issues import enter_issues
from demonstration.registers.meetings import enter_meetings
from demonstration.registers.messages import read_messages
from demonstration.registers.national_pooling import deliver_national_pooling
from demonstration.registers.reconciling import enter_reconciling
from demonstration.registers.sayings import enter_sayings
from demonstration.registers.statutory import note_days
from demonstration.world.feed import demonstrated, outstanding
from demonstration.world.stages import (
    SCHEMES,
    SIGNED_BY,
    Delivery,
    Stage,
    deliveries,
    scheme_deliveries,
    silent_since,
    stages,
)
from monitoring.alerts.step import evaluate_alerts
from monitoring.lease import Clock, hold
from monitoring.refresh import LEASE, refresh
from rules.errors import ImportRefused, LeaseHeld
from workflows.people.accounts import ensure_demo_accounts
from workflows.thresholds.register import Change, confirm_trial, load_presets

ORIGIN = "demonstration"
LOAD_WAIT_SECONDS = 60.0
UNREAD_SINCE = timedelta(hours=12)  # what was told before has been read

log = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]


def load_demonstration(
    engine: Engine, now: datetime, progress: Progress | None = None, schemes: Sequence[str] = SCHEMES
) -> int:
    """Load the demonstration as it stands at ``now`` through the ordinary import; returns the rows delivered.

    First what was booked up to the last due month close, published and its months signed by the demonstration's
    signer; then the rest, in which late entries restate signed months. The catalogue's limits are confirmed by the same
    signer, and judged twice: when the past is signed, then at ``now``; between them people worked on the warnings. Loading again, or going on after a break-off,
    changes nothing that is there. ``progress(phase, done, total)``: one phase per scheme, then those of the refresh.
    Raises LeaseHeld while another process works, ImportRefused if a delivery is not taken whole.
    """
    load_reference(engine, now=now)
    with writing(engine) as connection:
        # Before anything is judged, so that their inboxes fill.
        ensure_demo_accounts(connection)
    silent_from = silent_since(now)
    rows = 0
    _confirm_limits(engine, now)
    steps = stages(now, schemes)
    for scheme in schemes:
        enter_assessments(engine, scheme, now)
    for number, stage in enumerate(steps):
        with hold(engine, LEASE, wait_seconds=LOAD_WAIT_SECONDS):
            if number == 0:
                rows += _take(engine, scheme_deliveries(schemes), stage.until)
            for done, scheme in enumerate(schemes):
                _tell(progress, f"{ORIGIN} {scheme}", done, len(schemes))
                rows += _take(engine, deliveries(scheme, stage.since, stage.until, silent_from), stage.until)
        last = number == len(steps) - 1
        clock = _at(_published_as_of(engine, stage.until))
        refresh(engine, alerts=last, wait_seconds=LOAD_WAIT_SECONDS, clock=clock, progress=progress)
        _sign(engine, stage, schemes)
        if not last:
            for scheme in schemes:
                deliver_final_accounts(engine, scheme, stage.until)
                deliver_national_pooling(engine, scheme, stage.until)
        if number == 0 and not last:
            _judge_and_work(engine, schemes, stage.until, steps[-1].until)
    for scheme in schemes:
        enter_registers(engine, scheme, now)
        enter_decisions(engine, scheme, now)
        enter_sayings(engine, scheme, now)
        enter_issues(engine, scheme, now)
        enter_meetings(engine, scheme, now)
        enter_fund_requests(engine, scheme, now)
        note_days(engine, scheme, now)
        enter_reconciling(engine, scheme, now)
        enter_income_reviews(engine, scheme, now)
        enter_budgets(engine, scheme, now)
        confirm_last_year(engine, scheme, now)
        work_final_accounts(engine, scheme, now)
    return rows


def _judge_and_work(engine: Engine, schemes: Sequence[str], judged_at: datetime, now: datetime) -> None:
    """Judge the signed past, so that people can have worked on its warnings since."""
    with engine.connect() as connection:
        version = current_version(connection)
    assert version is not None, "a stage is published before it is judged"
    evaluate_alerts(engine, version, judged_at)
    work_cases(engine, schemes, judged_at, now)
    read_messages(engine, max(judged_at, now - UNREAD_SINCE))


def feed(engine: Engine, now: datetime) -> bool:
    """Deliver what the demonstration's sources booked since their last delivery, up to ``now``.

    True when something came in, so that a refresh should follow; False otherwise, also while another process works.
    Without a demonstration in the store there is nothing to feed.
    """
    try:
        with hold(engine, LEASE):
            with engine.connect() as connection:
                waiting = [
                    delivery for scheme in demonstrated(connection) for delivery in outstanding(connection, scheme, now)
                ]
            return _take(engine, waiting, now) > 0
    except LeaseHeld as held:
        log.info("no demonstration feed now: %s", held)
        return False


def _take(engine: Engine, waiting: Iterable[Delivery], now: datetime) -> int:
    rows = 0
    for delivery in waiting:
        result = import_rows(
            engine, delivery.target, delivery.frame, source=delivery.source, origin=ORIGIN, demo=True, now=now
        )
        if result.state == "refused":
            reasons = [f"line {r.line} {r.column}: {r.reason} {r.value}" for r in result.rejections[:3]]
            raise ImportRefused(
                f"the demonstration's {delivery.target} of {delivery.source} was refused: {'; '.join(reasons)}",
                target=delivery.target,
            )
        rows += result.inserted
    return rows


def _confirm_limits(engine: Engine, now: datetime) -> None:
    """A real province confirms each limit itself; the demonstration's signer did."""
    with writing(engine) as connection:
        load_presets(connection, now)
        confirm_trial(connection, Change(SIGNED_BY, "演示：按系统预置标准确认", now))


def _sign(engine: Engine, stage: Stage, schemes: Sequence[str]) -> None:
    """Sign the stage's months at the version just published; a month signed by an earlier, broken-off load stays so."""
    with writing(engine) as connection:
        version = current_version(connection)
        assert version is not None, "a stage is published before it is signed"
        signed = {(scheme, close.month) for scheme in schemes for close in closes(connection, scheme)}
        for close in stage.closes:
            if (close.scheme, close.month) not in signed:
                close_month(
                    connection,
                    close.scheme,
                    close.month,
                    signed_by=close.signed_by,
                    signed_at=close.signed_at,
                    version=version.id,
                )


def _published_as_of(engine: Engine, until: datetime) -> datetime:
    """The end of a stage; where an earlier load went further, as far as that did: data are never as of less than before."""
    with engine.connect() as connection:
        newest = current_version(connection)
    return until if newest is None else max(until, newest.as_of)


def _at(instant: datetime) -> Clock:
    """A clock that stands still: a stage is published as of its own end."""
    return lambda: instant


def _tell(progress: Progress | None, phase: str, done: int, total: int) -> None:
    if progress:
        progress(phase, done, total)
