"""下达表: the plan of one place on A4, as it is issued and received."""

from __future__ import annotations

from dashboard.exports.blocks import Block, Document, Grid, Paragraph
from dashboard.exports.origin import origin_of
from dashboard.pages.budget.drafting.reading import budgets, chosen
from dashboard.pages.budget.drafting.tables import item_table, place_name
from dashboard.site.page import Offered
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _, language, name_of


def plan_document(reading: Reading) -> Offered | None:
    """The plan of the region looked at; None before it is issued and taken in."""
    found = chosen(reading, budgets(reading))
    if found is None or not found.one.taken_in or not found.within(reading.region):
        return None
    approval = found.one.approval
    place = _("全省") if reading.is_province else place_name(found, reading.region)
    title = _("{year}年度{scheme}基金收支计划下达表", year=found.one.year, scheme=name_of(reading.scheme))
    document = approval.document if approval else ""
    day = display.day_name(approval.document_on) if approval and approval.document_on else ""
    blocks: list[Block] = [
        Paragraph(
            [
                _(
                    "{place}：{year}年度基金收支计划已经批准（{document}，{day}），现予下达。",
                    place=place,
                    year=found.one.year,
                    document=document,
                    day=day,
                )
            ]
        ),
        Grid(item_table(found, ("before", "drafted", "issued"))),
        Paragraph([_("签收单位（盖章）：")]),
        Paragraph([_("签收人：　　　　　　　　签收日期：")]),
    ]
    made = Document("report", title, blocks, origin_of(reading).source, language())
    return Offered(made, origin_of(reading).name(_("收支计划下达表")), {"round": found.one.number})
