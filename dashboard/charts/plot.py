"""A chart as data: which columns of its table are drawn, and how. What draws elsewhere than on screen (office charts, a
server without a browser) reads this; on screen a chart draws itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from dashboard.components.table import Row, Table, raw
from dashboard.words.display import Number
from rules.alerts.threshold import Level

# "band": the column is one edge of an area, with the other mark of that kind; "tick": a short rule across the bar.
Kind = Literal["bar", "line", "band", "tick"]
# Names of ``theme.Palette``.
Colour = Literal["accent", "mid", "brown", "brown_mid", "t4", "ink", "below"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One series: the column of the table, what stands for its values, in which colour; ``dashed`` for what is expected."""

    column: str
    kind: Kind
    colour: Colour
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that runs through the chart: its level, where it lies in the unit of the chart, its name."""

    level: Level
    at: Number
    name: str


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: ``marks`` over the column ``along``, one place a row, in the order of ``rows`` (oldest or first on the
    left). ``levels``: the rows, by place, that stand at a warning level; ``expected``: the place of the first row that is
    expected, drawn dashed from there; ``events``: what happened, by place, oldest first. Missing values are gaps."""

    table: Table
    along: str
    rows: Sequence[Row]
    marks: Sequence[Mark]
    limits: Sequence[Limit] = ()
    levels: Mapping[int, Level] = field(default_factory=dict)
    expected: int | None = None
    events: Mapping[int, str] = field(default_factory=dict)

    def ahead(self, mark: Mark) -> bool:
        """Whether a mark is a line in two parts: what is known, and dashed from its last place on what is expected."""
        coming = () if self.expected is None else self.rows[self.expected :]
        return (
            mark.kind == "line"
            and not mark.dashed
            and any(raw(row.values.get(mark.column)) is not None for row in coming)
        )

    def ordered(self) -> tuple[Table, int]:
        """The table with its rows in the order drawn, and the place of the first one drawn: its rows may begin before.
        Where the drawn ones are no run of them, they are all that the table holds."""
        every = list(self.table.rows)
        for rows in (every, every[::-1]):
            for first in range(len(rows) - len(self.rows) + 1):
                if all(one.values == drawn.values for one, drawn in zip(rows[first:], self.rows, strict=False)):
                    return replace(self.table, rows=rows), first
        return replace(self.table, rows=self.rows), 0
