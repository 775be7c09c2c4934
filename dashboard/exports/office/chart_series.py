"""The series of an office chart as XML: bars, lines, band edges, ticks and limits, with the labels that are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dashboard.charts.theme import LIGHT, Palette
from dashboard.components.level import PLOT_LIGHT, PlotColours
from dashboard.exports.office.drawn import Drawn, Series
from dashboard.exports.office.text import widest
from dashboard.exports.office.workbook import number_format, places_of, reference
from dashboard.exports.office.xml import Element, add, fill, letters, stroke
from rules.alerts.threshold import Level

# As the shapes of the levels on screen.
SYMBOLS = {Level.BLUE: "circle", Level.YELLOW: "diamond", Level.ORANGE: "triangle", Level.RED: "square"}
PAST = "t4"  # 上年同期, which stays behind: thin and without its values
SMALLEST = 0.72  # of the chart's letters: what a bar's value may be set in to stand beside the next
MARKED = 3  # of a line's points at a level, how many carry their value


@dataclass(frozen=True, slots=True)
class Look:
    """Size in points of the whole chart and of its letters; faces are the Latin and the East Asian one; the colours, also
    those of the levels."""

    width: float
    height: float
    letters: float
    faces: tuple[str, str]
    language: str
    colours: Palette = LIGHT
    levels: Mapping[Level, PlotColours] = field(default_factory=lambda: PLOT_LIGHT)

    def colour(self, name: str) -> str:
        """One of the palette as RRGGBB."""
        return str(getattr(self.colours, name)).removeprefix("#")

    def of(self, series: Series) -> str:
        """The colour of a series."""
        if series.kind == "limit":
            return self.levels[series.level].line.removeprefix("#")
        return self.colour(series.colour)


def labelled(chart: Drawn, series: Series, look: Look) -> list[int]:
    """The places of a series that carry their printed value: all where bars leave room, else the last and those at a level."""
    known = [place for place, value in enumerate(series.values) if value is not None]
    if series.kind == "bar":
        across = any(one.kind == "tick" for one in chart.series)
        roomy = _label_size(chart, series, look) >= SMALLEST * look.letters
        return known if roomy and not across else [place for place in known if series.levels.get(place)]
    if series.kind == "line" and series.colour != PAST:
        return sorted({*known[-1:], *[place for place in known if series.levels.get(place)][-MARKED:]})
    return known[-1:] if series.kind == "limit" else []


def _label_size(chart: Drawn, series: Series, look: Look) -> float:
    """The letters in which the values of bars stand beside one another; those of lines are the chart's own."""
    if series.kind != "bar":
        return look.letters
    bars = sum(one.kind == "bar" for one in chart.series) if chart.beside else 1
    room = look.width * 0.84 / max(1, len(chart.categories)) / bars
    said = [f"{value:+,.{series.places}f}" for value in series.values if value is not None]
    return min(look.letters, room / max(1.0, widest(said)))


def bar_series(parent: Element, chart: Drawn, place: int, look: Look) -> None:
    series = chart.series[place]
    ser = _begin(parent, chart, place)
    shape = add(ser, "c:spPr")
    if series.dashed:
        _expected(shape, look.of(series))
    else:
        fill(shape, look.of(series))
        stroke(shape, None)
    add(ser, "c:invertIfNegative", val=0)
    for point, value in enumerate(series.values):
        level, ahead = series.levels.get(point), series.expected is not None and point >= series.expected
        below = value is not None and value < 0 and series.colour != "below"
        if value is None or not (level or ahead or below) or (series.dashed and not level):
            continue
        own = add(ser, "c:dPt")
        add(own, "c:idx", val=point)
        add(own, "c:invertIfNegative", val=0)
        add(own, "c:bubble3D", val=0)
        shape = add(own, "c:spPr")
        if level:
            fill(shape, look.levels[level].fill.removeprefix("#"))
            stroke(shape, look.levels[level].line.removeprefix("#"), 1)
        elif ahead:
            _expected(shape, look.of(series))
        else:
            fill(shape, look.colour("below"))
            stroke(shape, None)
    _labels(ser, chart, series, look, "outEnd")
    _references(ser, chart, place)


def line_series(parent: Element, chart: Drawn, place: int, look: Look) -> None:
    """A line; band edges are thin, a tick is a short rule with no line, a limit is dashed through the whole chart."""
    series = chart.series[place]
    ser = _begin(parent, chart, place)
    shape = add(ser, "c:spPr")
    if series.kind == "tick":
        stroke(shape, None)
    else:
        _course(shape, series, look)
    marker = add(ser, "c:marker")
    if series.kind == "tick":
        _tick(marker, chart, series, look)
    else:
        add(marker, "c:symbol", val="none")
    if series.kind != "tick":
        _points(ser, series, look)
    _labels(ser, chart, series, look, "r" if series.kind == "limit" else "t")
    _references(ser, chart, place)
    add(ser, "c:smooth", val=0)


def _begin(parent: Element, chart: Drawn, place: int) -> Element:
    ser = add(parent, "c:ser")
    add(ser, "c:idx", val=place)
    add(ser, "c:order", val=place)
    name = add(add(ser, "c:tx"), "c:strRef")
    add(name, "c:f", reference(place + 1, 1))
    _strings(name, [chart.series[place].name])
    return ser


def _expected(shape: Element, colour: str) -> None:
    fill(shape, colour, 12)
    stroke(shape, colour, 1.25, "sysDash")


