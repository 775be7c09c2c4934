"""总账: the general gap and who bears it, the registers, each unit's part."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.gap.equation import equation, sources
from dashboard.pages.gap.items import funnel, item_notes, item_table, register_actions
from dashboard.pages.gap.money import BANDS, credit_section, due_section
from dashboard.pages.gap.reading import PATH, WhoPays
from dashboard.pages.gap.words import region_name
from dashboard.site.reading import Reading
from dashboard.words import as_of, expected
from dashboard.words.wording import N_, _
from workflows.gap.general import GeneralGap, city_part

ITEMS_SHOWN = 9
FORECAST = "management_gap_forecast"


def account(reading: Reading, found: WhoPays) -> Component:
    """The province's page; for a region what it has to do with the gap."""
    if found.general is None or found.plan is None:
        body = parts.message(_("{year}年还没有收支计划。", year=found.year), _("请在“数据接入”上传收支计划。"))
        return html.Div([body, *_registers(reading, found)])
    if not reading.is_province:
        return _of_region(reading, found)
    head = parts.conclusion(
        _first(found, found.general), _second(reading, found), [frame.exports(PATH, "terms", reading.view)]
    )
    shown = [equation(found), sources(reading, found), *_registers(reading, found)]
    return html.Div([head, *shown, _shares(reading, found)])


def _registers(reading: Reading, found: WhoPays) -> list[Component]:
    """The registers that the document knows."""
    due = due_section(reading, found, most=5)
    beside = [credit_section(reading, found, most=4)] if BANDS in reading.scheme.parameters else []
    left, right = (_items(reading, found), [due, *beside]) if found.manages else (due, beside)
    return [html.Div([left, html.Div(right)], className="split registers") if right else left]


def _items(reading: Reading, found: WhoPays) -> Component:
    table = item_table(reading, found, ITEMS_SHOWN)
    more = len(found.listed) - ITEMS_SHOWN
    link = html.A(
        _("另有{count}条", count=more), href=reading.view.href(tab="items", item="", show=""), className="right"
    )
    return parts.section(
        _("管理性缺口台账"),
        [html.Div(html_table(table), className="scroll")]
        if table.rows
        else [html.P(_("没有登记的事项。"), className="foot")],
        note=html.Span([as_of.noted(reading, _("亿元")), funnel(found)], className="note"),
        actions=[*register_actions(reading), frame.exports(PATH, "items", reading.view)],
        foot=[*item_notes(reading, found), *([link] if more > 0 else [])],
    )


# --- the sentences


def _first(found: WhoPays, general: GeneralGap) -> list[Child]:
    """缺口, who covers it, what is left to the localities."""
    year = str(found.year)
    if general.gap_fen == 0:
        left = found.plan.income_fen - found.plan.expenditure_fen if found.plan else 0
        text = N_("{year}年计划收入大于支出{amount}亿元，没有一般性收支缺口，各级财政今年无需分担。")
        return sentence(text, year=year, amount=Strong(found.planned("gap.surplus", left)))
    gap = Strong(found.planned("gap.general", general.gap_fen))
    said = sentence(N_("{year}年计划收支缺口{gap}亿元，"), year=year, gap=gap)
    if general.covered_fen == general.gap_fen:
        return [*said, _("全省结余足以弥补，各级财政今年无需分担。")]
    if general.covered_fen:
        covered = Strong(found.planned("gap.covered", general.covered_fen))
        said += sentence(N_("动用结余{covered}亿元，"), covered=covered)
    return [
        *said,
        *sentence(
            N_("省级财政承担{province}亿元、地方分担{local}亿元。"),
            province=Strong(found.planned("gap.province", general.province_fen)),
            local=Strong(found.planned("gap.local", general.local_fen)),
        ),
    ]


def _second(reading: Reading, found: WhoPays) -> list[Child]:
    """What the localities owe and have not handed over."""
    said: list[Child] = []
    short = expected_gaps(reading, found)
    if short:
        names = _("、").join(region_name(reading.tree, region) for region in list(short)[:2])
        text = (
            N_("{names}年底预计形成管理性缺口{amount}亿元，由当地财政承担；")
            if len(short) <= 2
            else N_("{names}等{count}地年底预计形成管理性缺口{amount}亿元，由当地财政承担；")
        )
        total = Strong(found.registered("gap.expected", sum(short.values())))
        said += sentence(text, names=names, count=str(len(short)), amount=total)
    due, unpaid = sum(one.due_fen for one in found.owed), sum(one.unpaid_fen for one in found.owed)
    overdue = sum(one.unpaid_fen for one in found.owed if one.overdue_days(reading.today))
    if not due:
        return [*said, _("没有应缴的缺口资金。"), *as_of.marked(reading)]
    said += sentence(
        N_("各地应缴{due}亿元，未缴{unpaid}亿元"),
        due=Strong(found.registered("due", due)),
        unpaid=Strong(found.registered("due.unpaid", unpaid)),
    )
    if overdue:
        late = Strong(found.registered("due.overdue", overdue))
        said += sentence(N_("，其中逾期{overdue}亿元。"), overdue=late)
    else:
        said.append(_("，没有逾期。"))
    return [*said, *as_of.marked(reading)]


def expected_gaps(reading: Reading, found: WhoPays) -> dict[str, int]:
    """预计管理性缺口 by region, largest first: as forecast where it is, else as registered by estimate."""
    if not found.manages:
        return {}
    forecast: dict[str, int] = {}
    values = reading.snapshot.values(FORECAST, expected.last_month(reading))
    for region in reading.children() or (reading.region,):
        value = values.get(region)
        if value is not None and value.value is not None and value.value > 0:
            forecast[region] = int(value.value * 100)
    registered = {item.region: item.recognised_fen for item in found.listed if item.expected}
    return dict(sorted((forecast or registered).items(), key=lambda pair: (-pair[1], pair[0])))


