"""用款与拨付: what lies between request and payment adds up, whatever came late, back, or in another month."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Engine

from data_access.books.facts import Facts, Series, load_facts
from data_access.books.regions import RegionTree, load_tree
from data_access.books.requests import WAY, Chain, Payments, Request, Requests, load_days, load_requests
from data_access.intake.importers.withdrawal import withdraw
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.movements import Account, legs
from rules.scheme import load_scheme
from tests.small_province import (
    LIANGXI,
    NANJING,
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

OCTOBER, NOVEMBER = 202610, 202611
DUE, LAST = date(2026, 10, 10), date(2026, 10, 31)
UNITS = (XUANWU, QINHUAI, LIANGXI)


@pytest.fixture
def tree(sqlite_store: Engine, now: datetime) -> RegionTree:
    load_province(sqlite_store, now)
    with sqlite_store.connect() as connection:
        return load_tree(connection, load_scheme(SCHEME))


moved = st.tuples(st.sampled_from(UNITS), st.sampled_from(WAY), st.integers(1, 31), st.integers(-(10**6), 10**12))


def chains(
    tree: RegionTree, rows: list[tuple[str, str, int, int]], asked: dict[str, tuple[int, int]]
) -> dict[str, Chain]:
    """The month of some movements and requests, its accounts rolled up apart from the days."""
    scheme = load_scheme(SCHEME)
    days: dict[tuple[str, str], Counter[date]] = defaultdict(Counter)
    accounts: dict[str, Series] = {Account.EXPENDITURE: np.zeros((len(tree.codes), 1), dtype=np.int64)}
    for region, movement, day, fen in rows:
        days[region, movement][date(2026, 10, day)] += fen
        for account, sign in legs(movement, scheme.disburse_account):
            if account == Account.EXPENDITURE:
                accounts[Account.EXPENDITURE][tree.codes.index(region), 0] += sign * fen
    opening: dict[str, Series] = {Account.EXPENDITURE: np.full((len(tree.codes), 1), 7, dtype=np.int64)}
    facts = Facts(scheme, tree, 1, (OCTOBER,), {}, accounts, opening, 1)
    own = {(code, OCTOBER): Request(code, OCTOBER, fen, left, DUE, DUE) for code, (fen, left) in asked.items()}
    found = Payments(facts, Requests(tree, own), days, OCTOBER, DUE, LAST)
    return {code: found.of(code) for code in tree.codes}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(moved, max_size=14),
    asked=st.dictionaries(st.sampled_from(UNITS), st.tuples(st.integers(0, 10**12), st.integers(0, 10**12))),
)
def test_a_month_adds_up_from_the_request_to_the_people_and_from_units_to_the_whole(
    tree: RegionTree, rows: list[tuple[str, str, int, int]], asked: dict[str, tuple[int, int]]
) -> None:
    found = chains(tree, rows, asked)
    for code, one in found.items():
        if one.asked_fen is not None:
            assert one.cut_fen is not None and one.off_fen is not None
            assert one.asked_fen - one.cut_fen - one.off_fen - one.late_fen - one.kept_fen == one.paid_fen
        assert one.difference_fen == one.late_fen + one.kept_fen == one.disbursed_fen - one.paid_fen
        assert one.opening_fen is not None
        flow = one.arrived_fen + one.recovered_fen - one.paid_fen - one.returned_fen
        assert one.opening_fen + flow == one.closing_fen
        below = [found[child] for child in tree.children(code)]
        if below and code not in UNITS:  # a merged county hangs below its successor
            for name in ("disbursed_fen", "arrived_fen", "on_time_fen", "paid_fen", "difference_fen"):
                assert getattr(one, name) == sum(getattr(child, name) for child in below)


def test_money_sent_in_time_and_there_later_is_late_and_what_is_sent_later_is_not(tree: RegionTree) -> None:
    rows = [
        (XUANWU, "disburse", 8, 100),
        (XUANWU, "local_disburse", 9, 90),
        (XUANWU, "local_disburse", 13, 10),
        (QINHUAI, "disburse", 8, 50),
        (QINHUAI, "local_disburse", 10, 50),
        (QINHUAI, "disburse", 17, 20),  # back pay
        (QINHUAI, "local_disburse", 21, 20),
        (LIANGXI, "disburse", 8, 30),
    ]
    found = chains(tree, rows, {})
    assert (found[NANJING].late, found[NANJING].late_fen, found[NANJING].arrived_on) == (
        (XUANWU,),
        10,
        date(2026, 10, 13),
    )
    assert found[QINHUAI].arrived_on == date(2026, 10, 10)
    assert (found[WUXI].late, found[WUXI].late_fen, found[WUXI].arrived_on) == ((LIANGXI,), 30, None)
    assert found[PROVINCE].on_time_fen == 90 + 50 + 20 and found[PROVINCE].late == (XUANWU, LIANGXI)


def test_the_month_is_read_as_a_version_knew_it(store: Engine, now: datetime) -> None:
    load_province(store, now)
    load_opening(store, now)
    sent = Entry("1", XUANWU, "", "disburse", date(2026, 10, 8), 100, source="fiscal")
    there = Entry("2", XUANWU, "", "local_disburse", date(2026, 10, 9), 100, source="fiscal")
    paid = Entry("3", XUANWU, "pension", "pay", date(2026, 10, 10), 90, source="fiscal")
    ahead = Entry("4", XUANWU, "", "disburse", date(2026, 10, 30), 70, source="fiscal")
    load_entries(store, [sent, there, paid, ahead], now)
    request = {"scheme": SCHEME, "month": NOVEMBER, "region": XUANWU, "asked_fen": 80, "asked_on": "2026-10-20"}
    load_table(store, "disbursement_request", [request], now)
    first = refresh(store, clock=lambda: now).version
    late = load_entries(store, [Entry("5", XUANWU, "", "return", date(2026, 10, 30), 4, source="fiscal")], now)
    second = refresh(store, clock=lambda: now).version
    assert first is not None and second is not None
    with writing(store) as connection:
        withdraw(connection, late.batch, by="zhang", reason="重复", now=now)
    third = refresh(store, clock=lambda: now).version
    assert third is not None
    returned = []
    with store.connect() as connection:
        tree = load_tree(connection, load_scheme(SCHEME))
        for version in (first.id, second.id, third.id):
            facts = load_facts(connection, SCHEME, version)
            requests = load_requests(connection, SCHEME, tree, version)
            days = load_days(connection, SCHEME, OCTOBER, version)
            one = Payments(facts, requests, days, OCTOBER, DUE, LAST).of(NANJING)
            assert one.closing_fen == 100 - 90 - one.returned_fen
            # What was sent at the month's end for the next stands in the month it was sent.
            assert (one.disbursed_fen, one.arrived_fen, one.paid_fen, one.asked_fen) == (170, 100, 90, None)
            returned.append(one.returned_fen)
    assert returned == [0, 4, 0]
