"""The strip of 试算: a subject's periods in a line, the higher the mark, the graver; without data hatched."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.level import SHORT
from dashboard.pages.thresholds import words as words
from dashboard.words.wording import _
from rules.alerts.threshold import Level
from rules.alerts.trial import Span, Trial

COLOURS = {Level.BLUE: "blue", Level.YELLOW: "yellow", Level.ORANGE: "orange", Level.RED: "red"}


def legend() -> Component:
    """What the marks of a strip mean."""
    marks = [html.Span([html.I(className=f"mark {colour}"), _(SHORT[level])]) for level, colour in COLOURS.items()]
    return html.Span([*marks, html.Span([html.I(className="mark gap"), _("没有数据")])], className="strip-legend")


def strip(trial: Trial | None) -> Component:
    """The periods of one trial; its dates and levels in words for those who cannot see it. 未设 where there is none."""
    if trial is None:
        return html.Span(_("未设"), className="muted")
    said = _("；").join(_span_words(span) for span in trial.spans if span.level or span.missing) or _("没有预警")
    total = sum(span.length for span in trial.spans)
    layers = [layer for span in trial.spans for layer in _layers(span, total)]
    return html.Span(
        className="strip",
        style={"background": ", ".join(layers)} if layers else {},
        role="img",
        title=said,
        **attributes(aria_label=said),
    )


def _span_words(span: Span) -> str:
    dates = words.period_words(span.first)
    if span.last != span.first:
        dates = _("{first}至{last}", first=dates, last=words.period_words(span.last))
    told = [_(SHORT[span.level])] if span.level else []
    return f"{dates} {_('、').join([*told, *([_('没有数据')] if span.missing else [])])}"


def _layers(span: Span, total: int) -> list[str]:
    width = 100 * span.length / total
    left = 0.0 if total == span.length else 100 * span.at / (total - span.length)
    drawn = []
    if span.missing:
        hatch = "repeating-linear-gradient(90deg, var(--t3) 0 1px, transparent 1px 3px)"
        drawn.append(f"{hatch} {left:.2f}% 0 / {width:.2f}% 5px no-repeat")
    if span.level:
        colour = f"var(--{COLOURS[span.level]}-line)"
        drawn.append(
            f"linear-gradient({colour}, {colour}) {left:.2f}% 100% / {width:.2f}% {span.level * 25}% no-repeat"
        )
    return drawn
