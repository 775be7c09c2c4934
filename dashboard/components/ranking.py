"""A ranking of regions as rows with bars, as a tile map, or as a table: three looks of one record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.level import LETTERS, level_tag
from dashboard.components.table import Column, Kind, Row, Table
from dashboard.words import display
from dashboard.words.passport import About
from dashboard.words.wording import _, bracketed
from rules.alerts.threshold import Level

Scale = Callable[[float], float]  # a value → its place on the row, in per cent

Value = display.Number | None


@dataclass(frozen=True, slots=True)
class Place:
    """One region's value. ``rank`` is shared by equals (1, 2, 2, 4), None without a value and for what is no local government;
    ``level`` of its warning."""

    code: str
    name: str
    value: Value
    rank: int | None
    href: str = ""
    note: str = ""
    current: bool = False
    level: Level = Level.NONE


@dataclass(frozen=True, slots=True)
class Mark:
    """A limit that runs through the bars: its level, where, and how it is called."""

    level: Level
    at: float
    name: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Places in order. ``whole`` is the province's own value; ``limit`` is shown where the values reach it."""

    title: str
    unit: str
    whole_name: str
    whole: Value
    places: Sequence[Place]
    money: bool = False
    decimals: int = 2
    signed: bool = False
    limit: Mark | None = None
    what: str = ""  # as a table's column says it
    about: About | None = None  # of the whole

    def text(self, value: Value, place: str | None = None) -> str:
        """A place's value (None: the whole's) as printed."""
        if self.about is not None:
            what, _mark, part = self.what.partition(":")
            figure = self.about.figure(what, value, part=part, place=place)
            return display.printed(figure, places=self.decimals, signed=self.signed)
        if self.money and value is not None:
            return display.money(int(value), signed=self.signed)
        return display.number(value, self.decimals, signed=self.signed)


def rank(
    values: Mapping[str, Value], *, higher_first: bool = True, apart: Collection[str] = ()
) -> list[tuple[str, Value, int | None]]:
    """(code, value, rank) best first; equals share a rank. Then those ``apart``, which have no place among the others
    (省本级), then regions without a value, by code."""
    known = sorted(
        ((code, value) for code, value in values.items() if value is not None and code not in apart),
        key=lambda pair: (-pair[1] if higher_first else pair[1], pair[0]),
    )
    placed: list[tuple[str, Value, int | None]] = []
    for position, (code, value) in enumerate(known, start=1):
        same = placed and placed[-1][1] == value
        placed.append((code, value, placed[-1][2] if same else position))
    unplaced = sorted((value is None, code) for code, value in values.items() if value is None or code in apart)
    return placed + [(code, values[code], None) for _unknown, code in unplaced]


def bars(ranking: Ranking) -> Component:
    """Name, bar, value on one line each; zero axis and the province's value run through."""
    numbers = [float(place.value) for place in ranking.places if place.value is not None]
    whole = None if ranking.whole is None else float(ranking.whole)
    low = min([0.0, *numbers, *([whole] if whole is not None else [])])
    high = max([0.0, *numbers, *([whole] if whole is not None else [])])
    reach = (high - low) or 1.0
    if low < 0:
        low -= reach * 0.05
    high += reach * 0.05

    def at(value: float) -> float:
        return (value - low) / (high - low) * 100

    limit = ranking.limit if ranking.limit is not None and low <= ranking.limit.at <= high else None
    tagged = any(place.level >= TAGGED for place in ranking.places)
    rows = [_head_row(ranking, None if whole is None else at(whole), limit, at)]
    for place in ranking.places:
        rows.append(_bar_row(ranking, place, at, whole, limit))
    return html.Div(rows, className="rank tagged" if tagged else "rank")


# From this level on a row carries its tag: the list of warnings has the others.
TAGGED = Level.ORANGE


def _head_row(ranking: Ranking, whole_at: float | None, limit: Mark | None, at: Scale) -> Component:
    word = (
        []
        if whole_at is None
        else [html.Span(ranking.whole_name, className="word", style={"left": f"{min(max(whole_at, 8), 92):.1f}%"})]
    )
    # Where both names would touch, the limit's is in the tags of the rows.
    if limit is not None and (whole_at is None or abs(at(limit.at) - whole_at) > 36):
        left = f"{min(max(at(limit.at), 18), 82):.1f}%"
        word.append(html.Span(limit.name, className="word of-limit", style={"left": left}))
    return html.Div(
        [
            html.Span(),
            html.Span([ranking.whole_name, html.Small(f" {ranking.unit}", className="muted")], className="name"),
            html.Span(word, className="plot"),
            html.Span(ranking.text(ranking.whole), className="value"),
        ],
        className="row head",
    )


