"""Cases 事项: what one city's group of departments must work as one, read with its members, steps and requests.

The city answers once for all warnings of a case; the worst member leads. A case is closed when all its members are.
What people do with it is in :mod:`workflows.cases.commands`, what happens by itself in the monitoring's clock.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from data_access.store import schema
from rules.alerts.casework import Group, lead_department
from rules.alerts.episode import Work
from rules.alerts.threshold import Level
from rules.indicators import INDICATORS
from workflows.cases.instructions import DONE, Instruction, instructions_of
from workflows.warnings.standing import Standing, standing_of_row

CASE, MEMBER, STEP, REQUEST = schema.work_case, schema.case_member, schema.case_step, schema.case_request
EPISODE, STATE, EVENT = schema.alert_episode, schema.alert_state, schema.alert_event
# How far the work is; a case is as far as the member that is behind.
ORDER = (Work.OPEN, Work.HANDLING, Work.SUBMITTED, Work.CLOSED)
# 数据异议, 申请剔除不可抗力: while one is open nobody is urged.
PAUSING = frozenset({"data", "force_majeure"})


@dataclass(frozen=True, slots=True)
class CaseMember:
    """One warning of a case: its episode's row, and the subject as it stands. ``level`` is the episode's own.

    ``assignee`` is a login, or ``REGION/DEPARTMENT``; ``since`` the period in which the episode opened;
    ``recovered_at`` None while it stands at a level; ``waits_since`` from when the time to sign runs.
    """

    episode: int
    row_version: int
    standing: Standing
    work: Work
    level: Level
    highest: Level
    acked_at: datetime | None
    acked: bool
    assignee: str | None
    due: datetime | None
    submitter: str | None
    since: str
    opened_at: datetime
    recovered_at: datetime | None
    closed_at: datetime | None
    waits_since: datetime

    @property
    def live(self) -> bool:
        return self.work is not Work.CLOSED


@dataclass(frozen=True, slots=True)
class CaseStep:
    """What someone did. ``step``: sign, assign, hand_down, submit, return, close, ask:KIND, decide:KIND, remind, letter:KIND;
    ``details`` what it needs beside its text: to, due, cause, amount_fen, attachments, number, members …"""

    id: int
    at: datetime
    login: str
    name: str
    step: str
    text: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseRequest:
    """What one side asks: data 数据异议, force_majeure 申请剔除不可抗力, extension 申请延期, exception 经批准暂不处置.
    ``state``: open, granted, refused; ``until`` the new deadline, or how long the exception holds."""

    id: int
    kind: str
    asked_at: datetime
    asked_by: str
    text: str
    until: date | None
    state: str
    decided_at: datetime | None
    decided_by: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """One case with all that belongs to it. ``place`` is the city, or the province for what is its own; ``number`` as
    shown, 2026-0117. Members: the worst first, closed ones last."""

    id: int
    number: str
    scheme: str
    place: str
    group: Group
    opened_at: datetime
    closed_at: datetime | None
    members: tuple[CaseMember, ...]
    steps: tuple[CaseStep, ...]
    requests: tuple[CaseRequest, ...]
    instructions: tuple[Instruction, ...]

    @property
    def live(self) -> tuple[CaseMember, ...]:
        """The members that are not closed."""
        return tuple(member for member in self.members if member.live)

    @property
    def lead(self) -> CaseMember:
        return self.members[0]

    @property
    def responsible(self) -> tuple[str, ...]:
        """The departments that can act on what leads."""
        return INDICATORS[self.lead.standing.subject.indicator].responsible

    @property
    def office(self) -> str:
        """To whom it is to be given unless the province decides otherwise: the place's leading department 责任部门."""
        return f"{self.place}/{lead_department(self.lead.standing.subject.indicator)}"

    @property
    def level(self) -> Level:
        """The worst level that a live member stands at; none once all have recovered."""
        return max((member.level for member in self.live), default=Level.NONE)

    @property
    def highest(self) -> Level:
        return max(member.highest for member in self.members)

    @property
    def work(self) -> Work:
        """待签收, 处置中, 已反馈待核, 已销号: that of the live member that is behind."""
        return min((member.work for member in self.live), key=ORDER.index, default=Work.CLOSED)

    @property
    def acked(self) -> bool:
        return all(member.acked for member in self.live)

    @property
    def signed(self) -> CaseStep | None:
        """Who signed for it last and when; None before."""
        return next((step for step in reversed(self.steps) if step.step in ("sign", "assign")), None)

    @property
    def assignee(self) -> str | None:
        return next((member.assignee for member in self.live if member.assignee), None)

    @property
    def chain(self) -> tuple[str, ...]:
        """Everyone it was given to since the province gave it, the first one first: each of them may answer."""
        found: list[str] = []
        for step in self.steps:
            if step.step == "assign":
                found = []
            if step.step in ("assign", "hand_down"):
                found.append(str(step.details["to"]))
        return tuple(found)

    @property
    def due(self) -> datetime | None:
        return min((member.due for member in self.live if member.due is not None), default=None)

    def overdue(self, now: datetime) -> bool:
        """Whether its deadline passed while it is being handled."""
        return any(member.work is Work.HANDLING and member.due is not None and member.due < now for member in self.live)

    @property
    def submission(self) -> CaseStep | None:
        """The last answer 反馈, with details cause, measures, amount_fen, by, attachments; None before the first."""
        return next((step for step in reversed(self.steps) if step.step == "submit"), None)

    @property
    def letters(self) -> tuple[CaseStep, ...]:
        """提示函, 整改通知, 约谈建议, with details number and figures."""
        return tuple(step for step in self.steps if step.step.startswith("letter:"))

    @property
    def pending(self) -> tuple[CaseRequest, ...]:
        """Requests that nobody has decided yet."""
        return tuple(request for request in self.requests if request.state == "open")

    @property
    def paused(self) -> bool:
        """Whether nobody is urged, because its facts are in question."""
        return any(request.kind in PAUSING for request in self.pending)

    @property
    def versions(self) -> dict[int, int]:
        """Episode → row version of the live members: what a form carries and a command is given back."""
        return {member.episode: member.row_version for member in self.live}


