"""The trend on 总览: the province's month-end balance with what is expected, a city's income and expenditure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dashboard.charts import series
from dashboard.charts.balance import balance
from dashboard.charts.graph import Chart
from dashboard.charts.plot import Mark, Plot
from dashboard.charts.theme import Figure, Palette
from dashboard.components.table import Column, Row, Table
from dashboard.site import annotating
from dashboard.site.reading import Reading
from dashboard.words import display, expected, figures, headlines
from dashboard.words.wording import _
from rules.forecast import BalanceAhead

TREND_MONTHS = 36
RECENT = 14  # months of a city's chart


def trend(reading: Reading, shown: int = TREND_MONTHS) -> Chart:
    """累计结余 of the province over three years (or the last months ``shown``) and the twelve months expected; of a city
    its income and expenditure."""
    facts, at = reading.snapshot.facts, reading.snapshot.at
    first = max(0, at - shown + 1)
    months = facts.months[first : at + 1]
    income = [int(fen) for fen in facts.income(reading.region)[first : at + 1]]
    spent = [int(fen) for fen in facts.expenditure(reading.region)[first : at + 1]]
    balances = [int(fen) for fen in facts.result_balance(reading.region)[first : at + 1]]
    rows = [
        Row(
            {
                "month": display.month_name(month),
                "income": income[i],
                "spent": spent[i],
                "change": income[i] - spent[i],
                "balance": balances[i],
            },
            period=display.period_month(month),
        )
        for i, month in enumerate(months)
    ]
    columns = [
        Column("month", _("月份")),
        Column("income", _("收入"), "money", what="month:income_total"),
        Column("spent", _("支出"), "money", what="month:expenditure_total"),
    ]
    span = display.span(display.month_name(months[0]), display.month_name(months[-1]))
    if reading.is_province and facts.opened:
        return _balances(reading, months, rows, columns, span)
    return _flows(reading, months, rows, columns, span)


def _balances(
    reading: Reading, months: Sequence[int], rows: Sequence[Row], columns: Sequence[Column], span: str
) -> Chart:
    payable = figures.history(reading, "months_payable", months)
    under = [_payable(found, first=place == 0) for place, found in enumerate(payable)]
    coming = [one for one in expected.balances(reading) if one.month > months[-1]]
    under += [None] * (len(coming) - 1) + [expected.months_payable(reading)] if coming else []
    ahead = _coming_rows(reading, coming)
    happened = annotating.events(reading, [*months, *(one.month for one in coming)])
    columns = [
        *columns,
        Column("balance", _("月末累计结余"), "money", what="balance_total"),
        Column("low", _("预计下限（80%）"), "money", what="balance.low"),
        Column("high", _("预计上限（80%）"), "money", what="balance.high"),
    ]
    title, drawn = _("累计结余"), [*rows, *ahead]
    table = Table("trend", title, columns, drawn[::-1], about=reading.about)
    before = figures.year_before(reading, reading.snapshot.facts.result_balance(reading.region), len(months))
    edges = (Mark("low", "band", "accent"), Mark("high", "band", "accent"))
    marks = (*edges, Mark("balance", "line", "accent"))
    plot = Plot(table, "month", drawn, marks, expected=len(rows) if ahead else None, events=happened)

    def draw(colours: Palette) -> Figure:
        known = series.Months.of(table, "balance", months, rows, before)
        said = series.Months.of(table, "balance", months, ahead)
        return balance(known, coming, said.said, under, colours, events=happened)

    told = headlines.level(plot, title, _("亿元"), "balance")
    return Chart("trend", title, _("亿元"), span, draw, table, plot, headline=told)


def _flows(reading: Reading, months: Sequence[int], rows: Sequence[Row], columns: Sequence[Column], span: str) -> Chart:
    columns = [*columns, Column("change", _("当月结余"), "money", what="result.month")]
    title, recent = _("收入与支出"), slice(-RECENT, None)
    happened = annotating.events(reading, months[recent])
    table = Table("trend", title, columns, rows[::-1], about=reading.about)
    facts = reading.snapshot.facts
    flows = {"income": facts.income(reading.region), "spent": facts.expenditure(reading.region)}
    before = {key: figures.year_before(reading, fen, len(rows[recent])) for key, fen in flows.items()}
    marks = (Mark("income", "line", "accent"), Mark("spent", "line", "brown"), Mark("change", "bar", "below"))

    def draw(colours: Palette) -> Figure:
        came, went, left = (
            series.Months.of(table, key, months[recent], rows[recent], before.get(key, ()))
            for key in ("income", "spent", "change")
        )
        return series.income_and_expenditure(came, went, left, colours, events=happened)

    plot = Plot(table, "month", rows[recent], marks, events=happened)
    told = headlines.flows(plot, "income", "spent", _("亿元"))
    return Chart("trend", title, _("亿元"), span, draw, table, plot, headline=told)


def _coming_rows(reading: Reading, coming: Sequence[BalanceAhead]) -> list[Row]:
    """The expected months of the table, in order."""
    about = reading.about_now
    return [
        Row(
            {
                "month": _("{month}（预计）", month=display.month_name(one.month)),
                "balance": about.figure("balance.expected", one.mean_fen, period=display.period_month(one.month)),
                "low": about.figure("balance.low", one.low_fen, period=display.period_month(one.month)),
                "high": about.figure("balance.high", one.high_fen, period=display.period_month(one.month)),
            }
        )
        for one in coming
    ]


def _payable(found: Decimal | None, *, first: bool) -> str | None:
    """Months payable written under the axis: in words at the first month, then the number alone."""
    if found is None:
        return None
    number = display.number(found, 1)
    return _("可支付{months}个月", months=number) if first else number
