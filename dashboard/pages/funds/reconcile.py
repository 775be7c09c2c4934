"""对账调节 of 资金运行: the month's statement, what is left to explain, who signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.funds import reconcile_acts as acts, reconcile_reading as books
from dashboard.pages.funds.reconcile_tables import (
    bank_table,
    form_table,
    item_columns,
    item_row,
    item_table,
    month_table,
    side_table,
)
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _
from data_access.books.reconciling.statement import Item
from rules.month import Month
from workflows.people.rights import department_of, may_open
from workflows.reconciling.months import Change, Reconciled

PATH = "/funds"
SHOWN = 40  # items on screen; the file has all


def reconcile(reading: Reading) -> Component:
    found, month = books.read(reading), books.month_of(reading)
    if found is None or month is None or not found.statement.pairs:
        return parts.message(
            _("{month}还不能对账。", month=display.month_name(month) if month else ""),
            _("有部门报送了当月征缴入库数，才能与基金账对账。请在“导入”上传部门对账数。"),
        )
    form = frame.exports(PATH, "reconcile-form", reading.view, label=_("导出调节表"))
    body: list[Component] = [parts.conclusion(_first(reading, found, month), _second(reading, found), [form])]
    body += [_section(reading, table) for table in (side_table(reading),) if table is not None]
    body += [_items(reading, found), *_banks(reading)]
    signed = html.Div([_signatures(reading, found, month), _months(reading)], className="split halves")
    return html.Div([*body, signed, *_further(reading)], className="reconcile")


def _months(reading: Reading) -> Component:
    table = month_table(reading)
    actions: list[Child] = [frame.exports(PATH, table.code, reading.view)]
    screen = html.Div(html_table(table), className="sheet")
    return parts.section(table.title, screen, note=_("点月份查看"), actions=actions)


def _further(reading: Reading) -> list[Component]:
    """Where the other checks of delivered totals stand, for who may look there."""
    if not may_open(reading.scope, "/data"):
        return []
    href = replace(reading.view, path="/data", tab="reconciliation", item="", show="", number="").href()
    text = _("本年累计、疑似重复入账、报表数、科目余额的核对见数据接入的对账")
    return [html.Div(html.A(text, href=href), className="foot")]


def _section(reading: Reading, table: Table, extra: Sequence[Component] = ()) -> Component:
    actions: list[Child] = [frame.exports(PATH, table.code, reading.view)]
    month = books.month_of(reading)
    note = _("{month} · 万元", month=display.month_name(month) if month else "")
    screen = html.Div(html_table(table), className="scroll")
    return parts.section(table.title, [screen, *extra], note=note, actions=actions, foot=table.note)


# --- what is said above


def _first(reading: Reading, found: Reconciled, month: Month) -> list[Child]:
    name = display.month_name(month)
    if not found.open:
        return sentence(N_("{month}各方账目经在途、未达账项、时间差和说明调节后一致。"), month=name)
    most = max((abs(found.difference_fen(pair)) for pair in found.statement.pairs), default=0)
    return sentence(
        N_("{month}还有{count}笔账项待说明，调节后差额最大{amount}万元。"),
        month=name,
        count=Strong(str(len(found.open))),
        amount=Strong(display.printed(books.about(reading).figure("statement.most", most), "wan")),
    )


def _second(reading: Reading, found: Reconciled) -> str:
    """Who signed and who has still to, and of which data the statement is."""
    signed = [department_name(side) for side in found.reporting if found.stands(side)]
    changed = [department_name(side) for side in found.reporting if found.changes(side)]
    missing = [department_name(side) for side in found.waiting if side not in found.signed]
    said = [_("各方均已签署，对账完成。")] if found.done else []
    if signed and not found.done:
        said.append(_("已签：{departments}。", departments=_("、").join(signed)))
    if changed:
        said.append(_("签后变动：{departments}。", departments=_("、").join(changed)))
    if missing:
        said.append(_("待签：{departments}。", departments=_("、").join(missing)))
    at = display.moment(books.looked_at(reading).version.as_of)
    return "".join([*said, _("按截至{moment}的数据，不限于定稿数。", moment=at)])


# --- items


def _items(reading: Reading, found: Reconciled) -> Component:
    """Those to be explained first, each with its form for whose it is; then the settled ones."""
    listed = sorted(found.statement.items, key=lambda one: (not found.is_open(one), one.day, one.key))
    if not listed:
        return parts.section(_("调节账项"), html.Div(_("本月各方逐日金额一致，没有账项。"), className="foot"))
    rows = [_with_deed(reading, found, one) for one in listed[:SHOWN]]
    deeds = [Column("deed", _("办理"))] if any(row.extra for row in rows) else []
    known = item_columns()
    columns = (*known[:6], *deeds, *known[6:])
    table = Table("reconcile-items", _("调节账项"), columns, rows, "wan", about=books.about(reading))
    more = sentence(N_("此处列前{shown}项，其余见导出。"), shown=str(SHOWN)) if len(listed) > SHOWN else []
    foot = [*more, _("同一地区同一天金额不符的先抵未达账项，再抵62天内同额补记、冲正的；其余由有关部门说明。")]
    return parts.section(
        table.title,
        html.Div(html_table(table), className="scroll"),
        note=_("待说明的在前 · 万元"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=foot,
    )


def _with_deed(reading: Reading, found: Reconciled, item: Item) -> Row:
    row = item_row(reading, found, item)
    if not acts.may_explain(reading, item) or reading.view.version:
        return row
    known: Values = {acts.ITEM: item.key, acts.VERSION: found.version}
    if found.is_open(item):
        deed = acts.explain
    elif item.key in found.explained:
        deed = acts.take_back
    else:
        return row
    form = html.Details([html.Summary(_(deed.title)), deed.form(reading, known, main=False)], className="deed")
    return replace(row, values={**row.values, "deed": ""}, extra={"deed": html.Div(form, className="deeds")})


def _banks(reading: Reading) -> list[Component]:
    table = bank_table(reading)
    return [] if table is None else [_section(reading, table)]


# --- signatures


def _signatures(reading: Reading, found: Reconciled, month: Month) -> Component:
    """Each department with its signature or what it waits for, and the reader's own step."""
    if found.statement.region != reading.tree.root:
        said = _("对账由省级各部门按全省签署；请选择全省查看。")
        return parts.section(_("签署"), html.Div(said, className="foot"))
    table = sign_table(reading)
    body: list[Child] = [html.Div(html_table(table), className="scroll signed"), *_own_step(reading, found, month)]
    note = _("各部门每月签署一次；签后数据有变动的重新签署")
    return parts.section(_("签署"), body, note=note, actions=[frame.exports(PATH, table.code, reading.view)])


