"""The drawers of 用款与拨付: one region's month with its units, persons and reasons; the whole application's course."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, frame
from dashboard.components.drawer import Trio
from dashboard.components.export_form import export_form
from dashboard.components.parts import Child, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.exports.probe import environment
from dashboard.pages.funds.payments import forms
from dashboard.pages.funds.payments.application import APPLICATION
from dashboard.pages.funds.payments.listing import unpaid_words
from dashboard.pages.funds.payments.pipe import stages
from dashboard.pages.funds.payments.reading import HELD, HELD_PERSONS, Shown, shown
from dashboard.pages.funds.payments.words import STATE_NAMES, STEP_NAMES
from dashboard.site.reading import Reading
from dashboard.words import as_of, display, figures
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from data_access.books.requests import Chain
from rules.indicators import INDICATORS
from workflows.fund_requests.register import FundStep

STEP = "step-"


def drawer(reading: Reading) -> Component | None:
    """The drawer that the view names; None where it names none of the tab's."""
    wanted = reading.view.item
    if wanted.startswith(STEP):
        return _whole(shown(reading))
    if wanted in reading.tree and reading.scope.covers(reading.tree, wanted):
        return _region(shown(reading), wanted)
    return None


def _region(found: Shown, code: str) -> Component:
    """One region's chain, its units, what was held and not paid, what is said of it."""
    reading, chain = found.reading, found.payments.of(code)
    name = name_of(reading.tree.region(code))
    of = reading.printed
    leading = [
        Trio(_("审核"), of("chain.approved", chain.approved_fen, place=code), _("亿元")),
        Trio(_("拨付"), of("chain.disbursed", chain.sent_fen, place=code), _("亿元")),
        Trio(_("发放"), of("chain.paid", chain.out_fen, place=code), _("亿元")),
    ]
    blocks = [
        *forms.place_forms(found, code),
        docked.block(_("从申请到发放"), html.Ul(_way(found, chain), className="journal")),
        *_units(found, code),
        *_persons(found, code),
        _basis(found, code),
        *_journal(found, code),
    ]
    foot: list[Child] = []
    if code != reading.region and reading.tree.children(code, reading.today):
        foot.append(html.A(_("看{region}各单位", region=name), href=reading.view.href(region=code, item="")))
    crumb = f"{_('用款与拨付')} · {as_of.month_words(reading, found.month)}"
    return docked.drawer(reading, crumb=crumb, title=name, leading=leading, blocks=blocks, foot=foot)


def _way(found: Shown, chain: Chain) -> list[Component]:
    """Each stage with amount and day; the arrival in the local fiscal account is the day it was sent."""
    lines: list[Component] = []
    for stage in stages(found, chain):
        figure = found.reading.printed(f"chain.{stage.key}", stage.fen, place=chain.region)
        day = display.short_day(stage.day) if stage.day else display.NO_VALUE
        unit: list[Child] = [_("亿元")] if stage.fen is not None else []
        if stage.key == "on_time" and chain.late:
            late = found.reading.printed("chain.late", chain.late_fen, place=chain.region)
            unit += sentence(N_("，另{amount}亿元晚到"), amount=late)
            unit += [_("（{day}到齐）", day=display.short_day(chain.arrived_on))] if chain.arrived_on else []
        lines.append(
            html.Li(
                [html.B(stage.label), html.Span(f"{day} {stage.who}", className="muted"), html.P([figure, " ", *unit])]
            )
        )
    return lines


def _units(found: Shown, code: str) -> list[Component]:
    """The units below, with their file."""
    table = _unit_table(found, code)
    if table is None:
        return []
    export = frame.exports("/funds", table.code, found.reading.view)
    return [docked.block(table.title, html.Div(html_table(table), className="scroll"), note=_("亿元"), right=export)]


def unit_table(reading: Reading) -> Table | None:
    """The units of the region whose drawer is open (else of the one looked at); None where it has none below it."""
    wanted = reading.view.item
    code = wanted if wanted in reading.tree and reading.scope.covers(reading.tree, wanted) else reading.region
    return _unit_table(shown(reading), code)


def _unit_table(found: Shown, code: str) -> Table | None:
    """Asked, approved, paid out and the day of arrival, a row for each region below."""
    below = found.reading.tree.children(code, found.reading.today)
    if not below:
        return None
    columns = (
        Column("unit", _("单位")),
        Column("asked", _("申请"), "money", what="chain.asked"),
        Column("approved", _("审核"), "money", what="chain.approved"),
        Column("paid", _("发放"), "money", what="chain.paid"),
        Column("there", _("到账日")),
    )
    rows = []
    for unit in below:
        one = found.payments.of(unit)
        values = {
            "unit": name_of(found.reading.tree.region(unit)),
            "asked": one.asked_fen,
            "approved": one.approved_fen,
            "paid": one.out_fen,
            "there": display.short_day(one.arrived_on) if one.arrived_on else None,
        }
        rows.append(Row(values, place=unit, href=found.reading.view.href(item=unit)))
    place = name_of(found.reading.tree.region(code))
    return Table("payment-units", _("各单位"), columns, rows, place=place, **found.rows_of)


