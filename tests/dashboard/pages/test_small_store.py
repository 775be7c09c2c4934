"""Figures of pages over a ledger small enough to work them by hand: which month, which account, which region."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask, g
from plotly.utils import PlotlyJSONEncoder
from sqlalchemy import Connection, Engine, update

from dashboard.components import drawer
from dashboard.components.parts import Cell
from dashboard.pages.budget.form import CHECKS_ITEM, check_table
from dashboard.pages.funds.accounts import account_table
from dashboard.pages.funds.deposits import deposit_table
from dashboard.pages.overview import band
from dashboard.pages.warnings.queue import chosen, to_chase
from dashboard.pages.warnings.work import Matter, matters
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from dashboard.words import display, figures
from data_access.books.published import Published
from data_access.books.versions import close_month, current_version
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.alerts.step import evaluate_alerts
from monitoring.refresh import refresh
from rules.movements import Account
from tests.case_store import TO_TAX, open_case, the_case, who
from tests.dashboard.conftest import words
from tests.small_province import (
    NANJING,
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
from tests.warning_store import NOW as PREPARED, county, prepare, publish_values
from workflows.cases.commands import assign
from workflows.people.accounts import Role
from workflows.people.rights import Scope

YI = 10**10  # 1 亿元 in fen
OPENING = {"provincial": 5, "deposit": 3, "entrusted": 2, "reserve": 1}
PREMIUMS = {202412: 6, 202501: 2, 202509: 4, 202510: 4, 202511: 7, 202608: 2, 202609: 4, 202610: 5}
PENSIONS = [
    (year, month) for year in (2024, 2025, 2026) for month in range(1, 13) if 202410 <= year * 100 + month <= 202610
]


def deposit(ref: str, region: str, starts: str, matures: str) -> dict[str, object]:
    fixed = {"scheme": SCHEME, "account": "deposit", "bank": "bank", "amount_fen": YI, "rate": "0.03"}
    return {"ref": ref, "region": region, "starts_on": starts, "matures_on": matures, **fixed}


@pytest.fixture
def ledger(sqlite_store: Engine, now: datetime) -> Engine:
    """Two years of 玄武区, October 2026 signed; 亿元, one a month for pensions."""
    load_province(sqlite_store, now)
    openings = [
        {"scheme": SCHEME, "region": PROVINCE, "account": one, "amount_fen": yi * YI} for one, yi in OPENING.items()
    ]
    own = {"scheme": SCHEME, "region": XUANWU, "account": "treasury", "amount_fen": 9 * YI}
    load_table(sqlite_store, "opening_balance", [{**one, "as_of": "2024-09-30"} for one in (*openings, own)], now)
    paid = [Entry(f"p{y}{m}", XUANWU, "pension", "pay", date(y, m, 9), YI) for y, m in PENSIONS]
    came = [
        Entry(f"c{month}", XUANWU, "premium_current", "collect", date(month // 100, month % 100, 9), yi * YI)
        for month, yi in PREMIUMS.items()
    ]
    load_entries(sqlite_store, [*paid, *came], now)
    held = [
        deposit("D-1", XUANWU, "2026-02-01", "2026-12-01"),
        deposit("D-2", WUXI, "2026-02-01", "2026-12-01"),
        deposit("D-3", XUANWU, "2026-11-10", "2027-05-10"),
        deposit("D-4", XUANWU, "2025-10-31", "2026-10-31"),
    ]
    load_table(sqlite_store, "deposit", held, now)
    version = refresh(sqlite_store, clock=lambda: now).version
    assert version is not None
    with writing(sqlite_store) as connection:
        close_month(connection, SCHEME, 202610, signed_by="李某某", signed_at=now, version=version.id)
    return sqlite_store


@pytest.fixture
def connection(sqlite_store: Engine) -> Iterator[Connection]:
    with sqlite_store.connect() as opened:
        yield opened


def looked_at(connection: Connection, view: View, region: str = PROVINCE, role: Role = Role.MONITOR) -> Reading:
    return read(Published(connection), view, Scope(role, region, None), PREPARED)


def october(connection: Connection, region: str = PROVINCE, compare: str = "") -> Reading:
    found = looked_at(connection, View("/", period="2026-10", compare=compare), region)
    assert (found.snapshot.month, found.snapshot.live) == (202610, False)
    return found


def cell(reading: Reading, label: str) -> Cell:
    return next(one for one in band.cells(reading) if one.label == label)


def said(part: object) -> str:
    return words(json.loads(json.dumps(part, cls=PlotlyJSONEncoder)))


def lines(found: Cell) -> str:
    return " · ".join(map(said, found.lines))


# --- 总览


def test_the_balance_card_divides_the_balance_among_all_accounts(ledger: Engine, connection: Connection) -> None:
    shown = cell(october(connection), "累计结余")
    whole = sum(OPENING.values()) + 9 + sum(PREMIUMS.values()) - len(PENSIONS)
    assert shown.figure == f"{whole:.2f}"
    assert lines(shown) == "可动用 5.00 · 定期、委托投资等 6.00"  # 3 + 2 + 1, the reserve among them


@pytest.mark.parametrize(
    ("compare", "income", "months"),
    [
        # 5 after 4; five came and one was paid.
        ("month", "当月环比 +25.00%", "环比 +4.0 个月"),
        # 2 + 4 + 5 after 2 + 4 + 4; in twelve months 18 came and 12 were paid.
        ("year", "累计同比 +10.00%", "同比 +6.0 个月"),
    ],
)
def test_the_cards_compare_october_with_september_and_with_october_before(
    ledger: Engine, connection: Connection, compare: str, income: str, months: str
) -> None:
    reading = october(connection, compare=compare)
    assert income in lines(cell(reading, "收入执行"))
    assert months in lines(cell(reading, "可支付月数"))


def test_a_citys_net_result_begins_with_the_ledger_not_with_its_opening(ledger: Engine, connection: Connection) -> None:
    shown = cell(october(connection, NANJING), "历年归集净额（参考）")
    assert shown.figure == f"{sum(PREMIUMS.values()) - len(PENSIONS):.2f}"


def test_the_card_of_months_payable_has_the_colour_of_its_warning(ledger: Engine, connection: Connection) -> None:
    prepare(ledger)
    assert not said(list(cell(october(connection), "可支付月数").mark))
    connection.rollback()
    version = publish_values(ledger, {("months_payable", PROVINCE, "2026-10"): "8.5"})
    evaluate_alerts(ledger, version, PREPARED)
    assert said(list(cell(october(connection), "可支付月数").mark)) == "黄"


# --- 资金运行


def test_an_account_moved_in_the_month_what_its_month_moved(ledger: Engine, connection: Connection) -> None:
    table = account_table(october(connection))
    assert table is not None
    moved = {row.values["account"]: (row.values["change"], row.values["month"]) for row in table.rows}
    assert moved[display.ACCOUNT_NAMES[Account.TREASURY]] == (11 * YI, 5 * YI)
    assert moved[display.ACCOUNT_NAMES[Account.EXPENDITURE]] == (-10 * YI, -YI)


def test_deposits_shown_are_of_the_region_and_held_on_the_day(ledger: Engine, connection: Connection) -> None:
    for region, expected in ((NANJING, ["玄武区"]), (PROVINCE, ["玄武区", "无锡市"])):
        rows = deposit_table(october(connection, region)).rows
        assert [row.values["region"] for row in rows] == expected
        assert {row.values["days"] for row in rows} == {31}  # from 31 October to 1 December


# --- drawer


@pytest.mark.parametrize(("count", "expected"), [(4, "0123"), (9, "012678")])
def test_the_drawer_ends_with_the_region_ranked_last(
    sqlite_store: Engine, connection: Connection, count: int, expected: str
) -> None:
    prepare(sqlite_store, counties=count)
    load_entries(sqlite_store, [Entry("c", XUANWU, "premium_current", "collect", date(2026, 9, 9), YI)], PREPARED)
    refresh(sqlite_store, clock=lambda: PREPARED)
    values = {("income_deviation", county(n), "2026-09"): str(n) for n in range(count)}
    publish_values(sqlite_store, values, sign=(202609,))
    with Flask("test").app_context():
        g.account = SimpleNamespace(role=Role.LEADER)
        text = said(drawer._regions(looked_at(connection, View("/", period="2026-09"), NANJING), "income_deviation"))
    assert [n for n in range(count) if f"县{n}" in text] == [int(n) for n in expected]


def test_of_an_indicator_kept_by_part_the_worst_part_is_shown(sqlite_store: Engine, connection: Connection) -> None:
    prepare(sqlite_store)
    load_opening(sqlite_store, PREPARED)
    load_entries(sqlite_store, [Entry("c", XUANWU, "premium_current", "collect", date(2026, 9, 9), YI)], PREPARED)
    refresh(sqlite_store, clock=lambda: PREPARED)
    for part, value in (("premium", "2.0"), ("pension", "7.0"), ("death_benefit", "1.0")):
        publish_values(sqlite_store, {("series_anomaly", NANJING, "2026-09"): value}, part=part)
    with writing(sqlite_store) as writer:
        newest = current_version(writer)
        assert newest is not None
        close_month(writer, SCHEME, 202609, signed_by="李某某", signed_at=PREPARED, version=newest.id)
    row = figures.row(looked_at(connection, View("/", period="2026-09"), NANJING), "series_anomaly")
    assert row is not None and (row.part, row.value.value) == ("pension", Decimal("7.0"))


# --- 预警处置


def test_an_office_finds_under_mine_what_it_was_given_and_others_find_nothing(
    sqlite_store: Engine, connection: Connection
) -> None:
    case = open_case(sqlite_store)
    with writing(sqlite_store) as writer:
        given = {"to": TO_TAX, "due": date(2026, 11, 25)}
        assign(writer, who(writer, "monitor"), PREPARED, case, case.versions, **given)  # type: ignore[arg-type]
    found = {}
    for login in ("tax", "nanjing", "wuxi"):
        account = who(connection, login)
        with Flask("test").app_context():
            g.account = account
            here = looked_at(connection, View("/warnings", show="mine"), account.region, account.role)
            found[login] = [one.number for one in chosen(here, matters(here))]
    assert found == {"tax": [case.number], "nanjing": [case.number], "wuxi": []}


@pytest.mark.parametrize(("day", "wanted"), [(20, True), (22, True), (23, False)])
def test_this_week_ends_with_its_sunday(sqlite_store: Engine, day: int, wanted: bool) -> None:
    case = open_case(sqlite_store)
    with writing(sqlite_store) as writer:
        given = {"to": TO_TAX, "due": date(2026, 11, day)}
        assign(writer, who(writer, "monitor"), PREPARED, case, case.versions, **given)  # type: ignore[arg-type]
    # Friday, 20 November.
    case = the_case(sqlite_store)
    assert to_chase(Matter(case, case.due), PREPARED) is wanted


# --- 预算执行


def test_a_cross_check_that_fails_stands_first_with_both_sides(ledger: Engine) -> None:
    def checks() -> list[tuple[object, ...]]:
        names = ("row", "column", "stated", "computed", "difference", "passed")
        with ledger.connect() as now:
            table = check_table(looked_at(now, View("/budget", period="2026-10", item=CHECKS_ITEM)))
        return [tuple(row.values[name] for name in names) for row in table.rows]

    whole = checks()
    assert {row[-1] for row in whole} == {"通过"} and {row[-2] for row in whole} == {0}
    fact = schema.account_fact
    with writing(ledger) as writer:
        writer.execute(update(fact).where(fact.c.account == "treasury").values(amount_fen=fact.c.amount_fen + 1))
    first, *others = checks()
    closing = (sum(OPENING.values()) + 9 + sum(PREMIUMS.values()) - len(PENSIONS)) * YI
    assert first[:3] == ("四、年末滚存结余", "累计执行", closing) and first[-1] == "不符"
    assert first[4] == first[2] - first[3] < 0 and {row[-1] for row in others} == {"通过"}  # type: ignore[operator]
    assert len(others) + 1 == len(whole)
