"""The one place that puts a figure on a page: no cloud button, no mode bar, the reader's language.

A chart is a record: ``draw(colours)`` gives its Plotly figure as a plain dict, so screen and picture are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.charts.events import key, key_lines
from dashboard.charts.plot import Plot
from dashboard.charts.theme import LIGHT, Figure, Palette, as_text, palette
from dashboard.components.attributes import attributes
from dashboard.components.table import Table
from dashboard.exports.blocks import Source
from dashboard.words.wording import _, language

CONFIG: Any = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "responsive": True,
    "doubleClick": False,
    "scrollZoom": False,
    "topojsonURL": "/assets/",
}
# 150 mm of an A4 column at 96 px an inch; PNG at 300 dpi.
PRINT_WIDTH, PRINT_HEIGHT, PRINT_SCALE = 567, 330, 3.125
FOOT_LETTERS = 96  # of a line under it; those of Chinese lines, which are twice as wide, are fewer by far
FOOT_EMS = 48


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its name in export addresses, title, unit, span, the drawing, the table behind it (看表格).

    ``legend`` says in words what the marks are, where they are not labelled themselves; ``plot`` is the same chart as
    data, for whoever draws it without a browser; ``headline`` is what it shows, as a slide is titled, "" where the figures
    carry no sentence.
    """

    code: str
    title: str
    unit: str
    span: str
    draw: Callable[[Palette], Figure]
    table: Table
    plot: Plot
    legend: str = ""
    headline: str = ""


def graph(chart: Chart, theme: str, *, size: str = "") -> Component:
    """The chart on screen, with a text for those who cannot see it."""
    locale = "zh-CN" if language() == "zh" else "en"
    drawn = dcc.Graph(
        id={"chart": chart.code},
        figure=as_text(chart.draw(palette(theme))),
        config=CONFIG | {"locale": locale},
    )
    label = _("{title}，{unit}，{span}。数据见“看表格”。", title=chart.title, unit=chart.unit, span=chart.span)
    shown = html.Div(drawn, className=f"chart {size}".strip(), role="img", **attributes(aria_label=label))
    if not chart.plot.events:
        return shown
    return html.Div([shown, html.Div(key(chart.plot.events), className="events")])


def print_figure(chart: Chart, source: Source, name: str) -> Figure:
    """The chart as it goes into a document: white, with title, unit, period, source and mark inside; ``name`` is what the
    reader's browser calls its file."""
    figure = chart.draw(LIGHT)
    layout = {**figure["layout"], "paper_bgcolor": "#ffffff", "plot_bgcolor": "#ffffff"}
    under = " · ".join(text for text in (source.scheme, source.as_of) if text)
    lines = [
        line
        for text in (chart.legend, *key_lines(chart.plot.events, FOOT_EMS), under)
        for line in wrap(text, FOOT_LETTERS)
    ]
    above, foot_at = layout["margin"]["t"], 34 if len(lines) > 1 else 48
    margin = {**layout["margin"], "t": above + 48, "b": max(74, foot_at + 15 * len(lines))}
    height = layout.get("height", PRINT_HEIGHT)
    layout |= {"margin": margin, "width": PRINT_WIDTH, "height": height}

    def note(text: str, y: float, size: int, *, right: bool = False, colour: str = LIGHT.t3) -> Figure:
        return {
            "text": text,
            "xref": "paper",
            "yref": "paper",
            "x": 1 if right else 0,
            "xanchor": "right" if right else "left",
            "xshift": (margin["r"] - 10) if right else -(margin["l"] - 10),
            "y": y,
            "yanchor": "bottom" if y else "top",
            "yshift": 0,
            "showarrow": False,
            "font": {"size": size, "color": colour},
            "align": "left",
        }

    head = note(f"<b>{chart.title}</b>", 1, 15, colour=LIGHT.ink) | {"yshift": above + 22}
    unit = note(_("单位：{unit}", unit=chart.unit), 1, 12, right=True) | {"yshift": above}
    where = "　".join(text for text in (source.place, source.period, source.mark) if text)
    span = note(where, 1, 12) | {"yshift": above}
    foot = note("<br>".join(lines), 0, 11) | {"yshift": -foot_at}
    layout["annotations"] = [*layout.get("annotations", ()), head, unit, span, foot, *_watermark(source)]
    return {
        "data": as_text(figure["data"]),
        "layout": as_text(layout),
        "width": PRINT_WIDTH,
        "height": height,
        "scale": PRINT_SCALE,
        "name": name,
    }


def _watermark(source: Source) -> list[Figure]:
    """The reader's name across the picture, faint."""
    if not source.watermark:
        return []
    faint = {"size": 26, "color": LIGHT.t4}
    middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "textangle": -24, "showarrow": False}
    return [middle | {"text": source.watermark, "font": faint, "opacity": 0.28}]