def sign_table(reading: Reading) -> Table:
    """Each department that reports, with its signature and what changed since."""
    columns = (
        Column("side", _("部门")),
        Column("state", _("状态")),
        Column("by", _("签署人")),
        Column("at", _("签署时间")),
        Column("changed", _("签后变动"), className="written"),
    )
    found = books.read(reading)
    sides = () if found is None else found.reporting
    rows = [_signature(reading, found, side) for side in sides] if found is not None else []
    return Table("reconcile-signed", _("签署"), columns, rows, of_now=True)


def _signature(reading: Reading, found: Reconciled, side: str) -> Row:
    one = found.signed.get(side)
    if one is None:
        return Row({"side": department_name(side), "state": _("待签"), "by": None, "at": None, "changed": None})
    changed: list[Child] = []
    for change in found.changes(side):
        changed += [*([_("；")] if changed else []), *_changed(reading, change)]
    state = _("已签") if found.stands(side) else _("签后变动")
    at = display.moment(one.happened_at)
    return Row({"side": department_name(side), "state": state, "by": one.name, "at": at, "changed": changed or None})


def _changed(reading: Reading, change: Change) -> list[Child]:
    """What of a book was signed, and what it is now."""
    book, _bar, place = change.book.partition("|")
    account, _bar, region = place.partition("|")
    about = books.about(reading)
    return sentence(
        N_("{book}签署时{signed}万元，现{now}万元"),
        book=books.book_name(book, account) + (books.place_name(reading, region) if region else ""),
        signed=display.printed(about.figure("statement.signed", change.signed_fen, part=change.book), "wan"),
        now=display.printed(about.figure("statement.booked", change.now_fen, part=f"now.{change.book}"), "wan"),
    )


def _own_step(reading: Reading, found: Reconciled, month: Month) -> list[Child]:
    """The button of a department that has still to sign; why it cannot yet."""
    department = department_of(reading.scope)
    if not acts.sign.open_to(reading) or department not in found.waiting or reading.view.version:
        return []
    why = ""
    if reading.today <= month.last:
        why = _("本月结束后签署。")
    elif found.open:
        why = _("还有{count}笔账项待说明，全部匹配或说明后才能签署。", count=len(found.open))
    if why:
        button = html.Button(_(acts.sign.title), className="button", disabled=True)
        return [html.Div([button, html.P(why, className="why")], className="next")]
    known: Values = {acts.VERSION: found.version}
    return [html.Div(acts.sign.form(reading, known), className="next")]


TABLES = {
    "reconcile": side_table,
    "reconcile-banks": bank_table,
    "reconcile-items": item_table,
    "reconcile-months": month_table,
    "reconcile-signed": sign_table,
    "reconcile-form": form_table,
}
