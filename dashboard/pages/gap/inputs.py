"""What is entered about an item of the management gap, by its kind: the inputs of the rule that determines it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dashboard.site.act import Deed
from dashboard.site.fields import Day, Fen, Field, FieldNotNumber, Number, Sent, Tick, Whole, blank
from dashboard.words.wording import N_

PERSON = ("backpaid_years", "total_years", "monthly_pension_yuan")


@dataclass(frozen=True, eq=False)
class People(Field[list[dict[str, str]]]):
    """People one a line, three numbers each."""

    kind = "area"

    def _read(self, sent: Sent) -> list[dict[str, str]]:
        people = []
        for line in self._text(sent, 2000).splitlines():
            parts = [part.strip() for part in line.replace("，", ",").split(",")]
            if len(parts) != len(PERSON):
                raise self.refusal(FieldNotNumber, got=line)
            people.append(dict(zip(PERSON, parts, strict=True)))
        return people

    def written(self, value: list[dict[str, str]]) -> str:
        return "\n".join(",".join(str(person[name]) for name in PERSON) for person in value)


_INSIDE = Tick("in_shortfall", N_("已含在未完成计划数内"))
_HEADCOUNT = Whole("headcount", N_("涉及人数"))
_MONTHS = Whole("months", N_("月数"))
_DIFFERENCE = Number("monthly_difference_yuan", N_("人均月基数差额（元）"), low=0)
_PAID = Fen("paid_fen", N_("支付额（元）"))
INPUTS: Mapping[str, tuple[Field[Any], ...]] = {
    "plan_shortfall": (
        Fen("plan_fen", N_("收入计划（元）")),
        Fen("actual_fen", N_("实际收入（元）")),
        blank(Fen("force_majeure_fen", N_("不可抗力（元）"))),
    ),
    "rate_cut": (
        _HEADCOUNT,
        Number("monthly_base_yuan", N_("人均月缴费基数（元）"), low=0),
        _MONTHS,
        Number("cut", N_("下调比例（如0.01）"), low=0, high=1),
        _INSIDE,
    ),
    "base_floor": (_HEADCOUNT, _DIFFERENCE, _MONTHS, _INSIDE),
    "under_declared": (_HEADCOUNT, _DIFFERENCE, _MONTHS, _INSIDE),
    "less_other": (Fen("amount_fen", N_("影响数额（元）")), _INSIDE),
    "special_work_early": (_PAID,),
    "disability_early": (_PAID,),
    "added_items": (_PAID,),
    "lump_sum_backpay": (People("people", N_("每行一人：前补年限,总缴费年限,月养老金")),),
    "pension_raise": (
        _HEADCOUNT,
        Number("avg_monthly_pension_yuan", N_("人均月养老金（元）"), low=0),
        Number("raise_rate", N_("违规调整水平（如0.05）"), low=0, high=1),
    ),
    "early_female_flexible": (_PAID, Day("since", N_("首次领取日期"))),
    "over_other": (Fen("amount_fen", N_("多支额（元）")),),
}


def given(deed: Deed, kind: str) -> dict[str, object]:
    """The inputs that were sent of an item of a kind, as the rule reads them."""
    found: dict[str, object] = {"kind": kind}
    for field in INPUTS[kind]:
        value = deed[field]
        if value is not None and value is not False:
            found[field.name] = field.written(value) if isinstance(value, (Decimal, date)) else value
    return found
