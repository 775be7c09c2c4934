"""Whether what was read adds up with the table's own totals 合计. A total is compared, never taken; one that differs is
shown with the cells that may be wrong, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping as Map, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from data_access.intake.workbench.find import OF_WHICH, Found
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import is_total
from data_access.intake.workbench.reading import Guess, Question, Understood, number_in
from data_access.intake.workbench.units import currency_of

Kind = Literal["total", "identity", "to_date"]


@dataclass(frozen=True, slots=True)
class Sum:
    """One total of the table: where it stands, what it states, what its parts add up to (cells without a value count
    for nothing), and where those stand. ``kind``: also a line that follows from others (本年收支结余), and a figure to date
    that follows from the last one and the month."""

    address: str
    label: str
    stated: Decimal
    computed: Decimal
    parts: tuple[str, ...]
    kind: Kind = "total"

    @property
    def difference(self) -> Decimal:
        return self.stated - self.computed

    @property
    def agrees(self) -> bool:
        return self.difference == 0


@dataclass(frozen=True)
class Listed:
    """What a table of a form of its own offers: texts by column, one a row; the places of the rows and of cells without a
    value; heads that are not taken; what was guessed, must be said and was compared."""

    columns: Map[str, Sequence[str]]
    places: tuple[tuple[int, int], ...]
    nil: tuple[tuple[int, int], ...]
    left_out: tuple[str, ...]
    guesses: tuple[Guess, ...]
    questions: tuple[Question, ...]
    sums: tuple[Sum, ...]


def sums(understood: Understood, mapping: Mapping) -> tuple[Sum, ...]:
    """Every total row and total column of a table beside the sum of its parts, in the order of the sheet."""
    found = understood.found
    rows = column_totals(found, mapping, (*found.value_columns, *found.total_columns))
    return (*rows, *column_sums(found, mapping))


def column_totals(found: Found, mapping: Mapping, columns: Sequence[int]) -> tuple[Sum, ...]:
    """The total rows of some columns beside the sum of their parts."""
    return tuple(_rows(found, mapping, columns))


def _rows(found: Found, mapping: Mapping, columns: Sequence[int]) -> Iterable[Sum]:
    """A total row adds up the rows since the total before it, of-which rows left out; where those do not make it, all above
    it, those below it up to the next one, or all there are."""
    own = [row for row in found.rows if not OF_WHICH.match(found.label(row))]
    for at, total in enumerate(found.totals):
        before = found.totals[at - 1] if at else -1
        after = found.totals[at + 1] if at + 1 < len(found.totals) else found.sheet.height
        plain = [row for row in own if row < total]
        since = [row for row in plain if row > before]
        below = [row for row in own if total < row < after]
        for column in columns:
            stated = number_at(found, mapping, total, column)
            if stated is None:
                continue
            chosen = since or plain or below
            for rows in (since, plain, below, own):
                if rows and _add(found, mapping, [(row, column) for row in rows]) == stated:
                    chosen = rows
                    break
            yield _sum(found, mapping, (total, column), found.label(total), [(row, column) for row in chosen])


def column_sums(found: Found, mapping: Mapping) -> Iterable[Sum]:
    """A total column adds up the columns that are headed alike but for the word 合计."""
    for column in found.total_columns:
        rest = tuple(text for text in found.heads[column] if not is_total(text))
        parts = [at for at in found.value_columns if not rest or rest == found.heads[at][-len(rest) :]]
        for row in found.rows:
            if number_at(found, mapping, row, column) is not None and parts:
                label = "/".join(found.heads[column])
                yield _sum(found, mapping, (row, column), label, [(row, at) for at in parts])


def _sum(found: Found, mapping: Mapping, place: tuple[int, int], label: str, parts: list[tuple[int, int]]) -> Sum:
    stated = number_at(found, mapping, *place)
    assert stated is not None
    return Sum(
        found.sheet.address(*place),
        label,
        stated,
        _add(found, mapping, parts),
        tuple(found.sheet.address(*one) for one in parts),
    )


def _add(found: Found, mapping: Mapping, places: Iterable[tuple[int, int]]) -> Decimal:
    return sum((number_at(found, mapping, *place) or Decimal(0) for place in places), Decimal(0))


def number_at(found: Found, mapping: Mapping, row: int, column: int) -> Decimal | None:
    currency = currency_of(mapping.unit or found.unit)
    return number_in(found, mapping, row, column, currency).number