def _persons(found: Shown, code: str) -> list[Component]:
    """Who was not paid, with the reasons; who is held 暂停发放."""
    reading = found.reading
    inside = set(reading.tree.subtree(code))
    lines: list[Component] = []
    for unit, one in found.unpaid.items():
        if unit in inside:
            said: list[Child] = unpaid_words(found, [one])
            if one.step is not None:
                said += [" · ", html.Span(one.step.text, className="quoted")]
                said += [" · ", _("{day}前补发", day=display.short_day(one.step.day))] if one.step.day else []
            lines.append(html.Li(html.P(said)))
    persons = found.statistics.value(code, found.month, HELD_PERSONS)
    amount = found.statistics.value(code, found.month, HELD)
    if persons:
        held = sentence(
            N_("暂停发放{persons}人、{amount}万元（待核资格、账户异常）"),
            persons=reading.printed("chain.held.persons", int(persons), place=code),
            amount=reading.printed("chain.held", None if amount is None else int(amount), place=code, unit="wan"),
        )
        lines.append(html.Li(html.P(held)))
    return [docked.block(_("未发到和暂停发放"), html.Ul(lines, className="journal"))] if lines else []


def _basis(found: Shown, code: str) -> Component:
    """How far the request was from the payment, how long the account holds, and where the figures come from."""
    reading = found.reading
    entries: list[tuple[str, Child | list[Child]]] = []
    for indicator in ("request_deviation", "expenditure_account_months"):
        value = figures.printed(reading, indicator, code)
        entries.append((name_of(INDICATORS[indicator]), [value, " ", figures.unit(indicator)]))
    entries.append(
        (_("口径"), _("拨付、到账、发放按业务日期所在月；申请、审核按用款月份。晚到指发放日前已拨而到账晚于发放日的。"))
    )
    entries.append((_("数据"), docked.data_words(reading)))
    return docked.basis(entries)


def _journal(found: Shown, code: str) -> list[Component]:
    """What the region and its units said and did, oldest first."""
    inside = found.reading.tree.subtree(code)
    steps = sorted((one for unit in inside for one in found.register.of(unit)), key=lambda one: one.happened_at)
    return _course(found, steps)


def _course(found: Shown, steps: Iterable[FundStep]) -> list[Component]:
    lines = [_step(found, one) for one in steps]
    return [docked.block(_("经过"), html.Ul(lines, className="journal"), note=_("只增不改"))] if lines else []


def _step(found: Shown, one: FundStep) -> Component:
    reading = found.reading
    who = f"{display.moment(one.happened_at)}  {department_name(one.department)} {one.name}"
    part, said = f"{one.region}.{one.place}", list[Child]()
    if one.region != found.register.root:
        said += [name_of(reading.tree.region(one.region)), " "]
    if one.persons:
        said += [reading.printed("fund.step.persons", one.persons, part=part, place=one.region), _("人"), " "]
    if one.amount_fen is not None:
        said += [reading.printed("fund.step", one.amount_fen, part=part, place=one.region), " ", _("亿元")]
    quoted = [text for text in (one.document or "", one.text, _day(one.day)) if text]
    if quoted:
        said += [" · ", html.Span(" · ".join(quoted), className="quoted")]
    return html.Li([html.B(_(STEP_NAMES[one.step])), html.Span(who, className="muted"), html.P(said)])


def _day(day: date | None) -> str:
    return "" if day is None else display.short_day(day)


def _whole(found: Shown) -> Component:
    """The whole application: where it stands, what is to be done, its course."""
    reading, register = found.reading, found.register
    chain = found.payments.of(found.region)
    leading = [
        Trio(_("申请"), reading.printed("chain.asked", chain.asked_fen), _("亿元")),
        Trio(_("审核"), reading.printed("chain.approved", chain.approved_fen), _("亿元")),
        Trio(_("拨付"), reading.printed("chain.disbursed", chain.sent_fen), _("亿元")),
    ]
    units = found.units(found.region)
    reported = sum(1 for code in units if register.need_fen(code) is not None)
    entries: list[tuple[str, Child | list[Child]]] = [
        (_("进度"), _(STATE_NAMES[register.state]) if register.steps or reported else _("没有在本系统编制")),
        (_("用款需求"), _("{done}个单位已报，共{count}个", done=reported, count=len(units))),
    ]
    if words := forms.deadline_words(found):
        entries.append((_("期限"), words))
    if chain.asked_fen is not None and not register.steps:
        entries.append((_("来源"), _("申请和审核数由报送表导入，经过见“数据接入”。")))
    entries.append((_("数据"), docked.data_words(reading)))
    blocks = [*(forms.whole_forms(found) if reading.is_province else []), docked.basis(entries)]
    if chain.asked_fen is not None:
        query = reading.view.href(show=found.month.iso).partition("?")[2]
        address = f"/export-job{reading.view.page}/{APPLICATION}?{query}"
        form = export_form(address, environment(), ("docx", "pdf"))
        blocks.append(docked.block(_("申请表"), form, note=_("系统生成，供核签")))
    if reading.is_province:
        blocks += _course(found, register.steps)
    title = _("{month}用款计划", month=as_of.month_words(reading, found.month))
    return docked.drawer(reading, crumb=_("用款与拨付"), title=title, leading=leading, blocks=blocks)
