"""用款计划申请表: a month's application as a document of one or two A4 pages, to be signed on paper."""

from __future__ import annotations

from dataclasses import replace

from dashboard.components.parts import pieces_of, sentence
from dashboard.exports.blocks import Block, Document, Grid, Note, Paragraph, SignOff
from dashboard.exports.origin import origin_of
from dashboard.pages.funds.payments.forms import deadline_words
from dashboard.pages.funds.payments.listing import plan_table
from dashboard.pages.funds.payments.reading import Shown, shown
from dashboard.site.page import Offered
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, bracketed, language, name_of
from rules.month import SHANGHAI

APPLICATION = "fund-application"
ON_PAPER = ("region", "need", "line", "approved", "before", "change")


def offered(reading: Reading) -> Offered | None:
    """The application of the month chosen; None where nothing is asked for in it."""
    if not reading.has_months:
        return None
    found = shown(reading)
    asked = found.payments.requests.asked(found.region, found.month)
    if asked is None:
        return None
    return Offered(_document(found, asked), origin_of(found.reading).name(_title(found)))


def _title(found: Shown) -> str:
    return _("{month}基金用款计划申请表", month=display.month_name(found.month))


def _document(found: Shown, asked: int) -> Document:
    reading, chain = found.reading, found.payments.of(found.region)
    applied = found.register.last("apply")
    day = chain.asked_on if applied is None else applied.happened_at.astimezone(SHANGHAI).date()
    whole = sentence(
        N_("{scheme}：{month}申请用款{asked}亿元，共{count}个单位。"),
        scheme=name_of(reading.scheme) + ("" if reading.is_province else bracketed(name_of(reading.node))),
        month=display.month_name(found.month),
        asked=reading.printed("chain.asked", asked),
        count=str(len(found.payments.requests.of(found.region, found.month))),
    )
    if chain.approved_fen is not None:
        said = N_("审核{approved}亿元，核减{cut}亿元。")
        approved = reading.printed("chain.approved", chain.approved_fen)
        whole += sentence(said, approved=approved, cut=reading.printed("chain.cut", chain.cut_fen))
    table = plan_table(found)
    columns = [column for column in table.columns if column.key in ON_PAPER]
    blocks: list[Block] = [Paragraph(pieces_of(whole)), Grid(replace(table, columns=columns))]
    if words := deadline_words(found):
        blocks.append(Note([words]))
    of_place = (
        _("省级社会保险经办机构")
        if reading.is_province
        else _("{region}社会保险经办机构", region=name_of(reading.node))
    )
    blocks.append(SignOff(of_place, day or reading.today))
    return Document("report", _title(found), blocks, origin_of(reading).source, language())
