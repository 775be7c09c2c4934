"""中央调剂 [/central]: what each province hands up and gets back in a year, of a pension scheme, under any ratio.

Shown as a tab of 缺口分担. ``span`` is the year, ``measure`` a ratio other than the one in force: then it is a what-if.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, cell, html_table
from dashboard.pages.central.national import ACTS, flow_table, national, payment_table as national_payment_table
from dashboard.pages.central.reading import RATIOS, CentralYear, central_year
from dashboard.pages.central.working import own_working
from dashboard.pages.gap import page as gap
from dashboard.pages.gap.words import parameter_name
from dashboard.site import heading
from dashboard.site.page import Page
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _
from data_access.books.central.years import MECHANISM
from data_access.books.regions import NATION
from rules.central_adjustment import average_wage
from rules.errors import NotAllowed
from rules.scheme import ParameterValue, load_scheme
from workflows.people import rights

PATH = "/central"
TITLE = N_("中央调剂")


def show(reading: Reading) -> Component:
    if not reading.sees_siblings:
        raise NotAllowed("central adjustment is between provinces", region=reading.scope.region)
    tabs = frame.tabs(_(gap.TITLE), gap.tab_links(reading, "central") if reading.scheme.kind == "ledger" else [])
    if _national(reading):
        body: Component = html.Div([_mechanisms(reading), national(reading), heading.footer(reading.running)])
        return html.Div([tabs, html.Div(body, className="content central")], className="tabbed")
    found = central_year(reading) if reading.scheme.fund == "pension" else None
    body = _nothing(reading) if found is None else _year(reading, found)
    return html.Div([tabs, html.Div([*_both(reading), body], className="content central")], className="tabbed")


def _national(reading: Reading) -> bool:
    """Whether 全国统筹调剂 is what is looked at: of a ledger, on demand."""
    return reading.view.show == gap.NATIONAL and _pooled(reading)


def _pooled(reading: Reading) -> bool:
    return reading.scheme.kind == "ledger" and reading.scheme.fund == "pension" and reading.has_months


def _both(reading: Reading) -> list[Component]:
    return [_mechanisms(reading)] if _pooled(reading) else []


def _mechanisms(reading: Reading) -> Component:
    """The two mechanisms, the one in force first."""
    view, now = reading.view, reading.view.show == gap.NATIONAL
    links = [
        (_("全国统筹调剂 2022年起"), view.href(show=gap.NATIONAL, span="", measure="", item=""), now),
        (_("中央调剂 2018—2021年"), view.href(show="", span="", measure="", item=""), not now),
    ]
    return html.Div([parts.segment(links, label=_("制度"))], className="toolbar")


def _nothing(reading: Reading) -> Component:
    if reading.scheme.fund != "pension":
        return parts.message(_("中央调剂只适用于企业职工基本养老保险。"), _("请在页首选择养老保险险种。"))
    return parts.message(
        _("还没有中央调剂的年度数据。"), _("请下载模板，填写各省人数和工资后在“数据接入”上传。"), _templates(reading)
    )


def _templates(reading: Reading) -> list[Component]:
    if not rights.may_open(reading.scope, "/data"):
        return []
    return [
        html.A(_("年度数据模板"), href="/template/central_year.xlsx", download=""),
        html.A(_("预缴预拨模板"), href="/template/central_payment.xlsx", download=""),
    ]


def _year(reading: Reading, found: CentralYear) -> Component:
    view = reading.view
    table = province_table(reading, found)
    left = parts.section(
        _("各省上解与拨付"),
        html.Div(_bars(found, table), className="scroll"),
        note=_("{year}年，亿元；净额＝拨付−上解", year=found.year),
        actions=[frame.exports(PATH, table.code, view), _calculation(reading)],
        foot=_sum_line(found),
    )
    right = [
        own_working(found),
        parts.section(
            _("预缴预拨与清算"),
            _payments(reading, found),
            note=_("亿元"),
            actions=[frame.exports(PATH, "payments", view)] if found.paid else [],
        ),
        parts.section(_("依据"), _basis(reading, found)),
    ]
    body = [parts.conclusion(_first(reading, found), _second(found)), _controls(reading, found)]
    return html.Div(
        [*body, html.Div([left, html.Div(right)], className="split central-split"), heading.footer(reading)]
    )


def _calculation(reading: Reading) -> Component:
    query = reading.view.href().partition("?")[2]
    return html.A(_("下载计算输入"), href=f"/export{PATH}/case.json?{query}", download="")


def _first(reading: Reading, found: CentralYear) -> list[Child]:
    own = found.own
    pool = Strong(found.printed("contribution", found.result.pool_fen, NATION))
    if own is None:
        return sentence(N_("{year}年全国上解合计{pool}亿元；本省没有年度数据。"), year=str(found.year), pool=pool)
    text = (
        N_("{year}年{name}上解{paid}亿元、拨付{got}亿元，净得{net}亿元；全国上解合计{pool}亿元。")
        if own.net_fen >= 0
        else N_("{year}年{name}上解{paid}亿元、拨付{got}亿元，净上解{net}亿元；全国上解合计{pool}亿元。")
    )
    return sentence(
        text,
        year=str(found.year),
        name=found.name(own.code),
        paid=Strong(found.printed("contribution", own.contribution_fen)),
        got=Strong(found.printed("allocation", own.allocation_fen)),
        net=Strong(display.printed(found.figure("net", own.net_fen), absolute=True)),
        pool=pool,
    )


def _second(found: CentralYear) -> list[Child]:
    said: list[Child] = []
    if found.what_if:
        said += sentence(
            N_("方案（不影响实际数据）：上解比例按{ratio}%测算，当年为{in_force}%。"),
            ratio=Strong(found.printed("ratio", found.case.ratio * 100)),
            in_force=display.printed(found.about.figure("central.ratio", found.in_force * 100)),
        )
    said.append(_("中央调剂制度执行至2021年底，2022年起为全国统筹调剂；此处供核对历年结果和测算。"))
    return said


def _percent(ratio: Decimal) -> str:
    return display.number(ratio * 100, 1)


def _controls(reading: Reading, found: CentralYear) -> Component:
    """Year, and the ratio from step to step."""
    view = reading.view
    years = [
        (_("{year}年", year=year), view.href(span=str(year), measure="", item=""), year == found.year)
        for year in found.years
    ]
    steps = []
    for ratio in sorted({*RATIOS, found.in_force, found.case.ratio}):
        now = ratio == found.in_force
        text: list[Child] = [f"{_percent(ratio)}%", *([html.Small(_("当年"))] if now else [])]
        current = attributes(aria_current="true" if ratio == found.case.ratio else None)
        steps.append(html.A(text, href=view.href(measure="" if now else str(ratio), span=str(found.year)), **current))
    mark = [html.Span(_("方案"), className="tag strong")] if found.what_if else []
    return html.Div(
        [
            parts.segment(years, label=_("年度")),
            html.Span(_("上解比例"), className="muted"),
            html.Div(steps, className="ratio-steps", role="group", **attributes(aria_label=_("上解比例"))),
            *mark,
        ],
        className="toolbar controls",
    )


def _bars(found: CentralYear, table: Table) -> Component:
    """One line a province, net bars from the middle, the most received first."""
    most = max((abs(one.net_fen) for one in found.result.provinces), default=0) or 1
    heads = [_("省份"), _("上解"), _("拨付"), _("净额"), _("净上解 ← → 净得")]
    head = html.Tr([html.Th(text, scope="col", className="r" if 0 < at < 4 else "") for at, text in enumerate(heads)])
    columns = [column for column in table.columns if column.key in ("up", "down", "net")]
    rows = []
    for one, row in zip(found.by_net, table.rows, strict=True):
        width = {"width": f"{abs(one.net_fen) / most * 50:.2f}%"}
        side = "gets" if one.net_fen >= 0 else "gives"
        bar = html.Span(html.Span(className=side, style=width), className="net-bar", **attributes(aria_hidden="true"))
        selected = attributes(aria_selected="true" if one.code == found.root else None)
        cells = [html.Td(cell(table, column, row), className="r") for column in columns]
        rows.append(html.Tr([html.Td(found.name(one.code)), *cells, html.Td(bar)], **selected))
    caption = html.Caption(_("各省上解与拨付"), className="vh")
    return html.Table([caption, html.Thead(head), html.Tbody(rows)], className="t net")


def _sum_line(found: CentralYear) -> list[Child]:
    retirees = sum(one.retirees for one in found.case.provinces)
    return sentence(
        N_(
            "上解合计 {pool} 亿元 ÷ 离退休人数合计 {retirees} 人 ＝ 全国人均拨付额 {per_capita} 元；各省净额合计 {net}。"
        ),
        pool=Strong(found.printed("contribution", found.result.pool_fen, NATION)),
        retirees=Strong(found.printed("retirees", retirees, NATION)),
        per_capita=Strong(found.printed("per_head", found.result.per_capita_yuan, NATION)),
        net=found.printed("net", sum(one.net_fen for one in found.result.provinces), NATION),
    )


def _payments(reading: Reading, found: CentralYear) -> Component:
    if not found.paid:
        return html.P(
            _("本省{year}年没有预缴预拨记录；有记录后按季列示并计算年终清算额。", year=found.year), className="muted"
        )
    return html.Div(html_table(payment_table(reading, found)), className="scroll")


def payment_table(reading: Reading, found: CentralYear) -> Table:
    """The own province's quarters, what the year comes to, and what is settled at its end."""
    columns = (
        Column("quarter", _("季度")),
        Column("up", _("上解"), "money"),
        Column("down", _("拨付"), "money"),
        Column("net", _("净额"), "money", signed=True),
        Column("day", _("日期"), "day"),
    )
    rows = [
        _moved(
            found,
            _("第{number}季度", number=one.quarter),
            "prepaid.",
            (one.contribution_fen, one.allocation_fen),
            one.paid_on,
            f"{found.year}-Q{one.quarter}",
        )
        for one in found.paid
    ]
    prepaid = tuple(sum(getattr(one, name) for one in found.paid) for name in ("contribution_fen", "allocation_fen"))
    foot = [replace(_moved(found, _("预缴预拨合计"), "prepaid.", prepaid), style="sum")]
    if (own := found.own) is not None:
        foot.append(_moved(found, _("全年应上解、应拨付"), "", (own.contribution_fen, own.allocation_fen)))
        settled = (own.settle_contribution_fen or 0, own.settle_allocation_fen or 0)
        foot.append(replace(_moved(found, _("年终清算（应补）"), "settle.", settled), style="sum"))
    place, period = found.name(reading.tree.root), _("{year}年", year=found.year)
    return Table("payments", _("预缴预拨与清算"), columns, rows, foot=foot, place=place, period=period)


