"""Scenarios of the long-run projection: a version for each save, the base untouched, nothing kept of what is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Engine, func, select

from data_access.books.outlook.results import BASE, MID, STRESS, Computed, load_runs, write_runs
from data_access.store import schema
from data_access.store.engine import writing
from rules.calculators.reading import read
from rules.projection import cohort_projection, totals_projection
from rules.projection.assumptions import ASSUMPTIONS
from rules.projection.stress import Settings, Shock
from workflows.outlook.assumptions import Assumption, Basis, from_json, to_json
from workflows.outlook.runs import Base, case_of, computed, projected, stress_of
from workflows.outlook.scenarios import (
    AssumptionUnfit,
    NoProjection,
    NothingAssumed,
    Scenario,
    load_scenarios,
    save_scenario,
    values_of,
)

SCHEME, VERSION = "jilin-pension", 7
NOW = datetime(2026, 11, 6, 2, 15, tzinfo=UTC)
BY = ("chen", "陈某某")
GOLDEN = Path(__file__).parents[2] / "rules" / "golden" / "cohort_projection.json"
FALL = Shock("wage", "wage", Decimal("-0.01"))
ASSUMED = (
    Assumption("collection", ("0.95",), "assumed", "近3年实绩"),
    Assumption("wage_growth", ("0.055", "0.052"), "assumed", "近5年均值"),
    Assumption("retirement", ("statutory",), "enacted", "2024年9月13日决定"),
)


def test_what_a_projection_rests_on_is_read_as_it_was_kept() -> None:
    rate = Assumption("employer_rate", ("0.16",), "assumed", "文件未载明", "管理员", NOW)
    basis = Basis(ASSUMED, Settings((FALL,), (), (FALL,)), 2025, ("生命表", "来源"), 2025, {"retirees": -3}, (rate,))
    assert from_json(to_json(basis)) == basis
    # A rate that no document lays down is assumed as much as a growth.
    assert basis.open == 3


@pytest.fixture(scope="module")
def base() -> tuple[Computed, ...]:
    """The projections of a base of three years."""
    given = json.loads(GOLDEN.read_text(encoding="utf-8"), parse_float=Decimal)[0]["input"]
    case = replace(read(cohort_projection.Case, given), horizon=3)
    return tuple(computed(Base(case, Basis(ASSUMED, Settings((FALL,), (), (FALL,)), 2025))))


@pytest.fixture
def known(store: Engine, base: tuple[Computed, ...]) -> Engine:
    """A store that holds the base."""
    with writing(store) as connection:
        write_runs(connection, SCHEME, VERSION, base, NOW)
    return store


def save(
    engine: Engine, given: Mapping[str, str], name: str = "征缴率下降", reason: str = "试算", scheme: str = SCHEME
) -> int:
    with writing(engine) as connection:
        return save_scenario(connection, scheme, name, given, reason, BY, VERSION, NOW)


def saved(engine: Engine) -> tuple[Scenario, ...]:
    with engine.connect() as connection:
        return load_scenarios(connection, SCHEME)


def rows(engine: Engine) -> tuple[int, ...]:
    tables = (schema.assumption_set, schema.assumption_value, schema.outlook_run)
    with engine.connect() as connection:
        return tuple(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def test_a_scenario_is_kept_with_its_own_projections_and_leaves_the_base_as_it_was(
    known: Engine, base: tuple[Computed, ...]
) -> None:
    number = save(known, {"collection": "94 93.5", "retirement": "original", "wage_growth": " "})
    with known.connect() as connection:
        kept, own = load_runs(connection, SCHEME, VERSION), load_runs(connection, SCHEME, VERSION, number)
    assert {name: run.made for name, run in kept.items()} == {one.variant: one for one in base}
    assert set(own) == set(kept)
    case = case_of(own[MID].made)
    assert case.assumptions.collection == (Decimal("0.94"), Decimal("0.935"))
    assert isinstance(case, cohort_projection.Case) and case.assumptions.retirement == "original"
    # What is not set otherwise is the base's, in the case and in what it rests on.
    assert case.assumptions.wage_growth == case_of(kept[MID].made).assumptions.wage_growth
    basis = from_json(own[MID].made.basis or "")
    assert [(one.code, one.values, one.status) for one in basis.assumptions] == [
        ("collection", ("0.94", "0.935"), "scenario"),
        ("wage_growth", ("0.055", "0.052"), "assumed"),
        ("retirement", ("original",), "scenario"),
    ]
    assert (basis.assumptions[0].set_by, basis.assumptions[0].source) == ("陈某某", "试算")
    # Less is collected, so less is left; the stress test is of the scenario.
    first, least = projected(own[MID].made).years, projected(kept[MID].made).years
    assert first[0].premium_yuan < least[0].premium_yuan
    assert stress_of(own[STRESS].made).base == case


def test_of_a_name_that_is_known_a_further_version_is_kept_beside_the_first(known: Engine) -> None:
    first = save(known, {"collection": "94"})
    second = save(known, {"collection": "92"}, reason="再试")
    other = save(known, {"interest": "2"}, name="利率")
    assert [(one.id, one.name, one.version, one.reason) for one in saved(known)] == [
        (other, "利率", 1, "试算"),
        (second, "征缴率下降", 2, "再试"),
        (first, "征缴率下降", 1, "试算"),
    ]
    changes = {one.id: {code: change.values for code, change in one.changes.items()} for one in saved(known)}
    assert changes == {
        first: {"collection": ("0.94",)},
        second: {"collection": ("0.92",)},
        other: {"interest": ("0.02",)},
    }
    assert saved(known)[0].made_by_name == "陈某某" and saved(known)[0].made_at == NOW


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, NothingAssumed),
        ({"collection": "  "}, NothingAssumed),
        ({"collection": "95", "retirement": "statutory"}, NothingAssumed),  # as the base has it
        ({"wage_growth": "5.50 5.2"}, NothingAssumed),
        ({"contributors_growth": "1"}, NothingAssumed),  # of a projection by totals
        ({"collection": "94", "interest": "101"}, AssumptionUnfit),
        ({"collection": "94", "mortality_improvement": "1 2"}, AssumptionUnfit),  # one value for all years
        ({"retirement": "none"}, AssumptionUnfit),
    ],
)
def test_what_is_refused_leaves_nothing_behind(known: Engine, given: dict[str, str], problem: type[Exception]) -> None:
    before = rows(known)
    with pytest.raises(problem):
        save(known, given)
    assert rows(known) == before and not saved(known)


def test_without_a_projection_there_is_nothing_to_differ_from(known: Engine) -> None:
    with pytest.raises(NoProjection):
        save(known, {"collection": "94"}, scheme="shanxi-pension")
    with writing(known) as connection:
        failed = Computed(MID, "x", "", "", '{"path":"groups","message":"no entrants"}')
        write_runs(connection, SCHEME, VERSION + 1, [failed], NOW)
        with pytest.raises(NoProjection):
            save_scenario(connection, SCHEME, "一", {"collection": "94"}, "试算", BY, VERSION + 1, NOW)


def test_of_totals_a_scenario_says_nothing_of_ages(sqlite_store: Engine) -> None:
    growing = totals_projection.Assumptions(*map(Decimal, ("0.04", "0.03", "0.9", "0.01", "0.02", "0.02")))
    money = (Decimal(50_000), Decimal(100), Decimal(60), Decimal("0.24"), Decimal(20_000))
    case = totals_projection.Case(2025, 3, 10**9, *money, growing)
    with writing(sqlite_store) as connection:
        write_runs(connection, SCHEME, VERSION, computed(Base(case, Basis(ASSUMED[:2], Settings()))), NOW)
    number = save(sqlite_store, {"retirement": "original", "retirees_growth": "3"})
    with sqlite_store.connect() as connection:
        own = case_of(load_runs(connection, SCHEME, VERSION, number)[MID].made)
        assert set(load_scenarios(connection, SCHEME)[0].changes) == {"retirees_growth"}
    assert own == replace(case, assumptions=replace(growing, retirees_growth=Decimal("0.03")))
    assert number != BASE


def test_percent_is_read_as_it_is_written_by_hand() -> None:
    assert values_of("wage_growth", "4.5 4，3.50、-1%") == ("0.045", "0.04", "0.035", "-0.01")
    assert values_of("collection", "９６．５％") == ("0.965",)
    assert values_of("interest", "0") == ("0",) and values_of("entrants_growth", "-0.0") == ("0",)
    assert values_of("retirement", " original ") == ("original",)


@given(
    st.sampled_from(sorted(ASSUMPTIONS)),
    st.text(st.sampled_from("0123456789.-+%eE_ ,，、；;nafiINFx\0９²"), max_size=12),
)
def test_whatever_is_written_is_a_value_within_bounds_or_refused(code: str, text: str) -> None:
    try:
        values = values_of(code, text)
    except AssumptionUnfit as problem:
        assert problem.parameters == {"assumption": code, "got": text}
        return
    kind = ASSUMPTIONS[code]
    numbers = [Decimal(value) for value in values]
    assert all((-1 if kind.unit == "growth" else 0) <= one <= 1 for one in numbers)
    assert all(len(value) <= 12 and "E" not in value for value in values)
    assert kind.yearly or len(values) == 1


def test_a_number_that_would_be_written_out_without_end_is_refused() -> None:
    for text in ("1e-400000", "1" * 5000, "0." + "1" * 5000, " ".join(["1"] * 101), "NaN", "Infinity", ""):
        with pytest.raises(AssumptionUnfit):
            values_of("wage_growth", text)
