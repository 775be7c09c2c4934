"""What a benchmark gives: ours beside a floor and a goal, and the one table in which every benchmark prints it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from typing import Any

HEADS = ("what", "floor", "ours", "ours ÷ floor", "goal", "")
MARKDOWN_RULE = ("---", *["---:"] * 4, "---")


@dataclass(frozen=True)
class Goal:
    """At most ``value``, or with ``least`` at least it: times the floor, or where ``times`` is false in the unit measured."""

    value: float
    times: bool = True
    least: bool = False


@dataclass(frozen=True)
class Measured:
    """One line of the table. ``floor`` is the same thing by bare means in the same run, None where there is none;
    ``goal`` None: told without a verdict."""

    what: str
    floor: float | None
    ours: float
    unit: str
    goal: Goal | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.floor if self.floor else None

    @property
    def met(self) -> bool | None:
        """None without a goal."""
        if self.goal is None:
            return None
        value = self.ratio if self.goal.times else self.ours
        if value is None:
            raise ValueError(f"{self.what}: a goal in times of the floor, and no floor")
        return value >= self.goal.value if self.goal.least else value <= self.goal.value


def best(*works: Callable[[], object], rounds: int = 1) -> tuple[float, ...]:
    """Seconds of each work, the best of its rounds: what it costs when nothing disturbs it. They take turns, so that what
    else the machine does falls on all of them."""
    taken = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            begun = time.perf_counter()
            work()
            taken[place] = min(taken[place], time.perf_counter() - begun)
    return tuple(taken)


def records_of(module: str, options: Mapping[str, Any]) -> list[Measured]:
    """What a module's ``records`` measures, in the process that asks; what it prints goes to standard error."""
    with redirect_stdout(sys.stderr):
        measured: list[Measured] = import_module(f"benchmarks.{module}").records(**options)
    return measured


def table(measured: Iterable[Measured], *, markdown: bool = False) -> str:
    """One line each, as text or as Markdown."""
    lines = [HEADS, *map(_cells, measured)]
    if markdown:
        lines.insert(1, MARKDOWN_RULE)
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) if 0 < place < 5 else cell.ljust(width) for place, cell, width in zip(count(), cells, widths))
        .rstrip()
        for cells in lines
    )  # fmt: skip


def _cells(one: Measured) -> tuple[str, ...]:
    goal = one.goal
    wanted = (
        f"{'≥' if goal.least else '≤'} {round(goal.value, 2):,g} {'×' if goal.times else one.unit}".strip()
        if goal
        else ""
    )
    floor = "–" if one.floor is None else f"{_number(one.floor)} {one.unit}".strip()
    ratio = "–" if one.ratio is None else f"{one.ratio:.2f}"
    verdict = {True: "met", False: "MISSED", None: ""}[one.met]
    return one.what, floor, f"{_number(one.ours)} {one.unit}".strip(), ratio, wanted, verdict


def _number(value: float) -> str:
    """Three figures that count, as far as there are."""
    return f"{value:,.{2 if value >= 1 else 3}f}" if value < 10 else f"{value:,.{1 if value < 100 else 0}f}"
