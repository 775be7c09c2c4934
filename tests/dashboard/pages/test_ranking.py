"""Rankings: equals share a place, the unknown come last, colours and bars follow the same figures."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, strategies as st

from dashboard.components import ranking
from dashboard.components.ranking import Place, Ranking, as_table, rank
from tests.dashboard.conftest import words


def test_equals_share_a_place_and_the_next_place_is_left_out() -> None:
    values = {"a": Decimal(3), "b": Decimal(5), "c": Decimal(3), "d": Decimal(1)}
    assert [(code, place) for code, _value, place in rank(values)] == [("b", 1), ("a", 2), ("c", 2), ("d", 4)]


def test_where_little_is_good_the_smallest_is_first() -> None:
    values = {"a": 3, "b": 5, "c": 3, "d": 1}
    placed = rank(values, higher_first=False)
    assert [(code, place) for code, _value, place in placed] == [("d", 1), ("a", 2), ("c", 2), ("b", 4)]


def test_a_region_without_a_value_has_no_place_and_comes_last_by_code() -> None:
    assert rank({"z": None, "a": None, "m": 0}) == [("m", 0, 1), ("a", None, None), ("z", None, None)]


def test_what_is_no_local_government_has_its_figure_and_no_place() -> None:
    values = {"own": 9, "a": 3, "b": 5, "c": None}
    assert rank(values, apart={"own"}) == [("b", 5, 1), ("a", 3, 2), ("own", 9, None), ("c", None, None)]


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.none() | st.integers(-5, 5)))
def test_a_place_is_one_more_than_the_number_of_better_regions(values: dict[str, int | None]) -> None:
    placed = rank(values)
    assert {code for code, _value, _place in placed} == set(values)
    for _code, value, place in placed:
        better = sum(other is not None and value is not None and other > value for other in values.values())
        assert place == (None if value is None else better + 1)


def _record(values: dict[str, Decimal | None]) -> Ranking:
    places = [Place(code, f"Name {code}", value, place, f"/?region={code}") for code, value, place in rank(values)]
    return Ranking("征缴较历史同期", "百分点", "全省", Decimal("1.82"), places, signed=True)


def test_the_three_looks_of_a_ranking_show_the_same_figures() -> None:
    record = _record({"a": Decimal("4.105"), "b": Decimal("-5.60"), "c": None})
    grid = {"a": (0, 0), "b": (0, 1), "c": (1, 0)}
    said = [record.text(place.value) for place in record.places]
    assert said == ["+4.11", "−5.60", "—"]
    for look in (_plain(ranking.bars(record)), _plain(ranking.tiles(record, grid))):
        assert all(figure in look for figure in said), look
    table = as_table(record, "ranking")
    assert [row.values["value"] for row in table.rows] == [Decimal("1.82"), Decimal("4.105"), Decimal("-5.60"), None]


def _plain(component) -> str:
    import json

    from plotly.utils import PlotlyJSONEncoder

    return words(json.loads(json.dumps(component, cls=PlotlyJSONEncoder)))


def test_bars_of_equal_or_missing_values_are_drawn_without_failing() -> None:
    cases: tuple[dict[str, Decimal | None], ...] = (
        {},
        {"a": None},
        {"a": Decimal(0)},
        {"a": Decimal(2), "b": Decimal(2)},
        {"a": Decimal(-1)},
    )
    for values in cases:
        record = _record(values)
        assert _plain(ranking.bars(record))
        ranking.tiles(record, {"a": (0, 0)})
