"""The demonstration's statistics: heads and wage bases that fit the simulated money, reported month by month.

Contributors per retiree follow the published 3.5, 3.0 and 1.9 of 2010 (Jiangsu, Shanxi, Jilin); all else is chosen to
look plausible. What a story does to the money it does here to the figure that lets it be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa

from demonstration.world import calibration as c, stories
from demonstration.world.premium import SIDE_ITEMS
from demonstration.world.simulation import Fen, Floats, Ints, Simulation, fen, seed_of
from rules.month import Month
from rules.scheme import load_scheme

REPORTED_ON = 8  # day of the following month
PARTICIPANTS = 1.13  # per contributor
ABOVE_PLAN = 1.1  # what is added to the participants, against what was planned
COLLECTED = (0.988, 0.998)  # of what is due
FULL_RATE, FLEXIBLE_RATE, INJURY_RATE = 0.24, 0.20, 0.0068
RAISED_PENSION = 0.0045  # new retirees of a month per retiree
EARLY = 0.055  # early retirements per new retiree


@dataclass(frozen=True, slots=True)
class Heads:
    """A scheme's persons: monthly wage base of a contributor in yuan, contributors per retiree, growth a year."""

    wage_base: float
    per_retiree: float
    growth: float
    retired_growth: float


HEADS = {
    "jiangsu-pension": Heads(5600, 3.5, 0.012, 0.020),
    "shanxi-pension": Heads(4900, 3.0, 0.010, 0.018),
    "jilin-pension": Heads(4600, 1.9, 0.006, 0.014),
    "jilin-work-injury": Heads(4100, 190.0, 0.008, 0.006),
}


