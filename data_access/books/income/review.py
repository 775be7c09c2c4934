"""What the income plan lets expect by a month and what came in: a region's part of it for one department."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from data_access.books.facts import Facts
from data_access.books.plans import Plans
from rules.budget.income_review import Side
from rules.calendar import closed_years, historical_share, month_end, schedule_share, year_to_date
from rules.money import round_half_up
from rules.month import Month


@dataclass(frozen=True, slots=True)
class Compared:
    """A region's month in fen: the year's plan as adjusted by then, what is due of it by the month's end 累计应完成 and what
    came in since January, the same of the month alone. Plan and dues are None where nothing is planned. ``plain``: there
    are too few earlier years, so that dues follow the plain schedule 序时进度."""

    plan_fen: int | None
    due_fen: int | None
    actual_fen: int
    month_due_fen: int | None
    month_fen: int
    plain: bool = False

    @property
    def difference_fen(self) -> int | None:
        return None if self.due_fen is None else self.actual_fen - self.due_fen

    @property
    def month_difference_fen(self) -> int | None:
        return None if self.month_due_fen is None else self.month_fen - self.month_due_fen

    @property
    def rate(self) -> Fraction | None:
        """What came in of what is due, in %; None where nothing is due."""
        return Fraction(self.actual_fen * 100, self.due_fen) if self.due_fen else None

    def __add__(self, other: Compared) -> Compared:
        return Compared(
            _sum(self.plan_fen, other.plan_fen),
            _sum(self.due_fen, other.due_fen),
            self.actual_fen + other.actual_fen,
            _sum(self.month_due_fen, other.month_due_fen),
            self.month_fen + other.month_fen,
            self.plain or other.plain,
        )


def compare(facts: Facts, plans: Plans, side: Side, region: str, month: int, as_of: date) -> Compared:
    """A region's month as of a day. What is due follows the share of the year that earlier years had reached by then, so
    that the twelve months' dues make up the plan. KeyError for a month that the ledger does not have."""
    amounts: list[int] = facts.items(region, side.items).tolist()
    at, at_month = facts.index(month), Month(month)
    plan = plans.items(region, side.items, at_month.year, month_end(month))
    years = closed_years(facts.months, amounts, as_of)
    reached = historical_share(month, as_of, years)
    plain = reached is None

    def due(of: Month) -> int | None:
        if plan is None or of.year < at_month.year:
            return None if plan is None else 0
        known = schedule_share(of, as_of) if plain else historical_share(of, as_of, years)
        return round_half_up(plan * (known or Fraction(0)))

    now, before = due(at_month), due(at_month.plus(-1))
    this_month = None if now is None or before is None else now - before
    return Compared(plan, now, year_to_date(facts.months, amounts)[at], this_month, amounts[at], plain)


def _sum(one: int | None, other: int | None) -> int | None:
    known = [fen for fen in (one, other) if fen is not None]
    return sum(known) if known else None
