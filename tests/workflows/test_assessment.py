"""Who is suggested for what 结果运用建议, and who has a place: worked on scores written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.books.regions import load_tree
from data_access.store.engine import writing
from rules.assessment import Area, Case, Manual
from rules.scheme import load_scheme
from tests.case_store import open_case
from tests.small_province import NANJING, PROVINCE, SCHEME, WUXI
from tests.warning_store import NOW, ORANGE
from workflows.assessment.measures import local_units
from workflows.assessment.register import Scored, load_scores, write_scores
from workflows.assessment.suggestions import Held, held_by, suggestions

MONTH = 202612
BANDS: Any = load_scheme(SCHEME).parameter("assessment_bands", date(2026, 12, 31)).value
AREAS = (Area("a", Decimal(100), (Manual("m", "manual", Decimal(60)), Manual("n", "manual", Decimal(40)))),)


def case(points: str, rest: str | None = "40") -> Case:
    return Case(AREAS, {"m": Decimal(points), "n": None if rest is None else Decimal(rest)})


def scored(engine: Engine, cases: Mapping[str, Case], ranked: tuple[str, ...]) -> Mapping[str, Scored]:
    with writing(engine) as connection:
        write_scores(connection, SCHEME, MONTH, 1, cases, ranked)
        return load_scores(connection, SCHEME, MONTH)


CITIES = tuple(f"32{number:02}00" for number in range(1, 11))


@pytest.fixture
def ten(store: Engine) -> Mapping[str, Scored]:
    """Ten cities: 100, 99, 99, 98, 90, 89, 69, 59; one with 40 points open; and 省本级, which is better than all."""
    points = ("60", "59", "59", "58", "50", "49", "29", "19", "55")
    cases = {city: case(given) for city, given in zip(CITIES, points, strict=False)}
    cases[CITIES[9]] = case("60", None)
    cases[f"{PROVINCE}-0"] = case("60")
    return scored(store, cases, CITIES)


def test_places_are_among_local_governments_that_are_scored_whole(ten: Mapping[str, Scored]) -> None:
    assert [ten[city].place for city in CITIES] == [1, 2, 2, 4, 6, 7, 8, 9, 5, None]
    assert ten[f"{PROVINCE}-0"].place is None
    last = ten[CITIES[9]]
    assert last.open_points == 40 and last.score == 60 and last.scaled == 100


def test_at_most_the_share_is_commended_and_equals_together(ten: Mapping[str, Scored]) -> None:
    made = suggestions(ten, CITIES, BANDS, Decimal("0.3"), {})
    assert made.bands == {"通报表扬": CITIES[:3], "约谈": (CITIES[6],), "问责": (CITIES[7],)}
    assert made.open == (CITIES[9],)
    assert suggestions(ten, CITIES, BANDS, Decimal("0.29"), {}).bands["通报表扬"] == CITIES[:1]
    assert suggestions(ten, CITIES, BANDS, None, {}).bands["通报表扬"] == (*CITIES[:4], CITIES[8], CITIES[4])


def test_who_has_a_red_or_late_matter_open_gives_its_place_to_the_next(ten: Mapping[str, Scored]) -> None:
    held = {CITIES[0]: (Held("2026-0007", True),), CITIES[7]: (Held("2026-0008", False),)}
    made = suggestions(ten, CITIES, BANDS, Decimal("0.3"), held)
    assert made.bands["通报表扬"] == CITIES[1:4]
    assert made.withheld == {CITIES[0]: held[CITIES[0]]}, "only of those that would have been commended"
    assert made.bands["问责"] == (CITIES[7],)


def test_a_place_that_changes_alone_is_written_and_nothing_else_twice(store: Engine) -> None:
    cases = {NANJING: case("50"), WUXI: case("40")}
    with writing(store) as connection:
        assert write_scores(connection, SCHEME, MONTH, 1, cases, (NANJING, WUXI)) == 2
        assert write_scores(connection, SCHEME, MONTH, 2, cases, (NANJING, WUXI)) == 0
        assert write_scores(connection, SCHEME, MONTH, 3, cases, (WUXI,)) == 2
        found = load_scores(connection, SCHEME, MONTH)
    assert (found[NANJING].place, found[WUXI].place) == (None, 1)


def test_an_open_red_case_stands_against_a_commendation_until_it_is_closed(sqlite_store: Engine) -> None:
    opened = open_case(sqlite_store)
    with sqlite_store.connect() as connection:
        tree = load_tree(connection, load_scheme(SCHEME))
    assert held_by(tree, [opened], NANJING, 2026, NOW) == (Held(opened.number, True, True),)
    assert held_by(tree, [opened], WUXI, 2026, NOW) == ()
    assert held_by(tree, [opened], NANJING, 2025, NOW) == (), "it says nothing of the year before"
    eased = replace(opened, members=tuple(replace(one, level=one.level.NONE) for one in opened.members))
    assert held_by(tree, [eased], NANJING, 2026, NOW) == (Held(opened.number, True, False),), "not closed yet"


def test_a_matter_past_its_deadline_stands_against_it_too(sqlite_store: Engine) -> None:
    opened = open_case(sqlite_store, worst=ORANGE)
    with sqlite_store.connect() as connection:
        tree = load_tree(connection, load_scheme(SCHEME))
    assert held_by(tree, [opened], NANJING, 2026, NOW) == ()
    due = datetime(2026, 11, 21, tzinfo=UTC)
    handled = replace(
        opened, members=tuple(replace(one, work=type(one.work)("handling"), due=due) for one in opened.members)
    )
    assert held_by(tree, [handled], NANJING, 2026, due) == ()
    assert held_by(tree, [handled], NANJING, 2026, due + timedelta(days=1)) == (Held(opened.number, False),)


def test_the_province_level_is_no_local_government(sqlite_store: Engine) -> None:
    open_case(sqlite_store)
    with sqlite_store.connect() as connection:
        tree = load_tree(connection, load_scheme(SCHEME))
    assert local_units(tree, MONTH) == (NANJING, WUXI)