class People:
    """Everything of one scheme from the ledger's first month to the month of ``until``; arrays are [unit, month]."""

    def __init__(self, scheme: str, until: date) -> None:
        months = np.arange(np.datetime64(f"{c.FIRST_YEAR}-01", "M"), np.datetime64(until, "M") + 1)
        self.money = Simulation(scheme, load_scheme(scheme).province, months)
        self.scheme, self.heads = scheme, HEADS[scheme]
        self.pension = self.money.calibration.fund == "pension"
        self.years_past = (np.arange(len(months)) + 1) / 12

    def _at(self, region: str, from_month: int, factor: float, until_month: int = 999912) -> Floats:
        """``factor`` in a region, a city with its units or a unit, between two months; 1 elsewhere."""
        rows = np.array([region in (unit.code, unit.city) for unit in self.money.units])
        months = (self.money.yyyymm >= from_month) & (self.money.yyyymm <= until_month)
        found: Floats = np.where(rows[:, None] & months, factor, 1.0)
        return found

    def _spread(self, draws: bool) -> Floats:
        """How heads divide over the units: wages and pensions differ too, so heads differ less than money does."""
        money = (self.money.benefit_expected if draws else self.money.premium_expected)[:, 0]
        cities = [self.money.calibration.cities[unit.city] for unit in self.money.units]
        level = np.array([city.draws if draws else city.pays for city in cities])
        weighed = money / level**0.4
        found: Floats = weighed / weighed.sum()
        return found

    # --- persons

    @property
    def _behind(self) -> Mapping[str, float]:
        return stories.ENROLMENT_BEHIND if self.pension else {}

    @cached_property
    def _contributors_at_start(self) -> Floats:
        rate = FULL_RATE if self.pension else INJURY_RATE
        yearly_yuan = self.money.calibration.premium * c.FEN_PER_YI / 100
        found: Floats = self._spread(draws=False) * yearly_yuan / rate / 12 / self.heads.wage_base
        return found

    @cached_property
    def participants(self) -> Ints:
        """Evenly more through each year, a little above plan; the running year lags where the story says so."""
        start = np.rint(self._contributors_at_start * PARTICIPANTS)[:, None]
        yearly = start * self.heads.growth * ABOVE_PLAN
        lag = np.zeros((len(self.money.units), len(self.money.months)))
        for region, share in self._behind.items():
            behind = 1 - self._at(region, 202601, share, 202612)
            lag = lag + yearly * behind * self.money.month_of_year / 12
        heads = start + yearly * self.years_past - lag
        # A fraction of a person must not make a year that is kept to look behind.
        whole: Ints = np.where(self.money.month_of_year == 12, np.floor(heads), np.ceil(heads)).astype(np.int64)
        return whole

    @cached_property
    def participants_plan(self) -> Ints:
        """The year's end as planned: last year's end and what was to be added, the same in every month of the year."""
        start = np.rint(self._contributors_at_start * PARTICIPANTS)
        added = np.floor(start * self.heads.growth).astype(np.int64)
        december = np.flatnonzero(self.money.month_of_year == 12)
        ends = np.concatenate([start.astype(np.int64)[:, None], self.participants[:, december]], axis=1)
        found: Ints = ends[:, self.money.years - c.FIRST_YEAR] + added[:, None]
        return found

    @cached_property
    def contributors(self) -> Ints:
        share = np.full(self.participants.shape, 1 / PARTICIPANTS)
        for region in self._behind:
            share = share * self._at(region, 202601, 0.975)
        found: Ints = np.rint(self.participants * share).astype(np.int64)
        return found

    @cached_property
    def retirees(self) -> Ints:
        start = self._contributors_at_start.sum() / self.heads.per_retiree * self._spread(draws=True)
        grown = start[:, None] * (1 + self.heads.retired_growth) ** self.years_past
        for shift in stories.SHIFTS:
            # A city that draws more than planned has more retirees; a raise has the same ones.
            if shift.scheme == self.scheme and shift.benefit != 1 and shift.region != stories.EARLY_RAISE_COUNTY:
                grown = grown * self._at(shift.region, shift.from_month, shift.benefit)
        found: Ints = np.rint(grown).astype(np.int64)
        return found

    @cached_property
    def new_retirees(self) -> Ints:
        found: Ints = np.rint(self.retirees * RAISED_PENSION).astype(np.int64) + 1
        return found

    @cached_property
    def early_retirees(self) -> Ints:
        """Kept to the share over time, so that small units do not jump."""
        share = np.full(self.retirees.shape, EARLY)
        for region, from_month, times in stories.EARLY_RETIREMENTS:
            share = share * self._at(region, from_month, times)
        so_far = np.floor(np.cumsum(self.new_retirees * share, axis=1)).astype(np.int64)
        found: Ints = np.diff(so_far, axis=1, prepend=0)
        return found

    # --- money

    @cached_property
    def premium_due(self) -> Fen:
        """What was to be collected: before any shortfall, but for the county whose rate was cut, where less is due."""
        expected = self.money.premium_expected * self.money.noise(0)
        fallen_short = np.ones(expected.shape)
        for shift in stories.SHIFTS:
            if shift.scheme == self.scheme and shift.premium != 1 and shift.region not in stories.COLLECTED_SHORT:
                fallen_short = fallen_short * self._at(shift.region, shift.from_month, shift.premium)
        side = np.zeros(len(self.money.months))
        for _item, _slot, months, share in SIDE_ITEMS[self.money.calibration.fund]:
            side = side + np.isin(self.money.month_of_year, months or range(1, 13)) * share
        rates = [
            np.random.default_rng(seed_of("due", self.scheme, u.code)).uniform(*COLLECTED) for u in self.money.units
        ]
        return fen(expected * fallen_short * (1 - side) / np.array(rates)[:, None])

    @cached_property
    def bases(self) -> tuple[Fen, Fen]:
        """Wage bases of employees and of flexible workers; at the rates in force they give what is due."""
        if not self.pension:
            return fen(self.premium_due / c.FEN_PER_YI / INJURY_RATE), np.zeros_like(self.premium_due)
        chances = [np.random.default_rng(seed_of("flexible", u.code)).uniform(0.06, 0.16) for u in self.money.units]
        flexible = np.array(chances)[:, None]
        rate = np.full(self.premium_due.shape, FULL_RATE)
        if self.scheme == "jiangsu-pension":
            rate = rate + np.log(self._at(stories.RATE_CUT_COUNTY, 202601, np.e)) * stories.RATE_CUT
        total = self.premium_due / c.FEN_PER_YI / ((1 - flexible) * rate + flexible * FLEXIBLE_RATE)
        return fen(total * (1 - flexible)), fen(total * flexible)

    @cached_property
    def unpaid_persons(self) -> Ints:
        unpaid = np.zeros(self.retirees.shape, dtype=np.int64)
        for region, month, persons in stories.UNPAID:
            rows = np.flatnonzero(self.money.codes == region)
            unpaid[np.ix_(rows, np.flatnonzero(self.money.yyyymm == month))] = persons
        return unpaid

    @cached_property
    def held_persons(self) -> Ints:
        found: Ints = np.floor(self.retirees * 0.0004).astype(np.int64)
        return found

    def due(self) -> tuple[Fen, Fen]:
        """Benefits due of the month, and what of it was held with a reason 待核资格、账户异常; the rest but the unpaid was paid."""
        paid = self.money.benefit + self.money.back_pay
        per_head = paid // self.retirees.clip(1)
        held = per_head * self.held_persons
        return paid + held + per_head * self.unpaid_persons, held

    def measures(self) -> Iterator[tuple[str, Ints]]:
        """Every measure that is reported by unit and month, with its values."""
        yield "participants", self.participants
        yield "participants_plan", self.participants_plan
        yield "contributors", self.contributors
        yield "premium_due", self.premium_due
        employer, flexible = self.bases
        yield "wage_base_employer", employer
        due, held = self.due()
        yield "pension_due", due
        yield "pension_due_persons", self.retirees
        yield "pension_held", held
        yield "pension_held_persons", self.held_persons
        yield "pension_unpaid_persons", self.unpaid_persons
        if self.pension:
            yield "wage_base_flexible", flexible
            yield "retirees", self.retirees
            yield "new_retirees", self.new_retirees
            yield "early_retirees", self.early_retirees
        else:
            yield from self._injuries()

    def _injuries(self) -> Iterator[tuple[str, Ints]]:
        """Prevention, recognition and capacity assessment 工伤预防、认定、鉴定; one city decides late."""
        chance = self.money.chance
        applied = np.rint(self.participants * 0.0002 * (0.8 + 0.4 * chance[:, :, 36])).astype(np.int64) + 1
        recognised = np.floor(applied * 0.93).astype(np.int64)
        in_time = np.floor(applied * self._at(stories.SLOW_RECOGNITION_CITY, 202604, 0.78)).astype(np.int64)
        assessed = np.rint(applied * 0.6).astype(np.int64)
        yield "prevention_trained", np.rint(self.participants * 0.002 * (0.6 + 0.8 * chance[:, :, 37])).astype(np.int64)
        yield "recognition_applied", applied
        yield "recognised", recognised
        yield "recognised_in_time", np.minimum(in_time, applied)
        yield "assessment_applied", assessed
        yield "assessed_in_time", np.floor(assessed * 0.97).astype(np.int64)


