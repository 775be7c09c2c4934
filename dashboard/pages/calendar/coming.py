"""近期法定事项 on other pages: the next days that are not done, what is overdue first."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.pages.calendar.reading import PATH, coming
from dashboard.pages.calendar.words import day_words, state_words, what, whose
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import as_of
from dashboard.words.wording import _
from workflows.statutory.standing import Standing

SHOWN = 3


def coming_section(reading: Reading, count: int = SHOWN) -> Component:
    """The province's next days, or below it what the region's own are."""
    found = coming(reading.running, count)
    here = View(PATH, reading.view.scheme, reading.view.region)
    body: Component = html.Div(_("没有临近或逾期的法定事项。"), className="foot")
    if found:
        body = html.Ul([_line(reading.running, here, one) for one in found], className="near-days")
    link = html.A(_("法定日历"), href=here.href())
    title = _("近期法定事项") if reading.is_province else _("本地法定事项")
    return parts.section(title, body, note=as_of.noted(reading, _("逾期在前")), actions=[link])


def _line(reading: Reading, here: View, one: Standing) -> Component:
    href = here.href(item=one.day.key, span=str(one.day.due.year))
    return html.Li(
        [
            html.Span(day_words(one.day.due), className="day"),
            html.A(what(one.day), href=href, className="duty"),
            html.Span(whose(one.day), className="muted whose"),
            html.Span(state_words(reading, one), className="state"),
        ]
    )
