"""带入会议材料: sentence, figures and fan into the basket of the briefings, or onto the sheet 会前一页纸."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.components.parts import Child, pieces_of
from dashboard.components.table import Table
from dashboard.exports.blocks import Paragraph
from dashboard.pages.outlook import figures, sentence
from dashboard.pages.outlook.reading import PATH, Outlook, outlook
from dashboard.site.act import Deed, Done, act
from dashboard.site.keeping import NothingToKeep, kept_words, put_aside
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _, between
from workflows.people import rights

SENTENCE, FIGURES, FAN = "sentence", "key-figures", "fan"


def key_figures(reading: Reading, found: Outlook) -> Table:
    """The six alone."""
    table, count = figures.figure_table(reading, found), len(figures.cells(reading, found))
    return replace(table, code=FIGURES, rows=table.rows[:count])


def said(reading: Reading, found: Outlook) -> Paragraph:
    """Both lines of the page, that it is no forecast among them, as a paragraph with its figures."""
    named: list[Child] = [_("按方案“{name}”：", name=found.scenario.name)] if found.scenario else []
    return Paragraph(pieces_of([*named, *sentence.first(reading, found), between(), *sentence.second(found)]))


def blocks(reading: Reading, found: Outlook) -> list[Component]:
    """What is brought, and the two ways."""
    told = html.P([*sentence.first(reading, found), between(), *sentence.second(found)])
    sheet = reading.view.href(path="/one-page", show="outlook", item="", tab="")
    return [
        docked.block(_("带入的内容"), [told, html.P(_("连同六项数字和累计结余图。"), className="note")]),
        docked.block(_("会前一页纸"), html.A(_("按本页内容打开会前一页纸"), href=sheet, className="button")),
        docked.block(
            _("简报和汇报材料"),
            [
                html.P(_("放入材料篮后，在“简报材料”放入所需的节，可导出Word、PPT、PDF。"), className="note"),
                bring.form(reading),
            ],
        ),
    ]


@act("outlook_bring", N_("放入材料篮"), rights.KEEPING & rights.PAGES[PATH], (), whole=True)
def bring(deed: Deed) -> Done:
    """Put sentence, figures and fan into the account's basket. Raises NothingToKeep, BasketFull."""
    found = outlook(deed.reading)
    if found is None:
        raise NothingToKeep(f"{deed.reading.scheme.code} has no projection")
    deed = replace(deed, reading=replace(deed.reading, view=deed.reading.view.without_item()))
    put_aside(deed, SENTENCE, said(deed.reading, found))
    put_aside(deed, FIGURES)
    _number, address = put_aside(deed, FAN)
    return Done(kept_words(deed), f"{deed.reading.scheme.code} outlook", {"at": address})
