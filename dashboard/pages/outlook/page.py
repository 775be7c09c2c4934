"""中长期测算 [/outlook]: until when the money lasts, under stated assumptions; a tab of 缺口分担.

``variant`` is low, mid or high, ``ret`` switches the retirement reform off, ``shock`` shows the projection under one of the
shocks, ``show=all`` every year, ``set`` a scenario, ``sizes`` the stress test under other sizes, ``tab=compare`` scenarios
beside the base.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.charts.graph import Chart
from dashboard.components import frame, parts
from dashboard.components.table import Table
from dashboard.pages.gap import page as gap
from dashboard.pages.outlook import (
    bring,
    compare,
    drawer as opened,
    fan,
    figures,
    panel,
    persons,
    pressures,
    reserve,
    scenarios,
    sentence,
    years,
)
from dashboard.pages.outlook.reading import PATH, Outlook, failed_first, open_to, outlook
from dashboard.site import heading
from dashboard.site.page import Page
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.problems import problem_words
from dashboard.words.wording import N_, _, apart
from data_access.books.outlook.population import MortalityIncomplete, NoHeads
from rules.errors import NotAllowed

TITLE = N_("中长期测算")
T = TypeVar("T", Table, Chart)


def show(reading: Reading) -> Component:
    if not reading.sees_siblings:
        raise NotAllowed("the projection is of the whole province", region=reading.scope.region)
    if reading.scheme.kind == "published":
        body = parts.message(_("公布数没有中长期测算。"), _("请在页首选择有收支账的险种。"))
        return html.Div([frame.tabs(_(gap.TITLE), []), html.Div(body, className="content outlook")], className="tabbed")
    found = outlook(reading)
    beside = compare.read(reading) if reading.view.tab == scenarios.COMPARING else None
    if beside is not None:
        shown = compare.page(reading, beside)
    else:
        shown = _nothing(reading) if found is None else _whole(reading, found)
    content = html.Div([*shown, heading.footer(reading)], className="content outlook")
    return html.Div([frame.tabs(_(gap.TITLE), gap.tab_links(reading, "outlook")), content], className="tabbed")


def _nothing(reading: Reading) -> list[Component]:
    """Why there is no projection, and what to do."""
    failed = failed_first(reading)
    if failed is not None:
        return [parts.message(_("中长期测算没有算成。"), failure(failed.made.result))]
    why = _("测算从最近一个12月已定稿的年度算起；该年定稿后，下一次刷新即有结果。")
    return [parts.message(_("还没有中长期测算。"), why)]


def failure(result: str) -> str:
    """Why a projection could not be computed, as the step kept it, and what to do about it."""
    told = json.loads(result)
    if told.get("code") in (NoHeads.code, MortalityIncomplete.code):
        return problem_words(told["code"], told)
    reason = "：".join(str(told[name]) for name in ("path", "parameter", "message") if told.get(name))
    return _("计算依据中有不能用的值，请核对暂定参数和导入的人员结构。原因：{reason}", reason=reason)


def _whole(reading: Reading, found: Outlook) -> list[Component]:
    left = [
        fan.section(reading, found),
        *([persons.section(reading, found)] if found.supported else []),
        *reserve.section(reading, found),
        years.section(reading, found),
    ]
    right = [pressures.section(reading, found), panel.panel(reading, found)]
    return [
        *_recomputing(found),
        parts.conclusion(sentence.first(reading, found), sentence.second(found), scenarios.actions(reading, found)),
        parts.band(figures.on_screen(reading, found)),
        html.Div([html.Div(left), html.Div(right)], className="split outlook-split"),
    ]


def _recomputing(found: Outlook) -> list[Component]:
    """11月6日所算，参数已改，重算未成, with the reason."""
    if found.failed is None:
        return []
    told = _(
        "{day}所算，参数或数据已改，重算未成。",
        day=display.short_day(display.local(found.computed_at).date()),
    )
    return [html.Div([html.B(told), " ", failure(found.failed.made.result)], className="panel stale", role="status")]


def _of(build: Callable[[Outlook], T]) -> Callable[[Reading], T | None]:
    return _with(lambda _reading, found: build(found))


def _with(build: Callable[[Reading, Outlook], T | None]) -> Callable[[Reading], T | None]:
    """A table or chart of the projections; None where there are none, or not for the reader."""

    def built(reading: Reading) -> T | None:
        found = outlook(reading) if open_to(reading) else None
        made = None if found is None else build(reading, found)
        return made if found is None or made is None else _held_to(found, made)

    return built


def _held_to(found: Outlook, made: T) -> T:
    """What goes out, with what the page says of all of it: 测算，非预算或预测；暂定参数n项。"""
    said = parts.plain(sentence.second(found))
    if isinstance(made, Table):
        return _noted(made, said)
    return replace(made, table=_noted(made.table, said), legend=_joined(made.legend, said))


def _noted(table: Table, said: str) -> Table:
    return replace(table, note=_joined(table.note, said))


def _joined(first: str, said: str) -> str:
    return apart().join(one for one in (first, said) if one)


def _beside(build: Callable[[compare.Compared], T]) -> Callable[[Reading], T | None]:
    """Of the base and the scenarios beside it."""

    def made(reading: Reading) -> T | None:
        found = compare.read(reading) if open_to(reading) else None
        return None if found is None else _held_to(found.base, build(found))

    return made


PAGE = Page(
    PATH,
    TITLE,
    show,
    opened.drawer,
    tables={
        "figures": _with(figures.figure_table),
        pressures.CODE: _of(pressures.pressure_table),
        years.CODE: _with(years.year_table),
        reserve.CODE: _with(reserve.reserve_table),
        panel.CODE: _with(panel.table),
        bring.FIGURES: _with(bring.key_figures),
        compare.CODE: _beside(compare.filed),
    },
    charts={
        fan.CODE: _with(fan.fan),
        persons.CODE: _of(persons.persons),
        compare.LINES: _beside(compare.lines),
    },
    calculations=opened.calculations,
    acts=opened.ACTS,
)
