"""Totals as published 公布数, of years and parts of years: values exactly as printed, with unit and citation, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, select

from data_access.books.regions import NATION, Region
from data_access.books.standing import standing
from data_access.store import schema
from rules.money import settled
from rules.published import converted, first_month, months_in, shown_unit, unit_of

# Derived measure → the published ones it needs: numerator, denominator.
DERIVED: dict[str, tuple[str, str]] = {
    "months_payable": ("balance", "expenditure"),
    "staff_per_retiree": ("contributors", "retirees"),
}
SEPARATE = "separate"  # the kind of units that tables list beside the provinces
APART = "apart"

MONEY_PLACES = 2
MOST_PLACES = 4  # more decimals are the tail of a division, not a table's style


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """One printed figure. ``value`` and ``unit`` as published; ``amount`` in ``shown``, the unit in which all figures of
    the measure are shown, None where its unit is not known; ``noisy``: without the tail of a binary fraction; ``counted``:
    of a unit listed apart, whether its province's figure holds it (within) or not (apart), None where nobody says;
    ``note``: what the table has beside it. ``batch`` and ``cell``: where it was read, None for what was given otherwise."""

    value: Decimal
    unit: str
    citation: str
    amount: Fraction | None
    shown: str
    noisy: bool = False
    counted: str | None = None
    note: str | None = None
    batch: int | None = None
    cell: str | None = None


def published_value(
    measure: str, value: Decimal, unit: str, citation: str, counted: str | None = None, note: str | None = None
) -> PublishedValue:
    """A printed figure, converted exactly to the unit in which its measure is shown."""
    known = unit_of(unit)
    if known is None:
        return PublishedValue(value, unit, citation, Fraction(value), unit, False, counted, note)
    shown, exact = shown_unit(measure, known), settled(value)
    amount = converted(exact, known, shown)
    return PublishedValue(value, unit, citation, amount, shown.code, exact != value, counted, note)


@dataclass(frozen=True)
class PublishedYear:
    """One scheme's published table of one year or a part of it (``period``: Q1, 03, 01-09, "" the whole): region → measure
    → value. Regions by code; NATION is the total row.
    ``places`` says what each region is: units below a province stand beside it and are in its figures already."""

    year: int
    values: Mapping[str, Mapping[str, PublishedValue]]
    known: Mapping[str, Region] = field(default_factory=dict)
    period: str = ""

    @property
    def key(self) -> str:
        """What names it in an address: 2016, 2016-Q1, 2016-03."""
        return f"{self.year}-{self.period}" if self.period else str(self.year)

    @property
    def months(self) -> int:
        """How many months its flows are of."""
        return months_in(self.period)

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(self.values)

    @property
    def measures(self) -> tuple[str, ...]:
        """Published measures, in the order they were read."""
        return tuple(dict.fromkeys(measure for row in self.values.values() for measure in row))

    @property
    def citations(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.citation for row in self.values.values() for one in row.values()))

    def has(self, measure: str) -> bool:
        """Whether any region has it, published or derived."""
        return any(self.value(code, measure) is not None for code in self.values)

    @property
    def provinces(self) -> tuple[str, ...]:
        """The regions whose figures add up to the nation's: neither it nor what lies inside a province."""
        return tuple(code for code in self.values if code != NATION and self.known[code].level == "province")

    @property
    def separate(self) -> tuple[str, ...]:
        """The units listed beside the provinces: plan cities and the Corps."""
        return tuple(code for code in self.values if self.known[code].kind == SEPARATE)

    @property
    def unsaid(self) -> tuple[str, ...]:
        """Units listed apart of which some figure does not say whether their province's holds it: it is in no sum."""
        return tuple(code for code in self.separate if any(one.counted is None for one in self.values[code].values()))

    def _adds_up(self, code: str, measure: str) -> bool:
        """Whether a region's figure is one of those that make the nation's: each is in it once."""
        if self.known[code].kind == SEPARATE:
            return self.values[code][measure].counted == APART
        return self.known[code].level == "province"

    def unit(self, measure: str) -> str:
        """The unit in which the measure's figures are shown; "" where there are none."""
        return next((row[measure].shown for row in self.values.values() if measure in row), "")

    def places(self, measure: str) -> int:
        """Decimals as published: the most that any figure printed in the unit shown has; where none was, two of money."""
        found = [row[measure] for row in self.values.values() if measure in row]
        printed = [one for one in found if not one.noisy and (unit_of(one.unit) is None or self._as_printed(one))]
        decimals = [max(0, -int(one.value.as_tuple().exponent)) for one in printed]
        return max((places for places in decimals if places <= MOST_PLACES), default=MONEY_PLACES if found else 0)

    @staticmethod
    def _as_printed(one: PublishedValue) -> bool:
        known = unit_of(one.unit)
        return known is not None and known.code == one.shown

    def citation(self, region: str, measure: str) -> str | None:
        """Where the figure, or the first figure it is made from, was printed."""
        row = self.values.get(region, {})
        source = measure if measure not in DERIVED else DERIVED[measure][0]
        return row[source].citation if source in row else None

    def value(self, region: str, measure: str) -> Fraction | None:
        """A region's figure, exact; None when it or what it is made from was not published, or nothing can be divided."""
        row = self.values.get(region, {})
        if measure not in DERIVED:
            return row[measure].amount if measure in row and row[measure].shown == self.unit(measure) else None
        above, below = DERIVED[measure]
        factor = self.months if measure == "months_payable" else 1
        over, under = self.value(region, above), self.value(region, below)
        if over is None or under is None or under <= 0 or over < 0:
            return None
        return over * factor / under

    def working(self, region: str, measure: str) -> dict[str, Decimal]:
        """The published figures a derived one is made from; empty for a published one."""
        row = self.values.get(region, {})
        names = DERIVED.get(measure, ())
        return {name: row[name].value for name in names if name in row}

    def not_listed(self, measure: str) -> Fraction | None:
        """未列省份: the national row less the provinces listed and the units that stand apart from them. None without a
        national row or for a derived measure."""
        whole = self.value(NATION, measure)
        if measure in DERIVED or whole is None:
            return None
        own = [code for code, row in self.values.items() if code != NATION and measure in row]
        listed = [self.value(code, measure) for code in own if self._adds_up(code, measure)]
        return whole - sum((value for value in listed if value is not None), Fraction(0))


def load_published_years(connection: Connection, scheme: str, version: int) -> tuple[PublishedYear, ...]:
    """Every year and part of a year published for a scheme up to a version, oldest first, parts before their whole."""
    table = schema.published_total
    rows = connection.execute(
        select(table)
        .where(table.c.scheme == scheme, standing(table, version))
        .order_by(table.c.year, table.c.period, table.c.region, table.c.measure)
    )
    years: dict[tuple[int, str], dict[str, dict[str, PublishedValue]]] = {}
    for row in rows:
        measures = years.setdefault((row.year, row.period), {}).setdefault(row.region, {})
        figure = published_value(row.measure, Decimal(row.value), row.unit, row.citation, row.counted, row.note)
        measures[row.measure] = replace(figure, batch=row.batch, cell=row.cell)
    codes = {code for values in years.values() for code in values}
    named = select(schema.region).where(schema.region.c.code.in_(codes))
    known = {row["code"]: Region(**row) for row in connection.execute(named).mappings()}
    tables = [PublishedYear(year, values, known, period) for (year, period), values in years.items()]
    return tuple(
        sorted(tables, key=lambda one: (one.year, one.months == 12, first_month(one.period) + one.months, one.months))
    )
