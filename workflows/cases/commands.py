"""What people do with a case 事项: 签收, 转办, 下转, 反馈, 退回, 核实销号, 催办, 文书, 批示.

A command goes to every live member that it fits, each with its own row version and checks; it is done on all of them or,
with an error, on none: the caller's transaction is given up. Each command returns what the audit row of the caller's
transaction says; who opens the transaction writes that row (pages by the one door of acts, also for what was refused).

Raised by all: StaleRow where a member changed since it was seen, WorkRefused with the workflow's reason, NotAllowed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import Connection, func, insert, select

from data_access.store import schema
from data_access.store.numbering import take_turn
from rules.alerts.episode import Acknowledge, Action, Assign, Close, Episode, Result, Return, Submit, Work
from rules.alerts.working_time import PERIODS
from rules.department import Department
from rules.errors import NotAllowed, StaleRow, WorkRefused
from rules.month import SHANGHAI
from workflows.cases.instructions import Instruction, give_instruction
from workflows.cases.register import Case, CaseMember
from workflows.cases.turns import CaseContext, case_context, lock_members, move_members, note_events
from workflows.people.accounts import Account
from workflows.people.local_rights import signs
from workflows.people.rights import covers, demand_assignee, demand_below, demand_part, demand_province
from workflows.warnings.alerts import lock_states
from workflows.warnings.working_clock import working_day

Versions = Mapping[int, int]
LETTERS = ("notice", "rectification", "talk")  # 预警提示函, 整改通知, 约谈建议


@dataclass(frozen=True, slots=True)
class CaseStep:
    """What was done, for the audit: to which case, which step, with what."""

    number: str
    step: str
    details: Mapping[str, object] = field(default_factory=dict)


def end_of(day: date) -> datetime:
    """The end of a day's working hours: a deadline on that day."""
    return datetime.combine(day, PERIODS[-1][1], SHANGHAI)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _handled(member: CaseMember) -> bool:
    return member.work is Work.HANDLING


def _submitted(member: CaseMember) -> bool:
    return member.work is Work.SUBMITTED


def _assignable(member: CaseMember) -> bool:
    return member.work in (Work.OPEN, Work.HANDLING)


def enter(
    context: CaseContext,
    actor: Account,
    case: Case,
    step: str,
    text: str = "",
    details: Mapping[str, object] | None = None,
) -> CaseStep:
    """Add a step to the case's journal."""
    kept = dict(details or {})
    row = {
        "work_case": case.id,
        "happened_at": context.now,
        "login": actor.login,
        "name": actor.name,
        "step": step,
        "text": text,
        "details": json.dumps(kept, ensure_ascii=False, sort_keys=True),
    }
    context.connection.execute(insert(schema.case_step).values(row))
    return CaseStep(case.number, step, kept)


def _move(
    context: CaseContext,
    case: Case,
    versions: Versions,
    choose: Callable[[Episode], Action],
    fits: Callable[[CaseMember], bool],
    due: datetime | None = None,
) -> list[int]:
    locked = lock_members(context, case, versions)
    return list(move_members(context, case, locked, choose, fits, due=due))


def sign(connection: Connection, actor: Account, now: datetime, case: Case, versions: Versions) -> CaseStep:
    """签收: someone of the place's side has seen it; the ladder of superiors stops."""
    context = case_context(connection, case.scheme, now)
    if not signs(actor, case.place, case.responsible, context.tree):
        raise NotAllowed(f"{actor.login} does not sign for {case.place}", action="sign")
    moved = _move(context, case, versions, lambda _: Acknowledge(actor.login), lambda member: not member.acked)
    return enter(context, actor, case, "sign", "", {"members": moved})


def assign(
    connection: Connection,
    actor: Account,
    now: datetime,
    case: Case,
    versions: Versions,
    *,
    to: str,
    due: date,
    text: str = "",
) -> CaseStep:
    """转办: the province gives the case to ``REGION/DEPARTMENT`` or a login, who then may answer, by the end of a day."""
    context = case_context(connection, case.scheme, now)
    demand_province(actor, context.tree)
    return _give(context, actor, case, versions, to, end_of(due), "assign", text)


