"""What the indicators of one scheme are computed from, read once for all of its regions and months."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from data_access.books.facts import Facts
from data_access.books.plans import Plans
from data_access.books.regions import RegionTree
from rules.calendar import month_end, schedule_share
from rules.indicators import Value
from rules.month import Month
from rules.scheme import Scheme

# Shares are kept as inputs to this many places, so that a value can be computed from its inputs again.
SHARE = Decimal(1).scaleb(-12)
MONTHS = 12
# Indicators beside balances, progress and pooling go back this far: limits are tried on two years, and compared with
# the year before.
RECENT_MONTHS = 36

ComputedValue = tuple[str, str, int, Value]
"""Indicator, part, month and value of a region."""


def kept_share(share: Fraction) -> Decimal:
    """A share as an input is kept."""
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(SHARE)


@dataclass
class Figures:
    """One scheme's figures. ``months`` are those that have begun; ``first`` is, by region, the first month to compute,
    ``recent`` the first month of the indicators that do not go back to the beginning; ``registered`` are the regions of
    which every recent month is computed, because they stand in a register."""

    scheme: Scheme
    facts: Facts
    plans: Plans
    as_of: date
    months: Sequence[int]
    first: Mapping[str, int]
    recent: int
    registered: frozenset[str]
    _flows: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    _schedules: dict[int, Decimal] = field(default_factory=dict)

    @property
    def tree(self) -> RegionTree:
        return self.facts.tree

    def begun(self, region: str) -> Iterator[tuple[int, int]]:
        """Index and number of every month to compute."""
        return ((index, month) for index, month in enumerate(self.months) if month >= self.first[region])

    def lately(self, region: str) -> Iterator[tuple[int, int]]:
        """The same for indicators that do not go back to the beginning."""
        since = max(self.first[region], self.recent)
        return ((index, month) for index, month in enumerate(self.months) if month >= since)

    def registering(self, region: str) -> Iterator[tuple[int, int]]:
        """The same for indicators that rest on registers."""
        since = self.recent if region in self.registered else max(self.first[region], self.recent)
        return ((index, month) for index, month in enumerate(self.months) if month >= since)

    def day(self, month: int) -> date:
        """The day a month's figures speak of: its last, or today in the running month."""
        return min(month_end(month), self.as_of)

    def schedule(self, month: int) -> Decimal:
        """序时进度 of a month."""
        if month not in self._schedules:
            self._schedules[month] = kept_share(schedule_share(month, self.as_of))
        return self._schedules[month]

    def item(self, region: str, item: str) -> list[int]:
        """An item's amounts by month."""
        return self._kept(region, item, lambda: self.facts.item(region, item).tolist())

    def moved(self, region: str, movement: str) -> list[int]:
        """A movement's amounts by month."""
        return self._kept(region, f"moved {movement}", lambda: self.facts.moved(region, movement).tolist())

    def paid(self, region: str, item: str) -> list[int]:
        """What was paid out of an item by month, overpayments that came back not taken off."""
        return self._kept(region, f"paid {item}", lambda: self.facts.moved(region, "pay", item).tolist())

    def expenditure(self, region: str) -> list[int]:
        """支出合计 by month."""
        return self._kept(region, "expenditure", lambda: self.facts.expenditure(region).tolist())

    def last_12(self, amounts: Sequence[int], index: int) -> int | None:
        """The sum of the twelve closed months up to a month; None when the ledger has fewer.

        The running month is not closed: its twelve months end with the one before.
        """
        last = index if self.months[index] < Month.of(self.as_of) else index - 1
        return sum(amounts[last - MONTHS + 1 : last + 1]) if last >= MONTHS - 1 else None

    def _kept(self, region: str, name: str, made: Callable[[], list[int]]) -> list[int]:
        known = self._flows.get((region, name))
        if known is None:
            known = self._flows[region, name] = made()
        return known
