"""Why there is a warning: a value over time among the limits that judge it, each level by colour, shape and name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.series import year_before
from dashboard.charts.theme import DARK, Figure, Palette, layout
from dashboard.components.level import PLOT_DARK, PLOT_LIGHT, PLOT_MARKS, PLOT_SYMBOLS, PlotColours
from rules.alerts.threshold import Level

NAMED = 3  # of the points that stand at a level, how many carry their value
APART = 17  # pixels between the names of two limits
HEIGHT, WIDTH, NAME = 248, 780, 84  # of the plot and of a point's name, as far as names must not touch


@dataclass(frozen=True, slots=True)
class Point:
    """One period: its name under the axis ("" for none), the value drawn (None: no value), in words, its level; ``before``: the value a year
    earlier, in words."""

    name: str
    value: float | None
    words: str
    level: Level = Level.NONE
    tick: str = ""
    year_begins: bool = False
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One limit: where it lies, its number on the axis, its name at the right."""

    level: Level
    at: float
    tick: str
    name: str


def _ticks(lines: Sequence[Line], low: float, high: float) -> dict[float, str]:
    """The limits' numbers on the axis, the most severe first, and 0; none that would stand over one before it."""
    ticks: dict[float, str] = {}
    for at, tick in [*((line.at, line.tick) for line in reversed(lines)), (0.0, "0")]:
        near = any(abs(at - other) * HEIGHT < APART * (high - low) for other in ticks)
        if low <= at <= high and not near:
            ticks[at] = tick
    return ticks


def limit_chart(points: Sequence[Point], lines: Sequence[Line], colours: Palette, *, lower_is_worse: bool) -> Figure:
    """The figure. ``lines`` from the mildest limit to the most severe."""
    looks = PLOT_DARK if colours is DARK else PLOT_LIGHT
    shape = layout(colours, right=112, left=44, bottom=28, top=8)
    last = max(len(points) - 1, 1)
    known = [point.value for point in points if point.value is not None]
    low, high = _reach(known, [line.at for line in lines])
    shape["hovermode"] = "closest"
    shape["xaxis"] = shape["xaxis"] | {
        "type": "linear",
        "range": [-0.02 * last, last * 1.001],
        "showline": False,
        "tickvals": [i for i, point in enumerate(points) if point.tick],
        "ticktext": [point.tick for point in points if point.tick],
    }
    ticks = _ticks(lines, low, high)
    shape["yaxis"] = shape["yaxis"] | {
        "range": [low, high],
        "tickvals": list(ticks),
        "ticktext": list(ticks.values()),
        "showgrid": False,
        "zeroline": True,
        "zerolinecolor": colours.line_2,
    }
    shape["shapes"] = [
        *_bands(lines, looks, low if lower_is_worse else high, last),
        *_limits(lines, looks, last),
        *_years(points, colours),
    ]
    shape["annotations"] = [
        *_names(lines, looks, (low, high), last),
        *_values(points, colours, (low, high), below=lower_is_worse),
    ]
    return {"data": [_course(points, colours), *_marks(points, looks)], "layout": shape}


def _reach(values: Sequence[float], limits: Sequence[float]) -> tuple[float, float]:
    every = [*values, *limits] or [0.0, 1.0]
    low, high = min(every), max(every)
    room = (high - low or 1.0) * 0.12
    return low - room, high + room


def _bands(lines: Sequence[Line], looks: dict[Level, PlotColours], end: float, last: int) -> list[Figure]:
    """Each level's ground reaches to the next limit, the last one's to the edge."""
    ends = [line.at for line in lines[1:]] + [end]
    return [
        {
            "type": "rect",
            "x0": 0,
            "x1": last,
            "y0": line.at,
            "y1": until,
            "layer": "below",
            "line": {"width": 0},
            "fillcolor": looks[line.level].tint,
            "opacity": 0.75,
        }
        for line, until in zip(lines, ends, strict=True)
    ]


