"""What waits for somebody in the other registers: problems, items of the gap, briefings, limits, deliveries, months,
deposits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, select

from data_access.books.funds import load_deposits
from data_access.books.versions import closes
from data_access.intake.importers.history import BatchRecord, batch
from data_access.store import schema
from rules import deadlines
from rules.alerts.threshold import Level
from rules.department import SIGNERS
from rules.errors import NotInForce
from rules.month import Month
from rules.scheme import Scheme, load_scheme
from workflows.briefings.register import Briefing
from workflows.cases.commands import end_of, start_of
from workflows.cash.decisions import TOLD_BEFORE, decisions, holding, name_in_addresses, undecided
from workflows.closing.register import MonthStep, asked, load_steps
from workflows.gap.items import PLAN_SHORTFALL
from workflows.gap.register import GapItem, Settlement, load_gap_items, load_settlements
from workflows.issues.register import Issue, load_violations
from workflows.matters.records import Kind, Matter, Step, Waiting
from workflows.thresholds.proposals import Proposal, waiting_proposals

BRIEFING, STEP = schema.briefing, schema.briefing_step
BATCH, FACT = schema.import_batch, schema.monthly_fact


def issues(connection: Connection, scheme: str) -> Iterator[Matter]:
    """Problems that are not closed."""
    for one in load_violations(connection, scheme):
        if one.open:
            steps = tuple(Step(step.happened_at, step.login, step.name, step.step, step.text) for step in one.steps)
            opened = steps[0].at if steps else start_of(one.found_on)
            place = (one.department,) if one.department in SIGNERS else (one.department, SIGNERS[0])
            yield Matter(
                Kind.ISSUE, scheme, one.ref, one.region, Level.NONE, (_issue_waits(one),), steps, opened, one, place
            )


def _issue_waits(one: Issue) -> Waiting:
    due = None if one.due_on is None else end_of(one.due_on)
    asked = one.asked_to_close
    if asked is not None:
        return Waiting("asked", due, but=frozenset({asked.login}))
    if one.state == "mending":
        turning = [step.step for step in one.steps if step.step in ("assign", "reopen", "decline", "answer")]
        return Waiting("answered" if turning[-1:] == ["answer"] else "mending", due)
    return Waiting(one.state, due)


def gap_items(connection: Connection, scheme: str, today: date) -> Iterator[Matter]:
    """Items of the management gap that wait; a shortfall against the plan waits for the year's end."""
    items = [one for one in load_gap_items(connection, scheme) if one.state not in ("settled", "withdrawn")]
    owed = {one.item: one for one in load_settlements(connection, scheme) if one.item} if items else {}
    for one in items:
        waiting = _gap_waits(one, owed.get(one.id), today)
        steps = tuple(Step(step.happened_at, step.login, step.name, step.step, step.text or "") for step in one.steps)
        opened = steps[0].at if steps else start_of(date(one.year, 1, 1))
        found = () if waiting is None else (waiting,)
        yield Matter(Kind.GAP, scheme, one.number, one.region, Level.NONE, found, steps, opened, one)


def _gap_waits(one: GapItem, owed: Settlement | None, today: date) -> Waiting | None:
    if one.objection_open:
        return Waiting("objected")
    if one.state == "lead" and one.kind == PLAN_SHORTFALL and one.year >= today.year:
        return None
    if one.state in ("assessed", "signing"):
        assessed = one.last("assess")
        done = {step.login for step in one.signed} | ({assessed.login} if assessed else set())
        return Waiting("assessed", but=frozenset(done))
    if one.state == "told":
        unpaid = owed is not None and owed.unpaid_fen > 0
        return Waiting("told", None if owed is None else end_of(owed.due_on)) if unpaid else None
    return Waiting(one.state)


def briefings(connection: Connection) -> Iterator[Matter]:
    """Issues that were sent back, wait to be checked or to be signed; a draft waits for nobody but its writer."""
    open_issues = BRIEFING.c.state.in_(["drafting", "checking", "signing"])
    journal: dict[int, list[Step]] = defaultdict(list)
    wanted = select(STEP).join(BRIEFING, BRIEFING.c.id == STEP.c.briefing).where(open_issues).order_by(STEP.c.id)
    for row in connection.execute(wanted):
        journal[row.briefing].append(Step(row.happened_at, row.login, row.name, row.step, row.text))
    for row in connection.execute(select(BRIEFING).where(open_issues)):
        one = Briefing(**row._mapping)
        steps = tuple(journal[one.id])
        turning = [step.step for step in steps if step.step in ("send", "return", "pass")]
        if one.state == "drafting" and turning[-1:] != ["return"]:
            continue
        but = frozenset({one.drafted_by})
        waiting = Waiting("returned", to=one.drafted_by) if one.state == "drafting" else Waiting(one.state, but=but)
        yield Matter(
            Kind.BRIEFING, one.scheme, str(one.id), one.region, Level.NONE, (waiting,), steps, steps[0].at, one
        )


