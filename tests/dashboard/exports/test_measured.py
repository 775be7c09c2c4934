"""Office files as a program sets them: LibreOffice makes one PDF of each, and what stands on its pages is measured."""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pdfplumber
import pytest

from dashboard.components.table import Column, Row, Table
from dashboard.exports.as_word import aliases
from dashboard.exports.blocks import Document, Grid, KeyFigures, Matters, Paragraph
from dashboard.exports.fonts import characters, chinese_fonts
from dashboard.exports.office.document import docx_bytes
from dashboard.exports.office.slides import pptx_bytes
from tests.dashboard.exports import briefing_sample

MM = 72 / 25.4
LINES, LETTERS = 22, 28


def wide_table() -> Table:
    """Seven columns of figures beside words, as 预算执行情况表 has them in English."""
    names = (
        "Original plan",
        "Adjusted plan",
        "This month",
        "Year to date",
        "Same period last year",
        "Progress %",
        "Growth %",
    )
    columns = [Column("item", "Item"), *(Column(f"c{at}", name, "money") for at, name in enumerate(names))]
    rows = [
        Row({"item": name} | {f"c{at}": 41_997_100_000_000 + at for at in range(len(names))}, style=style)
        for name, style in (("Basic pension premium", ""), ("Total income", "total"))
    ]
    return Table("wide", "Budget execution", columns, rows)


def english_sheet() -> Document:
    """The sheet as wordy as English makes it."""
    made = briefing_sample.sheet()
    said = "Sihong County: benefits of 386 persons not paid on time, 89.89 (¥10k)"
    blocks = [
        replace(one, matters=[replace(matter, what=[said]) for matter in one.matters])
        if isinstance(one, Matters)
        else replace(one, figures=[replace(f, lines=[["Huai'an 7.62, Lianyungang 6.43"]] * 5) for f in one.figures])
        if isinstance(one, KeyFigures)
        else one
        for one in made.blocks
    ]
    return replace(made, title="Jiangsu enterprise employees' basic pension · One page", blocks=blocks, language="en")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Any]]]:
    """File → its pages, all of one run of the program."""
    folder = tmp_path_factory.mktemp("office")
    full = Document("report", "题", [Paragraph(["国" * LINES * LETTERS * 4])], briefing_sample.SOURCE, "zh")
    files = {
        "full.docx": docx_bytes(full),
        "briefing.docx": docx_bytes(briefing_sample.briefing(watermark="王某某")),
        "english.docx": docx_bytes(
            replace(
                briefing_sample.briefing("report"),
                language="en",
                blocks=[*briefing_sample.sections(), Grid(wide_table())],
            )
        ),
        "sheet.docx": docx_bytes(briefing_sample.sheet()),
        "english-sheet.docx": docx_bytes(english_sheet()),
        "deck.pptx": pptx_bytes(briefing_sample.briefing()),
    }
    for name, blob in files.items():
        (folder / name).write_bytes(blob)
    (folder / "fonts.conf").write_text(aliases(), encoding="utf-8")
    environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": str(folder)}
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), *files],
        cwd=folder, env=environment, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    opened = {name: pdfplumber.open((folder / name).with_suffix(".pdf")) for name in files}
    yield {name: list(file.pages) for name, file in opened.items()}
    for file in opened.values():
        file.close()


def lines(page: Any, letter: str) -> list[list[dict[str, Any]]]:
    """The letters of a kind on a page, by the line they stand on."""
    found = defaultdict(list)
    for char in page.chars:
        if char["text"] == letter:
            found[round(char["bottom"])].append(char)
    return [sorted(found[bottom], key=lambda char: char["x0"]) for bottom in sorted(found)]


