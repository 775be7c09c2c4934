"""Whatever comes in: sums over the changes equal sums over the ledger, and no input makes the parser stumble."""

from __future__ import annotations

import csv
import io
import random
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Engine, select

from data_access.intake.files.book import Sheet
from data_access.intake.files.delimited import _read_carefully, _read_plain
from data_access.intake.files.limits import Limits
from data_access.intake.files.reading import book_of
from data_access.intake.importers import REASONS, import_rows
from data_access.intake.importers.codes import items_for, load_codes
from data_access.intake.importers.delivery import Delivery, find_table, match_headers
from data_access.intake.importers.parse import delivery_of
from data_access.intake.importers.reasons import FileRefused
from data_access.intake.importers.tables import TABLES
from data_access.intake.importers.validate import validate
from data_access.store import schema
from rules.movements import DAILY_MOVEMENTS, MOVEMENTS, OUTSIDE, legs
from rules.scheme import load_scheme, movements_of

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
SCHEMES = ("jiangsu-pension", "shanxi-pension", "jilin-work-injury")
REGIONS = {"jiangsu-pension": ("320102", "320000"), "shanxi-pension": ("140105",), "jilin-work-injury": ("220102",)}


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    scheme = draw(st.sampled_from(SCHEMES))
    movement = draw(st.sampled_from(movements_of(load_scheme(scheme))))
    items = sorted(items_for(scheme, movement)) or [""]
    if MOVEMENTS[movement].carries_item and items == [""]:
        movement, items = "pool", [""]
    corrects = draw(st.sampled_from(["", "", "other"]))
    amount = draw(st.integers(1, 10**12))
    return {
        "scheme": scheme,
        "region": draw(st.sampled_from(REGIONS[scheme])),
        "item": draw(st.sampled_from(items)),
        "movement": movement,
        "business_date": date(2024, 1, 1) + timedelta(draw(st.integers(0, 1000))),
        "amount_fen": -amount if corrects else amount,
        "source": "js-tax",
        "source_ref": f"T{draw(st.integers(0, 60))}",
        "corrects": corrects,
    }


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=st.lists(st.lists(entries(), min_size=1, max_size=15), min_size=1, max_size=4))
def test_changes_are_the_ledger_summed(ready: Engine, deliveries: list[list[dict[str, Any]]]) -> None:
    for rows in deliveries:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        import_rows(ready, "ledger_entry", columns, accept_good_rows=True, now=NOW)
    monthly: Counter[tuple[Any, ...]] = Counter()
    accounts: Counter[tuple[Any, ...]] = Counter()
    daily: Counter[tuple[Any, ...]] = Counter()
    outside: dict[str, int] = defaultdict(int)
    with ready.connect() as connection:
        for row in connection.execute(select(schema.ledger_entry)):
            month = row.business_date.year * 100 + row.business_date.month
            assert row.month == month
            monthly[row.scheme, row.region, month, row.item, row.movement] += row.amount_fen
            two = legs(row.movement, load_scheme(row.scheme).disburse_account)
            for account, sign in two:
                accounts[row.scheme, row.region, month, account] += sign * row.amount_fen
            outside[OUTSIDE] -= sum(sign for _, sign in two) * row.amount_fen
            if row.movement in DAILY_MOVEMENTS:
                daily[row.scheme, row.region, row.business_date, row.movement] += row.amount_fen
        kept = {table.name: _sums(connection.execute(select(table)).all()) for table in CHANGES}
    assert kept["monthly_change"] == without_zeros(monthly)
    assert kept["account_change"] == without_zeros(accounts)
    assert kept["daily_change"] == without_zeros(daily)
    assert sum(accounts.values()) + outside[OUTSIDE] == 0


CHANGES = (schema.monthly_change, schema.account_change, schema.daily_change)


def _sums(rows: Any) -> Counter[tuple[Any, ...]]:
    total: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        total[tuple(row[1:-2])] += row.amount_fen
    return without_zeros(total)


