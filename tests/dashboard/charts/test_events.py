"""What happened when, on charts: flags that touch neither the plot nor each other, on screen and in pictures."""

from __future__ import annotations

import re

import pytest

from dashboard.charts.events import Event, key, key_lines, mark, placed, raised
from dashboard.charts.limits import Line, Point, limit_chart
from dashboard.charts.plot import Mark, Plot
from dashboard.charts.series import small_line
from dashboard.charts.theme import LIGHT, Figure, layout
from dashboard.components.table import Column, Row, Table
from dashboard.exports.drawing import FLAG, svg
from rules.alerts.threshold import Level
from rules.month import Month

MONTHS = [Month(202501).plus(step) for step in range(48)]
HAPPENED = [Event(MONTHS[5], "调待"), Event(MONTHS[6], "缓缴"), Event(MONTHS[5], "补发"), Event(199901, "远古")]


def test_events_of_a_month_are_one_flag_and_those_outside_the_chart_none() -> None:
    events = placed(HAPPENED, MONTHS)
    assert events == {5: "调待、补发", 6: "缓缴"}
    assert key(events) == "1 调待、补发　2 缓缴"
    assert key_lines(events, 8) == ["1 调待、补发", "2 缓缴"] and key_lines(events, 40) == [key(events)]


@pytest.mark.parametrize("places", [[0, 1, 2, 3], [5, 6], [0, 40, 41, 80], list(range(48))])
def test_a_flag_stands_higher_where_it_would_touch_the_one_before_it(places: list[int]) -> None:
    of = 100
    higher = raised(places, of)
    level: dict[bool, int] = {}
    for place, up in zip(places, higher, strict=True):
        if up:
            assert place - level[False] < of / 32
        level[up] = place
    assert not higher[0]


def test_flags_stand_above_the_plot_and_make_room_for_themselves() -> None:
    shape: Figure = layout(LIGHT)
    mark(shape, placed(HAPPENED, MONTHS), 48, LIGHT)
    flags = shape["annotations"]
    assert [flag["text"] for flag in flags] == ["1", "2"]
    assert all(flag["y"] == 1 and flag["yref"] == "paper" and flag["yanchor"] == "bottom" for flag in flags)
    assert flags[0]["yshift"] + 14 <= flags[1]["yshift"] and flags[1]["yshift"] + 20 <= shape["margin"]["t"]


def test_a_picture_drawn_without_a_browser_has_the_same_flags_above_its_plot() -> None:
    columns = (Column("month", "月份"), Column("value", "值", "number"))
    rows = [Row({"month": month.iso, "value": 5 + place}) for place, month in enumerate(MONTHS)]
    plot = Plot(
        Table("t", "题", columns, rows), "month", rows, (Mark("value", "bar", "mid"),), events=placed(HAPPENED, MONTHS)
    )
    drawn = svg(plot, 150, 60)
    flags = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([12])</text>', drawn)
    assert [text for _x, _y, text in flags] == ["1", "2"]
    (x, y), (next_x, next_y) = ((float(x), float(y)) for x, y, _text in flags)
    # One step of the months is narrower than a flag: the second stands higher by its height.
    assert next_x - x < FLAG + 6 and y - next_y == pytest.approx(FLAG)
    tops = [float(top) for top in re.findall(r"M[\d.]+ ([\d.]+)L[\d.]+ [\d.]+", drawn)]
    assert y < max(tops)
    assert not re.search(r">[12]</text>", svg(Plot(plot.table, "month", rows, plot.marks), 150, 60))


def test_a_series_of_one_value_is_a_whole_point_with_its_value_inside_the_chart() -> None:
    figure = small_line(MONTHS[:1], LIGHT, said=["4.50"], values=[4.5])
    assert [one["mode"] for one in figure["data"]] == ["lines", "markers"] and figure["data"][1]["cliponaxis"] is False
    alone = limit_chart(
        [Point("10月", 4.5, "4.50", Level.RED)], [Line(Level.RED, 4.0, "4", "红")], LIGHT, lower_is_worse=True
    )
    *_limits, named = alone["layout"]["annotations"]
    assert named["xanchor"] == "left" and named["xshift"] > 0 and alone["data"][0]["cliponaxis"] is False


def test_where_the_pointer_rests_stands_the_year_before() -> None:
    figure = small_line(MONTHS[:2], LIGHT, said=["1.00", "2.00"], values=[1, 2], before=[None, "0.50"])
    assert figure["data"][0]["hovertext"] == ["", "<br>上年同期 0.50"]
    assert figure["data"][0]["hovertemplate"].endswith("%{customdata}%{hovertext}<extra></extra>")
