"""The demonstration's inputs of the central adjustment 中央调剂: 31 provinces, 2019 to 2021, simulated.

Heads follow the published counts of 2010 (contributors and retirees by province, in 10,000 persons; the six provinces
not listed there are sized by hand) and grow evenly to a nation of about 290 million in work and 110 million retired.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import numpy as np

from demonstration.world.days import on_or_before
from demonstration.world.simulation import seed_of
from demonstration.world.spending import WAN_FEN
from demonstration.world.tables import Table
from rules import central_adjustment
from rules.scheme import load_scheme

YEARS = (2019, 2020, 2021)
# Province → contributors and retirees of 2010 in 10,000 persons, and the wage level against the nation in percent.
PROVINCES: dict[str, tuple[float, float, int]] = {
    "110000": (785.9, 195.5, 170), "120000": (287.9, 143.6, 118), "130000": (728.9, 259.5, 88),
    "140000": (443.7, 147.3, 82), "150000": (311.5, 119.2, 93), "210000": (1024.2, 472.7, 86),
    "220000": (392.9, 206.6, 84), "230000": (589.2, 363.0, 80), "310000": (657.3, 392.2, 176),
    "320000": (1583.9, 449.1, 107), "330000": (1478.6, 223.6, 110), "340000": (492.0, 177.5, 92),
    "350000": (522.0, 113.5, 94), "360000": (462.1, 145.5, 85), "370000": (1427.9, 345.1, 93),
    "410000": (809.0, 270.3, 80), "420000": (738.2, 301.6, 90), "430000": (673.5, 265.4, 84),
    "440000": (2875.6, 339.6, 112), "450000": (311.2, 138.1, 88), "460000": (135.4, 45.4, 96),
    "500000": (391.9, 192.5, 98), "510000": (861.9, 439.0, 95), "520000": (190.3, 67.0, 93),
    "530000": (225.1, 92.3, 96), "540000": (9.0, 3.2, 130), "610000": (373.0, 148.0, 91),
    "620000": (178.0, 88.0, 86), "630000": (57.0, 22.0, 102), "640000": (88.0, 34.0, 97), "650000": (291.0, 112.0, 95),
}  # fmt: skip
# 2019 against 2010, and the growth of each year after.
WORKING, RETIRED, YEARLY = 1.52, 1.72, (1.0, 1.021, 1.046)
PREPAID = Decimal("0.97")  # of the year's duty; the rest is settled after the year
WAGES = {2019: (90_501, 53_604), 2020: (97_379, 57_727), 2021: (106_837, 62_884)}  # national: non-private, private


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
    rows = [_row(place, year, province) for place, year in enumerate(YEARS) for province in PROVINCES]
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


def _row(place: int, year: int, province: str) -> tuple[int | str, ...]:
    working, retired, level = PROVINCES[province]
    own = 0.97 + seed_of("central", province) % 61 / 1000
    participants = round(working * 10_000 * WORKING * YEARLY[place] * own)
    employees = round(participants * (0.90 + seed_of("employees", province) % 81 / 1000))
    nonprivate = round(employees * 0.55)
    wage, private_wage = (round(national * level / 100 * own) for national in WAGES[year])
    retirees = round(retired * 10_000 * RETIRED * (1 + 0.03 * place))
    return year, province, participants, employees, retirees, wage, nonprivate, private_wage, employees - nonprivate