# --- each unit


def _shares(reading: Reading, found: WhoPays) -> Component:
    """Below the fold: the plan of each unit and its part of the gap."""
    return parts.section(
        _("分地区分担"),
        html.Div(html_table(region_table(reading, found)), className="sheet"),
        note=_("{year}年计划，亿元", year=found.year),
        actions=[frame.exports(PATH, "shares", reading.view)],
        foot=_weighting(found),
    )


def _weighting(found: WhoPays) -> str:
    assert found.general is not None
    if found.general.unweighted:
        return _("分担因素数据未录入，分担系数按1计。")
    return _("分担系数由各地因素与全省之比加权得出；没有需要分担的部分时不起作用。")


# --- one region


def _of_region(reading: Reading, found: WhoPays) -> Component:
    """What a region's plans have to do with the gap, and what it owes."""
    table = region_table(reading, found)
    due, unpaid = sum(one.due_fen for one in found.owed), sum(one.unpaid_fen for one in found.owed)
    overdue = sum(one.unpaid_fen for one in found.owed if one.overdue_days(reading.today))
    name = region_name(reading.tree, reading.region)
    if not due:
        first: list[Child] = [_("{region}没有应缴的缺口资金。", region=name)]
    else:
        first = sentence(
            N_("{region}应缴缺口资金{due}亿元，未缴{unpaid}亿元，其中逾期{overdue}亿元。"),
            region=name,
            due=Strong(found.registered("due", due)),
            unpaid=Strong(found.registered("due.unpaid", unpaid)),
            overdue=Strong(found.registered("due.overdue", overdue)),
        )
    first += as_of.marked(reading)
    planned = parts.section(
        _("一般性收支缺口（计划内，由省统筹解决）"),
        html.Div(html_table(table), className="scroll")
        if table.rows
        else html.P(_("本地没有单列的收支计划。"), className="foot"),
        note=_("{year}年计划，亿元", year=found.year),
        actions=[frame.exports(PATH, "shares", reading.view)],
    )
    return html.Div([parts.conclusion(first, _planned(reading, found)), *_registers(reading, found), planned])


def _planned(reading: Reading, found: WhoPays) -> list[Child]:
    """The region's plan: its gap is the province's to cover, a surplus the province's to use."""
    inside = frozenset(reading.tree.subtree(reading.region))
    units = [unit for unit in found.plan.units if unit.code in inside] if found.plan else []
    left = sum(unit.income_fen - unit.expenditure_fen for unit in units)
    local = sum(share.payable_fen for share in found.general.shares if share.code in inside) if found.general else 0
    if not units:
        return []
    if left >= 0:
        text = N_("{year}年计划收入大于支出{amount}亿元，由省统一调度使用。")
        more = Strong(found.planned("gap.surplus", left, place=reading.region))
        return sentence(text, year=str(found.year), amount=more)
    text = N_("{year}年计划内收支缺口{amount}亿元，由省统筹解决，本地分担{local}亿元。")
    gap = Strong(found.planned("gap.net", -left, place=reading.region))
    own = Strong(found.planned("gap.local", local, place=reading.region))
    return sentence(text, year=str(found.year), amount=gap, local=own)


def region_table(reading: Reading, found: WhoPays) -> Table:
    """Each unit's plan, gap, what surplus covers and its own share; the province as a whole at the foot."""
    columns = [
        Column("region", _("地区")),
        Column("income", _("计划收入"), "money", what="gap.unit.income"),
        Column("spent", _("计划支出"), "money", what="gap.unit.expenditure"),
        Column("gap", _("计划缺口"), "money", what="gap.unit"),
        Column("covered", _("结余和统筹弥补"), "money", what="gap.unit.covered"),
        Column("multiplier", _("分担系数"), "number", what="gap.unit.multiplier"),
        Column("local", _("地方分担"), "money", what="gap.unit.local"),
        Column("credit", _("超收冲减"), "money", what="gap.unit.credit"),
        Column("payable", _("应上解"), "money", what="gap.unit.payable"),
    ]
    if found.plan is None or found.general is None:
        return Table("shares", _("分地区分担"), columns, [])
    inside = frozenset(reading.tree.subtree(reading.region))
    shares = {share.code: share for share in found.general.shares}
    split = found.general.split
    if split is not None and split.county_share is not None:
        columns += [
            Column("city", _("其中市级"), "money", what="gap.unit.city"),
            Column("county", _("其中县级"), "money", what="gap.unit.county"),
        ]
    rows = []
    for unit in found.plan.units:
        if unit.code not in inside:
            continue
        share = shares.get(unit.code)
        rows.append(
            Row(
                {
                    "region": region_name(reading.tree, unit.code),
                    "income": unit.income_fen,
                    "spent": unit.expenditure_fen,
                    "gap": max(0, unit.expenditure_fen - unit.income_fen),
                    "covered": share.covered_fen if share else 0,
                    "multiplier": share.multiplier if share else None,
                    "local": share.local_fen if share else 0,
                    "credit": share.credit_used_fen if share else 0,
                    "payable": share.payable_fen if share else 0,
                    "city": city_part(unit, share) if share else 0,
                    "county": share.payable_fen - city_part(unit, share) if share else 0,
                },
                place=unit.code,
            )
        )
    period = _("{year}年计划", year=found.year)
    whole: dict[str, object] = {
        one.key: sum(int(str(row.values[one.key])) for row in rows) for one in columns if one.kind == "money"
    }
    foot = [Row({"region": _("合计"), **whole}, style="sum", place=reading.region)] if len(rows) > 1 else []
    return Table("shares", _("分地区分担"), columns, rows, foot=foot, period=period, about=found.about)
