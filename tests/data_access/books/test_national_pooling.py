"""全国统筹调剂: what was entered of a year beside what the ledger booked; nothing entered is no zero."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Engine

from data_access.books.central.pooling import FlowOfYear, flows_of, load_payments
from data_access.books.facts import load_facts
from monitoring.refresh import refresh
from tests.small_province import PROVINCE, SCHEME, Entry, load_entries, load_province, load_table


def payment(flow: str, stage: str, number: int, fen: int, year: int = 2025) -> dict[str, object]:
    kept = {"scheme": SCHEME, "year": year, "flow": flow, "stage": stage, "number": number, "amount_fen": fen}
    return {**kept, "paid_on": f"{year}-11-10", "document": f"{flow} {number}"}


def test_each_flow_stands_by_stage_beside_the_items_of_the_ledger(store: Engine, now: datetime) -> None:
    load_province(store, now)
    days = (date(2024, 12, 31), date(2025, 3, 20), date(2025, 12, 30))
    paid = [Entry(f"up{at}", PROVINCE, "to_above", "remit", day, 40, source="fiscal") for at, day in enumerate(days)]
    got = Entry("sub", PROVINCE, "subsidy_central", "receive", days[1], 900, source="fiscal")
    load_entries(store, [*paid, got], now)
    given = [
        payment("contribution", "prepaid", 1, 50),
        payment("contribution", "prepaid", 2, 45),
        payment("contribution", "settled", 1, -15),
        payment("subsidy", "prepaid", 1, 901),
    ]
    load_table(store, "national_pooling", given, now)
    first = refresh(store, clock=lambda: now).version
    load_table(store, "national_pooling", [payment("allocation", "prepaid", 1, 7)], now)
    later = refresh(store, clock=lambda: now).version
    assert first is not None and later is not None
    with store.connect() as connection:
        facts = load_facts(connection, SCHEME)
        known = {one.id: load_payments(connection, SCHEME, one.id) for one in (first, later)}
    up, down, subsidy = flows_of(known[first.id], facts, 2025)
    assert up == FlowOfYear("contribution", 95, -15, 80) and (up.total_fen, up.difference_fen) == (80, 0)
    assert down == FlowOfYear("allocation", None, None, 0) and (down.total_fen, down.difference_fen) == (None, None)
    assert subsidy.difference_fen == 1
    assert flows_of(known[later.id], facts, 2025)[1].difference_fen == 7
    assert [one.ledger_fen for one in flows_of((), facts, 2026)] == [None, None, None]
