"""Items pooled by quarter 按季归集 (transfers, interest, other income): what each quarter brought into the local fiscal
accounts, what of it was handed up, first in first out.

苏政发〔2020〕45号 二（二）1. 地方上划 names no quarter, so what is handed up pays the oldest one first, unit by unit: what one
hands up early does not hide what another owes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from data_access.books.facts import Facts
from rules.deadlines import Deadline, of_year
from rules.month import Month
from rules.movements import MOVEMENTS, Account, legs

RULE = "quarterly_pooling_days"
IN, OUT = "local_receive", "local_pool"


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of a region with all below it, in fen: what came in of the items, what of it was handed up, what is left.
    ``due_on``: the last day to hand it up; ``ends_on``: the quarter's last day."""

    ends_on: date
    due_on: date
    received_fen: int
    pooled_fen: int

    @property
    def left_fen(self) -> int:
        return self.received_fen - self.pooled_fen

    def overdue_fen(self, day: date) -> int:
        """What is left after its last day; nothing up to that day."""
        return self.left_fen if day > self.due_on else 0


@dataclass(frozen=True, slots=True)
class LocalAccount:
    """The local fiscal account of a region at a month's end, in fen: what is left of the year's quarters, of what came in
    before them or is no such item (the opening balance with it; below zero what was handed up beyond all that came in),
    and of what was disbursed 拨付 and not passed on. The three are together its balance."""

    quarters: tuple[Quarter, ...]
    other_fen: int
    disbursed_fen: int

    @property
    def left_fen(self) -> int:
        return sum(one.left_fen for one in self.quarters)

    @property
    def balance_fen(self) -> int:
        return self.left_fen + self.other_fen + self.disbursed_fen

    def __add__(self, more: LocalAccount) -> LocalAccount:
        quarters = tuple(
            replace(
                one, received_fen=one.received_fen + other.received_fen, pooled_fen=one.pooled_fen + other.pooled_fen
            )
            for one, other in zip(self.quarters, more.quarters, strict=True)
        )
        return LocalAccount(quarters, self.other_fen + more.other_fen, self.disbursed_fen + more.disbursed_fen)


def local_accounts(facts: Facts, month: int) -> dict[str, LocalAccount]:
    """The local fiscal accounts of every region, all below it included, at the end of a month, with the quarters of its
    year begun by then; empty where the profile asks for no pooling by quarter."""
    begun = _quarters(facts, month)
    if not begun:
        return {}
    tree = facts.tree
    total = {code: _own(facts, code, month, begun) for code in tree.codes}
    for code in reversed(tree.codes):
        parent = tree.parent(code)
        if parent is not None:
            total[parent] += total[code]
    return total


def _quarters(facts: Facts, month: int) -> list[Deadline]:
    return [
        due
        for due in of_year(facts.scheme, Month(month).year)
        if due.code == RULE and Month.of(_end(due)).plus(-2) <= month
    ]


def _end(due: Deadline) -> date:
    """The last day of the quarter that a deadline follows."""
    return due.on - timedelta(days=int(str(due.rests_on.value)))


def _own(facts: Facts, code: str, month: int, begun: Sequence[Deadline]) -> LocalAccount:
    """A region's own account, without those below it."""
    at = facts.index(month)

    def moved(movement: str, item: str | None = None, *, since: int = 0, until: int = at) -> int:
        below = facts.tree.children(code)
        series = facts.moved(code, movement, item) - sum(facts.moved(one, movement, item) for one in below)
        return int(series[since : until + 1].sum())

    opening = facts.opening(code, Account.LOCAL_FISCAL)
    opening -= sum(facts.opening(one, Account.LOCAL_FISCAL) for one in facts.tree.children(code))
    received = []
    for due in begun:
        last = Month.of(_end(due))
        months = [index for index, one in enumerate(facts.months) if last.plus(-2) <= one <= min(last, month)]
        received.append(sum(moved(IN, item, since=months[0], until=months[-1]) for item in due.items) if months else 0)
    handed = moved(OUT)
    # Oldest first: what came in before these quarters, then each of them.
    other = opening + moved(IN) - sum(received)
    left = handed - min(max(other, 0), handed)
    quarters = []
    for due, fen in zip(begun, received, strict=True):
        pooled = min(max(fen, 0), left)
        left -= pooled
        quarters.append(Quarter(_end(due), due.on, fen, pooled))
    of_quarters = sum(one.pooled_fen for one in quarters)
    disbursed = sum(
        sign * moved(movement)
        for movement in MOVEMENTS
        for account, sign in legs(movement, facts.scheme.disburse_account)
        if account == Account.LOCAL_FISCAL and movement not in (IN, OUT)
    )
    return LocalAccount(tuple(quarters), other - (handed - of_quarters), disbursed)
