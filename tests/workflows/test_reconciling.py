"""对账调节: two sides adjusted by their items are equal, items are matched or explained, departments sign what stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from data_access.books.facts import load_facts
from data_access.books.reconciling.statement import Item, State
from data_access.books.versions import current_version
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.department import Department
from rules.scheme import load_scheme
from tests.small_province import (
    PROVINCE,
    QINHUAI,
    SCHEME,
    WUXI,
    XUANWU,
    Entry,
    load_entries,
    load_opening,
    load_province,
    load_table,
)
from workflows.matters.boxes import matters
from workflows.matters.records import Kind
from workflows.people.accounts import By
from workflows.reconciling.months import Change, Reconciled, month_reconciled, sign
from workflows.reconciling.register import ReconcilingRefused, Said, explain, take_back

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
MONTH = 202610
DEPARTMENTS = ("tax", "treasury", "fiscal", "agency")
# What the fund's book collected, by day; all four departments report the same but for what is told below.
COLLECTED = {
    (XUANWU, date(2026, 10, 9)): 1_000,
    (XUANWU, date(2026, 10, 20)): 400,
    (QINHUAI, date(2026, 10, 12)): 300,
    (WUXI, date(2026, 10, 15)): 700,
    (XUANWU, date(2026, 11, 5)): 90,
    (WUXI, date(2026, 11, 6)): 50,
}
# Book, place, day, fen beside the fund's book.
TOLD = (
    # A registered item: the treasury has it in November.
    ("treasury", XUANWU, date(2026, 10, 20), -60),
    ("treasury", XUANWU, date(2026, 11, 5), 60),
    # Booked late by finance, without being registered.
    ("fiscal", QINHUAI, date(2026, 10, 12), -25),
    ("fiscal", QINHUAI, date(2026, 11, 6), 25),
    # Nothing explains what the treasury lacks in Wuxi.
    ("treasury", WUXI, date(2026, 10, 15), -7),
    # The fund's book alone has this twice.
    *((book, XUANWU, date(2026, 10, 9), -500) for book in DEPARTMENTS),
)


def deliver(engine: Engine, more: tuple[Entry, ...] = ()) -> int:
    entries = [
        Entry(f"c{at}", region, "premium_current", "collect", day, fen)
        for at, ((region, day), fen) in enumerate(COLLECTED.items())
    ]
    pooled = Entry("p1", XUANWU, "", "pool", date(2026, 10, 30), 900, source="fiscal")
    load_entries(engine, [*entries, pooled, *more], NOW)
    totals = {(book, *key): fen for book in DEPARTMENTS for key, fen in COLLECTED.items()}
    for book, region, day, fen in TOLD:
        totals[book, region, day] = totals.get((book, region, day), 0) + fen
    rows = [
        {"scheme": SCHEME, "region": region, "day": day, "department": book, "measure": "premium_collected"}
        | {"amount_fen": fen}
        for (book, region, day), fen in totals.items()
    ]
    load_table(engine, "agency_total", rows, NOW)
    item = {"scheme": SCHEME, "ref": "WD-1", "region": XUANWU, "recorded_by": "tax", "missing_at": "treasury"}
    days = {"arose_on": date(2026, 10, 20), "cleared_on": date(2026, 11, 5)}
    load_table(engine, "unreached_item", [{**item, "amount_fen": 60, "reason": "次月到账", **days}], NOW)
    account = {"scheme": SCHEME, "account": "provincial", "region": PROVINCE, "number": "1", "reference": ""}
    stated = [(30, 900, 0, 900), (31, 4, 0, 904)]
    bank = [
        {**account, "day": date(2026, 10, day), "place": 1, "in_fen": into, "out_fen": out, "balance_fen": balance}
        for day, into, out, balance in stated
    ]
    load_table(engine, "bank_statement", bank, NOW)
    refresh(engine, clock=lambda: NOW)
    with engine.connect() as connection:
        version = current_version(connection)
    assert version is not None
    return version.id


@pytest.fixture
def province(store: Engine) -> Engine:
    return prepared(store)


@pytest.fixture
def books(sqlite_store: Engine) -> Engine:
    return prepared(sqlite_store)


def prepared(engine: Engine) -> Engine:
    load_province(engine, NOW)
    load_opening(engine, NOW)
    load_table(
        engine,
        "opening_balance",
        [{"scheme": SCHEME, "account": "provincial", "region": PROVINCE, "amount_fen": 0, "as_of": "2025-12-31"}],
        NOW,
    )
    deliver(engine)
    return engine


def found(engine: Engine) -> Reconciled:
    with engine.connect() as connection:
        version = current_version(connection)
        assert version is not None
        one = month_reconciled(connection, SCHEME, MONTH, version.id)
    assert one is not None
    return one


def by(department: Department, login: str = "") -> By:
    return By(login or f"p-{department}", "某人", department, NOW)


def told(item: Item) -> tuple[str, str, int, State]:
    return item.book, item.region, item.fen, item.state


def test_both_sides_of_every_pair_are_equal_with_their_items_and_differ_by_the_open_ones(province: Engine) -> None:
    one = found(province)
    assert (one.statement.collected_fen, one.statement.pooled_fen, one.statement.transit_fen) == (2_400, 900, 1_500)
    with province.connect() as connection:
        facts = load_facts(connection, SCHEME)
    # What is in transit is what the treasury's account grew by.
    assert int(facts.account(PROVINCE, "treasury")[facts.index(MONTH)]) == one.statement.transit_fen
    assert [told(item) for item in one.statement.items] == [
        ("ledger", XUANWU, -500, State.OPEN),
        ("fiscal", QINHUAI, 25, State.LATE),
        ("treasury", WUXI, 7, State.OPEN),
        ("treasury", XUANWU, 60, State.UNREACHED),
        ("ledger", PROVINCE, 4, State.OPEN),
    ]
    booked = {pair.book: pair.booked_fen for pair in one.statement.pairs}
    assert booked == {"tax": 1_900, "treasury": 1_833, "fiscal": 1_875, "agency": 1_900, "bank": 904}
    assert {pair.difference_fen for pair in one.statement.pairs} == {0}
    # Adjusted by what is settled, the others lack the 500 that the fund's book has twice, the treasury 7 more.
    left = {pair.book: one.difference_fen(pair) for pair in one.statement.pairs}
    assert left == {"tax": -500, "treasury": -507, "fiscal": -500, "agency": -500, "bank": 4}
    for pair in one.statement.pairs:
        of_open = [sum(item.fen for item in of if one.is_open(item)) for of in (pair.own_items, pair.items)]
        assert one.difference_fen(pair) == of_open[0] - of_open[1], pair.book


def test_in_the_month_after_what_arrived_late_is_taken_off(books: Engine) -> None:
    with books.connect() as connection:
        version = current_version(connection)
        assert version is not None
        one = month_reconciled(connection, SCHEME, 202611, version.id)
    assert one is not None
    assert [(item.book, item.fen, item.state) for item in one.statement.items if not item.account] == [
        ("fiscal", -25, State.LATE),
        ("treasury", -60, State.UNREACHED),
    ]
    assert not [pair for pair in one.statement.departments if one.difference_fen(pair)]


def explain_all(engine: Engine) -> None:
    one = found(engine)
    with writing(engine) as connection:
        for item in one.open:
            said = Said("error", "已提请冲销", date(2026, 11, 10))
            explain(connection, SCHEME, MONTH, item, said, one.version, by(Department.TAX))


def refusal(engine: Engine, department: Department, today: date = date(2026, 11, 20)) -> str:
    one = found(engine)
    with pytest.raises(ReconcilingRefused) as refused, writing(engine) as connection:
        sign(connection, SCHEME, one, today, by(department))
    return refused.value.code


def signed(engine: Engine, department: Department) -> None:
    one = found(engine)
    with writing(engine) as connection:
        sign(connection, SCHEME, one, date(2026, 11, 20), by(department))


def test_each_department_signs_once_when_nothing_is_left_to_explain_and_anew_when_data_changed(books: Engine) -> None:
    assert refusal(books, Department.FISCAL) == "reconciling_open"
    explain_all(books)
    one = found(books)
    assert one.open == () and {one.difference_fen(pair) for pair in one.statement.pairs} == {0}
    assert refusal(books, Department.FISCAL, date(2026, 10, 31)) == "reconciling_running"
    assert refusal(books, Department.SOCIAL) == "reconciling_no_side"
    for department in (Department.FISCAL, Department.TAX, Department.TREASURY):
        signed(books, department)
    assert refusal(books, Department.TAX) == "reconciling_signed"
    assert found(books).waiting == (Department.AGENCY,) and not found(books).done
    signed(books, Department.AGENCY)
    assert found(books).done
    # A late entry of the fund's book: what was signed stands no longer, and it is said what changed.
    load_entries(books, [Entry("x", WUXI, "premium_current", "collect", date(2026, 10, 28), 11)], NOW)
    refresh(books, clock=lambda: NOW)
    after = found(books)
    assert after.changes(Department.TAX) == (Change("ledger", 2_400, 2_411),)
    assert set(after.waiting) == set(DEPARTMENTS) and [told(item) for item in after.open] == [
        ("ledger", WUXI, -11, State.OPEN)
    ]


def waiting(engine: Engine) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Of the books what waits: stage, what is said of it, place, for which departments."""
    with engine.connect() as connection:
        every = matters(connection, [load_scheme(SCHEME)], NOW)
    return [
        (one.waiting[0].stage, str(getattr(one.record, "count", "")), one.region, tuple(one.departments))
        for one in every
        if one.kind is Kind.RECONCILING
    ]


