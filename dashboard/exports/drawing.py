"""A chart drawn without a browser, from its plot: calm as on screen, a few gridlines, no frame, values where they matter.

Texts are the printed cells of the chart's table. Letters are drawn as outlines, so a picture looks the same everywhere;
a character that the font lacks becomes the printer's 〓, never a box. Loads matplotlib: imported where a picture is made.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, FontProperties
from matplotlib.ticker import FuncFormatter, MaxNLocator

from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.charts.theme import GREY, LIGHT, Palette
from dashboard.components.level import PLOT_GREY, PLOT_LIGHT, PLOT_MARKS, PlotColours
from dashboard.components.table import Column, Row, cell, raw
from dashboard.exports.axis_names import Names, em, fitted
from dashboard.exports.fonts import Face, bold_face, characters, chinese_fonts
from dashboard.words import display
from dashboard.words.wording import _
from rules.alerts.threshold import Level

MM = 25.4
SIZE = 9.0  # points of the texts
LEFT = 12.0  # millimetres of the scale's numbers
BAR = 0.56  # of the width between two bars
MOST_VALUES = 16  # bars that carry their value
NEAR = 4  # places that a value beside its point covers
SHAPES = {Level.BLUE: "o", Level.YELLOW: "D", Level.ORANGE: "^", Level.RED: "s"}
MISSING = "\u3013"


class NoFont(RuntimeError):
    """No font here can write Chinese; the probe says so before anybody draws."""


def svg(plot: Plot, width_mm: float, height_mm: float, *, grey: bool = False, outlines: bool = True) -> str:
    """The chart as one SVG element; without ``outlines`` its texts are texts, for whoever has the same fonts. Raises
    NoFont."""
    out = io.StringIO()
    with _settings(outlines=outlines):
        FigureCanvasSVG(_Drawing.of(plot, width_mm, height_mm, grey).figure).print_svg(out, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return out.getvalue()[out.getvalue().index("<svg") :]


def png(plot: Plot, width_mm: float, height_mm: float, *, dpi: int = 300, grey: bool = False) -> bytes:
    """The chart as PNG on white. Raises NoFont."""
    out = io.BytesIO()
    with _settings():
        figure = _Drawing.of(plot, width_mm, height_mm, grey).figure
        figure.dpi = dpi
        FigureCanvasAgg(figure).print_png(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _settings(*, outlines: bool = True) -> AbstractContextManager[None]:
    return matplotlib.rc_context(
        {"svg.fonttype": "path" if outlines else "none", "svg.hashsalt": "poolwatch", "axes.unicode_minus": True}
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One chart being drawn; everything it needs, for the functions that draw its parts."""

    plot: Plot
    figure: Figure
    axes: Axes
    colours: Palette
    levels: dict[Level, PlotColours]
    face: Face

    @classmethod
    def of(cls, plot: Plot, width_mm: float, height_mm: float, grey: bool) -> _Drawing:
        face = chinese_fonts().get("hei") or chinese_fonts().get("any")
        if face is None:
            raise NoFont
        figure = Figure(figsize=(width_mm / MM, height_mm / MM), facecolor="white")
        one = cls(
            plot,
            figure,
            figure.add_axes((0, 0, 1, 1)),
            GREY if grey else LIGHT,
            PLOT_GREY if grey else PLOT_LIGHT,
            face,
        )
        one.draw(width_mm, height_mm)
        return one

    def draw(self, width_mm: float, height_mm: float) -> None:
        marks = [mark for mark in self.plot.marks if mark.kind != "band"]
        named = len(marks) > 1 and not all(mark.kind == "line" for mark in marks)
        right = min(max((em(said) for said in self.beside(marks)), default=0.0) * SIZE / 72 * MM + 4.0, width_mm * 0.35)
        each = any(mark.kind == "bar" for mark in self.plot.marks) and self.plot.expected is None
        texts = [self.category(place) for place in range(len(self.plot.rows))]
        anchor = (self.plot.expected or len(texts)) - 1
        across = width_mm - right - LEFT
        names = fitted(texts, across, SIZE / 72 * MM, anchor, each=each and len(texts) <= MOST_VALUES)
        self.frame(width_mm, height_mm, right, top=8.0 if named else 4.0, bottom=names.height_mm)
        self.scale()
        self.band()
        bars = [mark for mark in marks if mark.kind == "bar"]
        for place, mark in enumerate(bars):
            self.bars(mark, place, len(bars))
        for mark in marks:
            if mark.kind == "tick":
                self.ticks(mark)
        self.lines([mark for mark in marks if mark.kind == "line"])
        for limit in self.plot.limits:
            self.limit(limit)
        if named:
            self.legend(marks)
        self.categories(names, each=any(mark.kind == "bar" for mark in self.plot.marks))

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
        unit = display.UNITS[self.plot.table.unit].fen if column.kind == "money" else 1
        found = [raw(row.values.get(key)) for row in self.plot.rows]
        return [None if value is None else float(Fraction(value) / unit) for value in found]

    def said(self, key: str, row: Row) -> str:
        return self.written(cell(self.plot.table, self.column(key), row))

    def written(self, text: str) -> str:
        """A text with what the font cannot write replaced."""
        known = characters(self.face)
        return "".join(one if one in known or one == "\n" else "-" if one == display.MINUS else MISSING for one in text)

    def font(self, *, bold: bool = False) -> FontProperties:
        face = bold_face(self.face) if bold else self.face
        where = FontPath(face.path, face.number)
        return FontProperties(family=face.family, weight="bold" if bold else "normal", fname=where, size=SIZE)

    # --- frame

    def frame(self, width_mm: float, height_mm: float, right: float, top: float, bottom: float) -> None:
        self.axes.set_position(
            (
                LEFT / width_mm,
                bottom / height_mm,
                (width_mm - LEFT - right) / width_mm,
                (height_mm - top - bottom) / height_mm,
            )
        )
        for side in self.axes.spines.values():
            side.set_visible(False)
        self.axes.tick_params(length=0, labelcolor=self.colours.t3)
        self.axes.grid(axis="y", color=self.colours.line, linewidth=0.6)
        self.axes.set_axisbelow(True)

    def scale(self) -> None:
        """The value axis: bars stand on 0, lines need not; limits are always in sight."""
        drawn = [value for mark in self.plot.marks for value in self.values(mark.column) if value is not None]
        drawn += [float(limit.at) for limit in self.plot.limits]
        bars = any(mark.kind in ("bar", "tick") for mark in self.plot.marks)
        low, high = (min([*drawn, 0.0]), max([*drawn, 0.0])) if bars or not drawn else (min(drawn), max(drawn))
        room = (high - low or 1.0) * 0.12
        self.axes.set_ylim(low - (0 if bars and low == 0 else room), high + (0 if bars and high == 0 else room))
        self.axes.set_xlim(-0.6, len(self.plot.rows) - 0.4) if bars else self.axes.set_xlim(
            0, max(len(self.plot.rows) - 1, 1)
        )
        self.axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
        places = 0 if high - low >= 4 else 1 if high - low >= 0.4 else 2
        self.axes.yaxis.set_major_formatter(
            FuncFormatter(
                lambda value, _at: self.written(display.number(Fraction(value).limit_denominator(1000), places))
            )
        )
        for label in self.axes.get_yticklabels():
            label.set_fontproperties(self.font())
        if bars:
            self.axes.axhline(0, color=self.colours.t3 if low < 0 else self.colours.line_2, linewidth=0.8)
            return
        self.axes.spines["bottom"].set(visible=True, color=self.colours.line_2, linewidth=0.8)
        if self.plot.expected:
            self.axes.axvline(self.plot.expected - 1, color=self.colours.line_2, linewidth=0.8)

    def categories(self, names: Names, *, each: bool) -> None:
        """Names under the axis; one at a warning level in its colour."""
        self.axes.set_xticks(list(names.shown), list(names.texts))
        for place, label in zip(names.shown, self.axes.get_xticklabels(), strict=True):
            level = self.plot.levels.get(place)
            label.set_fontproperties(self.font(bold=level is not None))
            label.set_color(self.levels[level].text if level else self.colours.t3)
            label.set_rotation(names.slant)
            label.set_rotation_mode("anchor" if names.slant else "default")
            label.set_horizontalalignment("right" if names.slant else self.aside(place, len(self.plot.rows), each))

    def category(self, place: int) -> str:
        name = self.said(self.plot.along, self.plot.rows[place])
        level = self.plot.levels.get(place)
        return self.written(f"{PLOT_MARKS[level]} {name}") if level else name

    @staticmethod
    def aside(place: int, count: int, bars: bool) -> Literal["left", "center", "right"]:
        return "center" if bars or 0 < place < count - 1 else "left" if place == 0 else "right"

    # --- marks

    def band(self) -> None:
        edges = [mark for mark in self.plot.marks if mark.kind == "band"]
        if len(edges) != 2:
            return
        low, high = (self.values(mark.column) for mark in edges)
        line = next((mark for mark in self.plot.marks if mark.kind == "line"), None)
        begins = None if self.plot.expected is None or line is None else self.plot.expected - 1
        known = self.values(line.column)[begins] if line is not None and begins is not None and begins >= 0 else None
        at = [place for place in range(len(low)) if low[place] is not None and high[place] is not None]
        places = [*([begins] if known is not None else []), *at]
        lows, highs = (
            [*([known] if known is not None else []), *(edge[place] for place in at)] for edge in (low, high)
        )
        colour = getattr(self.colours, edges[0].colour)
        self.axes.fill_between(places, lows, highs, color=colour, alpha=0.12, linewidth=0)  # type: ignore[arg-type]

    def bars(self, mark: Mark, place: int, of: int) -> None:
        values, colour = self.values(mark.column), getattr(self.colours, mark.colour)
        width = BAR / of
        across = [self.values(other.column) for other in self.plot.marks if other.kind == "tick"]
        beside = [[one[at] or 0.0 for one in across] for at in range(len(values))]
        for at, value in enumerate(values):
            if value is None:
                continue
            level = self.plot.levels.get(at)
            fill = self.levels[level].fill if level else self.colours.below if value < 0 else colour
            expected = mark.dashed or (self.plot.expected is not None and at >= self.plot.expected)
            look: dict[str, Any] = {"color": fill, "linewidth": 0}
            if level:
                look |= {"edgecolor": self.levels[level].line, "linewidth": 0.8}
            if expected:
                look = {"facecolor": (*matplotlib.colors.to_rgb(fill), 0.12), "edgecolor": fill, "linestyle": (0, (4, 3)), "linewidth": 0.8}  # fmt: skip
            where = at + (place - (of - 1) / 2) * width
            self.axes.bar([where], [value], width * 0.94, **look)
            if of == 1 and len(values) <= MOST_VALUES:
                end = max([value, *beside[at]]) if value >= 0 else value
                self.value(where, end, self.said(mark.column, self.plot.rows[at]), bold=level is not None)

    def value(self, x: float, y: float, said: str, *, bold: bool = False) -> None:
        """A bar's value at its end."""
        self.axes.annotate(
            said, (x, y), (0, 2.5 if y >= 0 else -2.5), textcoords="offset points", ha="center",
            va="bottom" if y >= 0 else "top", color=self.colours.ink, fontproperties=self.font(bold=bold),
        )  # fmt: skip

    def ticks(self, mark: Mark) -> None:
        colour = getattr(self.colours, mark.colour)
        for at, value in enumerate(self.values(mark.column)):
            if value is not None:
                self.axes.plot([at - BAR / 2 - 0.08, at + BAR / 2 + 0.08], [value, value], color=colour, linewidth=1.4)

    def lines(self, marks: Sequence[Mark]) -> None:
        ends: list[tuple[float, float, str, int]] = []
        for mark in marks:
            values, colour = self.values(mark.column), getattr(self.colours, mark.colour)
            width = 1.0 if mark.colour == "t4" else 1.6
            split = len(values) if self.plot.expected is None else self.plot.expected
            gaps = [float("nan") if value is None else value for value in values]
            dash: Any = (0, (4, 3)) if mark.dashed else "-"
            self.axes.plot(range(split), gaps[:split], color=colour, linewidth=width, linestyle=dash)
            if split < len(values):
                before = max(split - 1, 0)
                self.axes.plot(
                    range(before, len(values)), gaps[before:], color=colour, linewidth=width, linestyle=(0, (4, 3))
                )
            self.points(values, colour)
            ends += self.ends(mark, values, split, len(marks), colour)
        self.end_labels(ends)

    def points(self, values: Sequence[float | None], colour: str) -> None:
        for at, level in self.plot.levels.items():
            value = values[at]
            if value is not None:
                look = self.levels[level]
                self.axes.plot([at], [value], SHAPES[level], color=look.fill, markeredgecolor=look.line, markersize=5)

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
                self.axes.plot(
                    [at], [value], "o", color=colour, markersize=3.5, markeredgecolor="white", markeredgewidth=0.8
                )
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
        low, high = self.axes.get_ylim()
        apart = (high - low) * 0.10
        lowest = float("inf")
        for x, y, said, aside in sorted(ends, key=lambda one: -one[1]):
            at_edge = x >= len(self.plot.rows) - 1.5
            height = min(y, lowest - apart) if at_edge else y
            lowest = height if at_edge else lowest
            shift = (-5, 9 * aside) if aside else (6, 0 if at_edge else 7)
            self.axes.annotate(
                said, (x, height), shift, textcoords="offset points", ha="right" if aside else "left", va="center",
                color=self.colours.ink, fontproperties=self.font(bold=True), annotation_clip=False, linespacing=1.25,
            )  # fmt: skip

    # --- limits, legend

    def limit(self, limit: Limit) -> None:
        """A limit by colour, shape and name, at the right of the chart."""
        at, look = float(limit.at), self.levels[limit.level]
        self.axes.axhline(at, color=look.line, linewidth=0.9, linestyle=(0, (3, 2.5)))
        name = self.written(f"{PLOT_MARKS[limit.level]} {limit.name}")
        self.axes.annotate(
            name, (1, at), (3, 0), xycoords=("axes fraction", "data"), textcoords="offset points", ha="left",
            va="center", color=look.text, fontproperties=self.font(), annotation_clip=False,
        )  # fmt: skip

    def legend(self, marks: Sequence[Mark]) -> None:
        """What the marks are, in a row above."""
        x = 0.0
        width = self.axes.get_position().width * self.figure.get_figwidth() * 72
        for mark in marks:
            title, colour = self.written(self.column(mark.column).title), getattr(self.colours, mark.colour)
            drawn = self.axes.annotate(
                "", (x / width, 1), (0, 8), xycoords="axes fraction", textcoords="offset points", annotation_clip=False
            )
            drawn.set_visible(False)
            height = 5.0 if mark.kind == "bar" else 1.4
            self.axes.annotate(
                " " * 4, (x / width, 1), (0, 8), xycoords="axes fraction", textcoords="offset points", fontsize=height,
                va="center", bbox={"facecolor": colour, "edgecolor": "none", "pad": 0}, annotation_clip=False,
            )  # fmt: skip
            self.axes.annotate(
                title, (x / width, 1), (12, 8), xycoords="axes fraction", textcoords="offset points", va="center",
                color=self.colours.t3, fontproperties=self.font(), annotation_clip=False,
            )  # fmt: skip
            x += 12 + (em(title) + 1.5) * SIZE
