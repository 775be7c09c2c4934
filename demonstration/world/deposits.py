"""Term deposits 定期存款 and bonds 国债 of the province: a ladder of terms at several banks, each with an amount and a rate
of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from demonstration.world import calibration as c
from demonstration.world.days import on_or_before, shifted
from demonstration.world.seeds import seed_of

BANKS = ("甲银行", "乙银行", "丙银行", "丁银行", "戊银行", "己银行")
# Of the longest steps one in so many is held in treasury bonds.
BOND_TERM, BONDS = 36, 4
TENTH_OF_A_YI = c.FEN_PER_YI // 10
# Yearly rate in percent by term in months, as the large state banks listed them at the beginning of a year, rounded;
# before 2022 that of 2022, after 2026 that of 2026.
RATES = {
    2022: {3: 1.40, 6: 1.65, 12: 1.95, 24: 2.45, 36: 3.05},
    2023: {3: 1.30, 6: 1.50, 12: 1.75, 24: 2.25, 36: 2.70},
    2024: {3: 1.20, 6: 1.40, 12: 1.60, 24: 1.80, 36: 2.10},
    2025: {3: 0.90, 6: 1.10, 12: 1.25, 24: 1.35, 36: 1.65},
    2026: {3: 0.75, 6: 0.95, 12: 1.05, 24: 1.15, 36: 1.35},
}


@dataclass(frozen=True, slots=True)
class TermDeposit:
    """One deposit or bond (``kind``); ``place`` is its step of the ladder, which one deposit after the other holds."""

    scheme: str
    place: int
    bank: str
    amount: int
    rate: str
    starts_on: date
    matures_on: date
    kind: str = "deposit"

    @property
    def ref(self) -> str:
        return f"{self.scheme}.deposit.{self.place:02d}.{self.starts_on:%Y%m%d}"


def term_deposits(scheme: str, until: date) -> tuple[TermDeposit, ...]:
    """Every deposit made up to a day, by step and day; the first of each step stands when the ledger begins."""
    return tuple(one for one in _made(scheme, until.year) if one.starts_on <= until)


def opening_deposits(scheme: str) -> int:
    """What lies in term deposits when the ledger begins, in fen."""
    first = date(c.FIRST_YEAR, 1, 1)
    return sum(one.amount for one in _made(scheme, c.FIRST_YEAR) if one.starts_on < first)


@cache
def _made(scheme: str, last_year: int) -> tuple[TermDeposit, ...]:
    place = 0
    made: list[TermDeposit] = []
    for ladder in c.CALIBRATIONS[scheme].deposits:
        for number in range(ladder.count):
            made += _of_a_step(scheme, place, ladder, number, last_year)
            place += 1
    return tuple(made)


def _of_a_step(scheme: str, place: int, ladder: c.Ladder, number: int, last_year: int) -> Iterator[TermDeposit]:
    """One deposit after the other: what matures is deposited again on the next working day, a little more or less."""
    chance = np.random.default_rng(seed_of("deposit", scheme, str(place)))
    amount = ladder.yi / ladder.count * chance.uniform(0.6, 1.4)
    # Spread over the term, so that something matures in most months.
    start = np.datetime64(f"{c.FIRST_YEAR}-01", "M") - 1 - number * ladder.term // ladder.count
    day = int(chance.integers(4, 26))
    starts_on = _day(start, day)
    while starts_on.year <= last_year:
        matures_on = _day(start + ladder.term, day)
        rate = RATES[min(max(starts_on.year, min(RATES)), max(RATES))][ladder.term] + chance.integers(-2, 3) * 0.05
        yield TermDeposit(
            scheme,
            place,
            BANKS[int(chance.integers(len(BANKS)))],
            max(round(amount * 10), 1) * TENTH_OF_A_YI,
            f"{rate / 100:.4f}",
            starts_on,
            matures_on,
            "bond" if ladder.term == BOND_TERM and number % BONDS == 0 else "deposit",
        )
        start, starts_on = start + ladder.term, shifted(np.array([matures_on], "M8[D]"), 1)[0].item()
        amount *= chance.uniform(0.96, 1.05)


def _day(month: np.datetime64, day: int) -> date:
    found: date = on_or_before(np.array([month.astype("M8[D]") + np.timedelta64(day - 1, "D")]))[0].item()
    return found
