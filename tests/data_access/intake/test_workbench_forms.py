"""Forms of income and expenditure as officials make them: every cell to its item, side, place and months, every identity
checked, nothing that follows from others taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import Engine, func, select

from data_access.intake.files.process import read_book
from data_access.intake.importers import import_file
from data_access.intake.importers.codes import load_codes
from data_access.intake.importers.withdrawal import withdraw
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Names
from data_access.intake.workbench.offer import Offer, offers
from data_access.intake.workbench.periods import Months, months_of
from data_access.intake.workbench.take import preview
from data_access.store import schema
from data_access.store.engine import writing
from rules.scheme import load_scheme
from tests.data_access.intake.test_workbench import IN_JIANGSU, JIANGSU, REGIONS, sheet

WORK_INJURY = load_scheme("jilin-work-injury")
IN_JILIN = frozenset(code for code in REGIONS if code.startswith("22"))
CITY_REPORT = [
    ["南京市企业职工基本养老保险基金收支月报表"],
    ["填报单位：南京市社会保险管理中心", "", "2026年9月", "单位：元"],
    ["项　　目", "行次", "本月数", "本年累计"],
    ["栏次", "", "1", "2"],
    ["一、基金收入", "1", "1,300.00", "11,700.50"],
    ["　1.基本养老保险费收入", "2", "1,000.00", "9,000.00"],
    ["　　其中：清理欠费收入", "3", "100.00", "900.00"],
    ["　　　　　个人缴费", "4", "200.00", "300.00"],
    ["　2.利息收入", "5", "100.00", "900.50"],
    ["　3.其他", "6", "200.00", "1,800.00"],
    ["二、基金支出", "7", "900.00", "8,100.00"],
    ["　1.基本养老金支出", "8", "800.00", "7,200.00"],
    ["　2.其他", "9", "100.00", "—"],
    ["三、本年收支结余", "10", "400.00", "3,600.50"],
    ["四、上年结余", "11", "", "5,000.00"],
    ["五、年末滚存结余", "12", "", "8,600.50"],
    ["填报日期：2026年10月8日", "", "制表人：张三"],
]
FINAL = [
    ["2025年度企业职工基本养老保险基金收支决算表"],
    ["社决01表"],
    ["编制单位：江苏省财政厅", "", "", "", "", "单位：万元"],
    ["项  目", "预算数", "决算数", "项  目", "预算数", "决算数"],
    ["一、基本养老保险费收入", "100", "110.5", "一、基本养老金支出", "90", "95.25"],
    ["二、财政补贴收入", "10", "10", "二、丧葬补助金和抚恤金支出", "5", "4"],
    ["本年收入小计", "110", "120.5", "本年支出小计", "95", "99.25"],
    ["上级补助收入", "1", "1", "补助下级支出", "", "0"],
    ["本年收入合计", "111", "121.5", "本年支出合计", "95", "99.25"],
    ["", "", "", "本年收支结余", "16", "22.25"],
    ["上年结余", "50", "50", "年末滚存结余", "66", "72.25"],
    ["总  计", "161", "171.5", "总  计", "161", "171.5"],
]
EXECUTION = [
    ["江苏省2026年9月企业职工基本养老保险基金预算执行情况表"],
    ["社预02表", "", "", "", "", "单位：万元"],
    ["项目", "年初预算数", "本月执行数", "累计执行数", "完成预算%", "比上年同期±%"],
    ["一、收入", "", "", "", "", ""],
    ["基本养老保险费收入", "1000", "80", "750", "75.0", "3.2"],
    ["利息收入", "100", "8", "70", "70", "1.1"],
    ["收入合计", "1100", "88", "820", "74.5", "3"],
    ["二、支出", "", "", "", "", ""],
    ["基本养老金支出", "900", "70", "650", "72.2", "4"],
    ["支出合计", "900", "70", "650", "72.2", "4"],
    ["本年收支结余", "200", "18", "171", "", ""],
]
OVER = [
    ["2026年1—9月企业职工基本养老保险基金收支情况快报"],
    ["", "", "", "", "", "单位：亿元"],
    ["地区", "收入", "", "", "支出", "", "本年收支结余"],
    ["", "合计", "保险费", "利息", "合计", "养老金", ""],
    ["合计", "30", "27", "3", "20", "20", "10"],
    ["南京市", "20", "18", "2", "15", "15", "5"],
    ["苏州市本级", "10", "9", "1", "5", "5", "5"],
]
INJURY = [
    ["吉林市工伤保险基金收支月报"],
    ["2026年9月（单位：元）"],
    ["项目", "金额"],
    ["工伤保险费收入", "100"],
    ["工伤保险待遇支出", "60"],
    ["其中：工伤医疗待遇支出", "20"],
    ["劳动能力鉴定费支出", "5"],
]


def offered(rows: Sequence[Sequence[str]], merged: Sequence[str] = (), **said: str) -> Offer:
    mapping = Mapping(said.pop("target", ""), constants={"scheme": JIANGSU.code, **said})
    (offer,) = offers([sheet(rows, merged)], Names(REGIONS, IN_JIANGSU, JIANGSU), mapping)
    return offer


def taken(offer: Offer, *names: str) -> dict[str, tuple[str, ...]]:
    return {
        cell.rpartition("!")[2]: tuple(offer.columns[name][at] for name in names) for at, cell in enumerate(offer.cells)
    }


def failed(offer: Offer) -> list[str]:
    return [one.address for one in offer.sums if not one.agrees]


def test_a_citys_report_has_both_sides_its_place_in_the_title_and_its_identities_hold() -> None:
    offer = offered(CITY_REPORT)
    assert (offer.target, offer.questions, offer.nil) == ("reported_total", (), ("Sheet1!D13",))
    got = taken(offer, "region", "item", "since", "until", "amount_fen")
    assert got["C6"] == ("320100", "premium", "202609", "202609", "100000"), "its parts stand apart"
    assert got["D7"] == ("320100", "premium_arrears", "202601", "202609", "90000")
    assert got["C10"][1] == "other_income" and got["C13"][1] == "other_expenditure"
    assert len(got) == 11 and offer.left_out == ("行次", "个人缴费")
    assert set(offer.columns["department"]) == {"agency"} and set(offer.columns["form"]) == {"monthly"}
    # The total of what was spent says 900 more than its parts, of which one has no value.
    assert failed(offer) == ["D11"]
    assert {one.address for one in offer.sums if one.kind == "identity"} == {"C14", "D14", "D16"}


def test_the_final_accounts_have_income_at_the_left_and_expenditure_at_the_right() -> None:
    offer = offered(FINAL)
    got = taken(offer, "item", "since", "until", "amount_fen")
    assert got["C5"] == ("premium_current", "202501", "202512", "110500000")
    assert got["F8"] == ("to_below", "202501", "202512", "0"), "nought is a figure"
    assert sorted(one[0] for one in got.values()) == [
        "death_benefit", "from_above", "pension", "premium_current", "subsidy", "to_below",
    ]  # fmt: skip
    assert failed(offer) == [] and {"C9", "F10", "F11", "F12"} <= {one.address for one in offer.sums}
    assert (offer.questions, offer.left_out) == ((), ("预算数",))
    assert set(offer.columns["department"]) == {"fiscal"} and set(offer.columns["region"]) == {"320000"}


def test_the_execution_form_gives_what_was_done_and_its_plan_only_by_choice() -> None:
    offer = offered(EXECUTION, department="fiscal")
    assert offer.left_out == ("年初预算数", "完成预算%", "比上年同期±%") and offer.questions == ()
    assert taken(offer, "form", "since", "amount_fen")["D5"] == ("execution", "202601", "750000000")
    assert failed(offer) == ["D11"], "171 is not 820 − 650"
    (wrong,) = [one for one in offer.sums if not one.agrees]
    assert (wrong.computed, wrong.parts) == (Decimal(170), ("D7", "D10"))
    plan = offered(EXECUTION, target="plan", approval_ref="苏财社〔2026〕1号", approved_on="2026-01-20")
    assert plan.target == "plan" and plan.questions == ()
    assert taken(plan, "year", "item", "version", "amount_fen") == {
        "B5": ("2026", "premium_current", "0", "1000000000"),
        "B6": ("2026", "interest", "0", "100000000"),
        "B9": ("2026", "pension", "0", "900000000"),
    }


def test_items_may_go_over_the_columns_and_totals_stand_first() -> None:
    offer = offered(OVER, ["3,1,4,1", "3,2,3,4", "3,5,3,6", "3,7,4,7"], department="agency")
    assert taken(offer, "region", "item", "since", "until", "amount_fen") == {
        "C6": ("320100", "premium_current", "202601", "202609", "180000000000"),
        "D6": ("320100", "interest", "202601", "202609", "20000000000"),
        "F6": ("320100", "pension", "202601", "202609", "150000000000"),
        "C7": ("320500-0", "premium_current", "202601", "202609", "90000000000"),
        "D7": ("320500-0", "interest", "202601", "202609", "10000000000"),
        "F7": ("320500-0", "pension", "202601", "202609", "50000000000"),
    }
    assert failed(offer) == [] and {"B5", "G7", "C5"} <= {one.address for one in offer.sums}


def test_a_place_may_stand_beside_the_item_and_is_that_of_the_rows_below_it() -> None:
    rows = [["养老保险基金月报"], ["2026年9月（单位：元）"], ["地区", "项目", "本月数"]]
    for city, fen in (("南京市", 1), ("无锡市", 2)):
        rows += [[city, "利息收入", f"{fen}"], ["", "其他收入", f"{fen}"], ["", "收入合计", f"{2 * fen}"]]
        rows += [["", "基本养老金支出", f"{fen}"], ["", "本年收支结余", f"{fen}"]]
    offer = offered(rows, department="agency")
    assert [(one[0], one[1]) for one in taken(offer, "region", "item").values()] == [
        (region, item) for region in ("320100", "320200") for item in ("interest", "other_income", "pension")
    ]
    assert offer.questions == () and failed(offer) == [] and len(offer.sums) == 4
    rows[3][0] = "火星"
    assert ("name", "火星") in {(one.about, one.text) for one in offered(rows, department="agency").questions}


def test_the_items_of_work_injury_are_told_by_the_words_of_its_forms() -> None:
    mapping = Mapping(constants={"scheme": WORK_INJURY.code, "department": "agency"})
    (offer,) = offers([sheet(INJURY)], Names(REGIONS, IN_JILIN, WORK_INJURY), mapping)
    assert offer.questions == () and set(offer.columns["region"]) == {"220200"}
    assert [one[0] for one in taken(offer, "item").values()] == [
        "premium", "benefit", "benefit_medical", "assessment_cost",
    ]  # fmt: skip


def test_what_nobody_says_is_asked() -> None:
    rows = [["项目", "本月数"], ["利息收入", "1"], ["基本养老金支出", "2"]]
    asked = [(one.about, one.text) for one in offered(rows).questions]
    assert sorted(asked) == [("name", "region"), ("name", "since"), ("name", "until"), ("unit", "")]
    rows = [["2026年度月报（单位：元）"], *rows]
    assert ("name", "until") in {(one.about, one.text) for one in offered(rows, region="320100").questions}


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2026年9月", (202609, 202609)),
        ("2026年1—9月", (202601, 202609)),
        ("2026年1月至9月", (202601, 202609)),
        ("二〇二六年十一月", (202611, 202611)),
        ("2026年前三季度", (202601, 202609)),
        ("2026年第二季度", (202604, 202606)),
        ("2026年度", (202601, 202612)),
        ("所属期：202609", (202609, 202609)),
        ("填报日期：2026年10月8日", None),
        ("第1页", None),
    ],
)
def test_months_are_told_in_the_ways_that_titles_name_them(text: str, months: Months | None) -> None:
    assert months_of([text]) == months


def test_entries_are_made_of_a_month_where_the_mapping_says_so() -> None:
    said = {"source": "js-agency", "movement": "collect, local_receive, pay"}
    offer = offered(CITY_REPORT[:4] + CITY_REPORT[8:], target="ledger_entry", **said)
    assert offer.target == "ledger_entry" and offer.questions == ()
    got = taken(offer, "item", "movement", "business_date", "source_ref", "amount_fen")
    assert got["C5"] == ("interest", "local_receive", "2026-09-30", "monthly-202609-320100-interest", "10000")
    assert [one[1] for one in got.values()] == ["local_receive", "local_receive", "pay", "pay"], "this month alone"
    short = offered(CITY_REPORT, target="ledger_entry", source="js-agency", movement="collect")
    assert {one.text for one in short.questions} >= {"movement interest", "movement pension", "movement premium"}


amounts = st.one_of(st.none(), st.integers(-(10**11), 10**11))


@settings(max_examples=40, deadline=None)
@given(
    data=st.data(),
    income=st.lists(st.sampled_from(["利息收入", "转移收入", "其他收入", "财政补贴收入"]), min_size=1, unique=True),
    spent=st.lists(st.sampled_from(["基本养老金支出", "转移支出", "其他支出"]), min_size=1, unique=True),
    leading=st.booleans(),
)
def test_rows_are_the_cells_shown_less_those_without_a_value_and_less_what_follows_from_others(
    data: st.DataObject, income: list[str], spent: list[str], leading: bool
) -> None:
    drawn = {name: [data.draw(amounts), data.draw(amounts)] for name in (*income, *spent)}

    def line(name: str, values: Sequence[int | None]) -> list[str]:
        return [name, *("—" if one is None else f"{Decimal(one) / 100:,.2f}" for one in values)]

    def total(names: list[str]) -> list[int]:
        return [sum(drawn[name][at] or 0 for name in names) for at in (0, 1)]

    rows = [["无锡市养老保险基金月报"], ["2026年9月", "", "单位：元"], ["项目", "本月数", "累计数"]]
    for word, names in (("收入", income), ("支出", spent)):
        body = [line(name, drawn[name]) for name in names]
        rows += [line(f"一、{word}", total(names)), *body] if leading else [*body, line(f"{word}合计", total(names))]
    rows.append(line("本年收支结余", [a - b for a, b in zip(total(income), total(spent), strict=True)]))
    offer = offered(rows, department="agency")
    values = [one for both in drawn.values() for one in both]
    assert (offer.rows, len(offer.nil)) == (sum(one is not None for one in values), values.count(None))
    assert list(map(int, offer.columns["amount_fen"])) == [one for one in values if one is not None]
    added = sum(any(drawn[name][at] is not None for name in names) for names in (income, spent) for at in (0, 1))
    assert failed(offer) == [] and len(offer.sums) == added + 2 and offer.questions == ()


def workbook(path: Path, rows: Sequence[Sequence[str]], name: str) -> Path:
    """A workbook as people make one: numbers as numbers."""
    book = openpyxl.Workbook()
    active = book.active
    assert active is not None
    active.title = name
    for row in rows:
        active.append(
            [float(text.replace(",", "")) if text[:1].isdigit() and "年" not in text else text or None for text in row]
        )
    book.save(path)
    return path


def test_a_report_is_taken_with_its_cells_follows_from_the_last_one_and_leaves_as_it_came(
    ready_sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    table = schema.reported_total
    august = [row if at != 1 else [row[0], "", "2026年8月", row[3]] for at, row in enumerate(CITY_REPORT)]
    path = workbook(tmp_path / "august.xlsx", august, "8月")
    why = "支出合计含上年尾数"
    first = import_file(ready_sqlite, path, mapping=Mapping(), explanation=why, now=now)
    assert first.inserted == 11, "the scheme is told by the title"
    path = workbook(tmp_path / "september.xlsx", CITY_REPORT, "9月")
    with ready_sqlite.connect() as connection:
        (offer,) = preview(connection, load_codes(connection, now), read_book(path), Mapping()).offers
        before = connection.execute(select(func.count()).select_from(table)).scalar_one()
    follows = {one.address: one.difference for one in offer.sums if one.kind == "to_date"}
    assert follows["D6"] == Decimal(-1000), "9,000 to date in both months, and 1,000 of the month"
    second = import_file(ready_sqlite, path, mapping=Mapping(), explanation=why, now=now)
    with ready_sqlite.connect() as connection:
        cells = {row.cell: row for row in connection.execute(select(table).where(table.c.batch == second.batch))}
    assert (cells["9月!C6"].item, cells["9月!C6"].amount_fen, cells["9月!C6"].department) == (
        "premium",
        100_000,
        "agency",
    )
    with writing(ready_sqlite) as connection:
        withdraw(connection, second.batch, by="li", reason="报错", now=now)
        left = connection.execute(select(func.count()).select_from(table).where(table.c.ended_by.is_(None)))
        assert left.scalar_one() == before


def test_entries_of_a_report_reach_the_book_once_and_lead_to_their_cells(
    ready_sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    mapping = Mapping("ledger_entry", constants={"source": "js-agency", "movement": "pay"})
    rows = [*CITY_REPORT[:4], ["基本养老金支出", "", "800.00", "1,700.00"]]
    for day, inserted in (("8月", 1), ("9月", 1), ("9月", 0)):
        rows[1] = ["填报单位：南京市社会保险管理中心", "", f"2026年{day}", "单位：元"]
        # The same figures in another file: its note differs.
        path = workbook(tmp_path / f"{day}{inserted}.xlsx", [*rows, [f"注：第{inserted}稿"]], day)
        with ready_sqlite.connect() as connection:
            (offer,) = preview(connection, load_codes(connection, now), read_book(path), mapping).offers
        follows = [one.difference for one in offer.sums if one.kind == "to_date"]
        assert follows == ([] if day == "8月" else [Decimal(100)]), "1,700 to date, 800 booked and 800 of the month"
        result = import_file(ready_sqlite, path, mapping=mapping, explanation="另有更正", now=now)
        assert (result.state, result.inserted, result.known) == ("loaded", inserted, 1 - inserted)
    entry = schema.ledger_entry
    with ready_sqlite.connect() as connection:
        found = connection.execute(select(entry).order_by(entry.c.month)).all()
    assert [(one.month, one.amount_fen, one.region, one.cell) for one in found] == [
        (202608, 80_000, "320100", "8月!C5"),
        (202609, 80_000, "320100", "9月!C5"),
    ]