def statistics(scheme: str, since: date | None, until: date) -> pa.Table | None:
    """What was reported after ``since`` (None: ever) and up to ``until``, under the import's column names."""
    people = People(scheme, until)
    money = people.money
    reported = (money.months + 1).astype("datetime64[D]") + np.timedelta64(REPORTED_ON - 1, "D")
    chosen = (reported <= np.datetime64(until)) & (since is None or reported > np.datetime64(since or until))
    frames: list[pa.Table] = []
    if chosen.any():
        months = money.yyyymm[chosen]
        for measure, values in people.measures():
            given = values[:, chosen]
            _report(frames, np.repeat(money.codes, len(months)), np.tile(months, len(money.codes)), measure, given)
        frames += _of_province(people, months)
    corrected = stories.STATISTIC_CORRECTED_ON
    if scheme == "jiangsu-pension" and (since or date.min) < corrected <= until:
        frames.append(_correction(people))
    if not frames:
        return None
    frame = pa.concat_tables(frames)
    return frame.append_column("scheme", pa.repeat(pa.scalar(scheme), frame.num_rows))


def _report(frames: list[pa.Table], regions: object, months: object, measure: str, values: Ints) -> None:
    """Add one measure; the unit whose first report was wrong has it wrong."""
    region, month, value = np.asarray(regions), np.asarray(months), values.reshape(-1)
    if measure == "contributors":
        wrong = (region == stories.STATISTIC_CORRECTED) & (month == stories.STATISTIC_CORRECTED_MONTH)
        value = np.where(wrong, value * 9 // 10, value)
    frames.append(_frame(region.astype(object), month, measure, value.astype(str).astype(object), 0))


def _frame(region: object, month: object, measure: str, value: object, version: int) -> pa.Table:
    regions = pa.array(region, pa.string())
    count = len(regions)
    return pa.table(
        {
            "region": regions,
            "month": pa.array(month, pa.int64()),
            "measure": pa.repeat(pa.scalar(measure), count),
            "version": pa.repeat(pa.scalar(version), count),
            "value": pa.array(value, pa.string()),
        }
    )


def _correction(people: People) -> pa.Table:
    """The later, right report of the unit that had reported too few."""
    row = int(np.flatnonzero(people.money.codes == stories.STATISTIC_CORRECTED)[0])
    at = int(np.flatnonzero(people.money.yyyymm == stories.STATISTIC_CORRECTED_MONTH)[0])
    right = str(int(people.contributors[row, at]))
    return _frame([stories.STATISTIC_CORRECTED], [stories.STATISTIC_CORRECTED_MONTH], "contributors", [right], 1)


def _of_province(people: People, months: Ints) -> list[pa.Table]:
    """What does not add up: wages, rates, the share of the old, fiscal capacity; each January by city."""
    money = people.money
    frames = []
    if not people.pension:
        rates = [f"{INJURY_RATE:.4f}"] * len(months)
        frames.append(_frame([money.province] * len(months), months, "avg_rate", rates, 0))
    for month in months.tolist():
        if Month(month).number == 1:
            places = [money.province, *(code for code in money.calibration.cities if not code.endswith("-0"))]
            grown = 1.04 ** (Month(month).year - c.FIRST_YEAR)
            chances = [np.random.default_rng(seed_of("place", code)).random(3) for code in places]
            wages = [f"{people.heads.wage_base * 1.45 * grown * (0.85 + 0.3 * chance[0]):.0f}" for chance in chances]
            elderly = [
                f"{0.17 + 0.09 * chance[1] + 0.004 * (Month(month).year - c.FIRST_YEAR):.4f}" for chance in chances
            ]
            capacity = [f"{0.7 + 0.6 * chance[2]:.2f}" for chance in chances]
            rows = [month] * len(places)
            frames += [
                _frame(places, rows, measure, values, 0)
                for measure, values in (("avg_wage", wages), ("elderly_ratio", elderly), ("fiscal_capacity", capacity))
            ]
    return frames
