"""疑点核查 on one machine: ``python -m benchmarks.comparing``.

Ten million simulated person-months with planted contradictions among innocent ones. Floor: DuckDB's bare sums by person and
month over the same files, which whoever looks for a person paid twice has to make. Ours: every rule, with what is told of
each suspicion. Printed with the times: of what was planted how much was found (recall), and of what was found how much was
planted (precision), to the fen.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.measured import best
from data_access.persons.comparing import Limit, compare
from data_access.persons.engines import engine_of
from data_access.persons.lake import Lake
from demonstration.persons import BOOKED, LOWER_FEN, SCHEME, simulate
from rules.persons.comparisons import COMPARISONS

MONTHS = tuple(year * 100 + month for year in (2025, 2026) for month in range(1, 11))
DELIVERY_ROWS = 1_000_000


def bare(lake: Lake) -> None:
    paths = [lake.path(part) for one in lake.deliveries() for part in one.parts]
    with duckdb.connect() as engine:
        query = (
            "SELECT COUNT(*) FROM (SELECT person, scheme, region, month, SUM(amount_fen) "
            "FROM read_parquet(?, hive_partitioning = false) GROUP BY ALL)"
        )
        engine.execute(query, [paths]).fetchall()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--cases", type=int, default=200, help="planted by each rule")
    options.add_argument("--engine", default="duckdb://?threads=2")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        lake = Lake(Path(name) / "lake")
        simulated = simulate(chosen.rows // len(MONTHS), MONTHS, chosen.cases)
        with lake.writing("benchmark") as writer:
            for first in range(0, simulated.entries.num_rows, DELIVERY_ROWS):
                writer.append(f"{first}", f"{first}", simulated.entries.slice(first, DELIVERY_ROWS), 0, BOOKED)
        with lake.registers.writing("benchmark") as writer:
            writer.append("records", "records", simulated.records, 0, BOOKED)
        print(
            f"{simulated.entries.num_rows:,} person-months, {simulated.records.num_rows:,} records, "
            f"{len(simulated.planted):,} planted cases"
        )
        (floor,) = best(lambda: bare(lake))
        print(f"  floor: sums by person and month   {floor:6.2f} s")
        limits = [Limit(SCHEME, year, LOWER_FEN, 2400, 2000) for year in (2025, 2026)]
        right = found = 0
        whole = 0.0
        with engine_of(chosen.engine, lake.scratch) as engine:
            for rule in COMPARISONS:
                began = time.perf_counter()
                (answer,) = compare(engine, lake, [rule], MONTHS[-1], limits, {})
                took = time.perf_counter() - began
                whole += took
                good = sum(
                    dict(one.months) == simulated.planted.get((rule, one.region, one.person))
                    for one in answer.suspicions
                )
                right, found = right + good, found + len(answer.suspicions)
                print(f"  {rule:32}  {took:6.2f} s  {len(answer.suspicions):,} found, {good:,} as planted")
        print(f"  all rules                         {whole:6.2f} s   {whole / floor:.1f} × the floor (goal: 60 s)")
        print(
            f"  precision {right / found if found else 0:.4f}, recall {right / len(simulated.planted):.4f}; "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB at most"
        )


if __name__ == "__main__":
    main()
