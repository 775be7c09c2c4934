"""储备金与收支平衡费率: of the work injury, what the provincial reserve must hold and at what rate each year breaks even."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Cell, Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.outlook.reading import PATH, Course, Outlook
from dashboard.pages.outlook.years import course_name
from dashboard.site.reading import Reading
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _
from rules import break_even_rate
from rules.money import FEN_PER_YUAN, round_half_up
from rules.month import Month
from rules.movements import Account
from rules.projection.flows import of_year
from workflows.outlook.runs import present_rate

CODE, FUND = "reserve", "work_injury"


@dataclass(frozen=True, slots=True)
class ReserveYear:
    """A year: what the reserve must hold, what is to be added to it, the case of the rate that covers all of it and the
    rate, as a ratio; ``rate`` None without a wage base."""

    year: int
    reserve_fen: int
    addition_fen: int
    case: break_even_rate.Case | None
    rate: Decimal | None


def reserve_years(reading: Reading, found: Outlook, course: Course) -> list[ReserveYear]:
    """Year by year, from the reserve at the base year's end; empty where there is no reserve by the document."""
    scheme = reading.scheme
    if scheme.fund != FUND or "reserve_ratio" not in scheme.parameters:
        return []
    share = Decimal(str(scheme.parameter("reserve_ratio", reading.today).value))
    facts = reading.running.snapshot.facts
    at = facts.index(Month.at(found.first_year - 1, 12))
    reserve, made = int(facts.account(reading.tree.root, Account.RESERVE)[at]), []
    rate = present_rate(course.case)
    for number, (one, flow) in enumerate(zip(course.years, course.result.years, strict=True)):
        addition = break_even_rate.reserve_addition(one.expenditure_fen, reserve, share)
        reserve += addition
        collection = of_year(course.case.assumptions.collection, number)
        premium = Fraction(flow.premium_yuan) * FEN_PER_YUAN
        due = Fraction(rate) * Fraction(collection)
        base = round_half_up(premium / due) if due else 0
        case = None
        if base > 0:
            other = one.income_fen - round_half_up(premium) + one.interest_fen
            case = break_even_rate.Case(one.expenditure_fen, base, addition, max(0, other), collection)
        solved = None if case is None else break_even_rate.calculate(case).rate
        made.append(ReserveYear(one.year, reserve, addition, case, solved))
    return made


def first(found: Outlook, every: Sequence[ReserveYear]) -> list[Child]:
    """；储备金须由1.20增至1.85亿元，收支平衡费率由0.72%到0.80%: behind how long the money lasts."""
    begin, end = every[0], every[-1]
    if begin.rate is None or end.rate is None:
        return []
    return sentence(
        N_("；储备金须达到{reserve}亿元，收支平衡费率由{begin}%到{end}%，现行{rate}%"),
        reserve=Strong(found.printed("reserve", end.reserve_fen, year=end.year)),
        begin=found.printed("break_even_rate", begin.rate * 100, year=begin.year),
        end=Strong(found.printed("break_even_rate", end.rate * 100, year=end.year)),
        rate=found.printed("rate", present_rate(found.mid.case) * 100),
    )


def cells(found: Outlook, every: Sequence[ReserveYear]) -> list[Cell]:
    """Of the six figures those that are of the work injury."""
    begin, end = every[0], every[-1]
    present = Strong(found.printed("rate", present_rate(found.mid.case) * 100))
    added = sum(one.addition_fen for one in every)
    return [
        Cell(
            _("收支平衡费率（{year}年）", year=end.year),
            _rate(found, end),
            "%",
            None,
            [
                sentence(N_("{year}年 {rate}%"), year=str(begin.year), rate=Strong(_rate(found, begin))),
                sentence(N_("现行平均 {rate}%"), rate=present),
            ],
        ),
        Cell(
            _("储备金规模（{year}年）", year=end.year),
            found.printed("reserve", end.reserve_fen, year=end.year),
            _("亿元"),
            None,
            [
                sentence(
                    N_("{year}年 {amount}"),
                    year=str(begin.year),
                    amount=Strong(found.printed("reserve", begin.reserve_fen, year=begin.year)),
                ),
                sentence(N_("共须增提 {amount}"), amount=Strong(found.printed("reserve_addition", added))),
            ],
        ),
    ]


def _rate(found: Outlook, one: ReserveYear) -> Printed:
    return found.printed("break_even_rate", None if one.rate is None else one.rate * 100, year=one.year)


def reserve_table(reading: Reading, found: Outlook) -> Table | None:
    """The years of the projection shown; None of another fund."""
    course = found.shown
    every = reserve_years(reading, found, course)
    if not every:
        return None
    columns = (
        Column("year", _("年度")),
        Column("expenditure", _("支出"), "money", what="outlook.expenditure"),
        Column("reserve", _("储备金应有规模"), "money", what="outlook.reserve"),
        Column("addition", _("当年增提"), "money", what="outlook.reserve_addition"),
        Column("base", _("缴费工资总额"), "money", what="outlook.wage_base"),
        Column("other", _("其他收入 含利息"), "money", what="outlook.other_income"),
        Column("rate", _("收支平衡费率（%）"), "number", places=3, what="outlook.break_even_rate", className="strong"),
    )
    rows = [
        Row(
            {
                "year": str(one.year),
                "expenditure": year.expenditure_fen,
                "reserve": one.reserve_fen,
                "addition": one.addition_fen,
                "base": None if one.case is None else one.case.wage_base_fen,
                "other": None if one.case is None else one.case.other_income_fen,
                "rate": None if one.rate is None else one.rate * 100,
            },
            part=course.part,
            period=str(one.year),
        )
        for one, year in zip(every, course.years, strict=True)
    ]
    title = _("储备金与收支平衡费率（{name}）", name=course_name(found))
    return Table(CODE, title, columns, rows, about=found.about, of_now=True)


def section(reading: Reading, found: Outlook) -> list[Component]:
    table = reserve_table(reading, found)
    if table is None:
        return []
    foot = _("收支平衡费率＝（支出＋当年增提储备金−其他收入）÷（缴费工资总额×征缴率）；储备金按年支出的规定比例。")
    shown = parts.section(
        _("储备金与收支平衡费率"),
        html.Div(html_table(table), className="scroll"),
        note=_("亿元 · {name}", name=course_name(found)),
        actions=[frame.exports(PATH, CODE, reading.view)],
        foot=foot,
        className="years",
    )
    return [shown]