def limits(connection: Connection, ledgers: Iterable[Scheme]) -> Iterator[Matter]:
    """Changes of limits that reach back and wait for a second person."""
    first = next(iter(ledgers), None)
    for one in waiting_proposals(connection):
        named = next((new.scope.scheme for step in one.steps for new in step.records if new.scope.scheme), None)
        scheme = load_scheme(named) if named else first
        if scheme is not None:
            yield _proposal(one, scheme)


def _proposal(one: Proposal, scheme: Scheme) -> Matter:
    step = Step(one.created_at, one.created_by, one.created_by, "waiting", one.reason)
    waiting = Waiting("waiting", but=frozenset({one.created_by}))
    return Matter(
        Kind.LIMITS, scheme.code, str(one.id), scheme.province, Level.NONE, (waiting,), (step,), one.created_at, one
    )


def deliveries(connection: Connection, ledgers: Iterable[Scheme]) -> Iterator[Matter]:
    """Deliveries that count only when another person has confirmed them."""
    known = tuple(ledgers)
    for number in connection.execute(select(BATCH.c.id).where(BATCH.c.state == "pending")).scalars().all():
        one = batch(connection, number)
        scheme = next((s for s in known if one is not None and one.province in (None, s.province)), None)
        if one is not None and scheme is not None:
            yield _delivery(one, scheme)


def _delivery(one: BatchRecord, scheme: Scheme) -> Matter:
    sender = one.uploaded_by or ""
    step = Step(one.started_at, sender, sender, "pending", one.reason or "")
    waiting = Waiting("pending", but=frozenset({sender}))
    return Matter(
        Kind.DELIVERY, scheme.code, str(one.id), scheme.province, Level.NONE, (waiting,), (step,), one.started_at, one
    )


def deposits(connection: Connection, scheme: Scheme, today: date) -> Iterator[Matter]:
    """Deposits that mature soon, of which nobody has decided what becomes of them."""
    soon = [one for one in load_deposits(connection, scheme.code, None) if undecided(one, None, today)]
    made = decisions(connection, scheme.code) if soon else ()
    for one in soon:
        if undecided(one, holding(made).get(one.ref), today):
            steps = tuple(
                Step(step.decided_at, step.decided_by, step.decided_by_name, step.what, step.reason)
                for step in made
                if step.deposit == one.ref
            )
            waiting = Waiting("undecided", end_of(one.matures_on))
            number, opened = name_in_addresses(one.ref), start_of(one.matures_on - TOLD_BEFORE)
            yield Matter(Kind.DEPOSIT, scheme.code, number, scheme.province, Level.NONE, (waiting,), steps, opened, one)


def months(connection: Connection, scheme: Scheme, today: date) -> Iterator[Matter]:
    """The next month to be signed 定稿, once it has ended and has a ledger, and the last one while somebody asks to reopen
    it; only where months were signed before."""
    signed = closes(connection, scheme.code)
    if not signed:
        return
    last, steps = Month(signed[-1].month), load_steps(connection, scheme.code)
    request = asked(steps, last)
    if request is not None:
        course = _course(steps, last)
        waiting = Waiting("reopening", but=frozenset({request.login}))
        opened = request.happened_at
        yield Matter(Kind.MONTH, scheme.code, last.iso, scheme.province, Level.NONE, (waiting,), course, opened, last)
    month = last.plus(1)
    booked = select(FACT.c.month).where(FACT.c.scheme == scheme.code, FACT.c.month >= month).limit(1)
    if month >= Month.of(today) or connection.execute(booked).first() is None:
        return
    waiting = Waiting("unsigned", close_by(scheme, month))
    opened = start_of(month.plus(1).first)
    course = _course(steps, month)
    yield Matter(Kind.MONTH, scheme.code, month.iso, scheme.province, Level.NONE, (waiting,), course, opened, month)


def _course(steps: Sequence[MonthStep], month: int) -> tuple[Step, ...]:
    of_month = sorted((one for one in steps if one.month == month), key=lambda one: one.happened_at)
    return tuple(Step(one.happened_at, one.login, one.name, one.step, one.text) for one in of_month)


def close_by(scheme: Scheme, month: Month) -> datetime | None:
    """The day by which a month is to be signed, with its days of grace; None where the profile names none."""
    try:
        known = {one.code: one.on for one in deadlines.of_month(scheme, month.first)}
    except NotInForce:
        return None
    day = known.get("closing_day")
    return None if day is None else end_of(day)
