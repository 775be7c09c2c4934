"""A chart as a block of a document: its title and unit stand around it there, so its figure has neither."""

from __future__ import annotations

from dashboard.charts.events import EVENT_DASH
from dashboard.charts.graph import Chart
from dashboard.charts.theme import LIGHT, Figure
from dashboard.exports.blocks import Picture
from dashboard.words.wording import _


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
    )


def _narrow(figure: Figure) -> Figure:
    """Without what happened when: in the column of a document its words would stand over one another."""
    shape = figure["layout"]
    annotations = [one for one in shape.get("annotations", ()) if one.get("yref") != "paper"]
    shapes = [one for one in shape.get("shapes", ()) if one.get("line", {}).get("dash") != EVENT_DASH]
    return figure | {"layout": shape | {"annotations": annotations, "shapes": shapes}}
