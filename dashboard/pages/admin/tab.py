"""``Tab``: what one tab of 系统管理 declares of itself; who opens it stands in ``workflows.people.rights``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dash import Dash
from dash.development.base_component import Component

from dashboard.components.table import Table
from dashboard.site.act import Act
from dashboard.site.page import Offered, nothing
from dashboard.site.reading import Reading
from dashboard.site.site import Site
from dashboard.site.view import View

PATH = "/admin"


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab. ``code`` is its name in the address and in ``rights.ADMIN_TABS``; the others are as a ``Page`` has them.
    Tables and documents are given only to who may open the tab; an act names its roles itself."""

    code: str
    name: str
    show: Callable[[Reading], Component]
    drawer: Callable[[Reading], Component | None] = nothing
    tables: Mapping[str, Callable[[Reading], Table | None]] = field(default_factory=dict)
    documents: Mapping[str, Callable[[Reading], Offered | None]] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()
    register: Callable[[Dash, Site], None] | None = None


def tab_href(view: View, code: str) -> str:
    """The address of a tab, at its beginning."""
    return view.href(tab=code, item="", show="", sort="", number="", state="", measure="")
