"""摘要, 收支和结余, 征缴进度: what came in and went out, drafted from the data."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.components import ranking
from dashboard.components.table import Column, Row, Table
from dashboard.exports.blocks import Block, Grid, Paragraph
from dashboard.exports.pictures import picture_of
from dashboard.pages.briefings.clauses import line, pace, rows_of
from dashboard.pages.briefings.texts import (
    CHANGE,
    RESULT as RESULT_WORDS,
    Text,
    dated,
    joined,
    said,
    sentences,
    turned,
)
from dashboard.pages.budget import lines
from dashboard.pages.overview.ranking import ranked
from dashboard.pages.overview.trend import trend
from dashboard.site.reading import Reading
from dashboard.words import display, expected, figures
from dashboard.words.wording import N_, _, name_of
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL, RESULT, Row as FormRow

NAMED = 3  # of regions that a sentence names


def summary(reading: Reading) -> list[Block]:
    """摘要: the balance, how long it lasts, income and spending against earlier years, who lags, what is expected."""
    month, first = reading.snapshot.month or 0, Text()
    if reading.is_province and reading.snapshot.facts.opened:
        first += said(
            N_("截至{end}，全省累计结余{balance}亿元"),
            end=dated("end", month),
            balance=figures.printed(reading, "balance_total"),
        )
        payable = figures.printed(reading, "months_payable")
        if payable.figure.value is not None:
            first += said(N_("，可支付{months}个月"), months=payable)
        first += [_("。")]
    paces = said(
        N_("{span}收入{income}，支出{spent}。"),
        span=dated("to_date", month),
        income=pace(reading, "income"),
        spent=pace(reading, "expenditure"),
    )
    return [Paragraph(sentences(first, paces, _lagging(reading), _expected_gap(reading)))]


def _lagging(reading: Reading) -> Text:
    """Which of the regions below collect more slowly than in earlier years, the slowest first."""
    slow = figures.slow_to_collect(reading)
    if slow is None:
        return []
    if not slow:
        return [_("所辖地区征缴进度均不低于历史同期。")]
    named = [
        said(
            N_("{region}慢{points}个百分点"),
            region=name_of(reading.tree.region(code)),
            points=figures.printed(reading, "premium_deviation", code, absolute=True),
        )
        for code in slow[:NAMED]
    ]
    return said(N_("{count}个地区征缴慢于历史同期，其中{worst}。"), count=str(len(slow)), worst=joined(named, _("、")))


def _expected_gap(reading: Reading) -> Text:
    gap = figures.figure(reading, "management_gap_forecast", month=expected.last_month(reading))
    return said(N_("按目前进度年底预计形成管理性缺口{amount}亿元。"), amount=display.printed(gap)) if gap.value else []


def balance(reading: Reading) -> list[Block]:
    """收支和结余: the month, the year to date, the balance, the table of both sides and the trend."""
    rows, month = rows_of(reading), reading.snapshot.month or 0
    income, spent = rows[INCOME_TOTAL], rows[EXPENDITURE_TOTAL]
    facts, at = reading.snapshot.facts, reading.snapshot.at
    came, went = (int(series[at]) for series in (facts.income(reading.region), facts.expenditure(reading.region)))
    word, left = turned(reading.about.figure("result.month", came - went), RESULT_WORDS)
    of_month = said(
        N_("{month}当月收入{came}亿元、支出{went}亿元，当期{word}{left}亿元。"),
        month=dated("month", month),
        came=reading.printed("month", came, part=INCOME_TOTAL),
        went=reading.printed("month", went, part=EXPENDITURE_TOTAL),
        word=word,
        left=left,
    )
    to_date = [
        *line(reading, income, "income", N_("{span}累计收入{amount}亿元")),
        _("；"),
        *line(reading, spent, "expenditure", N_("累计支出{amount}亿元")),
        _("。"),
    ]
    made: list[Block] = [Paragraph(of_month), Paragraph(to_date), *_closing(reading, rows)]
    return [*made, Grid(execution(reading, rows)), picture_of(trend(reading))]


def _closing(reading: Reading, rows: Mapping[str, FormRow]) -> list[Block]:
    """The balance as opening and what came and went make it, and how long it lasts twelve months on."""
    if not reading.is_province or not reading.snapshot.facts.opened:
        return []
    facts, at, first = reading.snapshot.facts, reading.snapshot.at, reading.snapshot.year_start
    closing = facts.result_balance(reading.region)
    result = reading.about.figure("result.to_date", rows[RESULT].figures.cumulative)
    word, change = turned(result, CHANGE)
    made = said(
        N_("年初结余{opening}亿元，本年{word}{change}亿元，{end}累计结余{closing}亿元"),
        opening=reading.printed("balance.opening", int(closing[at]) - sum(_net(reading, first, at))),
        word=word,
        change=change,
        end=dated("end", reading.snapshot.month or 0),
        closing=figures.printed(reading, "balance_total"),
    )
    ahead = expected.months_payable(reading)
    made += [] if ahead is None else said(N_("；预计12个月后可支付{months}个月"), months=ahead)
    return [Paragraph([*made, _("。")])]


def _net(reading: Reading, first: int, at: int) -> list[int]:
    facts, region = reading.snapshot.facts, reading.region
    income, spent = facts.income(region)[first : at + 1], facts.expenditure(region)[first : at + 1]
    return [int(came) - int(went) for came, went in zip(income, spent, strict=True)]


def execution(reading: Reading, rows: Mapping[str, FormRow]) -> Table:
    """表: income, expenditure and what is left, to date and beside last year."""
    columns = (
        Column("item", _("项目")),
        Column("done", _("累计"), "money"),
        Column("before", _("上年同期"), "money"),
        Column("growth", _("同比%"), "percent"),
        Column("progress", _("完成预算%"), "percent"),
        Column("ahead", _("较历史同期"), "points", signed=True),
    )
    sides = {INCOME_TOTAL: "income", EXPENDITURE_TOTAL: "expenditure"}
    made = []
    for key, side in sides.items():
        row = rows[key]
        made.append(
            Row(
                {
                    "item": lines.label_of(row),
                    "done": lines.figure(reading, row, "to_date"),
                    "before": lines.figure(reading, row, "to_date.last_year"),
                    "growth": lines.figure(reading, row, "growth"),
                    "progress": lines.figure(reading, row, "progress"),
                    "ahead": figures.progress(reading, side).pace,
                }
            )
        )
    left = rows[RESULT]
    cells = {"item": lines.label_of(left), "growth": None, "progress": None, "ahead": None}
    for name, what in (("done", "to_date"), ("before", "to_date.last_year")):
        cells[name] = lines.figure(reading, left, what)  # type: ignore[assignment]
    made.append(Row(cells, style="sum"))
    return Table("execution", _("收支执行情况"), columns, made, about=reading.about)


def collection(reading: Reading) -> list[Block]:
    """征缴进度: the premium to date, who lags and who leads, the ranking."""
    row = rows_of(reading).get("premium")
    made: list[Block] = []
    if row is not None:
        text = [
            *line(reading, row, "premium", N_("{span}征缴收入{amount}亿元")),
            _("。"),
        ]
        made.append(Paragraph(text))
    order = ranked(reading)
    if not order.places or not reading.sees_siblings:
        return made
    best = [one for one in order.places if one.rank is not None and (one.value or 0) > 0][:NAMED]
    leading = [
        said(
            N_("{region}快{points}个百分点"),
            region=one.name,
            points=figures.printed(reading, "premium_deviation", one.code, absolute=True),
        )
        for one in best
    ]
    fastest = said(N_("进度较快的有{best}。"), best=joined(leading, _("、"))) if leading else []
    if paces := sentences(_lagging(reading), fastest):
        made.append(Paragraph(paces))
    return [*made, Grid(ranking.as_table(order, "ranking"))]
