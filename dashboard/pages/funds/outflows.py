"""不得擅自动用 of 结余上解: what went out of legacy accounts and was neither handed over nor deposited."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, between, name_of
from data_access.books.handover.legacy import Checked, load_checked

PATH = "/funds"


def section(reading: Reading) -> Component:
    """What was found, or that nothing was, and what was looked at."""
    found, table = _checked(reading), outflow_table(reading)
    seen = sentence(N_("核对了基金账{entries}笔上解、转存、到期分录与账户余额变动；"), entries=str(found.entries)) + (
        sentence(
            N_("核对了银行对账单{accounts}个账户、{lines}笔。"), accounts=str(found.accounts), lines=str(found.lines)
        )
        if found.accounts
        else [_("没有这些账户的银行对账单。")]
    )
    if not table.rows:
        said = [_("除上解和转存定期外，历年结余账户没有其他划出。"), between(), *seen]
        return parts.section(_("动用核查"), html.Div(said, className="foot"))
    return parts.section(
        _("动用核查"),
        html.Div(html_table(table), className="scroll"),
        note=_("上解和转存定期以外的划出 · 万元"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=[*seen, between(), table.note],
    )


def _checked(reading: Reading) -> Checked:
    month, facts = reading.snapshot.month, reading.snapshot.facts
    assert month is not None, "the page is shown of a ledger with months"
    return reading.ask(load_checked, facts, reading.tree.subtree(reading.region), month)


def outflow_table(reading: Reading) -> Table:
    """Each outflow of the year's statements and of the ledger that is neither, the newest first."""
    columns = (
        Column("region", _("地区")),
        Column("day", _("日期或月份")),
        Column("amount", _("划出"), "money", what="legacy.strayed"),
        Column("book", _("见于")),
        Column("reference", _("流水号")),
        Column("text", _("对方、摘要")),
        Column("cell", _("所在单元格")),
    )
    found = _checked(reading)
    lines = [
        Row(
            {
                "region": name_of(reading.tree.region(line.region)),
                "day": display.day_name(line.day),
                "amount": -line.fen,
                "book": _("银行对账单，基金账未记"),
                "reference": line.reference,
                "text": line.text,
                "cell": line.cell or "",
            },
            part=f"bank.{at}",
            place=line.region,
            period=line.day.isoformat(),
        )
        for at, line in enumerate(found.unbooked, 1)
    ]
    months = [
        Row(
            {
                "region": name_of(reading.tree.region(one.region)),
                "day": display.month_name(one.month),
                "amount": one.fen,
                "book": _("基金账余额减少多于上解"),
                "reference": "",
                "text": "",
                "cell": "",
            },
            place=one.region,
            period=display.period_month(one.month),
        )
        for one in found.strayed
    ]
    note = _("尚未上解的结余不得擅自动用；请开户单位说明用途、归还日期，并补记账目。")
    return Table(
        "legacy-outflows", _("动用核查"), columns, [*lines[::-1], *months], "wan", note=note, about=reading.about
    )
