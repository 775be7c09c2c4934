"""The workbench: where a table stands, what its names mean, what its cells say, whether it adds up. Pure functions."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import Engine, select

from dashboard.words.rejections import FORMS
from data_access.intake.files.book import Area, Sheet
from data_access.intake.importers import import_file
from data_access.intake.importers.codes import KnownRegion
from data_access.intake.workbench.agreement import sums
from data_access.intake.workbench.find import Found, find
from data_access.intake.workbench.mapping import Mapping, MappingError, read_mapping, table_period
from data_access.intake.workbench.names import Names, side_of, span_of
from data_access.intake.workbench.numbers import read_number
from data_access.intake.workbench.offer import offers
from data_access.intake.workbench.reading import Understood, understand
from data_access.intake.workbench.units import exact_fen
from data_access.store import schema
from rules.scheme import load_scheme

REFERENCE = Path(__file__).parents[3] / "data_access" / "intake" / "reference" / "regions.csv"
JIANGSU = load_scheme("jiangsu-pension")


def regions() -> dict[str, KnownRegion]:
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["code"]: KnownRegion(
            row["name"],
            row["name_en"],
            row["level"],
            row["code"][:2] + "0000",
            None,
            None,
            row["parent"] or None,
            row["kind"],
        )
        for row in rows
    }


REGIONS = regions()
IN_JIANGSU = frozenset(code for code in REGIONS if code.startswith("32"))


def sheet(rows: Sequence[Sequence[str]], merged: Sequence[str] = (), name: str = "Sheet1") -> Sheet:
    """A sheet of rows as they stand, blank ones left out as the reader does."""
    width = max(len(row) for row in rows)
    kept = [(line, [*row, *[""] * (width - len(row))]) for line, row in enumerate(rows, 1) if any(row)]
    columns = tuple(pa.array([row[place] for _line, row in kept], pa.string()) for place in range(width))
    areas = tuple(Area(*map(int, one.split(","))) for one in merged)
    return Sheet(name, columns, np.array([line for line, _row in kept], dtype=np.int64), merged=areas)


def found(given: Sheet) -> Found:
    table = find(given)
    assert table is not None
    return table


def understood(given: Sheet, mapping: Mapping | None = None, *, published: bool = False) -> Understood:
    table = found(given)
    names = Names(REGIONS, None if published else IN_JIANGSU, None if published else JIANGSU, side_of((table.title,)))
    names = names.beside([table.label(row) for row in table.rows])
    return understand(table, names, mapping or Mapping())


REPORT = [
    ["企业职工基本养老保险基金收入月报表"],
    ["填报单位：某省社会保险基金管理中心", "", "", "2026年9月", "", "", "单位：万元"],
    ["项　目", "南京市", "", "无锡", "", "合计", ""],
    ["", "本月数", "累计数", "本月数", "累计数", "本月数", "累计数"],
    ["一、基本养老保险费收入", "544.3", "4,354.53", "663.4", "5307.27", "1207.7", "9661.8"],
    ["二、利息收入", "98.31", "786.86", "—", "2889.66", "98.31", "3676.52"],
    ["三、转移收入", "404.77", "3238.2", "713.23", "5705.85", "1118", "8944.05"],
    ["收入合计", "1047.38", "8379.59", "1376.63", "13902.78", "2424.01", "22282.37"],
    ["注：“—”表示本月未发生。"],
    ["制表人：某某", "", "审核人：某某"],
]
MERGED = ["1,1,1,7", "3,1,4,1", "3,2,3,3", "3,4,3,5", "3,6,3,7"]


def fen(one: Understood) -> dict[str, int | None]:
    return {
        cell.address: exact_fen(cell.number, cell.unit or "") if cell.number is not None else None for cell in one.cells
    }


@pytest.mark.parametrize("merged", [MERGED, []], ids=["merged", "merges lost"])
def test_a_monthly_report_is_read_cell_by_cell(merged: list[str]) -> None:
    report = understood(sheet(REPORT, merged))
    assert (report.found.title, report.found.unit, report.meant.period) == (REPORT[0][0], "万元", 202609)
    assert {(one.line, one.what) for one in report.found.skipped} == {
        (1, "title"),
        (2, "unit"),
        (8, "total"),
        (9, "note"),
        (10, "signature"),
    }
    assert len(report.cells) == 12 and [cell.address for cell in report.nil] == ["D6"]
    assert fen(report)["B5"] == 544_300_000 and fen(report)["C5"] == 4_354_530_000
    says = {cell.address: dict(cell.says) for cell in report.cells}
    assert says["C5"] == {"item": "premium_current", "region": "320100", "span": "to_date"}
    assert says["D7"] == {"item": "transfer_in", "region": "320200", "span": "month"}
    guessed = {(one.text, one.code, one.cells) for one in report.guesses}
    assert guessed == {("一、基本养老保险费收入", "premium_current", 4), ("无锡", "320200", 6)}
    assert report.questions == ()
    assert all(one.agrees for one in sums(report, Mapping())) and len(sums(report, Mapping())) == 12


def test_a_total_that_does_not_add_up_is_named_with_its_parts_and_takes_nothing_away() -> None:
    rows = [list(row) for row in REPORT]
    rows[7][4] = "13902.48"
    report = understood(sheet(rows, MERGED))
    (wrong,) = [one for one in sums(report, Mapping()) if not one.agrees]
    assert (wrong.address, wrong.difference, wrong.parts) == ("E8", Decimal("-0.30"), ("E5", "E6", "E7"))
    assert len(report.values) == 11


YEARBOOK = [
    ["24-29 分地区城镇职工基本养老保险情况（2021年）"],
    ["Basic Pension Insurance by Region (2021)"],
    ["地  区", "年末参保职工", "#离退休人员", "基金收入", "基金支出", "累计结余"],
    [
        "Region",
        "(10 000 persons)",
        "(10 000 persons)",
        "(100 million yuan)",
        "(100 million yuan)",
        "(100 million yuan)",
    ],
    ["全  国", "1668", "535.3", "2373", "2823.4", "605"],
    ["吉　林", "337.4", "305.2", "2131.9", "1570.9", "…"],
    ["资料来源：人力资源和社会保障部。"],
]


def test_a_yearbook_table_by_region_has_its_units_in_the_header() -> None:
    book = understood(sheet(YEARBOOK), published=True)
    assert book.meant.period == 2021 and book.questions == ()
    by_address = {cell.address: cell for cell in book.cells}
    assert dict(by_address["B6"].says) == {"region": "220000", "measure": "participants"}
    assert (by_address["B6"].number, by_address["B6"].unit) == (Decimal("337.4"), "10 000 persons")
    assert exact_fen(by_address["D5"].number or Decimal(0), by_address["D5"].unit or "") == 23_730_000_000_000
    assert by_address["F6"].state == "nil"


def test_years_over_the_columns_are_a_header_and_no_data() -> None:
    rows = [
        ["历年基金收入（亿元）"],
        ["地区", "2019年", "2020年", "2021年"],
        ["江苏", "3394.0", "2902", "3500.1"],
        ["上海", "2914.9", "1554.7", "3000"],
    ]
    book = understood(sheet(rows), Mapping(constants={"measure": "income"}), published=True)
    assert {(cell.says["region"], cell.says["year"]): str(cell.number) for cell in book.cells}[
        ("310000", "2020")
    ] == "1554.7"
    assert book.questions == (), "the title names the unit"


STATEMENT = [
    ["账户明细查询"],
    ["账号：", "3200********0001", "", "户名：", "某财政专户"],
    ["起始日期：20260901", "", "终止日期：20260930"],
    [],
    ["交易日期", "借方发生额", "贷方发生额", "账户余额", "对方户名", "摘要"],
    ["2026-09-01", "", "688,104.61", "13,832,058.03", "省国库", "归集"],
    ["2026-09-05", "750,036.59", "", "13,082,021.44", "某市社保站", "上解"],
    ["合计", "", "", "", "", "2笔"],
]


def test_the_preamble_of_a_bank_statement_is_no_header() -> None:
    table = found(sheet(STATEMENT))
    assert [int(table.sheet.lines[row]) for row in table.header] == [5]
    assert [int(table.sheet.lines[row]) for row in table.rows] == [6, 7]
    assert [one.what for one in table.skipped] == ["title", "preamble", "preamble", "total"]


def test_where_no_table_stands_none_is_found() -> None:
    assert find(sheet([["江苏省企业职工基本养老保险"]])) is None
    assert find(sheet([["一", "二"], ["三", "四"]])) is None


def test_what_cannot_be_told_is_asked_and_never_guessed() -> None:
    rows = [["项目", "南京市", "火星"], ["利息收入", "1", "2"], ["杂项", "3", "x1"]]
    one = understood(sheet(rows))
    assert [(question.about, question.text) for question in one.questions] == [
        ("unit", ""),
        ("period", ""),
        ("name", "杂项"),
        ("name", "火星"),
    ]
    assert [cell.address for cell in one.values] == ["B2"]
    told = understood(
        sheet(rows), Mapping(unit="元", names={"region": {"火星": "320500"}, "item": {"杂项": "other_income"}})
    )
    assert [question.about for question in told.questions] == ["period", "form"]
    assert [cell.address for cell in told.values] == ["B2", "C2", "B3"]


@pytest.mark.parametrize(
    ("text", "number", "forms"),
    [
        ("1,234.56", "1234.56", ()),
        ("+100.5000", "100.5000", ()),
        ("１２３４.５６", "1234.56", ("full_width",)),
        ("(1234.56)", "-1234.56", ("parentheses",)),
        ("（12.3）", "-12.3", ("full_width", "parentheses")),
        ("−1234.56", "-1234.56", ("minus",)),
        ("△287", "-287", ("triangle",)),
        ("12.5-", "-12.5", ("trailing_minus",)),
        ("¥1234.56", "1234.56", ("currency",)),
        ("1 234.56", "1234.56", ("space",)),
        ("'1234.56", "1234.56", ("apostrophe",)),
        ("1234.5①", "1234.5", ("note_mark",)),
        ("12.5万元", "12.5", ("unit",)),
        ("12.3%", "12.3", ("percent",)),
        ("-¥12", "-12", ("currency",)),
        ("1'234.5", "1234.5", ("space",)),
        ("①12.5", "12.5", ("note_mark",)),
        ("(12.3)②", "-12.3", ("note_mark", "parentheses")),
        ("△287億円", "-287", ("triangle", "unit")),
        ("48兆0114億円", "480114", ("unit",)),
        ("3亿4500万元", "34500", ("unit",)),
        ("48兆0114", None, ()),
        # A sign that stands twice, another currency, and digits that only look like one.
        ("(-12.3)", None, ()),
        ("△-5", None, ()),
        ("$12", None, ()),
        ("1½", None, ()),
        # A comma or dot that could be either is no number until somebody says which.
        ("1234,56", None, ()),
        ("1.234.567", None, ()),
        ("1,23", None, ()),
        ("abc", None, ()),
        ("1e5", None, ()),
    ],
)
def test_a_number_is_read_in_every_form_and_its_form_is_named(
    text: str, number: str | None, forms: tuple[str, ...]
) -> None:
    said = read_number(text)
    assert set(said.forms) <= set(FORMS), "each form has its words"
    assert (said.number, said.forms, said.nil) == (None if number is None else Decimal(number), forms, False)


@pytest.mark.parametrize("text", ["", " ", "-", "—", "--", "…", "...", "——", "/", "－"])
def test_a_mark_for_no_value_is_never_nought(text: str) -> None:
    said = read_number(text)
    assert said.nil and said.number is None


@pytest.mark.parametrize(("text", "number"), [("1234,56", "1234.56"), ("1.234.567", "1234567"), ("1.234", "1234")])
def test_a_decimal_comma_is_read_where_it_is_declared(text: str, number: str) -> None:
    assert read_number(text, decimal_comma=True).number == Decimal(number)


def test_names_that_are_two_places_are_none() -> None:
    names = Names(REGIONS, frozenset(code for code in REGIONS if code.startswith("22")), None)
    assert names.region("吉林") is None, "province or city"
    everywhere = Names(REGIONS, None, None)
    assert everywhere.region("吉林") is None and everywhere.beside(["吉林", "南京"]).region("吉林") is None
    named = everywhere.beside(["吉林", "北京", "全国"]).region("吉林")
    assert named is not None and (named.code, named.told_by) == ("220000", "beside")
    jiangsu = Names(REGIONS, IN_JIANGSU, JIANGSU)
    for text, code in (("玄武区", "320102"), ("320102000000", "320102"), ("其中：南京", "320100"), ("北京", None)):
        named = jiangsu.region(text)
        assert (named and named.code) == code, text


def test_words_that_both_sides_use_need_the_side() -> None:
    both = Names(REGIONS, IN_JIANGSU, JIANGSU)
    assert both.item("其他") is None and both.item("转移") is None
    assert both.item("其他收入").code == "other_income" and both.item("（三）转移支出").code == "transfer_out"  # type: ignore[union-attr]
    spent = Names(REGIONS, IN_JIANGSU, JIANGSU, "expenditure")
    assert spent.item("其他").code == "other_expenditure"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("本月数", "month"),
        ("累 计 数", "to_date"),
        ("1—9月累计", "to_date"),
        ("上年同期", "earlier"),
        ("同比增长%", "earlier"),
        ("南京市", None),
    ],
)
def test_spans_of_time(text: str, span: str | None) -> None:
    assert span_of(text) == span


@pytest.mark.parametrize(
    ("texts", "period"),
    [
        (("2026年9月",), 202609),
        (("9月报表", "2026年"), 2026),
        (("2025年9月", "2026年9月"), None),
        (("表24-29（2021年）",), 2021),
        (("快报",), None),
    ],
)
def test_a_period_is_told_where_there_is_one(texts: tuple[str, ...], period: int | None) -> None:
    assert table_period(texts) == period


@pytest.mark.parametrize(
    ("title", "head", "said"),
    [
        ("2026年一季度基金收入（亿元）", "收入", {("2026", "Q1")}),
        ("2026年1—9月基金收入（亿元）", "收入", {("2026", "01-09")}),
        ("2016年3月基金收入（亿元）", "收入", {("2016", "03")}),
        ("基金收入（亿元）", "2016年一季度", {("2016", "Q1")}),
        ("基金收入（亿元）", "2016-03", {("2016", "03")}),
        ("2021年基金收入（亿元）", "收入", {("2021", "")}),
    ],
)
def test_a_part_of_a_year_is_never_taken_for_the_year(title: str, head: str, said: set[tuple[str, str]]) -> None:
    rows = [[title], ["地区", head, head.replace("收入", "支出").replace("一季", "二季").replace("03", "04")]]
    rows += [["江苏", "1", "2"], ["上海", "3", "4"]]
    mapping = Mapping(constants={"measure": "income"} if head != "收入" else {})
    (offer,) = offers([sheet(rows)], Names(REGIONS, None, None), mapping)
    told = set(zip(offer.columns["year"], offer.columns["period"], strict=True))
    assert said <= told and all(year for year, _period in told)
    assert offer.target == "published_total" and offer.rows == 4


@pytest.mark.parametrize("label", ["广东（不含深圳）", "广东 (excluding 深圳)", "广东（含深圳、大连）", "广东"])
def test_a_plan_city_is_counted_as_its_provinces_name_says(label: str) -> None:
    rows = [["2021年基金收支（亿元）"], ["地区", "基金收入", "基金支出"], [label, "300", "1"], ["深圳", "100", "2"]]
    (offer,) = offers([sheet(rows)], Names(REGIONS, None, None), Mapping())
    counted = dict(zip(offer.columns["region"], offer.columns["counted"], strict=True))
    how = "" if label == "广东" else "within" if "（含" in label else "apart"
    assert counted == {"440000": "", "440300": how}
    named = [["topic", "年度", "地区", "指标", "数值", "单位", "出处"]]
    named += [["pension", "2021", place, "收入", "1", "亿元", "t"] for place in (label, "深圳")]
    (offer,) = offers([sheet(named)], Names(REGIONS, None, None), Mapping())
    assert offer.target == "published_total" and offer.questions == ()
    assert offer.columns.get("counted", ["", ""])[1] == how


def test_a_mapping_is_the_same_after_it_was_written_down() -> None:
    mapping = Mapping(
        "published_total",
        "月报",
        "项目|南京",
        "万元",
        {"year": "2021"},
        {"region": {"徐州": "320300"}},
        ("合计/本月数",),
        True,
        True,
        ("parentheses",),
        True,
        "big5",
    )
    assert read_mapping("m.yaml", mapping.as_yaml()) == mapping


@pytest.mark.parametrize(
    "text", ["[1, 2]", "target: x\nwhere: y", "names: {region: 徐州}", "constants: 1", "a: [", "left_out: no"]
)
def test_a_mapping_that_says_what_cannot_be_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(MappingError) as refused:
        read_mapping("m.yaml", text)
    assert refused.value.parameters["remedy"]


amounts = st.one_of(st.none(), st.integers(-(10**12), 10**12))
places = st.lists(
    st.sampled_from(["南京市", "无锡市", "徐州市", "常州市", "苏州市"]), min_size=2, max_size=5, unique=True
)
items = st.lists(
    st.sampled_from(["利息收入", "转移收入", "其他收入", "清理回收欠费", "委托投资收益"]),
    min_size=1,
    max_size=5,
    unique=True,
)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), columns=places, rows=items, above=st.integers(0, 3), note=st.booleans(), turned=st.booleans())
def test_every_cell_of_any_table_is_read_as_it_was_written_and_every_row_is_accounted_for(
    data: st.DataObject, columns: list[str], rows: list[str], above: int, note: bool, turned: bool
) -> None:
    if turned:
        columns, rows = rows, columns
    fen_of = [[data.draw(amounts) for _ in columns] for _ in rows]
    texts = [["—" if one is None else f"{Decimal(one) / 100:,.2f}" for one in row] for row in fen_of]
    written = [["基金月报"], ["填报单位：某中心", "2026年9月"], ["单位：元"]][3 - above :]
    written += [["项目", *columns], *([label, *row] for label, row in zip(rows, texts, strict=True))]
    written += [["合计", *["1"] * len(columns)]] + ([["注：快报数"], ["制表人：某某"]] if note else [])
    if len(columns) == 1:
        columns.append("")
    read = understood(sheet(written), Mapping(unit="元"))
    got = {cell.address: (None if cell.number is None else exact_fen(cell.number, "元")) for cell in read.cells}
    first = above + 2
    expected = {
        f"{'ABCDEFG'[at + 1]}{first + row}": one for row, line in enumerate(fen_of) for at, one in enumerate(line)
    }
    assert got == expected
    lines = {one.line for one in read.found.skipped}
    lines |= {int(read.found.sheet.lines[row]) for row in (*read.found.rows, *read.found.header)}
    assert lines == set(read.found.sheet.lines.tolist()), "nothing is passed over in silence"


def test_a_yearbook_table_is_taken_with_the_cell_of_every_figure(
    ready_sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "yearbook.csv"
    path.write_text("\n".join(",".join(row) for row in YEARBOOK), encoding="utf-8")
    asked = import_file(ready_sqlite, path, mapping=Mapping(), now=now)
    assert [(one.reason, one.parameters) for one in asked.rejections] == [("questions_open", {"count": 1})]
    taken = import_file(ready_sqlite, path, mapping=Mapping(constants={"scheme": "pension"}), now=now)
    assert (taken.state, taken.inserted) == ("loaded", 9)
    table = schema.published_total
    with ready_sqlite.connect() as connection:
        rows = {row.cell: row for row in connection.execute(select(table))}
    assert (rows["B6"].region, rows["B6"].measure, rows["B6"].value) == ("220000", "participants", "337.4")
    assert (rows["D5"].year, rows["D5"].unit, "F6" in rows) == (2021, "100 million yuan", False)
