"""Statutory days as they stand: by what the books show, else by what the responsible department noted; silence is not done."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, insert

from data_access.books.facts import newest_facts
from data_access.books.handover.quarterly import local_accounts
from data_access.books.regions import load_tree
from data_access.books.versions import publish
from data_access.store import schema
from data_access.store.engine import create_store, migrate, writing
from rules.department import Department
from rules.errors import StaleRow
from rules.scheme import load_scheme
from rules.statutory.days import DUTIES
from tests.small_province import LIANGXI, NANJING, PROVINCE, SCHEME, WUXI, XUANWU, Entry, load_entries, load_province
from workflows.matters.boxes import matters
from workflows.matters.records import Kind
from workflows.matters.turns import informed, turns_of
from workflows.people.accounts import Account, By, Role
from workflows.people.local_rights import answers_for
from workflows.statutory.evidence import FACTS, NOTHING_DUE, UNVERIFIED, handed_on
from workflows.statutory.register import MarkRefused, Noted, load_marks, note_done, standing_mark, take_back
from workflows.statutory.standing import Standing, State, grouped, load_statutory, of_region

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BY = By("finance", "李某", "fiscal", NOW)
REPORT = "quarterly_report_days.2026-Q3"
QUARTER = "quarterly_pooling_days.2026-Q3"
NOTED = Noted(date(2026, 10, 23), "苏财社〔2026〕88号", "已报部", 0)


def entry(ref: str, region: str, item: str, movement: str, month: int, fen: int) -> Entry:
    return Entry(ref, region, item, movement, date(2026, month, 20), fen, source=Department.FISCAL)


# 300 came into two local accounts in the third quarter and 50 in the fourth; what is handed on counts for the oldest.
ENTRIES = (
    entry("1", XUANWU, "interest", "local_receive", 6, 70_000),
    entry("2", XUANWU, "transfer_in", "local_receive", 8, 200_000),
    entry("3", XUANWU, "", "local_pool", 10, 110_000),
    entry("4", LIANGXI, "other_income", "local_receive", 9, 100_000),
    entry("5", LIANGXI, "interest", "local_receive", 10, 50_000),
    entry("6", LIANGXI, "", "local_pool", 10, 100_000),
)


@pytest.fixture
def books(store: Engine) -> Engine:
    """Two counties' quarterly items, published."""
    load_province(store, NOW)
    load_entries(store, ENTRIES, NOW)
    with writing(store) as connection:
        connection.execute(insert(schema.refresh_run).values(id=1, started_at=NOW, state="published", full=False))
        publish(connection, run=1, published_at=NOW, as_of=NOW)
    return store


def standing(connection: Connection, key: str, today: date) -> Standing:
    found = load_statutory(connection, load_scheme(SCHEME), today).find(key)
    assert found is not None
    return found


def test_quarterly_items_are_done_when_all_of_the_quarter_is_handed_on(books: Engine) -> None:
    with books.connect() as connection:
        found = standing(connection, QUARTER, date(2026, 11, 20))
        tree = load_tree(connection, load_scheme(SCHEME))
    # Xuanwu: 70 of June, 200 of August, 110 handed on: 160 of the quarter's 200 are left. Liangxi's 100 are all gone.
    assert (found.state, found.due_fen, found.left_fen, found.behind) == (State.OVERDUE, 300_000, 160_000, (XUANWU,))
    assert found.days == 26  # working days from 15 October, without holidays
    by_city = {code: (one.due_fen, one.left_fen) for code, one in grouped(tree, found, PROVINCE, date(2026, 11, 20))}
    assert by_city == {NANJING: (200_000, 160_000), WUXI: (100_000, 0)}
    assert of_region(tree, found, WUXI).state is State.DONE
    assert of_region(tree, found, NANJING).left_fen == 160_000


def test_a_day_is_ahead_near_due_or_overdue_by_working_days(books: Engine) -> None:
    days = {
        date(2026, 9, 25): State.AHEAD,
        date(2026, 10, 7): State.AHEAD,  # six working days before
        date(2026, 10, 8): State.SOON,
        date(2026, 10, 15): State.TODAY,
        date(2026, 10, 16): State.OVERDUE,
    }
    with books.connect() as connection:
        assert {today: standing(connection, QUARTER, today).state for today in days} == days
        # A quarter without receipts asks nothing, and one that runs is not done.
        empty = standing(connection, "quarterly_pooling_days.2026-Q1", date(2026, 11, 20))
        running = standing(connection, "quarterly_pooling_days.2026-Q4", date(2026, 11, 20))
    assert (empty.state, empty.reason) == (State.VOID, NOTHING_DUE)
    assert (running.state, running.left_fen) == (State.AHEAD, 50_000)


