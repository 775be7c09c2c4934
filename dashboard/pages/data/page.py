"""数据接入 [/data]: 来源与更新 · 导入 · 对账 · 校验与版本 · 简报模板."""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash, html
from dash.development.base_component import Component
from flask import g

from dashboard.components import frame, history, parts
from dashboard.components.drawer import indicator_drawer
from dashboard.pages.data import (
    acts as data_acts,
    briefing_template,
    checks as data_checks,
    close as data_close,
    deliveries as data_deliveries,
    departments as data_departments,
    files as data_files,
    imports as data_imports,
    reconciliation as data_reconciliation,
    sources as data_sources,
    upload as data_upload,
)
from dashboard.pages.data.workbench import (
    acts as workbench_acts,
    bench as workbench_bench,
    sheets_out as workbench_files,
    show as workbench_show,
)
from dashboard.site.page import Page, Remembered
from dashboard.site.reading import Reading
from dashboard.site.site import Site
from dashboard.words.notifications import expiry_title, expiry_words
from dashboard.words.wording import N_, _
from data_access.intake.sources.expiry import load_expiries
from rules.indicators import INDICATORS

PATH = "/data"
TITLE = N_("数据接入")
TABS = {
    "sources": N_("来源与更新"),
    "workbench": N_("导入工作台"),
    "imports": N_("导入"),
    "reconciliation": N_("对账"),
    "checks": N_("校验与版本"),
    "template": N_("简报模板"),
}

_SHOWN: dict[str, Callable[[Reading], Component]] = {
    "sources": data_departments.show,
    "workbench": workbench_show.show,
    "imports": data_imports.show,
    "reconciliation": data_reconciliation.show,
    "checks": data_checks.show,
    "template": briefing_template.show,
}


def register(app: Dash, site: Site) -> None:
    """Upload and refresh on demand; templates and rejected rows as files."""
    data_upload.register(app, site)
    data_files.register(app.server, site)
    workbench_bench.install(app.server, site)
    briefing_template.register(app.server, site)


def show(reading: Reading) -> Component:
    tab = _tab(reading)
    view = reading.view
    names = [
        (
            _(name),
            view.href(
                tab="" if code == "sources" else code, item="", show="", number="", measure="", sort="", version=""
            ),
            code == tab,
        )
        for code, name in TABS.items()
    ]
    running_out = [_running_out(reading)] if tab in ("sources", "checks") else []
    body = html.Div([*running_out, _SHOWN[tab](reading)], className="content data")
    return html.Div([frame.tabs(_(TITLE), names), body], className="tabbed")


def _running_out(reading: Reading) -> Component | None:
    """What runs out for the ledger looked at; None while nothing does."""
    lines = [
        html.Div(_("{title}。{what}", title=expiry_title(one.code), what=expiry_words(one.code)))
        for one in reading.ask(load_expiries, reading.now)
        if one.kind == "calendar" or reading.scheme.code in one.schemes
    ]
    return parts.section(_("即将到期"), html.Div(lines, className="foot")) if lines else None


def _tab(reading: Reading) -> str:
    return reading.view.tab if reading.view.tab in TABS else "sources"


def drawer(reading: Reading) -> Component | None:
    """A batch with its rejected rows, or an indicator's 计算依据."""
    item = reading.view.item
    number = data_acts.batch_number(item)
    if number is not None:
        return data_deliveries.drawer(reading, number)
    if item in INDICATORS and reading.scheme.kind == "ledger" and reading.published.version is not None:
        return indicator_drawer(reading, item, str(g.theme))
    return None


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={
        "sources": data_sources.source_table,
        "departments": data_departments.department_table,
        "batches": lambda reading: data_imports.batch_table(reading, everything=True),
        **data_reconciliation.TABLES,
        **data_checks.TABLES,
        **history.tables(),
        "workbench": workbench_files.row_table,
        "mend": workbench_files.mend_table,
    },
    charts=history.charts(),
    acts=(*data_acts.ACTS, *data_close.ACTS, *workbench_acts.ACTS, *briefing_template.ACTS),
    # Batches and runs change between versions, and some answers are the reader's own.
    remembered=Remembered.NEVER,
    register=register,
)
