"""月度比对: rows add up to the province, offices act on their own month and place alone, the page says who owes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from dashboard import create_site
from dashboard.pages.budget.review import reading as books
from dashboard.pages.budget.review.page import review_table
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from data_access.books.income.review import compare as compared_of
from data_access.books.published import Published
from rules.budget.income_review import sides
from rules.department import Department
from rules.month import Month
from rules.scheme import load_scheme
from tests.dashboard.conftest import Reader, sign_in, words
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, SIPING, site_on
from workflows.income_reviews.register import load_review, units
from workflows.people.accounts import Account, Role
from workflows.people.local_rights import notes_for, reviews_for
from workflows.people.rights import Scope

JSON = {"Accept": "application/json"}
AT = f"/budget?scheme={SCHEME}&tab=review"


def looked(published: Published, region: str = PROVINCE, side: str = "tax", role: Role = Role.MONITOR) -> Reading:
    view = View("/budget", SCHEME, region, tab="review", measure=side)
    return read(published, view, Scope(role, region if role is Role.CITY else PROVINCE, None), NOW)


def raw(value: Any) -> Any:
    return getattr(value, "value", value)


@pytest.mark.parametrize("number", [0, 1])
def test_regions_add_up_to_the_province_and_come_worst_first(shared_published: Published, number: int) -> None:
    reading = looked(shared_published, side=sides(load_scheme(SCHEME))[number].department)
    table, side = review_table(reading), books.side_of(reading)
    assert side is not None and len(table.rows) > 9
    (foot,) = table.foot
    for key in ("plan", "due", "actual", "difference", "month_due", "month", "month_difference"):
        assert raw(foot.values[key]) == sum(raw(row.values[key]) for row in table.rows), key
    facts, at = reading.snapshot.facts, reading.snapshot.at
    whole = facts.items(PROVINCE, side.items)[reading.snapshot.year_start : at + 1]
    # Of interest and other income a part is the province's own to manage.
    assert (raw(foot.values["actual"]) == int(whole.sum())) is (side.department == Department.TAX)
    rates = [raw(row.values["rate"]) for row in table.rows]
    assert rates == sorted(rates)
    for row in table.rows:
        assert raw(row.values["difference"]) == raw(row.values["actual"]) - raw(row.values["due"])


def test_the_dues_of_a_years_months_make_up_the_plan_and_differences_are_actual_less_due(
    shared_published: Published,
) -> None:
    snapshot = shared_published.snapshot(SCHEME, "2025-12")
    for side in sides(load_scheme(SCHEME)):
        months = [
            compared_of(snapshot.facts, snapshot.plans, side, SIPING, Month.at(2025, number), snapshot.day)
            for number in range(1, 13)
        ]
        assert sum(one.month_due_fen or 0 for one in months) == months[-1].due_fen == months[-1].plan_fen
        running = 0
        for one in months:
            running += one.month_fen
            assert one.actual_fen == running and one.due_fen is not None
            assert one.difference_fen == one.actual_fen - one.due_fen
            assert one.rate == (Fraction(one.actual_fen * 100, one.due_fen) if one.due_fen else None)


def test_a_city_sees_its_own_months_and_both_departments(shared_published: Published) -> None:
    table = review_table(looked(shared_published, SIPING, role=Role.CITY))
    assert len(table.rows) == 10 and not table.foot
    assert table.rows[0].values["state"] == "已比对"


def test_the_page_says_what_is_due_and_who_has_not_compared(reader: Callable[..., Reader]) -> None:
    shown = reader("p-leader").text(f"{AT}&measure=agency")
    assert "应完成＝全年计划" in shown and "未比对：" in shown and "逾期未比对" in shown


def test_the_share_from_which_an_analysis_is_owed_is_said_as_it_was_set(
    own_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "share", lambda *_given: Decimal("0.025"))
    shown = sign_in(create_site(site_on(own_engine, tmp_path)).server, "p-monitor").text(AT)
    assert "差额超过应完成数2.5%的应报问题和措施" in shown


def test_who_compares_is_of_the_place_and_department_and_who_notes_of_the_province(shared_published: Published) -> None:
    tree = shared_published.tree(PROVINCE)
    for region in units(tree, date(2026, 11, 1)):
        assert reviews_for(person("c", Role.CITY, region, Department.TAX), "tax", region, tree)
    assert not reviews_for(person("c", Role.CITY, SIPING, Department.TAX), "agency", SIPING, tree)
    assert not reviews_for(person("c", Role.CITY, "220200", Department.TAX), "tax", SIPING, tree)
    assert not reviews_for(person("p", Role.TAX, PROVINCE), "tax", SIPING, tree)
    assert notes_for(person("p", Role.TAX, PROVINCE), "tax", tree)
    assert not notes_for(person("p", Role.AGENCY, PROVINCE), "tax", tree)
    assert not notes_for(person("c", Role.TAX, SIPING), "tax", tree)
    assert not notes_for(person("p", Role.TAX, "320000"), "tax", tree)


def person(login: str, role: Role, region: str, department: Department | None = None) -> Account:
    return Account(login, login, role, region, department, False)


def act(reader: Reader, name: str, region: str, **given: Any) -> tuple[int, Any]:
    answer = reader.client.post(
        f"/act/budget/{name}?scheme={SCHEME}&tab=review&region={region}", data=given, headers=JSON
    )
    return answer.status_code, answer.json


def test_an_office_acts_on_its_own_place_and_on_the_month_that_it_saw(own_engine: Engine, tmp_path: Path) -> None:
    with own_engine.begin() as connection:
        connection.execute(text("DELETE FROM income_review WHERE month = 202610 AND region = :at"), {"at": SIPING})
        version = connection.execute(text("SELECT data_version FROM month_close WHERE month = 202610")).scalar_one()
    server = create_site(site_on(own_engine, tmp_path)).server
    city, other, tax, agency = (sign_in(server, who) for who in ("c-siping", "c-jilin", "p-tax", "p-agency"))
    sent = {"unit_region": SIPING, "side": "tax", "month": 202610, "data_version": version}
    said = {"problem": "缓缴到年底", "measure": "逐户催缴"}
    assert "确认已比对" in words(city.page(f"{AT}&region={SIPING}"))
    assert act(other, "income_report", JILIN_CITY, **sent, **said)[0] == 403
    assert act(tax, "income_report", SIPING, **sent, **said)[0] == 403
    assert act(city, "income_compare", SIPING, **{**sent, "month": 202609})[0] == 409
    assert act(city, "income_compare", SIPING, **{**sent, "data_version": version + 1})[0] == 409
    assert act(city, "income_report", SIPING, **sent, problem="缓缴到年底")[0] == 422
    assert act(city, "income_compare", SIPING, **sent)[0] == 200
    assert act(city, "income_report", SIPING, **sent, **said)[0] == 200
    assert act(agency, "income_note", PROVINCE, **sent)[0] == 403
    assert act(tax, "income_note", PROVINCE, **sent)[0] == 200
    assert act(city, "income_take_back", SIPING, **sent, why="又改")[0] == 422
    with own_engine.connect() as connection:
        found = load_review(connection, SCHEME, 202610, SIPING, "tax")
    assert [(one.step, one.login) for one in found.steps] == [
        ("compare", "c-siping"),
        ("report", "c-siping"),
        ("note", "p-tax"),
    ]
