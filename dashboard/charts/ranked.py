"""A ranking as a chart: bars in order, the whole's value and a limit across them. On screen a ranking draws itself; this
is what goes into documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from dashboard.charts.graph import Chart
from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.charts.theme import Figure, Palette, layout
from dashboard.components.level import PLOT_LIGHT, PLOT_MARKS
from dashboard.components.ranking import TAGGED, Ranking, as_table
from dashboard.components.table import Table, cell
from dashboard.words import display
from dashboard.words.wording import _

# More bars are too narrow for names and numbers side by side.
UPRIGHT = 16
SMALL = 10


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
    table: Table = plot.table
    column = next(one for one in table.columns if one.key == "value")
    places, count = ranking.places, len(ranking.places)
    shape = layout(colours, right=30, left=44, bottom=30, top=26)
    small = count > UPRIGHT
    names = [
        f"{PLOT_MARKS[plot.levels[at]]} {one.name}" if at in plot.levels else one.name for at, one in enumerate(places)
    ]
    names_in = {"tickvals": list(range(count)), "ticktext": names, "type": "linear", "range": [-0.6, count - 0.4]}
    turned = -90 if small else -45 if sum(map(len, names)) > 64 else 0
    shape["xaxis"] = shape["xaxis"] | names_in | {"tickangle": turned, "automargin": True, "showline": False}
    shape["yaxis"] = shape["yaxis"] | {"zeroline": True, "zerolinecolor": colours.ink, "zerolinewidth": 1}
    shape["xaxis"]["tickfont"] = {"size": SMALL if small else 12}
    looks = [PLOT_LIGHT[plot.levels[at]].fill if at in plot.levels else "" for at in range(count)]
    bars: Figure = {
        "type": "bar",
        "x": list(range(count)),
        "y": [_drawn(ranking, one.value) for one in places],
        "customdata": [cell(table, column, row) for row in plot.rows],
        "meta": "value",
        "texttemplate": "%{customdata}",
        "textposition": "outside",
        "textangle": -90 if small else 0,
        "textfont": {"size": SMALL if count > UPRIGHT // 2 else 12, "color": colours.ink},
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
    """The whole's value and the limit: a line each, with its name at the right end above it."""
    lines = [(float(one.at), PLOT_LIGHT[one.level].line, PLOT_LIGHT[one.level].text, one.name) for one in plot.limits]
    whole = _drawn(ranking, ranking.whole)
    if whole is not None:
        lines.append((whole, colours.ink, colours.ink, f"{ranking.whole_name} {ranking.text(ranking.whole)}"))
    shape["shapes"], shape["annotations"] = [], []
    for at, line, word, name in lines:
        across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at}
        shape["shapes"].append(across | {"line": {"color": line, "width": 1, "dash": "3px,2px"}})
        where = {"xref": "paper", "x": 1, "xanchor": "right", "y": at, "yanchor": "bottom", "showarrow": False}
        shape["annotations"].append(where | {"text": name, "font": {"size": 11, "color": word}})
