"""Bank statements beside the ledger: entries are paired by amount, days and reference, and the rest of both is listed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
from sqlalchemy import Engine

from data_access.books.bank import DAYS_APART, Line, load_matched, matched
from data_access.books.facts import load_facts
from data_access.intake.importers import import_rows
from tests.data_access.books.test_reported import columns
from tests.data_access.intake.test_further_inputs import make_public

NOW = datetime(2026, 10, 10, 4, tzinfo=UTC)
SCHEME = "jiangsu-pension"


def line(book: str, day: int, fen: int, reference: str = "") -> Line:
    return Line(book, "320102", date(2026, 9, day), fen, reference, "", 1, None)  # type: ignore[arg-type]


def test_entries_are_paired_once_each_by_reference_before_the_nearest_day() -> None:
    bank = [line("bank", 3, -100), line("bank", 4, -100, "P1"), line("bank", 9, 50), line("bank", 20, 7)]
    ledger = [line("ledger", 3, -100, "P1"), line("ledger", 4, -100), line("ledger", 12, 50), line("ledger", 24, 7)]
    both, rest = matched(bank, ledger)
    assert len(both) == 3, "9 and 12 September are three days apart"
    assert [(one.book, one.day.day) for one in rest] == [("bank", 20), ("ledger", 24)]


days = st.integers(1, 28)
books = st.lists(st.tuples(days, st.sampled_from([-200, -100, 100])), max_size=12)


@settings(max_examples=60, deadline=None)
@given(bank=books, ledger=books)
def test_nothing_is_lost_or_paired_twice_and_what_is_left_could_not_be_paired(
    bank: list[tuple[int, int]], ledger: list[tuple[int, int]]
) -> None:
    ours, theirs = [line("bank", *one) for one in bank], [line("ledger", *one) for one in ledger]
    both, rest = matched(ours, theirs)
    left = {book: [one for one in rest if one.book == book] for book in ("bank", "ledger")}
    assert len(both) + len(left["bank"]) == len(bank) and len(both) + len(left["ledger"]) == len(ledger)
    near = timedelta(DAYS_APART)
    assert not [(a, b) for a in left["bank"] for b in left["ledger"] if a.fen == b.fen and abs(a.day - b.day) <= near]


def test_an_account_is_compared_with_the_ledgers_own_entries_and_balance(ready: Engine, entry: Any) -> None:
    opening = {
        "scheme": SCHEME,
        "account": "expenditure",
        "region": "320102",
        "amount_fen": "1000",
        "as_of": "2025-12-31",
    }
    assert import_rows(ready, "opening_balance", columns(opening), now=NOW).state == "loaded"
    booked = [("2026-08-30", "500", "A"), ("2026-09-10", "300", "B"), ("2026-09-28", "20", "C")]
    usual = {"item": "pension", "movement": "pay", "source": "js-agency", "booked_at": ""}
    rows = [entry(**usual, business_date=day, amount_fen=fen, source_ref=ref) for day, fen, ref in booked]
    assert import_rows(ready, "ledger_entry", columns(*rows), now=NOW).state == "loaded"
    item = {"scheme": SCHEME, "ref": "WD-1", "region": "320102", "recorded_by": "agency", "missing_at": "fiscal"}
    item |= {"amount_fen": "20", "reason": "次月到账", "arose_on": "2026-09-28", "cleared_on": ""}
    assert import_rows(ready, "unreached_item", columns(item), now=NOW).state == "loaded"
    bank = {"scheme": SCHEME, "account": "expenditure", "region": "320102", "number": "1", "reference": ""}
    stated = [("2026-09-02", "0", "500", "500"), ("2026-09-12", "0", "300", "200"), ("2026-09-29", "6", "0", "206")]
    rows = [
        {**bank, "day": day, "place": "1", "in_fen": into, "out_fen": out, "balance_fen": balance}
        for day, into, out, balance in stated
    ]
    assert import_rows(ready, "bank_statement", columns(*rows), now=NOW).state == "loaded"
    version = make_public(ready, NOW)
    with ready.connect() as connection:
        (one,) = load_matched(connection, load_facts(connection, SCHEME, version), 202609)
        assert load_matched(connection, load_facts(connection, SCHEME, version), 202608) == ()
    # 30 August and 2 September are three days apart; what was paid on the 28th has an open item.
    assert (one.both, [(line.book, line.fen, line.unreached) for line in one.rest]) == (
        2,
        [("ledger", -20, "WD-1"), ("bank", 6, "")],
    )
    assert (one.balance_fen, one.ledger_fen, one.difference_fen) == (206, 180, 26)
    # The bank's 206 and what only the ledger has, −20, are what the ledger's 180 and what only the bank has, 6, make.
    assert (one.only("bank"), one.only("ledger"), one.carried_fen) == (6, -20, 0)
    assert one.balance_fen + one.only("ledger") == 180 + one.only("bank") + 0
