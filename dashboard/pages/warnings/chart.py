"""为什么预警: the values of a warning's subject over two years among its limits, as chart and table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dashboard.charts.events import mark
from dashboard.charts.graph import Chart
from dashboard.charts.limits import Line, Point, limit_chart
from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.charts.theme import Figure, Palette
from dashboard.components.level import LONG
from dashboard.components.table import Column, Kind, Row, Table
from dashboard.pages.warnings.words import limit_words, trimmed_number
from dashboard.site import annotating
from dashboard.site.reading import Reading
from dashboard.words import display, figures, headlines
from dashboard.words.wording import N_, _, bracketed, name_of
from rules.alerts.condition import Gap
from rules.alerts.threshold import Level
from rules.indicators import INDICATORS
from rules.month import Month
from workflows.warnings.alerts import Subject
from workflows.warnings.standing import Standing, subject_series

LIVE_POINTS = 120
# What the chart's title says of an indicator whose name is not what it shows.
MEASURED = {
    "premium_deviation": N_("征缴进度较历史同期"),
    "income_deviation": N_("收入进度较历史同期"),
    "expenditure_deviation": N_("支出进度较历史同期"),
}


def why_chart(reading: Reading, standing: Standing) -> Chart:
    """The chart of one warning's subject; from January of last year, or the newest versions of a live value."""
    subject, limits = standing.subject, standing.limits
    shown = judged(reading, standing)
    levels = dict(standing.levels)
    points = [_point(subject, place, shown, levels) for place in range(len(shown))]
    code, lines = subject.indicator, []
    if limits is not None:
        lines = [
            Line(limit.level, _drawn(code, limit.at), trimmed_number(code, limit.at), limit_words(code, limit))
            for limit in limits.limits
        ]
    lower = subject.rule == "low"
    happened = annotating.events(reading, months_of(shown), subject.region)

    def draw(colours: Palette) -> Figure:
        drawn = limit_chart(points, lines, colours, lower_is_worse=lower)
        mark(drawn["layout"], happened, len(shown), colours)
        return drawn

    title = _(MEASURED[code]) if code in MEASURED else name_of(INDICATORS[code])
    span = display.span(points[0].name, points[-1].name) if points else ""
    table = _table(reading, subject, title, shown, levels)
    drawn = table.rows[::-1]
    at_level = {place: levels[period] for place, (period, _value) in enumerate(shown) if levels.get(period)}
    known = [] if limits is None else [(limit.level, limit.at, limit_words(code, limit)) for limit in limits.limits]
    lying = [Limit(level, _in_unit(code, at), words) for level, at, words in known]
    plot = Plot(table, "period", drawn, (Mark("value", "line", "accent"),), lying, at_level, events=happened)
    place = name_of(reading.tree.region(subject.region))
    told = headlines.judged(plot, place, title, figures.unit(code), "value")
    return Chart("why", title, figures.unit(code), span, draw, table, plot, headline=told)


def judged(reading: Reading, standing: Standing) -> list[tuple[str, Decimal | None]]:
    """The periods that the chart shows, up to the last one judged, with None where there was no value."""
    version = reading.published.version
    series = [] if version is None else reading.ask(subject_series, standing.subject, version)
    until = standing.period
    found = [
        (at, None if isinstance(seen, Gap) else seen) for at, seen in series if at <= until and seen is not Gap.NOT_DUE
    ]
    month = Month.parse(until)
    if month is None:
        return found[-LIVE_POINTS:]
    first = f"{Month(month).year - 1}-01"
    return [pair for pair in found if pair[0] >= first]


def months_of(shown: Sequence[tuple[str, Decimal | None]]) -> list[int]:
    """The months of the periods shown; none where they are versions of a live value."""
    months = [Month.parse(period) for period, _value in shown]
    return [month for month in months if month is not None]


def _in_unit(code: str, value: Decimal) -> Decimal:
    """A value in the unit in which the chart is drawn: an amount, kept in yuan, in the reader's unit of tables."""
    return value * 100 / display.fen_in("yi") if INDICATORS[code].unit == "yuan" else value


def _drawn(code: str, value: Decimal) -> float:
    return float(_in_unit(code, value))


def _point(
    subject: Subject, place: int, shown: Sequence[tuple[str, Decimal | None]], levels: dict[str, Level]
) -> Point:
    period, value = shown[place]
    month, code = Month.parse(period), subject.indicator
    words = figures.shown(code, value)
    drawn = None if value is None else _drawn(code, value)
    level = levels.get(period, Level.NONE)
    if month is None:
        first = place == 0 or shown[place - 1][0][:10] != period[:10]
        name = day_of(period)
        spaced = len(shown) <= 8 or place % (len(shown) // 6) == 0 or place == len(shown) - 1
        return Point(name, drawn, words, level, name if first and spaced else "")
    begins = Month(month).number == 1
    tick = display.month_name(month) if begins or place == 0 else ""
    if not tick and (Month(month).number == 7 or place == len(shown) - 1):
        tick = display.short_month(month)
    earlier = dict(shown).get(Month(month - 100).iso)
    before = None if earlier is None else figures.shown(code, earlier)
    return Point(display.short_month(month), drawn, words, level, tick, begins, before)


def day_of(period: str) -> str:
    """``2026-11-20T10:15`` as 11月20日."""
    from datetime import date

    return display.short_day(date.fromisoformat(period[:10]))


def _table(
    reading: Reading,
    subject: Subject,
    title: str,
    shown: Sequence[tuple[str, Decimal | None]],
    levels: dict[str, Level],
) -> Table:
    code, indicator = subject.indicator, INDICATORS[subject.indicator]
    kind: Kind = "money" if indicator.unit == "yuan" else "number"
    signed = indicator.unit == "points"
    columns = (
        Column("period", _("期间")),
        Column("value", title + bracketed(figures.unit(code)), kind, places=indicator.scale, signed=signed),
        Column("level", _("预警")),
    )
    rows = []
    for period, value in reversed(shown):
        month, level = Month.parse(period), levels.get(period, Level.NONE)
        name = display.month_name(month) if month is not None else period.replace("T", " ")
        said = _(LONG[level]) if level else ""
        figure = figures.observed(reading, code, subject.region, subject.part, period, value)
        rows.append(Row({"period": name, "value": figure, "level": said}))
    return Table("why", title, columns, rows, place=name_of(reading.tree.region(subject.region)))