def test_items_wait_for_those_who_keep_the_book_then_the_statement_for_those_whose_signature_stands_not(
    books: Engine,
) -> None:
    every = ("fiscal", "tax", "treasury", "agency")
    assert waiting(books) == [
        ("open", "1", PROVINCE, ("fiscal", "agency")),
        ("open", "1", XUANWU, every),
        ("open", "1", WUXI, ("treasury",)),
    ]
    explain_all(books)
    assert [one[0] for one in waiting(books)] == ["unsigned", *["expired"] * 3]
    assert waiting(books)[0] == ("unsigned", "", PROVINCE, every)
    for department in (Department.FISCAL, Department.TAX, Department.TREASURY):
        signed(books, department)
    assert waiting(books)[0] == ("unsigned", "", PROVINCE, ("agency",))
    signed(books, Department.AGENCY)
    assert [one[0] for one in waiting(books)] == ["expired"] * 3
    # A late entry of the fund's book is everybody's to explain; then all sign anew.
    more = [Entry("y", WUXI, "premium_current", "collect", date(2026, 10, 28), 11)]
    load_entries(books, more, NOW)
    refresh(books, clock=lambda: NOW)
    assert waiting(books)[0] == ("open", "1", WUXI, every)
    one = found(books)
    with writing(books) as connection:
        explain(connection, SCHEME, MONTH, one.open[0], Said("other", "补记"), one.version, by(Department.TAX))
    assert waiting(books)[0] == ("unsigned", "", PROVINCE, every)


def test_an_explanation_stands_once_and_is_taken_back_on_record(books: Engine) -> None:
    explain_all(books)
    one = found(books)
    item = next(item for item in one.statement.items if item.region == WUXI)
    with pytest.raises(ReconcilingRefused) as refused, writing(books) as connection:
        explain(connection, SCHEME, MONTH, item, Said("other", "又说"), one.version, by(Department.TREASURY))
    assert refused.value.code == "reconciling_explained"
    with writing(books) as connection:
        take_back(connection, SCHEME, MONTH, item, "说错了", one.version, by(Department.TREASURY))
    assert found(books).open == (item,)
    with pytest.raises(ReconcilingRefused) as refused, writing(books) as connection:
        take_back(connection, SCHEME, MONTH, item, "再撤", one.version, by(Department.TREASURY))
    assert refused.value.code == "reconciling_not_explained"
