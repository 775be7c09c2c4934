"""取数包: what an auditor takes away of a scheme, region and period, with digests to verify it by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dash import html
from dash.development.base_component import Component
from flask import current_app

from dashboard.components import forms, parts
from dashboard.components.export_form import export_form
from dashboard.components.parts import Strong, sentence
from dashboard.exports.blocks import Document
from dashboard.exports.origin import origin_of
from dashboard.exports.package_job import order_json
from dashboard.exports.probe import Environment
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.site.page import SITE, Offered
from dashboard.site.reading import LIVE, Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, language, name_of
from data_access.store.package import TABLES, PackageOrder
from rules.month import Month
from workflows.people.auditing import readable


def show(reading: Reading) -> Component:
    months = _months(reading)
    if not months:
        return parts.message(_("没有可取的账目。"), _("有账目的险种在首次刷新后显示。"))
    since, until = _asked(reading, months)
    said = sentence(
        N_("{scheme}（{region}）{since}至{until}的数据，打成一个压缩包。"),
        region=name_of(reading.node),
        scheme=name_of(reading.scheme),
        since=Strong(display.month_name(since)),
        until=Strong(display.month_name(until)),
    )
    second = _(
        "明细、汇总、预算、参数、预警标准、预警和事项、操作记录、银行对账单，附数据字典、行数、合计和SHA-256、SM3清单。"
    )
    view = reading.view
    options = [(Month(month).iso, display.month_name(month)) for month in reversed(months)]
    kept = [forms.hidden(name, getattr(view, name)) for name in ("scheme", "region") if getattr(view, name)]
    period = html.Form(
        [
            forms.hidden("tab", "package"),
            *kept,
            forms.row(
                forms.field(_("自"), forms.control("select", "show", Month(since).iso, options=options)),
                forms.field(_("至"), forms.control("select", "span", Month(until).iso, options=options)),
                html.Button(_("选定期间"), type="submit", className="button"),
            ),
        ],
        action=PATH,
        method="get",
        className="search",
    )
    address = f"/export-job{PATH}/package?{view.href().partition('?')[2]}"
    left = parts.section(
        _("取数"),
        [period, export_form(address, Environment(), ("zip",))],
        note=_("险种和地区在页首选择"),
        foot=_("取数记入操作记录。写好的压缩包留一小时，只有取数人能下载。"),
    )
    right = parts.section(
        _("包内文件"),
        html.Ul([html.Li(f"data/{name}.csv") for name in TABLES], className="reasons"),
        note=_("共{count}个数据文件", count=len(TABLES)),
        foot=_("核对办法写在包内 README.txt：sha256sum -c SHA256SUMS。"),
    )
    return html.Div([parts.conclusion(said, second), html.Div([left, right], className="split halves")])


def _months(reading: Reading) -> list[int]:
    if reading.scheme.kind != "ledger" or reading.published.version is None:
        return []
    return [int(month) for month in reading.published.snapshot(reading.scheme.code, LIVE).facts.months]


def _asked(reading: Reading, months: list[int]) -> tuple[int, int]:
    """The months of the address, in their order; without them the newest year's."""
    known = {Month(month).iso: month for month in months}
    until = known.get(reading.view.span, months[-1])
    since = known.get(reading.view.show, max(months[0], until // 100 * 100 + 1))
    return min(since, until), max(since, until)


def package(reading: Reading) -> Offered | None:
    """The package of what is looked at; None where there is no ledger."""
    months = _months(reading)
    if not months:
        return None
    since, until = _asked(reading, months)
    first, last = date(since // 100, since % 100, 1), Month(until).last
    order = PackageOrder(
        reading.scheme.code,
        reading.region,
        frozenset(reading.tree.subtree(reading.region)),
        since,
        until,
        replace(reading.ask(readable, reading.scope), since=first, until=last),
        reading.scheme.province,
    )
    engine = current_app.extensions[SITE].engine
    origin = origin_of(reading)
    name = f"{_('取数包')}_{name_of(reading.scheme)}_{name_of(reading.node)}_{Month(since).iso}_{Month(until).iso}"
    source = replace(origin.source, period=f"{Month(since).iso} – {Month(until).iso}")
    document = Document("report", _("取数包"), (), source, language())
    told = {"since": since, "until": until}
    store = engine.url.render_as_string(hide_password=False)
    return Offered(document, name, told, order=order_json(store, order))


TAB = Tab("package", N_("取数包"), show, documents={"package": package})
