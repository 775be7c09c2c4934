"""A chart as series: what of a ``Plot`` an office chart draws, with the values that are read in its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from dashboard.charts.plot import Mark, Plot
from dashboard.components.level import PLOT_MARKS
from dashboard.components.table import Column, cell, figures_in, raw
from dashboard.exports.office.text import clean
from dashboard.words import display
from dashboard.words.passport import Number
from dashboard.words.wording import _, bracketed
from rules.alerts.threshold import Level
from rules.money import decimal_string

Kind = Literal["bar", "line", "band", "tick", "limit"]
LIMIT_PLACES = 6


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its values as they are read, None where there is a gap; ``places`` are the decimals they are printed
    with, ``own_places`` those of single values that need more; ``colour`` is a name of
    ``theme.Palette``, a limit has that of its level. ``levels`` are the places that stand
    at a warning level; from ``expected`` on a bar is what is expected, and the whole of a line that is ``ahead``."""

    name: str
    kind: Kind
    values: Sequence[Decimal | None]
    colour: str
    dashed: bool = False
    places: int = 2
    own_places: Mapping[int, int] = field(default_factory=dict)
    signed: bool = False
    levels: Mapping[int, Level] = field(default_factory=dict)
    expected: int | None = None
    ahead: bool = False
    level: Level = Level.NONE  # of a limit, or of all its values

    @property
    def last(self) -> int | None:
        """The place of the last value; None where there is none."""
        return next((place for place in reversed(range(len(self.values))) if self.values[place] is not None), None)

    def alone(self, place: int) -> bool:
        """Whether a value has a gap on both sides, so that no line reaches it."""
        beside = self.values[max(0, place - 1) : place + 2]
        return self.values[place] is not None and sum(one is not None for one in beside) == 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """``categories`` are the names under the axis, those at a warning level with its shape before; ``along`` is what they
    are; every series has a value or a gap for each."""

    along: str
    categories: Sequence[str]
    series: Sequence[Series]

    @property
    def beside(self) -> bool:
        """Whether bars stand beside one another: what happened and what is expected share one place, as no month has
        both."""
        bars = [one.values for one in self.series if one.kind == "bar"]
        return any(sum(value is not None for value in values) > 1 for values in zip(*bars, strict=True))


def drawn(plot: Plot) -> Drawn:
    """What is drawn of a plot, in the reader's language."""
    columns = {column.key: column for column in plot.table.columns}
    along = columns[plot.along]
    names = [clean(cell(plot.table, along, row)) for row in plot.rows]
    marked = [
        f"{PLOT_MARKS[level]} {name}" if (level := plot.levels.get(place)) else name for place, name in enumerate(names)
    ]
    first = _first(plot.marks)
    # Named in this order in the legend: what is expected lies around what is known.
    marks = sorted(plot.marks, key=lambda mark: mark.kind == "band")
    every = [one for mark in marks for one in _series(plot, columns[mark.column], mark, first=mark is first)]
    # One without a value would be a name in the legend and nothing else.
    series = [one for one in every if any(value is not None for value in one.values)] or every[:1]
    return Drawn(along.title, marked, [*series, *_limits(plot)])


def _first(marks: Sequence[Mark]) -> Mark | None:
    """The mark that the levels are of: the first bar, else the first line."""
    return next((mark for kind in ("bar", "line") for mark in marks if mark.kind == kind), None)


def _series(plot: Plot, column: Column, mark: Mark, *, first: bool) -> list[Series]:
    """A mark as one series; a line with an expected part as two, which meet in the last value that is known."""
    said = [_said(plot, column, place) for place in range(len(plot.rows))]
    values = [None if text is None else display.as_read(text) for text in said]
    places = [len(text.partition(".")[2]) for text in said if text is not None]
    usual = max(set(places), key=places.count) if places else 2
    one = Series(
        clean(column.title),
        mark.kind,
        values,
        mark.colour,
        dashed=mark.dashed or mark.kind == "band",
        places=usual,
        own_places={
            place: own
            for place, text in enumerate(said)
            if text is not None and (own := len(text.partition(".")[2])) != usual
        },
        signed=any(text.startswith("+") for text in said if text),
        levels={place: level for place, level in plot.levels.items() if level} if first else {},
        expected=plot.expected if mark.kind == "bar" else None,
    )
    if plot.expected is None or not plot.ahead(mark):
        return [one]
    known = [*values[: plot.expected], *[None] * (len(values) - plot.expected)]
    last = max(0, plot.expected - 1)
    coming = [*[None] * last, *values[last:]]
    levels = {place: level for place, level in one.levels.items() if place >= plot.expected}
    name = one.name + bracketed(_("预计"))
    parts = [replace(one, values=known), replace(one, name=name, values=coming, dashed=True, ahead=True, levels=levels)]
    return parts if any(value is not None for value in known) else parts[1:]


def _said(plot: Plot, column: Column, place: int) -> str | None:
    """What is read in a cell where it is one number, else None."""
    row = plot.rows[place]
    value = row.values.get(column.key)
    if raw(value) is None or (isinstance(value, (str, list)) and not figures_in(plot.table, column, row)):
        return None
    return str(cell(plot.table, column, row))


def _limits(plot: Plot) -> list[Series]:
    """Each limit as a series of its own, named with its level's shape."""
    return [
        Series(
            clean(f"{PLOT_MARKS[limit.level]} {limit.name}"),
            "limit",
            [_plain(limit.at)] * len(plot.rows),
            "",
            dashed=True,
            level=limit.level,
        )
        for limit in plot.limits
    ]


def _plain(value: Number) -> Decimal:
    return Decimal(decimal_string(value, LIMIT_PLACES)).normalize() + 0
