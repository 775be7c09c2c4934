"""A fund's balance from year to year (累计结余), with interest, and the month in which it is used up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from rules.calculators.records import Amount, Fen, Items, Step, Within
from rules.errors import refused
from rules.money import product, round_half_up, rounded, yuan_text

TITLE = "Fund path 基金累计结余测算"
ARTICLE = "吉政发〔2020〕20号 三（三）2, 三（四）"
ASSUMED = "income, expenditure and rates of interest of years to come; interest on the mean balance of the year"

MONTHS = 12
RATIO_PLACES, MONTH_PLACES = 6, 1
Rate = Annotated[Decimal, Within(minimum=0, maximum=1)]


@dataclass(frozen=True, slots=True)
class YearIn:
    """Income without interest and expenditure of a year; ``interest_rate`` as a ratio."""

    year: int
    income_fen: Fen
    expenditure_fen: Amount
    interest_rate: Rate


@dataclass(frozen=True, slots=True)
class Case:
    """``years`` follow one another without a gap."""

    opening_fen: Fen
    years: Annotated[tuple[YearIn, ...], Items(unique="year")]


@dataclass(frozen=True, slots=True)
class YearOut:
    """``fund_ratio``: opening balance in percent of the year's expenditure; ``months_payable``: months of that expenditure
    in the closing balance. Both None without expenditure."""

    year: int
    interest_fen: int
    closing_fen: int
    fund_ratio: Decimal | None
    months_payable: Decimal | None


@dataclass(frozen=True, slots=True)
class Exhausted:
    year: int
    month: int


@dataclass(frozen=True, slots=True)
class Result:
    """``exhausted``: the month in which the balance is used up, in the first year that closes below zero."""

    years: tuple[YearOut, ...]
    exhausted: Exhausted | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a fund lacks from the year in which it is used up to the last: as it falls due, and its present value at the
    beginning."""

    amount_fen: int
    worth_fen: int


def calculate(case: Case) -> Result:
    """Balances year by year: opening + income + interest − expenditure. 吉政发〔2020〕20号 三（三）2.

    Raises InputError where a year is missing between two.
    """
    for number, (before, after) in enumerate(zip(case.years, case.years[1:], strict=False), start=1):
        if after.year != before.year + 1:
            raise refused(f"years[{number}].year", str(after.year), f"the year after {before.year}")
    years: list[YearOut] = []
    steps: list[Step] = []
    exhausted = None
    opening = case.opening_fen
    for given in case.years:
        year = closed(opening, given)
        if exhausted is None and year.closing_fen < 0:
            exhausted = Exhausted(given.year, month_of_exhaustion(opening, given.income_fen, given.expenditure_fen))
        years.append(year)
        steps.extend(_told(opening, given, year))
        opening = year.closing_fen
    if exhausted:
        steps.append(Step(None, f"{exhausted.year}年末累计结余首次为负：{exhausted.month}月用尽"))
    return Result(tuple(years), exhausted, tuple(steps))


def closed(opening_fen: int, given: YearIn) -> YearOut:
    """One year. Interest is on the mean of opening and closing, both without interest, and none where the opening or that
    mean is not positive."""
    balance = given.income_fen - given.expenditure_fen
    mean = opening_fen + Fraction(balance, 2)
    earning = opening_fen > 0 and mean > 0
    interest = round_half_up(product(mean, given.interest_rate)) if earning else 0
    closing = opening_fen + balance + interest
    spent = given.expenditure_fen
    return YearOut(
        given.year,
        interest,
        closing,
        rounded(Fraction(opening_fen * 100, spent), RATIO_PLACES) if spent else None,
        rounded(Fraction(closing * MONTHS, spent), MONTH_PLACES) if spent else None,
    )


def month_of_exhaustion(opening_fen: int, income_fen: int, expenditure_fen: int) -> int:
    """The month, 1 to 12, in which a balance is used up that lasts no longer than its year, spent evenly."""
    lost = expenditure_fen - income_fen
    return max(1, min(MONTHS, MONTHS * opening_fen // lost + 1)) if lost > 0 else 1


def missing(case: Case, closings_fen: Sequence[int]) -> Missing | None:
    """累计缺口 of a path with its closing balances, at the years' own rates, what is lacking in a year at its middle; None
    where the fund is never used up."""
    lacked, worth, factor = 0, Fraction(0), Fraction(1)
    used_up = False
    for given, closing in zip(case.years, closings_fen, strict=True):
        rate = Fraction(given.interest_rate)
        used_up = used_up or closing < 0
        if used_up:
            worth += (-closing - lacked) * factor * (1 + rate / 2) / (1 + rate)
            lacked = -closing
        factor /= 1 + rate
    return Missing(lacked, round_half_up(worth)) if used_up else None


def _told(opening_fen: int, given: YearIn, year: YearOut) -> Iterator[Step]:
    code = str(given.year)
    yield Step(
        code,
        f"年初 {yuan_text(opening_fen)} + 收入 {yuan_text(given.income_fen)} + 利息 {yuan_text(year.interest_fen)}"
        f" − 支出 {yuan_text(given.expenditure_fen)} = 年末 {yuan_text(year.closing_fen)}",
    )
    if year.months_payable is not None:
        yield Step(code, f"年初结余÷支出 {year.fund_ratio}%；年末结余可支付{year.months_payable}个月")
