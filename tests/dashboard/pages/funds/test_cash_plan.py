"""资金计划 on the pages: it closes with what is expected of the year, follows what finance decides, and says what is short."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from dashboard import create_site
from dashboard.pages.funds import cash
from dashboard.pages.funds.cash import held
from dashboard.pages.funds.deposits import bank_table, kind_table
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from dashboard.words import expected
from data_access.books.funds import load_deposits
from data_access.books.published import Published
from data_access.books.requests import load_requests
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.month import Month
from tests import demonstration_store
from tests.dashboard.conftest import Reader, sign_in
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME
from workflows.cash.decisions import decisions, holding
from workflows.cash.planning import CashPlan
from workflows.people.accounts import Role
from workflows.people.rights import Scope

JSON = {"Accept": "application/json"}
PLAN = f"/funds?scheme={SCHEME}&tab=accounts&show=plan&period=live"
YI = 10**10


def reading_at(published: Published, scheme: str, root: str, period: str = "", region: str = "") -> Reading:
    view = View("/funds", scheme=scheme, region=region, period=period)
    return read(published, view, Scope(Role.FINANCE, root, None), NOW)


def closes_with_the_forecast(reading: Reading) -> None:
    """The year's months of the plan are the rest of 全年预计, line by line, and its accounts the balance expected."""
    plan = cash.plan_of(reading)
    assert plan is not None and len(plan.case.months) == 12
    found = expected.forecasts(reading, [reading.region])
    of_year = [flow for flow in plan.case.months if flow.code.startswith(str(plan.last.year))]
    came = sum(one.collected_fen + one.quarterly_fen + one.direct_fen + one.difference_fen for one in of_year)
    went = sum(one.paid_fen + one.remitted_fen for one in of_year)
    for line, fen in ((INCOME_TOTAL, came), (EXPENDITURE_TOTAL, went)):
        year = expected.year(reading, found, reading.region, line)
        assert year is not None and fen == year.total - year.done > 0
    premium = expected.year(reading, found, reading.region, "premium")
    assert premium is not None
    collected = sum(one.collected_fen for one in of_year)
    assert collected >= premium.total - premium.done > 0
    balances = expected.balances(reading)
    assert [one.mean_fen for one in balances] == [end.total_fen for end in plan.result.months]


@pytest.mark.parametrize("period", ["", "live"])
def test_the_plan_closes_with_what_is_expected_of_the_year(shared_published: Published, period: str) -> None:
    closes_with_the_forecast(reading_at(shared_published, SCHEME, PROVINCE, period))


def test_what_was_asked_for_and_deposited_since_is_taken_as_it_is(shared_published: Published) -> None:
    reading = reading_at(shared_published, SCHEME, PROVINCE, "live")
    plan = cash.plan_of(reading)
    assert plan is not None and plan.last == 202610 and Month(202611) in plan.asked
    requests = reading.ask(load_requests, SCHEME, reading.tree, reading.snapshot.version.id)
    given = requests.approved(PROVINCE, 202611)
    assert given and plan.case.months[0].disbursed_fen == given
    later = max(Month(int(flow.code.replace("-", ""))) for flow in plan.case.months)
    assert later not in plan.asked and plan.case.months[-1].disbursed_fen == plan.case.months[-1].paid_fen
    # Deposits since the opening stand as made, and are among what the first month puts away.
    made = [one for one in held(reading) if Month.of(one.starts_on) == Month(202611)]
    assert {one.code for one in plan.case.redeposits if one.made} == {f"{one.ref}.made" for one in made}
    assert plan.result.months[0].redeposited_fen >= sum(one.amount_fen for one in made)


def test_there_is_none_of_a_city_and_none_of_a_month_followed_by_later_forecasts(shared_published: Published) -> None:
    assert cash.plan_of(reading_at(shared_published, SCHEME, PROVINCE, region=JILIN_CITY)) is None
    assert cash.plan_of(reading_at(shared_published, SCHEME, PROVINCE, "2026-03")) is None


def test_deposits_by_bank_and_kind_are_all_of_them_weighted_by_amount(shared_published: Published) -> None:
    reading = reading_at(shared_published, SCHEME, PROVINCE)
    every = held(reading)
    whole = sum(one.amount_fen for one in every)
    rate = sum(Fraction(one.rate) * 100 * one.amount_fen for one in every) / whole
    for table in (bank_table(reading), kind_table(reading)):
        assert sum(int(row.values["amount"]) for row in table.rows) == whole == table.foot[0].values["amount"]
        assert sum(row.values["share"] for row in table.rows) == 100 and table.foot[0].values["rate"] == rate
        amounts = [row.values["amount"] for row in table.rows]
        assert amounts == sorted(amounts, reverse=True)
    assert len(kind_table(reading).rows) == 2  # deposits and bonds


