"""导入工作台: a file is put on it, mapped, compared, taken, and leads back from the figure to its cell."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, select

from dashboard import create_site
from data_access.intake.workbench.drafts import change_draft, draft
from data_access.store import schema
from rules.errors import StaleRow
from tests.dashboard.conftest import Reader, hrefs, sign_in, words
from tests.dashboard.pages.test_data_page import taking_in
from tests.demonstration_store import NOW, SCHEME, SIPING

FILES = Path(__file__).parents[3] / "docs" / "guide" / "files"
PAYMENTS = [
    ["工伤保险基金支付明细", "", "", "", ""],
    ["填报单位：省社会保险基金管理中心", "", "2026年11月", "", "单位：万元"],
    ["入账日", "统筹区", "业务", "发生额", "单据号"],
    ["2026.11.10", "220202", "工伤医疗待遇", "1.25", "ZF-1"],
    ["2026.11.11", "220202", "工伤医疗待遇", "—", "ZF-2"],
    ["2026.11.12", "220202", "工伤医疗待遇", "2.50", "ZF-3"],
    ["合计", "", "", "4.00", ""],
    ["注：本表为快报数。", "", "", "", ""],
]
COLUMNS = {
    "入账日": "business_date",
    "统筹区": "region",
    "业务": "item",
    "发生额": "amount_fen",
    "单据号": "source_ref",
}


def workbook(rows: list[list[str]], sheet: str = "11月") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append([None if text == "" else text for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def agency(own_engine: Engine, tmp_path: Path) -> Reader:
    """The agency's clerk at a site of its own, which takes in what it is given at once."""
    return sign_in(create_site(taking_in(own_engine, tmp_path / "var")).server, "p-agency")


def put(reader: Reader, content: bytes, name: str = "支付.xlsx") -> str:
    """Put a file on the workbench: where it is seen."""
    return _sent(reader, f"/act/data/open_on_workbench?tab=workbench&scheme={SCHEME}", file=(io.BytesIO(content), name))


def _sent(reader: Reader, address: str, status: int = 200, **fields: Any) -> str:
    answer = reader.client.post(address, data=fields, headers={"Accept": "application/json"})
    assert answer.status_code == status, answer.data
    told = answer.get_json()
    return str(told["href"] if status == 200 else told["problem"])


def act(reader: Reader, name: str, where: str, status: int = 200, /, **fields: Any) -> str:
    return _sent(reader, f"/act/data/{name}?{where.partition('?')[2]}", status, **fields)


def mapped(version: int, **more: Any) -> dict[str, Any]:
    """What the form of the mapping sends for the list of payments."""
    told = {"told-text": [*COLUMNS], "told-code": [f"column:{code}" for code in COLUMNS.values()]}
    same = {"constant-column": ["movement", "source"], "constant-value": ["pay", f"{SCHEME}-agency"]}
    return {"target": "ledger_entry", "scheme": SCHEME, "version": str(version), **told, **same, **more}


def entries(engine: Engine) -> list[tuple[Any, ...]]:
    table = schema.ledger_entry
    query = select(table.c.source_ref, table.c.amount_fen, table.c.cell, table.c.item)
    with engine.connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(query.where(table.c.source_ref.like("ZF-%")).order_by("source_ref"))
        ]


def test_a_list_of_payments_is_mapped_compared_explained_taken_and_leads_back_to_its_cell(
    agency: Reader, own_engine: Engine
) -> None:
    where = put(agency, workbook(PAYMENTS))
    number = where.partition("measure=")[2]
    assert "对应：" in agency.text(where) and "要先说明" in agency.text(where)
    act(agency, "decide_on_workbench", where, **mapped(1))
    shown = agency.text(where)
    assert "支付.xlsx读出2行，1项对不上" in shown and "无值1格不记，也不作0" in shown, shown
    assert "D7：表内4.00，相加3.75，差0.25" in shown
    taking = {"draft": number, "version": "2"}
    assert "差额说明" in act(agency, "take_from_workbench", where, 422, **taking)
    assert entries(own_engine) == []
    there = act(agency, "take_from_workbench", where, explanation="合计含上月尾数", **taking)
    assert entries(own_engine) == [
        ("ZF-1", 1_250_000, "11月!D4", "benefit_medical"),
        ("ZF-3", 2_500_000, "11月!D6", "benefit_medical"),
    ]
    drawer = words(agency.drawer(there))
    assert "已导入2行" in drawer and "合计含上月尾数" in drawer
    behind = agency.drawer(f"/?scheme={SCHEME}&period=live&item=reserve_ratio")
    assert "支付.xlsx 11月!D4、11月!D6" in words(behind), words(behind)
    (original,) = [href for href in hrefs(behind) if href.startswith("/original/")]
    kept = openpyxl.load_workbook(io.BytesIO(agency.client.get(original).data))
    assert kept["11月"]["D4"].value == "1.25"
    elsewhere = agency.drawer(f"/?scheme={SCHEME}&period=live&item=reserve_ratio&region={SIPING}")
    assert "支付.xlsx" not in words(elsewhere)
    assert "工作台上没有这个文件" in agency.text(where)


