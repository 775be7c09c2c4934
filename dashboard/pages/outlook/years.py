"""逐年: persons and money of each year of the projection shown; the first beside what the ledger lets expect; the back-test."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, cell, html_table
from dashboard.pages.outlook.pressures import shock_words
from dashboard.pages.outlook.reading import PATH, PERSONS, Course, Outlook, YearShown
from dashboard.site.reading import Reading
from dashboard.words import display, expected
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _
from data_access.books.outlook.results import HIGH, LOW, MID
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL

CODE, ALL = "years", "all"
# Shown unless all are asked for: so many years, then every so many-th.
WHOLE, EVERY = 11, 5
# What makes a closing balance.
PLUS, MINUS = ("opening", "income", "interest"), ("expenditure",)
# What the fund earns by itself, which the projection reckons apart.
EARNED = ("interest", "investment")
NAMES = {LOW: N_("低方案"), MID: N_("中方案"), HIGH: N_("高方案")}


def course_name(found: Outlook) -> str:
    """What the projection shown is called: 中方案, or the shock that it is under."""
    said = _(NAMES[found.variant])
    if found.shock is not None:
        said = _("中方案，{shock}", shock=shock_words(found.shock))
    return said if found.reform is not False else _("{name}，不延迟退休", name=said)


def section(reading: Reading, found: Outlook) -> Component:
    every = reading.view.show == ALL
    table = year_table(reading, found, every=every)
    more: Child = ""
    if every:
        more = html.A(_("收起"), href=reading.view.href(show=""))
    elif len(table.rows) < len(found.shown.years):
        more = html.A(_("展开全部{count}年", count=len(found.shown.years)), href=reading.view.href(show=ALL))
    note = _("亿元 · {name}；年初结余＋收入＋利息−支出＝年末结余", name=course_name(found))
    below: list[Component] = [
        html.Div(line, className="foot") for line in (table.note, first_year(reading, found)) if line
    ]
    below.append(html.Div([html.Span(backtest(found)), html.Span(more, className="right")], className="foot ends"))
    return parts.section(
        _("逐年"),
        [html.Div(html_table(table), className="scroll"), *below],
        note=note,
        actions=[_variants(reading, found), frame.exports(PATH, CODE, reading.view)],
        className="years by-year",
    )


def _variants(reading: Reading, found: Outlook) -> Component:
    chosen = "" if found.shock else found.variant
    options = [
        (_(name), reading.view.href(variant="" if code == MID else code, shock="", item=""), code == chosen)
        for code, name in NAMES.items()
    ]
    return parts.segment(options, label=_("测算方案"), small=True, numbered=True)


def chosen(course: Course, *, every: bool) -> list[YearShown]:
    """The years of the table: the first eleven, then every fifth, those around exhaustion, and the last; or all."""
    at = course.exhausted.year if course.exhausted else None
    last = course.years[-1].year
    return [
        one
        for number, one in enumerate(course.years)
        if every
        or number < WHOLE
        or one.year % EVERY == 0
        or one.year == last
        or (at is not None and at - 1 <= one.year <= at)
    ]


def year_table(reading: Reading, found: Outlook, *, every: bool = True) -> Table:
    """The years of the projection shown, as the page has them or for files all of them."""
    course = found.shown
    columns = (
        Column("year", _("年度")),
        Column("contributors", _("缴费 万人"), "number", places=1, what="outlook.contributors"),
        Column("retirees", _("领取 万人"), "number", places=1, what="outlook.retirees"),
        *([Column("support", _("抚养比"), "number", what="outlook.support")] if found.supported else []),
        Column("opening", _("年初 结余"), "money", what="outlook.opening"),
        Column("income", _("收入 不含利息"), "money", what="outlook.income"),
        Column("interest", _("利息"), "money", what="outlook.interest"),
        Column("expenditure", _("支出"), "money", what="outlook.expenditure"),
        Column("result", _("当年收支"), "money", what="outlook.result"),
        Column("closing", _("年末结余"), "money", what="outlook.closing", className="strong"),
        Column("months", _("可支付 月数"), "number", places=1, what="outlook.months_payable"),
    )
    rows = [_row(found, course, one) for one in chosen(course, every=every)]
    table = Table(
        CODE,
        _("逐年（{name}）", name=course_name(found)),
        columns,
        rows,
        about=found.about,
        of_now=True,
        period=display.span(_("{year}年", year=found.first_year), _("{year}年", year=found.last_year)),
    )
    return replace(table, note=_rounded(table))


def _rounded(table: Table) -> str:
    """分项四舍五入，相差0.01: that some row does not add up as it is read, which to the fen it does; "" where all do."""
    columns = {column.key: column for column in table.columns}

    def read(row: Row, *keys: str) -> list[Printed]:
        return [one for key in keys if isinstance(one := cell(table, columns[key], row), Printed)]

    notes = (display.rounding_note(read(row, *PLUS), read(row, *MINUS), *read(row, "closing")) for row in table.rows)
    return next((note for note in notes if note), "")


def _row(found: Outlook, course: Course, one: YearShown) -> Row:
    used_up = course.exhausted is not None and course.exhausted.year == one.year
    name = str(one.year)
    if used_up:
        name = _("{year} 用尽", year=one.year)
    elif one.year == found.first_year:
        name = _("{year}（本年）", year=one.year)
    values = {
        "year": name,
        "contributors": one.contributors / PERSONS,
        "retirees": one.retirees / PERSONS,
        "support": one.support,
        "opening": one.opening_fen,
        "income": one.income_fen,
        "interest": one.interest_fen,
        "expenditure": one.expenditure_fen,
        "result": one.income_fen - one.expenditure_fen,
        "closing": one.closing_fen,
        "months": None if one.closing_fen < 0 else one.months_payable,
    }
    return Row(values, part=course.part, period=str(one.year), style="used-up" if used_up else "")


# --- beside what is booked


def first_year(reading: Reading, found: Outlook) -> list[Child]:
    """2026年测算收入…，按账（1—10月实际＋后2月预计）…，差…%；支出…: the projection beside the ledger and its forecast."""
    course, booked = found.mid, _booked(reading, found)
    if booked is None:
        return []
    one, said = course.years[0], list[Child]()
    projected = {"income": one.income_fen, "expenditure": one.expenditure_fen}
    for side, fen in booked.items():
        if not fen:
            return []
        off = Fraction((projected[side] - fen) * 100, fen)
        text = (
            N_("{year}年测算收入 {projected}，按账全年预计 {booked}，差 {off}%")
            if side == "income"
            else N_("；测算支出 {projected}，按账全年预计 {booked}，差 {off}%")
        )
        said += sentence(
            text,
            year=str(one.year),
            projected=Strong(found.printed(side, projected[side], year=one.year)),
            booked=found.printed("booked", fen, side, one.year),
            off=Strong(found.printed("off", off, f"{course.part}.{side}", one.year, signed=True)),
        )
    return [*said, _("（已记账月份实际数加其余月份预计，收入不含利息和投资收益）。")]


def _booked(reading: Reading, found: Outlook) -> dict[str, int] | None:
    """Income, without what the fund earns by itself, and expenditure of the running year, as the ledger and the forecast of
    the months to come let expect; None where they do not speak of the first year projected."""
    root, running = reading.tree.root, reading.running
    if running.snapshot.month is None:
        return None
    known = expected.forecasts(reading, [root])
    totals: dict[str, int] = {}
    for line in (INCOME_TOTAL, EXPENDITURE_TOTAL, *EARNED):
        year = expected.year(reading, known, root, line)
        if year is None and line in EARNED:
            continue
        if year is None or year.forecast.last // 100 != found.first_year:
            return None
        totals[line] = year.total
    income = totals[INCOME_TOTAL] - sum(totals.get(line, 0) for line in EARNED)
    return {"income": income, "expenditure": totals[EXPENDITURE_TOTAL]}


def backtest(found: Outlook) -> list[Child]:
    """回测：用2022年底数据测算2025年末结余 …，实际 …，高 0.63%。"""
    looked_back = found.backtest
    if looked_back is None:
        return [_("回测：没有足够早的数据。")]
    actual = found.mid.case.opening_fen
    year = looked_back.year(found.first_year - 1)
    if year is None or actual <= 0:
        return [_("回测：没有足够早的数据。")]
    off = Fraction((year.closing_fen - actual) * 100, actual)
    printed = display.printed(found.figure("backtest_off", off, looked_back.part, year.year), absolute=True)
    text = (
        N_("回测：用{then}年底数据测算{year}年末结余 {projected}，实际 {actual}，高 {off}%。")
        if off >= 0
        else N_("回测：用{then}年底数据测算{year}年末结余 {projected}，实际 {actual}，低 {off}%。")
    )
    return sentence(
        text,
        then=str(looked_back.case.base_year),
        year=str(year.year),
        projected=Strong(found.printed("backtest", year.closing_fen, looked_back.part, year.year)),
        actual=Strong(found.printed("backtest_actual", actual, looked_back.part, year.year)),
        off=Strong(printed),
    )
