"""Monthly amounts of a scheme: what each unit pays in and draws in each month, before it becomes ledger entries.

Arrays are [unit, month]; the plan uses the same amounts without chance and stories.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from data_access.intake.reference import reference_rows
from demonstration.world import calibration as c, stories

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Fen = Ints  # amounts
NOISE = 0.012
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
        if row["code"] not in parents and row["parent"]:
            city = row["code"] if row["level"] == "city" else row["parent"]
            if row["level"] in ("city", "county", "district"):
                urban = f"{city}-0" if row["level"] == "district" else row["code"]
                found.append(Unit(row["code"], row["name"], row["kind"], city, urban))
    return tuple(found)


def seed_of(*parts: str) -> int:
    """A seed that is the same on every machine (the built-in hash is not)."""
    return zlib.crc32("/".join(parts).encode()) ^ c.SEED


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

    # --- who counts how much

    def _weights(self, draws: bool) -> Floats:
        sizes = np.array([_size(unit) for unit in self.units])
        cities = np.array([unit.city for unit in self.units])
        weights = np.zeros(len(self.units))
        for code, city in self.calibration.cities.items():
            inside = cities == code
            per_head = city.draws if draws else city.pays
            weights[inside] = city.residents * per_head * sizes[inside] / sizes[inside].sum()
        shares: Floats = weights / weights.sum()
        return shares

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
        level = np.array([c.yearly(self.calibration.premium_growth, int(year)) for year in self.years])
        season = np.array(c.PREMIUM_SEASON)[self.month_of_year - 1]
        return np.outer(self._weights(draws=False), self.calibration.premium * level * season)

    @cached_property
    def _benefit_total(self) -> tuple[Floats, Floats]:
        """The province's benefits by month in 亿元: the month's own, and the back pay of July."""
        level = np.array([c.yearly(self.calibration.benefit_growth, int(year)) for year in self.years])
        raised = np.array([c.adjustment(int(year)) for year in self.years])
        before = self.calibration.benefit * level / 12 / (1 + raised)
        own = np.where(self.month_of_year >= 7, before * (1 + raised), before)
        back = np.where(self.month_of_year == 7, before * raised * 6, 0.0)
        return own, back

    @cached_property
    def benefit_expected(self) -> Floats:
        return np.outer(self._weights(draws=True), self._benefit_total[0])

    @cached_property
    def back_pay_expected(self) -> Floats:
        return np.outer(self._weights(draws=True), self._benefit_total[1])

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
        for index, unit in enumerate(self.units):
            city = np.random.default_rng(seed_of("plan", self.scheme, unit.city))
            own = np.random.default_rng(seed_of("plan", self.scheme, unit.code))
            of_city = city.uniform(0.003, 0.06), city.uniform(-0.006, 0.006)
            even = unit.city in stories.EVEN_PLAN or unit.code in stories.EVEN_UNITS
            premium[index] = own.uniform(-0.002, 0.002) + (0.0 if even else of_city[0])
            benefit[index] = own.uniform(-0.002, 0.002) + (0.0 if even else of_city[1])
        return premium, benefit