def test_a_page_holds_22_lines_of_28_letters_within_the_standards_margins(pages: dict[str, list[Any]]) -> None:
    for page in pages["full.docx"][1:4]:
        found = lines(page, "国")
        assert [len(line) for line in found] == [LETTERS] * LINES
        assert (page.width / MM, page.height / MM) == pytest.approx((210, 297), abs=0.2)
        assert min(line[0]["x0"] for line in found) / MM == pytest.approx(28, abs=0.3)
        # 156 mm, less what 28 letters of 15.75 points leave.
        assert max(line[-1]["x1"] for line in found) / MM == pytest.approx(183.6, abs=0.5)
        pitches = [below[0]["bottom"] - above[0]["bottom"] for above, below in pairwise(found)]
        assert pitches == pytest.approx([28.95] * (LINES - 1), abs=0.1)
        assert 37 < found[0][0]["top"] / MM < 43 and 256 < found[-1][0]["bottom"] / MM < 262.5
        assert found[0][0]["size"] == pytest.approx(16, abs=0.01)


def test_the_page_number_stands_on_the_outer_side_one_letter_in(pages: dict[str, list[Any]]) -> None:
    for number, page in enumerate(pages["full.docx"][:4], start=1):
        foot = [char for char in page.chars if char["bottom"] / MM > 263 and char["text"].strip()]
        assert "".join(char["text"] for char in foot) == f"—{number}—"
        if number % 2:
            assert max(char["x1"] for char in foot) / MM == pytest.approx(184 - 14 / MM, abs=0.5)
        else:
            assert min(char["x0"] for char in foot) / MM == pytest.approx(28 + 14 / MM, abs=0.5)
        # The rules beside it lie 1.7 mm above their letters' base: 7 mm below the text, which ends at 262.
        assert foot[0]["bottom"] / MM - 1.7 == pytest.approx(262 + 7, abs=0.5)
        assert foot[0]["size"] == pytest.approx(14, abs=0.01)


def test_every_page_has_its_texts_and_no_glyph_is_missing(pages: dict[str, list[Any]]) -> None:
    wanted = {
        "briefing.docx": ("社会保险基金运行监测简报", "第11期（总第71期）", "表1　收支执行情况", "−39.38", "5,310.00", "抄送：各设区市人民政府", "演示数据　送审稿", "▲"),
        "english.docx": ("Unit: ¥ bn", "25 Nov 2026"),
        "sheet.docx": ("企业职工基本养老保险基金", "批示", "5,386.20", "请您关注", "■ 红"),
        "deck.pptx": ("10月全省企业职工养老保险基金运行情况", "累计结余走势", "单位：亿元", "5,310.00", "收支差额"),
    }  # fmt: skip
    # A program that finds a character in no font draws a box for it, and says the text all the same.
    known = frozenset[str]().union(*(characters(face) for face in chinese_fonts().values()))
    for name, texts in wanted.items():
        said = "".join(char["text"] for page in pages[name] for char in page.chars).replace(" ", "")
        assert not [text for text in texts if text.replace(" ", "") not in said], name
        assert not {char for char in said if char.strip() and char not in known}, name
        faces = {
            char["fontname"].partition("+")[2] for page in pages[name] for char in page.chars if char["text"].strip()
        }
        assert not [face for face in faces if "Symbol" in face or "Emoji" in face], (name, faces)


@pytest.mark.parametrize("name", ["sheet.docx", "english-sheet.docx"])
def test_the_sheet_before_a_meeting_is_one_page(pages: dict[str, list[Any]], name: str) -> None:
    (page,) = pages[name]
    assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
    assert max(char["bottom"] for char in page.chars) / MM < 288


def test_numbers_and_words_of_a_wide_table_stay_whole(pages: dict[str, list[Any]]) -> None:
    words = [word["text"] for page in pages["english.docx"] for word in page.extract_words()]
    assert words.count("419.97") == 14 and {"Original", "Progress", "Growth"} <= set(words)


def test_slides_are_16_by_9_and_nothing_leaves_them(pages: dict[str, list[Any]]) -> None:
    for page in pages["deck.pptx"]:
        assert page.width / page.height == pytest.approx(16 / 9, abs=0.01)
        assert all(
            char["x0"] >= 0 and char["x1"] <= page.width and char["bottom"] <= page.height for char in page.chars
        )
