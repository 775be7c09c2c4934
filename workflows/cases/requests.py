"""Requests about a case: what the city asks and the province decides, and the risk that two people accept.

数据异议 and 申请剔除不可抗力 stop the urging while they are open, never the evaluation; the time they took is not
counted. 经批准暂不处置 is asked for by one and approved by another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from data_access.store import schema
from rules.alerts.episode import Assign, Result, Work
from rules.alerts.threshold import Level
from rules.errors import WorkRefused
from rules.month import SHANGHAI
from workflows.cases.commands import CaseStep, Versions, close_members, end_of, enter, seen_as_was, start_of
from workflows.cases.register import PAUSING, Case, CaseMember, CaseRequest
from workflows.cases.turns import CaseContext, case_context, lock_members, move_members
from workflows.people.accounts import Account
from workflows.people.rights import demand_assignee, demand_monitor, demand_part, demand_province
from workflows.thresholds.register import ACT
from workflows.warnings.alerts import Subject
from workflows.warnings.silences import end_silence, muted_by, set_silence

TABLE, MEMBER = schema.case_request, schema.case_member
EPISODE, STATE = schema.alert_episode, schema.alert_state
DATA, FORCE_MAJEURE, EXTENSION, EXCEPTION = "data", "force_majeure", "extension", "exception"


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence that was set: its number and the audit's words."""

    number: int
    deed: CaseStep


def object_to_data(
    connection: Connection,
    actor: Account,
    now: datetime,
    case: Case,
    versions: Versions,
    *,
    text: str,
    attachments: Sequence[int] = (),
) -> CaseStep:
    """提出数据异议: the city says the figures are wrong; nobody is urged until the province has answered."""
    context = case_context(connection, case.scheme, now)
    demand_part(actor, case, context.tree)
    return _ask(context, actor, case, versions, DATA, text, None, attachments)


def ask_force_majeure(
    connection: Connection,
    actor: Account,
    now: datetime,
    case: Case,
    versions: Versions,
    *,
    text: str,
    attachments: Sequence[int] = (),
) -> CaseStep:
    """申请剔除不可抗力: nobody is urged until the province has answered."""
    context = case_context(connection, case.scheme, now)
    demand_part(actor, case, context.tree)
    return _ask(context, actor, case, versions, FORCE_MAJEURE, text, None, attachments)


def ask_extension(
    connection: Connection, actor: Account, now: datetime, case: Case, versions: Versions, *, text: str, until: date
) -> CaseStep:
    """申请延期 to a day after the present deadline; by who has the case in hand."""
    context = case_context(connection, case.scheme, now)
    demand_assignee(actor, case, context.tree)
    if case.due is None or end_of(until) <= max(case.due, now):
        raise WorkRefused(f"{until} is no extension of {case.due}", Result.INVALID_DUE)
    return _ask(context, actor, case, versions, EXTENSION, text, until, ())


def except_from_work(
    connection: Connection, actor: Account, now: datetime, case: Case, versions: Versions, *, text: str, until: date
) -> CaseStep:
    """经批准暂不处置, first step: a monitor gives the reason and how long it holds. Another one approves it by
    :func:`decide`; only then is the case closed with its risk."""
    context = case_context(connection, case.scheme, now)
    demand_monitor(actor, context.tree)
    if start_of(until) <= now:
        raise WorkRefused(f"{until} is over", Result.INVALID_DUE)
    if case.work is not Work.SUBMITTED:
        raise WorkRefused(f"{case.number} has no answer", Result.CONFLICT)
    return _ask(context, actor, case, versions, EXCEPTION, text, until, ())


def _ask(
    context: CaseContext,
    actor: Account,
    case: Case,
    versions: Versions,
    kind: str,
    text: str,
    until: date | None,
    attachments: Sequence[int],
) -> CaseStep:
    locked = lock_members(context, case, versions)
    if not locked or any(request.kind == kind for request in case.pending):
        raise WorkRefused(f"{case.number} is closed, or {kind} is asked already", Result.CONFLICT)
    row = {
        "work_case": case.id,
        "kind": kind,
        "asked_at": context.now,
        "asked_by": actor.login,
        "text": text,
        "until": until,
        "state": "open",
    }
    context.connection.execute(insert(TABLE).values(row))
    details = {"until": None if until is None else until.isoformat(), "attachments": list(attachments)}
    return enter(context, actor, case, f"ask:{kind}", text, details)


