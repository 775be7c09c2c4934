"""What is still to be handed over: bands of ages and rows of quarters are the accounts' balances, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from data_access.books.facts import Facts, load_facts
from data_access.books.handover.legacy import Strayed, load_checked
from data_access.books.handover.quarterly import LocalAccount, Quarter, local_accounts
from data_access.books.treasury import Ages, load_ages
from monitoring.refresh import refresh
from rules.movements import Account
from tests.small_province import (
    NANJING,
    OWN,
    PROVINCE,
    SCHEME,
    WUXI,
    XUANWU,
    Entry,
    load_entries,
    load_opening,
    load_province,
    load_table,
)

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY = date(2026, 10, 31)


def moved(ref: str, movement: str, day: date, fen: int, region: str = XUANWU, item: str = "") -> Entry:
    return Entry(ref, region, item, movement, day, fen, source="tax" if movement == "collect" else "fiscal")


ENTRIES = (
    # In the treasury of Xuanwu: 100 − 40 pooled, so all of October 31 and 20, and 20 of September 1.
    moved("c1", "collect", date(2026, 9, 1), 60, item="premium_current"),
    moved("c2", "collect", date(2026, 10, 20), 30, item="premium_current"),
    moved("c3", "collect", date(2026, 10, 31), 10, item="premium_current"),
    moved("p1", "pool", date(2026, 10, 31), 40),
    # Wuxi refunded more than it collected.
    moved("c4", "collect", date(2026, 10, 12), -7, WUXI, "premium_current"),
    # Transfers of the second and third quarter; what was handed up pays the older first. 50 disbursed, 20 passed on.
    moved("r1", "local_receive", date(2026, 5, 8), 80, item="transfer_in"),
    moved("r2", "local_receive", date(2026, 8, 8), 50, item="transfer_in"),
    moved("l1", "local_pool", date(2026, 7, 9), 100),
    moved("r3", "local_receive", date(2026, 8, 8), 25, WUXI, "transfer_in"),
    # What Wuxi handed up pays what it held before the year, and nothing of its third quarter.
    moved("l2", "local_pool", date(2026, 10, 9), 10, WUXI),
    moved("d1", "disburse", date(2026, 10, 9), 50),
    moved("d2", "local_disburse", date(2026, 10, 12), 20),
    # Of the legacy balance 30 were handed over, 200 deposited.
    moved("h1", "legacy_transfer", date(2026, 6, 9), 30, OWN),
    moved("h2", "legacy_deposit", date(2026, 6, 10), 200, OWN),
)


def in_account(account: str, region: str, fen: int) -> dict[str, object]:
    return {"scheme": SCHEME, "account": account, "region": region, "amount_fen": fen, "as_of": "2025-12-31"}


def bank(day: str, place: int, out: int, balance: int, back: int = 0) -> dict[str, object]:
    names = {"scheme": SCHEME, "account": "local_legacy", "region": OWN, "number": "1", "reference": ""}
    return {**names, "day": day, "place": place, "in_fen": back, "out_fen": out, "balance_fen": balance}


@pytest.fixture
def facts(store: Engine) -> Facts:
    load_province(store, NOW)
    load_opening(store, NOW)
    load_table(
        store, "opening_balance", [in_account("local_legacy", OWN, 500), in_account("local_fiscal", WUXI, 10)], NOW
    )
    load_entries(store, ENTRIES, NOW)
    stated = [bank("2026-06-09", 1, 30, 470), bank("2026-06-10", 1, 200, 270), bank("2026-09-03", 1, 12, 258)]
    stated.append(bank("2026-09-20", 1, 0, 270, back=12))
    load_table(store, "bank_statement", stated, NOW)
    refresh(store, clock=lambda: NOW)
    with store.connect() as connection:
        return load_facts(connection, SCHEME)


def test_bands_of_ages_and_what_is_below_zero_are_the_treasurys_balance(store: Engine, facts: Facts) -> None:
    with store.connect() as connection:
        ages = load_ages(connection, facts, DAY, facts.version)
        assert ages == load_ages(connection, facts, DAY), "as known to a version, and of the roll-ups at hand"
    # 31 October 0 days, 20 October 11, 1 September 60.
    assert ages[XUANWU] == Ages((10, 0, 30, 20), date(2026, 9, 1), 0)
    assert ages[PROVINCE] == Ages((10, 0, 30, 20), date(2026, 9, 1), -7)
    at = facts.index(202610)
    for region, one in ages.items():
        assert one.balance_fen == int(facts.account(region, Account.TREASURY)[at]), region


def test_quarters_what_came_before_and_what_was_disbursed_are_the_local_accounts_balance(facts: Facts) -> None:
    found = local_accounts(facts, 202610)
    second = Quarter(date(2026, 6, 30), date(2026, 7, 15), 80, 80)
    third = Quarter(date(2026, 9, 30), date(2026, 10, 15), 50, 20)
    assert found[XUANWU].quarters[1:3] == (second, third)
    assert (third.left_fen, third.overdue_fen(date(2026, 10, 15)), third.overdue_fen(DAY)) == (30, 0, 30)
    # What Xuanwu handed up early pays nothing of Wuxi's.
    assert [one.left_fen for one in found[PROVINCE].quarters] == [0, 0, 55, 0]
    assert found[NANJING].disbursed_fen == 30
    at = facts.index(202610)
    for region, one in found.items():
        assert isinstance(one, LocalAccount)
        assert one.balance_fen == int(facts.account(region, Account.LOCAL_FISCAL)[at]), region


def test_an_outflow_that_is_neither_handed_over_nor_deposited_is_found_in_either_book(
    store: Engine, facts: Facts
) -> None:
    with store.connect() as connection:
        found = load_checked(connection, facts, facts.tree.subtree(PROVINCE), 202610)
        assert (found.entries, found.accounts, found.lines) == (2, 1, 4)
        # What came back is no outflow.
        assert [(line.day, line.fen) for line in found.unbooked] == [(date(2026, 9, 3), -12)]
        assert found.strayed == ()
        # The ledger's account loses what no movement explains.
        facts._accounts[Account.LOCAL_LEGACY][facts._row[OWN], facts.index(202608)] -= 9
        strayed = load_checked(connection, facts, [OWN], 202610).strayed
    assert strayed == (Strayed(OWN, 202608, 9),)
