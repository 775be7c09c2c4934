"""Monthly amounts of a scheme: what each unit pays in and draws in each month, before it becomes ledger entries.

Arrays are [unit, month]; the plan uses the same amounts without chance and stories.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from data_access.intake.reference import reference_rows
from demonstration.world import calibration as c, stories
from demonstration.world.seeds import seed_of
from rules.scheme import load_scheme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Fen = Ints  # amounts
NOISE = 0.005
YI = 100_000_000  # yuan
# Power of the part of a level that is more heads. Bases differ little, as none may lie below 60 % of the province's wage.
PAYING_HEADS, DRAWING_HEADS = 0.9, 0.6
CHANCES = 48  # uniform draws kept per unit and month


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that money is booked on: 省本级, an own level, a county, a district, or a city without units.

    ``urban`` is what a scheme that does not list it plans for in its place: of a district the urban area 市区.
    """

    code: str
    name: str
    kind: str
    city: str
    urban: str


@cache
def units(province: str) -> tuple[Unit, ...]:
    """The units of a province, in the order of the reference file."""
    rows = [row for row in reference_rows("regions") if row["code"].startswith(province[:2])]
    parents = {row["parent"] for row in rows}
    found = []
    for row in rows:
        if row["code"] not in parents and row["level"] in ("city", "county", "district"):
            city = row["code"] if row["level"] == "city" else row["parent"]
            urban = f"{city}-0" if row["level"] == "district" else row["code"]
            found.append(Unit(row["code"], row["name"], row["kind"], city, urban))
    return tuple(found)


@cache
def plan_units(scheme: str) -> tuple[str, ...]:
    """The plan unit of each unit: itself, or the 市区 of its city for what lies in an urban area and is not listed."""
    profile = load_scheme(scheme)
    return tuple(unit.code if unit.code in profile.plan_units else unit.urban for unit in units(profile.province))


def _size(unit: Unit) -> float:
    """How much of its city a unit is: own level first, county-level cities, districts, counties, zones."""
    chance = np.random.default_rng(seed_of("size", unit.code)).uniform(0.7, 1.4)
    by_kind = {"own": 2.4, "zone": 0.6, "functional": 0.6}
    by_name = {"市": 1.5, "区": 1.0, "县": 0.6}
    return float(by_kind.get(unit.kind) or by_name.get(unit.name[-1], 0.6)) * float(chance)


def fen(amount_yi: Floats | float) -> Fen:
    """亿元 to whole fen."""
    whole: Fen = np.rint(np.asarray(amount_yi) * c.FEN_PER_YI).astype(np.int64)
    return whole


