"""对账 › 科目余额: subjects of the accountants' trial balances that are accounts of the fund, beside the ledger's."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.data.acts import BATCH
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _, name_of
from data_access.books.reported import Subject, load_subjects
from rules.month import Month

PATH = "/data"


def section(reading: Reading) -> Component | None:
    """The table on the page; None while no trial balance came of the place and month."""
    table = subject_table(reading)
    if table is None:
        return None
    note = _("{month} · 万元", month=display.month_name(_month(reading)))
    screen = html.Div(html_table(table), className="scroll")
    actions = [frame.exports(PATH, table.code, reading.view)]
    return parts.section(table.title, screen, note=note, actions=[*actions], foot=table.note)


def _month(reading: Reading) -> int:
    return reading.snapshot.month or Month.of(reading.snapshot.day)


def subject_table(reading: Reading) -> Table | None:
    """The subjects of the region and below it at the month's end, those that differ first."""
    if reading.scheme.kind != "ledger" or reading.published.version is None:
        return None
    below = set(reading.tree.subtree(reading.region))
    known = reading.ask(load_subjects, reading.snapshot.facts, _month(reading))
    found = [one for one in known if one.region in below]
    if not found:
        return None
    columns = (
        Column("region", _("地区")),
        Column("subject", _("科目")),
        Column("account", _("账户")),
        Column("closing", _("科目期末余额"), "money"),
        Column("ledger", _("基金账余额"), "money"),
        Column("difference", _("差额"), "money", signed=True, sums=False),
        Column("cell", _("所在单元格")),
    )
    rows = [_row(reading, one) for one in found]
    note = _("只列与基金账户对应的科目；下级科目已含在上级中。")
    return Table("trial", _("科目余额核对"), columns, rows, unit="wan", note=note, about=reading.about)


def _row(reading: Reading, one: Subject) -> Row:
    about = replace(reading.about, place=one.region)
    name = display.ACCOUNT_NAMES[one.account] if one.account else None  # type: ignore[index]
    missing = "no_opening"
    return Row(
        {
            "region": name_of(reading.tree.region(one.region)),
            "subject": f"{one.subject} {one.name}",
            "account": _(name) if name else _("累计结余"),
            "closing": about.figure("subject", one.closing_fen, part=one.subject),
            "ledger": about.figure("subject.ledger", one.ledger_fen, part=one.subject, reason=missing),
            "difference": about.figure("subject.difference", one.difference_fen, part=one.subject, reason=missing),
            "cell": one.cell or "",
        },
        href=reading.view.href(item=f"{BATCH}{one.batch}"),
    )
