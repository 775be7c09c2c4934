"""How large the simulated funds are: a few numbers a scheme, from which heads, premium, benefits, plans and balances follow.

Persons and wages of the end of 2021 are those of demonstration.world.nation, so that funds and central adjustment agree.
A pension is what was paid a head in 2010 (China Statistical Yearbook 2011) raised by every national adjustment since.
The base of contributions is a share of the average wage. Cities: residents of Jiangsu Statistical Yearbook 2019 table
3-6 and of the seventh census 2020 (Shanxi and Jilin bulletins), in Jilin weighed by wages (Jilin Bureau of Statistics
2022). Work injury: participants and beneficiaries of 2011 (China Statistical Yearbook 2012) carried forward, spending a
beneficiary as in the nation of 2021 (MOHRSS bulletin). docs/demo.md says which numbers are chosen. Money is in 亿元.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from demonstration.world import nation

FIRST_YEAR = 2022
FEN_PER_YI = 10_000_000_000  # 1 亿元

# Share of the year's premium by month: January peak (those who pay the year at once), arrears in June and December.
PREMIUM_SEASON = {
    "pension": (0.109, 0.074, 0.079, 0.078, 0.0775, 0.092, 0.079, 0.078, 0.0795, 0.077, 0.077, 0.100),
    "work_injury": (0.084, 0.078, 0.081, 0.081, 0.095, 0.081, 0.081, 0.081, 0.081, 0.081, 0.094, 0.082),
}
# Premium items beside the main one: item, collection slot, months (empty = all), share of the month.
SIDE_ITEMS: dict[str, tuple[tuple[str, int, tuple[int, ...], float], ...]] = {
    "pension": (
        ("premium_backpaid", 1, (), 0.03),
        ("premium_arrears", 3, (3, 9), 0.03),
        ("premium_arrears", 3, (6, 12), 0.07),
        ("premium_prepaid", 2, (11,), 0.03),
        ("premium_prepaid", 2, (12,), 0.08),
    ),
    "work_injury": (("lump_premium", 2, (5, 11), 0.14),),
}
EMPLOYERS = 0.0688  # the employers' part of what is due in a month, as a share of the year's premium
RATE = {"pension": 0.235, "work_injury": 0.0068}  # employers and employees 24 %, some in flexible work 20 %
COLLECTED = 0.993
# National adjustments of pensions 2011 to 2021, and by year since: paid from July with back pay from January.
RAISED_BEFORE = (0.10, 0.10, 0.10, 0.10, 0.10, 0.065, 0.055, 0.05, 0.05, 0.05, 0.045)
ADJUSTMENT = {2022: 0.040, 2023: 0.038, 2024: 0.030, 2025: 0.020}
LATER_ADJUSTMENT = 0.020
RAISED_IN = 7  # the month
# Pensions are what the spending of 2010 was a head (亿元 and 10,000 persons).
SPENT_2010 = {"320000": (753.3, 449.1), "140000": (269.4, 147.3), "220000": (252.8, 206.6)}
DYING = 0.0021  # of those retired, a month
DEATH_BENEFIT = 58_000.0  # yuan a death of 2022: burial 2 months, survivors some 13 months of disposable income
DEATH_BENEFIT_GROWTH = 0.04


@dataclass(frozen=True, slots=True)
class City:
    """Weight of a city: residents in 10k persons, and how much more than average each pays in and draws."""

    residents: float
    pays: float
    draws: float


@dataclass(frozen=True, slots=True)
class Heads:
    """Persons at the end of 2021 and what each pays in and draws in a month.

    ``paying``: the share of the insured for whom premium is paid in a month. ``base`` is of 2022, ``drawn`` of December
    2021, both in yuan a month; ``base_growth`` by year against the year before, the last one goes on.
    """

    insured: float
    retired: float
    paying: float
    base: float
    drawn: float
    insured_growth: float
    retired_growth: float
    base_growth: tuple[float, ...] = (0.035, 0.033, 0.030, 0.028)


def pension_of(province: str) -> float:
    """A pension of December 2021 in yuan a month."""
    spent, retired = SPENT_2010[province]
    return spent * 10_000 / retired / 12 * prod(1 + raised for raised in RAISED_BEFORE)


def heads_of(province: str, *, paying: float, base: float, insured_growth: float, retired_growth: float) -> Heads:
    """A province's persons; ``base`` as a share of the average wage of the year before."""
    return Heads(
        insured=nation.insured(province, 2021),
        retired=nation.retired(province, 2021),
        paying=paying,
        base=nation.average_wage(province, 2021) * base,
        drawn=pension_of(province),
        insured_growth=insured_growth,
        retired_growth=retired_growth,
    )


@dataclass(frozen=True, slots=True)
class ProvinceFlow:
    """Money the province manages: a yearly amount in equal parts in the given months, booked on the province."""

    movement: str
    item: str
    yi: float
    months: tuple[int, ...]
    growth: float = 0.03


