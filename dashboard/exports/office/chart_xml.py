"""A native office chart: the XML of its part, the same for a slide and a document, in the order of the schema.

Both libraries can make one kind of chart only, without gaps, points of their own or East Asian faces; so the part is
written here and they carry it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import ceil

from dashboard.exports.office.chart_series import (
    FLAT,
    ONE_LINE,
    SLANTING,
    Look,
    bar_series,
    labelled,
    line_series,
    words,
)
from dashboard.exports.office.drawn import Drawn
from dashboard.exports.office.text import lines_of, longest_word, widest, width
from dashboard.exports.office.workbook import number_format
from dashboard.exports.office.xml import Element, add, root, serialized, stroke

CATEGORIES, VALUES = 111111111, 222222222  # ids of the axes
NAMED_ALL = 16  # up to so many names stand under the axis, in several lines if need be
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}


def chart_xml(chart: Drawn, look: Look, workbook_id: str = "") -> bytes:
    """The chart part. ``workbook_id`` is the relation to its workbook, where the library does not write it itself."""
    space = root("c:chartSpace", "c", "a", "r")
    add(space, "c:date1904", val=0)
    add(space, "c:lang", val=look.language)
    add(space, "c:roundedCorners", val=0)
    drawing = add(space, "c:chart")
    add(drawing, "c:autoTitleDeleted", val=1)
    area = add(drawing, "c:plotArea")
    bars = [place for place, one in enumerate(chart.series) if one.kind == "bar"]
    lines = [place for place, one in enumerate(chart.series) if one.kind != "bar"]
    _layout(area, chart, look)
    if bars:
        _bars(area, chart, bars, look)
    if lines:
        _lines(area, chart, lines, look)
    _category_axis(area, chart, look)
    _value_axis(area, chart, look)
    add(add(area, "c:spPr"), "a:noFill")
    if has_legend(chart):
        _legend(drawing, chart, look)
    add(drawing, "c:plotVisOnly", val=1)
    add(drawing, "c:dispBlanksAs", val="gap")
    shape = add(space, "c:spPr")
    add(shape, "a:noFill")
    stroke(shape, None)
    words(space, look)
    if workbook_id:
        add(add(space, "c:externalData", r__id=workbook_id), "c:autoUpdate", val=0)
    return serialized(space)


def has_legend(chart: Drawn) -> bool:
    """One series is named by the chart's title, a limit at its end."""
    return sum(one.kind != "limit" for one in chart.series) > 1


def _legend_lines(chart: Drawn, look: Look) -> int:
    """In how many lines the legend stands; 0 without one."""
    if not has_legend(chart):
        return 0
    across = sum(width(one.name) + 4 for one in chart.series if one.kind != "limit") * look.letters
    return ceil(across / (look.width * 0.9))


def _bars(area: Element, chart: Drawn, places: Sequence[int], look: Look) -> None:
    bars = add(area, "c:barChart")
    add(bars, "c:barDir", val="col")
    add(bars, "c:grouping", val="clustered")
    add(bars, "c:varyColors", val=0)
    for place in places:
        bar_series(bars, chart, place, look)
    add(bars, "c:gapWidth", val=60 if chart.beside else 79)
    add(bars, "c:overlap", val=0 if chart.beside else 100)
    _axis_ids(bars)


def _lines(area: Element, chart: Drawn, places: Sequence[int], look: Look) -> None:
    lines = add(area, "c:lineChart")
    add(lines, "c:grouping", val="standard")
    add(lines, "c:varyColors", val=0)
    for place in places:
        line_series(lines, chart, place, look)
    add(lines, "c:marker", val=1)
    _axis_ids(lines)


def _axis_ids(parent: Element) -> None:
    add(parent, "c:axId", val=CATEGORIES)
    add(parent, "c:axId", val=VALUES)


def _layout(area: Element, chart: Drawn, look: Look) -> None:
    """Room for the numbers at the left, the names below, labels at the right end, the legend above."""
    size = look.letters
    left = min(0.2, (_axis_width(chart) + 0.8) * size / look.width)
    right = min(0.28, _end_width(chart, look) * size / look.width)
    top = (1.2 + 1.2 * _legend_lines(chart, look)) * size / look.height
    bottom = (1.5 + 1.4 * _name_lines(chart, look)) * size / look.height
    inner = add(add(area, "c:layout"), "c:manualLayout")
    add(inner, "c:layoutTarget", val="inner")
    add(inner, "c:xMode", val="edge")
    add(inner, "c:yMode", val="edge")
    add(inner, "c:x", val=round(left, 4))
    add(inner, "c:y", val=round(top, 4))
    add(inner, "c:w", val=round(1 - left - right, 4))
    add(inner, "c:h", val=round(max(0.3, 1 - top - bottom), 4))


def _values(chart: Drawn) -> list[Decimal]:
    return [value for one in chart.series for value in one.values if value is not None]


def _axis_format(chart: Drawn) -> str:
    values = [*_values(chart), *([Decimal(0)] if any(one.kind == "bar" for one in chart.series) else [])]
    span = max(values) - min(values) if values else Decimal(10)
    places = 0 if span >= 5 or span == 0 else 1 if span >= Decimal("0.5") else 2
    return number_format(places)