class Simulation:
    """Amounts of one scheme over ``months`` (datetime64[M], starting with a quarter)."""

    def __init__(self, scheme: str, province: str, months: NDArray[np.datetime64]) -> None:
        self.scheme, self.province, self.months = scheme, province, months
        self.calibration = c.CALIBRATIONS[scheme]
        self.units = units(province)
        self.codes = np.array([unit.code for unit in self.units])
        number = months.astype(np.int64)
        self.years = number // 12 + 1970
        self.month_of_year = number % 12 + 1
        self.yyyymm = self.years * 100 + self.month_of_year

    # --- persons, and what each pays in and draws

    def _levels(self, draws: bool) -> Floats:
        """How much more than average a head of each unit's city pays in or draws."""
        cities = [self.calibration.cities[unit.city] for unit in self.units]
        return np.array([city.draws if draws else city.pays for city in cities])

    def _shares(self, draws: bool) -> Floats:
        """How heads divide over the units. Of what a city pays or draws more, a part is more heads, the rest more a head."""
        sizes = np.array([_size(unit) for unit in self.units])
        cities = np.array([unit.city for unit in self.units])
        shares = np.zeros(len(self.units))
        for code, city in self.calibration.cities.items():
            inside = cities == code
            shares[inside] = city.residents * sizes[inside] / sizes[inside].sum()
        shares = shares * self._levels(draws) ** (DRAWING_HEADS if draws else PAYING_HEADS)
        found: Floats = shares / shares.sum()
        return found

    def relative(self, draws: bool) -> Floats:
        """A head's base or pension against the province's average, by unit."""
        level = self._levels(draws) ** (1 - (DRAWING_HEADS if draws else PAYING_HEADS))
        found: Floats = level / (level * self._shares(draws)).sum()
        return found

    def _weights(self, draws: bool) -> Floats:
        """How money divides over the units."""
        return self._shares(draws) * self.relative(draws)

    @cached_property
    def years_past(self) -> Floats:
        """Years from the end of 2021 to each month's end."""
        months = self.months.astype(np.int64) - (c.FIRST_YEAR - 1970) * 12
        return (months + 1) / 12

    @cached_property
    def insured_expected(self) -> Floats:
        """In work and insured, [unit, month]."""
        heads = self.calibration.heads
        return np.outer(self._shares(draws=False), heads.insured * (1 + heads.insured_growth) ** self.years_past)

    @cached_property
    def retired_expected(self) -> Floats:
        """Drawing benefits, [unit, month]."""
        heads = self.calibration.heads
        return np.outer(self._shares(draws=True), heads.retired * (1 + heads.retired_growth) ** self.years_past)

    @cached_property
    def base_expected(self) -> Floats:
        """Base of contributions in yuan a month and head, [unit, month]."""
        heads = self.calibration.heads
        level = np.array([c.yearly(heads.base_growth, int(year)) for year in self.years])
        return np.outer(self.relative(draws=False), heads.base * level)

    @cached_property
    def drawn_expected(self) -> tuple[Floats, Floats]:
        """Benefits in yuan a month and head, [unit, month]: of the month, and what the year's raise adds to it."""
        before = self.calibration.heads.drawn * np.array([c.raised(int(year)) for year in self.years])
        raise_ = np.array([c.adjustment(int(year)) for year in self.years])
        paid = before * np.where(self.month_of_year >= c.RAISED_IN, 1 + raise_, 1.0)
        relative = self.relative(draws=True)
        return np.outer(relative, paid), np.outer(relative, before * raise_)

    @cached_property
    def chance(self) -> Floats:
        """Uniform draws [unit, month, CHANCES]: by scheme and month only."""
        return np.stack(
            [
                np.random.default_rng([seed_of(self.scheme), int(m)]).random((len(self.units), CHANCES))
                for m in self.yyyymm
            ],
            axis=1,
        )

    def noise(self, column: int) -> Floats:
        spread = self.chance[:, :, column] + self.chance[:, :, column + 1] - 1.0  # a triangle around 0
        return 1.0 + spread * NOISE * 2.45

    # --- what was to be expected

    @cached_property
    def premium_expected(self) -> Floats:
        """Premium by unit and month in 亿元, without chance and stories: what the plan rests on."""
        fund = self.calibration.fund
        season = np.array(c.PREMIUM_SEASON[fund])[self.month_of_year - 1] * 12 / c.current_year_share(fund)
        contributors = self.insured_expected * self.calibration.heads.paying
        found: Floats = contributors * self.base_expected * (c.RATE[fund] * c.COLLECTED * season / YI)
        return found

    @cached_property
    def benefit_expected(self) -> Floats:
        """Benefits by unit and month in 亿元, without the back pay."""
        return self.retired_expected * self.drawn_expected[0] / YI

    @cached_property
    def back_pay_expected(self) -> Floats:
        """What the year's raise adds to the months before it, paid with the first raised month."""
        due = (self.month_of_year == c.RAISED_IN) * (c.RAISED_IN - 1)
        found: Floats = self.retired_expected * self.drawn_expected[1] * due / YI
        return found

    @cached_property
    def death_benefit(self) -> Fen:
        """丧葬补助金和抚恤金 for those who died in the month."""
        if self.calibration.fund != "pension":
            return np.zeros((len(self.units), len(self.months)), dtype=np.int64)
        a_death = c.DEATH_BENEFIT * (1 + c.DEATH_BENEFIT_GROWTH) ** (self.years - c.FIRST_YEAR)
        return fen(self.retired_expected * c.DYING * a_death / YI * self.noise(30))

    # --- what came

    def _story(self, name: str) -> Floats:
        factor = np.ones((len(self.units), len(self.months)))
        for shift in stories.SHIFTS:
            if shift.scheme != self.scheme:
                continue
            rows = np.array([shift.region in (unit.code, unit.city) for unit in self.units])
            factor[np.ix_(rows, self.yyyymm >= shift.from_month)] *= getattr(shift, name)
        return factor

    @cached_property
    def premium(self) -> Fen:
        return fen(self.premium_expected * self.noise(0) * self._story("premium"))

    @cached_property
    def benefit(self) -> Fen:
        # A twentieth of the noise: pensions hardly vary from month to month.
        noise = 1 + (self.noise(2) - 1) / 20
        return fen(self.benefit_expected * noise * self._story("benefit"))

    @cached_property
    def back_pay(self) -> Fen:
        return fen(self.back_pay_expected * self._story("benefit"))

    def small(self, yearly_yi: float, column: int | None, *, months: tuple[int, ...], draws: bool) -> Fen:
        """A small item: a yearly amount in equal parts in some months, spread over the units; a column adds chance."""
        if not months:
            return np.zeros((len(self.units), len(self.months)), dtype=np.int64)
        level = np.array([1.03 ** (int(year) - c.FIRST_YEAR) for year in self.years])
        due = np.isin(self.month_of_year, months)
        amounts = np.outer(self._weights(draws), yearly_yi / len(months) * level * due)
        return fen(amounts if column is None else amounts * self.noise(column))

    # --- plans

    @cached_property
    def plan_bias(self) -> tuple[Floats, Floats]:
        """How far the plan lies below (premium) and below (benefits) what is expected, by unit and for all years."""
        premium, benefit = np.zeros(len(self.units)), np.zeros(len(self.units))
        for index, code in enumerate(plan_units(self.scheme)):
            own = np.random.default_rng(seed_of("plan", self.scheme, code))
            premium[index], benefit[index] = own.uniform(0.005, 0.010), own.uniform(-0.003, 0.003)
        return premium, benefit

    def by_plan_unit(self, amounts: Floats) -> dict[str, float]:
        """Sums of the units' amounts by plan unit."""
        found: dict[str, float] = {}
        for code, amount in zip(plan_units(self.scheme), amounts.tolist(), strict=True):
            found[code] = found.get(code, 0.0) + amount
        return found
