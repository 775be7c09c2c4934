"""A document as DOCX: every part there and in order, faces of both scripts, figures as in their source, nothing that runs."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import docx
import pytest
from dash import html
from hypothesis import given, settings, strategies as st
from lxml import etree

from dashboard.components.paper import paper
from dashboard.components.table import Column, Row, Table, cell
from dashboard.exports import kept
from dashboard.exports.blocks import (
    Block,
    Document,
    FontSet,
    Form,
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
)
from dashboard.exports.office.document import docx_bytes
from dashboard.exports.office.fonts import SETS, WINDOWS
from dashboard.exports.office.official import gaps
from dashboard.exports.office.slides import pptx_bytes
from dashboard.exports.office.xml import named
from dashboard.site.markup import sent
from rules.alerts.threshold import Level
from tests.dashboard.exports import briefing_sample
from tests.dashboard.exports.office_files import ORDER, Package, incomplete, out_of_order, series, words

WORD_ORDER = {
    "w:pPr": "pStyle keepNext widowControl pBdr shd tabs autoSpaceDE autoSpaceDN snapToGrid spacing ind jc outlineLvl rPr",
    "w:rPr": "rFonts b bCs color spacing sz szCs shd lang",
    "w:tblPr": "tblpPr tblOverlap tblW jc tblBorders tblLayout tblCellMar tblCaption",
    "w:tcPr": "tcW tcBorders shd vAlign",
    "w:tcBorders": "top left bottom right",
    "w:tblBorders": "top left bottom right insideH insideV",
    "w:sectPr": "headerReference footerReference pgSz pgMar cols docGrid",
    "w:style": "name basedOn next uiPriority semiHidden qFormat pPr rPr tblPr",
    "w:settings": "zoom defaultTabStop evenAndOddHeaders characterSpacingControl compat themeFontLang",
    "wp:inline": "extent effectExtent docPr cNvGraphicFramePr a:graphic",
}
EVIL = '=HYPERLINK("http://example.org")&<w:p>\x01'


def body(blob: bytes) -> Any:
    return next(tree for name, tree in Package(blob).xml("word/document.xml") if not name.endswith(".rels"))


@pytest.mark.parametrize("form", ["briefing", "report", "one-page"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_of_a_document_is_there_and_in_order(form: Form, language: str) -> None:
    made = briefing_sample.sheet() if form == "one-page" else briefing_sample.briefing(form, watermark="王某某")
    blob = docx_bytes(replace(made, language=language))
    package = Package(blob)
    assert not incomplete(package)
    for _name, tree in package.xml("word/"):
        assert not out_of_order(tree, ORDER | WORD_ORDER)
    assert len(package.charts()) == (1 if form == "one-page" else 2)
    for drawing in body(blob).iter(named("wp:docPr")):
        assert drawing.get("descr")
    about = docx.Document(io.BytesIO(blob)).core_properties
    assert (about.title, about.author, about.comments) == (made.title, "王某某", "")
    assert b"python-docx" not in b"".join(package.parts.values())


def test_page_lines_and_letters_are_those_of_the_standard() -> None:
    file = docx.Document(io.BytesIO(docx_bytes(briefing_sample.briefing())))
    (section,) = file.sections
    sides = (
        section.top_margin,
        section.right_margin,
        section.bottom_margin,
        section.left_margin,
        section.footer_distance,
    )
    assert [round(side.mm, 1) for side in sides if side is not None] == [37, 26, 35, 28, 25.5]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)  # type: ignore[union-attr]
    grid = section._sectPr.find(named("w:docGrid"))
    assert (grid.get(named("w:type")), grid.get(named("w:linePitch"))) == ("lines", "579")
    normal = file.styles["Normal"]
    look, letters = normal.element.find(named("w:pPr")), normal.element.find(named("w:rPr"))
    assert look.find(named("w:spacing")).get(named("w:line")) == "579"
    assert look.find(named("w:spacing")).get(named("w:lineRule")) == "exact"
    assert look.find(named("w:ind")).get(named("w:firstLineChars")) == "200"
    assert (letters.find(named("w:sz")).get(named("w:val")), letters.find(named("w:spacing")).get(named("w:val"))) == (
        "32",
        "-5",
    )
    faces = letters.find(named("w:rFonts"))
    assert {key.rpartition("}")[2]: value for key, value in faces.attrib.items()} == {
        "ascii": "Times New Roman", "hAnsi": "Times New Roman", "eastAsia": "仿宋_GB2312", "cs": "Times New Roman", "hint": "eastAsia",
    }  # fmt: skip
    assert "evenAndOddHeaders" in {child.tag.rpartition("}")[2] for child in file.settings.element}
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (line,) = footer.paragraphs
        assert line._p.find(f".//{named('w:fldSimple')}").get(named("w:instr")) == "PAGE"
        assert line._p.find(f".//{named('w:ind')}").get(named(f"w:{side}")) == "280"


def test_headings_are_styles_with_their_numbers_as_text() -> None:
    file = docx.Document(io.BytesIO(docx_bytes(briefing_sample.briefing())))
    headings = [
        (one.style.name, one.text) for one in file.paragraphs if one.style and one.style.name.startswith("Heading")
    ]
    assert headings == [("Heading 1", "一、收支和结余"), ("Heading 2", "（一）征缴进度")]
    assert not list(file.element.iter(named("w:numPr")))
    levels = [file.styles[f"Heading {level}"].element.find(f".//{named('w:outlineLvl')}") for level in (1, 2, 3)]
    assert [level.get(named("w:val")) for level in levels] == ["0", "1", "2"]


def test_a_briefing_has_its_head_and_end_as_filled_in_and_nothing_made_up() -> None:
    said = words(body(docx_bytes(briefing_sample.briefing())))
    for text in (
        "社会保险基金运行监测简报", "第11期（总第71期）", "苏社保监〔2026〕11号", "签发人：周某某", "内部资料", "抄送：各设区市人民政府", "2026年11月25日印发",
    ):  # fmt: skip
        assert text in said
    empty = replace(briefing_sample.briefing(), masthead=Masthead("简报", "", "", "", "", "", "", "", None), draft="")
    blob = docx_bytes(empty)
    said = words(body(blob))
    assert not [text for text in ("签发人", "抄送", "印发", "第期", "总第", "None") if text in said]
    heads = [words(tree) for name, tree in Package(blob).xml("word/header")]
    assert heads and all(text == "演示数据" for text in heads if text)
    foot = body(docx_bytes(briefing_sample.briefing())).find(f".//{named('w:tblpPr')}")
    assert (foot.get(named("w:vertAnchor")), foot.get(named("w:tblpYSpec"))) == ("margin", "bottom")
    reds = [one for one in body(blob).iter(named("w:bottom")) if one.get(named("w:color")) == "C8161D"]
    assert len(reds) == 1
    report = body(docx_bytes(briefing_sample.briefing("report")))
    assert not [one for one in report.iter() if "C8161D" in one.attrib.values()]


def test_what_is_not_signed_says_so_on_every_page() -> None:
    package = Package(docx_bytes(briefing_sample.briefing()))
    heads = [words(tree) for name, tree in package.xml("word/header")]
    assert heads == ["演示数据　送审稿"] * 2
    marked = Package(docx_bytes(briefing_sample.briefing(watermark="王某某")))
    shapes = [one.get("string") for _name, tree in marked.xml("word/header") for one in tree.iter(named("v:textpath"))]
    assert [text for text in shapes if text] == ["王某某"] * 2


def test_the_office_and_the_day_stand_as_the_standard_places_them() -> None:
    assert gaps(11, 7) == (2, 4)  # the day begins two characters right of the office: 11 + 2 − 2 − 7
    assert gaps(4, 7) == (7, 2)
    tree = body(
        docx_bytes(Document("report", "题", [SignOff("省厅", date(2026, 11, 5))], briefing_sample.SOURCE, "zh"))
    )
    lines = [one for one in tree.iter(named("w:p")) if words(one) in ("省厅", "2026年11月5日")]
    assert [words(one) for one in lines] == ["省厅", "2026年11月5日"]
    right = [one.find(f".//{named('w:ind')}").get(named("w:right")) for one in lines]
    assert right == [str(round((6.5 + 4 - 2) * 315)), "630"]


def test_a_table_repeats_its_head_keeps_its_rows_and_its_figures() -> None:
    made = briefing_sample.budget()
    tree = body(docx_bytes(Document("report", "题", [Grid(made, "表1", "注")], briefing_sample.SOURCE, "zh")))
    (drawn,) = tree.iter(named("w:tbl"))
    rows = list(drawn.iter(named("w:tr")))
    assert [bool(row.findall(f".//{named('w:tblHeader')}")) for row in rows] == [True, False, False, False, False]
    assert all(row.findall(f".//{named('w:cantSplit')}") for row in rows)
    seen = [[words(one) for one in row.iter(named("w:tc"))] for row in rows]
    columns = [column for column in made.columns if not column.hidden]
    assert seen == [[column.title for column in columns]] + [
        [str(cell(made, column, row)) for column in columns] for row in (*made.rows, *made.foot)
    ]
    sides = {
        one.find(f".//{named('w:jc')}").get(named("w:val")) for row in rows for one in list(row.iter(named("w:tc")))[1:]
    }
    assert sides == {"right"}
    assert "单位：亿元、%、百分点" in words(tree)


def test_a_table_too_wide_for_a_page_is_parted_with_the_names_of_its_rows_and_shades_are_kept() -> None:
    columns = [
        Column("rank", "名次", "count"),
        Column("name", "地区"),
        *(Column(f"m{n}", f"{n}月", "number") for n in range(12)),
    ]
    values = {"rank": 1, "name": "甲市", **{f"m{n}": 123456 for n in range(12)}}
    extra = {"m11": html.Span("预计")}
    made = kept.read_table(
        kept.table_json(Table("t", "各月", columns, [Row(values, shades={"m0": 7, "m1": 2}, extra=extra)]))
    )
    document = Document("report", "题", [Grid(made, "表1")], briefing_sample.SOURCE, "zh")
    tree = body(docx_bytes(document))
    parts = [[words(one) for one in table.iter(named("w:tc"))] for table in tree.iter(named("w:tbl"))]
    assert [one[: len(one) // 2][:3] for one in parts] == [["名次", "地区", "0月"], ["地区", "6月", "7月"]]
    assert parts[1][-1] == "预计 123,456.00" and "各月（续）" in words(tree)
    fills = [one.get(named("w:fill")) for one in tree.iter(named("w:shd"))]
    assert fills[:2] == ["0E414C", "CFE1E4"] and len(fills) == 2
    drawn = sent(paper(document, lambda picture: html.Div()), ()).html
    assert drawn.count("<table") == 2 and 'class="r q7"' in drawn and "预计 " in drawn
    slide = next(
        tree
        for name, tree in Package(pptx_bytes(replace(document, form="slides"))).xml("ppt/slides/slide")
        if b"0E414C" in etree.tostring(tree)
    )
    assert words(slide)


def test_a_chart_of_a_document_holds_what_its_table_prints() -> None:
    plot = briefing_sample.balances()
    shown = briefing_sample.picture(plot, "累计结余", "亿元")
    ((chart, rows),) = Package(docx_bytes(Document("report", "题", [shown], briefing_sample.SOURCE, "zh"))).charts()
    column = next(column for column in plot.table.columns if column.key == "balance")
    printed = [str(cell(plot.table, column, row)) for row in plot.rows]
    known, coming = [values for _name, values in series(chart)][:2]
    assert [f"{value:,.2f}" for value in known if value is not None] == printed[:10]
    assert [f"{value:,.2f}" for value in coming[10:] if value is not None] == printed[10:]
    assert [row[1] for row in rows[1:]] == known and [row[2] for row in rows[1:]] == coming
    faces = {one.get("typeface") for one in chart.iter(named("a:ea"))}
    assert faces == {"宋体"}


def test_the_page_before_a_meeting_is_printed_in_greys() -> None:
    package = Package(docx_bytes(briefing_sample.sheet()))
    keys = {named("a:srgbClr"): "val", named("w:color"): named("w:val"), named("w:shd"): named("w:fill")}
    colours = {
        one.get(key) for _name, tree in package.xml("word/") for tag, key in keys.items() for one in tree.iter(tag)
    }
    assert colours and not [one for one in colours if len({one[:2], one[2:4], one[4:]}) > 1]


@pytest.mark.parametrize("name", SETS)
def test_an_office_chooses_its_faces_and_each_names_what_may_stand_for_it(name: FontSet) -> None:
    fonts = SETS[name]
    given = replace(briefing_sample.briefing(), fonts=name)
    # The process that writes it is told.
    package = Package(docx_bytes(kept.read_document(kept.document_json(given))))
    table = next(tree for part, tree in package.xml("word/fontTable"))
    known = {one.get(named("w:name")): one.find(named("w:altName")) for one in table}
    for face in (fonts.text, fonts.kai, fonts.hei, fonts.title, fonts.song):
        assert known[face] is not None and face not in known[face].get(named("w:val")).split(",")
    used = {
        value
        for _part, tree in package.xml("word/styles")
        for one in tree.iter(named("w:rFonts"))
        for key, value in one.attrib.items()
        if not key.endswith("hint")
    }
    assert used <= set(known)
    title = next(
        one for _part, tree in package.xml("word/styles") for one in tree if one.get(named("w:styleId")) == "Title"
    )
    assert (title.find(f"{named('w:rPr')}/{named('w:b')}") is not None) == (fonts is WINDOWS)


def test_an_english_document_has_latin_faces_and_no_chinese_of_its_own() -> None:
    source = Source("Jilin", "Oct 2026 closed", "as of 20 Nov", "Work injury", "", "Wang")
    masthead = Masthead(
        "Fund watch", "No. 11", "No. 71", "W 11", "Internal", "Zhou", "Cities", "The department", date(2026, 11, 25)
    )
    table = Table(
        "t", "Gap", [Column("name", "Place"), Column("value", "Amount", "money")], [Row({"name": "Jilin", "value": 5})]
    )
    blocks: list[Block] = [
        Heading("I. Gap"), Paragraph(["The gap is small."]), Grid(table), SignOff("The department", date(2026, 11, 25)),
        Matters([Matter(Level.RED, "", ["Jilin is late"], "City", "25 Nov", "Plan")]), Note(["Note"]),
    ]  # fmt: skip
    for form in ("briefing", "report"):
        package = Package(docx_bytes(Document(form, "Gap", blocks, source, "en", masthead)))
        texts = [words(tree) for name, tree in package.xml("word/") if "styles" not in name]
        assert not [text for text in texts if any("一" <= char <= "鿿" for char in text)]
        styles = next(tree for name, tree in package.xml("word/styles"))
        latin = {one.get(named("w:ascii")) for one in styles.iter(named("w:rFonts"))}
        assert latin <= {"Times New Roman", "Arial", "宋体"}


@settings(max_examples=6, deadline=None)
@given(st.text(max_size=20))
def test_no_text_breaks_a_document_or_becomes_a_part_of_it(text: str) -> None:
    evil = EVIL + text
    made = Table(
        evil, evil, [Column("name", evil), Column("value", evil, "money")], [Row({"name": evil, "value": None})]
    )
    plot = replace(briefing_sample.balances(), table=replace(briefing_sample.balances().table, title=evil))
    blocks: list[Block] = [
        Heading(evil), Paragraph([evil]), Grid(made, evil, evil), Picture(evil, evil, evil, plot, {}, evil, evil, evil),
        KeyFigures([KeyFigure(evil, [evil], evil, evil, [[evil]])]), Matters([Matter(Level.RED, evil, [evil], evil, evil, evil)]),
        Note([evil]), SignOff(evil, date(2026, 11, 25)),
    ]  # fmt: skip
    source = Source(evil, evil, evil, evil, evil, evil, evil)
    head = Masthead(evil, evil, evil, evil, evil, evil, evil, evil, None)
    for form in ("briefing", "one-page"):
        package = Package(docx_bytes(Document(form, evil, blocks, source, "zh", head, evil, [[evil]])))
        assert not incomplete(package)
