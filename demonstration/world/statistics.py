"""The demonstration's statistics: the heads and wage bases behind the simulated money, reported month by month.

Participants are those insured in work and those retired, as in the published tables; premium is paid for a part of the
insured. What a story does to the money it does here to the figure that lets it be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa

from demonstration.world import calibration as c, nation, stories
from demonstration.world.seeds import seed_of
from demonstration.world.simulation import Fen, Floats, Ints, Simulation, fen
from rules.month import Month
from rules.scheme import load_scheme

REPORTED_ON = 8  # day of the following month
ABOVE_PLAN = 1.1  # what is added to the participants, against what was planned
COLLECTED = (c.COLLECTED - 0.004, c.COLLECTED + 0.004)  # of what is due
FULL_RATE, FLEXIBLE_RATE = 0.24, 0.20
EARLY = 0.055  # early retirements per new retiree
HELD = 0.0004  # of the pensions: eligibility under check, account fault


class People:
    """Everything of one scheme from the ledger's first month to the month of ``until``; arrays are [unit, month]."""

    def __init__(self, scheme: str, until: date) -> None:
        months = np.arange(np.datetime64(f"{c.FIRST_YEAR}-01", "M"), np.datetime64(until, "M") + 1)
        self.money = Simulation(scheme, load_scheme(scheme).province, months)
        self.scheme, self.heads = scheme, self.money.calibration.heads
        self.pension = self.money.calibration.fund == "pension"

    def _at(self, region: str, from_month: int, factor: float, until_month: int = 999912) -> Floats:
        """``factor`` in a region, a city with its units or a unit, between two months; 1 elsewhere."""
        rows = np.array([region in (unit.code, unit.city) for unit in self.money.units])
        months = (self.money.yyyymm >= from_month) & (self.money.yyyymm <= until_month)
        found: Floats = np.where(rows[:, None] & months, factor, 1.0)
        return found

    # --- persons

    @property
    def _behind(self) -> Mapping[str, float]:
        return stories.ENROLMENT_BEHIND if self.pension else {}

    @property
    def _drawing(self) -> Floats:
        """Who is counted among the participants beside those in work: the retired; nobody in work injury."""
        return self.money.retired_expected if self.pension else np.zeros_like(self.money.retired_expected)

    @cached_property
    def _at_start(self) -> Floats:
        """Participants at the end of the year before the ledger, by unit."""
        grown = (1 + self.heads.insured_growth) ** (1 / 12), (1 + self.heads.retired_growth) ** (1 / 12)
        found: Floats = self.money.insured_expected[:, 0] / grown[0] + self._drawing[:, 0] / grown[1]
        return found

    @cached_property
    def participants(self) -> Ints:
        """Evenly more through each year, a little above plan; the running year lags where the story says so."""
        expected = self.money.insured_expected + self._drawing
        added = np.diff(np.concatenate([self._at_start[:, None], expected], axis=1), axis=1)
        for region, share in self._behind.items():
            added = added * self._at(region, 202601, share, 202612)
        heads = self._at_start[:, None] + np.cumsum(added, axis=1)
        # A fraction of a person must not make a year that is kept to look behind.
        whole: Ints = np.where(self.money.month_of_year == 12, np.floor(heads), np.ceil(heads)).astype(np.int64)
        return whole

    @cached_property
    def participants_plan(self) -> Ints:
        """The year's end as planned: last year's end and what was to be added, the same in every month of the year."""
        years = np.arange(c.FIRST_YEAR, int(self.money.years[-1]) + 1)
        months = np.arange(np.datetime64(f"{c.FIRST_YEAR}-01", "M"), np.datetime64(f"{years[-1] + 1}-01", "M"))
        whole = Simulation(self.scheme, self.money.province, months)
        heads = whole.insured_expected + (whole.retired_expected if self.pension else 0)
        by_year = np.concatenate([self._at_start[:, None], heads[:, 11::12]], axis=1)
        added = np.floor(np.diff(by_year, axis=1) / ABOVE_PLAN).astype(np.int64)
        december = np.flatnonzero(self.money.month_of_year == 12)
        ends = np.concatenate(
            [np.rint(self._at_start).astype(np.int64)[:, None], self.participants[:, december]], axis=1
        )
        at = self.money.years - c.FIRST_YEAR
        found: Ints = ends[:, at] + added[:, at]
        return found

    @cached_property
    def contributors(self) -> Ints:
        share = np.full(self.participants.shape, self.heads.paying)
        for region in self._behind:
            share = share * self._at(region, 202601, 0.975)
        found: Ints = np.rint(self.money.insured_expected * share).astype(np.int64)
        return found

    @cached_property
    def retirees(self) -> Ints:
        grown = self.money.retired_expected
        for shift in stories.SHIFTS:
            # A city that draws more than planned has more retirees; a raise has the same ones.
            if shift.scheme == self.scheme and shift.benefit != 1 and shift.region != stories.EARLY_RAISE_COUNTY:
                grown = grown * self._at(shift.region, shift.from_month, shift.benefit)
        found: Ints = np.rint(grown).astype(np.int64)
        return found

    @cached_property
    def new_retirees(self) -> Ints:
        """Those more than a month ago, and those who took the place of the dead."""
        before = self.money.retired_expected[:, 0] / (1 + self.heads.retired_growth) ** (1 / 12)
        more = np.diff(np.concatenate([np.rint(before).astype(np.int64)[:, None], self.retirees], axis=1), axis=1)
        found: Ints = np.maximum(more + np.rint(self.retirees * c.DYING).astype(np.int64), 1)
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
        current = np.array([c.current_share(self.money.calibration.fund, int(m)) for m in self.money.month_of_year])
        rates = [
            np.random.default_rng(seed_of("due", self.scheme, u.code)).uniform(*COLLECTED) for u in self.money.units
        ]
        return fen(expected * fallen_short * current / np.array(rates)[:, None])

    @cached_property
    def bases(self) -> tuple[Fen, Fen]:
        """Wage bases of employees and of flexible workers; at the rates in force they give what is due.

        Employers pay every month alike; those in flexible work pay most of their year in January.
        """
        fund = self.money.calibration.fund
        if not self.pension:
            return fen(self.premium_due / c.FEN_PER_YI / c.RATE[fund]), np.zeros_like(self.premium_due)
        season = np.array([c.PREMIUM_SEASON[fund][m - 1] * c.current_share(fund, m) for m in self.money.month_of_year])
        chances = [np.random.default_rng(seed_of("flexible", u.code)).uniform(0.97, 1.0) for u in self.money.units]
        employers = np.outer(np.array(chances), c.EMPLOYERS / season)
        rate = np.full(self.premium_due.shape, FULL_RATE)
        if self.scheme == "jiangsu-pension":
            rate = rate + np.log(self._at(stories.RATE_CUT_COUNTY, 202601, np.e)) * stories.RATE_CUT
        due = self.premium_due / c.FEN_PER_YI
        return fen(due * employers / rate), fen(due * (1 - employers) / FLEXIBLE_RATE)

    @cached_property
    def unpaid_persons(self) -> Ints:
        unpaid = np.zeros(self.retirees.shape, dtype=np.int64)
        for region, month, persons in stories.UNPAID:
            rows = np.flatnonzero(self.money.codes == region)
            unpaid[np.ix_(rows, np.flatnonzero(self.money.yyyymm == month))] = persons
        return unpaid

    @cached_property
    def held_persons(self) -> Ints:
        found: Ints = np.floor(self.retirees * HELD).astype(np.int64)
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
        rates = [f"{c.RATE['work_injury']:.4f}"] * len(months)
        frames.append(_frame([money.province] * len(months), months, "avg_rate", rates, 0))
    for month in months.tolist():
        if Month(month).number == 1:
            places = [money.province, *(code for code in money.calibration.cities if not code.endswith("-0"))]
            average = nation.average_wage(money.province, c.FIRST_YEAR - 1)
            average *= c.yearly(people.heads.base_growth, Month(month).year)
            paid = {unit.city: level for unit, level in zip(money.units, money.relative(draws=False), strict=True)}
            chances = [np.random.default_rng(seed_of("place", code)).random(2) for code in places]
            wages = [f"{average * paid.get(code, 1.0):.0f}" for code in places]
            elderly = [
                f"{0.17 + 0.09 * chance[0] + 0.004 * (Month(month).year - c.FIRST_YEAR):.4f}" for chance in chances
            ]
            capacity = [f"{0.7 + 0.6 * chance[1]:.2f}" for chance in chances]
            rows = [month] * len(places)
            frames += [
                _frame(places, rows, measure, values, 0)
                for measure, values in (("avg_wage", wages), ("elderly_ratio", elderly), ("fiscal_capacity", capacity))
            ]
    return frames