def _bar_row(ranking: Ranking, place: Place, at: Scale, whole: float | None, limit: Mark | None) -> Component:
    marks: list[Component] = []
    if place.value is not None:
        value = float(place.value)
        left, right = sorted((at(0.0), at(value)))
        colour = "bar0 neg" if value < 0 else "bar0"
        if place.level >= TAGGED:
            colour = f"bar0 {LETTERS[place.level]}"
        marks.append(
            html.Span(className=colour, style={"left": f"{left:.2f}%", "width": f"{max(right - left, 0.4):.2f}%"})
        )
    marks.append(html.Span(className="axis", style={"left": f"{at(0.0):.2f}%"}))
    if whole is not None:
        marks.append(html.Span(className="mean", style={"left": f"{at(whole):.2f}%"}))
    if limit is not None:
        marks.append(html.Span(className=f"limit {LETTERS[limit.level]}", style={"left": f"{at(limit.at):.2f}%"}))
    content = [
        html.Span("" if place.rank is None else str(place.rank), className="place n"),
        html.Span(place.name, className="name", title=place.note or place.name),
        html.Span(marks, className="plot", **attributes(aria_hidden="true")),
        html.Span(ranking.text(place.value, place.code), className="value"),
        *([html.Span(level_tag(place.level), className="at-level")] if place.level >= TAGGED else []),
    ]
    current = attributes(aria_current="true" if place.current else None)
    if place.href:
        return html.A(content, href=place.href, className="row", **current)
    return html.Div(content, className="row", **current)


def tiles(ranking: Ranking, grid: Mapping[str, tuple[int, int]]) -> Component:
    """A tile per region at its (row, column); the number stands in each. Seven steps around the province's value."""
    columns = max((column for _row, column in grid.values()), default=0) + 1
    numbers = sorted(float(p.value) for p in ranking.places if p.value is not None)
    drawn = []
    for place in ranking.places:
        if place.code not in grid:
            continue
        row, column = grid[place.code]
        style = {"gridRow": str(row + 1), "gridColumn": str(column + 1)}
        content = [html.B(place.name), html.Span(ranking.text(place.value, place.code), className="n")]
        kind = f"tile s{_step(ranking, place.value, numbers)}"
        drawn.append(html.A(content, href=place.href or None, className=kind, style=style))
    return html.Div(
        [
            html.Div(drawn, className="tiles", style={"--columns": str(columns)}),
            *([_legend()] if ranking.signed else []),
            html.Div(_("示意排布，不代表行政区域界线"), className="foot muted"),
        ]
    )


# Points ahead of or behind earlier years: brown is slow, teal is fast.
BOUNDS = (-5, -3, -1, 1, 2, 3)


def _step(ranking: Ranking, value: Value, ordered: Sequence[float]) -> int:
    """1 (lowest) … 7 (highest): by fixed bounds for points, else by the share of regions below; 4 without a value."""
    if value is None:
        return 4
    if ranking.signed:
        return 1 + bisect_right(BOUNDS, float(value))
    if len(ordered) < 2 or ordered[0] == ordered[-1]:
        return 4
    below = sum(other < float(value) for other in ordered)
    return 1 + min(6, int(Fraction(below * 7, len(ordered))))


def _legend() -> Component:
    """The bounds under the tiles, in the tiles' colours."""
    words = [
        _("低于{value}", value=display.number(BOUNDS[0], 0)),
        *(display.number(bound, 0, signed=True) for bound in BOUNDS[:-1]),
        _("{value}以上", value=display.number(BOUNDS[-1], 0, signed=True)),
    ]
    steps = [html.Span(word, className=f"s{step}") for step, word in enumerate(words, start=1)]
    return html.Div(steps, className="scale", **attributes(aria_label=_("排名的颜色")))


def as_table(ranking: Ranking, code: str) -> Table:
    """The ranking as a table, also for its files."""
    kind: Kind = "money" if ranking.money else "number"
    columns = (
        Column("rank", _("名次"), "text"),
        Column("name", _("地区"), "text"),
        Column(
            "value",
            f"{ranking.title}{bracketed(ranking.unit)}",
            kind,
            places=ranking.decimals,
            signed=ranking.signed,
            what=ranking.what,
        ),
    )
    rows = [Row({"rank": "", "name": ranking.whole_name, "value": ranking.whole}, style="total")]
    rows += [
        Row(
            {"rank": display.NO_VALUE if p.rank is None else str(p.rank), "name": p.name, "value": p.value},
            href=p.href,
            place=p.code,
        )
        for p in ranking.places
    ]
    return Table(code, ranking.title, columns, rows, about=ranking.about)
