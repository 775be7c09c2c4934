"""Statements as banks print them: whatever the columns and their order, the running balance proves the reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import Engine, select

from data_access.intake.importers import import_file, import_rows
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Names
from data_access.intake.workbench.offer import Offer, offers
from data_access.store import schema
from tests.data_access.intake.test_workbench import IN_JIANGSU, JIANGSU, REGIONS, sheet

SAID = {"scheme": JIANGSU.code, "account": "expenditure", "region": "320102", "number": "62220000111122223333"}
ICBC = [
    ["中国某银行账户明细清单"],
    ["户名：南京市玄武区社会保险基金支出户", "", "账号：43010187290000012345", "", "", "开户行：某银行城东支行"],
    ["期初余额：1,000.00", "", "币种：人民币"],
    ["交易时间", "借方发生额", "贷方发生额", "余额", "对方账号", "对方单位名称", "摘要", "交易流水号"],
    ["2026-09-03 10:00:01", "0.00", "500.00", "1,500.00", "3200", "省财政专户", "拨款", "A1"],
    ["2026-09-03 16:20:00", "200.00", "0.00", "1,300.00", "", "张某", "养老金", "A2"],
    ["2026-09-04 09:00:00", "300.00", "0.00", "1,000.00", "", "李某", "养老金", "A3"],
    ["本页合计", "500.00", "500.00", "", "", "", "", ""],
    ["以上为电子对账单，仅供核对。"],
]
NEWEST_FIRST = [
    ["日期", "收/支", "交易金额", "账户余额"],
    ["20260904", "支", "300.00", "1000.00"],
    ["20260903", "支", "200.00", "1300.00"],
    ["20260903", "收", "500.00", "1500.00"],
]
SIGNED = [
    ["交易日期", "金额（元）", "余额", "摘要"],
    ["2026/9/3", "500", "1500", "a"],
    ["2026/9/3", "-200", "1300", "b"],
    ["2026/9/4", "-300", "1000", "c"],
]
BY_BALANCE = [
    ["期初余额：1000.00", "", ""],
    ["交易日期", "发生额", "余额"],
    ["2026.9.3", "500", "1500"],
    ["2026.9.3", "200", "1300"],
    ["2026.9.4", "300", "1000"],
]
OPENING_ROW = [
    ["记账日", "摘要", "支出", "收入", "余额"],
    ["", "承前页余额", "", "", "1000"],
    ["2026年9月3日", "拨款", "", "500", "1500"],
    ["2026年9月3日", "付", "200", "", "1300"],
    ["2026年9月4日", "付", "300", "", "1000"],
]
ENTRIES = [("2026-09-03", "1", 50_000, 0, 150_000), ("2026-09-03", "2", 0, 20_000, 130_000)]
ENTRIES += [("2026-09-04", "1", 0, 30_000, 100_000)]


def read(rows: Sequence[Sequence[str]], **said: str) -> Offer:
    mapping = Mapping(constants={**SAID, **said})
    (offer,) = offers([sheet(rows)], Names(REGIONS, IN_JIANGSU, JIANGSU), mapping)
    return offer


def entries(offer: Offer) -> list[tuple[str, str, int, int, int]]:
    columns = offer.columns
    amounts = [map(int, columns[name]) for name in ("in_fen", "out_fen", "balance_fen")]
    return list(zip(columns["day"], columns["place"], *amounts, strict=True))


@pytest.mark.parametrize("rows", [ICBC, NEWEST_FIRST, SIGNED, BY_BALANCE, OPENING_ROW])
def test_a_statement_of_any_form_gives_the_same_entries_oldest_first(rows: list[list[str]]) -> None:
    offer = read(rows)
    assert (offer.target, offer.questions) == ("bank_statement", ())
    assert entries(offer) == ENTRIES
    assert [(one.stated, one.computed) for one in offer.sums] == [(Decimal(1000), Decimal(1000))], "opening + in − out"


def test_the_lines_above_tell_account_number_holder_and_bank() -> None:
    (offer,) = offers([sheet(ICBC)], Names(REGIONS, IN_JIANGSU, JIANGSU), Mapping(constants={"scheme": JIANGSU.code}))
    said = {name: set(offer.columns[name]) for name in ("account", "region", "number", "bank")}
    assert said == {
        "account": {"expenditure"},
        "region": {"320102"},
        "number": {"4301************2345"},
        "bank": {"某银行城东支行"},
    }
    assert offer.columns["counterparty"][1] == "张某" and offer.columns["reference"][2] == "A3"
    assert offer.left_out == ("对方账号",) and offer.questions == ()


def test_a_balance_that_does_not_follow_is_named_with_what_it_should_be() -> None:
    rows = [list(row) for row in ICBC]
    rows[5][3] = "1,310.00"
    offer = read(rows)
    wrong = [one for one in offer.sums if not one.agrees]
    assert [(one.address, one.computed) for one in wrong] == [("D6", Decimal(1300)), ("D7", Decimal(1010))]


def test_what_nobody_says_of_a_statement_is_asked() -> None:
    mapping = Mapping(constants={"scheme": JIANGSU.code})
    (offer,) = offers([sheet(BY_BALANCE[1:])], Names(REGIONS, IN_JIANGSU, JIANGSU), mapping)
    asked = {(one.about, one.text) for one in offer.questions}
    assert asked == {("form", "发生额"), ("name", "account"), ("name", "region"), ("name", "number")}


# Of one amount in and out on one day nobody can tell which came first.
moves = st.lists(st.integers(1, 10**11), min_size=1, max_size=12, unique=True)


@settings(max_examples=40, deadline=None)
@given(
    amounts=moves,
    opening=st.integers(0, 10**12),
    turned=st.booleans(),
    form=st.sampled_from(["two", "sign", "mark"]),
    data=st.data(),
)
def test_every_entry_is_read_as_it_was_printed(
    amounts: list[int], opening: int, turned: bool, form: str, data: st.DataObject
) -> None:
    signs = [data.draw(st.booleans()) for _ in amounts]
    days = [date(2026, 9, 1) + timedelta(at // 3) for at in range(len(amounts))]
    balance, printed, expected = opening, [], []
    for day, fen, comes in zip(days, amounts, signs, strict=True):
        balance += fen if comes else -fen
        money, rest = f"{Decimal(fen) / 100:,.2f}", f"{Decimal(balance) / 100:,.2f}"
        middle = {"two": ["", money] if comes else [money, ""], "sign": [money if comes else f"-{money}"]}
        printed.append([day.isoformat(), *middle.get(form, ["贷" if comes else "借", money]), rest])
        expected.append((day.isoformat(), fen if comes else 0, 0 if comes else fen, balance))
    heads = {"two": ["借方", "贷方"], "sign": ["交易金额"], "mark": ["借贷标志", "交易金额"]}[form]
    offer = read([["交易日期", *heads, "余额"], *(printed[::-1] if turned else printed)])
    got = [(day, *rest) for day, _place, *rest in entries(offer)]
    if len(amounts) > 1 or form != "sign":
        assert got == expected
    assert all(one.agrees for one in offer.sums)


def test_a_statement_is_taken_masked_with_its_cells_and_only_where_it_runs(
    ready_sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "statement.csv"
    path.write_bytes("\n".join(",".join(f'"{cell}"' for cell in row) for row in ICBC).encode("gb18030"))
    taken = import_file(ready_sqlite, path, mapping=Mapping(constants={"scheme": JIANGSU.code}), now=now)
    assert (taken.state, taken.inserted) == ("loaded", 3)
    table = schema.bank_statement
    with ready_sqlite.connect() as connection:
        rows = {row.cell: row for row in connection.execute(select(table))}
    assert (rows["D6"].number, rows["D6"].out_fen, rows["D6"].place) == ("4301************2345", 20_000, 2)
    row = {**SAID, "day": "2026-09-03", "place": "1", "in_fen": "1", "out_fen": "0", "balance_fen": "10"}
    broken = [row, {**row, "place": "2", "balance_fen": "12"}, {**row, "place": "3", "out_fen": "1"}]
    columns = {name: [one[name] for one in broken] for name in row}
    refused = import_rows(ready_sqlite, "bank_statement", columns, now=now)
    assert [(one.line, one.reason, one.parameters) for one in refused.rejections] == [
        (3, "balance_breaks", {"expected": "0.11"}),
        (4, "in_and_out", {}),
    ]
