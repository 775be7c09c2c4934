"""问题台账 [/issues, /issues/NUMBER], the tab of 预警督办 where audit, inspection, reports, comparisons and warnings meet."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.pages.issues import listing as issues_list, new as issues_new, one as issues_one
from dashboard.pages.issues.acts import ACTS
from dashboard.pages.issues.matrix import matrix, matrix_table
from dashboard.pages.issues.reading import chosen, listed, live_warnings
from dashboard.pages.issues.words import PATH as PATH
from dashboard.pages.warnings.tabs import tab_bar
from dashboard.site.page import Page
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _

TITLE = N_("问题台账")


def show(reading: Reading) -> Component:
    if reading.scheme.kind == "published":
        said = parts.message(_("公布数没有问题台账。"), _("问题登记在有分月账目的险种下。"))
        body: Component = html.Div(said, className="content")
    else:
        body = issues_one.show(reading) if reading.view.subject else issues_list.page(reading)
    return html.Div([tab_bar(reading, PATH), body], className="tabbed")


def drawer(reading: Reading) -> Component | None:
    return issues_new.drawer(reading) if reading.view.item == "new" else None


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={
        "issues": lambda reading: issues_list.issue_table(reading, chosen(reading, listed(reading))),
        "comparisons": lambda reading: issues_list.comparison_table(reading, listed(reading)),
        "matrix": lambda reading: matrix_table(reading, matrix(reading, listed(reading), live_warnings(reading))),
    },
    acts=ACTS,
    subjects=True,
)
