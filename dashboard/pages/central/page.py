"""中央调剂 [/central]: what each province hands up and gets back in a year, of a pension scheme, under any ratio.

Shown as a tab of 缺口分担. ``span`` is the year, ``measure`` a ratio other than the one in force: then it is a what-if.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.central.reading import RATIOS, CentralYear, central_year
from dashboard.pages.gap import page as gap
from dashboard.pages.gap.words import parameter_name
from dashboard.site import heading
from dashboard.site.page import Page
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from data_access.books.central_years import MECHANISM
from rules.central_adjustment import ARTICLE as RULE_ARTICLE, Position, Province, average_wage
from rules.errors import NotAllowed
from rules.scheme import load_scheme
from workflows.people import rights

PATH = "/central"
TITLE = N_("中央调剂")


def show(reading: Reading) -> Component:
    if not reading.sees_siblings:
        raise NotAllowed("central adjustment is between provinces", region=reading.scope.region)
    tabs = frame.tabs(_(gap.TITLE), gap.tab_links(reading, "central") if reading.scheme.kind == "ledger" else [])
    found = central_year(reading) if reading.scheme.fund == "pension" else None
    body = _nothing(reading) if found is None else _year(reading, found)
    return html.Div([tabs, html.Div(body, className="content central")], className="tabbed")


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
        html.Div(_bars(reading, found), className="scroll"),
        note=_("{year}年，亿元；净额＝拨付−上解", year=found.year),
        actions=[frame.exports(PATH, table.code, view), _calculation(reading)],
        foot=_sum_line(found),
    )
    right = [
        _own_formula(reading, found),
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
    pool = Strong(display.money(found.result.pool_fen))
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
        paid=Strong(display.money(own.contribution_fen)),
        got=Strong(display.money(own.allocation_fen)),
        net=Strong(display.money(abs(own.net_fen))),
        pool=pool,
    )


def _second(found: CentralYear) -> list[Child]:
    said: list[Child] = []
    if found.what_if:
        said += sentence(
            N_("方案（不影响实际数据）：上解比例按{ratio}%测算，当年为{in_force}%。"),
            ratio=Strong(_percent(found.case.ratio)),
            in_force=_percent(found.in_force),
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


def _bars(reading: Reading, found: CentralYear) -> Component:
    """One line a province, net bars from the middle, the most received first."""
    most = max((abs(one.net_fen) for one in found.result.provinces), default=0) or 1
    heads = [_("省份"), _("上解"), _("拨付"), _("净额"), _("净上解 ← → 净得")]
    head = html.Tr([html.Th(text, scope="col", className="r" if 0 < at < 4 else "") for at, text in enumerate(heads)])
    rows = []
    for one in found.by_net:
        width = {"width": f"{abs(one.net_fen) / most * 50:.2f}%"}
        side = "gets" if one.net_fen >= 0 else "gives"
        bar = html.Span(html.Span(className=side, style=width), className="net-bar", **attributes(aria_hidden="true"))
        selected = attributes(aria_selected="true" if one.code == reading.tree.root else None)
        figures = [one.contribution_fen, one.allocation_fen]
        cells = [html.Td(display.money(fen), className="r") for fen in figures]
        cells.append(html.Td(display.money(one.net_fen, signed=True), className="r"))
        rows.append(html.Tr([html.Td(found.name(one.code)), *cells, html.Td(bar)], **selected))
    caption = html.Caption(_("各省上解与拨付"), className="vh")
    return html.Table([caption, html.Thead(head), html.Tbody(rows)], className="t net")


def _sum_line(found: CentralYear) -> list[Child]:
    return sentence(
        N_(
            "上解合计 {pool} 亿元 ÷ 离退休人数合计 {retirees} 人 ＝ 全国人均拨付额 {per_capita} 元；各省净额合计 0.00。"
        ),
        pool=Strong(display.money(found.result.pool_fen)),
        retirees=Strong(display.number(sum(one.retirees for one in found.case.provinces), 0)),
        per_capita=Strong(display.number(found.result.per_capita_yuan)),
    )


def _own_formula(reading: Reading, found: CentralYear) -> Component:
    """The formula with the own province's numbers."""
    own, province = found.own, found.own_province
    if own is None or province is None:
        return parts.section(_("本省计算"), html.P(_("本省没有年度数据。"), className="muted"))
    pairs: list[Component] = []
    for term, text in _terms(found, own, province):
        pairs += [html.Dt(term), html.Dd(text)]
    return parts.section(
        _("{name}怎么算", name=found.name(own.code)), html.Dl(pairs, className="formula"), note=RULE_ARTICLE
    )


