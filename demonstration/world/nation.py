"""Heads and wages of 31 provinces, 2019 to 2021: what both the central adjustment 中央调剂 and the funds begin with.

Heads are the published counts of 2010 (China Statistical Yearbook 2011, table 21-40; the six provinces not listed there
are sized by hand), grown evenly to a nation of some 290 million in work and 110 million retired. Wages are the national
averages of urban units (National Bureau of Statistics, 2019 to 2021) at each province's level; Jilin's level gives what
its own bureau published for 2021 (83,028 yuan a year, non-private).
"""

from __future__ import annotations

from demonstration.world.seeds import seed_of

YEARS = (2019, 2020, 2021)
# Province → contributors and retirees of 2010 in 10,000 persons, and the wage level against the nation in percent.
PROVINCES: dict[str, tuple[float, float, float]] = {
    "110000": (785.9, 195.5, 170), "120000": (287.9, 143.6, 118), "130000": (728.9, 259.5, 88),
    "140000": (443.7, 147.3, 82), "150000": (311.5, 119.2, 93), "210000": (1024.2, 472.7, 86),
    "220000": (392.9, 206.6, 77.7), "230000": (589.2, 363.0, 80), "310000": (657.3, 392.2, 176),
    "320000": (1583.9, 449.1, 107), "330000": (1478.6, 223.6, 110), "340000": (492.0, 177.5, 92),
    "350000": (522.0, 113.5, 94), "360000": (462.1, 145.5, 85), "370000": (1427.9, 345.1, 93),
    "410000": (809.0, 270.3, 80), "420000": (738.2, 301.6, 90), "430000": (673.5, 265.4, 84),
    "440000": (2875.6, 339.6, 112), "450000": (311.2, 138.1, 88), "460000": (135.4, 45.4, 96),
    "500000": (391.9, 192.5, 98), "510000": (861.9, 439.0, 95), "520000": (190.3, 67.0, 93),
    "530000": (225.1, 92.3, 96), "540000": (9.0, 3.2, 130), "610000": (373.0, 148.0, 91),
    "620000": (178.0, 88.0, 86), "630000": (57.0, 22.0, 102), "640000": (88.0, 34.0, 97), "650000": (291.0, 112.0, 95),
}  # fmt: skip
# The years against 2010.
INSURED = {2019: 1.52, 2020: 1.552, 2021: 1.59}
RETIRED = {2019: 1.72, 2020: 1.772, 2021: 1.823}
WAGES = {2019: (90_501, 53_604), 2020: (97_379, 57_727), 2021: (106_837, 62_884)}  # national: non-private, private
NON_PRIVATE = 0.40  # of those employed
PEOPLE = 10_000


def insured(province: str, year: int) -> int:
    """In work and insured at the year's end 在职参保人数."""
    return round(PROVINCES[province][0] * PEOPLE * INSURED[year])


def retired(province: str, year: int) -> int:
    """Drawing a pension at the year's end 离退休人数."""
    return round(PROVINCES[province][1] * PEOPLE * RETIRED[year])


def wages(province: str, year: int) -> tuple[int, int]:
    """Average wage in yuan a year of non-private and of private units."""
    non_private, private = (round(national * PROVINCES[province][2] / 100) for national in WAGES[year])
    return non_private, private


def average_wage(province: str, year: int) -> float:
    """Yuan a month, both kinds of units together (全口径)."""
    non_private, private = wages(province, year)
    return (non_private * NON_PRIVATE + private * (1 - NON_PRIVATE)) / 12


def employees(province: str, year: int) -> int:
    """Employed in enterprises, a little fewer than are insured."""
    return round(insured(province, year) * (0.90 + seed_of("employees", province) % 81 / 1000))