def test_what_came_in_first_is_handed_on_first() -> None:
    came, handed = {202606: 70, 202608: 200}, {202610: 110}
    assert (handed_on(came, handed, (202604, 202606)).left_fen, handed_on(came, handed, (202607, 202609)).left_fen) == (
        0,
        160,
    )
    assert handed_on(came, {}, (202607, 202609), before=5).left_fen == 200
    assert handed_on(came, {202610: 500}, (202607, 202609)).left_fen == 0


def test_a_signed_month_is_done_by_its_signature(books: Engine) -> None:
    with writing(books) as connection:
        before = standing(connection, "closing_day.2026-10", date(2026, 11, 10))
        values = {"scheme": SCHEME, "month": 202610, "data_version": 1, "signed_by": "张某", "signed_at": NOW}
        connection.execute(insert(schema.month_close).values(**values))
        after = standing(connection, "closing_day.2026-10", date(2026, 11, 20))
    assert (before.state, before.proof) == (State.OVERDUE, None)
    assert (after.state, after.late) == (State.DONE, True) and after.proof is not None
    assert (after.proof.on, after.proof.who) == (date(2026, 11, 20), "张某")


def test_a_months_money_is_disbursed_once_no_unit_that_had_some_before_waits(books: Engine) -> None:
    with books.connect() as connection:
        known = load_statutory(connection, load_scheme(SCHEME), date(2026, 11, 20)).books
        day = replace(standing(connection, "closing_day.2026-11", date(2026, 11, 20)).day, period="2026-11")
    october = {XUANWU: date(2026, 10, 8), LIANGXI: date(2026, 10, 9)}
    found = []
    for units in ({}, {XUANWU: date(2026, 11, 9)}, {XUANWU: date(2026, 11, 9), LIANGXI: date(2026, 11, 12)}):
        known.first_days = {"disburse": {202610: october, 202611: units}, "pay": {}}
        shown = FACTS["disbursement_day"](known, day)
        found.append(None if shown is None or shown.proof is None else shown.proof.on)
    assert found == [None, None, date(2026, 11, 12)]


def test_of_years_that_no_evidence_is_read_of_nothing_is_said(books: Engine) -> None:
    with books.connect() as connection:
        found = load_statutory(connection, load_scheme(SCHEME), date(2026, 11, 20))
        assert found.find("closing_day.2024-10") is None and found.find("closing_day.2025-10") is not None
        assert found.find("platform_built_by") is not None  # a step of the reform, of 2020


def test_silence_is_not_done(books: Engine) -> None:
    with books.connect() as connection:
        scheme = load_scheme(SCHEME)
        every = load_statutory(connection, scheme, date(2026, 11, 20)).of_year(2026)
    for one in every:
        assert one.state is not State.DONE or one.proof is not None, one.day.key
        assert one.by_facts <= (one.day.duty.code in FACTS), one.day.key
    late = {one.day.key for one in every if one.state is State.OVERDUE}
    assert {REPORT, "closing_day.2026-10", "budget_first_issue_by.2027", "budget_reply_by.2027"} <= late
    # The mechanism between provinces ended in 2021: without figures of what follows it nobody is blamed.
    reasons = {one.day.key: one.reason for one in every if one.state is State.VOID}
    assert reasons["prepayments_per_year.2026-Q3"] == UNVERIFIED


def test_what_is_noted_is_done_until_it_is_taken_back_and_nothing_is_lost(books: Engine) -> None:
    with writing(books) as connection:
        note_done(connection, SCHEME, PROVINCE, REPORT, NOTED, BY)
        done = standing(connection, REPORT, date(2026, 11, 20))
        with pytest.raises(MarkRefused, match="is noted") as again:
            note_done(connection, SCHEME, PROVINCE, REPORT, NOTED, BY)
        take_back(connection, SCHEME, PROVINCE, REPORT, "文号填错", 1, BY)
        open_again = standing(connection, REPORT, date(2026, 11, 20))
        with pytest.raises(MarkRefused) as nothing:
            take_back(connection, SCHEME, PROVINCE, REPORT, "再撤", 2, BY)
        with pytest.raises(StaleRow):
            note_done(connection, SCHEME, PROVINCE, REPORT, NOTED, BY)  # saw no line, there are two
        with pytest.raises(MarkRefused) as ahead:
            note_done(connection, SCHEME, PROVINCE, REPORT, Noted(date(2026, 11, 21), "1", "", 2), BY)
        note_done(connection, SCHEME, PROVINCE, REPORT, Noted(date(2026, 10, 30), "苏财社〔2026〕89号", "", 2), BY)
        late = standing(connection, REPORT, date(2026, 11, 20))
        journal = load_marks(connection, SCHEME)[REPORT, PROVINCE]
    assert done.state is State.DONE and not done.late and done.proof is not None
    assert (done.proof.on, done.proof.who, done.proof.document) == (NOTED.done_on, "李某", NOTED.document)
    assert open_again.state is State.OVERDUE and late.late
    codes = [one.value.code for one in (again, nothing, ahead)]
    assert codes == ["deadline_done", "deadline_open", "deadline_ahead"]
    assert [(one.number, one.step, one.note) for one in journal] == [
        (1, "done", "已报部"),
        (2, "taken_back", "文号填错"),
        (3, "done", ""),
    ]


