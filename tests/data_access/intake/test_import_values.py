"""What is asked of every value, and the reason with which it is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Engine, select

from data_access.intake.importers import REASONS, TABLES, import_rows
from data_access.intake.importers.codes import Codes
from data_access.intake.importers.columns import read_column
from data_access.store import schema
from tests.conftest import NOW

Entry = Callable[..., dict[str, Any]]
Columns = Callable[..., dict[str, list[Any]]]

BAD = [
    ("amount_fen", "", "blank", {}),
    ("amount_fen", "１２５", "number_form", {"form": "full_width"}),
    ("amount_fen", "1,25", "number_form", {"form": "decimal_comma"}),
    ("amount_fen", "1e5", "exponent", {}),
    ("amount_fen", "NaN", "not_a_number", {}),
    ("amount_fen", "¥5", "number_form", {"form": "currency"}),
    ("amount_fen", "12.50", "decimals_in_fen", {}),
    ("amount_fen", "9999999999999999", "amount_too_large", {"limit_yuan": 10**13}),
    ("amount_fen", "—", "amount_missing", {}),
    ("business_date", "2026-02-30", "no_such_date", {}),
    ("business_date", "09.10.2026", "day_first", {"expected": "YYYY-MM-DD"}),
    ("business_date", "Oct 2026", "bad_date", {"expected": "YYYY-MM-DD"}),
    ("business_date", "2026-11-21", "in_future", {"latest": "2026-11-20"}),
    ("business_date", "2019-12-31", "before_open_years", {"earliest": "2020-01-01"}),
    ("booked_at", "yesterday", "bad_instant", {"expected": "YYYY-MM-DDTHH:MM:SS+08:00"}),
    ("booked_at", "2026-12-24T00:00:00Z", "in_future", {"latest": "2026-11-20T10:15+08:00"}),
    ("scheme", "jiangsu-pensions", "unknown_code", {"kind": "scheme", "suggestion": "jiangsu-pension"}),
    ("scheme", "published-pension", "unknown_code", None),
    ("region", "140105", "region_outside_scheme", {"scheme": "jiangsu-pension", "province": "320000"}),
    ("item", "premium", "item_not_for_movement", None),
    ("item", "", "item_missing", {"movement": "collect"}),
    ("item", "pension", "item_not_for_movement", None),
    ("movement", "pool", "item_not_expected", {"movement": "pool"}),
    ("movement", "reserve_in", "movement_not_in_scheme", None),
    ("source", "js-taxes", "unknown_code", {"kind": "source", "suggestion": "js-tax"}),
    ("source_ref", " ", "blank", {}),
    ("source_ref", "T1\u200b", "control_character", {}),
    ("source_ref", "T" * 501, "too_long", {"limit": 500}),
    ("corrects", "T1", "corrects_itself", {}),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "reason", "parameters"), BAD)
def test_a_bad_value_is_refused_with_its_reason(
    ready_sqlite: Engine,
    entry: Entry,
    columns: Columns,
    now: datetime,
    column: str,
    value: str,
    reason: str,
    parameters: dict[str, Any] | None,
) -> None:
    rows = columns(entry(source_ref="T0"), entry(**{column: value}))
    result = import_rows(ready_sqlite, "ledger_entry", rows, now=now)
    assert result.state == "refused"
    found = {rejection.reason: rejection for rejection in result.rejections}
    assert reason in found
    assert found[reason].line == 3
    assert found[reason].value == (value if reason != "item_not_expected" else "premium_current")
    if parameters is not None:
        assert found[reason].parameters == parameters


def test_every_reason_has_its_parameters_declared() -> None:
    assert {reason for _, _, reason, _ in BAD} <= set(REASONS)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1", 100),
        ("0.1", 10),
        ("0.10", 10),
        ("12345678901.23", 1234567890123),
        ("-3.05", -305),
        (" 7.5 ", 750),
        ("007", 700),
    ],
)
def test_yuan_become_exact_fen(
    ready_sqlite: Engine, entry: Entry, columns: Columns, now: datetime, text: str, fen: int
) -> None:
    row = entry(corrects="T0")
    del row["amount_fen"]
    assert import_rows(ready_sqlite, "ledger_entry", columns({**row, "amount_yuan": text}), now=now).state == "loaded"
    with ready_sqlite.connect() as connection:
        assert connection.execute(select(schema.ledger_entry.c.amount_fen)).scalar_one() == fen


def test_a_third_decimal_of_yuan_is_refused_and_trailing_zeros_are_not(
    ready_sqlite: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    row = entry()
    del row["amount_fen"]
    bad = import_rows(ready_sqlite, "ledger_entry", columns({**row, "amount_yuan": "1.005"}), now=now)
    assert (bad.rejections[0].column, bad.rejections[0].reason) == ("amount_yuan", "too_many_decimals")
    assert (
        import_rows(ready_sqlite, "ledger_entry", columns({**row, "amount_yuan": "1.500"}), now=now).state == "loaded"
    )


def test_floating_point_money_is_refused(ready_sqlite: Engine, entry: Entry, columns: Columns, now: datetime) -> None:
    result = import_rows(ready_sqlite, "ledger_entry", columns(entry(amount_fen=1.5)), now=now)
    assert result.rejections[0].reason == "float_column"


def test_negative_amounts_are_corrections_or_refunds(
    ready_sqlite: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    pay = {"movement": "pay", "item": "pension", "amount_fen": "-5"}
    bare = import_rows(ready_sqlite, "ledger_entry", columns(entry(**pay)), now=now)
    assert bare.rejections[0].reason == "negative_without_correction"
    assert import_rows(ready_sqlite, "ledger_entry", columns(entry(**pay, corrects="T0")), now=now).state == "loaded"
    refund = entry(amount_fen="-5", source_ref="T9")
    assert import_rows(ready_sqlite, "ledger_entry", columns(refund), now=now).state == "loaded"


def test_a_merged_region_takes_corrections_only(
    ready_sqlite: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    merged = {
        "code": ["320198"],
        "name": ["旧区"],
        "name_en": ["Old"],
        "level": ["county"],
        "parent": ["320100"],
        "kind": ["division"],
        "valid_to": ["2026-01-01"],
        "successor": ["320102"],
    }
    assert import_rows(ready_sqlite, "region", merged, now=now).state == "loaded"

    def reason(**changes: Any) -> str | None:
        result = import_rows(ready_sqlite, "ledger_entry", columns(entry(region="320198", **changes)), now=now)
        return result.rejections[0].reason if result.rejections else None

    assert reason(source_ref="A", business_date="2025-12-31") is None
    assert reason(source_ref="B", business_date="2026-01-01") == "region_not_valid"
    assert reason(source_ref="C", business_date="2026-01-01", corrects="A", amount_fen="-1") is None


def test_an_instant_without_a_zone_is_beijing_time(
    ready_sqlite: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    rows = columns(
        entry(source_ref="A", booked_at="2026-10-09 16:30:00"), entry(source_ref="B", booked_at="2026-10-09T08:30:00Z")
    )
    import_rows(ready_sqlite, "ledger_entry", rows, now=now)
    with ready_sqlite.connect() as connection:
        assert len(set(connection.execute(select(schema.ledger_entry.c.booked_at)).scalars())) == 1


written = st.from_regex(r"[+-]?[0-9]{1,4}(,[0-9]{2,4}){0,3}(\.[0-9]{0,4})?[ 元①-]?", fullmatch=True)


@given(texts=st.lists(written, min_size=1, max_size=5), yuan=st.booleans())
def test_many_amounts_at_once_are_read_as_each_by_itself(texts: list[str], yuan: bool) -> None:
    column = TABLES["plan"].column("amount_fen")
    codes = Codes({}, frozenset(), NOW)
    together, bad = read_column(column, pa.array(texts), codes, yuan=yuan)
    alone = [read_column(column, pa.array([text + "\u00a0"]), codes, yuan=yuan) for text in texts]
    assert together.to_pylist() == [values[0].as_py() for values, _ in alone]
    assert [(row, problem.reason) for row, problem in bad] == [
        (row, found[0][1].reason) for row, (_, found) in enumerate(alone) if found
    ]