def decide(
    connection: Connection,
    actor: Account,
    now: datetime,
    case: Case,
    versions: Versions,
    *,
    request: int,
    granted: bool,
    text: str,
) -> CaseStep:
    """The province answers a request. Granting an extension moves the deadline, granting an exception closes the case;
    not by who asked."""
    context = case_context(connection, case.scheme, now)
    asked = next((one for one in case.pending if one.id == request), None)
    if asked is None:
        seen_as_was(case, versions)
        raise WorkRefused(f"request {request} is not open", Result.CONFLICT)
    (demand_monitor if asked.kind == EXCEPTION else demand_province)(actor, context.tree)
    if asked.asked_by == actor.login:
        raise WorkRefused(f"{actor.login} asked for it", Result.FOUR_EYES)
    details = {"kind": asked.kind, "granted": granted, "request": request}
    if granted and asked.kind == EXCEPTION:
        details["closed"] = dict(
            close_members(context, actor, case, versions, text, exception=True, until=asked.until).details
        )
    elif granted and asked.kind == EXTENSION:
        _extend(context, actor, case, versions, asked)
    else:
        lock_members(context, case, versions)
    _decided(context, actor, request, granted=granted, text=text)
    if asked.kind in PAUSING and not any(one.kind in PAUSING for one in case.pending if one.id != request):
        _resume(context, case, asked)
    return enter(context, actor, case, f"decide:{asked.kind}", text, details)


def lapsed_risks(connection: Connection, now: datetime) -> list[Subject]:
    """What still fires though it was closed with its risk accepted, and the day it was accepted to is over."""
    newer = EPISODE.alias()
    newest = select(func.max(newer.c.number)).where(newer.c.dedup_key == EPISODE.c.dedup_key).scalar_subquery()
    joined = (
        TABLE.join(MEMBER, MEMBER.c.work_case == TABLE.c.work_case)
        .join(EPISODE, EPISODE.c.id == MEMBER.c.episode)
        .join(STATE, STATE.c.id == EPISODE.c.state)
    )
    today = now.astimezone(SHANGHAI).date()
    lapsed = (TABLE.c.kind == EXCEPTION, TABLE.c.state == "granted", TABLE.c.until < today)
    firing = (EPISODE.c.closed_at.is_not(None), EPISODE.c.number == newest, STATE.c.level > 0, STATE.c.standing == ACT)
    named = (STATE.c.scheme, STATE.c.indicator, STATE.c.rule, STATE.c.region, STATE.c.part)
    rows = connection.execute(select(*named).select_from(joined).where(*lapsed, *firing).distinct())
    return sorted(Subject(*row) for row in rows)


def _decided(context: CaseContext, actor: Account, request: int, *, granted: bool, text: str) -> None:
    answer = {
        "state": "granted" if granted else "refused",
        "decided_at": context.now,
        "decided_by": actor.login,
        "answer": text,
    }
    open_still = update(TABLE).where(TABLE.c.id == request, TABLE.c.state == "open").values(answer)
    if not context.connection.execute(open_still).rowcount:
        raise WorkRefused(f"request {request} is decided", Result.CONFLICT)


def _extend(context: CaseContext, actor: Account, case: Case, versions: Versions, asked: CaseRequest) -> None:
    assert asked.until is not None, "an extension names its day"
    due = end_of(asked.until)
    locked = lock_members(context, case, versions)

    def handled(member: CaseMember) -> bool:
        return member.work is Work.HANDLING

    move_members(
        context,
        case,
        locked,
        lambda episode: Assign(actor.login, episode.assignee or "", context.clock(due)),
        handled,
        due=due,
    )


def _resume(context: CaseContext, case: Case, asked: CaseRequest) -> None:
    """The working time that a request took is not counted: ladder and reminders begin so much later."""
    for member in case.live:
        row = context.connection.execute(select(EPISODE).where(EPISODE.c.id == member.episode)).one()
        moved = {}
        for name in ("ladder_start", "told_at"):
            began = getattr(row, name)
            lost = context.clock(context.now) - context.clock(max(began, asked.asked_at))
            moved[name] = context.clock.after(began, lost) if lost > 0 else began
        later = update(EPISODE).where(EPISODE.c.id == member.episode)
        context.connection.execute(later.values(**moved, row_version=row.row_version + 1))


# --- silences


def silence(
    connection: Connection,
    actor: Account,
    now: datetime,
    *,
    scheme: str,
    region: str,
    indicator: str | None,
    max_level: Level,
    until: date,
    text: str,
) -> Silenced:
    """暂缓提醒 over a region, one indicator or (None) all, up to a level, to the end of a day. By a monitor; what it
    mutes now goes into the audit."""
    context = case_context(connection, scheme, now)
    demand_monitor(actor, context.tree)
    if end_of(until) <= now:
        raise WorkRefused(f"{until} is over", Result.INVALID_DUE)
    muted = muted_by(connection, scheme, context.tree, region, indicator, max_level)
    number = set_silence(
        connection,
        actor,
        now,
        scheme=scheme,
        region=region,
        indicator=indicator,
        max_level=max_level,
        ends_at=end_of(until),
        reason=text,
    )
    details = {"region": region, "indicator": indicator, "max_level": max_level.code, "muted": len(muted)}
    return Silenced(number, CaseStep(str(number), "silence", details | {"until": until.isoformat(), "reason": text}))


def unsilence(connection: Connection, actor: Account, now: datetime, *, scheme: str, number: int) -> CaseStep:
    """End a silence; the clock catches up what was withheld."""
    context = case_context(connection, scheme, now)
    demand_monitor(actor, context.tree)
    if not end_silence(connection, actor, now, number):
        raise WorkRefused(f"silence {number} has ended", Result.EXPIRED)
    return CaseStep(str(number), "unsilence")
