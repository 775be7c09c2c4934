"""The identities of a form of income and expenditure: each total, 本年收支结余 and 年末滚存结余 beside what it follows from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from data_access.intake.workbench.agreement import Kind, Sum, number_at
from data_access.intake.workbench.find import Found
from data_access.intake.workbench.mapping import Mapping, Meant
from data_access.intake.workbench.names import span_of
from rules.scheme import Scheme, Side

Place = tuple[int, int]
NONE = Decimal(0)
SIDES: tuple[Side, Side] = ("income", "expenditure")


@dataclass(frozen=True, slots=True)
class _Figure:
    """One cell of the form: where in its course it stands, its side, its number."""

    found: Found
    at: int
    place: Place
    side: Side | None
    number: Decimal


@dataclass
class _Course:
    """The figures that one column of the form (or one row, where items go over the columns) has together."""

    items: list[_Figure] = field(default_factory=list)
    lines: list[tuple[str, _Figure]] = field(default_factory=list)


_Made = tuple[Decimal, tuple[_Figure, ...]]


def identities(formed: Sequence[tuple[Found, Meant]], mapping: Mapping, scheme: Scheme) -> tuple[Sum, ...]:
    """Every line of a form beside what its items and other lines make, in the order of the sheet; cells without a value
    count for nothing, and a line without one is not compared."""
    courses: dict[Hashable, _Course] = defaultdict(_Course)
    for number, (found, meant) in enumerate(formed):
        _gather(courses, found, meant, mapping, scheme, number)
    placed = [one for course in courses.values() for one in _of_course(course)]
    return tuple(one for _place, one in sorted(placed, key=lambda pair: pair[0]))


def _gather(
    courses: dict[Hashable, _Course], found: Found, meant: Meant, mapping: Mapping, scheme: Scheme, number: int
) -> None:
    form = found.form
    assert form is not None
    columns = [at for at in sorted({*meant.columns, *found.total_columns}) if not _is_derived(found, at)]
    rows = sorted({*found.rows, *found.totals})
    for row in rows:
        for column in columns:
            at, other = (row, column) if form.down else (column, row)
            value = number_at(found, mapping, row, column)
            if value is None or (form.down and at not in form.sides and at not in form.lines):
                continue
            key = (_heads_key(found, column), form.beside.get(row)) if form.down else (other, *_spans(found, column))
            figure = _Figure(found, at + number * 10_000, (row, column), form.sides.get(at), value)
            course = courses[key]
            if at in form.lines:
                course.lines.append((form.lines[at], figure))
            elif at in (meant.rows if form.down else meant.columns) and not _is_part(found, meant, at, scheme):
                course.items.append(figure)


def _is_derived(found: Found, column: int) -> bool:
    """Whether a column is a ratio, or of another period."""
    return any(span_of(text) == "earlier" for text in found.heads[column])


def _heads_key(found: Found, column: int) -> Hashable:
    """What the columns of both sides of a form have alike: their heads, but for the side."""
    head = tuple(
        text for text in found.heads[column] if text.replace(" ", "").replace("　", "") not in ("收入", "支出")
    )
    return head or column


def _spans(found: Found, column: int) -> tuple[str, ...]:
    return tuple(text for text in found.heads[column] if span_of(text))


def _is_part(found: Found, meant: Meant, at: int, scheme: Scheme) -> bool:
    """Whether an item is counted in another one of the table."""
    form = found.form
    assert form is not None
    if at in form.parts:
        return True
    meanings = meant.rows if form.down else meant.columns
    code = meanings[at].says.get("item")
    above = scheme.item(code).parent if code else None
    return above is not None and any(one.says.get("item") == above for one in meanings.values())


def _of_course(course: _Course) -> Iterator[tuple[Place, Sum]]:
    totals: dict[Side, _Figure] = {}
    for line, figure in course.lines:
        if line in ("income", "expenditure") or (line == "total" and figure.side):
            side = figure.side
            assert side is not None
            if made := _total(course, figure, side, totals):
                yield figure.place, made
            if line != "total":
                totals[side] = figure
    ends = {line: figure for line, figure in course.lines if line in ("result", "opening", "closing")}
    income, spent = (_side_total(course, side, totals) for side in SIDES)
    result: _Made | None = (ends["result"].number, (ends["result"],)) if "result" in ends else None
    if income and spent:
        follows = (income[0] - spent[0], (*income[1], *spent[1]))
        if "result" in ends:
            yield ends["result"].place, _sum(ends["result"], *follows, "identity")
        result = result or follows
    if result and "closing" in ends and "opening" in ends:
        opening = ends["opening"]
        parts = (opening, *result[1])
        yield ends["closing"].place, _sum(ends["closing"], opening.number + result[0], parts, "identity")


def _total(course: _Course, figure: _Figure, side: Side, totals: dict[Side, _Figure]) -> Sum | None:
    """A total is the sum of the items since the one before, of all before it, of those that follow it, or of all of its
    side: of what makes it the first, else of all. 总计 may hold the balance at the beginning or the end as well."""
    own = [one for one in course.items if one.side == side]
    marks = sorted(one.at for line, one in course.lines if line in ("income", "expenditure"))
    before = max((at for at in marks if at < figure.at), default=-1)
    after = min((at for at in marks if at > figure.at), default=10**9)
    choices: list[list[_Figure]] = [
        [one for one in own if before < one.at < figure.at],
        [one for one in own if one.at < figure.at],
        [one for one in own if figure.at < one.at < after],
        own,
    ]
    with_balance = [
        [totals[side], one]
        for line, one in course.lines
        if side in totals and line == ("opening" if side == "income" else "closing")
    ]
    for parts in (*choices, *with_balance):
        if parts and sum((one.number for one in parts), NONE) == figure.number:
            return _sum(figure, figure.number, parts, "total")
    return _sum(figure, sum((one.number for one in own), NONE), own, "total") if own else None


def _side_total(course: _Course, side: Side, totals: dict[Side, _Figure]) -> _Made | None:
    """The side's last total, else the sum of its items; None where the form has neither."""
    if side in totals:
        return totals[side].number, (totals[side],)
    own = tuple(one for one in course.items if one.side == side)
    return (sum((one.number for one in own), NONE), own) if own else None


def _sum(figure: _Figure, computed: Decimal, parts: Iterable[_Figure], kind: Kind) -> Sum:
    found, (row, column) = figure.found, figure.place
    form = found.form
    label = found.text(row, found.labels[-1]) if form and form.down else "/".join(found.heads[column])
    places = tuple(one.found.sheet.address(*one.place) for one in parts)
    return Sum(found.sheet.address(row, column), label, figure.number, computed, places, kind)