def hand_down(
    connection: Connection,
    actor: Account,
    now: datetime,
    case: Case,
    versions: Versions,
    *,
    to: str,
    due: date | None = None,
    text: str = "",
) -> CaseStep:
    """下转: who has the case gives it on to a county or another department of its own subtree, by its own deadline at
    the latest. It stays answerable itself."""
    context = case_context(connection, case.scheme, now)
    if case.chain:
        demand_assignee(actor, case, context.tree)
    else:
        demand_part(actor, case, context.tree)
    limit = case.due
    wanted = limit if due is None else end_of(due)
    if wanted is None or (limit is not None and wanted > limit):
        raise WorkRefused(f"{case.number} is due {limit}", Result.INVALID_DUE)
    return _give(context, actor, case, versions, to, wanted, "hand_down", text)


def _give(
    context: CaseContext, actor: Account, case: Case, versions: Versions, to: str, due: datetime, step: str, text: str
) -> CaseStep:
    _demand_assignee_exists(context, actor, case, to)
    action = Assign(actor.login, to, context.clock(due))
    moved = _move(context, case, versions, lambda _: action, _assignable, due)
    return enter(context, actor, case, step, text, {"to": to, "due": due.isoformat(), "members": moved})


def _demand_assignee_exists(context: CaseContext, actor: Account, case: Case, to: str) -> None:
    """An assignee must be a department or a person who may see the case, below who gives it."""
    region, slash, department = to.partition("/")
    if slash:
        known = region in context.tree and department in tuple(Department)
        demand_below(actor, to, context.tree)
    else:
        person = next((account for account in context.audience.accounts if account.login == to), None)
        known = person is not None
        region = "" if person is None else person.region
        if person is not None and not covers(actor, context.tree, region):
            raise NotAllowed(f"{actor.login} cannot give work to {to}", action="assign")
    below = known and (case.place in context.tree.path(region) or region in context.tree.path(case.place))
    if not below:
        raise WorkRefused(f"{to} has nothing to do with {case.place}", "no_assignee", got=to)


def submit(
    connection: Connection,
    actor: Account,
    now: datetime,
    case: Case,
    versions: Versions,
    *,
    cause: str,
    text: str,
    attachments: Sequence[int],
    amount_fen: int | None = None,
    by: date | None = None,
) -> CaseStep:
    """反馈办理结果: cause, measures, how much is expected back by when, and the numbers of the attached evidence (one at
    least). Once for all members, by who was given the case at first or further down."""
    context = case_context(connection, case.scheme, now)
    demand_assignee(actor, case, context.tree)

    def choose(episode: Episode) -> Action:
        # Whoever of the chain answers, answers for the one who has it now.
        return Submit(episode.assignee or "", len(attachments))

    moved = _move(context, case, versions, choose, _handled)
    details = {
        "cause": cause,
        "amount_fen": amount_fen,
        "by": None if by is None else by.isoformat(),
        "attachments": list(attachments),
        "members": moved,
    }
    return enter(context, actor, case, "submit", text, details)


def _checker(actor: Account, case: Case) -> Callable[[Episode], str]:
    """Under which name the second pair of eyes is compared: the workflow knows a department, but a person answered."""
    answered = case.submission
    same = answered is not None and answered.login == actor.login
    return lambda episode: episode.submitter or actor.login if same else actor.login


def send_back(
    connection: Connection, actor: Account, now: datetime, case: Case, versions: Versions, *, text: str
) -> CaseStep:
    """退回补充: the answer does not do; not by who answered."""
    context = case_context(connection, case.scheme, now)
    demand_province(actor, context.tree)
    name = _checker(actor, case)
    moved = _move(context, case, versions, lambda episode: Return(name(episode)), _submitted)
    return enter(context, actor, case, "return", text, {"members": moved})


def close(
    connection: Connection, actor: Account, now: datetime, case: Case, versions: Versions, *, text: str = ""
) -> CaseStep:
    """核实销号: answered, not by who answered, and every member recovered."""
    context = case_context(connection, case.scheme, now)
    demand_province(actor, context.tree)
    return close_members(context, actor, case, versions, text, exception=False)