def _tick(marker: Element, chart: Drawn, series: Series, look: Look) -> None:
    """A rule a little wider than the bar that it lies across."""
    room = look.width * 0.86 / max(1, len(chart.categories)) * 0.62
    add(marker, "c:symbol", val="dash")
    add(marker, "c:size", val=max(5, min(24, round(room))))
    shape = add(marker, "c:spPr")
    fill(shape, look.of(series))
    stroke(shape, None)


def _course(shape: Element, series: Series, look: Look) -> None:
    """How a line runs."""
    points = 1.25 if series.colour == PAST else {"line": 2.25, "band": 1.0, "limit": 1.25}[series.kind]
    dash = {"band": "sysDot", "limit": "dash", "line": "sysDash"}[series.kind] if series.dashed else ""
    stroke(shape, look.of(series), points, dash)


def _points(ser: Element, series: Series, look: Look) -> None:
    """Marks on a line: its points at a level, its last value, and those that no line reaches."""
    for place, value in enumerate(series.values):
        level = series.levels.get(place)
        end = series.kind == "line" and place == series.last and series.colour != PAST
        if value is None or not (level or end or series.alone(place)):
            continue
        point = add(ser, "c:dPt")
        add(point, "c:idx", val=place)
        marker = add(point, "c:marker")
        add(marker, "c:symbol", val=SYMBOLS[level] if level else "dash" if series.kind == "limit" else "circle")
        add(marker, "c:size", val=9 if level else 6)
        shape = add(marker, "c:spPr")
        fill(shape, look.levels[level].fill.removeprefix("#") if level else look.of(series))
        stroke(shape, look.levels[level].line.removeprefix("#") if level else look.of(series), 1)
        add(point, "c:bubble3D", val=0)
        # Without it the line to this point would be drawn as the program pleases.
        _course(add(point, "c:spPr"), series, look)


def _labels(ser: Element, chart: Drawn, series: Series, look: Look, where: str) -> None:
    chosen = labelled(chart, series, look)
    size = max(SMALLEST * look.letters, _label_size(chart, series, look))
    labels = add(ser, "c:dLbls")
    for place in chosen:
        label = add(labels, "c:dLbl")
        add(label, "c:idx", val=place)
        level = series.level or series.levels.get(place)
        named = series.kind == "limit"
        colour = look.levels[level].text.removeprefix("#") if level else look.colour("ink")
        bold = bool(level) or (series.kind == "line" and place == series.last)
        code = number_format(places_of(series, place), signed=series.signed)
        _label(label, code, colour, replace(look, letters=size), bold=bold)
        add(label, "c:dLblPos", val="r" if place == len(series.values) - 1 and where == "t" else where)
        _shows(label, value=not named, name=named)
    _shows(labels, value=False, name=False)


def _label(parent: Element, code: str, colour: str, look: Look, *, bold: bool) -> None:
    add(parent, "c:numFmt", formatCode=code, sourceLinked=0)
    shape = add(parent, "c:spPr")
    add(shape, "a:noFill")
    stroke(shape, None)
    words(parent, look, colour, bold=bold)


def _shows(parent: Element, *, value: bool, name: bool) -> None:
    for what, shown in (
        ("LegendKey", False),
        ("Val", value),
        ("CatName", False),
        ("SerName", name),
        ("Percent", False),
        ("BubbleSize", False),
    ):
        add(parent, f"c:show{what}", val=int(shown))


# Angles in 60 000ths of a degree. LibreOffice breaks lines at an angle of exactly nothing, and a hundredth of one is none.
FLAT, ONE_LINE, SLANTING = 0, 600, -2_700_000


def words(parent: Element, look: Look, colour: str = "", *, bold: bool = False, angle: int = FLAT) -> None:
    """``c:txPr``: how the words of a part look. Flat ones stand in several lines if need be, all of them. Of those in one
    line every program shows as many as find room."""
    text = add(parent, "c:txPr")
    add(text, "a:bodyPr", rot=angle, vert="horz", wrap="square")
    add(text, "a:lstStyle")
    paragraph = add(text, "a:p")
    letters(add(paragraph, "a:pPr"), "a:defRPr", look.letters, colour or look.colour("t3"), look.faces, b=int(bold))
    add(paragraph, "a:endParaRPr", lang=look.language)


def _references(ser: Element, chart: Drawn, place: int) -> None:
    """Where the workbook holds names and values, and what it holds."""
    lines = len(chart.categories)
    names = add(add(ser, "c:cat"), "c:strRef")
    add(names, "c:f", reference(0, 2, lines + 1))
    _strings(names, chart.categories)
    series = chart.series[place]
    values = add(add(ser, "c:val"), "c:numRef")
    add(values, "c:f", reference(place + 1, 2, lines + 1))
    cache = add(values, "c:numCache")
    general = series.kind == "limit"
    add(cache, "c:formatCode", "General" if general else number_format(series.places, signed=series.signed))
    add(cache, "c:ptCount", val=lines)
    for at, value in enumerate(series.values):
        if value is not None:
            add(add(cache, "c:pt", idx=at), "c:v", format(value, "f"))


def _strings(parent: Element, texts: Sequence[str]) -> None:
    cache = add(parent, "c:strCache")
    add(cache, "c:ptCount", val=len(texts))
    for place, text in enumerate(texts):
        add(add(cache, "c:pt", idx=place), "c:v", text)
