"""法定日历: every day that the documents and profiles set, of one scheme and year, with whose it is, on its working day.

The days themselves are :mod:`rules.deadlines`'; here stands what each is called, which departments answer for it at which
level, and how a day off moves it. Each parameter that sets a day stands here once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rules.calendar import WorkingCalendar
from rules.deadlines import Deadline, of_month, of_year
from rules.department import Department
from rules.errors import NotInForce
from rules.month import Month
from rules.scheme import ParameterValue, Scheme

# From how many working days before it a day is told of as 临近: a week of work is left to do it in (assumed; no document says).
SOON = 5
SOCIAL, FISCAL, TAX = Department.SOCIAL, Department.FISCAL, Department.TAX
AGENCY, TREASURY = Department.AGENCY, Department.TREASURY


class Level(StrEnum):
    """Who has to do it: the province's departments, or each city and county for itself."""

    PROVINCE = "province"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Duty:
    """What a profile sets a day for. ``code`` is the parameter that sets it, ``also`` those that the day rests on besides;
    ``departments`` the responsible ones, the leading one first, none where it is the system's keeper; ``pays``: money is
    paid out on the day, which a day off brings forward; ``stage``: a step of the reform, which stands as the document
    dates it."""

    code: str
    name: str
    name_en: str
    departments: tuple[Department, ...]
    level: Level = Level.PROVINCE
    also: tuple[str, ...] = ()
    pays: bool = False
    stage: bool = False


def _stage(code: str, name: str, name_en: str, *departments: Department) -> Duty:
    return Duty(code, name, name_en, departments, stage=True)


THREE = (FISCAL, SOCIAL, TAX)
UNIT = Level.UNIT
_ALL = (
    # by the month
    Duty("closing_day", "月度定稿", "Month signed as final", (SOCIAL,), also=("closing_grace_days",)),
    Duty(
        "income_review_day",
        "收入计划按月比对",
        "Income plan compared for the month",
        (TAX, AGENCY),
        UNIT,
        ("income_review", "income_review_share"),
    ),
    Duty("disbursement_day", "拨付用款", "Money disbursed for the month", (AGENCY, FISCAL), pays=True),
    Duty("request_day", "申请下月用款", "Next month's money asked for", (AGENCY,)),
    Duty("paying_day", "发放待遇", "Benefits paid", (AGENCY,), UNIT, pays=True),
    Duty("pooling_days", "当月保费上解", "Premium of the month handed up", (TAX, TREASURY), UNIT, ("handover_rule",)),
    # by the quarter
    Duty(
        "quarterly_pooling_days",
        "转移、利息等收入归集",
        "Quarterly items pooled",
        (FISCAL,),
        UNIT,
        ("quarterly_items",),
    ),
    Duty(
        "quarterly_report_days", "基金预算执行分析报告", "Report on the quarter's execution", (FISCAL, SOCIAL, AGENCY)
    ),
    Duty("prepayments_per_year", "中央调剂资金上解下拨", "Central adjustment prepaid", (FISCAL,)),
    # by the year
    Duty("final_accounts_by", "基金决算草案", "Final accounts drawn up", (FISCAL, SOCIAL, AGENCY)),
    Duty("assessment_by", "省级统筹考核评估", "Yearly assessment signed", (SOCIAL, FISCAL, TAX)),
    Duty("plan_issue_by", "收支计划下达", "Plan issued to the units", THREE),
    Duty("plan_receipt_by", "收支计划签收", "Plan acknowledged", (FISCAL,), UNIT),
    Duty("base_limits_by", "公布缴费工资基数上下限", "Limits of the base announced", (SOCIAL, FISCAL)),
    Duty("budget_first_issue_by", "预算“一下”征求意见", "Budget draft sent out for opinions", THREE),
    Duty("budget_reply_by", "预算“一上”反馈意见", "Opinions on the budget draft returned", (FISCAL,), UNIT),
    Duty("holidays_by", "导入放假安排和工作日历", "Holidays and working days loaded", ()),
    Duty("general_gap_due", "一般性缺口地方分担上解", "Local share of the general gap handed up", (FISCAL,), UNIT),
    Duty("management_gap_due", "管理性缺口资金上解", "Management gap handed up", (FISCAL,), UNIT),
    Duty("fiscal_settlement_by", "省与市县财政结算扣缴", "Deducted in the fiscal settlement", (FISCAL,)),
    Duty("central_settlement_by", "中央调剂资金年终清算", "Central adjustment settled", (FISCAL,)),
    # of the balances from before pooling
    Duty("legacy_deadline", "历年结余上解", "Legacy balances handed over", (FISCAL,), UNIT),
    Duty("legacy_years", "历年结余分月上解", "Month's part of the legacy balances", (FISCAL,), UNIT, ("legacy_as_of",)),
    # steps of the reform
    _stage("pre_transfer_by", "启动资金预调", "Starting money advanced", FISCAL),
    _stage("platform_built_by", "全省统一信息平台建成", "Information platform built", SOCIAL, AGENCY),
    _stage("system_built_by", "全省集中信息系统建成", "Information system built", SOCIAL, AGENCY),
    _stage("data_centralised_by", "数据省级集中管理", "Data held by the province", AGENCY, SOCIAL),
    _stage("policy_stage_by", "政策制定阶段完成", "Policies drawn up", SOCIAL, FISCAL),
    _stage("start_stage_by", "启动实施阶段完成", "Start-up completed", SOCIAL, FISCAL, AGENCY),
    _stage("preparation_by", "运行准备阶段完成", "Preparation completed", SOCIAL, FISCAL, AGENCY),
    _stage("legacy_audit_by", "累计结余清算审计", "Legacy balances cleared and audited", FISCAL, SOCIAL),
)
DUTIES = {duty.code: duty for duty in _ALL}
# How a day off moves a day: parameters of every ledger's profile.
PAYMENT_MOVES, OTHER_MOVES = "payment_on_day_off", "deadline_on_day_off"


