"""The four warning levels 蓝黄橙红: the only place that may use their colours, always with shape and character."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.wording import N_, _
from rules.alert_threshold import Level

LETTERS = {Level.BLUE: "B", Level.YELLOW: "Y", Level.ORANGE: "O", Level.RED: "R"}
SHORT = {Level.BLUE: N_("蓝"), Level.YELLOW: N_("黄"), Level.ORANGE: N_("橙"), Level.RED: N_("红")}
LONG = {
    Level.BLUE: N_("蓝色预警"), Level.YELLOW: N_("黄色预警"), Level.ORANGE: N_("橙色预警"), Level.RED: N_("红色预警"),
}  # fmt: skip
# Beside the colour, so that a line or point is read without it.
PLOT_SYMBOLS = {
    Level.BLUE: "circle-open", Level.YELLOW: "diamond", Level.ORANGE: "triangle-up", Level.RED: "square",
}  # fmt: skip


def level_tag(level: Level, count: int | None = None, *, long: bool = False) -> Component:
    """A level as a tag: shape, character, and a number where it counts. Nothing for no level."""
    if level is Level.NONE:
        return html.Span()
    said = _((LONG if long else SHORT)[level])
    text = said if count is None else f"{said} {count}"
    return html.Span(
        [html.I(**{"aria-hidden": "true"}), text], className=f"lv {LETTERS[level]}{' long' if long else ''}"
    )
