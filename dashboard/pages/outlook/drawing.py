"""How 累计结余 of 中长期测算 is drawn: the ledger's line, low, mid and high in their band, flags where they are used up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.charts.plot import Colour
from dashboard.charts.theme import Figure, Palette, layout
from dashboard.components.table import Row, Table, cell, raw
from dashboard.pages.outlook.reading import MONTHS, Course, Outlook
from dashboard.words import display
from dashboard.words.wording import _
from data_access.books.outlook.results import HIGH, LOW, MID
from rules.month import Month

LEDGER, OTHER, SHOCK = "ledger", "other", "shock"
DASH = "4px,3px"
# Flags and names nearer than this share of an axis stand apart.
NEAR_FLAGS, NEAR_NAMES = 1 / 34, 1 / 12


@dataclass(frozen=True, slots=True)
class Line:
    """One projection drawn: the column of the table that holds it, what it is called, its colour and width."""

    key: str
    name: str
    course: Course
    colour: Colour
    width: float


def named(year: int, month: int) -> str:
    """A row's name: the year, of whose end it is, or the month."""
    return str(year) if month == MONTHS else display.month_name(Month.at(year, month))


def _at(year: int, month: int) -> float:
    """Where a month's end lies on the axis, on which a year's end is its number."""
    return year + (month - MONTHS) / MONTHS


def used_up(every: Sequence[Line]) -> list[Line]:
    """Those that are used up, the first one first: their order is the flags' numbers."""
    found = [line for line in every if line.course.exhausted is not None]
    return sorted(found, key=lambda line: _end(line.course))


def _end(course: Course) -> float:
    at = course.exhausted
    return float("inf") if at is None else _at(at.year, at.month)


def drawn(
    found: Outlook,
    every: Sequence[Line],
    known: Sequence[Month],
    table: Table,
    shown: Mapping[object, Row],
    colours: Palette,
) -> Figure:
    first, last = (_at(known[0].year, known[0].number) if known else found.first_year), found.last_year
    shape = _shape(found, every, first, colours)
    joined = _joined(table, known)
    courses = {line.key: _course(line, joined) for line in every}
    data: list[Figure] = [_band(courses[LOW], courses[HIGH], last, colours)]
    names: list[Figure] = []
    top = max((y for _xs, ys in courses.values() for y in ys), default=1) or 1
    for line in every:
        colour = getattr(colours, line.colour)
        xs, ys = courses[line.key]
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": xs,
                "y": ys,
                "hoverinfo": "skip",
                "line": {"color": colour, "width": line.width} | ({} if line.key == OTHER else {"dash": DASH}),
            }
        )
        data.append(_told(line, table, shown, colour))
        names.append(_name(line, xs, ys, colours))
    data += _ledger_line(table, known, shown, colours)
    data.append(_flags(every, top, last - first, colours))
    shape["annotations"] = [*_apart(names, top), *_newest(table, known, colours)]
    if joined:
        through = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
        shape["shapes"] = [through | {"x0": joined[0], "x1": joined[0], "line": {"color": colours.line_2, "width": 1}}]
    middle = found.first_year
    shape["meta"] = {
        "phone": {
            "ticks": [int(first), middle, last],
            "names": [str(int(first)), str(middle), str(last)],
            "range": [first - 0.4, last + 0.6],
            "values": [-top * 0.05, top * 1.12],
            "margin": {"l": 44, "r": 14, "t": 10, "b": 24},
            # Names stand in the key below.
            "labels": {str(one["x"]): {"visible": False} for one in names},
        }
    }
    return {"data": data, "layout": shape}


def _shape(found: Outlook, every: Sequence[Line], first: float, colours: Palette) -> Figure:
    """The axes: the first year and the last, the first one projected, and every fifth that stands apart from these."""
    last = found.last_year
    lasting = any(line.course.exhausted is None for line in every)
    shape = layout(colours, right=96 if lasting else 20, left=52, bottom=32, top=16)
    ends = (int(first), found.first_year, last)
    ticks = sorted(
        {*ends, *(year for year in range(ends[0], last) if year % 5 == 0 and all(abs(year - one) > 2 for one in ends))}
    )
    shape["xaxis"] = shape["xaxis"] | {
        "type": "linear",
        "layer": "below traces",
        # Room for the flags between axis and years.
        "ticks": "outside",
        "ticklen": 7,
        "tickcolor": "rgba(0,0,0,0)",
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [str(year) for year in ticks],
        "range": [first - 0.4, last + 0.6],
        "hoverformat": "d",
    }
    shape["yaxis"] = shape["yaxis"] | {"rangemode": "tozero", "nticks": 5}
    return shape


def _joined(table: Table, known: Sequence[Month]) -> tuple[float, float] | None:
    """The ledger's newest balance, from which the projections go on."""
    if not known:
        return None
    fen = next(raw(row.values[LEDGER]) for row in reversed(table.rows) if row.values.get(LEDGER) is not None)
    return _at(known[-1].year, known[-1].number), display.axis_value(int(fen))


def _course(line: Line, joined: tuple[float, float] | None) -> tuple[list[float], list[float]]:
    """Where a projection is drawn: from the ledger's newest balance on, to zero where it is used up."""
    points = [] if joined is None else [joined]
    for one in line.course.years:
        after = joined is None or one.year > joined[0]
        if after and one.year < _end(line.course):
            points.append((one.year, display.axis_value(one.closing_fen)))
    if line.course.exhausted is not None:
        points.append((_end(line.course), 0.0))
    return [x for x, _y in points], [y for _x, y in points]


