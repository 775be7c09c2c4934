"""What a value lets say: how far the year's plan is, and whether it lies where the words of its warning point."""

from __future__ import annotations

from decimal import Decimal

from dashboard.components.parts import Child, Strong, known, sentence
from dashboard.pages.warnings.found import SubjectFigures
from dashboard.words import display
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _
from rules.alerts.way_out import YearEnd
from rules.indicators import INDICATORS

FULL = Decimal(100)


def plan_words(found: SubjectFigures, year: YearEnd) -> tuple[str, list[Child]]:
    """How far the year's plan is, as a label and a sentence: income must still come in, expenditure may still go out."""
    rest, need = (
        Strong(found.of_year(what, fen))
        for what, fen in (("plan.rest", year.rest), ("year_end.need", year.monthly_need))
    )
    if found.subject.indicator == "expenditure_deviation":
        label = _("全年支出计划")
        if year.rest < 0:
            return label, sentence(N_("已超出计划 {rest} 亿元"), rest=rest)
        text = N_("计划内还可支出 {rest} 亿元，月均不超过 {need}")
        return label, known(text, N_("计划内还可支出 {rest} 亿元"), rest=rest, need=need)
    label = _("完成全年计划")
    if year.rest <= 0:
        return label, sentence(N_("已完成计划，超收 {rest} 亿元"), rest=rest)
    return label, known(N_("还差 {rest} 亿元，月均需 {need}"), N_("还差 {rest} 亿元"), rest=rest, need=need)


def fits(rule: str, indicator: str, value: Decimal) -> bool:
    """Whether a value lies where the words of its warning point: behind or ahead, late, incomplete. One that has
    recovered is told by its name and number alone."""
    if indicator == "completion_forecast":
        return value < FULL
    if INDICATORS[indicator].unit == "points":
        return value < 0 if rule == "low" else value > 0
    return value > 0


def unpaid(persons: Figure, amount: Figure) -> list[Child]:
    """丙县312人未按时到账，涉及108.40万元; once everything was paid, that it was."""
    if not amount.value or amount.value < 0:
        return [_("待遇已按时足额发放")]
    owed = Strong(display.printed(amount, "wan"))
    if persons.value is None:
        return sentence(N_("待遇未按时足额发放，涉及{amount}万元"), amount=owed)
    count = Strong(display.printed(persons))
    return sentence(N_("{persons}人待遇未按时到账，涉及{amount}万元"), persons=count, amount=owed)
