"""Colours and the layout every figure shares, for the light and the dark page and for print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Figure = dict[str, Any]  # a Plotly figure, or a part of one

FONT = (
    '"Microsoft YaHei UI","Microsoft YaHei","HarmonyOS Sans SC","Source Han Sans SC","Noto Sans CJK SC",'
    '"WenQuanYi Micro Hei",sans-serif'
)


@dataclass(frozen=True, slots=True)
class Palette:
    """The chart colours of one theme; names as in the style sheet."""

    background: str
    ink: str
    t3: str
    t4: str
    line: str
    line_2: str
    accent: str
    mid: str
    brown: str
    brown_mid: str
    below: str
    pale: str


LIGHT = Palette(
    "#ffffff", "#172024", "#5e6a70", "#98a3a8", "#e1e6e8", "#c9d1d4",
    "#1b5e6b", "#6b99a2", "#9c7a4b", "#c3a983", "#889399", "#edf1f2",
)  # fmt: skip
DARK = Palette(
    "#12181b", "#e8edee", "#8f9ca1", "#5f6b70", "#283136", "#3d494e",
    "#74b7c3", "#4b8a96", "#c9a878", "#8e744d", "#5b676c", "#222b2f",
)  # fmt: skip


# For paper that is printed in greys alone.
GREY = Palette(
    "#ffffff", "#111111", "#444444", "#999999", "#dddddd", "#bbbbbb",
    "#111111", "#888888", "#555555", "#aaaaaa", "#999999", "#eeeeee",
)  # fmt: skip

# Grounds of a heat map's cells from the lightest, as in the style sheet; letters on the last two are white.
SHADES = ("#edf3f4", "#cfe1e4", "#a5c7cd", "#74a6af", "#4f929e", "#1b5e6b", "#0e414c")
WHITE_FROM = 6


# What our charts say in bold and in lines, and the end of what is told on hovering. The chart library reads more than that as
# markup, links among them.
_MARKUP = re.compile(r"<(?!/?(?:b|br|extra)>)")


def as_text(figure: Any) -> Any:
    """A figure whose texts, whoever wrote the names in them, are shown as they are written."""
    if isinstance(figure, str):
        return _MARKUP.sub("&lt;", figure)
    if isinstance(figure, dict):
        return {key: as_text(value) for key, value in figure.items()}
    return [as_text(one) for one in figure] if isinstance(figure, (list, tuple)) else figure


def palette(theme: str) -> Palette:
    return DARK if theme == "dark" else LIGHT


def layout(colours: Palette, *, right: int = 96, left: int = 44, bottom: int = 40, top: int = 14) -> Figure:
    """The one template: no frame, no ticks, a few horizontal gridlines, room at the right for end labels."""
    return {
        "font": {"family": FONT, "size": 12, "color": colours.t3},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "showlegend": False,
        "separators": ".,",
        "hovermode": "x unified",
        "hoverdistance": 40,
        "transition": {"duration": 0},
        "dragmode": False,
        "bargap": 0.44,
        "hoverlabel": {
            "bgcolor": colours.background,
            "bordercolor": colours.line_2,
            "font": {"family": FONT, "size": 12, "color": colours.ink},
            "align": "left",
        },
        "xaxis": {
            "type": "category",
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "linecolor": colours.line_2,
            "ticks": "",
            "tickangle": 0,
            "fixedrange": True,
            "automargin": False,
        },
        "yaxis": {
            "gridcolor": colours.line,
            "gridwidth": 1,
            "zeroline": False,
            "showline": False,
            "ticks": "",
            "nticks": 5,
            "fixedrange": True,
            "tickformat": ",",
            "automargin": False,
        },
        "uirevision": "keep",
    }
