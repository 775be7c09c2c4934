"""What comparisons 比对批次 brought: 疑点数—核实数—排除数—追回额, of runs here and of batches that came as a file of leads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workflows.comparisons.register import Raised, Run, Tally, tally
from workflows.issues.register import Issue


@dataclass(frozen=True, slots=True)
class Result:
    """One comparison. ``run`` None: it came as a file, of which no suspicion is known by itself.

    ``verified`` counts the suspicions upheld, of a file the persons of what was upheld; ``cleared`` and ``undecided`` None
    for a file. ``recovered_fen`` is without what was paid in addition.
    """

    comparison: str
    run: Run | None
    problems: tuple[Issue, ...]
    suspects: int
    verified: int
    cleared: int | None
    undecided: int | None

    @property
    def amount_fen(self) -> int:
        return sum(one.amount_fen for one in self.problems)

    @property
    def recovered_fen(self) -> int:
        return sum(one.recovered_fen for one in self.problems if not one.paid_out)

    @property
    def open(self) -> int:
        return sum(one.open for one in self.problems)


def tallies(found: Iterable[Raised]) -> dict[str, Tally]:
    """Reference of the problem → its suspicions, counted."""
    of: dict[str, list[Raised]] = defaultdict(list)
    for one in found:
        of[one.ref].append(one)
    return {ref: tally(members) for ref, members in of.items()}


def results(problems: Iterable[Issue], runs: Sequence[Run], counted: Mapping[str, Tally]) -> tuple[Result, ...]:
    """Every run, whatever it found, then the batches of files in the order of the problems."""
    batches: dict[str, list[Issue]] = {run.label: [] for run in runs}
    for one in problems:
        if one.comparison:
            batches.setdefault(one.comparison, []).append(one)
    known = {run.label: run for run in runs}
    return tuple(_result(name, known.get(name), tuple(found), counted) for name, found in batches.items())


def _result(name: str, run: Run | None, found: tuple[Issue, ...], counted: Mapping[str, Tally]) -> Result:
    if run is None:
        persons = sum(one.persons or 0 for one in found if one.upheld)
        return Result(name, None, found, sum(one.suspects or 0 for one in found), persons, None, None)
    of = [counted[one.ref] for one in found if one.ref in counted]
    return Result(
        name,
        run,
        found,
        sum(one.count for one in of),
        sum(one.upheld for one in of),
        sum(one.cleared for one in of),
        sum(one.open for one in of),
    )
