"""The demonstration's register of problems 问题台账: leads as a file brings them, others registered by hand, in every state.

Told as a list of what happened; demonstration.registers.issues enters it by the ordinary functions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from demonstration.world import stories
from demonstration.world.simulation import units
from demonstration.world.spending import WAN_FEN
from demonstration.world.tables import Table
from rules.department import Department
from rules.scheme import load_scheme

DEATHS, CUSTODY, TWICE = "2026年三季度死亡人员比对", "2026年三季度服刑人员比对", "2026年二季度跨省重复领取比对"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem and how far it has come.

    ``reaches``: lead, dismissed, verified, mending, answered, asked (to close), closed or reopened. ``due_in`` are days
    from the demonstration's day; ``recovered`` and ``excluded`` are shares of the amount. ``comparison`` is the batch
    that a file of leads brought it in.
    """

    region: str
    origin: str
    side: str
    category: str
    title: str
    evidence: str
    days_ago: int
    wan: int
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


def _compared(
    comparison: str,
    region: str,
    category: str,
    suspects: int,
    wan: int,
    reaches: str,
    persons: int,
    recovered: float,
    days_ago: int = 44,
) -> Problem:
    said = {"benefit_after_death": "死亡人员仍在领取待遇", "benefit_in_custody": "服刑人员仍在领取基本养老金"}
    title = f"{said.get(category, '同一证件号码在两地领取待遇')}，疑点{suspects}条"
    return Problem(
        region,
        "comparison",
        "operations",
        category,
        title,
        "比对结果清单",
        days_ago,
        wan,
        reaches,
        Department.AGENCY,
        persons,
        -6 if reaches == "mending" else 25,
        recovered,
        comparison=comparison,
        suspects=suspects,
    )


_RATE, _RAISE = stories.RATE_CUT_COUNTY, stories.EARLY_RAISE_COUNTY
_JIANGSU = (
    Problem(_RATE, "audit", "policy", "rate_or_base", "擅自将单位缴费比例由16%下调到15%", "审计取证单〔2026〕12号", 160, 4010, "mending", persons=92_600, due_in=-18, recovered=0.48, related="gap:26-05", study=True),
    Problem(_RAISE, "audit", "policy", "pension_raise", "先于全省自行提高基本养老金水平", "审计取证单〔2026〕19号", 150, 901, "verified", persons=4310, due_in=20, excluded=0.22, related="gap:26-04"),
    Problem("320681", "inspection", "supervision", "early_retirement", "违规办理特殊工种提前退休27人", "专项检查报告〔2026〕3号", 190, 612, "closed", persons=27, due_in=-60, recovered=1.0, related="gap:26-02"),
    Problem(stories.UNPAID[0][0], "warning", "operations", "accounts", "10月份386人待遇未按时足额发放", "发放明细与应发名册", 20, 131, "answered", Department.AGENCY, 386, 12, 0.0),
    Problem(stories.DOUBLE_POSTING_COUNTY, "warning", "information", "information", "税务入库数据重复记账", "来源单号核对清单", 70, 0, "reopened", Department.TAX, due_in=-9),
    Problem(stories.SLOW_POOLING_COUNTY, "inspection", "supervision", "late_money", "保费入库后滞留国库未按期归集", "现场检查底稿", 110, 0, "mending", Department.FISCAL, due_in=-33),
    Problem(stories.RECONCILIATION_COUNTY, "warning", "information", "information", "10月份国库与税务入库数不一致且无未达账项说明", "对账调节表", 12, 0, "verified", Department.FISCAL, due_in=18),
    Problem(stories.SILENT_COUNTY, "warning", "information", "information", "自建系统中断报送征缴数据", "数据更新记录", 3, 0, "lead", Department.TAX, due_in=7),
    Problem("320923", "report", "operations", "rate_or_base", "群众举报企业少报职工人数和工资", "举报登记表", 26, 0, "lead", Department.TAX),
    Problem("320685", "audit", "policy", "outside_items", "个别街道增设统筹外补贴列入基金支付", "审计取证单〔2026〕23号", 95, 188, "asked", Department.FISCAL, 640, -2, 1.0, related="gap:26-08"),
    Problem("320322", "report", "supervision", "lump_backpay", "反映违规一次性补缴", "举报登记表", 130, 0, "dismissed"),
    _compared(DEATHS, "320300", "benefit_after_death", 41, 68, "mending", 17, 0.35),
    _compared(DEATHS, "320900", "benefit_after_death", 36, 52, "closed", 12, 1.0),
    _compared(DEATHS, "321300", "benefit_after_death", 19, 24, "verified", 9, 0.0),
    _compared(DEATHS, "320700", "benefit_after_death", 8, 11, "dismissed", 0, 0.0),
    _compared(CUSTODY, "320800", "benefit_in_custody", 14, 33, "mending", 6, 0.6),
    _compared(CUSTODY, "321000", "benefit_in_custody", 9, 21, "lead", 0, 0.0),
    _compared(TWICE, "320508", "duplicate_benefit", 63, 310, "mending", 31, 0.7, 152),
)  # fmt: skip


