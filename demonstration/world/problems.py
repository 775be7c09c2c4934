"""The demonstration's register of problems 问题台账: leads as a file brings them, others registered by hand, in every state.

Told as a list of what happened; demonstration.registers.issues enters it by the ordinary functions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from demonstration.world import stories
from demonstration.world.calibration import FIRST_YEAR
from demonstration.world.findings import EXCLUDED, RATE_CUT_PAID, found, paid_to
from demonstration.world.simulation import units
from demonstration.world.tables import Table
from rules.calendar import months_before
from rules.department import Department
from rules.month import Month
from rules.scheme import load_scheme

DEATHS, CUSTODY, TWICE = "2026年三季度死亡人员比对", "2026年三季度服刑人员比对", "2026年二季度跨省重复领取比对"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem and how far it has come.

    ``reaches``: lead, dismissed, verified, mending, answered, asked (to close), closed or reopened. ``due_in`` are days
    from the demonstration's day; ``recovered`` and ``excluded`` are shares of the amount. ``comparison`` is the batch
    that a file of leads brought it in. Only what no money is to be recovered of is overdue.
    """

    region: str
    origin: str
    side: str
    category: str
    title: str
    evidence: str
    days_ago: int
    amount_fen: int
    reaches: str
    department: str = Department.SOCIAL
    persons: int | None = None
    due_in: int = 30
    recovered: float = 0.0
    excluded: float = 0.0
    comparison: str | None = None
    suspects: int | None = None
    related: str | None = None
    study: bool = False


_SAID = {"benefit_after_death": "死亡人员仍在领取待遇", "benefit_in_custody": "服刑人员仍在领取基本养老金"}


def _compared(
    scheme: str,
    month: Month,
    comparison: str,
    region: str,
    category: str,
    suspects: int,
    reaches: str,
    persons: int,
    months: int,
    recovered: float = 0.0,
    days_ago: int = 44,
) -> Problem:
    """A batch of suspects in a place; what the ``persons`` drew in so many months at the place's own benefit."""
    return Problem(
        region,
        "comparison",
        "operations",
        category,
        f"{_SAID.get(category, '同一证件号码在两地领取待遇')}，疑点{suspects}条",
        "比对结果清单",
        days_ago,
        paid_to(scheme, region, persons or suspects, months, month),
        reaches,
        Department.AGENCY,
        persons,
        14 if reaches == "mending" else 25,
        recovered,
        comparison=comparison,
        suspects=suspects,
    )


_RATE, _RAISE = stories.RATE_CUT_COUNTY, stories.EARLY_RAISE_COUNTY


def _jiangsu(today: date) -> tuple[Problem, ...]:
    of, month = found(today), _month(today)
    (county, at, persons) = stories.UNPAID[0]
    unpaid = paid_to("jiangsu-pension", county, persons, 1, Month(at)) if Month(at) <= month else 0

    def batch(*told: Any) -> Problem:
        return _compared("jiangsu-pension", month, *told)

    return (
        Problem(_RATE, "audit", "policy", "rate_or_base", "擅自将单位缴费比例由16%下调到15%", "审计取证单〔2026〕12号", 160, of["rate"].amount_fen, "mending", persons=of["rate"].persons, due_in=26, recovered=RATE_CUT_PAID, related="gap:26-05", study=True),
        Problem(_RAISE, "audit", "policy", "pension_raise", "先于全省自行提高基本养老金水平", "审计取证单〔2026〕19号", 150, of["raise"].amount_fen, "verified", persons=of["raise"].persons, due_in=20, excluded=EXCLUDED, related="gap:26-04"),
        Problem("320681", "inspection", "supervision", "early_retirement", f"违规办理特殊工种提前退休{of['special'].persons}人", "专项检查报告〔2026〕3号", 190, of["special"].amount_fen, "closed", persons=of["special"].persons, due_in=-60, recovered=1.0, related="gap:26-02"),
        Problem(county, "warning", "operations", "underpaid", f"10月份{persons}人待遇未按时足额发放", "发放明细与应发名册", 20, unpaid, "answered", Department.AGENCY, persons, 12),
        Problem(stories.DOUBLE_POSTING_COUNTY, "warning", "information", "information", "税务入库数据重复记账", "来源单号核对清单", 70, 0, "reopened", Department.TAX, due_in=-9),
        Problem(stories.SLOW_POOLING_COUNTY, "inspection", "supervision", "late_money", "保费入库后滞留国库未按期归集", "现场检查底稿", 110, 0, "mending", Department.FISCAL, due_in=-33),
        Problem(stories.RECONCILIATION_COUNTY, "warning", "information", "information", "10月份国库与税务入库数不一致且无未达账项说明", "对账调节表", 12, 0, "verified", Department.FISCAL, due_in=18),
        Problem(stories.SILENT_COUNTY, "warning", "information", "information", "自建系统中断报送征缴数据", "数据更新记录", 3, 0, "lead", Department.TAX, due_in=7),
        Problem("320923", "report", "operations", "rate_or_base", "群众举报企业少报职工人数和工资", "举报登记表", 26, 0, "lead", Department.TAX),
        Problem("320685", "audit", "policy", "outside_items", "个别街道增设统筹外补贴列入基金支付", "审计取证单〔2026〕23号", 95, of["items"].amount_fen, "asked", Department.FISCAL, of["items"].persons, 6, 1.0, related="gap:26-08"),
        Problem("320322", "report", "supervision", "lump_backpay", "反映违规一次性补缴", "举报登记表", 130, 0, "dismissed"),
        batch(DEATHS, "320300-0", "benefit_after_death", 41, "mending", 17, 9, 0.35),
        batch(DEATHS, "320900-0", "benefit_after_death", 36, "closed", 12, 11, 1.0),
        batch(DEATHS, "321300-0", "benefit_after_death", 19, "verified", 9, 8),
        batch(DEATHS, "320700-0", "benefit_after_death", 8, "dismissed", 0, 3),
        batch(CUSTODY, "320800-0", "benefit_in_custody", 14, "mending", 6, 14, 0.6),
        batch(CUSTODY, "321000-0", "benefit_in_custody", 9, "lead", 0, 8),
        replace(batch(TWICE, "321281", "duplicate_benefit", 63, "mending", of["twice"].persons, 27, 0.7, 152), amount_fen=of["twice"].amount_fen, related="gap:26-01"),
    )  # fmt: skip


