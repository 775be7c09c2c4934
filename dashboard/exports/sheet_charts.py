"""A ``Plot`` as a chart that the spreadsheet itself draws from the cells beside it, and that its reader may change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import floor, log10
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from dashboard.charts.plot import Mark, Plot
from dashboard.charts.theme import LIGHT
from dashboard.components.level import LONG, PLOT_LIGHT, PLOT_MARKS
from dashboard.components.table import Table, cell
from dashboard.exports.blocks import Picture
from dashboard.exports.office.drawn import Series, drawn
from dashboard.exports.office.workbook import number_format
from dashboard.words import display
from dashboard.words.wording import _
from rules.alerts.threshold import Level

WIDTH, HEIGHT = 760, 400
# More bars are too narrow for a number over each.
MOST_LABELS = 20
FONT = {"name": "微软雅黑", "size": 9, "color": LIGHT.t3}
SHAPES = {Level.BLUE: "circle", Level.YELLOW: "diamond", Level.ORANGE: "triangle", Level.RED: "square"}


@dataclass(frozen=True, slots=True)
class Lines:
    """Where on its sheet a chart's rows stand; ``helpers``: what stands beside them, and in which columns."""

    sheet: str
    head: int
    first: int
    count: int
    helpers: list[tuple[Series, int]] = field(default_factory=list)

    def named(self, at: int) -> list[Any]:
        return [self.sheet, self.head, at]

    def of(self, at: int, count: int | None = None) -> list[Any]:
        """The cells of a column, all or the first ones."""
        return [self.sheet, self.first, at, self.first + (self.count if count is None else count) - 1, at]


def level_name(level: Level) -> str:
    return _(LONG[level])


def helpers(plot: Plot) -> list[Series]:
    """What is drawn and stands in no column of the table: what of a line is expected, its values at each level, limits."""
    every = drawn(plot).series
    at_levels = [
        replace(one, name=level_name(level), level=level, values=_only(one, level))
        for one in every
        if one.kind == "line"
        for level in sorted(set(one.levels.values()))
    ]
    return [*(one for one in every if one.ahead), *at_levels, *(one for one in every if one.kind == "limit")]


def _only(series: Series, level: Level) -> list[Decimal | None]:
    return [value if series.levels.get(place) is level else None for place, value in enumerate(series.values)]


def insert(
    book: Workbook,
    sheet: Worksheet,
    picture: Picture,
    lines: Lines,
    column: int,
) -> None:
    """Draw a picture's plot on its sheet, right of the data."""
    plot, table = picture.plot, picture.plot.table
    bars = [mark for mark in plot.marks if mark.kind == "bar"]
    chart = book.add_chart({"type": "column" if bars else "line"})
    others = chart
    if bars:
        for mark in bars:
            chart.add_series(_bar(plot, mark, lines))
        others = book.add_chart({"type": "line"})
    others_drawn = [_line(plot, mark, lines) for mark in plot.marks if mark.kind != "bar"] + _beside(plot, lines)
    for series in others_drawn:
        others.add_series(series)
    if bars and others_drawn:
        chart.combine(others)
    first = next(one for one in table.columns if one.key == plot.marks[0].column)
    form = number_format(0 if first.kind == "money" else min(first.places, 1), signed=first.signed)
    chart.set_title({"name": [lines.sheet, 0, 0], "name_font": {**FONT, "size": 12, "bold": True, "color": LIGHT.ink}})
    chart.set_x_axis({"label_position": "low", "num_font": FONT, "line": {"color": LIGHT.t4}})
    grid = {"visible": True, "line": {"color": LIGHT.line, "width": 0.75}}
    unit = {"name": picture.unit, "name_font": {**FONT, "bold": False}}
    axis = {"num_format": form, "num_font": FONT, "major_gridlines": grid, "line": {"none": True}, **unit}
    begins = None if bars else _floor(plot)
    chart.set_y_axis(axis if begins is None else axis | {"min": begins})
    single = len(plot.marks) == 1 and not plot.limits and not others_drawn
    chart.set_legend({"none": True} if single else {"position": "bottom", "font": FONT})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    sheet.insert_chart(lines.head, column, chart, {"description": picture.alternative, "object_position": 3})


