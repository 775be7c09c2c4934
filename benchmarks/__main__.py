"""Every goal of speed and size in one run, one table: ``python -m benchmarks``.

Each benchmark runs in a process of its own, one after the other; what it prints on its way goes to standard error. Floor
and ours of a line were measured beside each other: only their ratio holds on another machine.

    python -m benchmarks --list
    python -m benchmarks --only alerts exports
    python -m benchmarks --quick                        # a tenth of the sizes: whether everything runs
    python -m benchmarks --markdown performance-table.md
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.measured import Measured, records_of, table
from tools.system_packages import NEEDED

MILLION = 1_000_000


@dataclass(frozen=True)
class Benchmark:
    """``records`` of a module with its options, at full size and quick. ``needs``: a package of the distribution."""

    name: str
    module: str
    what: str
    full: Mapping[str, Any] = field(default_factory=dict)
    quick: Mapping[str, Any] = field(default_factory=dict)
    needs: str = ""


def _on(database: str, full: Mapping[str, Any], quick: Mapping[str, Any]) -> dict[str, Any]:
    options = {"full": {"database": database, **full}, "quick": {"database": database, **quick}}
    return {**options, "needs": "postgresql"} if database == "postgres" else options


SIZES = {"sizes": (MILLION, 10 * MILLION), "new": 10_000}, {"sizes": (MILLION // 10, MILLION), "new": 1_000}
BENCHMARKS = (
    Benchmark(
        "overview", "overview", "50 viewers, one figure callback, memory of a worker", quick={"viewers": 20, "seconds": 2}
    ),
    Benchmark("browser", "browser", "first load and reload in a browser", {"paths": ("/",)}, {"paths": ("/",), "rounds": 1},
              "chromium"),
    Benchmark("import_sqlite", "import_ledger", "a million entries into SQLite",
              **_on("sqlite", {"rows": MILLION}, {"rows": MILLION // 10})),
    Benchmark("import_postgres", "import_ledger", "a million entries into 10 M of PostgreSQL",
              **_on("postgres", {"rows": MILLION, "base": 10 * MILLION}, {"rows": MILLION // 10, "base": MILLION})),
    Benchmark("rollup_sqlite", "rollup", "10,000 new entries on 1 M and 10 M, full roll-up, SQLite", **_on("sqlite", *SIZES)),
    Benchmark("rollup_postgres", "rollup", "the same on PostgreSQL", **_on("postgres", *SIZES)),
    Benchmark("alerts", "alerts", "warnings of 40,000 subject-periods", quick={"subjects": 100}),
    Benchmark("outlook", "outlook", "a projection of thirty years, the set with its stress tests", quick={"rounds": 1}),
    Benchmark("exports", "exports", "a briefing as DOCX, PPTX, XLSX and PDF", quick={"rounds": 1, "sections": 5}),
)  # fmt: skip


@dataclass
class Outcome:
    """All that one command found: lines of the table, and by name why a benchmark was left out or failed."""

    measured: list[Measured] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        left_out = [f"not run: {name}: {why}" for name, why in self.left_out.items()]
        return [*left_out, *(f"FAILED: {name}: {why}" for name, why in self.failed.items())]


def run_all(benchmarks: Sequence[Benchmark], quick: bool) -> Outcome:
    """Each in a process of its own; one that fails keeps none of the others."""
    outcome = Outcome()
    for benchmark in benchmarks:
        if benchmark.needs and not NEEDED[benchmark.needs]():
            outcome.left_out[benchmark.name] = f"the package {benchmark.needs} is not installed"
            continue
        print(f"--- {benchmark.name}: {benchmark.what}", file=sys.stderr, flush=True)
        try:
            outcome.measured += in_a_process(benchmark.module, benchmark.quick if quick else benchmark.full)
        except KeyboardInterrupt:
            raise
        except BaseException as problem:  # a server that does not start ends its benchmark as it would a command
            outcome.failed[benchmark.name] = f"{type(problem).__name__}: {problem}"
    return outcome


def in_a_process(module: str, options: Mapping[str, Any]) -> list[Measured]:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(records_of, module, dict(options)).result()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a benchmark that could run failed. A goal that is missed is said, and no failure."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="name the benchmarks and stop")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[one.name for one in BENCHMARKS])
    parser.add_argument("--quick", action="store_true", help="smaller sizes, whose ratios are no verdict")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table to a file, too")
    options = parser.parse_args(arguments)
    chosen = [one for one in BENCHMARKS if options.only is None or one.name in options.only]
    if options.list:
        print("\n".join(f"{one.name:16} {one.what}" for one in chosen))
        return 0
    outcome = run_all(chosen, options.quick)
    size = "smaller sizes (--quick)" if options.quick else "full sizes"
    where = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, {size}"
    print("\n".join([where, table(outcome.measured), *outcome.lines()]))
    if options.markdown:
        parts = [where, table(outcome.measured, markdown=True), *outcome.lines()]
        options.markdown.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
