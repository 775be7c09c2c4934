"""The PDF is measured, not believed: 22 lines of 28 characters, page numbers in their place, every figure as printed."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pypdf
import pytest
from pdfplumber.page import Page
from pdfplumber.pdf import PDF
from pypdf.generic import ContentStream

from dashboard.charts.plot import Mark, Plot
from dashboard.components.table import Column, Row, Table
from dashboard.exports import drawing, fonts, pdf, svg
from dashboard.exports.axis_names import em, fitted
from dashboard.exports.blocks import Document, Matters, Note, Paragraph, Picture
from dashboard.exports.shorter import shorter
from dashboard.words import display
from dashboard.words.display import as_read
from tests.dashboard.exports.briefing_sample import YI, balances, briefing, progress, sheet

MM = 72 / 25.4
LINE, SIZE = 28.95, 15.75


@pytest.fixture(scope="module")
def official() -> bytes:
    """A briefing with a watermark whose last paragraph fills a page and a half, with a character that no font has."""
    made = briefing(watermark="王某某")
    return pdf.pdf_bytes(replace(made, blocks=[*made.blocks[:5], Paragraph(["字" * 28 * 30 + "\U0010fffd"])]))


@pytest.fixture(scope="module")
def one_page() -> bytes:
    """A sheet whose foot is too long for one page."""
    return pdf.pdf_bytes(replace(sheet(), blocks=[*sheet().blocks, Note(["注" * 160])]))


def read(data: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages))


def lines_of(page: Page) -> list[str]:
    rows: dict[float, list[tuple[float, str]]] = {}
    for one in page.chars:
        if abs(one["size"] - SIZE) < 0.01 and one["text"] == "字":
            rows.setdefault(round(one["matrix"][5], 1), []).append((one["x0"], one["text"]))
    return ["".join(text for _x, text in sorted(row)) for _y, row in sorted(rows.items(), reverse=True)]


def test_a_page_holds_22_lines_of_28_characters_within_the_margins(official: bytes) -> None:
    with PDF(io.BytesIO(official)) as book:
        (full,) = [page for page in book.pages if len(lines_of(page)) == 22]
        assert {len(line) for line in lines_of(full)} == {28}
        text = [one for one in full.chars if one["text"] == "字"]
        heights = sorted({round(one["matrix"][5], 2) for one in text}, reverse=True)
        assert {round(above - below, 2) for above, below in pairwise(heights)} == {LINE}
        assert min(one["x0"] for one in text) == pytest.approx(28 * MM, abs=0.1)
        assert max(one["x1"] for one in text) == pytest.approx(28 * MM + 28 * SIZE, abs=0.1)
        assert [full.width, full.height] == pytest.approx([210 * MM, 297 * MM], abs=0.1)


def test_page_numbers_stand_at_the_outer_side_below_the_text(official: bytes) -> None:
    with PDF(io.BytesIO(official)) as book:
        for number, page in enumerate(book.pages, start=1):
            low = [one for one in page.chars if one["matrix"][5] < 35 * MM and abs(one["size"] - 14) < 0.01]
            assert "".join(one["text"] for one in low).split() == ["—", str(number), "—"]
            if number % 2:
                assert max(one["x1"] for one in low) == pytest.approx(184 * MM - 14, abs=1.5)
            else:
                assert min(one["x0"] for one in low) == pytest.approx(28 * MM + 14, abs=1.5)
            # The dash is 7 mm below the text, which ends 35 mm above the edge; it is drawn above its base line.
            assert 24 * MM < low[0]["matrix"][5] < 28 * MM


def test_no_character_is_a_box(official: bytes, one_page: bytes) -> None:
    """A missing one is written with a number that its font does not use; it became 〓 before that."""
    assert "〓" in read(official)
    for data in (official, one_page):
        used = Counter(_glyphs(data))
        assert used and not used.keys() & {0, 0xFFFF}


def _glyphs(data: bytes) -> Iterator[int]:
    reader = pypdf.PdfReader(io.BytesIO(data))
    for page in reader.pages:
        for given, operator in ContentStream(page.get_contents(), reader).operations:
            for one in given[0] if operator == b"TJ" else given if operator == b"Tj" else ():
                text = getattr(one, "original_bytes", one)
                if isinstance(text, bytes):
                    yield from (int.from_bytes(text[at : at + 2], "big") for at in range(0, len(text), 2))


def test_a_pdf_says_what_it_is_and_whose_it_is(official: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(official))
    assert reader.metadata is not None
    assert reader.metadata.title == briefing().title and reader.metadata.author == "省人力资源和社会保障厅编"
    root = reader.root_object
    assert b"pdfaid" in root["/Metadata"].get_data()  # type: ignore[attr-defined]
    assert "/StructTreeRoot" in root and str(root["/Lang"]) == "zh-CN"
    assert all("王某某" in page.extract_text() for page in reader.pages)  # the watermark, on every page
    assert "演示数据" in read(official)


def test_a_sheet_is_one_page_whatever_it_has_to_say(one_page: bytes) -> None:
    assert len(pypdf.PdfReader(io.BytesIO(one_page)).pages) == 1
    assert "注" * 50 not in read(one_page)


def test_a_sheet_is_shortened_in_order_and_says_what_it_leaves_out() -> None:
    lower, without_note, fewer = shorter(sheet())
    assert lower == sheet() and without_note.blocks == sheet().blocks[:-1]
    (left,) = [one for one in fewer.blocks if isinstance(one, Matters)]
    assert len(left.matters) == 4 and left.rest == "另有1件"


def test_nothing_is_fetched_whatever_a_document_says(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>', encoding="utf-8")
    asked: list[str] = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda _self, request, *_more, **_named: asked.append(request.full_url))  # fmt: skip
    pdf._rendered(f'<img src="{secret.as_uri()}"><img src="http://127.0.0.1:9/x"><p>x</p>')
    assert asked == []


# --- charts


def test_a_chart_writes_its_printed_cells_and_is_drawn_by_its_plot() -> None:
    written: list[str] = []

    class Seen(drawing._Drawing):
        def written(self, text: str) -> str:
            written.append(text)
            return text

    for plot in (balances(), progress()):
        Seen.of(plot, 156, 66, False)
    assert {"5,393.18", "−5.60", "+4.10", "■ 甲市", "▲ 乙市", "▲ 橙色标准", "己市"} <= set(written)
    assert "5,310.00" in written and "预计（80%区间）" in written


def test_bars_of_a_level_have_its_colour_and_what_is_expected_is_dashed() -> None:
    drawn = drawing.svg(progress(), 156, 66)
    assert "#c4262e" in drawn and "#f09436" in drawn and "#6b99a2" in drawn
    assert "#c4262e" not in drawing.svg(progress(), 156, 66, grey=True)
    assert drawing.svg(balances(), 156, 66) == drawing.svg(balances(), 156, 66)


@pytest.mark.parametrize("most", ["0", "0.07", "1.1", "4.5", "5", "12", "999", "-5.2"])
def test_a_scale_says_what_its_lines_stand_at(most: str) -> None:
    rows = [Row({"name": "甲市", "now": int(Decimal(most) * YI)})]
    table = Table("t", "", (Column("name", "地区"), Column("now", "收入", "money")), rows)
    drawn = drawing.svg(Plot(table, "name", rows, (Mark("now", "bar", "mid"),)), 156, 66)
    at = re.findall(r'<text [^>]*y="([0-9.]+)" text-anchor="end"[^>]*>([^<]+)<', drawn)
    assert 2 <= len(at) <= 5
    said = [float(as_read(text)) for _y, text in at]
    steps = [
        (float(below) - float(above)) / (high - low)
        for (below, _), (above, _), low, high in zip(at, at[1:], said, said[1:], strict=False)
    ]
    assert steps == pytest.approx([steps[0]] * len(steps), rel=0.01) and steps[0] > 0


def test_last_values_stand_apart() -> None:
    rows = [Row({"name": f"{at}月", "now": at * YI, "plan": at * YI}) for at in range(3)]
    columns = (Column("name", "月份"), Column("now", "收入", "money"), Column("plan", "计划", "money"))
    marks = (Mark("now", "line", "mid"), Mark("plan", "line", "ink"))
    drawn = drawing.svg(Plot(Table("t", "", columns, rows), "name", rows, marks, expected=2), 156, 66)
    ends = [
        float(y) for y, said in re.findall(r'y="([0-9.]+)"[^>]*>([^<]+)<', drawn) if "2.00" in said or said == "预计"
    ]
    assert len(ends) == 4 and all(below - above > 9 for above, below in pairwise(sorted(ends)))


def test_names_under_an_axis_never_touch() -> None:
    months = [f"2026年{month}月" for month in range(1, 13)]
    some = fitted(months, 60, 3, 9, each=False)
    assert some.shown == [1, 5, 9] and some.texts[-1] == "2026年10月" and some.slant == 0
    assert list(fitted(["甲市", "乙市"], 60, 3, 1, each=True).shown) == [0, 1]
    two_lines = fitted(["连云港市", "甲市"], 24, 3, 1, each=True)
    assert list(two_lines.texts) == ["连云\n港市", "甲市"] and two_lines.height_mm > some.height_mm
    slanting = fitted(["名字很长的地区"] * 12, 60, 3, 11, each=True)
    assert len(slanting.shown) == 12 and slanting.slant and slanting.height_mm > two_lines.height_mm


@pytest.mark.parametrize("count", [2, 13, 36, 48])
def test_months_under_a_line_stand_apart_within_the_picture(count: int) -> None:
    rows = [
        Row({"name": display.month_name(202301 + place // 12 * 100 + place % 12), "now": place * YI})
        for place in range(count)
    ]
    table = Table("t", "", [Column("name", ""), Column("now", "", "money")], rows)
    drawn = drawing.svg(Plot(table, "name", rows, (Mark("now", "line", "accent"),)), 156, 66)
    ends = []
    for x, anchor, said in re.findall(r'<text x="([0-9.]+)" [^>]*text-anchor="(\w+)"[^>]*>([^<]*月)<', drawn):
        begins = float(x) - em(said) * svg.SIZE * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        ends.append((begins, begins + em(said) * svg.SIZE))
    assert len(ends) >= 2 and ends[0][0] >= 0 and ends[-1][1] <= 156 * drawing.POINT
    assert all(before[1] < after[0] for before, after in pairwise(ends))


def test_a_value_makes_room_for_a_line_that_rises_ahead_of_it() -> None:
    def aside(*values: float) -> list[int]:
        one = drawing._Drawing.of(replace(balances(), expected=3), 60, 30, False)
        mark = next(mark for mark in balances().marks if mark.kind == "line")
        return [side for _x, _y, _said, side in one.ends(mark, values, 3, 1, "#000000")]

    assert aside(3, 2, 1, 0, 0) == [0, 0] and aside(3, 2, 1, 2, 0) == [-1, 0] and aside(1, 2, 3, 4, 5) == [1, 0]


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_a_chart_of_few_or_missing_values_is_drawn(rows: int) -> None:
    for plot in (balances(), progress()):
        empty = [replace(one, values={plot.along: one.values[plot.along]}) for one in plot.rows[:rows]]
        for given in (plot.rows[:rows], empty):
            assert drawing.svg(Plot(plot.table, plot.along, given, plot.marks), 60, 30).startswith("<svg")


def test_without_a_chinese_font_no_picture_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "chinese_fonts", dict)
    with pytest.raises(drawing.NoFont):
        drawing.svg(balances(), 60, 30)


def test_a_character_that_the_font_lacks_is_the_printers_sign() -> None:
    one = drawing._Drawing.of(balances(), 60, 30, False)
    assert one.written("甲\U0010fffd") == "甲〓"
    poor = replace(one, face=fonts.Face("", "", 0, False))
    assert poor.written("−甲") == "-〓"


def test_a_picture_carries_what_it_shows_in_words() -> None:
    document: Document = replace(briefing(), blocks=[one for one in briefing().blocks if isinstance(one, Picture)])
    assert 'alt="累计结余走势，见表"' not in pdf.html_of(document)
    assert 'alt="累计结余近12个月，见表1"' in pdf.html_of(document)
