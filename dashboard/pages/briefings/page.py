"""简报材料 [/briefings]: 简报, the meetings 会议材料, what was issued 归档."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.pages.briefings import meetings
from dashboard.site import heading
from dashboard.site.page import Page
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _

PATH = "/briefings"
TITLE = N_("简报材料")
TABS = {"": N_("简报"), "meetings": N_("会议材料"), "archive": N_("归档")}


def show(reading: Reading) -> Component:
    tab = reading.view.tab if reading.view.tab in TABS else ""
    names = [(_(name), reading.view.href(tab=code, item=""), code == tab) for code, name in TABS.items()]
    body: list[Component]
    if reading.scheme.kind == "published":
        body = [parts.message(_("公布数没有简报材料。"), _("请在页首选择有账目的险种。"))]
    elif tab == "meetings":
        body = [meetings.section(reading), heading.footer(reading)]
    elif tab == "archive":
        body = [parts.message(_("还没有签发的简报。"), "")]
    else:
        body = [parts.message(_("还没有简报。"), "")]
    return html.Div([frame.tabs(_(TITLE), names), html.Div(body, className="content briefings")], className="tabbed")


PAGE = Page(PATH, TITLE, show, acts=meetings.ACTS)