# --- what finance decides


@pytest.fixture
def people(own_engine: Engine, tmp_path: Path) -> Iterator[Callable[[str], Reader]]:
    server = create_site(demonstration_store.site_on(own_engine, tmp_path)).server
    yield lambda login: sign_in(server, login)


def act(person: Reader, name: str, **data: object) -> TestResponse:
    given = {key: str(value) for key, value in data.items()}
    return person.client.post(f"/act/funds/{name}?scheme={SCHEME}", data=given, headers=JSON)


def plan_now(engine: Engine) -> CashPlan:
    with engine.connect() as connection:
        plan = cash.plan_of(reading_at(Published(connection), SCHEME, PROVINCE, "live"))
    assert plan is not None
    return plan


def waiting(engine: Engine) -> tuple[str, str, int]:
    """A deposit of next month: its reference, month, and the number of what holds of it."""
    with engine.connect() as connection:
        made = holding(decisions(connection, SCHEME))
        found = [one for one in load_deposits(connection, SCHEME, None) if Month.of(one.matures_on) == Month(202612)]
    one = found[0]
    return one.ref, "2026-12", made[one.ref].id if one.ref in made else 0


def test_the_plan_follows_what_finance_decides_and_says_what_is_short(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    ref, month, seen = waiting(own_engine)
    finance = people("p-finance")
    form = {"deposit": ref, "seen": seen, "what": "keep", "reason": "留作备付"}
    assert act(finance, "deposit_decide", **form).status_code == 200
    before = {end.code: end.closing_fen for end in plan_now(own_engine).result.months}
    text = finance.text(PLAN)
    assert "首个不足" not in text and "均够付" in text

    # All that is liquid and two 亿元 more than the next month leaves.
    at = next(end for end in plan_now(own_engine).result.months if end.code == month)
    amount = at.margin_fen + 2 * YI
    again = {**form, "what": "redeposit", "amount": f"{amount / 100:.2f}", "term": 24, "bank": "甲银行"}
    assert act(finance, "deposit_decide", **again).status_code == 409  # another number holds by now
    with own_engine.connect() as connection:
        again["seen"] = holding(decisions(connection, SCHEME))[ref].id
    assert act(finance, "deposit_decide", **again).status_code == 200
    plan = plan_now(own_engine)
    after = {end.code: end.closing_fen for end in plan.result.months}
    assert {code: before[code] - after[code] for code in before if code >= month} == dict.fromkeys(
        [code for code in before if code >= month], amount
    )
    assert (plan.result.short_month, plan.result.short_fen) == (month, 2 * YI)
    (mend,) = [one for one in plan.result.mends if one.code == ref]
    assert mend.kind == "redeposit" and mend.amount_fen >= 2 * YI
    text = people("p-leader").text(PLAN)
    assert "够付到11月末，12月末预计差2.00亿元" in text and "首个不足" in text and "即可" in text
    shown = json.dumps(finance.drawer(f"{PLAN}&item=cash-{month}"), ensure_ascii=False)
    assert "转存" in shown and "月初可动用" in shown
    # What a redeposit needs is asked for by name, and nothing is kept.
    assert act(finance, "deposit_decide", **{**again, "bank": ""}).status_code == 422
    with own_engine.connect() as connection:
        assert [one.what for one in decisions(connection, SCHEME) if one.deposit == ref][-2:] == ["keep", "redeposit"]


def test_others_decide_nothing(own_engine: Engine, people: Callable[[str], Reader]) -> None:
    ref, _month, seen = waiting(own_engine)
    form = {"deposit": ref, "seen": seen, "what": "keep", "reason": "留作备付"}
    for login in ("p-monitor", "p-leader", "p-agency", "p-auditor", "c-jilin"):
        person = people(login)
        assert act(person, "deposit_decide", **form).status_code == 403, login
        assert act(person, "cash_floor", months=3, reason="谨慎").status_code == 403, login
        assert "调整留底月数" not in person.text(PLAN), login


def test_the_office_sets_the_floor_from_today_on(own_engine: Engine, people: Callable[[str], Reader]) -> None:
    before = plan_now(own_engine)
    assert before.case.floor_months == 2 and before.result.available_fen > 0
    assert act(people("p-finance"), "cash_floor", months="3.5", reason="省级专户多留备付").status_code == 200
    after = plan_now(own_engine)
    assert after.case.floor_months == Fraction(7, 2)
    assert Fraction(after.result.floor_fen, before.result.floor_fen).limit_denominator(1000) == Fraction(7, 4)
    assert after.result.available_fen < before.result.available_fen
    assert act(people("p-finance"), "cash_floor", months="-1", reason="x").status_code == 422
