"""The demonstration's inputs of the central adjustment 中央调剂: 31 provinces, 2019 to 2021, simulated.

Heads and wages are those of demonstration.world.nation, from which the funds of the same provinces begin as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import numpy as np

from demonstration.world import nation
from demonstration.world.days import on_or_before
from demonstration.world.nation import YEARS
from demonstration.world.spending import WAN_FEN
from demonstration.world.tables import Table
from rules import central_adjustment
from rules.scheme import load_scheme

PREPAID = Decimal("0.97")  # of the year's duty; the rest is settled after the year


def central_years() -> Table:
    """One row a province and year; the same on every load."""
    columns = (
        "year",
        "region",
        "participants",
        "enterprise_employees",
        "retirees",
        "nonprivate_wage_yuan",
        "nonprivate_employees",
        "private_wage_yuan",
        "private_employees",
    )
    rows = [_row(year, province) for year in YEARS for province in nation.PROVINCES]
    return Table("central_year", columns, tuple(rows))


def central_payments() -> Table:
    """What each province prepaid and was given in a quarter: a quarter of the year's, a little less than it came to."""
    mechanism = load_scheme("central-adjustment")
    inputs = [dict(zip(central_years().columns, row, strict=True)) for row in central_years().rows]
    rows: list[tuple[object, ...]] = []
    for year in YEARS:
        ratio = Decimal(str(mechanism.parameter("central_ratio", date(year, 12, 31)).value))
        factor = Decimal(str(mechanism.parameter("central_wage_factor", date(year, 12, 31)).value))
        provinces = [_province(given) for given in inputs if given["year"] == year]
        found = central_adjustment.calculate(central_adjustment.Case(tuple(provinces), ratio, factor))
        for quarter in (1, 2, 3, 4):
            paid_on = on_or_before(np.array([date(year, quarter * 3, 20)], dtype="datetime64[D]"))[0].item()
            for one in found.provinces:
                paid, given = (_prepaid(fen) for fen in (one.contribution_fen, one.allocation_fen))
                rows.append((year, quarter, one.code, paid, given, paid_on))
    columns = ("year", "quarter", "region", "contribution_fen", "allocation_fen", "paid_on")
    return Table("central_payment", columns, tuple(rows))


def _province(given: Mapping[str, object]) -> central_adjustment.Province:
    fields = {name: value for name, value in given.items() if name not in ("year", "region")}
    return central_adjustment.Province(code=given["region"], **fields)  # type: ignore[arg-type]


def _prepaid(yearly_fen: int) -> int:
    """A quarter's payment, in whole 万元."""
    return int(yearly_fen * PREPAID / 4) // WAN_FEN * WAN_FEN


def _row(year: int, province: str) -> tuple[int | str, ...]:
    employees = nation.employees(province, year)
    nonprivate = round(employees * nation.NON_PRIVATE)
    wage, private_wage = nation.wages(province, year)
    heads = nation.insured(province, year), employees, nation.retired(province, year)
    return year, province, *heads, wage, nonprivate, private_wage, employees - nonprivate
