"""What becomes of deposits is decided once at a time and stays on record; what is decided is in the cash plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from data_access.books.funds import Deposit, load_deposits
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.errors import StaleRow
from rules.scheme import load_scheme
from tests.small_province import PROVINCE, SCHEME, load_province, load_table
from workflows.cash.decisions import (
    DecisionRefused,
    NewDecision,
    Use,
    decide,
    decisions,
    holding,
    name_in_addresses,
)
from workflows.matters.boxes import matters
from workflows.matters.records import Kind
from workflows.people.accounts import By

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BY = By("finance", "李某", "fiscal", NOW)
YI = 10**10
HELD = Deposit("DQ-2", PROVINCE, "deposit", "甲银行", 5 * YI, "0.012", date(2025, 12, 1), date(2026, 12, 8), "bond")
AGAIN = NewDecision(Use.REDEPOSIT, "期限合适", 6 * YI, 12, "乙银行")


def test_the_newest_decision_holds_and_those_before_stay_on_record(store: Engine) -> None:
    with writing(store) as connection:
        decide(connection, SCHEME, HELD, AGAIN, 0, BY)
        (first,) = decisions(connection, SCHEME)
        decide(connection, SCHEME, HELD, NewDecision(Use.KEEP, "春节用款"), first.id, BY)
        every = decisions(connection, SCHEME)
        assert [(one.what, one.amount_fen, one.term_months, one.bank) for one in every] == [
            ("redeposit", 6 * YI, 12, "乙银行"),
            ("keep", None, None, None),
        ]
        assert holding(every)["DQ-2"].what == Use.KEEP and decisions(connection, "shanxi-pension") == ()


def test_who_looked_at_an_older_decision_decides_nothing(sqlite_store: Engine) -> None:
    with writing(sqlite_store) as connection:
        decide(connection, SCHEME, HELD, AGAIN, 0, BY)
        with pytest.raises(StaleRow):
            decide(connection, SCHEME, HELD, NewDecision(Use.KEEP, "另一人"), 0, BY)
        assert [one.what for one in decisions(connection, SCHEME)] == ["redeposit"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"matures_on": date(2026, 11, 19)}, "deposit_matured"),
        ({"account": "legacy_deposit"}, "deposit_other"),
    ],
)
def test_nothing_is_decided_of_what_has_matured_or_is_not_the_provinces(
    sqlite_store: Engine, changes: dict[str, object], code: str
) -> None:
    with writing(sqlite_store) as connection:
        with pytest.raises(DecisionRefused) as refused:
            decide(connection, SCHEME, replace(HELD, **changes), AGAIN, 0, BY)  # type: ignore[arg-type]
        assert refused.value.code == code and decisions(connection, SCHEME) == ()
        # On the day itself it can still be.
        decide(connection, SCHEME, replace(HELD, matures_on=date(2026, 11, 20)), AGAIN, 0, BY)


def test_a_deposit_waits_for_finance_until_it_is_decided_and_when_left_open(sqlite_store: Engine) -> None:
    load_province(sqlite_store, NOW)
    row = {
        "scheme": SCHEME,
        "region": PROVINCE,
        "account": "deposit",
        "bank": "甲银行",
        "amount_fen": YI,
        "rate": "0.01",
    }
    rows = [
        {**row, "ref": "DQ-1", "starts_on": "2026-01-05", "matures_on": "2026-12-20", "kind": "bond"},
        {**row, "ref": "DQ-3", "starts_on": "2026-01-05", "matures_on": "2026-12-21", "kind": ""},
        {
            **row,
            "ref": "DQ-4",
            "starts_on": "2026-01-05",
            "matures_on": "2026-12-01",
            "account": "legacy_deposit",
            "kind": "",
        },
    ]
    load_table(sqlite_store, "deposit", rows, NOW)
    refresh(sqlite_store, clock=lambda: NOW)
    with writing(sqlite_store) as connection:

        def waiting() -> list[tuple[str, str]]:
            every = matters(connection, [load_scheme(SCHEME)], NOW)
            return [(one.number, one.waiting[0].stage) for one in every if one.kind is Kind.DEPOSIT]

        # Thirty days ahead, and no further; what is no deposit of the province waits for nobody here.
        only = [(name_in_addresses("DQ-1"), "undecided")]
        assert waiting() == only
        held = {one.ref: one for one in load_deposits(connection, SCHEME, None)}
        assert (held["DQ-1"].kind, held["DQ-3"].kind) == ("bond", None)
        decide(connection, SCHEME, held["DQ-1"], NewDecision(Use.OPEN, "待报价"), 0, BY)
        assert waiting() == only
        (opened,) = decisions(connection, SCHEME)
        decide(connection, SCHEME, held["DQ-1"], AGAIN, opened.id, BY)
        assert waiting() == []