def test_each_city_notes_its_own_and_the_last_one_makes_it_done(books: Engine) -> None:
    reply = "budget_reply_by.2027"
    with writing(books) as connection:
        note_done(connection, SCHEME, NANJING, reply, Noted(date(2026, 11, 12), "宁财社〔2026〕5号", "", 0), BY)
        half = standing(connection, reply, date(2026, 11, 20))
        tree = load_tree(connection, load_scheme(SCHEME))
        note_done(connection, SCHEME, WUXI, reply, Noted(date(2026, 11, 18), "锡财社〔2026〕7号", "", 0), BY)
        whole = standing(connection, reply, date(2026, 11, 20))
    assert (half.state, half.behind) == (State.OVERDUE, (WUXI,))
    assert of_region(tree, half, NANJING).state is State.DONE and of_region(tree, half, WUXI).state is State.OVERDUE
    # Of a county what its city noted.
    assert of_region(tree, half, XUANWU).state is State.DONE and of_region(tree, half, LIANGXI).state is State.OVERDUE
    assert (whole.state, whole.late) == (State.DONE, True)


def test_what_the_register_of_budgets_has_nobody_notes(books: Engine) -> None:
    with writing(books) as connection:
        values = {"id": 1, "scheme": SCHEME, "year": 2027, "version": 0, "state": "reply", "row_version": 1}
        connection.execute(insert(schema.budget_round).values(**values))
        for city in (NANJING, WUXI):
            figure = {"round": 1, "region": city, "item": "premium", "drafted_fen": 1, "row_version": 1}
            connection.execute(insert(schema.budget_figure).values(**figure))
        who = {"login": "x", "name": "王某", "department": "fiscal"}
        for step, region, day in (("first_issue", None, 28), ("agree", NANJING, 30)):
            at = datetime(2026, 10, day, 2, 0, tzinfo=UTC)
            connection.execute(
                insert(schema.budget_step).values(round=1, step=step, region=region, happened_at=at, **who)
            )
        issue = standing(connection, "budget_first_issue_by.2027", date(2026, 11, 10))
        reply = standing(connection, "budget_reply_by.2027", date(2026, 11, 10))
        last = standing(connection, "budget_reply_by.2026", date(2026, 11, 10))
    assert (
        issue.by_facts
        and issue.proof is not None
        and (issue.proof.on, issue.proof.who)
        == (
            date(2026, 10, 28),
            "王某",
        )
    )
    assert reply.by_facts and reply.behind == (WUXI,) and reply.state is State.SOON
    assert not last.by_facts  # last year's was not kept there


def test_of_two_who_note_the_same_at_once_one_is_told(postgres_url: str) -> None:
    engine = create_store(postgres_url)
    migrate(engine)
    other: list[str] = []

    def second() -> None:
        try:
            with writing(engine) as connection:
                note_done(connection, SCHEME, PROVINCE, REPORT, NOTED, BY)
        except (StaleRow, MarkRefused) as refused:
            other.append(refused.code)

    with writing(engine) as connection:
        note_done(connection, SCHEME, PROVINCE, REPORT, NOTED, BY)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)  # it waits for this one
    thread.join()
    with engine.connect() as connection:
        assert len(load_marks(connection, SCHEME)[REPORT, PROVINCE]) == 1
        assert standing_mark(load_marks(connection, SCHEME), REPORT, PROVINCE) is not None
    engine.dispose()
    assert other == [StaleRow.code]


def account(role: Role, region: str, department: Department | None = None) -> Account:
    return Account("x", "某人", role, region, department, demo=False)


