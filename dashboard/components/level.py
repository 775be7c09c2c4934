"""The four warning levels 蓝黄橙红: the only place that may use their colours, always with shape and character."""

from __future__ import annotations

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.words.wording import N_, _
from rules.alerts.threshold import Level

LETTERS = {Level.BLUE: "B", Level.YELLOW: "Y", Level.ORANGE: "O", Level.RED: "R"}
SHORT = {Level.BLUE: N_("蓝"), Level.YELLOW: N_("黄"), Level.ORANGE: N_("橙"), Level.RED: N_("红")}
LONG = {
    Level.BLUE: N_("蓝色预警"),
    Level.YELLOW: N_("黄色预警"),
    Level.ORANGE: N_("橙色预警"),
    Level.RED: N_("红色预警"),
}
# How many stand at one: 红色预警3项.
TALLIED = {
    Level.BLUE: N_("蓝色预警{count}项"),
    Level.YELLOW: N_("黄色预警{count}项"),
    Level.ORANGE: N_("橙色预警{count}项"),
    Level.RED: N_("红色预警{count}项"),
}
# Beside the colour, so that a line or point is read without it.
PLOT_SYMBOLS = {Level.BLUE: "circle-open", Level.YELLOW: "diamond", Level.ORANGE: "triangle-up", Level.RED: "square"}
# Written before a limit's name on a chart.
PLOT_MARKS = {Level.BLUE: "○", Level.YELLOW: "◆", Level.ORANGE: "▲", Level.RED: "■"}


@dataclass(frozen=True, slots=True)
class PlotColours:
    """A level's colours inside a chart: dotted line and outline, band, words, inside of a point."""

    line: str
    tint: str
    text: str
    fill: str


# As in the style sheet; a chart is drawn where no variable reaches.
PLOT_LIGHT = {
    Level.BLUE: PlotColours("#2f6fd0", "#eaf1fc", "#1c59b3", "#ffffff"),
    Level.YELLOW: PlotColours("#b58e00", "#fdf8e6", "#7a5a00", "#fdf3cd"),
    Level.ORANGE: PlotColours("#a34a00", "#fdf0e3", "#a34a00", "#f09436"),
    Level.RED: PlotColours("#a81e2a", "#fcecec", "#b01e27", "#c4262e"),
}
PLOT_DARK = {
    Level.BLUE: PlotColours("#5f97e8", "#18263b", "#93bcf8", "#12181b"),
    Level.YELLOW: PlotColours("#d9b83e", "#2c2610", "#e6c75a", "#3a3112"),
    Level.ORANGE: PlotColours("#ea8330", "#33240f", "#f5a860", "#f09a48"),
    Level.RED: PlotColours("#e5595f", "#351b1e", "#ff8f8f", "#d43c43"),
}
PLOT_GREY = {
    Level.BLUE: PlotColours("#777777", "#ffffff", "#222222", "#ffffff"),
    Level.YELLOW: PlotColours("#666666", "#ffffff", "#222222", "#dedede"),
    Level.ORANGE: PlotColours("#555555", "#ffffff", "#222222", "#5f5f5f"),
    Level.RED: PlotColours("#222222", "#ffffff", "#111111", "#1a1a1a"),
}


def level_tag(level: Level, count: int | None = None, *, long: bool = False) -> Component:
    """A level as a tag: shape, character, and a number where it counts. Nothing for no level."""
    if level is Level.NONE:
        return html.Span()
    said = _((LONG if long else SHORT)[level])
    text = said if count is None else f"{said} {count}"
    return html.Span(
        [html.I(**attributes(aria_hidden="true")), text], className=f"lv {LETTERS[level]}{' long' if long else ''}"
    )