def _moved(
    found: CentralYear, name: str, what: str, moved: Sequence[int], day: date | None = None, period: str | None = None
) -> Row:
    """What went up, what came down and the net, of a quarter or the year."""
    up, down = moved
    amounts = {"up": ("contribution", up), "down": ("allocation", down), "net": ("net", down - up)}
    figures = {key: found.figure(f"{what}{code}", fen, period=period) for key, (code, fen) in amounts.items()}
    return Row({"quarter": name, **figures, **({} if day is None else {"day": day})})


def _basis(reading: Reading, found: CentralYear) -> Component:
    """What the figures rest on: parameters with their article or why they are assumed, inputs, templates."""
    lines: list[Component] = []
    for value in found.rests_on:
        ground = value.source or _("暂定：{reason}", reason=value.reason or "")
        mark = _("；待核") if value.unverified else ""
        lines.append(
            html.Li(
                [
                    html.B(parameter_name(load_scheme(MECHANISM), value)),
                    html.Span([_parameter(found, value), "% · ", html.Span(f"{ground}{mark}", className="quoted")]),
                ]
            )
        )
    source = _("演示数据：人数和工资为模拟，不是各省实际数。") if reading.demo else _("人数和工资为导入的年度数据。")
    lines.append(html.Li(source))
    links = [html.Div(_templates(reading), className="files")]
    return html.Div([html.Ul(lines, className="journal"), *links])


