"""The tabs of 预警督办, one bar over its pages."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import frame
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words.wording import N_, _
from workflows.people import rights

# Path and tab of each, with its name.
TABS = (
    ("/warnings", "", N_("待办事项")),
    ("/warnings", "list", N_("预警清单")),
    ("/warnings", "instructions", N_("批示督办")),
    ("/issues", "", N_("问题台账")),
    ("/thresholds", "", N_("预警规则")),
)


def tab_bar(reading: Reading, current: str) -> Component:
    """The bar with one tab current, named by its address (``/warnings?tab=list``); only tabs the reader may open."""
    view = reading.view
    entries = []
    for path, tab, name in TABS:
        if rights.may_open(reading.scope, path):
            href = View(path, view.scheme, view.region, view.period, view.compare, tab).href()
            entries.append((_(name), href, f"{path}?tab={tab}" == current if tab else path == current))
    return frame.tabs(_("预警督办"), entries)
