"""The demonstration's registers of who pays: items in every state, credits, what is due and paid, two scenarios.

Told as a list of what happened; demonstration.load enters it by the ordinary functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from demonstration.world.simulation import seed_of
from demonstration.world.stories import EARLY_RAISE, EARLY_RAISE_COUNTY, RATE_CUT_COUNTY
from rules.department import Department

# login, name, department: those of the demonstration's accounts.
REGISTRAR = ("demo-monitor", "演示监测员", Department.SOCIAL)
SIGNERS = (
    ("demo-assessor", "演示考核员", Department.SOCIAL),
    ("demo-finance", "演示财政", Department.FISCAL),
    ("demo-tax", "演示税务", Department.TAX),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One item: what is entered and how far it has come.

    ``reaches`` is a state, or objected (an objection waits). ``short`` makes a plan shortfall of the region's own plan:
    the share not collected. ``due_in`` are days from the demonstration's day, ``paid`` the share handed over.
    """

    region: str
    facts: str
    evidence: str
    inputs: Mapping[str, object]
    reaches: str
    days_ago: int
    short: float = 0.0
    excluded_fen: int = 0
    excluded_why: str = ""
    objection: str = ""
    reply: str = ""
    due_in: int = 0
    paid: Decimal = Decimal(0)
    budgeted: bool | None = None


def _yuan(wan: int) -> int:
    return wan * 10_000 * 100


def _shortfall(region: str, short: float, days_ago: int) -> Case:
    facts = "按本年累计征缴进度，预计完不成省下达的年度收入计划"
    return Case(region, facts, "收入计划执行情况月报", {"kind": "plan_shortfall"}, "lead", days_ago, short=short)


_PEOPLE = [
    {"backpaid_years": "6", "total_years": "15", "monthly_pension_yuan": "2150.40"},
    {"backpaid_years": "9.5", "total_years": "18", "monthly_pension_yuan": "2480"},
    {"backpaid_years": "5", "total_years": "16", "monthly_pension_yuan": "1985.60"},
] * 60
JIANGSU = (
    Case("321281", "数据比对发现同一证件号码在两地领取待遇", "待遇领取资格比对疑点清单", {"kind": "over_other", "amount_fen": _yuan(310)}, "determined", 150),
    Case("320681", "违规办理特殊工种提前退休27人", "专项检查报告〔2026〕3号", {"kind": "special_work_early", "paid_fen": _yuan(612)}, "settled", 140, due_in=-45, paid=Decimal(1), budgeted=True),
    Case("320508", "违规一次性前补后退休180人", "稽核意见书〔2026〕11号", {"kind": "lump_sum_backpay", "people": _PEOPLE}, "told", 120, due_in=41, budgeted=False),
    Case(EARLY_RAISE_COUNTY, "先于全省自行提高基本养老金水平", "待遇发放明细与调整文件比对", {"kind": "pension_raise", "headcount": 4310, "avg_monthly_pension_yuan": "2985.5", "raise_rate": str(EARLY_RAISE)}, "signing", 100,
         excluded_fen=_yuan(196), excluded_why="灾后临时救助按省级文件发放的部分，见证明材料",
         objection="其中一部分系灾后临时救助，有省级文件，请予剔除。", reply="经核，相应金额按不可抗力剔除，其余维持认定。"),
    Case(RATE_CUT_COUNTY, "擅自将单位缴费比例由16%下调到15%", "单位缴费比例执行情况比对", {"kind": "rate_cut", "headcount": 92_600, "monthly_base_yuan": "4812", "months": 9, "cut": "0.01"}, "told", 90, due_in=-18, paid=Decimal("0.48"), budgeted=True),
    Case("320831", "部分参保单位未执行缴费工资基数下限", "缴费基数核查底稿", {"kind": "base_floor", "headcount": 5230, "monthly_difference_yuan": "486.5", "months": 8, "in_shortfall": True}, "assessed", 70),
    Case("320923", "企业未按实申报职工人数和工资，逾期未整改", "稽核整改通知书及逾期记录", {"kind": "under_declared", "headcount": 3120, "monthly_difference_yuan": "612", "months": 7}, "objected", 60,
         objection="其中两家企业已在期限内补报，请重新核对人数。"),
    Case("320685", "个别街道增设统筹外补贴列入基金支付", "基金支付项目清查表", {"kind": "added_items", "paid_fen": _yuan(188)}, "lead", 40),
    Case("321322", "重复列报的多支线索，经查为另一险种支出", "支付流水抽查记录", {"kind": "over_other", "amount_fen": _yuan(95)}, "withdrawn", 35),
    Case("320722", "女性灵活就业人员55岁前违规领取待遇", "待遇核定数据筛查", {"kind": "early_female_flexible", "paid_fen": _yuan(143), "since": "2024-03-01"}, "lead", 20),
    _shortfall("320700-0", 0.058, 12),
    _shortfall("320800-0", 0.064, 10),
)  # fmt: skip


def _others(units: Sequence[str], size: int) -> tuple[Case, ...]:
    """The same for a scheme whose document lists no kinds: those that any fund may have. ``size`` is in 万元."""
    region = iter(units[3::7])
    return (
        Case(next(region), "增设项目列入基金支付", "基金支付项目清查表", {"kind": "added_items", "paid_fen": _yuan(size)}, "settled", 130, due_in=-40, paid=Decimal(1), budgeted=True),
        Case(next(region), "擅自下调单位缴费比例", "缴费比例执行情况比对", {"kind": "rate_cut", "headcount": 110 * size, "monthly_base_yuan": "4230", "months": 6, "cut": "0.005"}, "told", 100, due_in=-18, paid=Decimal("0.4"), budgeted=True),
        Case(next(region), "支付不符合规定的待遇", "支付流水抽查记录", {"kind": "over_other", "amount_fen": _yuan(2 * size)}, "signing", 80,
             excluded_fen=_yuan(size // 4), excluded_why="灾后临时救助按省级文件发放的部分，见证明材料",
             objection="其中一部分系灾后临时救助，请予剔除。", reply="经核，相应金额按不可抗力剔除，其余维持认定。"),
        Case(next(region), "缓缴到期未收回造成少收", "缓缴台账", {"kind": "less_other", "amount_fen": _yuan(size), "in_shortfall": True}, "objected", 50,
             objection="到期款项已于次月收回，请重新核对。"),
        Case(next(region), "重复登记的线索", "支付流水抽查记录", {"kind": "over_other", "amount_fen": _yuan(size // 2)}, "withdrawn", 30),
        Case(next(region), "其他少收线索", "数据比对清单", {"kind": "less_other", "amount_fen": _yuan(size)}, "lead", 20),
        _shortfall(next(region), 0.04, 10),
    )  # fmt: skip


def cases(scheme: str, units: Sequence[str]) -> tuple[Case, ...]:
    """What stands in a scheme's register, oldest first; ``units`` are those that have a plan."""
    if scheme == "jiangsu-pension":
        return tuple(case for case in JIANGSU if case.region in units)
    return _others(units, {"shanxi-pension": 320, "jilin-pension": 260}.get(scheme, 90))


def factor_values(scheme: str, names: Sequence[str], units: Sequence[str]) -> dict[str, dict[str, Decimal]]:
    """Factors by unit around the province's 1.00, the same on every machine; the province stands under ""."""
    found = {"": {name: Decimal(1) for name in names}}
    for unit in units:
        chance = np.random.default_rng(seed_of("factor", scheme, unit))
        found[unit] = {name: Decimal(f"{chance.uniform(0.6, 1.6):.2f}") for name in names}
    return found