def test_what_is_on_the_workbench_is_seen_by_nobody_else_and_can_be_cleared(
    agency: Reader, own_engine: Engine, tmp_path: Path
) -> None:
    content = workbook(PAYMENTS)
    where = put(agency, content)
    number = where.partition("measure=")[2]
    other = sign_in(agency.client.application, "p-tax")
    assert "工作台上没有这个文件" in other.text(where)
    assert other.client.get(f"/original/draft/{number}").status_code == 404
    assert agency.client.get(f"/original/draft/{number}").data == content
    assert [path.read_bytes() for path in (tmp_path / "var" / "originals").rglob("*") if path.is_file()] == [content]
    act(other, "put_away", where, 422, version="1")
    act(agency, "put_away", where, version="1")
    assert "没有文件" in agency.text(where.partition("&measure")[0])
    assert not [path for path in (tmp_path / "var" / "originals").rglob("*") if path.is_file()]


def test_two_windows_do_not_overwrite_each_other(agency: Reader, own_engine: Engine) -> None:
    where = put(agency, workbook(PAYMENTS))
    act(agency, "decide_on_workbench", where, **mapped(1))
    act(agency, "decide_on_workbench", where, 409, **mapped(1))
    with own_engine.connect() as connection:
        was = draft(connection, int(where.partition("measure=")[2]), "p-agency")
        change_draft(connection, was, NOW, sheet="11月", mapping=was.mapping)
        with pytest.raises(StaleRow):
            change_draft(connection, was, NOW, sheet=None, mapping=was.mapping)


def test_an_entry_that_is_likely_there_already_is_left_out_or_looked_at(agency: Reader, own_engine: Engine) -> None:
    first = put(agency, workbook(PAYMENTS))
    act(agency, "decide_on_workbench", first, **mapped(1))
    act(agency, "take_from_workbench", first, draft=first.partition("measure=")[2], version="2", explanation="尾数")
    changed = {"ZF-1": "ZF-8", "ZF-3": "ZF-9", "2026.11.12": "2026.11.13"}
    again = workbook([[changed.get(text, text) for text in row] for row in PAYMENTS])
    where = put(agency, again, "重报.xlsx")
    taking = {"draft": where.partition("measure=")[2], "explanation": "尾数"}
    act(agency, "decide_on_workbench", where, **mapped(1))
    shown = agency.text(where)
    assert "1行可能重复" in shown and "新增1行" in shown, shown
    assert "可能重复" in act(agency, "take_from_workbench", where, 422, version="2", **taking)
    act(agency, "leave_out_rows", where, without=["11月!D4"], version="2")
    act(agency, "take_from_workbench", where, version="3", **taking)
    assert [row[0] for row in entries(own_engine)] == ["ZF-1", "ZF-3", "ZF-9"]
    where = put(agency, again, "再报.xlsx")
    act(agency, "decide_on_workbench", where, **mapped(1))
    taking = {"draft": where.partition("measure=")[2], "explanation": "尾数"}
    act(agency, "take_from_workbench", where, version="2", like="1", **taking)
    assert [row[0] for row in entries(own_engine)] == ["ZF-1", "ZF-3", "ZF-8", "ZF-9"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "必填"),
        (b"PK\x03\x04 no workbook", "文件读不了"),
        ("部门,金额\n".encode("utf-16") + b"\xff", "文件读不了"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_not_kept(
    agency: Reader, tmp_path: Path, content: bytes, said: str
) -> None:
    address = f"/act/data/open_on_workbench?tab=workbench&scheme={SCHEME}"
    assert said in _sent(agency, address, 422, file=(io.BytesIO(content), "坏.xlsx"))
    assert not [path for path in (tmp_path / "var" / "originals").rglob("*") if path.is_file()]


def test_a_table_that_one_does_not_deliver_is_seen_and_not_taken(agency: Reader) -> None:
    where = put(agency, workbook(PAYMENTS))
    act(agency, "decide_on_workbench", where, **mapped(1))
    tax = sign_in(agency.client.application, "p-finance")
    where = put(tax, workbook(PAYMENTS))
    act(tax, "decide_on_workbench", where, **mapped(1))
    number = where.partition("measure=")[2]
    refused = act(tax, "take_from_workbench", where, 422, draft=number, version="2", explanation="尾数")
    assert "不合格" in refused, refused


def test_a_sheet_without_a_table_and_one_of_many(agency: Reader) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(PAYMENTS)))
    book.create_sheet("说明").append(["本表由经办处编制"])
    book.create_sheet("10月")
    for row in PAYMENTS:
        book["10月"].append([None if text == "" else text for text in row])
    out = io.BytesIO()
    book.save(out)
    where = put(agency, out.getvalue())
    shown = agency.text(where)
    assert "表“11月”" in shown and "表“10月”" in shown and "未读：说明" in shown
    act(agency, "choose_sheet", where, sheet="说明", version="1")
    assert "没有找到表" in agency.text(where)
    act(agency, "choose_sheet", where, sheet="10月", version="2")
    assert "表“10月”" in agency.text(where) and "表“11月”" not in agency.text(where)


