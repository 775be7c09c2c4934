"""问题台账 [/issues, /issues/NUMBER], the tab of 预警督办 where audit, inspection, reports, comparisons and warnings meet."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.charts.graph import Chart
from dashboard.components import parts
from dashboard.components.table import Table
from dashboard.pages.issues import listing as issues_list, new as issues_new, one as issues_one
from dashboard.pages.issues.acts import ACTS as ACTS
from dashboard.pages.issues.matrix import matrix, matrix_table
from dashboard.pages.issues.reading import chosen, listed, live_warnings
from dashboard.pages.issues.words import PATH as PATH
from dashboard.pages.warnings.tabs import tab_bar
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _

TITLE = N_("问题台账")
SUBJECTS = True


def register(app: object, site: object) -> None:
    """No callbacks of its own: the shell's serve it."""


def show(reading: Reading) -> Component:
    if reading.scheme.kind == "published":
        said = parts.message(_("公布数没有问题台账。"), _("问题登记在有分月账目的险种下。"))
        body: Component = html.Div(said, className="content")
    else:
        body = issues_one.show(reading) if reading.view.subject else issues_list.page(reading)
    return html.Div([tab_bar(reading, PATH), body], className="tabbed")


def drawer(reading: Reading) -> Component | None:
    return issues_new.drawer(reading) if reading.view.item == "new" else None


def tables(reading: Reading) -> dict[str, Table]:
    every = listed(reading)
    made = (
        issues_list.issue_table(reading, chosen(reading, every)),
        issues_list.comparison_table(every),
        matrix_table(reading, matrix(reading, every, live_warnings(reading))),
    )
    return {table.code: table for table in made}


def charts(reading: Reading) -> dict[str, Chart]:
    return {}
