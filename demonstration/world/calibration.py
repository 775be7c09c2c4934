"""How large the simulated funds are. Amounts in 亿元 of 2022; ``growth`` is by year against the year before.

Residents by city: Jiangsu Statistical Yearbook 2019 table 3-6; seventh census 2020, Shanxi and Jilin bulletins; wages
by city set the Jilin factors (Jilin Bureau of Statistics 2022). Premium to pensions after staff per retiree in 2010
(Jiangsu 3.5, Shanxi 3.0, Jilin 1.9; China Statistical Yearbook 2011). All else is chosen to look plausible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SEED = 20260901
FIRST_YEAR = 2022
FEN_PER_YI = 10_000_000_000  # 1 亿元

# Share of the year's premium by month: January peak, arrears campaigns in June and December.
PREMIUM_SEASON = (0.113, 0.072, 0.080, 0.078, 0.077, 0.092, 0.079, 0.078, 0.080, 0.077, 0.076, 0.098)
# Benefit adjustment by year: paid from July with back pay from January.
ADJUSTMENT = {2022: 0.040, 2023: 0.038, 2024: 0.030, 2025: 0.020}
LATER_ADJUSTMENT = 0.020


@dataclass(frozen=True, slots=True)
class City:
    """Weight of a city: residents in 10k persons, and how much more than average each pays in and draws."""

    residents: float
    pays: float
    draws: float


@dataclass(frozen=True, slots=True)
class ProvinceFlow:
    """Money the province manages: a yearly amount in equal parts in the given months, booked on the province."""

    movement: str
    item: str
    yi: float
    months: tuple[int, ...]
    growth: float = 0.03


@dataclass(frozen=True, slots=True)
class Calibration:
    scheme: str
    fund: str
    cities: Mapping[str, City]  # the code of 省本级 among them
    premium: float
    benefit: float
    premium_growth: tuple[float, ...]
    benefit_growth: tuple[float, ...]
    flows: tuple[ProvinceFlow, ...]
    transfer_in: float
    transfer_out: float
    death_benefit: float
    other: float
    opening: float
    deposit_tranche: float  # one matures each month and is deposited again
    deposit_months: int
    entrusted: float
    entrusted_yearly: float
    reserve: float = 0.0


QUARTERS = (3, 6, 9, 12)
QUARTER_STARTS = (1, 4, 7, 10)

JIANGSU = Calibration(
    scheme="jiangsu-pension",
    fund="pension",
    cities={
        "320000-0": City(100, 1.60, 1.60),
        "320100": City(843.62, 2.07, 1.96),
        "320200": City(657.45, 2.00, 1.95),
        "320300": City(880.20, 0.66, 0.80),
        "320400": City(472.86, 1.73, 1.80),
        "320500": City(1072.17, 2.03, 1.59),
        "320600": City(731.00, 1.34, 1.71),
        "320700": City(452.00, 0.60, 0.75),
        "320800": City(492.50, 0.61, 0.81),
        "320900": City(720.00, 0.72, 1.00),
        "321000": City(453.10, 0.97, 1.28),
        "321100": City(319.64, 1.06, 1.44),
        "321200": City(463.57, 0.90, 1.20),
        "321300": City(492.59, 0.51, 0.49),
    },
    premium=2790,
    benefit=2830,
    premium_growth=(1.045, 1.040, 1.035, 1.030),
    benefit_growth=(1.045, 1.045, 1.045, 1.045),
    flows=(
        ProvinceFlow("receive", "subsidy_central", 90, QUARTER_STARTS),
        ProvinceFlow("receive", "subsidy_local", 60, QUARTERS),
        ProvinceFlow("receive", "interest", 85, QUARTERS),
        ProvinceFlow("receive", "investment", 42, (6, 12)),
        ProvinceFlow("remit", "to_above", 92, QUARTERS),
    ),
    transfer_in=55,
    transfer_out=45,
    death_benefit=85,
    other=5,
    opening=4860,
    deposit_tranche=78,
    deposit_months=36,
    entrusted=850,
    entrusted_yearly=45,
)

SHANXI = Calibration(
    scheme="shanxi-pension",
    fund="pension",
    cities={
        "140000-0": City(220, 1.60, 1.60),
        "140100": City(530.41, 1.90, 1.60),
        "140200": City(310.56, 1.15, 1.30),
        "140300": City(131.85, 1.25, 1.45),
        "140400": City(318.09, 1.05, 0.95),
        "140500": City(219.45, 1.20, 0.95),
        "140600": City(159.34, 1.00, 0.80),
        "140700": City(337.95, 0.90, 0.95),
        "140800": City(477.45, 0.60, 0.75),
        "140900": City(268.97, 0.60, 0.70),
        "141000": City(397.65, 0.70, 0.80),
        "141100": City(339.84, 0.75, 0.65),
    },
    premium=640,
    benefit=868,
    premium_growth=(1.045, 1.040, 1.035, 1.030),
    benefit_growth=(1.045, 1.045, 1.040, 1.040),
    flows=(
        ProvinceFlow("receive", "subsidy_central", 155, QUARTER_STARTS),
        ProvinceFlow("receive", "subsidy_local", 22, QUARTERS),
        ProvinceFlow("receive", "interest", 26, QUARTERS),
        ProvinceFlow("receive", "investment", 9, (6, 12)),
        ProvinceFlow("receive", "from_above", 74, QUARTER_STARTS, growth=0.05),
    ),
    transfer_in=12,
    transfer_out=12,
    death_benefit=28,
    other=2,
    opening=1120,
    deposit_tranche=14,
    deposit_months=36,
    entrusted=180,
    entrusted_yearly=10,
)

JILIN_CITIES = {
    "220000-0": City(160, 1.50, 1.50),
    "220100": City(906.69, 1.35, 1.20),
    "220200": City(362.37, 1.04, 1.30),
    "220300": City(181.47, 0.98, 0.90),
    "220400": City(99.69, 0.97, 1.10),
    "220500": City(130.28, 0.92, 1.20),
    "220600": City(95.19, 0.92, 1.30),
    "220700": City(225.30, 1.06, 0.70),
    "220800": City(155.14, 0.97, 0.80),
    "222400": City(194.17, 1.03, 1.10),
    "220581": City(50.93, 0.90, 0.90),
    "220000-F1": City(6.00, 1.00, 0.80),  # residents assumed
}

JILIN = Calibration(
    scheme="jilin-pension",
    fund="pension",
    cities=JILIN_CITIES,
    premium=430,
    benefit=812,
    premium_growth=(1.040, 1.035, 1.030, 1.025),
    benefit_growth=(1.040, 1.040, 1.035, 1.035),
    flows=(
        ProvinceFlow("receive", "subsidy_central", 185, QUARTER_STARTS, growth=0.04),
        ProvinceFlow("receive", "subsidy_local", 25, QUARTERS),
        ProvinceFlow("receive", "interest", 9, QUARTERS),
        ProvinceFlow("receive", "investment", 3, (6, 12)),
        ProvinceFlow("receive", "from_above", 195, QUARTER_STARTS, growth=0.05),
    ),
    transfer_in=8,
    transfer_out=8,
    death_benefit=22,
    other=1.2,
    opening=548,
    deposit_tranche=12,
    deposit_months=12,
    entrusted=60,
    entrusted_yearly=0,
)

JILIN_INJURY = Calibration(
    scheme="jilin-work-injury",
    fund="work_injury",
    cities=JILIN_CITIES,
    premium=13.2,
    benefit=12.9,
    premium_growth=(1.045, 1.040, 1.035, 1.030),
    benefit_growth=(1.050, 1.045, 1.040, 1.040),
    flows=(ProvinceFlow("receive", "interest", 0.42, QUARTERS),),
    transfer_in=0,
    transfer_out=0.04,
    death_benefit=0,
    other=0.1,
    opening=18.6,
    deposit_tranche=0.5,
    deposit_months=12,
    entrusted=0,
    entrusted_yearly=0,
    reserve=3.1,
)

CALIBRATIONS: dict[str, Calibration] = {c.scheme: c for c in (JIANGSU, SHANXI, JILIN, JILIN_INJURY)}


def yearly(growth: tuple[float, ...], year: int) -> float:
    """The level of a year against 2022; years beyond the table go on with its last rate."""
    level = 1.0
    for step in range(year - FIRST_YEAR):
        level *= growth[min(step, len(growth) - 1)]
    return level


def adjustment(year: int) -> float:
    return ADJUSTMENT.get(year, LATER_ADJUSTMENT)
