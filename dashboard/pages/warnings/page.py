"""预警督办 [/warnings, /warnings/NUMBER]: what must be worked, what stands at a level, one warning with all that is done."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import history, parts
from dashboard.components.drawer import indicator_drawer
from dashboard.components.parts import Child
from dashboard.components.table import Table
from dashboard.pages.warnings import case as warnings_case, listing as warnings_list, queue as warnings_queue
from dashboard.pages.warnings.acts import ACTS, LETTERS
from dashboard.pages.warnings.instructions import instructions_section
from dashboard.pages.warnings.tabs import tab_bar
from dashboard.site import heading
from dashboard.site.page import Page, Remembered
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _
from rules.indicators import INDICATORS

PATH = "/warnings"
TITLE = N_("预警督办")


def show(reading: Reading) -> Component:
    if reading.view.subject:
        return html.Div([tab_bar(reading, f"{PATH}?tab=list"), warnings_case.show(reading)], className="tabbed")
    if reading.scheme.kind == "published":
        said = parts.message(_("公布数没有预警。"), _("预警只判定有分月账目的险种。"))
        return html.Div([tab_bar(reading, PATH), html.Div(said, className="content")], className="tabbed")
    listing = reading.view.tab == "list"
    if reading.view.tab == "instructions":
        asked = instructions_section(reading, whole=True)
        shown: list[Child] = [asked if asked is not None else html.P(_("没有未办结的批示。"))]
    else:
        shown = warnings_list.page(reading) if listing else warnings_queue.page(reading)
    body = html.Div([*shown, heading.footer(reading)], className="content warnings")
    tab = reading.view.tab if reading.view.tab in ("list", "instructions") else ""
    return html.Div([tab_bar(reading, f"{PATH}?tab={tab}" if tab else PATH), body], className="tabbed")


def drawer(reading: Reading) -> Component | None:
    kind = reading.view.item.removeprefix("letter.")
    if reading.view.subject and reading.view.item != kind and kind in LETTERS:
        return warnings_case.letter(reading, kind)
    seen = _seen(reading)
    return None if seen is None else indicator_drawer(*seen, str(g.theme))


def _seen(reading: Reading) -> history.Seen | None:
    """Whose indicator the drawer shows."""
    if reading.view.item not in INDICATORS or reading.scheme.kind != "ledger":
        return None
    seen = _of_subject(reading)
    return seen, seen.view.item


def _of_subject(reading: Reading) -> Reading:
    return warnings_case.subject_reading(reading) if reading.view.subject else reading


def _list_table(reading: Reading) -> Table | None:
    if reading.view.subject or reading.view.tab != "list":
        return None
    return warnings_list.table_of(reading, warnings_list.chosen(reading, warnings_list.listed(reading)))


def _queue_table(reading: Reading) -> Table | None:
    if reading.view.subject or reading.view.tab == "list":
        return None
    return warnings_queue.table_of(reading, warnings_queue.chosen(reading, warnings_queue.listed(reading)))


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={"list": _list_table, "cases": _queue_table, "signals": warnings_case.signal_table, **history.tables(_seen)},
    charts={"why": warnings_case.chart, **history.charts(_seen)},
    of_subject=_of_subject,
    acts=ACTS,
    subjects=True,
    remembered=Remembered.BY_ACCOUNT,
)
