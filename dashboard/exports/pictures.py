"""A chart as a block of a document: its title and unit stand around it there, so its figure has neither."""

from __future__ import annotations

from dashboard.charts.graph import Chart
from dashboard.charts.theme import LIGHT
from dashboard.exports.blocks import Picture
from dashboard.words.wording import _


def picture_of(chart: Chart) -> Picture:
    said = _("{title}，{unit}，{span}。", title=chart.title, unit=chart.unit, span=chart.span)
    return Picture(
        chart.title, chart.unit, chart.span, chart.plot, chart.draw(LIGHT), said + chart.legend, note=chart.legend
    )