@dataclass(frozen=True, slots=True)
class Ladder:
    """Term deposits: how many of a term in months stand at a time, and their sum in 亿元."""

    term: int
    count: int
    yi: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """One scheme. ``transfer_in`` to ``entrusted_yearly`` are yearly amounts, ``opening`` the balance it begins with."""

    scheme: str
    fund: str
    cities: Mapping[str, City]  # the code of 省本级 among them
    heads: Heads
    flows: tuple[ProvinceFlow, ...]
    transfer_in: float
    transfer_out: float
    other: float
    opening: float
    deposits: tuple[Ladder, ...]
    entrusted: float
    entrusted_yearly: float
    reserve: float = 0.0
    reserve_yearly: float = 0.0
    # Spending beside the benefits, as a share of them: work injury's assessments and prevention.
    beside: Mapping[str, float] = field(default_factory=dict)


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
    heads=heads_of("320000", paying=0.855, base=0.689, insured_growth=0.016, retired_growth=0.024),
    flows=(
        ProvinceFlow("receive", "subsidy_central", 90, QUARTER_STARTS),
        ProvinceFlow("receive", "subsidy_local", 60, QUARTERS),
        ProvinceFlow("receive", "interest", 85, QUARTERS, growth=-0.02),
        ProvinceFlow("receive", "investment", 55, (6, 12)),
        ProvinceFlow("remit", "to_above", 135, QUARTERS),
    ),
    transfer_in=55,
    transfer_out=45,
    other=5,
    opening=5750,
    deposits=(Ladder(3, 2, 90), Ladder(6, 3, 180), Ladder(12, 9, 700), Ladder(24, 9, 810), Ladder(36, 11, 1030)),
    entrusted=1250,
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
    heads=heads_of("140000", paying=0.83, base=0.844, insured_growth=0.012, retired_growth=0.021),
    flows=(
        ProvinceFlow("receive", "subsidy_central", 263, QUARTER_STARTS, growth=0.05),
        ProvinceFlow("receive", "subsidy_local", 30, QUARTERS),
        ProvinceFlow("receive", "interest", 26, QUARTERS, growth=-0.02),
        ProvinceFlow("receive", "investment", 9, (6, 12)),
        ProvinceFlow("receive", "from_above", 49, QUARTER_STARTS, growth=0.05),
    ),
    transfer_in=12,
    transfer_out=12,
    other=2,
    opening=1560,
    deposits=(Ladder(3, 2, 28), Ladder(6, 3, 62), Ladder(12, 7, 165), Ladder(24, 7, 205), Ladder(36, 8, 240)),
    entrusted=330,
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
    heads=heads_of("220000", paying=0.86, base=0.80, insured_growth=0.006, retired_growth=0.016),
    flows=(
        ProvinceFlow("receive", "subsidy_central", 217, QUARTER_STARTS, growth=0.04),
        ProvinceFlow("receive", "subsidy_local", 25, QUARTERS),
        ProvinceFlow("receive", "interest", 11, QUARTERS, growth=-0.02),
        ProvinceFlow("receive", "investment", 3, (6, 12)),
        ProvinceFlow("receive", "from_above", 178, QUARTER_STARTS, growth=0.05),
    ),
    transfer_in=8,
    transfer_out=8,
    other=1.2,
    opening=1010,
    deposits=(Ladder(3, 2, 40), Ladder(6, 3, 80), Ladder(12, 7, 160), Ladder(24, 4, 80), Ladder(36, 3, 60)),
    entrusted=150,
    entrusted_yearly=0,
)

JILIN_INJURY = Calibration(
    scheme="jilin-work-injury",
    fund="work_injury",
    cities=JILIN_CITIES,
    # Participants and beneficiaries of 2011 (331.6 and 3.3) carried forward; the same wages as the pension fund.
    heads=Heads(
        insured=4_620_000,
        retired=31_000,
        paying=0.92,
        base=nation.average_wage("220000", 2021) * 0.80,
        drawn=3_790,
        insured_growth=0.010,
        retired_growth=0.012,
    ),
    flows=(ProvinceFlow("receive", "interest", 0.38, QUARTERS, growth=-0.02),),
    transfer_in=0,
    transfer_out=0.04,
    other=0.1,
    opening=25,
    deposits=(Ladder(3, 1, 0.6), Ladder(6, 2, 1.4), Ladder(12, 4, 3.2), Ladder(24, 3, 2.4), Ladder(36, 2, 1.6)),
    entrusted=0,
    entrusted_yearly=0,
    reserve=4.5,
    reserve_yearly=0.26,
    beside={"assessment_cost": 0.012, "prevention_cost": 0.022},
)

CALIBRATIONS: dict[str, Calibration] = {c.scheme: c for c in (JIANGSU, SHANXI, JILIN, JILIN_INJURY)}


def yearly(growth: tuple[float, ...], year: int) -> float:
    """The level of a year against 2022; years beyond the table go on with its last rate."""
    return prod(1 + growth[min(step, len(growth) - 1)] for step in range(year - FIRST_YEAR))


def adjustment(year: int) -> float:
    return ADJUSTMENT.get(year, LATER_ADJUSTMENT)


def raised(year: int) -> float:
    """A pension of a year before its own adjustment, against December 2021."""
    return prod(1 + adjustment(earlier) for earlier in range(FIRST_YEAR, year))


def current_share(fund: str, month: int) -> float:
    """The share of a month's premium (1 to 12) that is paid for the month itself."""
    return 1 - sum(share for _item, _slot, months, share in SIDE_ITEMS[fund] if not months or month in months)


def current_year_share(fund: str) -> float:
    """The same of a year."""
    return sum(part * current_share(fund, month) for month, part in enumerate(PREMIUM_SEASON[fund], start=1))
