"""Statistics 统计指标: what beside the ledger is reported each month, declared once for import, sums and screens."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Unit = Literal["persons", "fen", "cases", "yuan", "share", "ratio"]
WHOLE: tuple[Unit, ...] = ("persons", "fen", "cases")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. ``additive``: a region's figure is its own and all below it; else it holds where it is reported.

    ``fund`` restricts it to one fund, ``article`` says which document asks for it.
    """

    code: str
    name: str
    name_en: str
    unit: Unit
    fund: str | None = None
    article: str | None = None

    @property
    def additive(self) -> bool:
        return self.unit in WHOLE

    @property
    def whole(self) -> bool:
        """Whether values are whole numbers: heads, cases, fen."""
        return self.unit in WHOLE

    @property
    def highest(self) -> Decimal | None:
        """What a value cannot exceed; None where there is no bound but sense."""
        return Decimal(1) if self.unit == "share" else None


_PENSION, _INJURY = "pension", "work_injury"
_JIANGSU = "苏政发〔2020〕45号"
_JILIN = "吉政发〔2020〕20号"

MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure("participants", "参保人数", "Participants", "persons"),
        Measure(
            "participants_plan",
            "本年末计划参保人数",
            "Participants planned for the year's end",
            "persons",
            None,
            f"{_JIANGSU} 附件2 六",
        ),
        Measure("contributors", "缴费人数", "Contributors", "persons"),
        Measure("retirees", "离退休人数", "Retirees", "persons", _PENSION),
        Measure("new_retirees", "本月新增退休人数", "New retirees this month", "persons", _PENSION),
        Measure(
            "early_retirees",
            "本月提前退休人数（特殊工种、病退）",
            "Early retirements this month",
            "persons",
            _PENSION,
            f"{_JIANGSU} 附件3 二（二）",
        ),
        Measure("premium_due", "本月应征保费", "Premium due this month", "fen"),
        Measure("wage_base_employer", "单位职工缴费基数", "Employees' wage base", "fen", None, f"{_JIANGSU} 附件1 二"),
        Measure(
            "wage_base_flexible",
            "灵活就业人员缴费基数",
            "Flexible workers' base",
            "fen",
            _PENSION,
            f"{_JIANGSU} 附件1 三（四）",
        ),
        Measure("pension_due", "本月应发待遇", "Benefits due this month", "fen"),
        Measure("pension_due_persons", "本月应发待遇人数", "Persons with benefits due this month", "persons"),
        Measure("pension_held", "暂缓发放金额（待核资格、账户异常）", "Benefits held with a reason", "fen"),
        Measure("pension_held_persons", "暂缓发放人数", "Persons whose benefits are held", "persons"),
        Measure("pension_unpaid_persons", "未按时足额发放人数", "Persons not paid in full on time", "persons"),
        Measure("avg_wage", "月平均工资", "Average monthly wage", "yuan"),
        Measure("avg_rate", "平均执行费率", "Average rate in force", "share", None, f"{_JILIN} 三（四）"),
        Measure("elderly_ratio", "60岁及以上人口占比", "Share of residents of 60 and above", "share"),
        Measure("fiscal_capacity", "财力系数", "Fiscal capacity", "ratio", None, f"{_JIANGSU} 附件2 四"),
        Measure(
            "prevention_trained",
            "工伤预防培训人数",
            "Persons trained in prevention",
            "persons",
            _INJURY,
            f"{_JILIN} 三（七）",
        ),
        Measure(
            "recognition_applied",
            "工伤认定申请件数",
            "Applications for recognition",
            "cases",
            _INJURY,
            f"{_JILIN} 三（七）",
        ),
        Measure("recognised", "认定工伤件数", "Injuries recognised", "cases", _INJURY, f"{_JILIN} 三（七）"),
        Measure(
            "recognised_in_time",
            "按期作出认定件数",
            "Recognitions decided in time",
            "cases",
            _INJURY,
            f"{_JILIN} 三（七）",
        ),
        Measure(
            "assessment_applied",
            "劳动能力鉴定申请件数",
            "Applications for capacity assessment",
            "cases",
            _INJURY,
            f"{_JILIN} 三（七）",
        ),
        Measure(
            "assessed_in_time",
            "按期作出鉴定件数",
            "Capacity assessments in time",
            "cases",
            _INJURY,
            f"{_JILIN} 三（七）",
        ),
    )
}


def measures_of(fund: str) -> tuple[str, ...]:
    """The measures that a fund reports."""
    return tuple(code for code, measure in MEASURES.items() if measure.fund in (None, fund))