def _terms(found: CentralYear, own: Position, province: Province) -> tuple[tuple[str, str], ...]:
    """Each term of the formula and how its number is made."""
    wage = display.number(average_wage(province))
    return (
        (
            _("职工平均工资"),
            _(
                "{wage} 元（非私营 {nonprivate}、私营 {private}，按人数加权）",
                wage=wage,
                nonprivate=_yuan(province.nonprivate_wage_yuan),
                private=_yuan(province.private_wage_yuan),
            ),
        ),
        (
            _("在职应参保人数"),
            _(
                "（参保 {participants} ＋ 企业就业 {employees}）÷ 2 ＝ {insured} 人",
                participants=display.number(province.participants, 0),
                employees=display.number(province.enterprise_employees, 0),
                insured=display.number(own.insured, 1),
            ),
        ),
        (
            _("上解额"),
            _(
                "{wage} × {factor}% × {insured} × {ratio}% ＝ {amount} 亿元",
                wage=wage,
                factor=display.number(found.case.wage_factor * 100, 0),
                insured=display.number(own.insured, 1),
                ratio=_percent(found.case.ratio),
                amount=display.money(own.contribution_fen),
            ),
        ),
        (
            _("拨付额"),
            _(
                "{per_capita} × {retirees} ＝ {amount} 亿元",
                amount=display.money(own.allocation_fen),
                per_capita=display.number(found.result.per_capita_yuan),
                retirees=display.number(province.retirees, 0),
            ),
        ),
        (
            _("净额"),
            _(
                "{got} − {paid} ＝ {net} 亿元",
                got=display.money(own.allocation_fen),
                paid=display.money(own.contribution_fen),
                net=display.money(own.net_fen, signed=True),
            ),
        ),
    )


def _yuan(value: Decimal | None) -> str:
    return display.NO_VALUE if value is None else display.number(value, 0)


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
        Row(
            {
                "quarter": _("第{number}季度", number=one.quarter),
                "up": one.contribution_fen,
                "down": one.allocation_fen,
                "net": one.allocation_fen - one.contribution_fen,
                "day": one.paid_on,
            }
        )
        for one in found.paid
    ]
    foot = []
    own = found.own
    up, down = (sum(getattr(one, name) for one in found.paid) for name in ("contribution_fen", "allocation_fen"))
    foot.append(Row({"quarter": _("预缴预拨合计"), "up": up, "down": down, "net": down - up}, style="sum"))
    if own is not None:
        foot.append(
            Row(
                {
                    "quarter": _("全年应上解、应拨付"),
                    "up": own.contribution_fen,
                    "down": own.allocation_fen,
                    "net": own.net_fen,
                }
            )
        )
        settle = (own.settle_contribution_fen or 0, own.settle_allocation_fen or 0)
        foot.append(
            Row(
                {"quarter": _("年终清算（应补）"), "up": settle[0], "down": settle[1], "net": settle[1] - settle[0]},
                style="sum",
            )
        )
    place, period = found.name(reading.tree.root), _("{year}年", year=found.year)
    return Table("payments", _("预缴预拨与清算"), columns, rows, foot=foot, place=place, period=period)


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
                    f" {display.number(Decimal(str(value.value)) * 100, 1)}% · {ground}{mark}",
                ]
            )
        )
    source = _("演示数据：人数和工资为模拟，不是各省实际数。") if reading.demo else _("人数和工资为导入的年度数据。")
    lines.append(html.Li(source))
    links = [html.Div(_templates(reading), className="files")]
    return html.Div([html.Ul(lines, className="journal"), *links])


def province_table(reading: Reading, found: CentralYear) -> Table:
    """Every province: inputs, contribution, allocation, net; settlement where payments are known."""
    columns = [
        Column("province", _("省份")),
        Column("participants", _("参保人数"), "count"),
        Column("insured", _("在职应参保人数"), "number", places=1),
        Column("wage", _("平均工资（元）"), "number"),
        Column("retirees", _("离退休人数"), "count"),
        Column("up", _("上解"), "money"),
        Column("down", _("拨付"), "money"),
        Column("net", _("净额"), "money", signed=True),
    ]
    if found.case.prepaid is not None:
        columns += [Column("settle_up", _("清算应补上解"), "money"), Column("settle_down", _("清算应补拨付"), "money")]
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
            }
        )
        for one in found.by_net
    ]
    total = {"province": _("合计"), "up": found.result.pool_fen, "down": found.result.pool_fen, "net": 0}
    title = _("中央调剂（{year}年）", year=found.year)
    note = _("方案（不影响实际数据）：上解比例{ratio}%", ratio=_percent(found.case.ratio)) if found.what_if else ""
    foot, period = [Row(total, style="sum")], _("{year}年", year=found.year)
    return Table("provinces", title, columns, rows, foot=foot, note=note, place=_("全国"), period=period)


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


PAGE = Page(
    PATH, TITLE, show, tables={"provinces": _province_table, "payments": _payment_table}, calculations=calculations
)
