"""月度定稿: a month is signed with its checklist, and taken back by two people."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from data_access.books.facts import load_facts
from data_access.books.versions import MonthClose, close_month, closes, current_version, reading, restatements
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.scheme import load_scheme
from tests.small_province import (
    COLLECTED,
    OCTOBER,
    PROVINCE,
    SCHEME,
    XUANWU,
    Entry,
    load_entries,
    load_opening,
    load_province,
    load_table,
)
from workflows.closing.checklist import Point, State, load_checklist
from workflows.closing.register import (
    MonthRefused,
    ask_reopening,
    asked,
    decide_reopening,
    load_steps,
    sign,
    withdraw_reopening,
)
from workflows.matters.boxes import matters
from workflows.matters.records import Kind
from workflows.people.accounts import By

MONTH = 202610


def points(engine: Engine, now: datetime) -> dict[str, Point]:
    with reading(engine) as connection:
        newest = current_version(connection)
        assert newest is not None
        return {one.code: one for one in load_checklist(connection, SCHEME, MONTH, newest.id, now)}


def published(engine: Engine, now: datetime) -> int:
    found = refresh(engine, full=True, clock=lambda: now).version
    assert found is not None
    return found.id


def signed(engine: Engine, now: datetime, why: str = "来源另报") -> MonthClose:
    version, found = published(engine, now), points(engine, now)
    with writing(engine) as connection:
        return sign(connection, SCHEME, MONTH, version, [*found.values()], why, By("a", "甲", "social", now))


@pytest.fixture
def province(store: Engine, now: datetime) -> Engine:
    load_province(store, now)
    return store


def test_each_point_is_met_only_by_what_it_asks_for(province: Engine, now: datetime) -> None:
    load_entries(province, [COLLECTED], now - timedelta(days=36))
    published(province, now)
    found = points(province, now)
    assert found["opening"].state is State.NOT_MET and "balances" not in found
    load_opening(province, now)
    published(province, now)
    found = points(province, now)
    assert {code for code, one in found.items() if one.state is State.MET} == {
        "opening", "balances", "form", "waiting", "refused",
    }  # fmt: skip
    # The finance side never delivered, the tax side not since the middle of the month, and no department's books are there
    # to compare: silence is no health.
    assert found["sources"].named == ("fiscal", "tax") and found["books"].state is State.UNKNOWN
    wrong = Entry("9", "320199", "premium_current", "collect", OCTOBER, 5)
    load_entries(province, [wrong], now, source="tax")
    total = {"scheme": SCHEME, "region": XUANWU, "day": "2026-10-31", "measure": "premium_collected"}
    for department, fen in (("tax", 50_000), ("treasury", 49_000)):
        load_table(province, "agency_total", [{**total, "department": department, "amount_fen": fen}], now)
    published(province, now)
    found = points(province, now)
    assert found["refused"].state is State.NOT_MET and found["refused"].open == 1
    assert found["books"].state is State.NOT_MET and found["books"].named == (XUANWU,)
    assert found["signatures"].named == ("tax", "treasury")
    assert found["books"].to_explain and not found["balances"].to_explain
    load_entries(province, [replace(wrong, region=XUANWU)], now)
    found = points(province, now)
    assert found["refused"].state is State.MET and found["sources"].named == ("fiscal",)  # sent again, whole


def test_nothing_is_signed_unmet_or_unexplained(province: Engine, now: datetime) -> None:
    load_entries(province, [COLLECTED], now)
    with pytest.raises(MonthRefused) as unmet:
        signed(province, now)
    load_opening(province, now)
    with pytest.raises(MonthRefused) as unexplained:
        signed(province, now, why=" ")
    assert [unmet.value.code, unexplained.value.code] == ["month_unmet", "month_unexplained"]
    close = signed(province, now)
    with province.connect() as connection:
        (step,) = load_steps(connection, SCHEME)
        assert closes(connection, SCHEME) == (close,)
    assert (step.step, step.version, step.text) == ("sign", close.version, "来源另报")
    assert step.points == tuple(points(province, now).values())


def test_a_signature_is_taken_back_by_two_and_the_month_signed_anew(province: Engine, now: datetime) -> None:
    load_opening(province, now)
    load_entries(province, [COLLECTED], now)
    first = signed(province, now)
    ask, decide = By("a", "甲", "social", now), By("b", "乙", "fiscal", now + timedelta(minutes=1))

    def refused(code: str, done: object, *given: object) -> None:
        with writing(province) as connection, pytest.raises(MonthRefused) as problem:
            done(connection, SCHEME, *given)  # type: ignore[operator]
        assert problem.value.code == code

    refused("month_not_last", ask_reopening, 202609, "漏报", ask)
    refused("month_not_asked", decide_reopening, MONTH, True, "同意", decide)
    with writing(province) as connection:
        ask_reopening(connection, SCHEME, MONTH, "漏报", ask)
    refused("month_asked", ask_reopening, MONTH, "漏报", decide)
    refused("month_second", decide_reopening, MONTH, True, "同意", ask)
    refused("month_not_own", withdraw_reopening, MONTH, "", decide)
    with writing(province) as connection:
        decide_reopening(connection, SCHEME, MONTH, False, "更正可以另列", decide)
        assert closes(connection, SCHEME) == (first,) and asked(load_steps(connection, SCHEME), MONTH) is None
        ask_reopening(connection, SCHEME, MONTH, "漏报整市", ask)
        (waits,) = (one for one in matters(connection, [load_scheme(SCHEME)], decide.at) if one.kind is Kind.MONTH)
        assert waits.waiting[0].stage == "reopening" and waits.waiting[0].but == {"a"}
        decide_reopening(connection, SCHEME, MONTH, True, "情况属实", decide)
        assert closes(connection, SCHEME) == ()
    # What came in meanwhile is in the month signed anew, and no correction of it.
    late = Entry("2", XUANWU, "premium_current", "collect", OCTOBER, 7)
    load_entries(province, [late], now)
    again = signed(province, now + timedelta(minutes=2))
    assert again.version > first.version
    with reading(province) as connection:
        assert restatements(connection, SCHEME) == ()
        assert load_facts(connection, SCHEME, again.version).income(PROVINCE).tolist() == [50_007]
        assert [one.step for one in load_steps(connection, SCHEME)] == [
            "sign", "ask", "decline", "ask", "reopen", "sign",
        ]  # fmt: skip


def test_a_reopened_month_is_judged_at_the_next_refresh_and_its_signature_kept_though_it_had_no_list(
    province: Engine, now: datetime
) -> None:

    load_opening(province, now)
    load_entries(province, [COLLECTED], now)
    version = published(province, now)
    with writing(province) as connection:
        close_month(connection, SCHEME, MONTH, signed_by="李某某", signed_at=now, version=version)
    assert refresh(province, clock=lambda: now + timedelta(minutes=1)).version is None
    later = now + timedelta(minutes=2)
    with writing(province) as connection:
        ask_reopening(connection, SCHEME, MONTH, "漏报", By("a", "甲", "social", later))
        decide_reopening(connection, SCHEME, MONTH, True, "同意", By("b", "乙", "fiscal", later))
        kept = next(one for one in load_steps(connection, SCHEME) if one.step == "sign")
    assert (kept.name, kept.version, kept.points) == ("李某某", version, None)
    assert refresh(province, clock=lambda: later + timedelta(minutes=1)).version is not None
