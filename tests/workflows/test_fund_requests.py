"""用款计划: needs, application, review, order, and what was not paid out, each step by the right person and once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine

from data_access.books.regions import RegionTree, load_tree
from data_access.store.engine import writing
from rules.errors import PoolwatchError, StaleRow
from rules.scheme import load_scheme
from tests.small_province import (
    LIANGXI,
    NANJING,
    OWN,
    PROVINCE,
    QINHUAI,
    SCHEME,
    WUXI,
    XUANWU,
    load_province,
    load_table,
)
from workflows.fund_requests import steps
from workflows.fund_requests.register import MonthRequests, asking_units, load_month
from workflows.fund_requests.steps import FundStepRefused, Line, Said
from workflows.matters.boxes import matters
from workflows.matters.records import Kind, Matter
from workflows.matters.turns import turns_of
from workflows.people.accounts import Account, By, Role

NOW = datetime(2026, 11, 16, 2, 15, tzinfo=UTC)
NEXT, LAST = 202612, 202610
UNITS = ("320000-0", OWN, XUANWU, QINHUAI, LIANGXI)
AGENCY, FINANCE = By("agency", "经办", "agency", NOW), By("finance", "财政", "fiscal", NOW)
PLACE = By("nanjing", "南京经办", "agency", NOW)


@pytest.fixture
def connection(sqlite_store: Engine, now: datetime) -> Iterator[Connection]:
    load_province(sqlite_store, now)
    with writing(sqlite_store) as connection:
        yield connection


def register(connection: Connection, month: int = NEXT) -> MonthRequests:
    return load_month(connection, SCHEME, PROVINCE, month)


def applied(connection: Connection) -> MonthRequests:
    lines = {code: Line(100 * (at + 1), 0) for at, code in enumerate(UNITS)}
    found = steps.report_needs(connection, register(connection), lines, "", PLACE)
    return steps.apply(connection, found, UNITS, Said(amount_fen=1500), 0, AGENCY)


def test_a_month_goes_from_the_needs_to_the_order_and_keeps_every_version(store: Engine, now: datetime) -> None:
    load_province(store, now)
    with writing(store) as connection:
        found = applied(connection)
        assert found.state == "submitted" and found.line_fen(XUANWU) == 300
        found = steps.cut(connection, found, {XUANWU: Line(250, 1)}, "重复申报", FINANCE)
        found = steps.send_back(connection, found, Said("请核对玄武区"), 1, FINANCE)
        assert found.state == "returned" and found.drafted
        later = By("agency", "经办", "agency", datetime(2026, 11, 17, 2, 15, tzinfo=UTC))
        found = steps.draw_lines(connection, found, {XUANWU: Line(280, 2)}, "按实有人数", later)
        found = steps.apply(connection, found, UNITS, Said(amount_fen=1480), 2, later)
        # What was cut before it came back counts no longer.
        assert (found.line_fen(XUANWU), found.approved_fen(XUANWU), found.cut(XUANWU)) == (280, 280, None)
        after = By("finance", "财政", "fiscal", datetime(2026, 11, 18, 2, 15, tzinfo=UTC))
        found = steps.cut(connection, found, {QINHUAI: Line(390, 1)}, "重复申报", after)
        found = steps.review(connection, found, Said(amount_fen=1470), 3, after)
        found = steps.note_order(
            connection, found, Said(amount_fen=1000, document="12-1", day=date(2026, 11, 18)), 4, after
        )
        assert (found.state, found.approved_fen(QINHUAI)) == ("approved", 390)
        with pytest.raises(FundStepRefused, match="470 fen are left"):
            steps.note_order(connection, found, Said(amount_fen=471, day=date(2026, 11, 18)), 5, after)
    with store.connect() as connection:
        kept = register(connection)
    assert [one.step for one in kept.steps] == ["apply", "return", "apply", "review", "order"]
    assert [(one.step, one.amount_fen) for one in kept.of(XUANWU)] == [("need", 300), ("cut", 250), ("draft", 280)]


def refused(connection: Connection, why: str, make: object, *about: object) -> None:
    before = register(connection).steps
    with pytest.raises(PoolwatchError) as problem:
        make(connection, *about)  # type: ignore[operator]
    assert problem.value.code == why
    assert register(connection).steps == before


def test_what_is_not_in_turn_too_much_or_somebody_s_own_is_refused(connection: Connection) -> None:
    empty = register(connection)
    refused(connection, "fund_not_open", steps.review, empty, Said(), 0, FINANCE)
    refused(connection, "fund_missing", steps.apply, empty, UNITS, Said(), 0, AGENCY)
    refused(connection, "fund_month", steps.report_needs, register(connection, 202701), {XUANWU: Line(1, 0)}, "", PLACE)
    refused(connection, "fund_month", steps.report_needs, register(connection, LAST), {XUANWU: Line(1, 0)}, "", PLACE)
    found = applied(connection)
    refused(connection, "fund_not_open", steps.report_needs, found, {XUANWU: Line(1, 1)}, "", PLACE)
    refused(
        connection, "fund_not_open", steps.note_order, found, Said(amount_fen=1, day=date(2026, 11, 16)), 1, FINANCE
    )
    refused(connection, "fund_above", steps.cut, found, {XUANWU: Line(301, 1)}, "x", FINANCE)
    refused(connection, "fund_nothing", steps.cut, found, {XUANWU: Line(300, 1)}, "x", FINANCE)
    own = By("agency", "经办", "fiscal", NOW)
    for step, about in ((steps.review, (Said(), 1)), (steps.send_back, (Said("x"), 1))):
        refused(connection, "fund_four_eyes", step, found, *about, own)
    refused(connection, "fund_four_eyes", steps.cut, found, {XUANWU: Line(1, 1)}, "x", own)
    done = steps.review(connection, found, Said(amount_fen=1500), 1, FINANCE)
    refused(connection, "fund_day", steps.note_order, done, Said(amount_fen=1, day=date(2026, 11, 17)), 2, FINANCE)


def test_of_two_at_once_the_second_is_told(connection: Connection) -> None:
    seen = register(connection)
    steps.report_needs(connection, seen, {XUANWU: Line(100, 0)}, "", PLACE)
    with pytest.raises(StaleRow):
        steps.report_needs(connection, seen, {XUANWU: Line(200, 0)}, "", PLACE)
    assert register(connection).line_fen(XUANWU) == 100
    # A line that was seen before the application went out is not drawn after it.
    found = steps.report_needs(
        connection, register(connection), {code: Line(1, 0) for code in UNITS if code != XUANWU}, "", PLACE
    )
    steps.apply(connection, found, UNITS, Said(), 0, AGENCY)
    with pytest.raises(StaleRow):
        steps.draw_lines(connection, found, {XUANWU: Line(1, 1)}, "x", AGENCY)


def test_what_was_not_paid_is_made_up_in_parts_and_never_more(connection: Connection) -> None:
    said = Said("账户异常", 1000, 3, day=date(2026, 11, 25))
    refused(connection, "fund_month", steps.register_unpaid, register(connection), XUANWU, said, 0, PLACE)
    october = register(connection, LAST)
    refused(connection, "fund_nothing", steps.make_up, october, XUANWU, Said(amount_fen=1, day=NOW.date()), 0, PLACE)
    past = Said("账户异常", 1000, 3, day=date(2026, 11, 15))
    refused(connection, "fund_day", steps.register_unpaid, october, XUANWU, past, 0, PLACE)
    found = steps.register_unpaid(connection, october, XUANWU, said, 0, PLACE)
    found = steps.make_up(connection, found, XUANWU, Said(amount_fen=400, day=NOW.date()), 1, PLACE)
    refused(connection, "fund_more", steps.make_up, found, XUANWU, Said(amount_fen=601, day=NOW.date()), 2, PLACE)
    unpaid = found.unpaid(XUANWU)
    assert unpaid is not None and (unpaid.left_fen, unpaid.open) == (600, True)
    found = steps.make_up(connection, found, XUANWU, Said(amount_fen=600, day=NOW.date()), 2, PLACE)
    unpaid = found.unpaid(XUANWU)
    assert unpaid is not None and not unpaid.open and unpaid.made_up_on == NOW.date()


# --- whose turn it is

PEOPLE = {
    "agency": (Role.AGENCY, PROVINCE),
    "finance": (Role.FINANCE, PROVINCE),
    "tax": (Role.TAX, PROVINCE),
    "nanjing": (Role.CITY, NANJING),
    "xuanwu": (Role.CITY, XUANWU),
    "wuxi": (Role.AGENCY, WUXI),
}


def turns(connection: Connection) -> dict[str, set[str]]:
    """Stage and place of what is whose turn, by login."""
    scheme = load_scheme(SCHEME)
    tree: RegionTree = load_tree(connection, scheme)
    found: list[Matter] = [one for one in matters(connection, [scheme], NOW) if one.kind is Kind.FUNDS]
    people = [Account(login, login, role, region, None, False) for login, (role, region) in PEOPLE.items()]
    return {
        one.login: {f"{turn.stage} {matter.region}" for matter in found for turn, _w in turns_of(one, matter, tree)}
        for one in people
    }


def test_each_stage_waits_for_those_who_do_the_next_step(connection: Connection, sqlite_store: Engine) -> None:
    nobody: dict[str, set[str]] = {login: set() for login in PEOPLE}
    assert turns(connection) == nobody  # nothing was ever asked for here
    steps.report_needs(connection, register(connection), {XUANWU: Line(300, 0)}, "", PLACE)
    needed = {f"needed {NANJING}"}
    mine = {"agency": {f"drafting {PROVINCE}", "needed 320000-0"}, "nanjing": needed, "wuxi": {f"needed {WUXI}"}}
    assert turns(connection) == {**nobody, **mine}
    rest = {code: Line(100, 0) for code in UNITS if code != XUANWU}
    found = steps.report_needs(connection, register(connection), rest, "", PLACE)
    assert turns(connection) == {**nobody, "agency": {f"drafting {PROVINCE}"}}
    found = steps.apply(connection, found, UNITS, Said(), 0, AGENCY)
    assert turns(connection) == {**nobody, "finance": {f"submitted {PROVINCE}"}}
    found = steps.send_back(connection, found, Said("x"), 1, FINANCE)
    assert turns(connection) == {**nobody, "agency": {f"returned {PROVINCE}"}}
    found = steps.apply(connection, found, UNITS, Said(), 2, AGENCY)
    found = steps.review(connection, found, Said(amount_fen=700), 3, FINANCE)
    assert turns(connection) == {**nobody, "finance": {f"approved {PROVINCE}"}}
    steps.note_order(connection, found, Said(amount_fen=700, day=NOW.date()), 4, FINANCE)
    assert turns(connection) == nobody
    said = Said("账户异常", 1000, 3, day=date(2026, 11, 25))
    steps.register_unpaid(connection, register(connection, LAST), XUANWU, said, 0, PLACE)
    unpaid = {f"unpaid {XUANWU}"}
    assert turns(connection) == {**nobody, "nanjing": unpaid, "xuanwu": unpaid}


def test_requests_that_came_in_files_wait_for_nobody(sqlite_store: Engine, now: datetime) -> None:
    load_province(sqlite_store, now)
    rows = [
        {"scheme": SCHEME, "month": month, "region": XUANWU, "asked_fen": 80, "asked_on": "2026-10-20"}
        for month in (202611, NEXT)
    ]
    load_table(sqlite_store, "disbursement_request", rows, now)
    with sqlite_store.connect() as connection:
        assert not any(turns(connection).values())


def test_own_levels_ask_beside_the_districts_under_them(connection: Connection) -> None:
    tree = load_tree(connection, load_scheme(SCHEME))
    assert set(asking_units(tree, PROVINCE, NOW.date())) == {"320000-0", OWN, XUANWU, QINHUAI, LIANGXI}