def without_zeros(sums: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    return Counter({key: value for key, value in sums.items() if value})


# --- fuzz ---

HEADER = "scheme,region,item,movement,business_date,booked_at,amount_fen,source,source_ref,corrects"
GOOD = "jiangsu-pension,320102,premium_current,collect,2026-10-09,2026-10-09T16:30:00+08:00,1000,js-tax,T1,"
SNIPPETS = [
    '"', '""', ",", "\n", "\r", "\r\n", "\x00", "\ufeff", "１", "1,000", "1e5", "NaN", "=1+1", "-", "−5", "\u200b",
    "😀", "2026-02-30", "9" * 30, "0x1F", "1_000", "٣", "½", "金额", "\ud7ff", "inf", "-0", "+1", ".5", "5.",
    "T1", " ", "\t",
]  # fmt: skip


def _mutations(count: int, seed: int) -> Iterator[bytes]:
    draw = random.Random(seed)
    for _ in range(count):
        text = "\n".join([HEADER, GOOD, GOOD.replace("T1", "T2")]) + "\n"
        for _ in range(draw.randint(1, 3)):
            start = draw.randrange(len(text))
            text = text[:start] + draw.choice(SNIPPETS) + text[start + draw.choice([0, 0, 1, 5]) :]
        content = text.encode(draw.choice(["utf-8", "utf-8-sig", "gb18030"]))
        if draw.random() < 0.3:
            place = draw.randrange(len(content))
            content = content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :]
        yield content


def read_delivery(content: bytes) -> Delivery:
    """As the strict door does, but here and not in the process for it."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return delivery_of(book_of(file, Limits.of(len(content))))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _independent_amounts(content: bytes) -> dict[str, str]:
    """What Python's own reader sees: source_ref → amount text."""
    lines = [line for line in csv.reader(io.StringIO(_decode(content), newline="")) if any(map(str.strip, line))]
    names = [unicodedata.normalize("NFKC", name).strip().casefold() for name in lines[0]]
    rows = [dict(zip(names, line, strict=False)) for line in lines[1:]]
    return {(row.get("source_ref") or "").strip(): (row.get("amount_fen") or "").strip() for row in rows}


def test_mutated_files_are_refused_clearly_or_read_rightly(ready_sqlite: Engine) -> None:
    with ready_sqlite.connect() as connection:
        codes = load_codes(connection, NOW)
    ledger, taken, refused = TABLES["ledger_entry"], 0, 0
    for content in _mutations(400, 20261120):
        try:
            delivery = read_delivery(content)
            if not delivery.rows:
                continue
            checked = validate(ledger, delivery.under(match_headers(ledger, delivery.names)), delivery.lines, codes)
        except FileRefused as problem:
            refused += 1
            assert all(rejection.reason in REASONS for rejection in problem.rejections)
            continue
        assert checked.bad_rows + checked.frame.num_rows == delivery.rows
        assert all(rejection.line >= 2 for rejection in checked.rejected)
        seen = _independent_amounts(content)
        for row in checked.frame.select(["source_ref", "amount_fen"]).to_pylist():
            taken += 1
            assert int(seen.get(row["source_ref"], 0)) == row["amount_fen"], content
    assert taken > 25 and refused > 25


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(content: bytes) -> None:
    try:
        delivery = read_delivery(content)
        find_table(delivery.names)
    except FileRefused as problem:
        assert problem.rejections


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"<html>"])
@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200))
def test_damaged_workbooks_and_parquet_files_are_refused(magic: bytes, content: bytes) -> None:
    with pytest.raises(FileRefused):
        read_delivery(magic + content)


cells = st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=6)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.lists(cells, min_size=2, max_size=3), min_size=2, max_size=5), quoting=st.booleans())
def test_the_fast_and_the_careful_reader_agree(rows: list[list[str]], quoting: bool) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL, lineterminator="\n").writerows(rows)
    content = text.getvalue().encode()
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        limits = Limits.of(len(content))
        fast = _read_plain(file, ",", limits)
        if fast is not None:
            assert _plain(fast) == _plain(_read_carefully(file, ",", limits))


def _plain(sheet: Sheet) -> tuple[Any, ...]:
    return sheet.lines.tolist(), [column.to_pylist() for column in sheet.columns if sheet.height]
