"""A chart drawn without a browser, from its plot: calm as on screen, a few gridlines, no frame, values where they matter.

Texts are the printed cells of the chart's table, and texts in the picture too: for whoever sets it in the font it names.
A character that the font lacks becomes the printer's 〓, never a box.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dashboard.charts.events import raised
from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.charts.theme import GREY, LIGHT, Palette
from dashboard.components.level import PLOT_GREY, PLOT_LIGHT, PLOT_MARKS, PlotColours
from dashboard.components.table import Column, Row, cell, raw
from dashboard.exports.axis_names import Names, em, fitted
from dashboard.exports.fonts import Face, characters, chinese_fonts
from dashboard.exports.svg import ABOVE, CENTRE, LINE, SIZE, Anchor, Points, Svg, circle, path
from dashboard.words import display
from dashboard.words.wording import _
from rules.alerts.threshold import Level

MM = 25.4
POINT = 72 / MM  # points of a millimetre; everything is drawn in points
LEFT = 12.0  # millimetres of the scale's numbers
BAR = 0.56  # of the width between two bars
MOST_VALUES = 16  # bars that carry their value
FLAG = 12.0  # points of an event's flag
NEAR = 4  # places that a value beside its point covers
STEPS = (1, 2, 3, 4, 5, 6, 8, 10)  # of the scale, times a power of ten
SHAPES = {
    Level.YELLOW: ((0, -3.54), (3.54, 0), (0, 3.54), (-3.54, 0)),
    Level.ORANGE: ((0, -2.5), (2.5, 2.5), (-2.5, 2.5)),
    Level.RED: ((-2.5, -2.5), (2.5, -2.5), (2.5, 2.5), (-2.5, 2.5)),
}
MISSING = "\u3013"


class NoFont(RuntimeError):
    """No font here can write Chinese; the probe says so before anybody draws."""


def svg(plot: Plot, width_mm: float, height_mm: float, *, grey: bool = False) -> str:
    """The chart as one SVG element. Raises NoFont."""
    return _Drawing.of(plot, width_mm, height_mm, grey).on.whole()


@dataclass(slots=True)
class _Drawing:
    """One chart being drawn; everything it needs, for the functions that draw its parts. ``left`` to ``bottom`` is where
    the values lie, in points; ``low`` and ``high`` the values at its edges."""

    plot: Plot
    on: Svg
    colours: Palette
    levels: dict[Level, PlotColours]
    face: Face
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    low: float = 0.0
    high: float = 1.0

    @classmethod
    def of(cls, plot: Plot, width_mm: float, height_mm: float, grey: bool) -> _Drawing:
        face = chinese_fonts().get("hei") or chinese_fonts().get("any")
        if face is None:
            raise NoFont
        colours, levels = (GREY, PLOT_GREY) if grey else (LIGHT, PLOT_LIGHT)
        one = cls(plot, Svg(width_mm * POINT, height_mm * POINT, face.family), colours, levels, face)
        one.draw()
        return one

    def draw(self) -> None:
        marks = [mark for mark in self.plot.marks if mark.kind != "band"]
        bars = [mark for mark in marks if mark.kind == "bar"]
        named = len(marks) > 1 and not all(mark.kind == "line" for mark in marks)
        beside = min(max(map(em, self.beside(marks)), default=0.0) * SIZE + 4 * POINT, self.on.width * 0.35)
        texts = [self.category(place) for place in range(len(self.plot.rows))]
        anchor = (self.plot.expected or len(texts)) - 1
        each = bool(bars) and self.plot.expected is None and len(texts) <= MOST_VALUES
        across = self.on.width - beside - LEFT * POINT
        names = fitted(texts, across / POINT, SIZE / POINT, anchor, each=each)
        self.left, self.right = LEFT * POINT, self.on.width - beside
        self.top, self.bottom = (
            (8.0 if named else 4.0) * POINT + self.flag_room(),
            self.on.height - names.height_mm * POINT,
        )
        self.scale()
        self.band()
        for place, mark in enumerate(bars):
            self.bars(mark, place, len(bars))
        self.base()
        self.events()
        for mark in marks:
            if mark.kind == "tick":
                self.ticks(mark)
        self.lines([mark for mark in marks if mark.kind == "line"])
        for limit in self.plot.limits:
            self.limit(limit)
        if named:
            self.legend(marks)
        self.categories(names)

    def beside(self, marks: Sequence[Mark]) -> Iterator[str]:
        """What is written at the right of the chart, a line each: the last values of its lines, its limits."""
        lines = [mark for mark in marks if mark.kind == "line"]
        for mark in lines:
            name = self.column(mark.column).title + " " if len(lines) > 1 else ""
            yield from (name + self.said(mark.column, row) for row in self.plot.rows[-1:])
        if lines and self.plot.expected is not None:
            yield self.expected_words()
        yield from (f"{PLOT_MARKS[limit.level]} {limit.name}" for limit in self.plot.limits)

    # --- values

    def column(self, key: str) -> Column:
        return next(one for one in self.plot.table.columns if one.key == key)

    def values(self, key: str) -> list[float | None]:
        column = self.column(key)
        unit = display.fen_in(self.plot.table.unit) if column.kind == "money" else 1
        found = [raw(row.values.get(key)) for row in self.plot.rows]
        return [None if value is None else float(Fraction(value) / unit) for value in found]

    def said(self, key: str, row: Row) -> str:
        return self.written(cell(self.plot.table, self.column(key), row))

    def written(self, text: str) -> str:
        """A text with what the font cannot write replaced."""
        known = characters(self.face)
        return "".join(one if one in known or one == "\n" else "-" if one == display.MINUS else MISSING for one in text)

    # --- where values lie

    def x(self, place: float) -> float:
        first, last = (-0.6, len(self.plot.rows) - 0.4) if self.from_zero else (0, max(len(self.plot.rows) - 1, 1))
        return self.left + (place - first) / (last - first) * (self.right - self.left)

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    @property
    def from_zero(self) -> bool:
        return any(mark.kind in ("bar", "tick") for mark in self.plot.marks)

    # --- frame

    def scale(self) -> None:
        """The value axis: bars stand on 0, lines need not; limits are always in sight."""
        drawn = [value for mark in self.plot.marks for value in self.values(mark.column) if value is not None]
        drawn += [float(limit.at) for limit in self.plot.limits]
        if not drawn:
            return
        bars = self.from_zero
        low, high = (min([*drawn, 0.0]), max([*drawn, 0.0])) if bars else (min(drawn), max(drawn))
        room = (high - low or 1.0) * 0.12
        self.low = low - (0 if bars and low == 0 else room)
        self.high = high + (0 if bars and high == 0 and low < 0 else room)
        wanted = (self.high - self.low) / 4
        power = math.floor(math.log10(wanted))
        step = next(Fraction(10) ** power * one for one in STEPS if 10.0**power * one >= wanted * (1 - 1e-9))
        for at in range(math.ceil(self.low / step), math.floor(self.high / step) + 1):
            y = self.y(float(at * step))
            self.on.line([(self.left, y), (self.right, y)], self.colours.line, 0.6)
            said = self.written(display.number(at * step, max(0, -power)))
            self.on.text(self.left - 3.5, y + CENTRE, said, self.colours.t3, "end")

    def base(self) -> None:
        """What bars stand on; under lines the edge, and where what is expected begins."""
        at = self.y(0.0) if self.from_zero else self.bottom
        colour = self.colours.t3 if self.from_zero and self.low < 0 else self.colours.line_2
        self.on.line([(self.left, at), (self.right, at)], colour, 0.8)
        if self.plot.expected and not self.from_zero:
            x = self.x(self.plot.expected - 1)
            self.on.line([(x, self.top), (x, self.bottom)], self.colours.line_2, 0.8)

    def categories(self, names: Names) -> None:
        """Names under the axis; one at a warning level in its colour."""
        for place, said in zip(names.shown, names.texts, strict=True):
            level = self.plot.levels.get(place)
            colour = self.levels[level].text if level else self.colours.t3
            anchor: Anchor = "end" if names.slant else self.aside(self.x(place), said)
            y = self.bottom + 3.5 + (0.0 if names.slant else ABOVE)
            self.on.text(self.x(place), y, said, colour, anchor, bold=bool(level), slant=names.slant)

    def category(self, place: int) -> str:
        name = self.said(self.plot.along, self.plot.rows[place])
        level = self.plot.levels.get(place)
        return self.written(f"{PLOT_MARKS[level]} {name}") if level else name

    def aside(self, x: float, said: str) -> Anchor:
        """Under its place, but within the picture."""
        half = max(map(em, said.split("\n"))) * SIZE / 2
        return "start" if x < half else "end" if x + half > self.on.width else "middle"

    # --- marks

    def band(self) -> None:
        edges = [mark for mark in self.plot.marks if mark.kind == "band"]
        if len(edges) != 2:
            return
        low, high = (self.values(mark.column) for mark in edges)
        line = next((mark for mark in self.plot.marks if mark.kind == "line"), None)
        begins = None if self.plot.expected is None or line is None else self.plot.expected - 1
        known = self.values(line.column)[begins] if line is not None and begins is not None and begins >= 0 else None
        start = [] if begins is None or known is None else [(self.x(begins), self.y(known))]
        both = [
            (at, below, above)
            for at, (below, above) in enumerate(zip(low, high, strict=True))
            if below is not None and above is not None
        ]
        lows = [*start, *((self.x(at), self.y(below)) for at, below, _above in both)]
        highs = [(self.x(at), self.y(above)) for at, _below, above in both]
        if both:
            self.on.shape(
                path([*lows, *highs[::-1]], closed=True), fill=getattr(self.colours, edges[0].colour), fill_opacity=0.12
            )

    def bars(self, mark: Mark, place: int, of: int) -> None:
        values, colour = self.values(mark.column), getattr(self.colours, mark.colour)
        width = BAR / of
        across = [self.values(other.column) for other in self.plot.marks if other.kind == "tick"]
        looks: dict[tuple[str, str, bool], list[str]] = {}
        for at, value in enumerate(values):
            if value is None:
                continue
            level = self.plot.levels.get(at)
            fill = self.levels[level].fill if level else self.colours.below if value < 0 else colour
            expected = mark.dashed or (self.plot.expected is not None and at >= self.plot.expected)
            where = at + (place - (of - 1) / 2) * width
            edges = self.x(where - width * 0.47), self.x(where + width * 0.47)
            corners = [
                (edge, self.y(end)) for edge, ends in zip(edges, ((0, value), (value, 0)), strict=True) for end in ends
            ]
            box = path(corners, closed=True)
            line = fill if expected else self.levels[level].line if level else ""
            looks.setdefault((fill, line, expected), []).append(box)
            if of == 1 and len(values) <= MOST_VALUES:
                end = max([value, *(one[at] or 0.0 for one in across)]) if value >= 0 else value
                self.value(where, end, self.said(mark.column, self.plot.rows[at]), bold=level is not None)
        for (fill, line, expected), boxes in looks.items():
            edge = {"stroke": line, "stroke_width": 0.8} if line else {}
            dash = {"fill_opacity": 0.12, "stroke_dasharray": "3.2 2.4"} if expected else {}
            self.on.shape("".join(boxes), fill=fill, **edge, **dash)

    def value(self, place: float, value: float, said: str, *, bold: bool = False) -> None:
        """A bar's value at its end."""
        y = self.y(value) + (-2.5 - (SIZE - ABOVE) if value >= 0 else 2.5 + ABOVE)
        self.on.text(self.x(place), y, said, self.colours.ink, "middle", bold=bold)

    def ticks(self, mark: Mark) -> None:
        half = BAR / 2 + 0.08
        across = [
            path([(self.x(at - half), self.y(value)), (self.x(at + half), self.y(value))])
            for at, value in enumerate(self.values(mark.column))
            if value is not None
        ]
        self.on.shape("".join(across), fill="none", stroke=getattr(self.colours, mark.colour), stroke_width=1.4)

    def lines(self, marks: Sequence[Mark]) -> None:
        ends: list[tuple[float, float, str, int]] = []
        for mark in marks:
            values, colour = self.values(mark.column), getattr(self.colours, mark.colour)
            width = 1.0 if mark.colour == "t4" else 1.6
            split = len(values) if self.plot.expected is None else self.plot.expected
            dash = (4, 3)
            for first, last, dashed in ((0, split, mark.dashed), (max(split - 1, 0), len(values), True)):
                for run in self.runs(values, first, last) if first == 0 or split < len(values) else ():
                    self.on.line(run, colour, width, dash if dashed else ())
            self.points(values)
            ends += self.ends(mark, values, split, len(marks), colour)
        self.end_labels(ends)

    def runs(self, values: Sequence[float | None], first: int, last: int) -> Iterator[Points]:
        """What a line goes through without a gap."""
        run: list[tuple[float, float]] = []
        for at in range(first, last):
            value = values[at]
            if value is not None:
                run.append((self.x(at), self.y(value)))
            elif run:
                yield run
                run = []
        yield run

    def points(self, values: Sequence[float | None]) -> None:
        """Those at a level, each by its shape."""
        for at, level in self.plot.levels.items():
            value = values[at]
            if value is not None:
                x, y, look = self.x(at), self.y(value), self.levels[level]
                around = [(x + right, y + below) for right, below in SHAPES.get(level, ())]
                shape = path(around, closed=True) or circle(x, y, 2.5)
                self.on.shape(shape, fill=look.fill, stroke=look.line)

    def ends(
        self, mark: Mark, values: Sequence[float | None], split: int, of: int, colour: str
    ) -> Iterator[tuple[float, float, str, int]]:
        """Where a line's values are written: at its last known point, and at the end of what is expected."""
        name = self.column(mark.column).title + " " if of > 1 else ""
        for until, words in ((split, ""), (len(values), self.expected_words())):
            at = next((place for place in range(until - 1, -1, -1) if values[place] is not None), None)
            if at is None or (until != split and at < split):
                continue
            value = values[at]
            assert value is not None
            if until == split:
                self.on.shape(circle(self.x(at), self.y(value), 1.75), fill=colour, stroke="#ffffff", stroke_width=0.8)
            said = self.written(f"{name}{self.said(mark.column, self.plot.rows[at])}")
            # Where the line ahead rises through its place, a value stands before its point, on the side it did not come from.
            rises = until == split and any((ahead or value) > value for ahead in values[at + 1 : at + 1 + NEAR])
            came_down = at > 0 and (values[at - 1] or value) > value
            aside = 0 if not rises else -1 if came_down else 1
            yield at, value, said if until == split else f"{said}\n{self.written(words)}", aside
            if split == len(values):
                return

    def expected_words(self) -> str:
        return _("预计（80%区间）") if any(mark.kind == "band" for mark in self.plot.marks) else _("预计")

    def end_labels(self, ends: Sequence[tuple[float, float, str, int]]) -> None:
        """Values beside their points; those at the right edge one above another."""
        free = -math.inf
        for place, value, said, aside in sorted(ends, key=lambda one: -one[1]):
            at_edge = place >= len(self.plot.rows) - 1.5
            half = (1 + said.count("\n")) * LINE / 2
            middle = max(self.y(value), free + half) if at_edge else self.y(value)
            free = middle + half if at_edge else free
            right, up = (-5, 9 * aside) if aside else (6, 0 if at_edge else 7)
            base = middle - up + CENTRE - half + LINE / 2
            self.on.text(self.x(place) + right, base, said, self.colours.ink, "end" if aside else "start", bold=True)

    # --- events

    def higher(self) -> list[bool]:
        return raised(list(self.plot.events), len(self.plot.rows))

    def flag_room(self) -> float:
        """Points above the plot for the flags of events."""
        return (FLAG if self.plot.events else 0) + (FLAG if any(self.higher()) else 0)

    def events(self) -> None:
        """What happened when: a dotted line, and above the plot a numbered flag; the words stand under the picture."""
        for number, (place, up) in enumerate(zip(self.plot.events, self.higher(), strict=True), start=1):
            x, middle = self.x(place), self.top - FLAG / 2 - (FLAG if up else 0)
            self.on.line([(x, self.top), (x, self.bottom)], self.colours.t4, 0.6, (1.5, 3))
            half = FLAG / 2 - 1
            box = [
                (x - half, middle - half),
                (x + half, middle - half),
                (x + half, middle + half),
                (x - half, middle + half),
            ]
            self.on.shape(path(box, closed=True), fill="#ffffff", stroke=self.colours.t4, stroke_width=0.6)
            self.on.text(x, middle + CENTRE, str(number), self.colours.t3, "middle")

    # --- limits, legend

    def limit(self, limit: Limit) -> None:
        """A limit by colour, shape and name, at the right of the chart."""
        y, look = self.y(float(limit.at)), self.levels[limit.level]
        self.on.line([(self.left, y), (self.right, y)], look.line, 0.9, (3, 2.5))
        self.on.text(self.right + 3, y + CENTRE, self.written(f"{PLOT_MARKS[limit.level]} {limit.name}"), look.text)

    def legend(self, marks: Sequence[Mark]) -> None:
        """What the marks are, in a row above."""
        x, y = self.left, self.top - self.flag_room() - 8
        for mark in marks:
            title = self.written(self.column(mark.column).title)
            thick = 5.0 if mark.kind == "bar" else 1.4
            self.on.line([(x, y), (x + 7, y)], getattr(self.colours, mark.colour), thick)
            self.on.text(x + 12, y + CENTRE, title, self.colours.t3)
            x += 12 + (em(title) + 1.5) * SIZE
