"""A batch taken back leaves the store as if it had never come; corrections take a row's place and can be taken back too."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from data_access.books.checks import run_checks
from data_access.books.facts import load_facts
from data_access.books.plans import load_plans
from data_access.books.published_totals import load_published_years
from data_access.books.versions import FACTS, close_month, current_version
from data_access.intake.importers import TABLES, BatchResult, import_rows
from data_access.intake.importers.withdrawal import NotWithdrawn, withdraw
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from tests.small_province import (
    LIANGXI,
    PROVINCE,
    SCHEME,
    XUANWU,
    Entry,
    load_entries,
    load_opening,
    load_province,
    load_table,
    reversal,
)
from tests.stores import open_store

OCTOBER = date(2026, 10, 9)
FIRST = Entry("1", XUANWU, "premium_current", "collect", OCTOBER, 100)
AGAIN = [
    Entry("2", XUANWU, "premium_current", "collect", OCTOBER, 50),
    Entry("3", LIANGXI, "pension", "pay", date(2026, 8, 3), 30),
    Entry("4", PROVINCE, "", "pool", date(2025, 12, 31), 7),
]
LATER = Entry("5", LIANGXI, "premium_current", "collect", OCTOBER, 5)
# A row of each table that is no ledger, and what a correction changes in it.
ROWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "opening_balance": (
        {"scheme": SCHEME, "account": "provincial", "region": PROVINCE, "amount_fen": 900, "as_of": "2020-12-31"},
        {"amount_fen": 800},
    ),
    "plan": (
        {
            "scheme": SCHEME,
            "year": 2026,
            "region": XUANWU,
            "item": "premium",
            "version": 0,
            "amount_fen": 5_000,
            "approval_ref": "苏财社〔2026〕1号",
            "approved_on": "2026-02-20",
        },
        {"amount_fen": 6_000},
    ),
    "agency_total": (
        {
            "scheme": SCHEME,
            "region": XUANWU,
            "day": "2026-10-09",
            "department": "tax",
            "measure": "premium_collected",
            "amount_fen": 100,
        },
        {"amount_fen": 99},
    ),
    "unreached_item": (
        {
            "scheme": SCHEME,
            "ref": "W1",
            "region": XUANWU,
            "recorded_by": "tax",
            "missing_at": "treasury",
            "amount_fen": 100,
            "reason": "次日到账",
            "arose_on": "2026-09-30",
            "cleared_on": "2026-10-02",
        },
        {"amount_fen": 1},
    ),
    "legacy_balance": (
        {
            "scheme": SCHEME,
            "region": XUANWU,
            "as_of": "2020-12-31",
            "owed_fen": 9,
            "handed_before_fen": 0,
            "due_on": "2025-12-31",
        },
        {"owed_fen": 8},
    ),
    "pre_transfer": (
        {
            "scheme": SCHEME,
            "region": XUANWU,
            "as_of": "2020-09-30",
            "balance_fen": 12,
            "monthly_fen": 3,
            "amount_fen": 6,
            "paid_on": "2020-11-20",
            "document": "函1号",
        },
        {"amount_fen": 5},
    ),
    "deposit": (
        {
            "scheme": SCHEME,
            "ref": "D1",
            "region": PROVINCE,
            "account": "deposit",
            "bank": "银行",
            "amount_fen": 5,
            "rate": "0.0275",
            "starts_on": "2024-03-01",
            "matures_on": "2027-03-01",
        },
        {"rate": "0.0265"},
    ),
    "published_total": (
        {
            "scheme": "pension",
            "year": 2019,
            "region": PROVINCE,
            "measure": "income",
            "value": "3394.0",
            "unit": "亿元",
            "citation": "年鉴",
        },
        {"value": "3393.9"},
    ),
    "statistic": (
        {"scheme": SCHEME, "region": XUANWU, "month": 202610, "measure": "contributors", "version": 0, "value": "10"},
        {"value": "11"},
    ),
    "disbursement_request": (
        {
            "scheme": SCHEME,
            "month": 202611,
            "region": XUANWU,
            "asked_fen": 386,
            "approved_fen": 300,
            "asked_on": "2026-10-20",
            "approved_on": "2026-10-25",
        },
        {"asked_fen": 387},
    ),
    "central_payment": (
        {
            "year": 2020,
            "quarter": 1,
            "region": PROVINCE,
            "contribution_fen": 6,
            "allocation_fen": 4,
            "paid_on": "2020-03-20",
        },
        {"allocation_fen": 5},
    ),
    "national_pooling": (
        {
            "scheme": SCHEME,
            "year": 2025,
            "flow": "subsidy",
            "stage": "prepaid",
            "number": 1,
            "amount_fen": 700,
            "paid_on": "2025-03-20",
            "document": "财社〔2025〕10号",
        },
        {"amount_fen": 701},
    ),
    "central_year": (
        {
            "year": 2019,
            "region": PROVINCE,
            "participants": 5,
            "enterprise_employees": 4,
            "retirees": 3,
            "nonprivate_wage_yuan": 9,
            "nonprivate_employees": 8,
            "private_wage_yuan": 7,
            "private_employees": 6,
        },
        {"retirees": 2},
    ),
}


def take_back(engine: Engine, result: BatchResult, now: datetime) -> int:
    with writing(engine) as connection:
        return withdraw(connection, result.batch, by="李某某", reason="重复报送", now=now)


def standing_rows(connection: Connection, name: str) -> list[Mapping[str, Any]]:
    """What a table says, without which batch said it."""
    table = schema.metadata.tables[name]
    columns = [table.c[column.code] for column in TABLES[name].columns if column.code != "booked_at"]
    wanted = select(*columns)
    if "ended_by" in table.c:
        wanted = wanted.where(table.c.ended_by.is_(None))
    return sorted((dict(row) for row in connection.execute(wanted).mappings()), key=repr)


def said(engine: Engine) -> dict[str, Any]:
    """All that the store tells at its newest version, free of the numbers of batches and versions."""
    with engine.connect() as connection:
        found: dict[str, Any] = {name: standing_rows(connection, name) for name in TABLES}
        for fact, _change in FACTS:
            names = [column for column in fact.c if column.name != "data_version"]
            found[fact.name] = sorted(tuple(row) for row in connection.execute(select(*names)))
        value = schema.indicator_value
        newest: dict[tuple[Any, ...], Any] = {}
        for row in connection.execute(select(value).order_by(value.c.data_version)):
            if "T" not in row.period:
                newest[row.scheme, row.indicator, row.period, row.region, row.part] = (row.value, row.reason)
        found["indicators"] = {key: kept for key, kept in newest.items() if kept != (None, "withdrawn")}
        return found


@pytest.fixture
def province(store: Engine, now: datetime) -> Engine:
    load_province(store, now)
    load_opening(store, now)
    load_entries(store, [FIRST], now)
    return store


def at(now: datetime, minutes: int) -> Callable[[], datetime]:
    return lambda: now + timedelta(minutes=minutes)


def test_a_store_with_a_batch_taken_back_equals_one_that_never_had_it(province: Engine, now: datetime) -> None:
    refresh(province, clock=at(now, 0))
    taken = load_entries(province, AGAIN, now)
    refresh(province, clock=at(now, 1))
    with province.connect() as connection:
        before = current_version(connection)
        assert before is not None
        with_it = load_facts(connection, SCHEME)
    load_entries(province, [LATER], now)
    refresh(province, clock=at(now, 2))
    take_back(province, taken, now)
    refresh(province, clock=at(now, 3))
    after = said(province)
    assert len(after["ledger_entry"]) == 2
    with province.connect() as connection:
        earlier = load_facts(connection, SCHEME, before.id)
        assert earlier.months[0] == 202512, "the earlier version reaches back as it did"
        assert (earlier.income(PROVINCE) == with_it.income(PROVINCE)).all()
        assert (earlier.account_total(PROVINCE) == with_it.account_total(PROVINCE)).all()
        assert load_facts(connection, SCHEME).months == (202610,)
        assert [check for check in run_checks(connection) if check.at_fault] == []
    refresh(province, full=True, clock=at(now, 4))
    assert said(province) == after, "a full rebuild gives the same"
    taken = load_entries(province, AGAIN, now)
    assert (taken.state, taken.inserted) == ("loaded", 3), "what was taken back may come again"
    take_back(province, taken, now)
    refresh(province, clock=at(now, 5))
    assert said(province) == after, "a batch that nobody ever saw goes without a trace too"


def test_the_facts_after_a_withdrawal_are_those_of_a_store_without_the_batch(
    province: Engine, sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    taken = load_entries(province, AGAIN, now)
    refresh(province, clock=at(now, 0))
    load_entries(province, [LATER], now)
    take_back(province, taken, now)
    refresh(province, clock=at(now, 1))
    without = open_store(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'without.db')}")
    load_province(without, now)
    load_opening(without, now)
    load_entries(without, [FIRST], now)
    refresh(without, clock=at(now, 0))
    load_entries(without, [LATER], now)
    refresh(without, clock=at(now, 1))
    one, other = said(province), said(without)
    without.dispose()
    assert {name for name in one if one[name] != other[name]} == set()


@pytest.mark.parametrize("target", ROWS)
def test_a_correction_takes_the_rows_place_and_taken_back_gives_it_back(
    sqlite_store: Engine, now: datetime, target: str
) -> None:
    load_province(sqlite_store, now)
    row, change = ROWS[target]
    load_table(sqlite_store, target, [row], now)
    first = said(sqlite_store)[target]
    other = {name: [str(value)] for name, value in {**row, **change}.items()}
    refused = import_rows(sqlite_store, target, other, now=now)
    assert (refused.state, refused.rejections[0].reason) == ("refused", "conflict")
    corrected = import_rows(sqlite_store, target, other, reason="年鉴勘误", now=now)
    assert (corrected.state, corrected.inserted, corrected.corrected) == ("loaded", 1, 1)
    second = said(sqlite_store)[target]
    assert len(first) == len(second) == 1 and first != second
    assert import_rows(sqlite_store, target, other, reason="年鉴勘误", now=now).known == 1
    take_back(sqlite_store, corrected, now)
    assert said(sqlite_store)[target] == first
    table = schema.metadata.tables[target]
    with sqlite_store.connect() as connection:
        assert len(connection.execute(select(table)).all()) == 3, "what was, what took its place, what stands again"


def test_what_a_correction_has_no_column_for_stays_as_it_was(sqlite_store: Engine, now: datetime) -> None:
    load_province(sqlite_store, now)
    load_table(sqlite_store, "disbursement_request", [ROWS["disbursement_request"][0]], now)
    short = {"scheme": SCHEME, "month": "202611", "region": XUANWU, "asked_fen": "387", "asked_on": "2026-10-20"}
    import_rows(sqlite_store, "disbursement_request", {k: [v] for k, v in short.items()}, reason="改", now=now)
    with sqlite_store.connect() as connection:
        (row,) = standing_rows(connection, "disbursement_request")
    assert (row["asked_fen"], row["approved_fen"]) == (387, 300)


def test_an_earlier_version_shows_what_was_corrected_since(province: Engine, now: datetime) -> None:
    """An opening, a plan and a published figure: each as it stood, and as it stands."""
    for target in ("opening_balance", "plan", "published_total"):
        load_table(province, target, [ROWS[target][0]], now)
    first = refresh(province, clock=at(now, 0)).version
    for target in ("opening_balance", "plan", "published_total"):
        row, change = ROWS[target]
        import_rows(province, target, {k: [str(v)] for k, v in {**row, **change}.items()}, reason="勘误", now=now)
    second = refresh(province, clock=at(now, 1)).version
    assert first is not None and second is not None
    with province.connect() as connection:
        plans = load_plans(connection, SCHEME)
        for version, opening, planned, published in ((first, 900, 5_000, "3394.0"), (second, 800, 6_000, "3393.9")):
            assert load_facts(connection, SCHEME, version.id).opening(PROVINCE) == opening
            assert plans.at(version.id).original(XUANWU, "premium", 2026) == planned
            (year,) = load_published_years(connection, "published-pension", version.id)
            assert str(year.values[PROVINCE]["income"].value) == published


def test_master_data_get_back_what_stood_before(sqlite_store: Engine, now: datetime) -> None:
    load_province(sqlite_store, now)
    day: dict[str, object] = {"day": "2026-10-01", "kind": "holiday", "name": "国庆节"}
    load_table(sqlite_store, "calendar_day", [day], now)
    before = said(sqlite_store)["calendar_day"]
    changed = load_table(sqlite_store, "calendar_day", [{**day, "name": "国庆"}, {**day, "day": "2026-10-02"}], now)
    take_back(sqlite_store, changed, now)
    assert said(sqlite_store)["calendar_day"] == before


def test_what_is_signed_built_upon_or_not_there_is_not_taken_back(province: Engine, now: datetime) -> None:
    taken = load_entries(province, AGAIN, now)
    version = refresh(province, clock=at(now, 0)).version
    assert version is not None
    load_entries(province, [reversal(AGAIN[1], "R3")], now)
    with pytest.raises(NotWithdrawn) as refused:
        take_back(province, taken, now)
    assert refused.value.code == "not_withdrawn_built_upon"
    late = load_entries(province, [LATER], now)
    with writing(province) as connection:
        close_month(connection, SCHEME, 202608, signed_by="李某某", signed_at=now, version=version.id)
    with pytest.raises(NotWithdrawn) as refused:
        take_back(province, taken, now)
    assert (refused.value.code, refused.value.parameters["month"]) == ("not_withdrawn_signed", 202608)
    withdrawal = take_back(province, late, now)
    for number in (late.batch, withdrawal, 9_999):
        with pytest.raises(NotWithdrawn) as refused, writing(province) as connection:
            withdraw(connection, number, by="李某某", reason="", now=now)
        assert refused.value.code == "not_withdrawn_not_loaded"
