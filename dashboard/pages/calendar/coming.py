"""近期法定事项 on other pages: the next days that are not done, what is overdue first."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child, sentence
from dashboard.pages.calendar.reading import PATH, coming, single
from dashboard.pages.calendar.words import day_words, state_words, what, whose
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import as_of, display
from dashboard.words.wording import N_, _
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


def report_line(reading: Reading, month: int) -> list[Child]:
    """By when the report on the last quarter that had ended with a month is due and how it stands, linked to its day; nothing
    where the profile sets no such day, or it is of years that are no longer shown."""
    year, quarter = month // 100, month % 100 // 3
    year, quarter = (year, quarter) if quarter else (year - 1, 4)
    one = single(reading.running, f"quarterly_report_days.{year}-Q{quarter}")
    if one is None:
        return []
    here = View(PATH, reading.view.scheme, reading.view.region)
    href = here.href(item=one.day.key, span=str(one.day.due.year))
    day = display.day_name(one.day.due)
    said = _("{year}年第{number}季度季报应于{day}前报出", year=year, number=quarter, day=day)
    state = sentence(N_("：{state}。"), state=state_words(reading.running, one))
    return [html.A(said, href=href), html.Span(state)]


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
