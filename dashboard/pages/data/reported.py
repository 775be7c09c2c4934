"""对账 › 报送报表数: what departments' own forms say beside the fund's book, of the same place, item and months."""

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
from dashboard.words.departments import BOOKS
from dashboard.words.wording import N_, _, name_of
from data_access.books.reported import Compared, Reported, compared, load_reported
from rules.month import Month

PATH = "/data"
FORMS = {"monthly": N_("月报"), "execution": N_("预算执行表"), "final": N_("决算")}
SHOWN = 30  # rows on screen; the file has all


def section(reading: Reading) -> Component | None:
    """The table on the page; None while nothing was reported of the place."""
    table = reported_table(reading)
    if table is None:
        return None
    differ = [row for row in table.rows if row.values["difference"].value]
    said: list[Child] = sentence(
        N_("共{all}项，{differ}项与基金账不同；不同的在前。"), all=str(len(table.rows)), differ=str(len(differ))
    )
    if len(table.rows) > SHOWN:
        said += sentence(N_("此处列前{shown}项，其余见导出。"), shown=str(SHOWN))
    screen = html_table(replace(table, rows=table.rows[:SHOWN]))
    return parts.section(
        table.title,
        html.Div(screen, className="scroll"),
        note=_("{year}年 · 万元", year=reading.snapshot.year),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=[*said, table.note],
    )


def reported_table(reading: Reading) -> Table | None:
    """Every figure reported of the region and below it up to the month shown, those that differ from the ledger first."""
    if reading.scheme.kind != "ledger" or reading.published.version is None:
        return None
    snapshot = reading.snapshot
    below = set(reading.tree.subtree(reading.region))
    last = Month.of(snapshot.day)
    known = reading.ask(load_reported, reading.scheme.code, snapshot.year, snapshot.version.id)
    found = compared([one for one in known if one.region in below and one.until <= last], snapshot.facts)
    if not found:
        return None
    columns = (
        Column("region", _("地区")),
        Column("form", _("报表")),
        Column("months", _("期间")),
        Column("item", _("项目")),
        Column("reported", _("报送数"), "money"),
        Column("ledger", _("基金账"), "money"),
        Column("difference", _("差额"), "money", signed=True, sums=False),
        Column("cell", _("所在单元格")),
    )
    note = _("地区含其以下各级；报送数不计入基金账。差额＝报送数－基金账。")
    rows = [_row(reading, one) for one in found]
    return Table("reported", _("报送报表数"), columns, rows, unit="wan", note=note, about=reading.about)


def _row(reading: Reading, one: Compared) -> Row:
    reported = one.reported
    part = f"{reported.form}.{reported.department}.{reported.item}"
    period = Month(reported.until).iso
    if reported.since != reported.until:
        period = f"{Month(reported.since).iso}..{period}"
    about = replace(reading.about, place=reported.region, period=period)
    names = {item.code: name_of(item) for item in reading.scheme.items}
    missing = "not_in_ledger"
    return Row(
        {
            "region": name_of(reading.tree.region(reported.region)),
            "form": _("{department}{form}", department=_(BOOKS[reported.department]), form=_(FORMS[reported.form])),
            "months": _months(reported),
            "item": names.get(reported.item, reported.item),
            "reported": about.figure("reported", reported.amount_fen, part=part),
            "ledger": about.figure("reported.ledger", one.ledger_fen, part=reported.item, reason=missing),
            "difference": about.figure("reported.difference", one.difference_fen, part=part, reason=missing),
            "cell": reported.cell or "",
        },
        href=reading.view.href(item=f"{BATCH}{reported.batch}"),
    )


def _months(reported: Reported) -> str:
    if reported.since == reported.until:
        return display.month_name(reported.until)
    return _(
        "{year}年{first}至{last}月",
        year=Month(reported.until).year,
        first=Month(reported.since).number,
        last=Month(reported.until).number,
    )