def test_the_rows_and_what_is_to_be_mended_go_out_as_files(agency: Reader) -> None:
    where = put(agency, workbook(PAYMENTS))
    act(agency, "decide_on_workbench", where, **mapped(1))
    query = where.partition("?")[2]
    rows = agency.client.get(f"/export/data/workbench.csv?{query}").data.decode("utf-8-sig")
    assert "11月!D4" in rows and "12,500.00" in rows
    mend = agency.client.get(f"/export/data/mend.csv?{query}").data.decode("utf-8-sig")
    assert "D7" in mend and "合计与各项相加差0.25" in mend


def test_what_concerns_every_row_is_changed_under_the_mapping(agency: Reader) -> None:
    where = put(agency, (FILES / "report-2025-10-yuan.xlsx").read_bytes(), "月报.xlsx")
    where = where.replace(SCHEME, "jiangsu-pension")
    shown = agency.text(where)
    assert "社会保险基金管理" in shown and "报送部门 经办" in shown, shown
    told = {"told-text": ["社会保险基金管理"], "told-code": ["same:department:tax"]}
    act(agency, "decide_on_workbench", where, scheme="jiangsu-pension", version="1", **told)
    assert "报送部门 税务" in agency.text(where)


def test_a_published_figure_leads_to_its_cell(agency: Reader, own_engine: Engine, tmp_path: Path) -> None:
    site = create_site(taking_in(own_engine, tmp_path / "var")).server
    sender, second = sign_in(site, "p-monitor"), sign_in(site, "p-finance")
    rows = [["城镇职工基本养老保险基金收支情况（2019年）", "", ""], ["地区", "基金收入（亿元）", "基金支出（亿元）"]]
    where = put(sender, workbook([*rows, ["江苏省", "3394.0", "3188.6"]], "表1"), "公布数.xlsx")
    number = where.partition("measure=")[2]
    there = act(sender, "take_from_workbench", where, draft=number, version="1")
    batch = there.partition("batch-")[2]
    act(second, "confirm_delivery", f"/data?tab=imports&item=batch-{batch}")
    shown = sender.drawer("/?scheme=published-pension&region=320000&period=2019&item=income")
    assert "公布数.xlsx 表1!B3" in words(shown), words(shown)
    assert f"/original/{batch}" in hrefs(shown)


def test_persons_by_age_show_group_and_age_beside_all_their_figures(agency: Reader) -> None:
    head = ["年度", "地区", "群体", "年龄", "缴费人数", "离退休人数", "月人均缴费基数（元）", "月人均养老金（元）"]
    rows = [["2025", "吉林省", "女工人", age, "1,200", "30", "5600.00", "2900.50"] for age in ("49岁", "50岁")]
    shown = agency.text(put(agency, workbook([head, *rows]), "结构.xlsx"))
    plain = "".join(shown.split())
    assert "出处参保群体年龄缴费人数离退休人数月人均缴费基数（元）月人均养老金（元）" in plain
    assert "11月!E2单位职工（女，原50岁退休）491,200305,600.002,900.50" in plain
    assert "年末 2025" in shown and "地区代码 吉林省" in shown, "what every row says stands above them"
    assert "不是基本养老保险" in shown
