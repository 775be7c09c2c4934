"""系统管理 [/admin]: the three administrators 三员, each with tabs of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.components import frame
from dashboard.pages.admin import (
    accounts,
    backup,
    calendar,
    exceptions,
    health,
    package,
    parameters,
    policy,
    regions,
    rights_table,
    seals,
    sign_ins,
    sources,
    tokens,
    trail,
)
from dashboard.pages.admin.tab import PATH, Tab, tab_href
from dashboard.site.page import Page, Remembered
from dashboard.site.reading import Reading
from dashboard.site.site import Site
from dashboard.words.wording import N_, _
from workflows.people import rights

TITLE = N_("系统管理")
T = TypeVar("T")

# In the order in which they are shown; who opens each: rights.ADMIN_TABS.
TABS: tuple[Tab, ...] = (
    health.TAB,
    sources.TAB,
    regions.TAB,
    calendar.TAB,
    parameters.TAB,
    backup.TAB,
    accounts.TAB,
    sign_ins.TAB,
    tokens.TAB,
    policy.TAB,
    trail.TAB,
    seals.TAB,
    exceptions.TAB,
    package.TAB,
    rights_table.TAB,
)
_BY_CODE = {tab.code: tab for tab in TABS}


def chosen(reading: Reading) -> Tab:
    """The tab of the address, else the first that is open to the reader. Raises NotAllowed for one that is closed."""
    tab = _BY_CODE.get(reading.view.tab)
    if tab is None:
        return next(one for one in TABS if rights.may_open_tab(reading.scope, one.code))
    rights.demand_tab(reading.scope, tab.code)
    return tab


def show(reading: Reading) -> Component:
    on = chosen(reading)
    names = [
        (_(tab.name), tab_href(reading.view, tab.code), tab is on)
        for tab in TABS
        if rights.may_open_tab(reading.scope, tab.code)
    ]
    body = html.Div(on.show(reading), className=f"content admin {on.code}")
    return html.Div([frame.tabs(_(TITLE), names), body], className="tabbed")


def drawer(reading: Reading) -> Component | None:
    return chosen(reading).drawer(reading)


def register(app: Dash, site: Site) -> None:
    for tab in TABS:
        if tab.register is not None:
            tab.register(app, site)


def _of_tab(tab: Tab, build: Callable[[Reading], T]) -> Callable[[Reading], T]:
    """What a tab gives, for who may open the tab."""

    def built(reading: Reading) -> T:
        rights.demand_tab(reading.scope, tab.code)
        return build(reading)

    return built


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={code: _of_tab(tab, build) for tab in TABS for code, build in tab.tables.items()},
    documents={code: _of_tab(tab, build) for tab in TABS for code, build in tab.documents.items()},
    acts=tuple(act for tab in TABS for act in tab.acts),
    # Accounts, runs and records change between versions, and each administrator sees others.
    remembered=Remembered.NEVER,
    register=register,
)