def case_list(connection: Connection, scheme: str, places: Collection[str] | None = None) -> tuple[Case, ...]:
    """Open cases of a scheme, the most urgent first; of some places only where given."""
    wanted: ColumnElement[bool] = CASE.c.closed_at.is_(None)
    if places is not None:
        wanted = and_(wanted, CASE.c.place.in_(list(places)))
    cases, _instructions = _loaded(connection, and_(CASE.c.scheme == scheme, wanted))
    return tuple(sorted(cases, key=_urgency))


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What is to be worked in a scheme, the most urgent first: cases, with those that were closed of late, and all
    instructions that are not done."""

    cases: tuple[Case, ...]
    instructions: tuple[Instruction, ...]


def open_work(connection: Connection, scheme: str, closed_since: datetime) -> OpenWork:
    """What is open in a scheme; of closed cases those closed since an instant."""
    recent = or_(CASE.c.closed_at.is_(None), CASE.c.closed_at >= closed_since)
    cases, instructions = _loaded(connection, and_(CASE.c.scheme == scheme, recent), open_in=scheme)
    undone = (one for one in instructions if one.scheme == scheme and one.state != DONE)
    by_day = sorted(undone, key=lambda one: (one.due_on, one.id))
    return OpenWork(tuple(sorted(cases, key=_urgency)), tuple(by_day))


def _urgency(case: Case) -> tuple[bool, int, datetime, int]:
    """How long the money lasts comes before everything else, whatever its colour."""
    return case.group is not Group.SOLVENCY, -case.level, case.due or case.opened_at, case.id


def load_case(connection: Connection, number: str) -> Case | None:
    """One case by the number it is shown under; None when there is none."""
    return next(iter(_loaded(connection, CASE.c.number == number)[0]), None)


def case_of_episode(connection: Connection, episode: int) -> Case | None:
    """The case an episode is worked in; None when it has none."""
    of_episode = select(MEMBER.c.work_case).where(MEMBER.c.episode == episode)
    return next(iter(_loaded(connection, CASE.c.id.in_(of_episode))[0]), None)


def _loaded(
    connection: Connection, which: ColumnElement[bool], open_in: str | None = None
) -> tuple[tuple[Case, ...], tuple[Instruction, ...]]:
    """Cases in the order of their ids, each with a member at least; and their instructions, of the scheme ``open_in``
    also all others that are not done."""
    labelled = [
        column.label(f"{name}_{column.name}")
        for name, table in (("case", CASE), ("episode", EPISODE))
        for column in table.c
    ]
    wanted = (
        select(STATE, *labelled)
        .join(EPISODE, EPISODE.c.state == STATE.c.id)
        .join(MEMBER, MEMBER.c.episode == EPISODE.c.id)
        .join(CASE, CASE.c.id == MEMBER.c.work_case)
        .where(which)
        .order_by(CASE.c.id)
    )
    rows: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(wanted):
        rows[row.case_id].append(row)
    ids = list(rows)
    instructions = instructions_of(connection, ids, open_in) if ids or open_in else ()
    if not ids:
        return (), instructions
    steps, requests = _steps(connection, ids), _requests(connection, ids)
    cases = tuple(
        Case(
            number,
            case.case_number,
            case.case_scheme,
            case.case_place,
            Group(case.case_work_group),
            case.case_opened_at,
            case.case_closed_at,
            tuple(sorted(map(_member, of_case), key=_rank)),
            tuple(steps[number]),
            tuple(requests[number]),
            tuple(one for one in instructions if one.work_case == number),
        )
        for number, of_case in rows.items()
        for case in of_case[:1]
    )
    return cases, instructions


def _rank(member: CaseMember) -> tuple[bool, int, int, int]:
    return not member.live, -member.level, -member.highest, member.episode


def _member(row: Row[Any]) -> CaseMember:
    return CaseMember(
        row.episode_id,
        row.episode_row_version,
        standing_of_row(row),
        Work(row.episode_work),
        Level(row.episode_level),
        Level(row.episode_highest),
        row.episode_acked_at,
        row.episode_acked_level is not None,
        row.episode_assignee,
        row.episode_due,
        row.episode_submitter,
        row.episode_opened_period,
        row.episode_opened_at,
        row.episode_recovered_at,
        row.episode_closed_at,
        row.episode_ladder_start,
    )


def _steps(connection: Connection, ids: Sequence[int]) -> dict[int, list[CaseStep]]:
    found: dict[int, list[CaseStep]] = defaultdict(list)
    for row in connection.execute(select(STEP).where(STEP.c.work_case.in_(ids)).order_by(STEP.c.id)):
        details = json.loads(row.details)
        step = CaseStep(row.id, row.happened_at, row.login, row.name, row.step, row.text or "", details)
        found[row.work_case].append(step)
    return found


def _requests(connection: Connection, ids: Sequence[int]) -> dict[int, list[CaseRequest]]:
    found: dict[int, list[CaseRequest]] = defaultdict(list)
    for row in connection.execute(select(REQUEST).where(REQUEST.c.work_case.in_(ids)).order_by(REQUEST.c.id)):
        kept = {name: getattr(row, name) for name in CaseRequest.__slots__}
        found[row.work_case].append(CaseRequest(**kept))
    return found


# --- the course of a case


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of 办理过程. Of the system (``step`` None): ``event`` and what it ``told``, of which member; else a step."""

    at: datetime
    standing: Standing | None
    period: str
    event: str
    told: tuple[str, ...]
    level: Level
    step: CaseStep | None


def timeline(connection: Connection, case: Case) -> tuple[Happening, ...]:
    """Everything that happened to a case in order: what the system found and told, what people did."""
    by_episode = {member.episode: member.standing for member in case.members}
    wanted = select(EVENT).where(and_(EVENT.c.episode.in_(list(by_episode)))).order_by(EVENT.c.id)
    found = [
        Happening(
            row.happened_at,
            by_episode[row.episode],
            row.period,
            row.text,
            tuple(kind for kind in row.told.split(",") if kind),
            Level(row.level),
            None,
        )
        for row in connection.execute(wanted)
    ]
    found += [Happening(step.at, None, "", "", (), case.level, step) for step in case.steps]
    return tuple(sorted(found, key=lambda happening: happening.at))
