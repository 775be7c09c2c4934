"""Charts over months: income against expenditure with the monthly result, bars of one item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.charts.events import mark
from dashboard.charts.theme import Figure, Palette, layout
from dashboard.components.table import Row, Table, cell, raw
from dashboard.words import display
from dashboard.words.wording import _
from rules.month import Month

NONE: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class Months:
    """Amounts in fen over months, and how each is ``said``: as the column ``key`` of the chart's table prints it; ``before``:
    what each was a year earlier, in words, None where that is not known."""

    months: Sequence[int]
    amounts: Sequence[int | None]
    said: Sequence[str]
    key: str = ""
    before: Sequence[str | None] = ()

    @classmethod
    def of(
        cls, table: Table, key: str, months: Sequence[int], rows: Sequence[Row], before: Sequence[str | None] = ()
    ) -> Months:
        """A column of a chart's table; ``rows`` are those of the months."""
        column = next(one for one in table.columns if one.key == key)
        amounts = [raw(row.values.get(key)) for row in rows]
        return cls(months, amounts, [cell(table, column, row) for row in rows], key, before)

    def drawn(self, unit: str = "yi") -> list[float | None]:
        return [None if fen is None else display.axis_value(int(fen), unit) for fen in self.amounts]


def year_before(line: Figure, before: Sequence[str | None]) -> None:
    """What a value was a year earlier, under it where the pointer rests."""
    if any(before):
        line["hovertext"] = [f"<br>{_('上年同期')} {said}" if said else "" for said in before]
        line["hovertemplate"] = line["hovertemplate"].replace("<extra>", "%{hovertext}<extra>")


def end_label(text: str, x: int, y: float | None, *, shift: int = 0, colour: str) -> Figure:
    return {
        "x": x,
        "y": y,
        "text": text,
        "xanchor": "left",
        "xshift": 8,
        "yshift": shift,
        "showarrow": False,
        "align": "left",
        "font": {"color": colour, "size": 12},
    }


def month_line(name: str, series: Months, colour: str, unit: str, width: float = 2) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(range(len(series.months))),
        "y": series.drawn(unit),
        "customdata": list(series.said),
        "meta": series.key,
        "line": {"color": colour, "width": width},
        "hovertemplate": f"{name} %{{customdata}}<extra></extra>",
    }


def point(x: int, y: float | None, colour: str, background: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x],
        "y": [y],
        "marker": {"color": colour, "size": 7, "line": {"color": background, "width": 1.5}},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def linear(figure_layout: Figure, count: int, ticks: Sequence[int], texts: Sequence[str]) -> None:
    """Months sit at 0, 1, 2 …: the axis is linear and named where asked."""
    figure_layout["xaxis"] = figure_layout["xaxis"] | {
        "type": "linear",
        "tickmode": "array",
        "tickvals": list(ticks),
        "ticktext": list(texts),
        "range": [-0.4, count - 0.6],
        "hoverformat": "",
        "unifiedhovertitle": {"text": "%{x}"},
    }


def hover_months(shape: Figure) -> None:
    shape["hovermode"] = "closest"


