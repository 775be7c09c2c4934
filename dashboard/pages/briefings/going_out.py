"""What goes out of an issue: the whole of it as a document in every format, named after the issue."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.export_form import NAMES, USUAL, export_form
from dashboard.exports.probe import environment
from dashboard.pages.briefings.compose import document
from dashboard.pages.briefings.issue_acts import FORMS
from dashboard.pages.briefings.reading import PATH, Open, opened, source_of
from dashboard.site.page import Offered
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _, in_language
from workflows.briefings import templates

CODE = "issue"


def offered(reading: Reading) -> Offered | None:
    """The issue of the address in its own form or the one looked at; None where there is none."""
    one = opened(reading)
    if one is None:
        return None
    form = reading.view.show if reading.view.show in FORMS else one.issue.form
    with in_language(one.issue.language):
        made = document(one.issue, one.parts, source_of(one), form)
    template = reading.ask(templates.in_use, one.reading.tree.root)
    content = b"" if template is None else reading.ask(templates.content_of, template.id)
    details = {"briefing": one.issue.id, "version": one.issue.data_version}
    return Offered(made, name_of_file(one), details, content)


def name_of_file(one: Open) -> str:
    """社会保险基金运行监测简报_2026年第11期_送审稿."""
    issue = one.issue
    with in_language(issue.language):
        number = _("{year}年第{number}期", year=issue.year, number=issue.number)
        state = _("送审稿") if issue.state != "issued" else display.day_name(issue.day) if issue.day else ""
        mark = _("演示数据") if one.reading.demo else ""
    parts = [issue.name or issue.title, number, state, mark]
    joined = "-" if issue.language == "en" else ""
    return "_".join(part for part in parts if part).replace("/", "-").replace(" ", joined)


def buttons(reading: Reading, one: Open) -> Component:
    """Every format, those that cannot be written here with the reason; a draft says that it is one."""
    query = reading.view.href(item="").partition("?")[2]
    template = reading.ask(templates.in_use, one.reading.tree.root)
    kinds = USUAL if template is None else tuple(NAMES)
    form = export_form(f"/export-job{PATH}/{one.issue.id}/{CODE}?{query}", environment(), kinds)
    said = [html.P(_("未签发，导出件标“送审稿”。"), className="foot")] if one.issue.state != "issued" else []
    return html.Div([html.H2(_("导出")), form, *said])
