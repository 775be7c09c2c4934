"""Yearly totals as published 公布数: values exactly as printed, with unit and citation, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, select

from data_access.books.regions import NATION
from data_access.books.standing import standing
from data_access.store import schema

# Derived measure → the published ones it needs: numerator, denominator, factor.
DERIVED: dict[str, tuple[str, str, int]] = {
    "months_payable": ("balance", "expenditure", 12),
    "staff_per_retiree": ("contributors", "retirees", 1),
}


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """One printed figure in its own unit."""

    value: Decimal
    unit: str
    citation: str


@dataclass(frozen=True)
class PublishedYear:
    """One scheme's published table of one year: region → measure → value. Regions by code; NATION is the total row."""

    year: int
    values: Mapping[str, Mapping[str, PublishedValue]]

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

    def unit(self, measure: str) -> str:
        return next((row[measure].unit for row in self.values.values() if measure in row), "")

    def places(self, measure: str) -> int:
        """Decimals as published: the most that any region's figure has."""
        found = [row[measure].value for row in self.values.values() if measure in row]
        return max((max(0, -int(value.as_tuple().exponent)) for value in found), default=0)

    def citation(self, region: str, measure: str) -> str | None:
        """Where the figure, or the first figure it is made from, was printed."""
        row = self.values.get(region, {})
        source = measure if measure not in DERIVED else DERIVED[measure][0]
        return row[source].citation if source in row else None

    def value(self, region: str, measure: str) -> Fraction | None:
        """A region's figure, exact; None when it or what it is made from was not published, or nothing can be divided."""
        row = self.values.get(region, {})
        if measure not in DERIVED:
            return Fraction(row[measure].value) if measure in row else None
        above, below, factor = DERIVED[measure]
        if above not in row or below not in row or row[below].value <= 0:
            return None
        return Fraction(row[above].value) * factor / Fraction(row[below].value)

    def working(self, region: str, measure: str) -> dict[str, Decimal]:
        """The published figures a derived one is made from; empty for a published one."""
        row = self.values.get(region, {})
        names = DERIVED[measure][:2] if measure in DERIVED else ()
        return {name: row[name].value for name in names if name in row}

    def not_listed(self, measure: str) -> Fraction | None:
        """未列省份: the national row less the provinces listed. None without a national row or for a derived measure."""
        whole = self.value(NATION, measure)
        if measure in DERIVED or whole is None:
            return None
        listed = [self.value(code, measure) for code in self.values if code != NATION]
        return whole - sum((value for value in listed if value is not None), Fraction(0))


def load_published_years(connection: Connection, scheme: str, version: int) -> tuple[PublishedYear, ...]:
    """Every year published for a scheme up to a version, oldest first."""
    table = schema.published_total
    rows = connection.execute(
        select(table)
        .where(table.c.scheme == scheme, standing(table, version))
        .order_by(table.c.year, table.c.region, table.c.measure)
    )
    years: dict[int, dict[str, dict[str, PublishedValue]]] = {}
    for row in rows:
        measures = years.setdefault(row.year, {}).setdefault(row.region, {})
        measures[row.measure] = PublishedValue(Decimal(row.value), row.unit, row.citation)
    return tuple(PublishedYear(year, values) for year, values in sorted(years.items()))