def income_and_expenditure(
    income: Months, expenditure: Months, result: Months, colours: Palette, *, events: Mapping[int, str] = NONE
) -> Figure:
    """Two lines, and below them the monthly result as bars on the same months; ends are labelled, no second axis."""
    count = len(income.months)
    last = count - 1
    shape = layout(colours, right=92, bottom=26)
    shape["hovermode"] = "closest"
    ticks = list(range(count)) if count <= 14 else list(range(last % 3, count, 3))
    words = [
        display.short_month(income.months[index]) if place == 0 else str(Month(income.months[index]).number)
        for place, index in enumerate(ticks)
    ]
    linear(shape, count, ticks, words)
    shape["xaxis"]["anchor"] = "y2"
    shape["yaxis"] = shape["yaxis"] | {"domain": [0.34, 1]}
    shape["yaxis2"] = shape["yaxis"] | {
        "domain": [0, 0.24],
        "nticks": 3,
        "zeroline": True,
        "zerolinecolor": colours.line_2,
    }
    lines = []
    for name, series, colour in ((_("收入"), income, colours.accent), (_("支出"), expenditure, colours.brown)):
        line = month_line(name, series, colour, "yi")
        line["text"] = [display.month_name(month) for month in series.months]
        line["hovertemplate"] = f"%{{text}}<br>{name} %{{customdata}}<extra></extra>"
        year_before(line, series.before)
        lines.append(line)
    bars = {
        "type": "bar",
        "x": list(range(count)),
        "y": result.drawn(),
        "yaxis": "y2",
        "customdata": list(result.said),
        "meta": result.key,
        "text": [display.month_name(month) for month in result.months],
        "textposition": "none",
        "marker": {"color": [colours.mid if (fen or 0) >= 0 else colours.below for fen in result.amounts]},
        "hovertemplate": f"%{{text}}<br>{_('当月结余')} %{{customdata}}<extra></extra>",
    }
    under = {
        "text": _("当月结余"),
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": -40,
        "yref": "paper",
        "y": 0.265,
    }
    caption: Figure = {**under, "showarrow": False, "font": {"size": 12, "color": colours.t3}}
    shape["annotations"] = [*_pair_labels(income, expenditure, last, colours), caption]
    mark(shape, events, count, colours)
    return {"data": [*lines, bars], "layout": shape}


def _pair_labels(income: Months, expenditure: Months, last: int, colours: Palette) -> list[Figure]:
    if last < 0:
        return []
    ends = [
        (income.drawn()[last], _("收入"), income, colours.accent),
        (expenditure.drawn()[last], _("支出"), expenditure, colours.brown),
    ]
    ends.sort(key=lambda end: -(end[0] or 0))
    return [
        end_label(f"<b>{name} {series.said[last]}</b>", last, value, shift=7 if rank == 0 else -7, colour=colour)
        for rank, (value, name, series, colour) in enumerate(ends)
    ]


def item_months(
    actual: Months,
    plan: Months,
    last_year: Months,
    expected: Months,
    colours: Palette,
    *,
    unit: str = "yi",
    spend: bool = False,
    events: Mapping[int, str] = NONE,
) -> Figure:
    """One item's twelve months of a year: bars, the plan as an ink tick across each, last year as a grey line; what is
    ``expected`` of those to come has a dashed outline."""
    months = list(range(1, 13))
    current = sum(fen is not None for fen in actual.amounts)
    ordinary, strong = (colours.brown_mid, colours.brown) if spend else (colours.mid, colours.accent)
    data: list[Figure] = [
        {
            "type": "bar",
            "x": months,
            "y": actual.drawn(unit),
            "customdata": list(actual.said),
            "meta": actual.key,
            "name": _("实际"),
            "marker": {"color": [strong if number == current else ordinary for number in months]},
            "hovertemplate": f"{_('实际')} %{{customdata}}<extra></extra>",
        }
    ]
    if any(fen is not None for fen in last_year.amounts):
        data.append(month_line(_("上年同期"), last_year, colours.t4, unit, 1.25) | {"x": months})
    if any(fen is not None for fen in plan.amounts):
        data.append(_plan_ticks(plan, unit, colours.ink) | {"x": months})
    shape = layout(colours, right=4, left=38, bottom=20, top=6)
    shape["xaxis"] = shape["xaxis"] | {
        "type": "linear",
        "tickvals": months,
        "ticktext": [str(n) for n in months],
        "range": [0.4, 12.6],
    }
    shape["yaxis"] = shape["yaxis"] | {"rangemode": "tozero", "nticks": 4}
    coming = [(n, fen) for n, fen in zip(months, expected.amounts, strict=True) if fen is not None]
    if coming:
        shape["barmode"] = "overlay"
        data.append(_expected_bars(expected, colours.brown if spend else colours.accent, unit))
        shape["shapes"] = [
            _outline(number, display.axis_value(fen, unit), colours.brown if spend else colours.accent)
            for number, fen in coming
        ]
    mark(shape, events, len(months), colours, first=1)
    return {"data": data, "layout": shape}


