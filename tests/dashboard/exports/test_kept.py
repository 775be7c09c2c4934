"""Blocks survive being kept: every piece, figure and cell is the same afterwards, to the fen."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.components.table import Column, Row, Table, cell
from dashboard.exports import kept
from dashboard.exports.blocks import (
    Block,
    Document,
    Grid,
    Heading,
    KeyFigure,
    KeyFigures,
    Masthead,
    Matter,
    Matters,
    Note,
    Paragraph,
    Picture,
    SignOff,
    Source,
    plain,
)
from dashboard.words import display
from dashboard.words.passport import About, Printed
from dashboard.words.worded import Dated, Turn
from rules.alerts.threshold import Level

ABOUT = About("jiangsu-pension", "320000", "320000", "2026-10", "2026-10", 7)
NUMBERS = st.one_of(
    st.integers(-(10**18), 10**18),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
    st.fractions(max_denominator=997),
)


def table() -> Table:
    columns = (
        Column("region", "地区"),
        Column("income", "收入", "money", what="to_date:income_total"),
        Column("growth", "同比", "percent", what="growth:income_total"),
        Column("day", "日期", "day"),
        Column("count", "件数", "count"),
    )
    rows = [
        Row(
            {"region": "甲市", "income": 12_345_678_901, "growth": Fraction(1, 3), "day": date(2026, 10, 31)}, place="1"
        ),
        Row({"region": "乙市", "income": None, "growth": None, "day": None, "count": 3}, place="2", style="total"),
    ]
    return Table("regions", "分地区", columns, rows, foot=[Row({"region": "合计", "income": 5})], about=ABOUT)


def every_block() -> list[Block]:
    figure = ABOUT.figure("balance_total", 538_620_000_000_00)
    printed = display.printed(figure)
    plot = Plot(
        table(), "region", table().rows, (Mark("income", "bar", "mid"),), (Limit(Level.ORANGE, Decimal("-5.0"), "橙"),),
        {1: Level.RED}, 1,
    )  # fmt: skip
    pieces = ["截至", Dated("end", 202610), "结余", printed, "亿元，", Turn(figure, ("增加", "减少", "持平"))]
    return [
        Heading("一、收支"),
        Paragraph(pieces),
        KeyFigures([KeyFigure("累计结余", ["上次 ", printed], printed, "亿元", [["减少"], pieces])]),
        Grid(table(), "表1", "注"),
        Picture("累计结余", "亿元", "36个月", plot, {"data": [{"y": [1.5, None]}]}, "图", "图1"),
        Matters([Matter(Level.RED, "", pieces, "甲市", "11月21日", "补发")], 2),
        Note(["来源"]),
        SignOff("省厅", date(2026, 11, 25)),
    ]


def test_every_block_is_read_as_it_was_kept() -> None:
    for block in every_block():
        sent = json.loads(json.dumps(kept.block_json(block), ensure_ascii=False))
        again = kept.read_block(sent)
        assert type(again) is type(block)
        assert kept.block_json(again) == sent


def test_figures_keep_their_passports_and_words_what_they_follow_from() -> None:
    again = kept.read_block(kept.block_json(every_block()[1]))
    assert isinstance(again, Paragraph)
    assert plain(again.pieces) == plain(every_block()[1].pieces)  # type: ignore[union-attr]
    figures = [one for one in again.pieces if isinstance(one, Printed)]
    assert [one.figure.key for one in figures] == ["balance_total|jiangsu-pension|320000|2026-10"]
    assert isinstance(again.pieces[1], Dated) and again.pieces[1].month == 202610
    assert isinstance(again.pieces[-1], Turn) and again.pieces[-1] == "增加"


def test_a_kept_table_prints_what_the_table_printed() -> None:
    was = table()
    now = kept.read_table(json.loads(json.dumps(kept.table_json(was))))
    for before, after in zip([*was.rows, *was.foot], [*now.rows, *now.foot], strict=True):
        for column, again in zip(was.columns, now.columns, strict=True):
            assert cell(was, column, before) == cell(now, again, after)
    assert now.rows[0].values["income"].key == "to_date:income_total|jiangsu-pension|1|2026-10"


@given(NUMBERS)
def test_numbers_are_exact(number: int | Decimal | Fraction) -> None:
    again = kept.read_number(kept.number_json(number))
    assert again == number


def test_a_document_is_read_as_it_was_kept() -> None:
    source = Source("江苏省", "2026年10月已定稿", "版本7", "企业职工养老", "", "王某")
    head = Masthead("简报", "第11期", "", "", "内部资料", "", "", "省厅", date(2026, 11, 25))
    document = Document("briefing", "运行情况", every_block(), source, "zh", head, "送审稿", [["一句"]])
    sent = json.loads(json.dumps(kept.document_json(document)))
    assert kept.document_json(kept.read_document(sent)) == sent
    assert kept.read_document(sent).masthead == head


def test_words_that_follow_from_the_data_are_read_in_the_documents_language() -> None:
    pieces = [
        Turn(ABOUT.figure("balance_total", 5), ("增长", "下降", "持平")),
        Dated("end", 202610),
        Dated("to_date", 202610),
    ]
    source = Source("", "", "", "", "", "")
    english = kept.document_json(Document("report", "", [Paragraph(pieces)], source, "en", lines=[pieces]))
    read = kept.read_document(english)
    (block,) = read.blocks
    assert isinstance(block, Paragraph) and plain(block.pieces) == plain(read.lines[0])
    assert plain(block.pieces).isascii() or "–" in plain(block.pieces), plain(block.pieces)


@pytest.mark.parametrize("wrong", [{}, {"block": "Row"}, [], {"block": "Paragraph", "pieces": [{"x": 1}]}])
def test_what_is_no_block_is_refused(wrong: object) -> None:
    with pytest.raises(kept.NotKept):
        kept.read_block(wrong)
