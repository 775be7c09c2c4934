"""A chart as a block of a document: its title and unit stand around it there, so its figure has neither."""

from __future__ import annotations

from dashboard.charts.events import key
from dashboard.charts.graph import Chart
from dashboard.charts.theme import LIGHT, Figure
from dashboard.exports.blocks import Picture
from dashboard.words.wording import _

LONG_NAME = 5  # characters: a month with its year; 10月 is short


def picture_of(chart: Chart) -> Picture:
    said = _("{title}，{unit}，{span}。", title=chart.title, unit=chart.unit, span=chart.span)
    return Picture(
        chart.title,
        chart.unit,
        chart.span,
        chart.plot,
        _narrow(chart.draw(LIGHT)),
        said + chart.legend,
        note=chart.legend,
        events=key(chart.plot.events),
        headline=chart.headline,
    )


def _narrow(figure: Figure) -> Figure:
    """As it fits the column of a document."""
    shape = figure["layout"]
    return figure | {"layout": shape | {"xaxis": _fewer(shape["xaxis"])}}


MOST_NAMES = 3  # of months, as 2026年10月, that stand beside one another under a column's chart


def _fewer(axis: Figure) -> Figure:
    """Every other name under the axis, the last among them, where they would run into one another."""
    values, texts = list(axis.get("tickvals", ())), list(axis.get("ticktext", ()))
    if len(max(texts, key=len, default="")) < LONG_NAME:
        return axis
    while len(values) > MOST_NAMES:
        values, texts = values[::-2][::-1], texts[::-2][::-1]
    return axis | {"tickvals": values, "ticktext": texts}