def _plan_ticks(plan: Months, unit: str, colour: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "y": plan.drawn(unit),
        "name": _("计划"),
        "customdata": list(plan.said),
        "meta": plan.key,
        "hovertemplate": f"{_('计划')} %{{customdata}}<extra></extra>",
        "marker": {"symbol": "line-ew", "size": 20, "line": {"color": colour, "width": 1.5}},
    }


def _expected_bars(expected: Months, colour: str, unit: str) -> Figure:
    return {
        "type": "bar",
        "x": list(range(1, 13)),
        "name": _("预计"),
        "y": expected.drawn(unit),
        "customdata": list(expected.said),
        "meta": expected.key,
        "marker": {"color": colour, "opacity": 0.12},
        "hovertemplate": f"{_('预计')} %{{customdata}}<extra></extra>",
    }


def _outline(number: int, height: float, colour: str) -> Figure:
    """Bars have no dashed outline of their own."""
    half = 0.28
    return {
        "type": "rect",
        "x0": number - half,
        "x1": number + half,
        "y0": 0,
        "y1": height,
        "line": {"color": colour, "width": 1, "dash": "4px,3px"},
    }


def small_line(
    months: Sequence[int],
    colours: Palette,
    *,
    said: Sequence[str],
    values: Sequence[float | None],
    before: Sequence[str | None] = (),
    days: Sequence[str] | None = None,
    events: Mapping[int, str] = NONE,
) -> Figure:
    """Twelve periods in a drawer: a line, first and last month named, the last value at its point.

    ``days`` are the names of periods that are days instead of months.
    """
    last, drawn = len(months) - 1, list(values)
    shape = layout(colours, right=70, left=44, bottom=22, top=8)
    shape["hovermode"] = "closest"
    ends = sorted({0, last}) if last >= 0 else []
    short = days or [display.short_month(month) for month in months]
    linear(shape, len(months), ends, [short[index] for index in ends])
    shape["yaxis"] = shape["yaxis"] | {"nticks": 3}
    line: Figure = {
        "type": "scatter",
        "mode": "lines",
        "x": list(range(len(drawn))),
        "y": drawn,
        "customdata": list(said),
        "text": days or [display.month_name(month) for month in months],
        "line": {"color": colours.accent, "width": 2},
        "hovertemplate": "%{text}<br>%{customdata}<extra></extra>",
    }
    year_before(line, before)
    if last >= 0:
        shape["annotations"] = [end_label(f"<b>{said[last]}</b>", last, drawn[last], colour=colours.ink)]
    mark(shape, events, len(months), colours)
    return {
        "data": [line, point(last, drawn[last], colours.accent, colours.background)] if drawn else [],
        "layout": shape,
    }


def beside_last_year(
    now: Months, before: Months | None, colours: Palette, *, events: Mapping[int, str] = NONE
) -> Figure:
    """A year's cumulative amount: this year in the accent colour, last year as a thin grey line; both labelled at their end."""
    last = len(now.months) - 1
    shape = layout(colours, right=104, bottom=26)
    linear(shape, len(now.months), range(last + 1), [display.short_month(month) for month in now.months])
    hover_months(shape)
    drawn = []
    labels = []
    # The higher line has the higher name.
    behind = before is not None and (before.amounts[last] or 0) > (now.amounts[last] or 0)
    up = -1 if behind else 1
    for name, series, colour, width, shift in (
        (_("上年同期"), before, colours.t4, 1.25, -9),
        (_("本年"), now, colours.accent, 2.0, 9),
    ):
        if series is None:
            continue
        line = month_line(name, series, colour, "yi", width)
        line["text"] = [display.month_name(month) for month in series.months]
        line["hovertemplate"] = f"%{{text}}<br>{name} %{{customdata}}<extra></extra>"
        year_before(line, before.said if before is not None and series is now else ())
        drawn.append(line)
        label = f"{name} {series.said[last]}"
        labels.append(end_label(label, last, series.drawn()[last], shift=shift * up, colour=colours.t3))
    shape["annotations"] = labels
    mark(shape, events, len(now.months), colours)
    return {"data": [*drawn, point(last, now.drawn()[last], colours.accent, colours.background)], "layout": shape}
