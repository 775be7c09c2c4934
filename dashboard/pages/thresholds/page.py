"""预警规则 [/thresholds], the tab of 预警督办 where limits are set: list, one rule, files, 为什么没有预警."""

from __future__ import annotations

from collections.abc import Mapping

from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard.components import parts
from dashboard.components.parts import Child
from dashboard.components.table import Table
from dashboard.pages.thresholds import (
    acts,
    file_acts,
    files as thresholds_files,
    form as thresholds_form,
    listing as thresholds_list,
    rule as thresholds_rule,
    trial as thresholds_trial,
    why as thresholds_why,
    words as words,
)
from dashboard.pages.warnings.tabs import tab_bar
from dashboard.site import heading
from dashboard.site.page import Page
from dashboard.site.reading import Reading, reading_of
from dashboard.site.site import Site
from dashboard.site.view import parse_view
from dashboard.words.wording import N_, _
from workflows.thresholds.register import limits, load_register

PATH = "/thresholds"
TITLE = N_("预警规则")


def register(app: Dash, site: Site) -> None:
    """The live trial of what is being written, and the files."""
    thresholds_files.register(app.server, site)

    @app.callback(
        [Output("trial", "children"), *(Output(f"find-{place}", "children") for place in words.PLACES)],
        Input("trial-draft", "data"),
        State("view", "data"),
        prevent_initial_call=True,
    )
    def try_draft(draft: Mapping[str, str] | None, address: str | None) -> list[Child | list[Child]]:
        if not draft:
            raise PreventUpdate
        path, _mark, query = (address or "").partition("?")
        reading = reading_of(site, parse_view(path, query))
        rule = words.of_slug(reading.view.subject)
        if rule is None:
            raise PreventUpdate
        return _tried(reading, draft, *rule)


def _tried(reading: Reading, draft: Mapping[str, str], indicator: str, rule: str) -> list[Child | list[Child]]:
    fields = {name: str(draft.get(name) or "") for name in thresholds_form.limit_fields(indicator, rule)}
    rows, known = reading.ask(limits), reading.ask(load_register)
    checked = thresholds_form.check(reading, rows, fields, indicator, rule)
    told = thresholds_form.remarks(checked, fields)
    shown = thresholds_trial.panel(reading, known, thresholds_form.triable(checked, reading), rule)
    return [shown, *(told[place] for place in words.PLACES)]


def show(reading: Reading) -> Component:
    return html.Div(
        [tab_bar(reading, PATH), html.Div(_body(reading), className="content thresholds")], className="tabbed"
    )


def _body(reading: Reading) -> list[Child]:
    if reading.scheme.kind != "ledger":
        return [parts.message(_("公布数不设预警标准。"), _("请在页首选择有账目的险种。"))]
    subject = reading.view.subject
    rule = words.of_slug(subject)
    if rule is not None:
        body = thresholds_rule.show(reading, *rule)
    elif subject == "why":
        body = thresholds_why.show(reading)
    elif subject == "files":
        body = thresholds_files.show(reading)
    elif subject:
        return [parts.message(_("没有这条规则。"), _("地址可能有误，或指标已改名。"))]
    else:
        body = thresholds_list.show(reading)
    foot = [] if reading.snapshot.month is None else [heading.footer(reading)]
    return [body, *foot]


def _limit_table(reading: Reading) -> Table | None:
    if reading.scheme.kind != "ledger" or reading.view.subject:
        return None
    register_, made = thresholds_rule.load(reading)
    counts = thresholds_list.counts_here(reading)
    rows = thresholds_list.wanted(reading, thresholds_list.listed(reading, register_), counts)
    return thresholds_list.limit_table(reading, rows, counts, made)


def _coverage_table(reading: Reading) -> Table | None:
    if reading.scheme.kind != "ledger" or reading.view.subject:
        return None
    register_, _made = thresholds_rule.load(reading)
    return thresholds_list.coverage_table(reading, thresholds_list.coverage_rows(reading, register_))


def _row_table(reading: Reading) -> Table | None:
    rule = words.of_slug(reading.view.subject)
    if reading.scheme.kind != "ledger" or rule is None:
        return None
    register_, made = thresholds_rule.load(reading)
    rows = thresholds_rule.rows_here(reading, register_, *rule)
    return thresholds_rule.row_table(reading, rows, rule[0], made, None)


def _history_table(reading: Reading) -> Table | None:
    rule = words.of_slug(reading.view.subject)
    if reading.scheme.kind != "ledger" or rule is None:
        return None
    register_, made = thresholds_rule.load(reading)
    return thresholds_rule.history_table(reading, register_, *rule, made)


PAGE = Page(
    PATH,
    TITLE,
    show,
    tables={"limits": _limit_table, "coverage": _coverage_table, "rows": _row_table, "history": _history_table},
    acts=(*acts.ACTS, *file_acts.ACTS),
    subjects=True,
    register=register,
)
