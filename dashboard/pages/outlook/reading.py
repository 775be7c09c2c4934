"""What 中长期测算 reads: the stored projections of the base, which of them is shown, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property

from dashboard.pages.outlook import chosen, resized
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import About, Figure, Number, Printed
from data_access.books.outlook.results import BACKTEST, FAILED, FANNED, MID, ORIGINAL, STRESS, StoredRun, load_runs
from rules.projection import flows, fund_path, stress, totals_projection
from rules.projection.fund_path import Exhausted
from rules.projection.stress import Projection, Shock
from workflows.outlook.assumptions import Basis, from_json
from workflows.outlook.runs import case_of, present_rate, projected
from workflows.outlook.scenarios import Scenario

PATH = "/outlook"
OFF = "off"  # of the switch of the retirement reform
MONTHS, PERSONS = 12, 10_000  # of a year; heads of which 万人 tells
TEN_YEARS = 10


@dataclass(frozen=True, slots=True)
class YearShown:
    """A year of a projection: persons in persons, money in fen; opening + income + interest − expenditure = closing."""

    year: int
    contributors: Fraction
    retirees: Fraction
    opening_fen: int
    income_fen: int
    interest_fen: int
    expenditure_fen: int
    closing_fen: int
    months_payable: Number | None

    @property
    def support(self) -> Fraction | None:
        """抚养比: contributors for each retiree; None without retirees."""
        return self.contributors / self.retirees if self.retirees else None


@dataclass(frozen=True)
class Course:
    """One projection. ``part`` names it in the keys of figures; ``given`` reads its case, which only some need."""

    part: str
    result: flows.Result
    given: Callable[[], Projection]

    @property
    def exhausted(self) -> Exhausted | None:
        return self.result.exhausted

    @cached_property
    def case(self) -> Projection:
        return self.given()

    @cached_property
    def path(self) -> fund_path.Case:
        """Money of each year to the fen, without interest."""
        return flows.path_of(self.case, self.result.years)

    @cached_property
    def years(self) -> tuple[YearShown, ...]:
        path = self.path
        ends = fund_path.calculate(path).years
        openings = (path.opening_fen, *(one.closing_fen for one in ends))
        return tuple(
            YearShown(
                year.year,
                Fraction(year.contributors),
                Fraction(year.retirees),
                opening,
                money.income_fen,
                end.interest_fen,
                money.expenditure_fen,
                end.closing_fen,
                end.months_payable,
            )
            for year, money, end, opening in zip(self.result.years, path.years, ends, openings, strict=False)
        )

    @property
    def missing(self) -> fund_path.Missing | None:
        """累计缺口 from the year in which it is used up; None where it is not."""
        return fund_path.missing(self.path, [one.closing_fen for one in self.years])

    @property
    def balanced_rate(self) -> Fraction | None:
        """平衡费率 as a ratio; None without premium."""
        scale = self.result.balanced_scale
        return None if scale is None else Fraction(present_rate(self.case)) * Fraction(scale)

    def year(self, number: int) -> YearShown | None:
        return next((one for one in self.years if one.year == number), None)


@dataclass(frozen=True)
class Outlook:
    """The projections of the base as they were last computed. ``courses`` by variant; ``ending`` of the variants looked at,
    those without the reform or with it; ``reform``: whether it is counted in, None where it makes no difference to the
    way of projecting; ``test`` is of what is looked at. ``failed``: the newer computation that did not come about;
    ``supported``: whether who pays carries who draws, as in a pension."""

    about: About
    courses: Mapping[str, Course]
    ending: str
    reform: bool | None
    variant: str
    shock: Shock | None
    basis: Basis
    test: stress.Result | None
    asked: stress.Case | None
    backtest: Course | None
    computed_at: datetime
    failed: StoredRun | None
    scenario: Scenario | None
    sizes: str
    supported: bool

    @property
    def mid(self) -> Course:
        """The projection that sentence and figures speak of."""
        return self.courses[MID + self.ending]

    @property
    def other(self) -> Course | None:
        """Mid with the other choice of the reform; None where there is none."""
        return None if self.reform is None else self.courses.get(MID + (ORIGINAL if self.reform else ""))

    def fan(self, variant: str) -> Course:
        """Low, mid or high."""
        return self.courses[variant + self.ending]

    @cached_property
    def shocked(self) -> Course | None:
        """Mid under the shock looked at."""
        if self.shock is None:
            return None
        case = stress.shocked(self.mid.case, self.shock)
        result = flows.settled(case, stress.projected(case))
        return Course(self.under(self.shock.code), result, lambda: case)

    def under(self, shock: str) -> str:
        """How figures under a shock are told from those of the projection, and from those under another size of it."""
        return f"{self.mid.part}@{shock}" + (f"@{self.sizes}" if self.sizes else "")

    @property
    def shown(self) -> Course:
        """The projection that the table is of."""
        return self.shocked or self.fan(self.variant)

    @property
    def base_year(self) -> int:
        """The year from whose end it starts."""
        return self.mid.case.base_year

    @property
    def first_year(self) -> int:
        """The first year projected, in which the ledger runs."""
        return self.mid.result.years[0].year

    @property
    def last_year(self) -> int:
        return self.mid.result.years[-1].year

    @property
    def in_ten_years(self) -> int:
        """The year ten years after the running one, or the last."""
        return min(self.first_year + TEN_YEARS, self.last_year)

    @property
    def by_totals(self) -> bool:
        return isinstance(self.mid.case, totals_projection.Case)

    def figure(self, what: str, value: Number | None, part: str = "", year: int | None = None) -> Figure:
        """A figure of a projection, of one of its years or of all."""
        period = self.about.period if year is None else str(year)
        return self.about.figure(f"outlook.{what}", value, part=part or self.mid.part, period=period)

    def printed(
        self, what: str, value: Number | None, part: str = "", year: int | None = None, *, signed: bool = False
    ) -> Printed:
        return display.printed(self.figure(what, value, part, year), signed=signed)

    def apart(self, what: str, months: int, part: str = "", *, signed: bool = False, absolute: bool = False) -> Printed:
        """Months between two dates of exhaustion as years."""
        return display.printed(self.figure(what, Fraction(months, MONTHS), part), signed=signed, absolute=absolute)

    def exhausted(self, course: Course, when: Exhausted | None = None) -> Printed:
        """The year in which a projection is used up."""
        at = when or course.exhausted
        return self.printed("exhausted", None if at is None else at.year, course.part)


def months_of(at: Exhausted) -> int:
    return at.year * MONTHS + at.month


def sooner(base: Exhausted | None, other: Exhausted | None) -> int | None:
    """By how many months the other is used up before the base; None where either is not."""
    return None if base is None or other is None else months_of(base) - months_of(other)


def outlook(reading: Reading) -> Outlook | None:
    """The projections of the set looked at as the newest version knows them; None before the first."""
    about, scenario = replace(reading.about_now, place=reading.tree.root), chosen.scenario(reading)
    base = reading.ask(load_runs, reading.scheme.code, about.version)
    runs = reading.ask(load_runs, reading.scheme.code, about.version, scenario.id) if scenario else base
    rests_on = runs[MID].made.basis if MID in runs else None
    if rests_on is None:
        return None
    named = chosen.part(scenario)
    known = {
        variant: _course(named + variant, run)
        for variant, run in runs.items()
        if variant.removesuffix(ORIGINAL) in FANNED and run.made.rule
    }
    basis = from_json(rests_on)
    retirement = basis.assumption("retirement")
    # A scenario of the original ages alone has no reform to switch.
    has_reform = MID + ORIGINAL in known and (retirement is None or retirement.values != ("original",))
    reform = reading.view.ret != OFF if has_reform else None
    ending = ORIGINAL if reform is False else ""
    kept = runs.get(STRESS + ending)
    asked, test = (None, None) if kept is None else resized.tested(kept.made, reading.view.sizes)
    shocks = {one.code: one for one in (asked.shocks if asked else ())}
    failed = base.get(FAILED)
    return Outlook(
        about,
        known,
        ending,
        reform,
        reading.view.variant if reading.view.variant in FANNED else MID,
        shocks.get(reading.view.shock),
        basis,
        test,
        asked,
        _course(BACKTEST, base[BACKTEST]) if BACKTEST in base and base[BACKTEST].made.rule else None,
        runs[MID].computed_at,
        failed if failed is not None and failed.made.result else None,
        scenario,
        reading.view.sizes,
        reading.scheme.fund == "pension",
    )


def open_to(reading: Reading) -> bool:
    """Whether there may be a projection to show: of a ledger, to who sees the whole province."""
    return reading.sees_siblings and reading.scheme.kind != "published"


def failed_first(reading: Reading) -> StoredRun | None:
    """Why there is no projection, where one was tried."""
    failed = reading.ask(load_runs, reading.scheme.code, reading.about_now.version).get(FAILED)
    return failed if failed is not None and failed.made.result else None


def _course(variant: str, run: StoredRun) -> Course:
    return Course(variant, projected(run.made), lambda: case_of(run.made))
