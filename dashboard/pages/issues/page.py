"""问题台账 [/issues, /issues/NUMBER], the tab of 预警督办 where audit, inspection, reports, comparisons and warnings meet."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.table import Table
from dashboard.pages.issues import comparing, listing as issues_list, new as issues_new, one as issues_one, suspicions
from dashboard.pages.issues.acts import ACTS
from dashboard.pages.issues.judging import JUDGING
from dashboard.pages.issues.matrix import matrix, matrix_table
from dashboard.pages.issues.reading import chosen, listed, live_warnings, subject
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
    if reading.view.item == "new":
        return issues_new.drawer(reading)
    return suspicions.drawer(reading) if reading.view.subject else None


def _suspicions(reading: Reading) -> Table | None:
    one = subject(reading)
    found = suspicions.of_issue(reading, one) if one else ()
    return suspicions.suspicion_table(reading, one, suspicions.chosen(reading, found)) if one and found else None


def _of_run(reading: Reading) -> Table | None:
    one = comparing.looked_at(reading, comparing.found(reading, listed(reading)))
    return comparing.run_table(reading, one, one.run) if one and one.run else None


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={
        "issues": lambda reading: issues_list.issue_table(reading, chosen(reading, listed(reading))),
        "comparisons": lambda reading: comparing.comparison_table(reading, comparing.found(reading, listed(reading))),
        "comparison-run": _of_run,
        "suspicions": _suspicions,
        "matrix": lambda reading: matrix_table(reading, matrix(reading, listed(reading), live_warnings(reading))),
    },
    acts=(*ACTS, *JUDGING),
    subjects=True,
)
