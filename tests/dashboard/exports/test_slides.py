"""Slides hold charts that stay editable, with the values that are read; nothing of them can run or is left unnamed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from pptx import Presentation

from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.components.table import Column, Row, Table, cell
from dashboard.exports.blocks import (
    Block,
    Document,
    Grid,
    Heading,
    KeyFigure,
    KeyFigures,
    Matter,
    Matters,
    Note,
    Paragraph,
    Picture,
    Source,
)  # fmt: skip
from dashboard.exports.office.chart_series import Look
from dashboard.exports.office.chart_xml import chart_xml
from dashboard.exports.office.drawn import drawn
from dashboard.exports.office.slides import planned, pptx_bytes
from dashboard.exports.office.text import lines_of
from dashboard.exports.office.workbook import workbook
from dashboard.exports.office.xml import named, parsed
from dashboard.words import display
from dashboard.words.wording import in_language
from rules.alerts.threshold import Level
from tests.dashboard.exports.office_files import ORDER, Package, incomplete, out_of_order, series, words

SOURCE = Source(
    "吉林省", "2026年10月已定稿", "数据截至11月20日10:15，版本 7", "工伤保险", "演示数据", "王×× · 11月20日10:15"
)
EVIL = '=HYPERLINK("http://example.org")&<b>\x01'


def table(values: Sequence[Any], kind: Any = "money", names: list[str] | None = None, **column: Any) -> Table:
    columns = [Column("name", "地区"), Column("value", "金额", kind, **column), Column("other", "上年", kind)]
    named_ = names or [f"{place + 1}月" for place in range(len(values))]
    rows = [Row({"name": name, "value": value, "other": value}) for name, value in zip(named_, values, strict=True)]
    return Table("t", "各地区金额", columns, rows)


def picture(plot: Plot, **more: Any) -> Picture:
    return Picture("各地区金额", "亿元", "2026年", plot, {}, "柱形图：各地区金额", **more)


def slides(*blocks: Block, title: str = "三个市收入慢于计划", **more: Any) -> Document:
    return Document("slides", title, blocks, more.pop("source", SOURCE), str(more.pop("language", "zh")), **more)


def chart_of(plot: Plot) -> Any:
    return parsed(chart_xml(drawn(plot), Look(800, 300, 13, ("Arial", "微软雅黑"), "zh-CN")))


def test_one_chart_is_one_slide_with_its_conclusion_its_source_and_its_basis_in_the_notes() -> None:
    made = table([123_456_789_000, None, -50_000_000_000])
    plot = Plot(made, "name", made.rows, (Mark("value", "bar", "mid"),))
    blob = pptx_bytes(slides(picture(plot), lines=[["下一步：甲市11月25日前报方案"]]))
    deck = Presentation(io.BytesIO(blob))
    (slide,) = deck.slides
    assert (deck.slide_width, deck.slide_height) == (12192000, 6858000)
    assert slide.shapes.title.text == "三个市收入慢于计划"
    said = words(slide._element)
    for text in (
        "各地区金额",
        "单位：亿元",
        "吉林省",
        "2026年10月已定稿",
        "版本 7",
        "演示数据",
        "下一步：甲市",
        "1 / 1",
    ):
        assert text in said
    notes = slide.notes_slide.notes_text_frame.text
    assert "柱形图：各地区金额" in notes and "工伤保险" in notes and "金额" in notes
    (frame,) = [shape for shape in slide.shapes if shape.has_chart]
    assert frame._element.nvGraphicFramePr.cNvPr.get("descr") == "柱形图：各地区金额"
    about = deck.core_properties
    assert (about.title, about.author, about.last_modified_by) == ("三个市收入慢于计划", "王××", "王××")
    assert b"python-pptx" not in blob and not about.comments


def test_every_part_of_a_deck_is_there_and_in_order() -> None:
    made = table([10_000_000_000, 20_000_000_000, None])
    plot = Plot(made, "name", made.rows, (Mark("value", "bar", "mid"), Mark("other", "tick", "ink")))
    figures = KeyFigures([KeyFigure("结余", ["上次 1"], "2", "亿元", [["增加 1"]])])
    matters = Matters([Matter(Level.RED, "", ["甲市"], "市政府", "11月25日", "报方案")], 1)
    blocks: list[Block] = [
        Paragraph(["结余2亿元。"]),
        Heading("一、收支"),
        picture(plot),
        Grid(made, note="注"),
        figures,
        matters,
        Note(["注"]),
    ]
    marked = replace(SOURCE, watermark="王××")
    package = Package(pptx_bytes(Document("briefing", "运行情况", blocks, marked, "zh")))
    assert not incomplete(package)
    assert not [wrong for _name, tree in package.xml("ppt/slides/") for wrong in out_of_order(tree, ORDER)]
    assert not [wrong for chart, _rows in package.charts() for wrong in out_of_order(chart, ORDER)]
    assert len([name for name in package.parts if name.startswith("ppt/slideLayouts/slideLayout")]) == 2
    assert all("王××" in words(tree) for name, tree in package.xml("slideLayouts/slideLayout") if "_rels" not in name)
    for _name, tree in package.xml("ppt/slides/slide"):
        for run in tree.iter(named("a:rPr")):
            assert run.get("sz") is None or run.find(named("a:ea")).get("typeface") == "微软雅黑"
    theme = next(tree for _name, tree in package.xml("theme/theme1.xml"))
    assert {one.get("typeface") for one in theme.iter(named("a:ea"))} == {"微软雅黑"}


def test_a_chart_and_its_workbook_hold_what_the_table_prints() -> None:
    values = [123_456_789_012, None, 0, -98_765_432_100, 4_500_000]
    made = table(values)
    plot = Plot(made, "name", made.rows, (Mark("value", "line", "accent"), Mark("other", "bar", "mid")))
    ((chart, rows),) = Package(pptx_bytes(slides(picture(plot)))).charts()
    printed = [cell(made, made.columns[1], row) for row in made.rows]
    assert printed == ["12.35", "—", "0.00", "−9.88", "0.00045"]
    read_ = [None if text == display.NO_VALUE else float(display.as_read(text)) for text in printed]
    assert series(chart) == [("金额", read_), ("上年", read_)]
    assert rows[0] == ["地区", "金额", "上年"]
    assert [row[0] for row in rows[1:]] == ["1月", "2月", "3月", "4月", "5月"]
    assert [row[1] for row in rows[1:]] == read_ and [row[2] for row in rows[1:]] == read_
    codes = {one.get("formatCode") for one in chart.iter(named("c:numFmt"))}
    assert '#,##0.00000;"−"#,##0.00000' in codes and '#,##0.00;"−"#,##0.00' in codes


def test_names_that_would_be_parted_within_a_word_slant() -> None:
    def angle(name: str) -> str | None:
        made = table(range(14), names=[name] * 14)
        axis = chart_of(Plot(made, "name", made.rows, (Mark("value", "bar", "mid"),))).find(f".//{named('c:catAx')}")
        return None if axis is None else axis.find(f"{named('c:txPr')}/{named('a:bodyPr')}").get("rot")

    assert angle("Zhenjiang City") == "-2700000" and angle("Wuxi") == "0" and angle("连云港市") == "0"


def test_a_slides_title_is_a_sentence_without_the_number_of_its_list() -> None:
    made = table([1])
    shown = picture(Plot(made, "name", made.rows, (Mark("value", "bar", "mid"),)))
    blocks: list[Block] = [Heading("下一步"), Paragraph(["4. 泰兴市尽快签收并转办。其余略。"]), shown]
    assert planned(Document("report", "题", blocks, SOURCE, "zh"))[-1].title == "泰兴市尽快签收并转办"
    # What was said once is not said again: a second chart is titled by what it shows itself.
    blocks.append(replace(shown, headline="甲市最多，1.00亿元"))
    assert planned(Document("report", "题", blocks, SOURCE, "zh"))[-1].title == "甲市最多，1.00亿元"


def test_what_stands_at_a_level_has_its_colour_and_its_shape_and_the_limit_its_name() -> None:
    names, values = ["甲市", "乙市", "丙市"], [Decimal("1.2"), Decimal("-5.1"), Decimal("-0.3")]
    made = table(values, "points", names, signed=True)
    limits = (Limit(Level.ORANGE, Decimal(-5), "橙色标准 −5"),)
    chart = chart_of(Plot(made, "name", made.rows, (Mark("value", "bar", "mid"),), limits, {1: Level.ORANGE}))
    assert [name for name, _values in series(chart)] == ["金额", "▲ 橙色标准 −5"]
    assert series(chart)[1][1] == [-5.0] * 3
    categories = chart.find(f".//{named('c:cat')}")
    assert [one.text for one in categories.iter(named("c:v"))] == ["甲市", "▲ 乙市", "丙市"]
    points = {
        int(one.find(named("c:idx")).get("val")): one.find(f"{named('c:spPr')}/{named('a:solidFill')}")[0].get("val")
        for one in chart.iter(named("c:dPt"))
    }
    assert points == {1: "f09436", 2: "889399"}  # at the level, and below zero
    assert '+#,##0.00;"−"#,##0.00;#,##0.00' in {one.get("formatCode") for one in chart.iter(named("c:numFmt"))}
    assert chart.find(f".//{named('c:legend')}") is None
    assert chart.find(f".//{named('c:dispBlanksAs')}").get("val") == "gap"


def test_what_is_expected_is_dashed() -> None:
    made = table([1_000_000_000_000, 1_100_000_000_000, 900_000_000_000])
    marks = (Mark("value", "line", "accent"), Mark("other", "bar", "mid"))
    chart = chart_of(Plot(made, "name", made.rows, marks, expected=2))
    assert [name for name, _values in series(chart)] == ["金额", "金额（预计）", "上年"]
    dashed = [
        one.find(f"{named('c:tx')}//{named('c:v')}").text
        for one in chart.iter(named("c:ser"))
        if one.find(f"{named('c:spPr')}//{named('a:prstDash')}") is not None
    ]
    assert dashed == ["金额（预计）"]
    (bar,) = chart.iter(named("c:barChart"))
    assert [one.find(named("c:idx")).get("val") for one in bar.iter(named("c:dPt"))] == ["2"]


def test_what_has_no_value_is_not_named() -> None:
    made = table([1_000_000_000_000, 1_100_000_000_000])
    made = replace(made, columns=[*made.columns, Column("low", "下限", "money")])
    plot = Plot(made, "name", made.rows, (Mark("value", "line", "accent"), Mark("low", "band", "t4")))
    assert [name for name, _values in series(chart_of(plot))] == ["金额"]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-(10**14), 10**14)), max_size=20), st.text(max_size=12))
def test_any_gap_stays_a_gap_and_any_text_a_text(values: list[int | None], name: str) -> None:
    made = replace(table(values), columns=[Column("name", name), Column("value", EVIL + name, "money")])
    ahead, limits = len(values) // 2 or None, (Limit(Level.RED, 5, name),)
    plot = Plot(
        made, "name", made.rows, (Mark("value", "line", "accent"), Mark("value", "band", "t4")), limits, expected=ahead
    )
    chart = chart_of(plot)
    assert not out_of_order(chart, ORDER)
    drawn_ = drawn(plot)
    *_known, edge, limit = [values for _name, values in series(chart)]
    assert [value is None for value in edge] == [value is None for value in values]
    assert limit == [5.0] * len(values)
    for one in drawn_.series:  # every value is seen: a line reaches it or it is a point of its own
        alone = [place for place in range(len(values)) if one.alone(place)]
        drawn_alone = [
            int(point.find(named("c:idx")).get("val"))
            for ser in chart.iter(named("c:ser"))
            if ser.findtext(f"{named('c:tx')}//{named('c:v')}") == one.name
            for point in ser.iter(named("c:dPt"))
        ]
        assert set(alone) <= set(drawn_alone)
    assert workbook(drawn_)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_becomes_a_formula_or_breaks_a_file(language: str) -> None:
    made = replace(table([1], names=[EVIL]), title=EVIL, columns=[Column("name", EVIL), Column("value", EVIL, "money")])
    plot = Plot(made, "name", made.rows, (Mark("value", "bar", "mid"),), (Limit(Level.RED, 5, EVIL),))
    source = Source(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, watermark=EVIL)
    blocks: list[Block] = [
        Heading(EVIL), Paragraph([EVIL]), Picture(EVIL, EVIL, EVIL, plot, {}, EVIL, note=EVIL), Grid(made, note=EVIL),
        KeyFigures([KeyFigure(EVIL, [EVIL], EVIL, EVIL, [[EVIL]])]),
        Matters([Matter(Level.NONE, EVIL, [EVIL], EVIL, EVIL, EVIL)]), Note([EVIL]),
    ]  # fmt: skip
    package = Package(pptx_bytes(Document("report", EVIL, blocks, source, language)))
    assert not incomplete(package)
    ((_chart, rows),) = package.charts()
    assert rows[0][1] == rows[1][0] == EVIL.replace("\x01", "")


def test_a_long_table_goes_on_with_its_head_and_loses_no_row() -> None:
    made = table([place * 10**10 for place in range(60)])
    deck = Presentation(io.BytesIO(pptx_bytes(slides(Grid(made)))))
    grids = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert len(grids) == len(deck.slides) > 2
    assert all(grid.cell(0, 0).text == "地区" for grid in grids)
    seen = [row.cells[1].text for grid in grids for row in list(grid.rows)[1:]]
    assert seen == [cell(made, made.columns[1], row) for row in made.rows]
    assert all(sum(row.height for row in grid.rows) < 444 * 9525 for grid in grids)
    subjects = [next(one.text_frame.text for one in slide.shapes if one.name == "Subject") for slide in deck.slides]
    assert ["（续）" in one for one in subjects] == [False, *[True] * (len(subjects) - 1)]


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [("", 4, 1), ("国" * 20, 10, 2), ("one two three", 4, 2), ("Autonomous Prefecture", 6, 2), ("国" * 21, 10, 3)],
)
def test_lines_part_between_words_and_after_any_ideograph(text: str, room: float, lines: int) -> None:
    assert lines_of(text, room) == lines


def test_a_deck_in_english_has_no_chinese_of_its_own() -> None:
    with in_language("en"):
        made = Table(
            "t",
            "Gap",
            [Column("name", "Place"), Column("value", "Amount", "money")],
            [Row({"name": "Jilin", "value": 5})],
        )
        plot = Plot(made, "name", made.rows, (Mark("value", "bar", "mid"),), expected=0)
    shown = Picture("Gap", "¥100m", "2026", plot, {}, "Bars")
    matters = Matters([Matter(Level.RED, "", ["Jilin is late"], "City", "25 Nov", "Plan")])
    source = Source("Jilin", "Oct 2026 closed", "as of 20 Nov", "Work injury", "", "Wang")
    package = Package(pptx_bytes(Document("report", "Gap", [shown, Grid(made), matters], source, "en")))
    texts = [words(tree) for _name, tree in package.xml("ppt/slides/slide")]
    texts += [words(tree) for _name, tree in package.xml("ppt/notesSlides/")]
    assert not [text for text in texts if any("一" <= char <= "鿿" for char in text)]
    assert all(chart.find(named("c:lang")).get("val") == "en-US" for chart, _rows in package.charts())
