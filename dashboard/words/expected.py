"""What is 预计 of the region looked at: balances ahead, the year's end of a line, and how well the past was expected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.passport import About, Figure, Printed
from dashboard.words.wording import N_
from data_access.books.execution import line_amounts
from data_access.books.facts import Facts
from data_access.books.forecasts import LOCAL_INCOME, Forecast, Key
from data_access.books.plans import Plans
from rules.calendar import month_end, year_to_date
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.forecast import SCHEDULE, SMOOTHING, BalanceAhead, balance_ahead
from rules.indicators import Value
from rules.money import decimal_string
from rules.month import Month

METHODS = {SCHEDULE: N_("按历史同期进度推算"), SMOOTHING: N_("按指数平滑推算")}


def line_of(reading: Reading, key: str) -> str:
    """The series behind a line of the form: below the province 收入合计 is what the region answers for."""
    return key if reading.is_province or key != INCOME_TOTAL else LOCAL_INCOME


def balances(reading: Reading) -> tuple[BalanceAhead, ...]:
    """预计累计结余 of the province's twelve months after the last signed one; empty where there is no forecast."""
    if not reading.is_province or not reading.snapshot.facts.opened:
        return ()
    found = reading.snapshot.forecasts([reading.region])
    income, spent = found.get((reading.region, INCOME_TOTAL)), found.get((reading.region, EXPENDITURE_TOTAL))
    if income is None or spent is None or income.last != spent.last:
        return ()
    facts = reading.snapshot.facts
    closing = int(facts.result_balance(reading.region)[facts.index(income.last)])
    return balance_ahead(closing, income.months, spent.months)


def months_payable(reading: Reading) -> Printed | None:
    """12个月后可支付月数, as written; None where it is not known."""
    found = figures.figure(reading, "months_payable_ahead", month=last_month(reading))
    return None if found.value is None else display.printed(found)


def last_month(reading: Reading) -> int | None:
    """The signed month that expectations rest on: the one shown, live the last signed; None before the first."""
    snapshot = reading.snapshot
    if not snapshot.live:
        return snapshot.month
    return max((close.month for close in snapshot.closes), default=None)


@dataclass(frozen=True, slots=True)
class Year:
    """A line's year in fen: done to the last signed month with what was corrected since, the whole year expected with
    its 80 % interval, the plan, and the backtest error of the forecast. ``about`` is what its figures have in common, ``line`` the series."""

    about: About
    line: str
    done: int
    total: int
    low: int | None
    high: int | None
    plan: int | None
    forecast: Forecast

    def figure(self, what: str) -> Figure:
        """One of: plan, done, total, low, high, rate, rate_low, rate_high, gap, mase."""
        if what == "plan":
            return self.about.figure("plan.adjusted", self.plan, part=self.line)
        rates = {"rate": self.total, "rate_low": self.low, "rate_high": self.high}
        value = self.rate(rates[what]) if what in rates else getattr(self, what)
        return self.about.figure(f"year.{what}", value, part=self.line)

    def printed(self, what: str) -> Printed:
        return display.printed(self.figure(what))

    def corrected(self, reading: Reading) -> Figure | None:
        """What was booked of the months done after the last of them was signed; None where that is nothing, or the
        running state is looked at."""
        if reading.snapshot.live:
            return None
        fen = self.done - _to_date(reading.snapshot.facts, self.about.place, self.line, self.forecast.last)
        return self.about.figure("year.corrected", fen, part=self.line) if fen else None

    @property
    def mase(self) -> Decimal | None:
        return self.forecast.mase

    def rate(self, amount: int | None) -> Decimal | None:
        """An amount against the plan in %; None without either."""
        if amount is None or not self.plan:
            return None
        return Decimal(decimal_string(Fraction(amount * 100, self.plan), 2))

    @property
    def gap(self) -> int | None:
        """What is missing to the plan; below zero where more comes in."""
        return None if self.plan is None else self.plan - self.total


def forecasts(reading: Reading, regions: Collection[str]) -> Mapping[Key, Forecast]:
    return reading.snapshot.forecasts(regions)


def year(reading: Reading, found: Mapping[Key, Forecast], region: str, line: str) -> Year | None:
    """The year of a line (an execution-form line, or the local income); None without a forecast."""
    forecast = found.get((region, line))
    if forecast is None:
        return None
    about = replace(reading.about_now, place=region, period=Month(forecast.last).iso)
    if line == (INCOME_TOTAL if region == reading.tree.root else LOCAL_INCOME):
        judged = figures.value(reading, "completion_forecast", region, forecast.last)
        if judged is not None:
            return _judged(about, line, judged, forecast)
    number = Month(forecast.last).year
    done = _to_date(reading.running.snapshot.facts, region, line, forecast.last)
    plan = _plan(reading.snapshot.plans, region, line, forecast.last)
    rest = forecast.year_end(number)
    if rest is None:
        return Year(about, line, done, done, done, done, plan, forecast)
    low = None if rest.total_low_fen is None else done + rest.total_low_fen
    high = None if rest.total_high_fen is None else done + rest.total_high_fen
    return Year(about, line, done, done + rest.total_fen, low, high, plan, forecast)


def _judged(about: About, line: str, found: Value, forecast: Forecast) -> Year:
    """The income as the indicator has it, entries after the signature included: one figure everywhere."""
    done, rest = figures.input_fen(found, "done_fen") or 0, figures.input_fen(found, "rest_fen") or 0
    low, high = figures.input_fen(found, "rest_low_fen"), figures.input_fen(found, "rest_high_fen")
    plan = figures.input_fen(found, "income_plan_fen")
    lowest, highest = None if low is None else done + low, None if high is None else done + high
    return Year(about, line, done, done + rest, lowest, highest, plan, forecast)


def _to_date(facts: Facts, region: str, line: str, last: int) -> int:
    return int(year_to_date(facts.months, _amounts(facts, region, line))[facts.index(last)])


def _amounts(facts: Facts, region: str, line: str) -> list[int]:
    if line == LOCAL_INCOME:
        return [int(fen) for fen in facts.items(region, facts.scheme.local_items)]
    return [int(fen) for fen in line_amounts(facts, region, line)]


def _plan(plans: Plans, region: str, line: str, month: int) -> int | None:
    number, on = Month(month).year, month_end(month)
    if line == LOCAL_INCOME:
        return plans.items(region, plans.scheme.local_items, number, on)
    if line in (INCOME_TOTAL, EXPENDITURE_TOTAL):
        return plans.total(region, "income" if line == INCOME_TOTAL else "expenditure", number, on)
    return plans.adjusted(region, line, number, on)