@dataclass(frozen=True, slots=True)
class StatutoryDay:
    """One day of the list. ``on`` is the rule's day, ``due`` the working day on which it falls; ``period`` as a Deadline has
    it; ``items`` the fund items, where not all."""

    duty: Duty
    period: str
    on: date
    due: date
    rests_on: ParameterValue
    items: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        """Its name in marks, messages and addresses: ``closing_day.2026-10``, ``platform_built_by``."""
        return f"{self.duty.code}.{self.period}" if self.period else self.duty.code


def statutory_days(
    scheme: Scheme, year: int, calendar: WorkingCalendar, mechanism: Scheme | None = None
) -> tuple[StatutoryDay, ...]:
    """The days of a calendar year, in order; those that a ``mechanism`` between provinces (中央调剂) sets with them.

    Nothing is due before the rule that sets it is in force.
    """
    found = [one for one in _of(scheme, year) if one.on.year == year]
    if mechanism is not None:
        found += [one for one in of_year(mechanism, year) if one.on.year == year]
    days = (_placed(scheme, one, calendar) for one in found if one.code in DUTIES)
    return tuple(sorted(days, key=lambda one: (one.due, one.on, _ORDER[one.duty.code])))


_ORDER = {code: place for place, code in enumerate(DUTIES)}


def _of(scheme: Scheme, year: int) -> Iterator[Deadline]:
    yield from of_year(scheme, year - 1)
    yield from of_year(scheme, year)
    # What a month asks for may be due in the next one.
    months: Sequence[Month] = [Month((year - 1) * 100 + 12), *(Month(year * 100 + number) for number in range(1, 13))]
    for month in months:
        try:
            yield from of_month(scheme, month.first)
        except NotInForce:
            continue


def _placed(scheme: Scheme, one: Deadline, calendar: WorkingCalendar) -> StatutoryDay:
    duty = DUTIES[one.code]
    return StatutoryDay(duty, one.period, one.on, _due(scheme, duty, one, calendar), one.rests_on, one.items)


def _due(scheme: Scheme, duty: Duty, one: Deadline, calendar: WorkingCalendar) -> date:
    """The working day on which a day falls: of a payment and of anything else as the profile says."""
    moves = PAYMENT_MOVES if duty.pays else OTHER_MOVES
    if duty.stage or moves not in scheme.parameters:
        return one.on
    first = min(value.starts_on for value in scheme.parameters[moves].values)
    if scheme.parameter(moves, max(one.on, first)).value == "before":
        return calendar.last_working(one.on)
    # What belongs to a year is not put off beyond its end.
    return calendar.on_working(one.on, date(one.on.year, 12, 31) if one.on.month == 12 else None)
