"""管理性缺口台账: how far the items have come, the table, and the check against counting twice."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.level import level_tag
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.gap import acts
from dashboard.pages.gap.reading import PATH, WhoPays, overdue_level
from dashboard.pages.gap.words import FUNNEL, duty_word, kind_name, region_name, state_words
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.departments import department_name
from dashboard.words.passport import About
from dashboard.words.wording import N_, _
from rules.alerts.threshold import Level
from rules.department import SIGNERS
from workflows.gap.register import STATES, GapItem, determined_fen

CARDS = Cards(("number", "region"), "kind", ("amount", "state", "due", "paid", "overdue"))


def items_page(reading: Reading, found: WhoPays) -> Component:
    """Every item with its state; the drawer has the rest."""
    table = item_table(reading, found)
    listed: Component = (
        html.Div(html_table(table, cards=CARDS), className="scroll")
        if table.rows
        else html.P(_("没有登记的事项。"), className="foot")
    )
    first = sentence(
        N_("{year}年登记管理性缺口{count}项，已由三部门认定{amount}亿元，由当地财政补足或追回。"),
        year=str(found.year),
        count=Strong(str(len(found.listed))),
        amount=Strong(found.registered("items.determined", determined_fen(found.items))),
    )
    less, over = determined_fen(found.items, "less"), determined_fen(found.items, "over")
    second = sentence(
        N_("其中少收 {less} 亿元、多支 {over} 亿元；已含在未完成计划数内的不重复计。"),
        less=found.registered("items.less", less),
        over=found.registered("items.over", over),
    )
    body = parts.section(
        _("管理性缺口台账"),
        listed,
        note=html.Span([as_of.noted(reading, _("亿元")), funnel(found)], className="note"),
        actions=[*register_actions(reading), frame.exports(PATH, "items", reading.view)],
        foot=item_notes(reading, found),
    )
    return html.Div([parts.conclusion(first, second), body])


def funnel(found: WhoPays) -> Component:
    """线索12 → 核定7 → …: how many have come at least so far."""
    reached = [STATES.index(item.state) for item in found.listed]
    steps: list[Child] = []
    for state, name in FUNNEL:
        count = sum(1 for at in reached if at >= STATES.index(state))
        steps += [*([html.I("→")] if steps else []), html.Span([_(name), " ", html.B(str(count))])]
    return html.Span(steps, className="funnel")


def register_actions(reading: Reading) -> list[Component]:
    if not acts.register.open_to(reading):
        return []
    return [html.A(_("新增"), href=reading.view.href(item="new", show=""), className="button small")]


def item_table(reading: Reading, found: WhoPays, most: int | None = None) -> Table:
    """The register, newest first; with ``most`` what is expected and what is furthest on its way, settled ones last."""
    columns = (
        Column("number", _("编号")),
        Column("region", _("责任政府")),
        Column("kind", _("类别（附件3第三条）")),
        Column("amount", _("认定金额"), "money", what="item"),
        Column("state", _("状态与依据")),
        Column("due", _("应缴或应追回"), "money", what="item.due"),
        Column("paid", _("已缴"), "money", what="item.paid"),
        Column("overdue", _("逾期天数"), "count", what="item.days"),
        Column("counted", _("是否另计"), hidden=True),
        Column("facts", _("事由"), hidden=True),
        Column("evidence", _("证据"), hidden=True),
    )
    items = found.items if most is None else sorted(found.listed, key=_urgency)
    rows = [_row(reading, found, item) for item in items[:most]]
    period = as_of.of_year(reading, found.year)
    return Table("items", _("管理性缺口台账"), columns, rows, period=period, of_now=True, about=found.now)


def _urgency(item: GapItem) -> tuple[bool, bool, int]:
    return item.state == "settled", not item.expected, -STATES.index(item.state)


def _row(reading: Reading, found: WhoPays, item: GapItem) -> Row:
    owed = found.owed_for(item)
    days = owed.overdue_days(reading.today) if owed is not None else 0
    values = {
        "number": item.number,
        "region": region_name(reading.tree, item.region),
        "kind": kind_name(item),
        "amount": item.recognised_fen,
        "state": [_signatures(item)] if item.state == "signing" else state_words(item, owed),
        "due": None if owed is None else owed.due_fen,
        "paid": None if owed is None else owed.paid_fen + owed.deducted_fen,
        "overdue": None if owed is None else days,
        "counted": _("另计") if item.counted else _("已含在未完成计划数内"),
        "facts": item.facts,
        "evidence": item.evidence,
    }
    extra: dict[str, Child] = {}
    if item.expected and item.state == "lead":
        extra["amount"] = html.Span(_("预计"), className="muted")
    if owed is not None:
        extra["due"] = html.Span(duty_word(item), className="muted")
    if days:
        level = overdue_level(reading, item.region)
        extra["overdue"] = level_tag(level) if level is not Level.NONE else html.Span(className="late")
    href = reading.view.href(item=item.number, show="")
    selected = reading.view.item == item.number
    return Row(values, href=href, selected=selected, extra=extra, part=item.number, place=item.region)


def _signatures(item: GapItem) -> Component:
    signed = {step.department for step in item.signed}
    # A space parts them where there is no layout, in a file.
    marks = [
        child
        for one in SIGNERS
        for child in (
            " ",
            html.Span([department_name(one), html.B(" ✓")])
            if one in signed
            else html.Span(_("{name} 待签", name=department_name(one)), className="muted"),
        )
    ]
    return html.Span([_("会签中"), *marks], className="signatures")


def item_notes(reading: Reading, found: WhoPays) -> list[Child]:
    """重复计算检查, objections and exclusions in one line."""
    said = double_count(found.listed, found.now)
    objected = [item.number for item in found.listed if item.objection_open]
    if objected:
        said.append([_("{numbers} 对方申辩待答复", numbers=_("、").join(objected))])
    for item in found.listed:
        if item.excluded_fen:
            amount = found.registered("item.excluded", item.excluded_fen, item.number, item.region)
            said.append(sentence(N_("{number} 不可抗力剔除{amount}亿元"), number=item.number, amount=amount))
    told = [child for place, one in enumerate(said) for child in ([_("；")] if place else []) + one]
    return [_("重复计算检查："), *(told or [_("没有重复计算的事项")]), _("。")]


def double_count(items: Sequence[GapItem], now: About) -> list[list[Child]]:
    """What is inside a plan shortfall, and what may be: less-collected items beside a shortfall of the same region."""
    short = {item.region: item.number for item in items if item.kind == "plan_shortfall"}
    said: list[list[Child]] = []
    for item in items:
        if item.side == "over" or item.kind == "plan_shortfall":
            continue
        if not item.counted:
            text = N_("{number} 已包含在“未完成收入计划”中{amount}亿元，不重复计")
            amount = display.printed(now.figure("item", item.recognised_fen, part=item.number, place=item.region))
            said.append(sentence(text, number=item.number, amount=amount))
        elif item.region in short:
            other = short[item.region]
            said.append([_("{number} 与 {other} 同属一地，请核对是否重复", number=item.number, other=other)])
    return said
