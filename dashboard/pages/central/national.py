"""全国统筹调剂: from 2022 on, what the province paid into the national pool and got from it, beside its own ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.fields import Choice, Day, Fen, Field, Text, Whole
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _
from data_access.books.central.pooling import FIRST_YEAR, FlowOfYear, Payment, flows_of, load_payments
from data_access.intake.entered import enter_rows
from data_access.intake.originals import ORIGINALS
from workflows.people.accounts import Role

PATH = "/central"
FLOWS = {"contribution": N_("上解"), "allocation": N_("下拨"), "subsidy": N_("中央补助")}
STAGES = {"prepaid": N_("预缴预拨"), "settled": N_("清算")}
ITEMS = {"contribution": N_("上解上级支出"), "allocation": N_("上级补助收入"), "subsidy": N_("中央财政补贴")}
YEAR, NUMBER = Whole("year", N_("年度"), low=FIRST_YEAR, high=2100), Whole("number", N_("笔次"), low=1, high=99)
FLOW, STAGE = Choice("flow", N_("款项"), FLOWS), Choice("stage", N_("性质"), STAGES)
AMOUNT, ON, DOCUMENT = Fen("amount", N_("金额（元）")), Day("day", N_("缴拨日期")), Text("document", N_("文号"))


@dataclass(frozen=True)
class NationalYear:
    """A year's payments and flows; ``years``: those that can be looked at, the newest last."""

    year: int
    years: tuple[int, ...]
    payments: tuple[Payment, ...]
    flows: tuple[FlowOfYear, ...]


def national_year(reading: Reading) -> NationalYear:
    """The year the view asks for, else the one looked at, of those since national pooling began, as all stands by now."""
    snapshot = reading.snapshot
    known = reading.ask(load_payments, reading.scheme.code, reading.about_now.version)
    last = max(snapshot.year, FIRST_YEAR)
    years = tuple(range(FIRST_YEAR, last + 1))
    year = next((one for one in years if str(one) == reading.view.span), last)
    paid = tuple(one for one in known if one.year == year)
    return NationalYear(year, years, paid, flows_of(paid, reading.running.snapshot.facts, year))


def national(reading: Reading) -> Component:
    found = national_year(reading)
    table, listed = flow_table(reading), payment_table(reading)
    years = [
        (_("{year}年", year=one), reading.view.href(span=str(one), item=""), one == found.year) for one in found.years
    ]
    left = parts.section(
        _("全国统筹调剂与基金账"),
        html.Div(html_table(table), className="scroll"),
        note=as_of.noted(reading, _("{year}年 · 亿元", year=found.year)),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_("公开文件没有给出计算办法，各数按下达文件逐笔录入或导入，系统不测算。差额＝录入合计－基金账。"),
    )
    body: Component = (
        html.Div(html_table(listed), className="scroll")
        if listed.rows
        else html.Div(_("本年没有录入。财政部门可在下方登记，或导入“全国统筹调剂缴拨”表。"), className="foot")
    )
    right: list[Child] = [
        parts.section(
            _("逐笔缴拨"),
            body,
            note=as_of.noted(reading, _("亿元")),
            actions=[frame.exports(PATH, listed.code, reading.view)] if listed.rows else [],
        )
    ]
    if enter.open_to(reading):
        values: dict[Field[Any], Any] = {YEAR: found.year, NUMBER: 1}
        right.append(html.Div([html.B(_("登记一笔")), enter.form(reading, values)], className="panel next"))
    return html.Div(
        [
            parts.conclusion(_first(reading, found), _("2018—2021年的中央调剂按原办法保留，见上方切换。")),
            html.Div([parts.segment(years, label=_("年度"))], className="toolbar controls"),
            html.Div([left, html.Div(right)], className="split even"),
        ]
    )


def _first(reading: Reading, found: NationalYear) -> list[Child]:
    said = [one for one in found.flows if one.total_fen is not None]
    if not said:
        return sentence(N_("{year}年没有录入全国统筹调剂的缴拨数。"), year=str(found.year))
    clauses: list[Child] = [_("{year}年", year=found.year)]
    for number, one in enumerate(said):
        amount = Strong(_figure(reading, found, one, "total"))
        clauses += [_("，")] if number else []
        clauses += sentence(N_("{flow}{amount}亿元"), flow=_(FLOWS[one.flow]), amount=amount)
    differ = [one for one in said if one.difference_fen]
    if not differ:
        return [*clauses, _("，与基金账一致。")]
    names = _("、").join(_(FLOWS[one.flow]) for one in differ)
    return [*clauses, _("；{names}与基金账不一致，待查。", names=names)]


