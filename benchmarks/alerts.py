"""How long warnings take: 40,000 subject-periods folded, against one bare comparison each.

``python -m benchmarks.alerts``; the ratio holds within the one run.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

from benchmarks.measured import Goal, Measured, best, table
from rules.alerts.condition import Gap, fold
from rules.alerts.threshold import Level, Limit, Operator, Threshold, always

SUBJECTS, MONTHS = 1000, 40
MOST = 2.0
THRESHOLD = Threshold(
    Operator.LT,
    tuple(
        Limit(level, Decimal(limit), Decimal(limit) + Decimal("0.5"))
        for level, limit in zip((Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED), (12, 9, 6, 3), strict=True)
    ),
    recover_periods=2,
)
Subject = Sequence[tuple[str, Decimal | Gap]]


def made(subjects: int) -> list[Subject]:
    """Seeded months of support, one in twenty missing."""
    chance = random.Random(2026)
    periods = [f"{2023 + month // 12}-{month % 12 + 1:02}" for month in range(MONTHS)]
    return [
        [(p, Gap.MISSING if chance.random() < 0.05 else Decimal(chance.randrange(1_500_000)) / 10**5) for p in periods]
        for _ in range(subjects)
    ]


def compared(subjects: Sequence[Subject]) -> int:
    """What a script would do: each value against each limit, without memory of the month before."""
    return sum(
        any(value < limit.at for limit in THRESHOLD.limits)
        for subject in subjects
        for _, value in subject
        if not isinstance(value, Gap)
    )


def records(subjects: int = SUBJECTS) -> list[Measured]:
    """Everything folded again, beside the comparisons; the goal is for the folding."""
    given = made(subjects)
    bare, ours = best(lambda: compared(given), lambda: [fold(one, always(THRESHOLD)) for one in given], rounds=3)
    return [
        Measured(f"warnings: {subjects * MONTHS:,} subject-periods folded", bare, ours, "s", Goal(MOST, times=False))
    ]


if __name__ == "__main__":
    print(table(records()))
