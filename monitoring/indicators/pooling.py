"""归集率: unit by unit, so that what one hands up before it is due does not hide what another owes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from data_access.books.facts import Series
from monitoring.indicators.figures import ComputedValue, Figures
from rules.calendar import year_to_date
from rules.indicators import INDICATORS
from rules.month import Month
from rules.movements import Account


@dataclass(frozen=True, slots=True)
class Handed:
    """By month, in fen: what had to be pooled in the year so far, and how much of it was."""

    due: Series
    of_due: Series


@dataclass
class Pooled:
    """``received`` is what need not be pooled yet by a month's end, by region and month; a month without it is not asked."""

    figures: Figures
    received: Mapping[tuple[str, int], int]
    _known: dict[str, Handed] = field(default_factory=dict)

    def of(self, region: str) -> Handed:
        """The sum over a region's units: each node's own money, and with it that of what was merged into it."""
        if region not in self._known:
            tree = self.figures.tree
            merged = {code for code in tree.children(region) if tree.region(code).successor == region}
            below = [code for code in tree.children(region) if code not in merged]
            due, pooled = self._amounts(region)
            for child in below:
                of_child = self._amounts(child)
                due, pooled = due - of_child[0], pooled - of_child[1]
            due = np.maximum(due, 0)
            of_due = np.clip(pooled, 0, due)
            for child in below:
                found = self.of(child)
                due, of_due = due + found.due, of_due + found.of_due
            self._known[region] = Handed(due, of_due)
        return self._known[region]

    def _amounts(self, region: str) -> tuple[Series, Series]:
        """Due and pooled of a region as a whole, by month of the year to date."""
        figures = self.figures
        months = figures.months
        collected, pooled = (
            np.array(year_to_date(months, figures.moved(region, movement)), dtype=np.int64)
            for movement in ("collect", "pool")
        )
        not_due = np.array([self.received.get((region, month), 0) for month in months], dtype=np.int64)
        return self.waiting_at_new_year(region) + collected - not_due, pooled

    def waiting_at_new_year(self, region: str) -> Series:
        """What was in the treasury when each month's year began."""
        facts, months = self.figures.facts, self.figures.months
        treasury, opening = facts.account(region, Account.TREASURY), facts.opening(region, Account.TREASURY)
        starts = (index - (Month(month).number - 1) for index, month in enumerate(months))
        return np.array([treasury[at - 1] if at > 0 else opening for at in starts], dtype=np.int64)


def pooling(figures: Figures, region: str, pooled: Pooled) -> Iterator[ComputedValue]:
    """归集率 of the months of which it is known what need not be pooled yet."""
    collected, handed = (year_to_date(figures.months, figures.moved(region, code)) for code in ("collect", "pool"))
    waiting, found = pooled.waiting_at_new_year(region), pooled.of(region)
    for index, month in figures.begun(region):
        if (region, month) not in pooled.received:
            continue
        due, of_due = int(found.due[index]), int(found.of_due[index])
        value = INDICATORS["pooling_rate"].value(
            due_fen=due,
            of_due_fen=of_due,
            overdue_fen=due - of_due,
            waiting_at_new_year_fen=int(waiting[index]),
            collected_fen=collected[index],
            not_yet_due_fen=pooled.received[region, month],
            pooled_fen=handed[index],
        )
        yield "pooling_rate", "", month, value