def test_who_notes_a_day_is_of_the_department_responsible_at_its_level(sqlite_store: Engine) -> None:
    load_province(sqlite_store, NOW)
    with sqlite_store.connect() as connection:
        tree = load_tree(connection, load_scheme(SCHEME))
    report, reply = DUTIES["quarterly_report_days"], DUTIES["budget_reply_by"]
    assert answers_for(account(Role.FINANCE, PROVINCE), report, PROVINCE, tree)
    assert answers_for(account(Role.AGENCY, PROVINCE), report, PROVINCE, tree)
    assert not answers_for(account(Role.TAX, PROVINCE), report, PROVINCE, tree)
    assert not answers_for(account(Role.FINANCE, NANJING), report, PROVINCE, tree)
    assert not answers_for(account(Role.LEADER, PROVINCE), report, PROVINCE, tree)
    assert not answers_for(account(Role.CITY, PROVINCE, Department.FISCAL), report, PROVINCE, tree)
    assert answers_for(account(Role.CITY, NANJING), reply, NANJING, tree)
    assert answers_for(account(Role.CITY, NANJING, Department.FISCAL), reply, NANJING, tree)
    assert not answers_for(account(Role.CITY, NANJING, Department.TAX), reply, NANJING, tree)
    assert not answers_for(account(Role.CITY, NANJING), reply, WUXI, tree)
    assert not answers_for(account(Role.CITY, XUANWU), reply, NANJING, tree)
    assert not answers_for(account(Role.FINANCE, PROVINCE), reply, NANJING, tree)


# Whose turn a day of the province's and one of the cities' is: role, region, department → whether it is theirs.
TURNS_OF = {
    REPORT: (
        (Role.FINANCE, PROVINCE, None, True),
        (Role.MONITOR, PROVINCE, None, True),  # 人社 is one of those responsible
        (Role.AGENCY, PROVINCE, None, True),
        (Role.TAX, PROVINCE, None, False),
        (Role.LEADER, PROVINCE, None, False),
        (Role.CITY, NANJING, Department.FISCAL, False),
    ),
    f"{QUARTER}.{NANJING}": (
        (Role.CITY, NANJING, None, True),
        (Role.CITY, NANJING, Department.FISCAL, True),
        (Role.CITY, NANJING, Department.TAX, False),
        (Role.CITY, WUXI, None, False),
        (Role.CITY, XUANWU, None, False),  # its city answers
        (Role.FINANCE, PROVINCE, None, False),
    ),
}


def test_a_day_that_is_near_or_overdue_waits_for_who_is_responsible_and_for_nobody_else(books: Engine) -> None:
    scheme = load_scheme(SCHEME)
    with books.connect() as connection:
        found = {one.number: one for one in matters(connection, [scheme], NOW) if one.kind is Kind.DEADLINE}
        tree = load_tree(connection, scheme)
    for number, whose in TURNS_OF.items():
        for role, region, department, theirs in whose:
            one = account(role, region, department)
            assert bool(list(turns_of(one, found[number], tree))) is theirs, (number, role, region, department)
    # Wuxi's are handed on; months, and holidays, are told of elsewhere.
    assert f"{QUARTER}.{WUXI}" not in found
    assert not any(number.startswith(("closing_day", "holidays_by", "management_gap_due")) for number in found)
    assert all(one.key == f"deadline.{SCHEME}.{number}" and len(one.key) <= 64 for number, one in found.items())
    # The province's finance hears of what cities owe, other departments do not.
    owed = found[f"{QUARTER}.{NANJING}"]
    assert informed(account(Role.FINANCE, PROVINCE), owed, tree)
    assert not informed(account(Role.TAX, PROVINCE), owed, tree)


def test_what_is_noted_waits_for_nobody_and_what_is_taken_back_waits_again(books: Engine) -> None:
    scheme = load_scheme(SCHEME)

    def waiting(connection: Connection) -> bool:
        return any(one.number == REPORT for one in matters(connection, [scheme], NOW) if one.kind is Kind.DEADLINE)

    with writing(books) as connection:
        assert waiting(connection)
        note_done(connection, SCHEME, PROVINCE, REPORT, NOTED, BY)
        assert not waiting(connection)
        take_back(connection, SCHEME, PROVINCE, REPORT, "文号填错", 1, BY)
        (one,) = (one for one in matters(connection, [scheme], NOW) if one.number == REPORT)
    assert [step.step for step in one.steps] == ["done", "taken_back"]


def test_the_quarters_amounts_are_those_of_the_page_of_accounts(books: Engine) -> None:
    """资金运行 counts the same quarter from the facts of a version."""
    scheme = load_scheme(SCHEME)
    with books.connect() as connection:
        tree = load_tree(connection, scheme)
        facts = newest_facts(connection, scheme, tree, 202611)
        accounts = local_accounts(facts, facts.months[-1])
        for key, place in ((QUARTER, 2), ("quarterly_pooling_days.2026-Q4", 3)):
            found = standing(connection, key, date(2026, 11, 20))
            for city, share in grouped(tree, found, PROVINCE, date(2026, 11, 20)):
                quarter = accounts[city].quarters[place]
                assert share.due_fen == quarter.received_fen
                assert found.by_clock is not State.OVERDUE or share.left_fen == quarter.left_fen, (key, city)
