"""Assumptions 参数 of the long-run projection: what each is called, its unit, and which projection knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["growth", "ratio", "choice"]
PREFIX = "outlook_"  # of the scheme parameter that gives an assumption its base value


@dataclass(frozen=True, slots=True)
class AssumptionKind:
    """``unit``: a growth may be negative, a ratio is 0 to 1, a choice is a word; ``yearly``: may be given by year, the last
    goes on; ``by_age``: which projection knows it, None both; ``fund``: which fund, None all."""

    code: str
    name: str
    name_en: str
    unit: Unit
    yearly: bool = True
    by_age: bool | None = None
    fund: str | None = None

    @property
    def parameter(self) -> str:
        """The scheme parameter that gives the base value."""
        return PREFIX + self.code


ASSUMPTIONS: dict[str, AssumptionKind] = {
    one.code: one
    for one in (
        AssumptionKind("collection", "征缴率", "Collection", "ratio"),
        AssumptionKind("wage_growth", "缴费基数增长", "Growth of the base", "growth"),
        AssumptionKind("adjustment", "待遇调整", "Adjustment of benefits", "growth"),
        AssumptionKind("entrants_growth", "新参保人数增长", "Growth of entrants", "growth", by_age=True),
        AssumptionKind("withdrawal", "中断缴费", "Withdrawals", "ratio", by_age=True),
        AssumptionKind("contributors_growth", "缴费人数增长", "Growth of contributors", "growth", by_age=False),
        AssumptionKind("retirees_growth", "领取人数增长", "Growth of recipients", "growth", by_age=False),
        AssumptionKind("interest", "结余收益率", "Return on the balance", "ratio"),
        AssumptionKind("mortality_improvement", "死亡率改善", "Fall of mortality", "growth", False, by_age=True),
        AssumptionKind("subsidy_growth", "财政补贴增长", "Growth of subsidies", "growth", fund="pension"),
        AssumptionKind(
            "between_growth", "上解下拨增长", "Growth of transfers between levels", "growth", fund="pension"
        ),
        AssumptionKind("other_growth", "其他收支增长", "Growth of other items", "growth"),
        AssumptionKind("retirement", "退休年龄", "Retirement age", "choice", False, by_age=True),
    )
}
