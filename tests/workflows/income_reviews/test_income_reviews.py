"""收入计划按月比对: who is far from the plan reports, what stands is taken back on record, the province's office takes note."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine, update

from data_access.books.income.review import Compared
from data_access.books.regions import load_tree
from data_access.store import schema
from data_access.store.engine import writing
from rules.budget.income_review import asked, owes, sides
from rules.department import Department
from rules.errors import ProfileError
from rules.scheme import load_scheme
from tests.demonstration_store import SCHEME as INJURY
from tests.small_province import LIANGXI, NANJING, PROVINCE, SCHEME, WUXI, load_province, load_table
from tests.warning_store import NOW, publish_values
from workflows.income_reviews.register import (
    ReviewRefused,
    compare,
    load_review,
    note,
    report,
    take_back,
)
from workflows.matters.boxes import boxes, matters
from workflows.matters.records import Kind
from workflows.people.accounts import Account, By, Role

MONTH = 202609
BEYOND = Decimal("0.03")
ON_PLAN = Compared(1_200, 900, 901, 100, 101)
SHORT = Compared(1_200, 900, 800, 100, 60)
SAID = ("缓缴到年底", "逐户催缴")


@pytest.mark.parametrize(
    ("due", "actual", "owed"),
    [
        (1_000, 970, False),
        (1_000, 969, True),
        (1_000, 1_030, False),
        (1_000, 1_031, True),
        (0, 5, False),
        (None, 5, False),
    ],
)
def test_an_analysis_is_owed_beyond_the_share_short_or_ahead(due: int | None, actual: int, owed: bool) -> None:
    assert owes(due, actual, BEYOND) is owed


@pytest.mark.parametrize("code", ["jiangsu-pension", "shanxi-pension", "jilin-pension", INJURY])
def test_tax_offices_and_agencies_share_what_localities_answer_for(code: str) -> None:
    scheme = load_scheme(code)
    tax, agency = sides(scheme)
    assert (tax.department, agency.department) == (Department.TAX, Department.AGENCY)
    assert "premium" in tax.items and {*tax.items, *agency.items} == set(scheme.local_items)
    assert asked(scheme, 202610) and not asked(scheme, 201001)
    value = scheme.parameters["income_review"].values[-1]
    twice = replace(value, value=[{"department": "tax", "items": [*scheme.local_items, "premium"]}])
    changed = {**scheme.parameters, "income_review": replace(scheme.parameters["income_review"], values=(twice,))}
    with pytest.raises(ProfileError):
        sides(replace(scheme, parameters=changed))


def by(who: str, department: str, at: datetime = NOW) -> By:
    return By(who, who, department, at)


CITY, OFFICE = by("nanjing-tax", "tax"), by("p-tax", "tax")


@pytest.fixture
def signed(store: Engine) -> Iterator[int]:
    load_province(store, NOW)
    yield publish_values(store, {}, sign=[MONTH]).id


def do(engine: Engine, step: Callable[..., None], *given: object, side: str = "tax") -> None:
    with writing(engine) as connection:
        step(connection, SCHEME, load_review(connection, SCHEME, MONTH, NANJING, side), *given)


def refusal(engine: Engine, step: Callable[..., None], *given: object) -> str:
    with pytest.raises(ReviewRefused) as refused:
        do(engine, step, *given)
    return refused.value.code


def test_a_month_is_compared_reported_taken_back_and_noted_in_turn(store: Engine, signed: int) -> None:
    assert refusal(store, compare, SHORT, BEYOND, signed, CITY) == "income_review_owed"
    assert refusal(store, take_back, "没有", signed, CITY) == "income_review_missing"
    assert refusal(store, note, "", signed, OFFICE) == "income_review_missing"
    do(store, compare, ON_PLAN, BEYOND, signed, CITY)
    assert refusal(store, compare, ON_PLAN, BEYOND, signed, CITY) == "income_review_given"
    with store.connect() as connection:
        stood = load_review(connection, SCHEME, MONTH, NANJING, "tax")
        assert load_review(connection, SCHEME, MONTH, NANJING, "agency").steps == ()
    assert stood.done(ON_PLAN, BEYOND) and not stood.done(SHORT, BEYOND) and stood.report is None
    do(store, report, SHORT, SAID, signed, CITY)
    assert refusal(store, report, SHORT, SAID, signed, CITY) == "income_review_given"
    do(store, take_back, "数错了", signed, CITY)
    do(store, report, SHORT, SAID, signed, CITY)
    do(store, note, "按月报进展", signed, OFFICE)
    assert refusal(store, take_back, "又改", signed, CITY) == "income_review_noted"
    assert refusal(store, note, "", signed, OFFICE) == "income_review_noted"
    with store.connect() as connection:
        found = load_review(connection, SCHEME, MONTH, NANJING, "tax")
    assert [one.step for one in found.steps] == ["compare", "report", "take_back", "report", "note"]
    assert found.done(SHORT, BEYOND) and found.noted is not None and found.noted.problem == "按月报进展"
    assert found.report is not None and (found.report.problem, found.report.measure) == SAID
    assert (found.report.due_fen, found.report.actual_fen, found.report.data_version) == (900, 800, signed)


def person(login: str, role: Role, region: str, department: Department | None = None) -> Account:
    return Account(login, login, role, region, department, False)


def test_a_places_own_office_is_asked_to_compare_and_the_provinces_own_to_take_note(
    sqlite_store: Engine, signed_sqlite: int
) -> None:
    scheme = load_scheme(SCHEME)
    people = [
        person("any", Role.CITY, NANJING),
        person("tax", Role.CITY, NANJING, Department.TAX),
        person("social", Role.CITY, NANJING, Department.SOCIAL),
        person("there", Role.CITY, WUXI),
        person("p-tax", Role.TAX, PROVINCE),
        person("p-agency", Role.AGENCY, PROVINCE),
        person("p-monitor", Role.MONITOR, PROVINCE),
    ]

    def asked_of() -> dict[str, list[str]]:
        with sqlite_store.connect() as connection:
            tree = load_tree(connection, scheme)
            every = matters(connection, [scheme], NOW)
        found = {}
        for one in people:
            mine = [mine for mine in boxes(one, every, {SCHEME: tree}).todo if mine.matter.kind is Kind.REVIEW]
            found[one.login] = sorted(f"{one.turn.act} {one.matter.number}" for one in mine)
        return found

    tax, agency = (f"income_compare 2026-09.{NANJING}.{side}" for side in ("tax", "agency"))
    assert asked_of() == {
        "any": [agency, tax],
        "tax": [tax],
        "social": [],
        # Of its agency nothing is planned there.
        "there": [f"income_compare 2026-09.{WUXI}.tax"],
        "p-tax": [],
        "p-agency": [],
        "p-monitor": [],
    }
    do(sqlite_store, compare, ON_PLAN, BEYOND, signed_sqlite, by("any", ""), side="agency")
    do(sqlite_store, report, SHORT, SAID, signed_sqlite, CITY)
    told = asked_of()
    assert told["any"] == told["tax"] == told["p-agency"] == []
    assert told["p-tax"] == [f"income_note 2026-09.{NANJING}.tax"]
    do(sqlite_store, note, "", signed_sqlite, OFFICE)
    assert asked_of()["p-tax"] == []


@pytest.fixture
def signed_sqlite(sqlite_store: Engine) -> int:
    """A signed month of a year in which Nanjing's tax office and agency have plans, and Wuxi's tax office by a county's."""
    load_province(sqlite_store, NOW)
    planned = ((NANJING, "premium"), (NANJING, "transfer_in"), (LIANGXI, "premium_current"))
    given = {"scheme": SCHEME, "year": "2026", "version": "0", "approval_ref": "x", "approved_on": "2026-01-20"}
    rows: list[dict[str, object]] = [
        {**given, "region": region, "item": item, "amount_yuan": "1"} for region, item in planned
    ]
    assert load_table(sqlite_store, "plan", rows, NOW).inserted == len(rows)
    version = publish_values(sqlite_store, {}, sign=[MONTH]).id
    with writing(sqlite_store) as connection:
        connection.execute(update(schema.import_batch).values(data_version=version))
    return version
