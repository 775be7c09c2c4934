"""Working days, the time schedule 序时进度, the historical schedule 历史同期进度, and the age of waiting money."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache, lru_cache
from itertools import accumulate

from rules.errors import InputError
from rules.month import MONTHS, Month

SATURDAY = 5
# 历史同期进度: the mean of up to three previous closed years, at least two (1-domain, dates and calendar).
YEARS_AT_MOST, YEARS_AT_LEAST = 3, 2


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Monday to Friday, less the holidays 放假, plus the make-up working days 调休上班."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < SATURDAY and day not in self.holidays)

    def next_working(self, day: date) -> date:
        """The first working day after ``day``."""
        following = day + timedelta(days=1)
        while not self.is_working(following):
            following += timedelta(days=1)
        return following

    def on_working(self, day: date, latest: date | None = None) -> date:
        """A working day for what falls on ``day``: itself or the next one, never after ``latest`` (then the last one
        before it)."""
        due = day if self.is_working(day) else self.next_working(day)
        return due if latest is None or due <= latest else self.last_working(min(day, latest))

    def until(self, today: date, day: date) -> int:
        """Working days left until a day: those after ``today`` up to and including ``day``, whatever the hour."""
        return max(self.count(day) - self.count(today), 0)

    def count(self, day: date) -> int:
        """How many working days there are in all up to and including a day; the difference of two is those between."""
        weeks, rest = divmod(day.toordinal(), 7)  # the first day of all is a Monday
        days, by = _unlike_a_week(self)
        return weeks * SATURDAY + min(rest, SATURDAY) + by[bisect_right(days, day)]

    def last_working(self, day: date) -> date:
        """The last working day up to and including ``day``."""
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def elapsed(self, due: datetime, now: datetime) -> int:
        """Whole working days gone by since ``due``: how often its time of day came round on later working days.

        0 before ``due`` and during the first working day after it.
        """
        days = (now.date() - due.date()).days
        if now.time() < due.time():
            days -= 1
        return self.until(due.date(), due.date() + timedelta(days=days))


@lru_cache(maxsize=8)
def _unlike_a_week(calendar: WorkingCalendar) -> tuple[list[date], list[int]]:
    """The days that are not as in any week, and how many working days up to each they give or take, after nothing."""
    off = {day: -1 for day in calendar.holidays - calendar.workdays if day.weekday() < SATURDAY}
    days = off | {day: 1 for day in calendar.workdays if day.weekday() >= SATURDAY}
    return sorted(days), [0, *accumulate(days[day] for day in sorted(days))]


@cache
def month_end(month: int) -> date:
    """The last day of a month yyyymm."""
    return Month(month).last


def months_before(month: int, count: int) -> Month:
    """The month yyyymm ``count`` months earlier (later for a negative count)."""
    return Month(month).plus(-count)


def part_of_month(month: int, as_of: date) -> Fraction:
    """How much of a month has gone by on a day (that day included): 1 from its last day on, 0 before it."""
    last = month_end(month)
    if as_of >= last:
        return Fraction(1)
    if as_of < last.replace(day=1):
        return Fraction(0)
    return Fraction(as_of.day, last.day)


def schedule_share(month: int, as_of: date) -> Fraction:
    """序时进度: the share of the year gone by. A month that has ended counts in months, the running one in days."""
    return (Month(month).number - 1 + part_of_month(month, as_of)) / MONTHS


def historical_share(month: int, as_of: date, years: Mapping[int, Sequence[int]]) -> Fraction | None:
    """历史同期进度: the mean share of the annual total that previous years had reached by the same month.

    ``years`` holds the twelve monthly amounts of each closed year. Up to three years before the month's own are used;
    a year whose total is not positive says nothing. None when fewer than two are left. In the running month the month's
    own share counts by days.
    """
    year, number = Month(month).year, Month(month).number
    part = part_of_month(month, as_of)
    # Added up as one fraction over whole numbers: this is asked for every region and month.
    above, below, count = 0, 1, 0
    for earlier in range(year - 1, year - 1 - YEARS_AT_MOST, -1):
        amounts = years.get(earlier)
        if amounts is None:
            continue
        if len(amounts) != MONTHS:
            raise InputError(f"year {earlier} has {len(amounts)} months", path="years", got=len(amounts))
        total = sum(amounts) * part.denominator
        if total > 0:
            reached = sum(amounts[: number - 1]) * part.denominator + part.numerator * amounts[number - 1]
            above, below, count = above * total + reached * below, below * total, count + 1
    return Fraction(above, below * count) if count >= YEARS_AT_LEAST else None


def closed_years(months: Sequence[int], amounts: Sequence[int], as_of: date) -> dict[int, Sequence[int]]:
    """The twelve amounts of each year that is over and that a series of consecutive months has from January on."""
    return {
        Month(month).year: amounts[index : index + MONTHS]
        for index, month in enumerate(months)
        if Month(month).number == 1 and Month(month).year < as_of.year and len(amounts) >= index + MONTHS
    }


def year_to_date(months: Sequence[int], amounts: Sequence[int]) -> list[int]:
    """Sums from January, or from where the series begins, to each month."""
    sums: list[int] = []
    for month, amount in zip(months, amounts, strict=False):
        sums.append(amount + (sums[-1] if sums and Month(month).number != 1 else 0))
    return sums


# --- money that waits 国库待划转


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money still in the treasury: how much, and fen × days since it came in. Both add up over regions."""

    amount_fen: int = 0
    fen_days: int = 0

    def __add__(self, other: Waiting) -> Waiting:
        return Waiting(self.amount_fen + other.amount_fen, self.fen_days + other.fen_days)