def close_members(
    context: CaseContext,
    actor: Account,
    case: Case,
    versions: Versions,
    text: str,
    *,
    exception: bool,
    until: date | None = None,
) -> CaseStep:
    """Close the members answered for; ``exception`` also those that have not recovered, until a day."""
    name = _checker(actor, case)
    moved = _move(context, case, versions, lambda episode: Close(name(episode), exception), _submitted)
    details = {"members": moved, "exception": exception, "until": None if until is None else until.isoformat()}
    return enter(context, actor, case, "close", text, details)


def remind(connection: Connection, actor: Account, now: datetime, case: Case, *, text: str = "") -> CaseStep:
    """催办 by a person: the case's people and who has it are told; nothing else changes."""
    context = case_context(connection, case.scheme, now)
    demand_province(actor, context.tree)
    lead = next((member for member in case.live if member.work is not Work.SUBMITTED), None)
    if lead is None:
        raise WorkRefused(f"{case.number} waits for nobody's answer", Result.CONFLICT)
    state = lock_states(connection, [lead.standing.subject])[lead.standing.subject]
    note_events(context, state, lead.episode, ["reminder"], set())
    return enter(context, actor, case, "remind", text)


def remind_all(
    connection: Connection, actor: Account, now: datetime, cases: Sequence[Case], *, text: str = ""
) -> tuple[CaseStep, ...]:
    """批量催办: several cases at once, all or none."""
    return tuple(remind(connection, actor, now, case, text=text) for case in cases)


def instruct(
    connection: Connection, actor: Account, now: datetime, case: Case, *, text: str, given_to: str, due_on: date
) -> Instruction:
    """批示 on a case: an instruction to ``REGION/DEPARTMENT`` or a government ``REGION/`` with a deadline, kept in sight
    until it is done."""
    context = case_context(connection, case.scheme, now)
    if not covers(actor, context.tree, case.place):
        raise NotAllowed(f"{actor.login} does not see {case.place}", action="instruct")
    region, slash, department = given_to.partition("/")
    if not slash or region not in context.tree or department not in ("", *Department):
        raise WorkRefused(f"nobody is called {given_to}", "no_assignee", got=given_to)
    due_on = working_day(connection, due_on)
    given = give_instruction(
        connection,
        actor,
        now,
        scheme=case.scheme,
        region=case.place,
        text=text,
        given_to=given_to,
        due_on=due_on,
        case=case.id,
    )
    enter(context, actor, case, "instruct", text, {"number": given.number, "to": given_to, "due": due_on.isoformat()})
    return given


def note_letter(
    connection: Connection,
    actor: Account,
    now: datetime,
    case: Case,
    *,
    kind: str,
    text: str,
    figures: Mapping[str, str],
    number: str = "",
) -> CaseStep:
    """文书: a letter that was sent 提示函, 整改通知, 约谈建议, with the figures it names. Without a number of the
    office's own it is numbered within the case."""
    context = case_context(connection, case.scheme, now)
    demand_province(actor, context.tree)
    if kind not in LETTERS:
        raise WorkRefused(f"there is no letter {kind}", "no_letter", got=kind)
    step = f"letter:{kind}"
    details = {"number": number or f"{case.number}-{_letters(connection, case, step) + 1}", "figures": dict(figures)}
    return enter(context, actor, case, step, text, details)


def _letters(connection: Connection, case: Case, step: str) -> int:
    """How many letters of a kind the case has; nobody else adds one until the transaction ends."""
    take_turn(connection, f"letters of {case.number}")
    sent = select(func.count()).where(schema.case_step.c.work_case == case.id, schema.case_step.c.step == step)
    return int(connection.execute(sent).scalar_one())


def seen_as_was(case: Case, versions: Versions) -> None:
    """Raises StaleRow where a request, which moves no member, rests on members that have changed since."""
    if case.versions != dict(versions):
        raise StaleRow(f"{case.number} is no longer as it was seen")
