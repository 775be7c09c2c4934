"""The demonstration's registers of who pays: items in every state, credits, what is due and paid, two scenarios.

Told as a list of what happened; demonstration.load enters it by the ordinary functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from demonstration.world.findings import EXCLUDED, RATE_CUT_PAID, found
from demonstration.world.seeds import seed_of
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


def shortfall(region: str, short: float, days_ago: int) -> Case:
    """A plan that will foreseeably not be met, by a share of it: a lead until the year is over."""
    facts = "按本年累计征缴进度，预计完不成省下达的年度收入计划"
    return Case(region, facts, "收入计划执行情况月报", {"kind": "plan_shortfall"}, "lead", days_ago, short=short)


def _jiangsu(today: date) -> tuple[Case, ...]:
    of = found(today)

    def case(what: str, facts: str, evidence: str, reaches: str, days_ago: int, **more: Any) -> Case:
        return Case(of[what].region, facts, evidence, of[what].inputs, reaches, days_ago, **more)

    return (
        case("twice", "数据比对发现同一证件号码在两地领取待遇", "待遇领取资格比对疑点清单", "determined", 150),
        case("special", f"违规办理特殊工种提前退休{of['special'].persons}人", "专项检查报告〔2026〕3号", "settled", 140, due_in=-45, paid=Decimal(1), budgeted=True),
        case("backpay", f"违规一次性前补后退休{of['backpay'].persons}人", "稽核意见书〔2026〕11号", "told", 120, due_in=41, budgeted=False),
        case("raise", "先于全省自行提高基本养老金水平", "待遇发放明细与调整文件比对", "signing", 100,
             excluded_fen=of["raise"].part(EXCLUDED), excluded_why="灾后临时救助按省级文件发放的部分，见证明材料",
             objection="其中一部分系灾后临时救助，有省级文件，请予剔除。", reply="经核，相应金额按不可抗力剔除，其余维持认定。"),
        case("rate", "擅自将单位缴费比例由16%下调到15%", "单位缴费比例执行情况比对", "told", 90, due_in=26, paid=Decimal(str(RATE_CUT_PAID)), budgeted=True),
        case("floor", "部分参保单位未执行缴费工资基数下限", "缴费基数核查底稿", "assessed", 70),
        case("hidden", "企业未按实申报职工人数和工资，逾期未整改", "稽核整改通知书及逾期记录", "objected", 60,
             objection="其中两家企业已在期限内补报，请重新核对人数。"),
        case("items", "个别街道增设统筹外补贴列入基金支付", "基金支付项目清查表", "lead", 40),
        case("other_fund", "重复列报的多支线索，经查为另一险种支出", "支付流水抽查记录", "withdrawn", 35),
        case("female", "女性灵活就业人员55岁前违规领取待遇", "待遇核定数据筛查", "lead", 20),
        shortfall("320700-0", 0.056, 12),
        shortfall("320800-0", 0.062, 10),
    )  # fmt: skip


def cases(scheme: str, today: date) -> tuple[Case, ...]:
    """What stands in a scheme's register, oldest first: Jiangsu's document alone knows a management gap."""
    return _jiangsu(today) if scheme == "jiangsu-pension" else ()


def factor_values(scheme: str, names: Sequence[str], units: Sequence[str]) -> dict[str, dict[str, Decimal]]:
    """Factors by unit around the province's 1.00, the same on every machine; the province stands under ""."""
    found = {"": {name: Decimal(1) for name in names}}
    for unit in units:
        chance = np.random.default_rng(seed_of("factor", scheme, unit))
        found[unit] = {name: Decimal(f"{chance.uniform(0.6, 1.6):.2f}") for name in names}
    return found
