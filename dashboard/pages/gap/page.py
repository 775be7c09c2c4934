"""缺口分担 [/gap]: 总账 · 管理性缺口台账 · 超收台账 · 应缴与扣缴 · 全国统筹调剂 · 方案测算 · 中长期测算."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.table import Table
from dashboard.pages.gap import (
    acts as gap_acts,
    drawer as gap_drawer,
    parameters as gap_parameters,
    scenarios as gap_scenarios,
)
from dashboard.pages.gap.account import account, region_table
from dashboard.pages.gap.equation import terms_table
from dashboard.pages.gap.items import item_table, items_page
from dashboard.pages.gap.money import BANDS, credit_page, credit_table, due_by_region, due_page, due_table
from dashboard.pages.gap.reading import WhoPays, who_pays
from dashboard.site import heading
from dashboard.site.page import Page, of_months
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words.wording import N_, _
from rules.scheme import MANAGEMENT_GAP
from workflows.gap.scenarios import Scenario
from workflows.people import rights
from workflows.people.accounts import Role

PATH = "/gap"
TITLE = N_("缺口分担")
# What of the pools above the province is shown first: that in force.
NATIONAL = "national"
TABS = {
    "account": N_("总账"),
    "items": N_("管理性缺口台账"),
    "credits": N_("超收台账"),
    "due": N_("应缴与扣缴"),
    "central": N_("全国统筹调剂"),
    "scenarios": N_("方案测算"),
    "outlook": N_("中长期测算"),
}
# Tabs that are pages of their own, and what of them is shown first.
OWN = {"central": {"path": "/central", "show": NATIONAL}, "outlook": {"path": "/outlook"}}
PAGES = {
    "account": account,
    "items": items_page,
    "credits": credit_page,
    "due": due_page,
    "scenarios": gap_scenarios.scenario_page,
}


def show(reading: Reading) -> Component:
    if reading.scheme.kind == "published":
        body: Component = parts.message(_("公布数没有缺口分担。"), _("请在页首选择有收支账的险种。"))
        return html.Div([frame.tabs(_(TITLE), []), html.Div(body, className="content")], className="tabbed")
    tab = _tab(reading)
    if reading.snapshot.month is None:
        shown: Component = parts.message(_("本险种还没有收支数据。"), _("请在“数据接入”上传数据。"))
        content = html.Div(shown, className="content gap")
    else:
        content = html.Div([PAGES[tab](reading, who_pays(reading)), heading.footer(reading)], className="content gap")
    return html.Div([frame.tabs(_(TITLE), tab_links(reading, tab)), content], className="tabbed")


def tab_links(reading: Reading, tab: str) -> list[tuple[str, str, bool]]:
    """The tabs of 缺口分担, some of which are pages of their own."""
    base = View(PATH, reading.view.scheme, reading.view.region, reading.view.period, reading.view.compare)
    return [
        (
            _(TABS[code]),
            base.href(**OWN[code]) if code in OWN else base.href(tab="" if code == "account" else code),
            code == tab,
        )
        for code in _open_tabs(reading)
    ]


def _open_tabs(reading: Reading) -> list[str]:
    """The tabs a reader has: registers the document knows, what-ifs of the province, central adjustment of a pension."""
    closed = set()
    if not reading.scheme.knows(MANAGEMENT_GAP, reading.snapshot.day):
        closed.add("items")
    if BANDS not in reading.scheme.parameters:
        closed.add("credits")
    if not reading.sees_siblings or reading.scope.role is Role.SYSTEM_ADMIN:
        closed.add("scenarios")
    if not reading.sees_siblings or reading.scheme.fund != "pension" or not rights.may_open(reading.scope, "/central"):
        closed.add("central")
    if not reading.sees_siblings or not rights.may_open(reading.scope, OWN["outlook"]["path"]):
        closed.add("outlook")
    return [code for code in TABS if code not in closed]


def _tab(reading: Reading) -> str:
    return reading.view.tab if reading.view.tab in _open_tabs(reading) and reading.view.tab in PAGES else "account"


def drawer(reading: Reading) -> Component | None:
    if reading.scheme.kind == "published" or reading.snapshot.month is None:
        return None
    return gap_drawer.drawer(reading, who_pays(reading))


def calculations(reading: Reading) -> Mapping[str, gap_drawer.Calculation]:
    """The rules' cases of the page's figures, for download."""
    if reading.scheme.kind == "published" or reading.snapshot.month is None:
        return {}
    return gap_drawer.calculations(reading, who_pays(reading))


def _of_register(build: Callable[[Reading, WhoPays], Table | None]) -> Callable[[Reading], Table | None]:
    return of_months(lambda reading: build(reading, who_pays(reading)))


def _item_table(reading: Reading) -> Table | None:
    found = who_pays(reading) if reading.has_months else None
    return item_table(reading, found) if found is not None and found.manages else None


def _credit_table(reading: Reading) -> Table | None:
    has_bands = reading.has_months and BANDS in reading.scheme.parameters
    return credit_table(reading, who_pays(reading)) if has_bands else None


def _of_scenarios(
    build: Callable[[Reading, WhoPays, tuple[Scenario, ...]], Table],
) -> Callable[[Reading], Table | None]:
    def table(reading: Reading) -> Table | None:
        found = who_pays(reading) if reading.has_months and "scenarios" in _open_tabs(reading) else None
        if found is None or found.general is None:
            return None
        return build(reading, found, gap_scenarios.chosen(reading, gap_scenarios.scenarios(reading, found.year)))

    return table


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={
        "terms": _of_register(terms_table),
        "items": _item_table,
        "due": _of_register(due_table),
        "due-regions": _of_register(due_by_region),
        "shares": _of_register(region_table),
        "credits": _credit_table,
        "scenarios": _of_scenarios(gap_scenarios.compare_table),
        "scenario-regions": _of_scenarios(gap_scenarios.region_table),
    },
    calculations=calculations,
    acts=(*gap_acts.ACTS, *gap_parameters.ACTS, *gap_scenarios.ACTS),
)
