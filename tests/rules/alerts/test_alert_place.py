"""The true place of a warning: one cause, one place, and what stands is never without one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, strategies as st

from rules.alerts.place import worked_elsewhere
from rules.alerts.threshold import Level

# A province of three cities: one of four units, one of two, one that is a single urban area with three districts.
BELOW: dict[str, tuple[str, ...]] = {
    "p": ("a", "b", "c"),
    "a": ("a1", "a2", "a3", "a4"),
    "b": ("b1", "b2"),
    "c": ("c1",),
    "c1": ("c11", "c12", "c13"),
}
EVERY = ("p", "a", "b", "c", "a1", "a2", "a3", "a4", "b1", "b2", "c1", "c11", "c12", "c13")
BLUE, YELLOW, ORANGE, RED = Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED


def elsewhere(standing: Mapping[str, Level]) -> set[str]:
    return set(worked_elsewhere("p", lambda code: BELOW.get(code, ()), EVERY, standing))


@pytest.mark.parametrize(
    ("standing", "places"),
    [
        pytest.param({"p": RED, "a": RED, "a1": RED}, {"a1"}, id="386 persons of one county are not the city's"),
        pytest.param({"a": RED, "a1": RED, "a2": RED, "a3": RED}, {"a"}, id="most units of a city: the city"),
        pytest.param({"a": RED, "a1": RED, "a2": RED}, {"a1", "a2"}, id="half of them: each its own"),
        pytest.param({"a": RED, "a1": RED, "a2": BLUE, "a3": BLUE}, {"a"}, id="most units at some level: the city"),
        pytest.param({"b": BLUE, "b1": YELLOW, "b2": BLUE}, {"b"}, id="a unit a step worse is the city's matter"),
        pytest.param({"b": ORANGE, "b1": RED, "b2": BLUE}, {"b", "b1"}, id="but a red one is its own"),
        pytest.param({"a": ORANGE, "a1": BLUE}, {"a"}, id="a lesser county explains no worse city"),
        pytest.param({"a": BLUE, "a1": ORANGE}, {"a1"}, id="a worse county does"),
        pytest.param({"a1": RED, "a2": RED, "a3": RED}, {"a1", "a2", "a3"}, id="the city itself stands at nothing"),
        pytest.param({"c": RED, "c1": RED, "c12": RED}, {"c12"}, id="a city of one unit is that unit"),
        pytest.param({"c": RED, "c1": RED, "c11": RED, "c12": RED}, {"c1"}, id="most districts: the urban area"),
        pytest.param({"p": BLUE, "a": BLUE, "b": BLUE, "c": BLUE}, {"a", "b", "c"}, id="cities act, not the province"),
        pytest.param({"p": RED, "a": BLUE}, {"p", "a"}, id="the province's own, and a city's"),
        pytest.param({"p": RED}, {"p"}, id="the province alone"),
        pytest.param({"a": RED, "a1": RED, "a2": RED, "a3": RED, "b2": BLUE}, {"a", "b2"}, id="two causes, two places"),
    ],
)
def test_where_a_warning_is_worked(standing: dict[str, Level], places: set[str]) -> None:
    assert set(standing) - elsewhere(standing) == places


@given(st.dictionaries(st.sampled_from(EVERY), st.sampled_from([BLUE, YELLOW, ORANGE, RED])))
def test_nothing_that_stands_is_left_without_a_place(standing: dict[str, Level]) -> None:
    merged = elsewhere(standing)
    assert merged <= standing.keys()
    worked = standing.keys() - merged
    for region in merged:
        above = {code for code in EVERY if region in _subtree(code)} - {region}
        below = set(_subtree(region)) - {region}
        assert worked & (above | below), region
    # What is red is worked as red, and nothing more than a step below what it is.
    for region in merged:
        above = {code for code in EVERY if region in _subtree(code)} - {region}
        nearest = max(standing[code] for code in worked & (above | set(_subtree(region))))
        assert nearest >= standing[region] or (nearest == standing[region] - 1 and standing[region] is not RED)


def _subtree(code: str) -> list[str]:
    return [code, *(inside for child in BELOW.get(code, ()) for inside in _subtree(child))]