def _limits(lines: Sequence[Line], looks: dict[Level, PlotColours], last: int) -> list[Figure]:
    return [
        {
            "type": "line",
            "x0": 0,
            "x1": last,
            "y0": line.at,
            "y1": line.at,
            "layer": "below",
            "line": {"color": looks[line.level].line, "width": 1.25, "dash": "1.5px,3px"},
        }
        for line in lines
    ]


def _years(points: Sequence[Point], colours: Palette) -> list[Figure]:
    return [
        {
            "type": "line",
            "x0": i,
            "x1": i,
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "layer": "below",
            "line": {"color": colours.t4, "width": 1, "dash": "1px,2px"},
        }
        for i, point in enumerate(points)
        if point.year_begins and i
    ]


def _names(
    lines: Sequence[Line], looks: dict[Level, PlotColours], reach: tuple[float, float], last: int
) -> list[Figure]:
    """The limits' names at the right, moved apart where they would touch."""
    scale = HEIGHT / (reach[1] - reach[0])
    named: list[Figure] = []
    above = None
    for line in sorted(lines, key=lambda one: -one.at):
        pixel = (reach[1] - line.at) * scale
        wanted = pixel if above is None else max(pixel, above + APART)
        above = wanted
        named.append(
            {
                "x": last,
                "y": line.at,
                "xanchor": "left",
                "xshift": 8,
                "yshift": pixel - wanted,
                "showarrow": False,
                "text": f"<b>{PLOT_MARKS[line.level]} {line.name}</b>",
                "font": {"color": looks[line.level].text, "size": 12},
            }
        )
    return named


def _apart(points: Sequence[Point], at_level: Sequence[int], reach: tuple[float, float]) -> list[int]:
    """The newest points that can be named without one name over another, oldest first."""
    across, up = WIDTH / max(len(points) - 1, 1), HEIGHT / (reach[1] - reach[0])
    named: list[int] = []
    for i in reversed(at_level[-NAMED:]):
        after = named[-1] if named else None
        if (
            after is None
            or (after - i) * across > NAME
            or abs((points[i].value or 0) - (points[after].value or 0)) * up > 13
        ):
            named.append(i)
    return named[::-1]


def _values(points: Sequence[Point], colours: Palette, reach: tuple[float, float], *, below: bool) -> list[Figure]:
    """The last points at a level carry period and value, the newest in bold."""
    across = WIDTH / max(len(points) - 1, 1)
    at_level = _apart(points, [i for i, point in enumerate(points) if point.level and point.value is not None], reach)
    return [
        {
            "x": i,
            "y": points[i].value,
            # A name before one of the first points would be cut by the edge.
            "xanchor": "left" if i * across < NAME else "right",
            "xshift": 10 if i * across < NAME else -10,
            "yshift": -8 if below else 10,
            "showarrow": False,
            "text": f"<b>{text}</b>" if i == at_level[-1] else text,
            "font": {"color": colours.ink if i == at_level[-1] else colours.t3, "size": 12},
        }
        for i in at_level
        for text in [f"{points[i].name} {points[i].words}"]
    ]


def _course(points: Sequence[Point], colours: Palette) -> Figure:
    course: Figure = {
        "type": "scatter",
        "mode": "lines" if len(points) > 1 else "markers",
        "x": list(range(len(points))),
        "y": [point.value for point in points],
        "customdata": [point.words for point in points],
        "text": [point.name for point in points],
        "line": {"color": colours.accent, "width": 2},
        "hovertemplate": "%{text}<br>%{customdata}<extra></extra>",
        "cliponaxis": False,
    }
    year_before(course, [point.before for point in points])
    return course


def _marks(points: Sequence[Point], looks: dict[Level, PlotColours]) -> list[Figure]:
    marked = [(i, point) for i, point in enumerate(points) if point.level and point.value is not None]
    if not marked:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [i for i, _ in marked],
            "y": [point.value for _, point in marked],
            "hoverinfo": "skip",
            "cliponaxis": False,
            "marker": {
                "size": 10,
                "symbol": [PLOT_SYMBOLS[point.level].removesuffix("-open") for _, point in marked],
                "color": [looks[point.level].fill for _, point in marked],
                "line": {"color": [looks[point.level].line for _, point in marked], "width": 1.5},
            },
        }
    ]
