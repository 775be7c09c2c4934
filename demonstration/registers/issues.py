"""The demonstration's register of problems, entered by the ordinary functions as the persons concerned would."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from data_access.store.engine import writing
from demonstration.world import problems
from demonstration.world.gap import REGISTRAR, SIGNERS
from demonstration.world.problems import Problem
from demonstration.world.spending import WAN_FEN
from rules.department import Department
from rules.month import SHANGHAI
from workflows.issues import steps as steps
from workflows.issues.register import Issue, load_violations, violation
from workflows.issues.steps import NewIssue, StepDetails
from workflows.people.accounts import By

STEP_DAYS = 3  # between two steps of a problem
PLACE = ("demo-other", "市县经办机构", Department.AGENCY)
SECOND = SIGNERS[0]


def enter_issues(engine: Engine, scheme_code: str, now: datetime) -> None:
    """Every problem as far as it has come; nothing when the register has been worked on."""
    with writing(engine) as connection:
        if any(one.steps for one in load_violations(connection, scheme_code)):
            return
        for ref, told in problems.problems(scheme_code, now.astimezone(SHANGHAI).date()):
            _enter(connection, scheme_code, ref, told, now)


class _Clock:
    """The instants of a problem's steps, one some days after the other and none after the demonstration's day."""

    def __init__(self, now: datetime, days_ago: int) -> None:
        self._now, self._left = now, days_ago

    def by(self, person: tuple[str, str, str]) -> By:
        at = self._now - timedelta(days=max(self._left, 0), hours=1)
        self._left -= STEP_DAYS
        return By(*person, at)


def _enter(connection: Connection, scheme: str, ref: str, told: Problem, now: datetime) -> None:
    clock = _Clock(now, told.days_ago)
    today = now.astimezone(SHANGHAI).date()
    one = violation(connection, scheme, ref) if ref else None
    if one is None:
        one = steps.register(connection, scheme, _found(told, today), clock.by(REGISTRAR))
    if told.reaches == "lead":
        return
    if told.reaches == "dismissed":
        steps.dismiss(connection, one, StepDetails("经核不属实，疑点已排除"), clock.by(REGISTRAR))
        return
    amount = told.amount_fen
    verified = StepDetails("经核属实", amount_fen=amount, persons=told.persons)
    one = steps.verify(connection, one, verified, clock.by(REGISTRAR))
    if told.excluded:
        excluded = int(amount * told.excluded) // WAN_FEN * WAN_FEN
        why = StepDetails("灾后临时救助按省级文件发放的部分，不可抗力剔除", "剔除意见〔2026〕4号", excluded)
        one = steps.exclude(connection, one, why, clock.by(REGISTRAR))
    if told.reaches == "verified":
        return
    due_on = today + timedelta(days=told.due_in)
    demand = StepDetails("请限期整改、追回资金并报送佐证", f"整改通知〔2026〕{one.ref[-3:]}号", due_on=due_on)
    one = steps.assign(connection, one, demand, clock.by(REGISTRAR))
    _mend(connection, one, told, amount, clock, today)


def _mend(connection: Connection, one: Issue, told: Problem, amount: int, clock: _Clock, today: date) -> None:
    """What came back, what the place reports, and how it ended."""
    if told.recovered:
        back = int(amount * told.recovered) // WAN_FEN * WAN_FEN if told.recovered < 1 else amount
        one = steps.recover(connection, one, StepDetails("已追回入账", "缴款书", back), clock.by(REGISTRAR))
    if told.study:
        one = steps.propose_study(connection, one, StepDetails("金额较大，拟提请联席会议研究"), clock.by(REGISTRAR))
    if told.reaches in ("answered", "asked", "closed", "reopened"):
        one = steps.answer(connection, one, StepDetails("已按通知整改，佐证材料随附"), clock.by(PLACE))
    if told.reaches in ("asked", "closed", "reopened"):
        one = steps.ask_close(connection, one, StepDetails("整改到位，申请销号"), clock.by(REGISTRAR))
    if told.reaches in ("closed", "reopened"):
        one = steps.close(connection, one, StepDetails("同意销号"), clock.by(SECOND))
    if told.reaches == "reopened":
        again = StepDetails("同一问题再次出现，重新整改", due_on=today + timedelta(days=told.due_in))
        steps.reopen(connection, one, again, clock.by(SECOND))


def _found(told: Problem, today: date) -> NewIssue:
    return NewIssue(
        region=told.region,
        department=told.department,
        origin=told.origin,
        side=told.side,
        category=told.category,
        title=told.title,
        found_on=today - timedelta(days=told.days_ago),
        amount_fen=told.amount_fen,
        evidence=told.evidence,
        persons=told.persons,
        related=told.related,
        due_on=today + timedelta(days=told.due_in) if told.reaches == "verified" else None,
    )