def _month(today: date) -> Month:
    """The month whose figures a register rests on: the one before, in January the same."""
    return max(months_before(Month.of(today), 1), Month.at(FIRST_YEAR, 1))


def _others(scheme: str, today: date) -> tuple[Problem, ...]:
    """The same for the other schemes: what any fund may have, spread over the province."""
    profile, month = load_scheme(scheme), _month(today)
    known = units(profile.province)
    place = iter([unit.code for unit in known if unit.kind == "division" and unit.urban == unit.code][2::3])
    injury = profile.fund == "work_injury"
    fraud = ("injury_fraud", "伪造工伤材料骗取待遇") if injury else ("early_retirement", "违规办理病退")
    policy = ("rate_or_base", "未按行业基准费率核定缴费") if injury else ("rate_or_base", "未执行缴费工资基数下限")
    slow = "工伤认定超过法定时限" if injury else "待遇资格认证未按期完成"
    cheat, items, storm = next(place), next(place), next(place)

    def batch(region: str, suspects: int, reaches: str, persons: int, recovered: float = 0.0) -> Problem:
        return _compared(scheme, month, DEATHS, region, "benefit_after_death", suspects, reaches, persons, 9, recovered)

    return (
        Problem(next(place), "audit", "policy", *policy, "审计取证单〔2026〕7号", 150, 0, "answered", Department.TAX, 820, 12),
        Problem(cheat, "inspection", "supervision", *fraud, "专项检查报告〔2026〕2号", 170, paid_to(scheme, cheat, 4, 16, month), "closed", persons=4, due_in=-50, recovered=1.0),
        Problem(stories.SLOW_RECOGNITION_CITY if injury else next(place), "inspection", "operations", "accounts", slow, "现场检查底稿", 60, 0, "mending", persons=38, due_in=-9),
        Problem(items, "audit", "policy", "outside_items", "增设项目列入基金支付", "审计取证单〔2026〕9号", 120, paid_to(scheme, items, 12, 12, month), "asked", Department.FISCAL, 12, 5, 1.0),
        Problem(next(place), "report", "supervision", "other", "群众反映待遇核定有误", "举报登记表", 18, 0, "lead"),
        Problem(next(place), "warning", "information", "information", "部门间入库数不一致", "对账调节表", 15, 0, "verified", Department.FISCAL, due_in=20),
        Problem(storm, "audit", "operations", "accounts", "暴雨灾害期间垫付待遇未及时清理", "审计取证单〔2026〕10号", 90, paid_to(scheme, storm, 40, 2, month), "verified", persons=40, due_in=15, excluded=0.5),
        batch(next(place), 12, "mending", 5, 0.5),
        batch(next(place), 7, "lead", 0),
        batch(next(place), 5, "dismissed", 0),
    )  # fmt: skip


def problems(scheme: str, today: date) -> tuple[tuple[str, Problem], ...]:
    """Reference and problem, in the order they came in; those of a comparison bear the file's own references."""
    told = _jiangsu(today) if scheme == "jiangsu-pension" else _others(scheme, today)
    # References of different schemes may be alike; numbers by hand are given by the register.
    return tuple((f"BD-2026-{place:04d}" if one.comparison else "", one) for place, one in enumerate(told, start=1))


def leads(scheme: str, until: date) -> Table:
    """What the agencies' comparisons brought, as a file of leads found some days before ``until``."""
    columns = (
        "scheme",
        "ref",
        "region",
        "department",
        "origin",
        "side",
        "category",
        "title",
        "found_on",
        "amount_fen",
        "comparison",
        "suspects",
        "evidence",
    )
    rows = tuple(
        (
            scheme,
            ref,
            one.region,
            one.department,
            one.origin,
            one.side,
            one.category,
            one.title,
            until - timedelta(days=one.days_ago),
            one.amount_fen,
            one.comparison,
            one.suspects,
            one.evidence,
        )
        for ref, one in problems(scheme, until)
        if ref
    )
    return Table("violation", columns, rows)
