"""会前一页纸 [/one-page]: what a leader takes to the meeting, on one A4 page; on screen as it is printed."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.charts.graph import CONFIG
from dashboard.charts.theme import as_text
from dashboard.components import parts
from dashboard.components.attributes import attributes
from dashboard.components.export_form import export_form
from dashboard.components.paper import paper
from dashboard.exports.blocks import Picture
from dashboard.exports.origin import origin_of
from dashboard.exports.probe import environment
from dashboard.pages.one_page.sheet import sheet
from dashboard.site.page import Offered, Page, Remembered
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _

PATH = "/one-page"
TITLE = N_("会前一页纸")
SHEET = "sheet"


def show(reading: Reading) -> Component:
    document = sheet(reading)
    if document is None:
        why = (
            _("公布数没有分月的收支，不能与上次会议对比。")
            if reading.scheme.kind == "published"
            else _("本险种还没有收支数据。")
        )
        back = html.A(_("总览"), href=reading.view.page_href("/"), className="button")
        said = parts.message(_("这里没有会前一页纸。"), why, [back])
        return html.Div([html.H1(_(TITLE), className="vh"), said], className="content")
    query = reading.view.href().partition("?")[2]
    actions = [
        html.Button(_("打印"), type="button", className="button main", **attributes(data_print="1")),
        export_form(f"/export-job{PATH}/{SHEET}?{query}", environment(), ("pdf", "pdf-as-word", "docx")),
        html.A(_("回到总览"), href=reading.view.page_href("/"), className="button"),
    ]
    bar = html.Div(actions, className="actions")
    return html.Div([bar, html.Div(paper(document, _drawn), className="desk")], className="content on-paper")


def _drawn(picture: Picture) -> Component:
    return dcc.Graph(id={"chart": "sheet"}, figure=as_text(picture.figure), config=CONFIG | {"staticPlot": True})


def offered(reading: Reading) -> Offered | None:
    """The sheet for whoever takes it as a file; None where there is none."""
    document = sheet(reading)
    return None if document is None else Offered(document, origin_of(reading).name(_(TITLE)))


# Who printed it stands on it: kept for nobody.
PAGE = Page(PATH, TITLE, show, documents={SHEET: offered}, remembered=Remembered.NEVER)
