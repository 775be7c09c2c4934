"""Trial balances as accountants print them, taken by subject and set beside the ledger's accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.books.facts import load_facts
from data_access.books.reported import load_subjects
from data_access.intake.importers import import_file, import_rows
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Names
from data_access.intake.workbench.offer import Offer, offers
from tests.data_access.books.test_reported import columns
from tests.data_access.intake.test_further_inputs import make_public
from tests.data_access.intake.test_workbench import IN_JIANGSU, JIANGSU, REGIONS, sheet

NOW = datetime(2026, 10, 10, 4, tzinfo=UTC)
PAIRS = [
    ["南京市社会保险基金科目余额表"],
    ["会计期间：2026年9月", "", "", "", "", "", "", "单位：元"],
    ["科目编码", "科目名称", "期初余额", "", "本期发生额", "", "期末余额", ""],
    ["", "", "借方", "贷方", "借方", "贷方", "借方", "贷方"],
    ["1004", "支出户存款", "10.00", "", "5.00", "3.00", "12.00", ""],
    ["100401", "中国某银行", "10.00", "", "5.00", "3.00", "12.00", ""],
    ["4001", "基金结余", "", "10.00", "3.00", "5.00", "", "12.00"],
    ["合计", "", "10.00", "10.00", "8.00", "8.00", "12.00", "12.00"],
    ["制表人：张三"],
]
BY_DIRECTION = [
    ["南京市 2026年9月科目余额表（单位：元）"],
    ["科目", "期初方向", "期初余额", "本期借方", "本期贷方", "本年累计借方", "期末方向", "期末余额"],
    ["1004 支出户存款", "借", "10.00", "5.00", "3.00", "40", "借", "12.00"],
    ["1004.01 中国某银行", "借", "10.00", "5.00", "3.00", "40", "借", "12.00"],
    ["4001 基金结余", "贷", "10.00", "3.00", "5.00", "30", "贷", "12.00"],
]
AMOUNTS = [f"{time}{side}_fen" for time in ("opening_", "", "closing_") for side in ("debit", "credit")]


def read(rows: Sequence[Sequence[str]], merged: Sequence[str] = ()) -> Offer:
    mapping = Mapping(constants={"scheme": JIANGSU.code})
    (offer,) = offers([sheet(rows, merged)], Names(REGIONS, IN_JIANGSU, JIANGSU), mapping)
    return offer


@pytest.mark.parametrize(
    ("rows", "merged"),
    [(PAIRS, ["3,1,4,1", "3,2,4,2", "3,3,3,4", "3,5,3,6", "3,7,3,8"]), (BY_DIRECTION, [])],
)
def test_subjects_are_read_by_pairs_and_by_direction(rows: list[list[str]], merged: list[str]) -> None:
    offer = read(rows, merged)
    assert (offer.target, offer.questions) == ("trial_balance", ())
    got = dict(zip(offer.columns["subject"], zip(*(offer.columns[name] for name in AMOUNTS), strict=True), strict=True))
    assert got["1004"] == ("1000", "0", "500", "300", "1200", "0")
    assert got["4001"] == ("0", "1000", "300", "500", "0", "1200")
    assert set(offer.columns["month"]) == {"202609"} and set(offer.columns["region"]) == {"320100"}
    assert all(one.agrees for one in offer.sums) and len(offer.sums) == 3, "parts are counted in their whole"


def test_a_line_that_does_not_close_and_a_side_that_does_not_are_named() -> None:
    rows = [list(row) for row in PAIRS]
    rows[4][6] = "12.50"
    wrong = [(one.address, one.stated, one.computed) for one in read(rows).sums if not one.agrees]
    assert wrong == [("G5", Decimal("12.5"), Decimal(12)), ("G7", Decimal("12.5"), Decimal(12))]


def test_a_trial_balance_is_taken_only_where_it_closes_and_stands_beside_the_ledger(
    ready_sqlite: Engine, tmp_path: Path, entry: Any
) -> None:
    opening = {"scheme": JIANGSU.code, "account": "expenditure", "region": "320102", "amount_fen": "1500"}
    import_rows(ready_sqlite, "opening_balance", columns({**opening, "as_of": "2025-12-31"}), now=NOW)
    paid = {"item": "pension", "movement": "pay", "source": "js-agency", "booked_at": "", "business_date": "2026-09-10"}
    import_rows(ready_sqlite, "ledger_entry", columns(entry(**paid, amount_fen="300")), now=NOW)
    path = tmp_path / "trial.csv"
    path.write_text("\n".join(",".join(row) for row in PAIRS), encoding="utf-8")
    taken = import_file(ready_sqlite, path, mapping=Mapping(constants={"scheme": JIANGSU.code}), now=NOW)
    assert (taken.state, taken.inserted) == ("loaded", 3)
    version = make_public(ready_sqlite, NOW)
    with ready_sqlite.connect() as connection:
        found = load_subjects(connection, load_facts(connection, JIANGSU.code, version), 202609)
    assert [(one.subject, one.account, one.closing_fen, one.ledger_fen) for one in found] == [
        ("1004", "expenditure", 1200, 1200),
        ("4001", "", 1200, 1200),
    ]
    line = {"scheme": JIANGSU.code, "region": "320100", "month": "202609", "subject": "1003", "name": "财政专户存款"}
    line |= dict.fromkeys(AMOUNTS, "0") | {"opening_debit_fen": "5", "closing_debit_fen": "6"}
    refused = import_rows(ready_sqlite, "trial_balance", columns(line), now=NOW)
    assert [(one.reason, one.parameters) for one in refused.rejections] == [("line_open", {"expected": "0.05"})]
