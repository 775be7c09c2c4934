"""Twins of yearly figures: the central adjustment 中央调剂, and what was published.

国发〔2018〕18号 二: 上解额 = 90 % of the average wage × insured × ratio; 拨付额 = what all hand up ÷ all retirees × the province's
retirees; what was prepaid by quarter is settled at the year's end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from sqlalchemy import Connection, text

from tests.twins.key import Key

NATION = "000000"
FACTOR = Fraction(9, 10)
# docs/parameters.md: the ratio in force at the year's end.
RATIOS = {"2018": "3", "2019": "3.5", "2020": "4", "2021": "4.5"}
OF_YEAR = """FROM central_year AS y JOIN import_batch AS b ON b.id = y.batch
    WHERE y.year = :year AND b.data_version IS NOT NULL"""
PAID = """SELECT COALESCE(SUM(p.contribution_fen), 0) AS contribution, COALESCE(SUM(p.allocation_fen), 0) AS allocation
    FROM central_payment AS p JOIN import_batch AS b ON b.id = p.batch WHERE p.year = :year AND p.region = :place
    AND (p.quarter = :quarter OR :quarter = 0) AND b.data_version IS NOT NULL"""
INPUTS = {
    "participants": "SUM(y.participants)",
    "employees": "SUM(y.enterprise_employees)",
    "retirees": "SUM(y.retirees)",
    "wage.nonprivate": "SUM(y.nonprivate_wage_yuan)",
    "wage.private": "SUM(y.private_wage_yuan)",
}


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2)) if value >= 0 else -int(-value + Fraction(1, 2))


class Central:
    """One year under one ratio, of every province."""

    def __init__(self, connection: Connection, key: Key) -> None:
        self.connection, self.place, self.year = connection, key.place, key.period[:4]
        self.quarter = int(key.period[6:] or 0)
        self.ratio = Fraction(key.part.rstrip("%") or RATIOS[self.year]) / 100
        self.rows = {row.region: row for row in connection.execute(text(f"SELECT y.* {OF_YEAR}"), {"year": self.year})}

    def of(self, amounts: Mapping[str, int | Fraction]) -> Fraction:
        return Fraction(sum(amounts.values()) if self.place == NATION else amounts[self.place])

    def wages(self) -> dict[str, Fraction]:
        return {
            code: Fraction(
                row.nonprivate_wage_yuan * row.nonprivate_employees + row.private_wage_yuan * row.private_employees,
                row.nonprivate_employees + row.private_employees,
            )
            for code, row in self.rows.items()
        }

    def insured(self) -> dict[str, Fraction]:
        return {code: Fraction(row.participants + row.enterprise_employees, 2) for code, row in self.rows.items()}

    def contributions(self) -> dict[str, int]:
        wages, insured = self.wages(), self.insured()
        return {code: half_up(wages[code] * FACTOR * insured[code] * self.ratio * 100) for code in self.rows}

    def per_head(self) -> Fraction:
        """In fen, of all that is handed up."""
        return Fraction(sum(self.contributions().values()), sum(row.retirees for row in self.rows.values()))

    def allocations(self) -> dict[str, int]:
        """Whole fen that make all that was handed up: the odd ones to the largest parts of a fen."""
        due = {code: self.per_head() * row.retirees for code, row in self.rows.items()}
        given = {code: int(fen) for code, fen in due.items()}
        left = sum(self.contributions().values()) - sum(given.values())
        for code in sorted(due, key=lambda code: (given[code] - due[code], code))[:left]:
            given[code] += 1
        return given

    def paid(self, side: str) -> int:
        about = {"year": self.year, "place": self.place, "quarter": self.quarter}
        row = self.connection.execute(text(PAID), about).one()
        return int(row.allocation - row.contribution if side == "net" else getattr(row, side))

    def duty(self, side: str) -> Fraction:
        if side == "net":
            return self.duty("allocation") - self.duty("contribution")
        return self.of(self.contributions() if side == "contribution" else self.allocations())

    def figure(self, what: str) -> Fraction:
        kind, _dot, side = what.partition(".")
        if what in INPUTS:
            also = "" if self.place == NATION else "AND y.region = :place"
            statement = text(f"SELECT {INPUTS[what]} {OF_YEAR} {also}")
            about = {"year": self.year} | ({"place": self.place} if also else {})
            return Fraction(self.connection.execute(statement, about).scalar() or 0)
        if kind == "prepaid":
            return Fraction(self.paid(side))
        if kind == "settle":
            return self.duty(side) - self.paid(side)
        made: dict[str, Callable[[], Fraction]] = {
            "wage": lambda: self.of(self.wages()),
            "insured": lambda: self.of(self.insured()),
            "factor": lambda: FACTOR * 100,
            "ratio": lambda: self.ratio * 100,
            "per_head": lambda: Fraction(half_up(self.per_head()), 100),
        }
        return made[what]() if what in made else self.duty(what)


def central(connection: Connection, key: Key) -> Fraction:
    return Central(connection, key).figure(key.what.removeprefix("central."))


PUBLISHED = """SELECT t.region, t.measure, t.value FROM published_total AS t JOIN import_batch AS b ON b.id = t.batch
    WHERE t.scheme = :scheme AND t.year = :year AND b.data_version IS NOT NULL"""
PRINTED = ("published", "published.rate")
RATES = {"months_payable": ("balance", "expenditure", 12), "staff_per_retiree": ("contributors", "retirees", 1)}


def published(connection: Connection, key: Key) -> Fraction | None:
    """As printed; what no province of the list has is the nation's less all of them; months payable and staff a retiree
    are divided."""
    rows = connection.execute(text(PUBLISHED), {"scheme": key.scheme, "year": key.period})
    values = {(row.region, row.measure): Fraction(row.value) for row in rows}
    if key.part in RATES:
        above, below, factor = RATES[key.part]
        parts = [values.get((key.place, measure)) for measure in (above, below)]
        return None if None in parts or not parts[1] else parts[0] * factor / parts[1]  # type: ignore[operator]
    if key.place.endswith("~"):
        whole = values.get((NATION, key.part))
        listed = sum(value for (place, measure), value in values.items() if measure == key.part and place != NATION)
        return None if whole is None else whole - listed
    return values.get((key.place, key.part))


def twin(connection: Connection, key: Key) -> Fraction | None:
    if key.what.startswith("central."):
        return central(connection, key)
    return published(connection, key) if key.what in PRINTED else None
