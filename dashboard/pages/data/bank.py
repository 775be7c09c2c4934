"""对账 › 银行对账: what banks state of the fund's accounts beside the ledger, and the entries that only one of them has."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.data.acts import BATCH
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from data_access.books.bank import Line, Matched, load_matched
from rules.month import Month

PATH = "/data"
BOOKS = {"bank": N_("银行账"), "ledger": N_("基金账")}
SHOWN = 30  # rows on screen; the file has all


def sections(reading: Reading) -> list[Component]:
    """The accounts, and what of them only one book has; none while no statement came of the place and month."""
    accounts, rest = account_table(reading), rest_table(reading)
    if accounts is None:
        return []
    shown = [_section(reading, accounts, [])]
    if rest is not None and rest.rows:
        said = sentence(N_("此处列前{shown}项，其余见导出。"), shown=str(SHOWN)) if len(rest.rows) > SHOWN else []
        shown.append(_section(reading, rest, said))
    return shown


def _section(reading: Reading, table: Table, said: list[Child]) -> Component:
    screen = html.Div(html_table(replace(table, rows=table.rows[:SHOWN])), className="scroll")
    note = _("{month} · 万元", month=display.month_name(_month(reading)))
    actions: list[Child] = [frame.exports(PATH, table.code, reading.view)]
    return parts.section(table.title, screen, note=note, actions=actions, foot=[*said, table.note])


def _month(reading: Reading) -> int:
    return reading.snapshot.month or Month.of(reading.snapshot.day)


def _found(reading: Reading) -> tuple[Matched, ...]:
    if reading.scheme.kind != "ledger" or reading.published.version is None:
        return ()
    known = reading.ask(load_matched, reading.snapshot.facts, _month(reading))
    below = set(reading.tree.subtree(reading.region))
    return tuple(one for one in known if one.region in below)


def account_table(reading: Reading) -> Table | None:
    """Every account that statements have entries of, with its balance in both books."""
    found = _found(reading)
    if not found:
        return None
    columns = (
        Column("account", _("账户")),
        Column("region", _("地区")),
        Column("number", _("账号")),
        Column("last", _("截至"), "day"),
        Column("bank", _("银行余额"), "money"),
        Column("ledger", _("基金账余额"), "money"),
        Column("difference", _("差额"), "money", signed=True, sums=False),
        Column("both", _("两边都有"), "count"),
        Column("only_bank", _("只在银行账"), "count"),
        Column("only_ledger", _("只在基金账"), "count"),
    )
    note = _("按金额、日期（前后3天）和流水号逐笔核对；一笔在一边晚记几天不算不同。")
    rows = [_account(reading, one) for one in found]
    return Table("bank-accounts", _("银行对账"), columns, rows, unit="wan", note=note, about=reading.about)


def _account(reading: Reading, one: Matched) -> Row:
    about = replace(reading.about, place=one.region, period=one.last.isoformat())

    def count(book: str) -> int:
        return sum(line.book == book for line in one.rest)

    return Row(
        {
            "account": _(display.ACCOUNT_NAMES[one.account]),  # type: ignore[index]
            "region": name_of(reading.tree.region(one.region)),
            "number": _("、").join(one.numbers),
            "last": one.last,
            "bank": about.figure("bank", one.balance_fen, part=one.account),
            "ledger": about.figure("bank.ledger", one.ledger_fen, part=one.account, reason="no_opening"),
            "difference": about.figure("bank.difference", one.difference_fen, part=one.account, reason="no_opening"),
            "both": about.figure("bank.both", one.both, part=one.account),
            "only_bank": about.figure("bank.only", count("bank"), part=f"{one.account}.bank"),
            "only_ledger": about.figure("bank.only", count("ledger"), part=f"{one.account}.ledger"),
        }
    )


def rest_table(reading: Reading) -> Table | None:
    """The entries that only one book has, by day; what an open item explains says which."""
    found = _found(reading)
    if not found:
        return None
    columns = (
        Column("book", _("在何处")),
        Column("account", _("账户")),
        Column("region", _("地区")),
        Column("day", _("日期"), "day"),
        Column("amount", _("收（＋）支（−）"), "money", signed=True),
        Column("reference", _("流水号")),
        Column("text", _("对方、摘要")),
        Column("unreached", _("未达账项")),
        Column("cell", _("所在单元格")),
    )
    rows = [_line(reading, one, line, at) for one in found for at, line in enumerate(one.rest, 1)]
    note = _("两边核对不上的，先看是否未达，再看是否漏记、重记。")
    return Table("bank-rest", _("银行账与基金账不同的"), columns, rows, unit="wan", note=note, about=reading.about)


def _line(reading: Reading, one: Matched, line: Line, at: int) -> Row:
    about = replace(reading.about, place=line.region, period=line.day.isoformat())
    return Row(
        {
            "book": _(BOOKS[line.book]),
            "account": _(display.ACCOUNT_NAMES[one.account]),  # type: ignore[index]
            "region": name_of(reading.tree.region(line.region)),
            "day": line.day,
            "amount": about.figure("bank.line", line.fen, part=f"{one.account}.{one.region}.{line.book}.{at}"),
            "reference": line.reference,
            "text": line.text,
            "unreached": line.unreached,
            "cell": line.cell or "",
        },
        href=reading.view.href(item=f"{BATCH}{line.batch}"),
    )
