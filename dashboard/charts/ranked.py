"""A ranking as a chart: bars in order, the whole's value and a limit across them. On screen a ranking draws itself; this
is what goes into documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from dashboard.charts.graph import PRINT_HEIGHT, Chart
from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.charts.theme import Figure, Palette, layout
from dashboard.components.level import PLOT_LIGHT, PLOT_MARKS
from dashboard.components.ranking import TAGGED, Ranking, as_table
from dashboard.components.table import Table, cell
from dashboard.words import display
from dashboard.words.wording import _

# Pixels: of a bar with its gap, of what stands around the bars, of a letter of a name, of the longest name.
EACH, AROUND = 18, 140
WIDE, NARROW, MOST_LEFT = 12, 6.6, 210


def ranking_chart(
    ranking: Ranking,
    code: str,
    headline: Callable[[Plot], str] | None = None,
    *,
    place: str = "",
    period: str = "",
) -> Chart:
    """The chart of a ranking; ``place`` and ``period`` are those of its rows where they are not the ones looked at."""
    table = replace(as_table(ranking, code), place=place, period=period)
    rows = table.rows[1:]  # the first is the whole
    levels = {at: one.level for at, one in enumerate(ranking.places) if one.level >= TAGGED}
    plot = Plot(table, "name", rows, (Mark("value", "bar", "mid"),), _limits(ranking), levels)
    whole = f"{ranking.whole_name} {ranking.text(ranking.whole)}"
    span = whole if ranking.whole is not None else _("共{count}个地区", count=len(rows))
    told = "" if headline is None else headline(plot)
    return Chart(
        code,
        ranking.title,
        ranking.unit,
        span,
        lambda colours: _bars(ranking, plot, colours),
        table,
        plot,
        headline=told,
    )


def _limits(ranking: Ranking) -> tuple[Limit, ...]:
    """The limit, where the values reach it."""
    limit = ranking.limit
    numbers = [float(one.value) for one in ranking.places if one.value is not None]
    if limit is None or not numbers or not min(0.0, *numbers) <= limit.at <= max(0.0, *numbers):
        return ()
    return (Limit(limit.level, Decimal(str(limit.at)), limit.name),)


def _drawn(ranking: Ranking, value: display.Number | None) -> float | None:
    if value is None:
        return None
    return display.axis_value(int(value)) if ranking.money else float(value)


def _bars(ranking: Ranking, plot: Plot, colours: Palette) -> Figure:
    """Lying bars, the first on top, so that long names stand level; as high as there are places."""
    table: Table = plot.table
    column = next(one for one in table.columns if one.key == "value")
    places, count = ranking.places, len(ranking.places)
    names = [
        f"{PLOT_MARKS[plot.levels[at]]} {one.name}" if at in plot.levels else one.name for at, one in enumerate(places)
    ]
    left = 16 + max((sum(WIDE if ord(char) > 0x2E80 else NARROW for char in name) for name in names), default=0)
    shape = layout(colours, right=46, left=min(MOST_LEFT, round(left)), bottom=22, top=20)
    named = {"tickvals": list(range(count)), "ticktext": names, "type": "linear", "range": [count - 0.4, -0.6]}
    shape["yaxis"] = shape["yaxis"] | named | {"showgrid": False}
    grid = {"showgrid": True, "gridcolor": colours.line, "nticks": 6, "tickformat": ","}
    shape["xaxis"] = shape["xaxis"] | grid | {"type": "linear", "showline": False, "zeroline": True}
    shape["xaxis"] |= {"zerolinecolor": colours.ink, "zerolinewidth": 1}
    shape["height"] = max(PRINT_HEIGHT, AROUND + count * EACH)
    looks = [PLOT_LIGHT[plot.levels[at]].fill if at in plot.levels else "" for at in range(count)]
    bars: Figure = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(count)),
        "x": [_drawn(ranking, one.value) for one in places],
        "customdata": [cell(table, column, row) for row in plot.rows],
        "meta": "value",
        "texttemplate": "%{customdata}",
        "textposition": "outside",
        "constraintext": "none",
        "textfont": {"size": 12, "color": colours.ink},
        "cliponaxis": False,
        "marker": {
            "color": [
                look or (colours.below if one.value is not None and one.value < 0 else colours.mid)
                for look, one in zip(looks, places, strict=True)
            ]
        },
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    _across(ranking, plot, shape, colours)
    return {"data": [bars], "layout": shape}


def _across(ranking: Ranking, plot: Plot, shape: Figure, colours: Palette) -> None:
    """The whole's value and the limit: a line through the bars each, with its name above."""
    lines = [(float(one.at), PLOT_LIGHT[one.level].line, PLOT_LIGHT[one.level].text, one.name) for one in plot.limits]
    whole = _drawn(ranking, ranking.whole)
    if whole is not None:
        lines.append((whole, colours.ink, colours.ink, f"{ranking.whole_name} {ranking.text(ranking.whole)}"))
    shape["shapes"], shape["annotations"] = [], []
    for at, line, word, name in lines:
        through = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at, "x1": at, "layer": "below"}
        shape["shapes"].append(through | {"line": {"color": line, "width": 1, "dash": "3px,2px"}})
        where = {"y": -0.6, "yanchor": "bottom", "x": at, "showarrow": False}
        shape["annotations"].append(where | {"text": name, "font": {"size": 11, "color": word}})
