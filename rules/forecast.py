"""Forecast 预计: the seasonal-schedule baseline, the rolling-origin backtest and the interval that comes from it.

Months are yyyymm, a series has one amount a month without gaps and ends with the last closed month. Means and errors
are estimates and therefore floats; what is published is rounded to the fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isqrt

from rules.calendar import YEARS_AT_MOST, months_before
from rules.money import rounded
from rules.month import Month

HORIZON = 12
MONTHS = 12
# A smoothing needs two seasons to begin with, and half a year to be tested on; below that the baseline stands alone.
SEASONS = 24
TESTED = 6
SMOOTHED_FROM = SEASONS + TESTED
BACKTEST = 24
SCHEDULE, SMOOTHING = "seasonal_schedule", "exponential_smoothing"
# Half of an 80 % interval in standard deviations of a normal error.
EIGHTY = 1.2815515655
ERRORS_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """What a method expects: twelve means; how far each month and each sum from the first month on may be off, as
    standard deviations (None: too short to be tested); ``mase`` is its backtest error."""

    method: str
    means: tuple[float, ...]
    deviations: tuple[float, ...] | None
    total_deviations: tuple[float, ...] | None
    mase: Decimal | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """One month ahead in fen with its 80 % interval, and the sum from the first month ahead on with its own."""

    month: int
    mean_fen: int
    low_fen: int | None
    high_fen: int | None
    total_fen: int
    total_low_fen: int | None
    total_high_fen: int | None


def baseline(last: int, amounts: Sequence[int]) -> list[float]:
    """The twelve months after ``last`` by 历史同期进度: the year so far ÷ the share earlier years had reached by the same
    month, spread over the rest as in those years; next year's total grows as this year's did.

    Up to three closed years, those whose total is positive; with none, every month is the mean of the last twelve.
    """
    number = Month(last).number
    year = list(amounts[-number:])
    closed = [amounts[at - MONTHS : at] for at in range(len(amounts) - number % MONTHS, MONTHS - 1, -MONTHS)]
    known = [months for months in closed[:YEARS_AT_MOST] if sum(months) > 0]
    if not known:
        recent = amounts[-MONTHS:]
        return [sum(recent) / len(recent)] * HORIZON
    shares = [sum(months[at] / sum(months) for months in known) / len(known) for at in range(MONTHS)]
    reached = sum(shares[:number])
    before = [months for months in closed[1 if number == MONTHS else 0 :] if sum(months) > 0]
    usual = sum(before[0]) if before else sum(known[0])
    total = sum(year) / reached if reached > 0 and len(year) == number else float(usual)
    following = total * total / usual if total > 0 else total
    return [(total if at < MONTHS else following) * shares[at % MONTHS] for at in range(number, number + HORIZON)]


def origins(count: int) -> range:
    """How many months are known at each step of the backtest of a series of ``count`` months; empty under a year."""
    return range(max(SEASONS if count >= SMOOTHED_FROM else MONTHS, count - BACKTEST), count)


def errors_at(origin: int, means: Sequence[float], amounts: Sequence[int]) -> list[float]:
    """What came less what was expected, for the months known after an origin."""
    return [amount - mean for mean, amount in zip(means, amounts[origin : origin + HORIZON], strict=False)]


def mase(errors: Sequence[Sequence[float]], amounts: Sequence[int]) -> Decimal | None:
    """Mean absolute scaled error: below 1 is better than the same month a year before. None where that was never off,
    or nothing could be tested."""
    apart = [abs(now - before) for now, before in zip(amounts[MONTHS:], amounts, strict=False)]
    missed = [abs(error) for row in errors for error in row]
    if not missed or not sum(apart):
        return None
    return rounded(Decimal(sum(missed) / len(missed)) / (Decimal(sum(apart)) / len(apart)), 3)


def fitted(method: str, means: Sequence[float], errors: Sequence[Sequence[float]], amounts: Sequence[int]) -> Fit:
    """A method's expectation with the deviations its backtest showed at each distance; never smaller farther ahead."""
    sums = [[sum(row[: at + 1]) for at in range(len(row))] for row in errors]
    return Fit(method, tuple(means), _deviations(errors), _deviations(sums, growing=True), mase(errors, amounts))


def _deviations(errors: Sequence[Sequence[float]], *, growing: bool = False) -> tuple[float, ...] | None:
    """Root mean squares by distance. Too few errors at a distance: as at the one before (a sum's: in proportion)."""
    found: list[float] = []
    for at in range(HORIZON):
        seen = [row[at] for row in errors if len(row) > at]
        if len(seen) >= ERRORS_AT_LEAST:
            size = (sum(error * error for error in seen) / len(seen)) ** 0.5
            found.append(max(size, found[-1] if found else 0.0))
        elif not found:
            return None
        else:
            found.append(found[-1] * (at + 1) / at if growing else found[-1])
    return tuple(found)


def by_schedule(last: int, amounts: Sequence[int]) -> Fit:
    """The baseline with its own backtest."""
    tested = [
        errors_at(at, baseline(months_before(last, len(amounts) - at), amounts[:at]), amounts)
        for at in origins(len(amounts))
    ]
    return fitted(SCHEDULE, baseline(last, amounts), tested, amounts)


def ahead(last: int, fit: Fit) -> tuple[Ahead, ...]:
    """The published months of a fit. An interval always contains its mean."""
    found, total = [], 0
    for at, mean in enumerate(fit.means):
        centre = round(mean)
        total += centre
        half = None if fit.deviations is None else round(EIGHTY * fit.deviations[at])
        whole = None if fit.total_deviations is None else round(EIGHTY * fit.total_deviations[at])
        found.append(
            Ahead(
                months_before(last, -at - 1),
                centre,
                None if half is None else centre - half,
                None if half is None else centre + half,
                total,
                None if whole is None else total - whole,
                None if whole is None else total + whole,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class BalanceAhead:
    """The balance expected at a month's end in fen, with its 80 % interval."""

    month: int
    mean_fen: int
    low_fen: int | None
    high_fen: int | None


def balance_ahead(balance_fen: int, income: Sequence[Ahead], spent: Sequence[Ahead]) -> tuple[BalanceAhead, ...]:
    """预计结余: the closing balance + expected income − expected expenditure. Both may miss apart from one another
    (assumed), so half the interval is the root of the sum of their squares."""
    found = []
    for into, out in zip(income, spent, strict=True):
        mean = balance_fen + into.total_fen - out.total_fen
        half = None
        if into.total_high_fen is not None and out.total_high_fen is not None:
            half = isqrt((into.total_high_fen - into.total_fen) ** 2 + (out.total_high_fen - out.total_fen) ** 2)
        found.append(
            BalanceAhead(into.month, mean, None if half is None else mean - half, None if half is None else mean + half)
        )
    return tuple(found)