def _band(
    low: tuple[list[float], list[float]], high: tuple[list[float], list[float]], last: int, colours: Palette
) -> Figure:
    """The area between low and high; where one of them is used up its edge is zero."""

    def edge(course: tuple[list[float], list[float]], until: float) -> tuple[list[float], list[float]]:
        xs, ys = course
        return ([*xs, until], [*ys, 0.0]) if xs and xs[-1] < until else (xs, ys)

    until = max([*low[0], *high[0]], default=float(last))
    (low_x, low_y), (high_x, high_y) = edge(low, until), edge(high, until)
    red, green, blue = (int(colours.accent[at : at + 2], 16) for at in (1, 3, 5))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [*high_x, *reversed(low_x)],
        "y": [*high_y, *reversed(low_y)],
        "fill": "toself",
        "fillcolor": f"rgba({red},{green},{blue},0.10)",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _told(line: Line, table: Table, shown: Mapping[object, Row], colour: str) -> Figure:
    """What the pointer tells of a projection: the year's balance, and that of the year before."""
    column = next(one for one in table.columns if one.key == line.key)
    rows = [row for row in shown.values() if row.values.get(line.key) is not None]
    said = [cell(table, column, row) for row in rows]
    before = [""] + [f"（{_('上年')} {one}）" for one in said[:-1]]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": line.name,
        "x": [int(str(row.period)) for row in rows],
        "y": [display.axis_value(int(raw(row.values[line.key]))) for row in rows],
        "customdata": said,
        "text": [row.values["year"] for row in rows],
        "hovertext": before,
        "meta": line.key,
        "marker": {"color": colour, "size": 6, "opacity": 0},
        "hovertemplate": f"{line.name} %{{customdata}} %{{hovertext}}<extra></extra>",
    }


def _ledger_line(table: Table, known: Sequence[Month], shown: Mapping[object, Row], colours: Palette) -> list[Figure]:
    if not known:
        return []
    column = next(one for one in table.columns if one.key == LEDGER)
    rows = [shown[named(month.year, month.number)] for month in known]
    values = [display.axis_value(int(raw(row.values[LEDGER]))) for row in rows]
    places = [_at(month.year, month.number) for month in known]
    line: Figure = {
        "type": "scatter",
        "mode": "lines",
        "name": _("账面"),
        "x": places,
        "y": values,
        "customdata": [cell(table, column, row) for row in rows],
        "text": [row.values["year"] for row in rows],
        "meta": LEDGER,
        "line": {"color": colours.accent, "width": 2},
        "hovertemplate": f"%{{text}} {_('账面')} %{{customdata}}<extra></extra>",
    }
    point = {
        "type": "scatter",
        "mode": "markers",
        "x": places[-1:],
        "y": values[-1:],
        "marker": {"color": colours.accent, "size": 7, "line": {"color": colours.background, "width": 1.5}},
        "hoverinfo": "skip",
    }
    return [line, point]


def _newest(table: Table, known: Sequence[Month], colours: Palette) -> list[Figure]:
    """The ledger's newest balance in words beside its point."""
    joined = _joined(table, known)
    if joined is None:
        return []
    column = next(one for one in table.columns if one.key == LEDGER)
    row = next(one for one in reversed(table.rows) if one.values.get(LEDGER) is not None)
    text = f"<b>{row.values['year']} {cell(table, column, row)}</b>"
    where = {"x": joined[0], "y": 1, "yref": "paper", "xanchor": "left", "xshift": 4, "yanchor": "top"}
    return [where | {"text": text, "showarrow": False, "font": {"color": colours.ink, "size": 12}}]


def _name(line: Line, xs: Sequence[float], ys: Sequence[float], colours: Palette) -> Figure:
    """A line's name: at its end where it lasts, else beside the middle of its course."""
    said = f"<b>{line.name}</b>" if line.width > 1 and line.key != OTHER else line.name
    colour = colours.brown if line.key == SHOCK else colours.t3
    text: Figure = {"text": said, "showarrow": False, "font": {"size": 12, "color": colour}}
    if not xs:
        return text | {"x": 0, "y": 0, "visible": False}
    if line.course.exhausted is None:
        return text | {"x": xs[-1], "y": ys[-1], "xanchor": "left", "xshift": 6}
    at = len(xs) * 2 // 3
    left = line.key in (LOW, OTHER)
    return text | {
        "x": xs[at],
        "y": ys[at],
        "xanchor": "right" if left else "left",
        "xshift": -4 if left else 6,
        "yshift": -8 if left else 6,
    }


def _apart(names: Sequence[Figure], top: float) -> list[Figure]:
    """Names at the lines' ends, none over another."""
    ends = sorted((one for one in names if one.get("xshift") == 6 and "yshift" not in one), key=lambda one: one["y"])
    floor = -top
    for one in ends:
        at = max(one["y"], floor + top * NEAR_NAMES)
        one["y"] = floor = at
    return [one for one in names if one.get("visible") is not False]


def _flags(every: Sequence[Line], top: float, span: float, colours: Palette) -> Figure:
    """Numbered flags where lines are used up; one that would touch the one before stands above it."""
    ends = used_up(every)
    heights: list[float] = []
    for place, line in enumerate(ends):
        near = place > 0 and _end(line.course) - _end(ends[place - 1].course) < span * NEAR_FLAGS
        heights.append(heights[-1] + top * 0.1 if near else 0.0)
    full = [line.key == MID for line in ends]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [_end(line.course) for line in ends],
        "y": heights,
        "text": [str(number) for number in range(1, len(ends) + 1)],
        "textfont": {
            "size": 11,
            "color": [colours.background if one else colours.ink for one in full],
        },
        "marker": {
            "symbol": "circle",
            "size": 17,
            "color": [colours.accent if one else colours.background for one in full],
            "line": {"color": [getattr(colours, line.colour) for line in ends], "width": 1.25},
        },
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
