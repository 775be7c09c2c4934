"""Cases and instructions as matters: what each waits for follows from how it stands and from the clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import Connection, select

from data_access.store import schema
from rules.alerts.episode import Work
from rules.alerts.threshold import Level
from rules.month import SHANGHAI
from workflows.cases.commands import end_of
from workflows.cases.deadlines import deadline, decide_by, handled_due, opened_due
from workflows.cases.instructions import DONE, OPEN, Instruction
from workflows.cases.register import Case
from workflows.matters.records import Kind, Matter, Step, Waiting
from workflows.warnings.working_clock import WorkingClock

EVENT = schema.alert_event


def case_matter(case: Case, root: str, told: Sequence[Step], clock: WorkingClock, now: datetime) -> Matter:
    """A case; ``told``: what the system told of it, ``root`` the province."""
    people = [Step(step.at, step.login, step.name, step.step, step.text, step.details) for step in case.steps]
    steps = tuple(sorted([*people, *told], key=lambda step: step.at))
    waiting = tuple(_case_waits(case, root, clock, now)) if case.live else ()
    level = case.level or case.highest
    return Matter(
        Kind.CASE, case.scheme, case.number, case.place, level, waiting, steps, case.opened_at, case, case.responsible
    )


def _case_waits(case: Case, root: str, clock: WorkingClock, now: datetime) -> list[Waiting]:
    due, asked = deadline(case, clock), case.pending
    found = []
    if asked:
        found.append(Waiting("asked", decide_by(case, clock), but=frozenset(one.asked_by for one in asked)))
    # While the facts are in question, or the accepted risk waits for the second person, nothing else is asked of anyone.
    if not case.paused and not any(one.kind == "exception" for one in asked):
        works = {member.work for member in case.live}
        if Work.OPEN in works:
            stage = "own" if case.place == root else "signed" if case.acked else "unsigned"
            found.append(Waiting(stage, opened_due(case, clock)))
        if Work.HANDLING in works:
            found.append(Waiting("handling", handled_due(case), case.chain[-1] if case.chain else case.office))
        if works == {Work.SUBMITTED} and case.submission is not None:
            found.append(Waiting("submitted", due, but=frozenset({case.submission.login})))
        theirs = any(one.stage in ("unsigned", "handling") for one in found)
        if theirs and due is not None and due < now and not _urged_since(case, due):
            found.append(Waiting("late", due))
    if awaits_instruction(case):
        found.append(Waiting("uninstructed"))
    return found


def awaits_instruction(case: Case) -> bool:
    """待您批示: red and orange cases on which nothing was asked for yet."""
    return bool(case.live) and case.level >= Level.ORANGE and not case.instructions


def _urged_since(case: Case, due: datetime) -> bool:
    return any(step.step == "remind" and step.at > due for step in case.steps)


def instruction_matter(one: Instruction, level: Level, now: datetime) -> Matter:
    """An instruction, or what a meeting decided; ``level`` its case's."""
    steps = [Step(one.given_at, one.given_by, one.given_by_name, "give", one.text)]
    if one.reported_at is not None and one.reported_by is not None:
        steps.append(Step(one.reported_at, one.reported_by, one.reported_by, "report", one.report or ""))
    if one.finished_at is not None and one.finished_by is not None:
        steps.append(Step(one.finished_at, one.finished_by, one.finished_by, "finish"))
    waiting = () if one.state == DONE else tuple(_instruction_waits(one, now))
    return Matter(Kind.INSTRUCTION, one.scheme, one.number, one.region, level, waiting, tuple(steps), one.given_at, one)


def _instruction_waits(one: Instruction, now: datetime) -> list[Waiting]:
    due = end_of(one.due_on)
    if one.state != OPEN:
        but = frozenset({one.reported_by} if one.reported_by else ())
        stage = "reported" if one.meeting is None else "resolved"
        return [Waiting(stage, None, one.given_by, but)]
    found = [Waiting("open", due, one.given_to)]
    # Its day has come without a result: it goes back to who gave it.
    if one.meeting is None and now >= datetime.combine(one.due_on, time(), SHANGHAI):
        found.append(Waiting("overdue", due, one.given_by))
    return found


def told_of_cases(connection: Connection, cases: Sequence[Case]) -> dict[int, list[Step]]:
    """What the system told of the live members of cases, by case."""
    of_episode = {member.episode: case.id for case in cases for member in case.live}
    wanted = select(EVENT.c.episode, EVENT.c.happened_at, EVENT.c.told, EVENT.c.level)
    rows = connection.execute(
        wanted.where(EVENT.c.episode.in_(list(of_episode)), EVENT.c.told != "").order_by(EVENT.c.id)
    )
    found: dict[int, list[Step]] = defaultdict(list)
    for row in rows:
        of_case = found[of_episode[row.episode]]
        for kind in row.told.split(","):
            # What a person did stands in the course as a step; what was told of several members at once is one thing.
            known = any((step.step, step.at) == (f"told:{kind}", row.happened_at) for step in of_case)
            if not known and kind not in ("assigned", "returned") and not kind.startswith("withheld:"):
                of_case.append(Step(row.happened_at, "", "", f"told:{kind}", details={"level": row.level}))
    return found