def _floor(plot: Plot) -> float | None:
    """Where the axis of lines begins that move little and far above zero; None for zero, or where it finds it itself."""
    columns = {column.key: column for column in plot.table.columns}
    said = [cell(plot.table, columns[mark.column], row) for mark in plot.marks for row in plot.rows]
    numbers = [float(display.as_read(text)) for text in said if text not in ("", display.NO_VALUE)]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if low <= 0 or not 0 < high - low < low / 2:
        return None
    step = 10.0 ** floor(log10(high - low))
    return round(floor((low - (high - low) / 2) / step) * step, 6)


def _place(table: Table, key: str) -> int:
    return next(at for at, column in enumerate(table.columns) if column.key == key)


def _series(plot: Plot, mark: Mark, lines: Lines, count: int | None = None) -> dict[str, Any]:
    at = _place(plot.table, mark.column)
    return {
        "name": lines.named(at),
        "categories": lines.of(_place(plot.table, plot.along), count),
        "values": lines.of(at, count),
    }


def _bar(plot: Plot, mark: Mark, lines: Lines) -> dict[str, Any]:
    series, colour = _series(plot, mark, lines), getattr(LIGHT, mark.colour)
    series |= {"gap": 60, "overlap": 100, "fill": {"color": colour}}
    if mark.dashed:
        return series | {"fill": {"none": True}, "border": {"color": colour, "dash_type": "dash"}}
    if plot.levels:
        looks = [PLOT_LIGHT.get(plot.levels.get(place, Level.NONE)) for place in range(len(plot.rows))]
        series["points"] = [look and {"fill": {"color": look.fill}} for look in looks]
    if len(plot.marks) == 1 and len(plot.rows) <= MOST_LABELS:
        column = plot.table.columns[_place(plot.table, mark.column)]
        places = 0 if column.kind == "count" else 2 if column.kind == "money" else column.places
        labels = {"value": True, "num_format": number_format(places, signed=column.signed), "font": FONT}
        # The mark of its level before a bar's number, so that the colour is not alone.
        marked = [
            {"value": f"{PLOT_MARKS[plot.levels[place]]} {cell(plot.table, column, row)}"}
            if plot.levels.get(place)
            else None
            for place, row in enumerate(plot.rows)
        ]
        series["data_labels"] = labels | ({"custom": marked} if any(marked) else {})
    return series


def _line(plot: Plot, mark: Mark, lines: Lines) -> dict[str, Any]:
    """A line up to what is expected; an area's edge is a thin line, a rule across a bar a dash of its own."""
    colour = getattr(LIGHT, mark.colour)
    series = _series(plot, mark, lines, plot.expected if plot.ahead(mark) else None)
    if mark.kind == "tick":
        dash = {"type": "long_dash", "size": 14, "fill": {"color": colour}, "border": {"color": colour}}
        return series | {"line": {"none": True}, "marker": dash}
    thin = mark.kind == "band"
    line = {"color": colour, "width": 0.75 if thin else 2.0}
    if mark.dashed or thin:
        line["dash_type"] = "dash"
    return series | {"line": line, "marker": {"type": "none"}}


def _beside(plot: Plot, lines: Lines) -> list[dict[str, Any]]:
    """The series of the columns beside the table."""
    found = []
    for helper, at in lines.helpers:
        series: dict[str, Any] = {
            "name": lines.named(at),
            "categories": lines.of(_place(plot.table, plot.along)),
            "values": lines.of(at),
        }
        look = PLOT_LIGHT.get(helper.level)
        if look is None:
            line = {"color": getattr(LIGHT, helper.colour), "width": 2.0, "dash_type": "dash"}
            series |= {"line": line, "marker": {"type": "none"}}
        elif helper.kind == "limit":
            series |= {"line": {"color": look.line, "width": 1.25, "dash_type": "round_dot"}}
        else:
            fill, border = {"color": look.fill}, {"color": look.line}
            marker = {"type": SHAPES[helper.level], "size": 8, "fill": fill, "border": border}
            series |= {"line": {"none": True}, "marker": marker}
        found.append(series)
    return found