def layers(balance_fen: int, received: Iterable[tuple[date, int]], as_of: date) -> list[tuple[date, int]]:
    """First in, first out: what is left of a balance is what came in last, as (day of receipt, fen), newest first.

    ``received`` are (day, fen), newest first, at most one row a day; days after ``as_of`` and days on which more was
    refunded than received are passed over. A balance of nothing or less has none. What no known receipt explains is as old
    as the oldest day given (the opening balance: give its day last, with any amount).
    """
    left, oldest = max(balance_fen, 0), as_of
    found: list[tuple[date, int]] = []
    for day, amount in received:
        if left == 0:
            break
        if day > as_of:
            continue
        oldest = day
        taken = min(left, max(amount, 0))
        left -= taken
        if taken:
            found.append((day, taken))
    return [*found, (oldest, left)] if left else found


def aged(held: Iterable[tuple[date, int]], as_of: date) -> Waiting:
    """How much waits in some layers of a balance, and fen × days since each came in."""
    return sum((Waiting(fen, fen * (as_of - day).days) for day, fen in held), Waiting())


def waiting(balance_fen: int, received: Iterable[tuple[date, int]], as_of: date) -> Waiting:
    """The same of a balance and its receipts, see :func:`layers`: a balance of nothing or less waits for nothing."""
    return aged(layers(balance_fen, received, as_of), as_of)


# --- when data are due


def daily_due(booked_on: date, at: time, calendar: WorkingCalendar) -> datetime:
    """When a daily source that has delivered ``booked_on`` owes the next working day: one working day after that."""
    return datetime.combine(calendar.next_working(calendar.next_working(booked_on)), at)


def monthly_due(booked_on: date, day: int, calendar: WorkingCalendar) -> datetime:
    """When a monthly source owes its next month: the end of ``day`` of the month after it.

    A month counts as delivered when the newest entry was booked on its last working day or later.
    """
    owed = Month.of(booked_on)
    if booked_on >= calendar.last_working(owed.last):
        owed = owed.plus(1)
    return datetime.combine(owed.plus(1).first.replace(day=day) + timedelta(days=1), time())