def _axis_width(chart: Drawn) -> float:
    return widest(f"{round(value):,}" for value in _values(chart)) + (0.9 if ".0" in _axis_format(chart) else 0.3)


def _end_width(chart: Drawn, look: Look) -> float:
    """How far labels reach beyond the last place."""
    texts = ["0"]
    for one in chart.series:
        last = one.last
        if last is None or last not in labelled(chart, one, look) or last < len(chart.categories) - 1:
            continue
        if one.kind == "limit":
            texts.append(one.name)
        elif one.kind == "line":
            texts.append(f"+{one.values[last]:,}")
    room = 0.5 / max(1, len(chart.categories)) * 0.8
    return max(0.6, widest(texts) + 1.2 - room * 10)


def _skip(chart: Drawn, look: Look) -> int:
    """Every which name stands under the axis."""
    count = len(chart.categories)
    if count <= NAMED_ALL:
        return 1
    room = look.width * 0.82 / ((widest(chart.categories) + 1) * look.letters)
    return max(1, ceil(count / max(1.0, room)))


def _slants(chart: Drawn, look: Look) -> bool:
    """Whether names would be parted within a word."""
    room = look.width * 0.8 / max(1, len(chart.categories)) / look.letters
    return _skip(chart, look) == 1 and longest_word(chart.categories) > room


def _name_lines(chart: Drawn, look: Look) -> float:
    """In how many lines the longest name stands, or as many as it takes when it slants."""
    if _skip(chart, look) > 1 or not chart.categories:
        return 1
    if _slants(chart, look):
        return widest(chart.categories) * 0.55
    room = look.width * 0.8 / len(chart.categories) / look.letters
    return min(4, max(lines_of(name, max(1.0, room)) for name in chart.categories))


def _category_axis(area: Element, chart: Drawn, look: Look) -> None:
    axis = add(area, "c:catAx")
    add(axis, "c:axId", val=CATEGORIES)
    add(add(axis, "c:scaling"), "c:orientation", val="minMax")
    add(axis, "c:delete", val=0)
    add(axis, "c:axPos", val="b")
    add(axis, "c:numFmt", formatCode="General", sourceLinked=0)
    add(axis, "c:majorTickMark", val="none")
    add(axis, "c:minorTickMark", val="none")
    # Below what is under zero.
    add(axis, "c:tickLblPos", val="low")
    stroke(
        add(axis, "c:spPr"), look.colour("ink" if any(one.kind == "bar" for one in chart.series) else "line_2"), 0.75
    )
    skip = _skip(chart, look)
    words(axis, look, look.colour("ink"), angle=SLANTING if _slants(chart, look) else FLAT if skip == 1 else ONE_LINE)
    add(axis, "c:crossAx", val=VALUES)
    add(axis, "c:crosses", val="autoZero")
    add(axis, "c:auto", val=0)
    add(axis, "c:lblAlgn", val="ctr")
    add(axis, "c:lblOffset", val=100)
    add(axis, "c:tickLblSkip", val=skip)
    add(axis, "c:tickMarkSkip", val=skip)
    add(axis, "c:noMultiLvlLbl", val=1)


def _value_axis(area: Element, chart: Drawn, look: Look) -> None:
    axis = add(area, "c:valAx")
    add(axis, "c:axId", val=VALUES)
    scaling = add(axis, "c:scaling")
    add(scaling, "c:orientation", val="minMax")
    values = _values(chart)
    if values and any(one.kind == "bar" for one in chart.series):
        # Bars begin at nothing, whatever a program finds pleasing.
        if max(values) <= 0:
            add(scaling, "c:max", val=0)
        elif min(values) >= 0:
            add(scaling, "c:min", val=0)
    add(axis, "c:delete", val=0)
    add(axis, "c:axPos", val="l")
    stroke(add(add(axis, "c:majorGridlines"), "c:spPr"), look.colour("line"), 0.75)
    add(axis, "c:numFmt", formatCode=_axis_format(chart), sourceLinked=0)
    add(axis, "c:majorTickMark", val="none")
    add(axis, "c:minorTickMark", val="none")
    add(axis, "c:tickLblPos", val="low")
    stroke(add(axis, "c:spPr"), None)
    words(axis, look)
    add(axis, "c:crossAx", val=CATEGORIES)
    add(axis, "c:crosses", val="autoZero")
    add(axis, "c:crossBetween", val="between")


def _legend(drawing: Element, chart: Drawn, look: Look) -> None:
    legend = add(drawing, "c:legend")
    add(legend, "c:legendPos", val="t")
    # Entries are counted as they are drawn: bars first.
    order = sorted(range(len(chart.series)), key=lambda place: (chart.series[place].kind != "bar", place))
    for entry, place in enumerate(order):
        if chart.series[place].kind == "limit":
            hidden = add(legend, "c:legendEntry")
            add(hidden, "c:idx", val=entry)
            add(hidden, "c:delete", val=1)
    add(legend, "c:overlay", val=0)
    words(legend, look)
