"""Files of what is on screen: text stays text, amounts are numbers, screen and sheet say the same, a CSV is exact."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest

from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.charts.theme import SHADES
from dashboard.components.table import Column, Row, Table, shown
from dashboard.exports.blocks import Document, Grid, Heading, KeyFigure, KeyFigures, Picture, Source
from dashboard.exports.sheets import csv_bytes, safe_text
from dashboard.exports.workbook import chart_bytes, workbook_bytes, xlsx_bytes
from dashboard.words import display
from dashboard.words.passport import About
from rules.alerts.threshold import Level
from tests.dashboard.conftest import Reader, nodes, words

SOURCE = Source("全省", "2026年10月已定稿", "数据截至11月20日08:15，版本 3", "工伤保险", "演示数据", "读者 · 11月20日")
INJECTIONS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u3000=1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "{=1+1}",
    "http://evil.example/",
    "00123",
    "1e5",
    '"quoted", with comma',
    "two\nlines",
]
EXECUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _table(texts: list[str]) -> Table:
    columns = (Column("name", "地区"), Column("amount", "金额", "money"))
    return Table("t", "表", columns, [Row({"name": text, "amount": 12_345_678_901}) for text in texts])


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_text_that_looks_like_a_formula_is_not_one_in_csv(text: str) -> None:
    assert not safe_text(text).lstrip().startswith(EXECUTED)
    content = csv_bytes(_table([text]), SOURCE).decode("utf-8-sig")
    cell = list(csv.reader(io.StringIO(content, newline="")))[1][0]
    assert not cell.lstrip().startswith(EXECUTED)
    assert cell.removeprefix("'") == text


def test_no_cell_of_a_sheet_is_a_formula_or_a_link_and_every_text_is_kept_as_it_is() -> None:
    content = xlsx_bytes(_table(INJECTIONS), SOURCE)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    texts = [sheet.cell(row, 1) for row in range(4, 4 + len(INJECTIONS))]
    assert [cell.data_type for cell in texts] == ["s"] * len(INJECTIONS)
    assert all(cell.hyperlink is None and cell.quotePrefix for cell in texts)
    kept = [str(cell.value).replace("_x000D_", "\n").strip() for cell in texts]
    assert kept == [text.replace("\r", "\n").strip() for text in INJECTIONS]
    inside = zipfile.ZipFile(io.BytesIO(content))
    assert not any(b"<f>" in inside.read(part) or b"<hyperlink" in inside.read(part) for part in inside.namelist())


def test_titles_and_notes_cannot_become_formulas_either() -> None:
    columns = (Column("name", "=1+1"), Column("amount", "@金额", "money"))
    table = Table("t", "=cmd|' /C calc'!A0", columns, [Row({"name": "甲", "amount": 1})])
    hostile = Source("=1", "+1", "-1", "@1", "\t=1", "=1")
    for row in csv.reader(io.StringIO(csv_bytes(table, hostile).decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(EXECUTED) for cell in row), row
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table, hostile))).active
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


VALUES = [
    ("money", 538_620_000_000_00, 2, "5386.20", "5386.20"),
    ("money", -1, 2, "-0.0000000001", "-0.0000000001"),
    ("money", 39_482_117, 2, "0.0039", "0.0039482117"),
    ("money", -50_000_000, 2, "-0.01", "-0.005"),
    ("percent", Decimal("86.555"), 2, "86.56", "86.555"),
    ("points", Decimal("-5.605"), 2, "-5.61", "-5.605"),
    ("number", Fraction(1, 3), 2, "0.33", "0.333333333333"),
    ("number", Decimal("17.75"), 1, "17.8", "17.75"),
    ("count", 12_345, 2, "12345", "12345"),
]


@pytest.mark.parametrize(("kind", "value", "places", "written", "exact"), VALUES)
def test_screen_and_sheet_show_the_same_figure_and_csv_its_exact_value(
    kind: str, value: object, places: int, written: str, exact: str
) -> None:
    column = Column("v", "值", kind, places=places)  # type: ignore[arg-type]
    table = Table("t", "表", (Column("n", "名"), column), [Row({"n": "甲", "v": value})])
    on_screen = shown(column, value, "yi").replace(",", "").replace("−", "-")
    in_csv = csv.reader(io.StringIO(csv_bytes(table, SOURCE).decode("utf-8-sig"), newline=""))
    cell = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table, SOURCE))).active.cell(4, 2)
    assert on_screen == written
    assert list(in_csv)[1][1] == exact
    assert cell.data_type == "n" and Decimal(str(cell.value)) == Decimal(written)


def test_an_unknown_figure_is_an_empty_cell_and_not_a_zero() -> None:
    table = Table("t", "表", (Column("n", "名"), Column("v", "值", "money")), [Row({"n": "甲", "v": None})])
    assert csv_bytes(table, SOURCE).decode("utf-8-sig").splitlines()[1] == "甲,"
    assert openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table, SOURCE))).active.cell(4, 2).value is None


def test_a_day_is_written_so_that_every_program_reads_it() -> None:
    table = Table(
        "t", "表", (Column("d", "日", "day"), Column("v", "值", "count")), [Row({"d": date(2026, 1, 9), "v": 1})]
    )
    assert csv_bytes(table, SOURCE).decode("utf-8-sig").splitlines()[1] == "2026-01-09,1"


def test_a_file_says_unit_period_source_version_reader_and_that_it_is_a_demonstration() -> None:
    table = _table(["甲"])
    content = csv_bytes(table, SOURCE)
    assert content.startswith(b"\xef\xbb\xbf")
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table, SOURCE))).active
    in_sheet = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for said in (SOURCE.place, SOURCE.period, SOURCE.as_of, SOURCE.scheme, SOURCE.mark, SOURCE.reader, "亿元"):
        assert said in content.decode("utf-8-sig")
        assert said in in_sheet, said


# --- the pages' own tables


def _screen_tables(component: object) -> list[list[list[str]]]:
    """Every table on screen as rows of the texts of its cells."""
    found = []
    for node in nodes(component):
        if node["type"] == "Table":
            rows = [part for part in nodes(node) if part["type"] == "Tr"]
            found.append([[words(cell) for cell in nodes(row) if cell["type"] in ("Td", "Th")] for row in rows])
    return found


@pytest.mark.parametrize(
    ("path", "query", "codes"),
    [
        ("/funds", "", ["regions"]),
        ("/funds", "tab=accounts", ["accounts"]),
        ("/funds", "tab=accounts&show=deposits", ["deposits"]),
        ("/funds", "tab=pooling", ["pooling"]),
    ],
)
def test_the_tables_of_a_page_are_the_same_on_screen_and_in_xlsx_and_exact_in_csv(
    reader: Callable[[str], Reader], path: str, query: str, codes: list[str]
) -> None:
    one = reader("p-monitor")
    screen = {
        tuple(cell.strip() for row in table[1:] for cell in row if _figure(cell))
        for table in _screen_tables(one.page(f"{path}?{query}"))
    }
    for code in codes:
        address = f"/export{'' if path == '/' else path}/{code}"
        rows = list(
            csv.reader(io.StringIO(one.client.get(f"{address}.csv?{query}").data.decode("utf-8-sig"), newline=""))
        )
        rows = rows[1 : rows.index([])]
        sheet = openpyxl.load_workbook(io.BytesIO(one.client.get(f"{address}.xlsx?{query}").data)).active
        in_sheet = [[sheet.cell(4 + r, 1 + c).value for c in range(len(row))] for r, row in enumerate(rows)]
        for row, cells in zip(rows, in_sheet, strict=True):
            for text, cell in zip(row, cells, strict=True):
                if isinstance(cell, (int, float)):
                    places = len(str(cell).partition(".")[2])
                    assert abs(Decimal(text) - Decimal(str(cell))) * 10**places <= Decimal("0.5"), (code, row)
        each = [cell for cells in in_sheet for cell in cells]
        in_cells = [f"{Decimal(str(cell)):f}" if isinstance(cell, float | int) else cell for cell in each]
        figures = tuple(Decimal(text) for text in in_cells if text is not None and _decimal(text))
        assert any(figures == tuple(map(_number, table)) for table in screen), (
            code,
            figures[:8],
            [t[:8] for t in screen],
        )


def _figure(text: str) -> bool:
    return _decimal(text.strip().replace(",", "").replace("−", "-").replace("+", ""))


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-").replace("+", ""))


def _decimal(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def test_every_table_and_chart_a_page_offers_can_be_had_as_a_file(reader: Callable[[str], Reader]) -> None:
    one = reader("p-monitor")
    asked = 0
    for address in (
        "/",
        "/?show=table",
        "/budget",
        "/budget?tab=regions",
        "/funds",
        "/funds?tab=accounts",
        "/funds?tab=pooling",
        "/data",
        "/?scheme=published-pension",
    ):
        for node in nodes(one.page(address)):
            props = node["props"]
            for link in (props.get("href"), props.get("data-drawn")):
                if isinstance(link, str) and link.startswith("/export"):
                    assert one.client.get(link).status_code == 200, (address, link)
                    asked += 1
    assert asked > 20


@pytest.mark.parametrize(
    "link",
    [
        "/export/nothing.csv",
        "/export/trend.exe",
        "/export/%2e%2e.csv",
        "/export/nowhere/trend.csv",
    ],
)
def test_a_file_that_does_not_exist_is_not_found(reader: Callable[[str], Reader], link: str) -> None:
    assert reader("p-monitor").client.get(link).status_code == 404


# --- charts that the spreadsheet draws


PLOTTED = Table(
    "p",
    "=1+1",
    (
        Column("month", "月份"),
        Column("in", "收入", "money"),
        Column("out", "支出", "money"),
        Column("ahead", "快慢", "points", signed=True),
    ),
    [
        Row({"month": f"{n}月", "in": n * 10**10, "out": None if n == 1 else n * 10**9, "ahead": Decimal(n - 3)})
        for n in (4, 3, 2, 1)
    ],
)


def _plotted(plot: Plot) -> tuple[openpyxl.Workbook, str]:
    """The workbook of a chart, and the chart as it is written."""
    content = chart_bytes(Picture("=1+1", "亿元", "1月—4月", plot, {}, "收入和支出", note="说明"), SOURCE)
    inside = zipfile.ZipFile(io.BytesIO(content))
    drawn = "".join(inside.read(name).decode() for name in inside.namelist() if "/charts/chart" in name)
    assert 'descr="收入和支出"' in inside.read("xl/drawings/drawing1.xml").decode()
    return openpyxl.load_workbook(io.BytesIO(content)), drawn


def test_a_chart_is_drawn_from_the_numbers_beside_it_in_the_order_of_its_months() -> None:
    rows = PLOTTED.rows[::-1]
    marks = (Mark("in", "bar", "mid"), Mark("out", "line", "brown"))
    book, drawn = _plotted(Plot(PLOTTED, "month", rows, marks, (Limit(Level.ORANGE, 2, "橙色标准"),), expected=2))
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[3]]
    assert head == ["月份", "收入（亿元）", "支出（亿元）", "快慢（百分点）", "支出（预计）", "▲ 橙色标准"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=7)]
    assert [row[:3] for row in cells] == [["1月", 1, None], ["2月", 2, 0.2], ["3月", 3, 0.3], ["4月", 4, 0.4]]
    # The expected months begin where the known ones end, the limit stands at its place all along.
    assert [row[4] for row in cells] == [None, 0.2, 0.3, 0.4] and [row[5] for row in cells] == [2, 2, 2, 2]
    assert sheet["D4"].number_format == '+#,##0.00;"−"#,##0.00;#,##0.00'
    assert "<c:barChart>" in drawn and "<c:lineChart>" in drawn
    assert "'=1+1'!$B$4:$B$7" in drawn and "'=1+1'!$C$4:$C$5" in drawn and "'=1+1'!$F$4:$F$7" in drawn
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_bars_at_a_level_have_its_colour_and_its_mark() -> None:
    levels = {0: Level.RED}
    _book, drawn = _plotted(Plot(PLOTTED, "month", PLOTTED.rows, (Mark("ahead", "bar", "mid"),), levels=levels))
    assert "C4262E" in drawn and "■ +1.00" in drawn


def test_a_line_at_a_level_has_a_point_of_its_own() -> None:
    edges = (Mark("out", "band", "accent"), Mark("ahead", "band", "accent"))
    marks = (*edges, Mark("in", "line", "mid"))
    # Nothing is expected here, so that nothing is drawn as expected.
    book, drawn = _plotted(Plot(PLOTTED, "month", PLOTTED.rows, marks, levels={1: Level.ORANGE}, expected=4))
    head, *column = (book.worksheets[0].cell(3 + n, 5).value for n in range(5))
    assert head == "橙色预警" and column == [None, 3, None, None] and book.worksheets[0].max_column == 5
    assert '<c:symbol val="triangle"/>' in drawn


def test_a_document_is_a_cover_and_a_sheet_for_every_table_and_chart() -> None:
    about = About("jilin-work-injury", "220000", "220000", "2026-10", "2026-10", 7)
    balance = display.printed(about.figure("balance_total", 41_200_000_000))
    plot = Plot(PLOTTED, "month", PLOTTED.rows, (Mark("in", "line", "mid"),))
    blocks = (
        Heading("一、收支"),
        KeyFigures([KeyFigure("累计结余", ["上月4.00"], balance, "亿元")]),
        Grid(PLOTTED, "表1", note="注"),
        Grid(PLOTTED, "表1", note="注"),
        Picture("图", "亿元", "1月—4月", plot, {}, "图", number="图1"),
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(Document("briefing", "监测简报", blocks, SOURCE, "zh"))))
    assert book.sheetnames == ["目录", "表1 =1+1", "表1 =1+1 2", "图1 图", "出处"]
    cover = {str(cell.value): cell for row in book["目录"].iter_rows() for cell in row if cell.value is not None}
    assert cover["监测简报"].row == 1 and {*SOURCE.lines(), "累计结余", "上月4.00"} <= cover.keys()
    assert (cover["4.12"].data_type, cover["表1 =1+1 2"].hyperlink.location) == ("n", "'表1 =1+1 2'!A1")
    said = [cell.value for cell in book["出处"][2]]
    assert said == [f"目录!{cover['4.12'].coordinate}", balance.figure.key, "41200000000"]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_heat_map_keeps_its_grounds(reader: Callable[[str], Reader]) -> None:
    sheet = openpyxl.load_workbook(
        io.BytesIO(reader("p-monitor").client.get("/export/assessment/scores.xlsx").data)
    ).active
    grounds = {cell.fill.fgColor.rgb for row in sheet.iter_rows(min_row=4) for cell in row if cell.fill.patternType}
    assert len(grounds) > 2 and grounds <= {f"FF{one[1:].upper()}" for one in SHADES}
