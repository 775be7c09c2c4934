"""A short run of troubles: the whole installation for seconds, killed piece by piece. The long one is ``python -m tests.faults``."""

from __future__ import annotations

from pathlib import Path

from tests.cluster import Cluster
from tests.faults.run import Plan, run


def test_nothing_acknowledged_is_lost_or_doubled_while_everything_is_killed(
    postgres_cluster: Cluster, tmp_path: Path
) -> None:
    plan = Plan(
        2, readers=3, seed=1, only="web worker", logs=tmp_path, hard=False, schedulers=1, reading_seconds=1, rest=0.5
    )
    assert run(plan, postgres_cluster) == 0