def _figure(reading: Reading, found: NationalYear, one: FlowOfYear, what: str) -> Printed:
    about = replace(reading.about_now, place=reading.tree.root, period=str(found.year))
    return display.printed(about.figure(f"national.{what}", getattr(one, f"{what}_fen"), part=one.flow))


def flow_table(reading: Reading) -> Table:
    """The three flows of a year: prepaid, settled, together, what the ledger booked, the difference."""
    found = national_year(reading)
    columns = (
        Column("flow", _("款项")),
        Column("prepaid", _("预缴预拨"), "money", what="national.prepaid"),
        Column("settled", _("清算"), "money", what="national.settled"),
        Column("total", _("录入合计"), "money", what="national.total"),
        Column("item", _("基金账项目")),
        Column("ledger", _("基金账"), "money", what="national.ledger"),
        Column("difference", _("差额"), "money", signed=True, what="national.difference"),
    )
    rows = [
        Row(
            {
                "flow": _(FLOWS[one.flow]),
                "prepaid": one.prepaid_fen,
                "settled": one.settled_fen,
                "total": one.total_fen,
                "item": _(ITEMS[one.flow]),
                "ledger": one.ledger_fen,
                "difference": one.difference_fen,
            },
            part=one.flow,
        )
        for one in found.flows
    ]
    about = replace(reading.about_now, place=reading.tree.root, period=str(found.year))
    title, period = _("全国统筹调剂（{year}年）", year=found.year), _("{year}年", year=found.year)
    return Table("national", title, columns, rows, about=about, period=period, of_now=True)


def payment_table(reading: Reading) -> Table:
    """Each payment of a year with its day and document."""
    found = national_year(reading)
    columns = (
        Column("flow", _("款项")),
        Column("stage", _("性质")),
        Column("number", _("笔次")),
        Column("amount", _("金额"), "money", what="national.payment"),
        Column("day", _("日期"), "day"),
        Column("document", _("文号"), className="wrap"),
    )
    rows = [
        Row(
            {
                "flow": _(FLOWS[one.flow]),
                "stage": _(STAGES[one.stage]),
                "number": str(one.number),
                "amount": one.amount_fen,
                "day": one.paid_on,
                "document": one.document,
            },
            part=f"{one.flow}.{one.stage}.{one.number}",
        )
        for one in found.payments
    ]
    about = replace(reading.about_now, place=reading.tree.root, period=str(found.year))
    period = _("{year}年", year=found.year)
    return Table("national-payments", _("逐笔缴拨"), columns, rows, about=about, period=period, of_now=True)


@act(
    "national_enter",
    N_("登记"),
    frozenset({Role.FINANCE}),
    ((YEAR, FLOW), (STAGE, NUMBER), (AMOUNT, ON), DOCUMENT),
    whole=True,
)
def enter(deed: Deed) -> Done:
    """Enter one payment: it goes the way of every delivery, so another person confirms it before it counts."""
    reading, scheme = deed.reading, deed.reading.scheme
    row = {
        "scheme": scheme.code,
        "year": deed[YEAR],
        "flow": deed[FLOW],
        "stage": deed[STAGE],
        "number": deed[NUMBER],
        "amount_fen": deed[AMOUNT],
        "paid_on": deed[ON].isoformat(),
        "document": deed[DOCUMENT],
    }
    name = _("全国统筹调剂{year}年{flow}", year=row["year"], flow=_(FLOWS[deed[FLOW]]))
    number = enter_rows(
        deed.connection,
        deed.site.var / ORIGINALS,
        "national_pooling",
        [row],
        step=f"national_pooling {deed.account.login} {deed.now.isoformat()}",
        name=name,
        login=deed.account.login,
        province=scheme.province,
        now=deed.now,
    )
    message = _("已登记，由另一人在“数据接入”复核后计入。")
    return Done(message, f"{scheme.code} {row['year']}", {"batch": number}, href=reading.view.href(), refresh=True)


ACTS: tuple[Act, ...] = (enter,)
