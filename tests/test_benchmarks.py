"""The one command of the benchmarks: its table, its verdicts, what it does with a benchmark that fails or cannot run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks.__main__ import BENCHMARKS, Benchmark, run_all
from benchmarks.measured import Goal, Measured, best, table
from tools.system_packages import NEEDED

FOLDER = Path(command.__file__).parent


@pytest.mark.parametrize(
    ("floor", "ours", "goal", "met"),
    [
        (2.0, 4.0, Goal(2), True),
        (2.0, 4.1, Goal(2), False),
        (50.0, 400.0, Goal(8, least=True), True),
        (50.0, 399.0, Goal(8, least=True), False),
        (None, 700.0, Goal(700, times=False), True),
        (1.0, 700.1, Goal(700, times=False), False),
        (1.0, 9.0, None, None),
    ],
)
def test_a_goal_is_met_in_times_of_the_floor_or_in_its_unit(
    floor: float | None, ours: float, goal: Goal | None, met: bool | None
) -> None:
    assert Measured("a", floor, ours, "s", goal).met is met


def test_a_goal_in_times_of_a_floor_that_is_missing_is_no_verdict() -> None:
    with pytest.raises(ValueError, match="no floor"):
        _ = Measured("a", None, 1.0, "s", Goal(2)).met


def test_the_table_says_floor_ours_ratio_goal_and_verdict() -> None:
    measured = [
        Measured("import", 4.0, 10.0, "s", Goal(2)),
        Measured("pages", 131.4, 1861.0, "/s", Goal(8, least=True)),
        Measured("memory", None, 0.0314, "MB", Goal(200, times=False)),
        Measured("told", 0.5, 1.0, "s"),
    ]
    assert table(measured, markdown=True).splitlines() == [
        "| what | floor | ours | ours ÷ floor | goal |  |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
        "| import | 4.00 s | 10.0 s | 2.50 | ≤ 2 × | MISSED |",
        "| pages | 131 /s | 1,861 /s | 14.16 | ≥ 8 × | met |",
        "| memory | – | 0.031 MB | – | ≤ 200 MB | met |",
        "| told | 0.500 s | 1.00 s | 2.00 |  |  |",
    ]
    heads, first, *_rest = table(measured).splitlines()
    assert heads.split() == ["what", "floor", "ours", "ours", "÷", "floor", "goal"]
    assert first.split() == ["import", "4.00", "s", "10.0", "s", "2.50", "≤", "2", "×", "MISSED"]


def test_the_best_of_the_rounds_counts_and_works_take_turns() -> None:
    order: list[str] = []
    taken = best(lambda: order.append("floor"), lambda: order.append("ours"), rounds=2)
    assert order == ["floor", "ours", "floor", "ours"] and len(taken) == 2 and max(taken) < 1


def test_every_benchmark_of_the_list_gives_records_by_the_options_named() -> None:
    """Read from the sources: to import them all takes seconds."""
    assert len({one.name for one in BENCHMARKS}) == len(BENCHMARKS)
    for one in BENCHMARKS:
        tree = ast.parse((FOLDER / f"{one.module}.py").read_text(encoding="utf-8"))
        takes = next(part.args for part in tree.body if isinstance(part, ast.FunctionDef) and part.name == "records")
        names = [argument.arg for argument in takes.args]
        needed = set(names[: len(names) - len(takes.defaults)])
        for options in (one.full, one.quick):
            assert needed <= options.keys() <= set(names), one.name


def test_what_fails_is_said_and_keeps_no_other_from_running(monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(module: str, options: Mapping[str, Any]) -> list[Measured]:
        if module == "broken":
            raise RuntimeError("the disk is full")
        return [Measured(module, 1.0, options["ours"], "s", Goal(2))]

    monkeypatch.setattr(command, "in_a_process", answered)
    monkeypatch.setitem(NEEDED, "chromium", lambda: None)
    found = run_all(
        (
            Benchmark("first", "broken", ""),
            Benchmark("second", "browser", "", needs="chromium"),
            Benchmark("third", "alerts", "", {"ours": 5.0}, {"ours": 1.5}),
        ),
        quick=True,
    )
    assert [(one.what, one.met) for one in found.measured] == [("alerts", True)]
    assert found.lines() == [
        "not run: second: the package chromium is not installed",
        "FAILED: first: RuntimeError: the disk is full",
    ]


@pytest.mark.parametrize(("failed", "status"), [({}, 0), ({"alerts": "it broke"}, 1)])
def test_a_goal_missed_is_said_and_a_benchmark_that_broke_is_a_failure(
    failed: dict[str, str],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    asked: list[tuple[str, ...]] = []

    def run(chosen: list[Benchmark], quick: bool) -> command.Outcome:
        asked.append((*(one.name for one in chosen), "quick" if quick else "full"))
        return command.Outcome([Measured("import", 4.0, 10.0, "s", Goal(2))], {}, failed)

    monkeypatch.setattr(command, "run_all", run)
    file = tmp_path / "table.md"
    assert command.main(["--quick", "--only", "exports", "alerts", "--markdown", str(file)]) == status
    said = capsys.readouterr().out
    assert asked == [("alerts", "exports", "quick")]
    assert "smaller sizes" in said and "MISSED" in said and ("FAILED: alerts: it broke" in said) == bool(failed)
    written = file.read_text(encoding="utf-8")
    assert "| import | 4.00 s | 10.0 s |" in written and "smaller sizes" in written


def test_one_benchmark_runs_for_real_in_its_own_process() -> None:
    (found,) = run_all((Benchmark("alerts", "alerts", "", quick={"subjects": 100}),), quick=True).measured
    assert found.floor and found.ours > found.floor and found.goal == Goal(2.0, times=False)


def test_the_list_names_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [one.name for one in BENCHMARKS]
