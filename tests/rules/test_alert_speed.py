"""The one timed promise of the fold."""

import random
import time
from decimal import Decimal

from rules.alert_condition import Gap, fold
from rules.alert_threshold import Level, Limit, Operator, Threshold, always


def test_forty_thousand_subject_periods_fold_in_under_two_seconds(capsys):
    chance = random.Random(2026)
    at = zip(Level, map(Decimal, (0, 12, 9, 6, 3)), strict=True)
    limits = tuple(Limit(level, limit, limit + Decimal("0.5")) for level, limit in at if level)
    threshold = Threshold(Operator.LT, limits, recover_periods=2)
    periods = [f"{2023 + month // 12}-{month % 12 + 1:02}" for month in range(40)]
    subjects = [
        [(p, Gap.MISSING if chance.random() < 0.05 else Decimal(chance.randrange(1_500_000)) / 10**5) for p in periods]
        for _ in range(1000)
    ]
    started = time.perf_counter()
    folded = sum(len(fold(subject, always(threshold))) for subject in subjects)
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f"\n{folded} subject-periods folded in {seconds:.2f} s")
    assert folded == 40_000
    assert seconds < 2
