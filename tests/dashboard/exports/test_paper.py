"""A document as paper: figures keep their passports, every form has its head and end, greys alone on one page."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
from dash import html
from dash.development.base_component import Component
from selectolax.lexbor import LexborHTMLParser

from dashboard.components.paper import paper, text, units_of
from dashboard.exports.blocks import Block, Document, Grid, Matters, Paragraph, Picture, SignOff
from dashboard.exports.office.document import docx_bytes
from dashboard.exports.titles import title_lines
from dashboard.site.markup import sent
from dashboard.words.wording import in_language
from tests.dashboard.exports.beside_pages import printed_in_block
from tests.dashboard.exports.briefing_sample import BALANCE, briefing, budget, sections, sheet

STYLE = Path(__file__).parents[3] / "assets" / "css" / "paper.css"


def drawn(picture: Picture) -> html.Img:
    return html.Img(src="data:,", alt=picture.title)


def page(document: Document) -> LexborHTMLParser:
    return LexborHTMLParser(sent(paper(document, drawn), ()).html)


def said(document: Document, selector: str) -> list[str]:
    return [node.text() for node in page(document).css(selector)]


def test_every_figure_of_a_document_keeps_its_passport_on_paper() -> None:
    for document in (briefing(), briefing("report", language="en"), sheet()):
        found = {(node.text(), node.attributes["data-figure"]) for node in page(document).css("[data-figure]")}
        with in_language(document.language):
            assert found == {(str(one), one.figure.key) for block in document.blocks for one in printed_in_block(block)}


def test_digits_have_an_element_of_their_own_and_stay_with_their_unit() -> None:
    made = LexborHTMLParser(sent(html.P(text(["结余", BALANCE, "亿元，1—10月增长5.2%。"])), ()).html)
    assert "".join(node.text() for node in made.css("p")) == f"结余{BALANCE}亿元，1—10月增长5.2%。"
    assert [node.text() for node in made.css(".n")] == ["5,386.20", "1", "10", "5.2%"]
    assert [node.text() for node in made.css(".k")] == ["5,386.20亿元", "10月增"]


def test_a_briefing_has_its_red_head_and_its_end_and_a_report_neither() -> None:
    assert said(briefing(), ".masthead .name") == ["社会保险基金运行监测简报"]
    assert said(briefing(), ".masthead .number") == ["第11期（总第71期）"]
    assert said(briefing(), ".masthead .issued")[-1] == "省人力资源和社会保障厅编2026年11月25日"
    assert said(briefing(), ".marks") == ["内部资料送审稿"]
    assert said(briefing(), ".colophon") == ["抄送：各设区市人民政府省人力资源和社会保障厅编2026年11月25日印发"]
    assert said(briefing("report"), ".masthead, .colophon") == [] and said(briefing("report"), ".marks") == ["送审稿"]


def test_a_long_title_stands_in_the_same_lines_on_paper_and_in_word() -> None:
    title = "10月江苏省企业职工基本养老保险基金运行情况"
    made = replace(briefing("report"), title=title)
    head = page(made).css_first("h1")
    assert head is not None and head.html is not None and head.html.count("<br") == 1 and head.text() == title
    (word,) = [
        one
        for one in docx.Document(io.BytesIO(docx_bytes(made))).paragraphs
        if one.style is not None and one.style.name == "Title"
    ]
    assert word.text == "\n".join(title_lines(title))


def test_what_the_office_left_empty_stays_empty() -> None:
    bare = replace(briefing(), masthead=replace(briefing().masthead, total="", document_number="", signer="", copies="", day=None), draft="")  # type: ignore[type-var]  # fmt: skip
    assert said(bare, ".masthead .number") == ["第11期"]
    assert said(bare, ".masthead .issued") == ["省人力资源和社会保障厅编"]
    assert said(bare, ".colophon") == ["省人力资源和社会保障厅编"]


def test_where_the_figures_come_from_stands_at_the_end_and_the_readers_name_across_where_set() -> None:
    (source,) = said(briefing(), ".source")
    assert source.startswith("数据：") and all(
        part in source for part in ("江苏省", "（已定稿）", "版本7", "演示数据", "王某某")
    )
    assert said(briefing(), ".watermark") == []
    assert set(said(briefing(watermark="王某某"), ".watermark span")) == {"王某某"}


def test_the_day_begins_two_characters_after_the_office_and_the_longer_ends_two_before_the_margin() -> None:
    def signed(office: str) -> list[str]:
        document = replace(briefing(), blocks=[SignOff(office, date(2026, 11, 25))])
        return [node.attributes["class"] or "" for node in page(document).css(".sign-off")]

    assert signed("省人力资源和社会保障厅") == ["sign-off"]
    assert signed("省人社厅") == ["sign-off longer"]


def test_a_table_has_three_lines_its_units_and_a_size_in_which_it_stands() -> None:
    assert units_of(budget()) == "单位：亿元、%、百分点"
    with in_language("en"):
        assert units_of(budget()) == "Unit: ¥ bn, %, points"
    (table,) = page(briefing()).css("table")
    assert table.attributes["class"] == "s12"
    assert [node.text() for node in table.css("tr:last-child td")] == ["收支差额", "−39.38", "—", ""]
    grid = Grid(budget(), "表1")
    wide = replace(grid.table, columns=[*grid.table.columns, *(replace(one, key=f"{one.key}2", title=one.title * 3) for one in grid.table.columns)])  # fmt: skip
    assert "s12" not in [
        node.attributes["class"] for node in page(replace(briefing(), blocks=[Grid(wide)])).css("table")
    ]


def test_levels_on_paper_are_shape_and_word_and_nothing_to_attend_to_is_said() -> None:
    assert said(sheet(), ".mark") == ["■ 红", "▲ 橙", "◆ 黄", "待议", "提示"]
    assert said(replace(sheet(), blocks=[Matters([])]), ".text") == ["无需请示事项。"]


def test_one_page_is_printed_in_greys() -> None:
    lines = STYLE.read_text(encoding="utf-8").split("会前一页纸")[1]
    colours = {found.lower() for found in re.findall(r"#[0-9a-fA-F]{3,6}\b", lines)}
    uneven = {one for one in colours if len({one[at : at + len(one) // 3] for at in range(1, len(one), len(one) // 3)}) != 1}  # fmt: skip
    assert colours and not uneven


def test_what_the_screen_has_around_a_block_stands_around_it() -> None:
    def around(place: int, block: Block, component: Component) -> html.Div:
        return html.Div(component, id=f"{place}-{type(block).__name__}")

    made = LexborHTMLParser(sent(paper(briefing(), drawn, around), ()).html)
    assert len(made.css("article > div[id]")) == len(sections())
    (first,) = made.css("[id='0-Paragraph'] > p")
    assert first.text() == "".join(sections()[0].pieces) and isinstance(sections()[0], Paragraph)  # type: ignore[union-attr]