def _parameter(found: CentralYear, value: ParameterValue) -> Printed:
    ratio = load_scheme(MECHANISM).parameters["central_ratio"]
    what = "central.ratio" if value.name == ratio.name else "central.factor"
    return display.printed(found.about.figure(what, Decimal(str(value.value)) * 100), places=1)


def province_table(reading: Reading, found: CentralYear) -> Table:
    """Every province: inputs, contribution, allocation, net; settlement where payments are known."""
    columns = [
        Column("province", _("省份")),
        Column("participants", _("参保人数"), "count", what=found.what("participants")),
        Column("insured", _("在职应参保人数"), "number", places=1, what=found.what("insured")),
        Column("wage", _("平均工资（元）"), "number", what=found.what("wage")),
        Column("retirees", _("离退休人数"), "count", what=found.what("retirees")),
        Column("up", _("上解"), "money", what=found.what("contribution")),
        Column("down", _("拨付"), "money", what=found.what("allocation")),
        Column("net", _("净额"), "money", signed=True, what=found.what("net")),
    ]
    if found.case.prepaid is not None:
        columns += [
            Column("settle_up", _("清算应补上解"), "money", what=found.what("settle.contribution")),
            Column("settle_down", _("清算应补拨付"), "money", what=found.what("settle.allocation")),
        ]
    inputs = {province.code: province for province in found.case.provinces}
    rows = [
        Row(
            {
                "province": found.name(one.code),
                "participants": inputs[one.code].participants,
                "insured": one.insured,
                "wage": average_wage(inputs[one.code]),
                "retirees": inputs[one.code].retirees,
                "up": one.contribution_fen,
                "down": one.allocation_fen,
                "net": one.net_fen,
                "settle_up": one.settle_contribution_fen,
                "settle_down": one.settle_allocation_fen,
            },
            place=one.code,
        )
        for one in found.by_net
    ]
    total = {"province": _("合计"), "up": found.result.pool_fen, "down": found.result.pool_fen, "net": 0}
    title = _("中央调剂（{year}年）", year=found.year)
    note = _("方案（不影响实际数据）：上解比例{ratio}%", ratio=_percent(found.case.ratio)) if found.what_if else ""
    foot, period = [Row(total, style="sum", place=NATION)], _("{year}年", year=found.year)
    return Table(
        "provinces", title, columns, rows, foot=foot, note=note, place=_("全国"), period=period, about=found.about
    )


def _found(reading: Reading) -> CentralYear | None:
    return central_year(reading) if reading.sees_siblings and reading.scheme.fund == "pension" else None


def calculations(reading: Reading) -> Mapping[str, tuple[str, object]]:
    """The year's case as shown, a what-if ratio included."""
    found = _found(reading)
    return {} if found is None else {"case": ("central_adjustment", found.case)}


def _province_table(reading: Reading) -> Table | None:
    found = _found(reading)
    return None if found is None else province_table(reading, found)


def _payment_table(reading: Reading) -> Table | None:
    found = _found(reading)
    return payment_table(reading, found) if found is not None and found.paid else None


def _of_national(build: Callable[[Reading], Table]) -> Callable[[Reading], Table | None]:
    return lambda reading: build(reading) if reading.sees_siblings and _pooled(reading) else None


PAGE = Page(
    PATH,
    TITLE,
    show,
    tables={
        "provinces": _province_table,
        "payments": _payment_table,
        "national": _of_national(flow_table),
        "national-payments": _of_national(national_payment_table),
    },
    calculations=calculations,
    acts=ACTS,
)