def _others(scheme: str) -> tuple[Problem, ...]:
    """The same for the other schemes: what any fund may have, spread over the province."""
    profile = load_scheme(scheme)
    known = units(profile.province)
    place = iter([unit.code for unit in known if unit.kind == "division"][5::6])
    injury = profile.fund == "work_injury"
    fraud = ("injury_fraud", "伪造工伤材料骗取待遇") if injury else ("early_retirement", "违规办理病退")
    size = 6 if injury else 40
    policy = ("rate_or_base", "未按行业基准费率核定缴费") if injury else ("rate_or_base", "未执行缴费工资基数下限")
    slow = "工伤认定超过法定时限" if injury else "待遇资格认证未按期完成"
    return (
        Problem(next(place), "audit", "policy", *policy, "审计取证单〔2026〕7号", 150, size * 4, "mending", Department.TAX, 820, -21, 0.4, study=True),
        Problem(next(place), "inspection", "supervision", *fraud, "专项检查报告〔2026〕2号", 170, size, "closed", persons=4, due_in=-50, recovered=1.0),
        Problem(stories.SLOW_RECOGNITION_CITY if injury else next(place), "inspection", "operations", "accounts", slow, "现场检查底稿", 60, 0, "answered", persons=38, due_in=9),
        Problem(next(place), "audit", "policy", "outside_items", "增设项目列入基金支付", "审计取证单〔2026〕9号", 120, size * 2, "asked", Department.FISCAL, due_in=-3, recovered=1.0),
        Problem(next(place), "report", "supervision", "other", "群众反映待遇核定有误", "举报登记表", 18, 0, "lead"),
        Problem(next(place), "warning", "information", "information", "部门间入库数不一致", "对账调节表", 15, 0, "verified", Department.FISCAL, due_in=20),
        Problem(next(place), "audit", "operations", "accounts", "暴雨灾害期间垫付待遇未及时清理", "审计取证单〔2026〕10号", 90, size * 3, "verified", persons=120, due_in=15, excluded=0.5),
        _compared(DEATHS, next(place), "benefit_after_death", 12, max(size // 2, 2), "mending", 5, 0.5),
        _compared(DEATHS, next(place), "benefit_after_death", 7, max(size // 3, 1), "lead", 0, 0.0),
        _compared(DEATHS, next(place), "benefit_after_death", 5, max(size // 4, 1), "dismissed", 0, 0.0),
    )  # fmt: skip


def problems(scheme: str) -> tuple[tuple[str, Problem], ...]:
    """Reference and problem, in the order they came in; those of a comparison bear the file's own references."""
    told = _JIANGSU if scheme == "jiangsu-pension" else _others(scheme)
    # References of different schemes may be alike; numbers by hand are given by the register.
    return tuple(
        (f"BD-2026-{place:04d}" if one.comparison else "", replace(one)) for place, one in enumerate(told, start=1)
    )


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
            one.wan * WAN_FEN,
            one.comparison,
            one.suspects,
            one.evidence,
        )
        for ref, one in problems(scheme)
        if ref
    )
    return Table("violation", columns, rows)
