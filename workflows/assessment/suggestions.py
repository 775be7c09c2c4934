"""What a year's scores suggest 结果运用建议: bands of the profile, a share of the units to commend, nobody with an open warning.

苏政发〔2020〕45号 二（七）; 晋政发〔2019〕4号 二（四）; 吉政发〔2020〕2号政策解读 二（三）七是. The machine only suggests; the joint
conference decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from data_access.books.regions import RegionTree
from rules import assessment
from rules.alerts.threshold import Level
from workflows.assessment.register import Scored
from workflows.cases.register import Case, CaseMember

# What the documents call it when something good follows.
COMMENDATIONS = frozenset({"通报表扬", "奖励", "激励"})


@dataclass(frozen=True, slots=True)
class Held:
    """An open matter for which a unit is not commended. ``red``: at the worst level, now or before it eased; else past its
    deadline."""

    number: str
    red: bool
    now_red: bool = False


@dataclass(frozen=True, slots=True)
class Suggested:
    """By what the profile calls it the units it is suggested for, best first. ``withheld`` are those whose score would
    do for a commendation, with what stands against it; ``open`` those that are not scored whole."""

    bands: Mapping[str, tuple[str, ...]]
    withheld: Mapping[str, tuple[Held, ...]]
    open: tuple[str, ...]


def members_of(tree: RegionTree, cases: Iterable[Case], unit: str) -> tuple[tuple[Case, CaseMember], ...]:
    """The live warnings of a unit and below it, each with the case it is worked in."""
    return tuple(
        (case, member)
        for case in cases
        for member in case.live
        if member.standing.subject.region in tree and unit in tree.path(member.standing.subject.region)
    )


def held_by(tree: RegionTree, cases: Iterable[Case], unit: str, year: int, now: datetime) -> tuple[Held, ...]:
    """Open matters of a unit that were red or are past their deadline, and began by the end of a year; each once."""
    found: dict[str, Held] = {}
    for case, member in members_of(tree, cases, unit):
        # A warning of a later year says nothing of the year that is judged.
        if int(member.since[:4]) > year:
            continue
        # One that has eased is open all the same until it is closed 未销号.
        red, now_red = member.highest is Level.RED, member.level is Level.RED
        if red or case.overdue(now):
            before = found.get(case.number, Held(case.number, False))
            found[case.number] = Held(case.number, red or before.red, now_red or before.now_red)
    return tuple(found.values())


def suggestions(
    scores: Mapping[str, Scored],
    units: Collection[str],
    bands: Sequence[Mapping[str, object]],
    share: Decimal | None,
    held: Mapping[str, tuple[Held, ...]],
) -> Suggested:
    """What is suggested for the local governments ``units``. ``share`` is the most of them that are commended, None
    where the profile sets none; equals that would exceed it are left out together.

    Raises nothing: without bands nothing is suggested.
    """
    made: dict[str, list[str]] = {str(band["consequence"]): [] for band in bands if band["consequence"]}
    ranked = sorted((one for one in scores.values() if one.place is not None), key=lambda one: (one.place, one.region))
    withheld: dict[str, tuple[Held, ...]] = {}
    for one in ranked:
        word = assessment.consequence(one.scaled, bands)
        if word in COMMENDATIONS and held.get(one.region):
            withheld[one.region] = held[one.region]
        elif word:
            made[word].append(one.region)
    most = len(units) if share is None else assessment.commended_at_most(share, len(units))
    cut = {
        word: _within([scores[unit] for unit in chosen], most) if word in COMMENDATIONS else tuple(chosen)
        for word, chosen in made.items()
    }
    return Suggested(
        cut, withheld, tuple(sorted(unit for unit in units if unit in scores and not scores[unit].complete))
    )


def _within(best: Sequence[Scored], most: int) -> tuple[str, ...]:
    """The best of them, at most so many; who shares a place is in or out together."""
    by_score: dict[Decimal | None, list[str]] = defaultdict(list)
    for one in best:
        by_score[one.scaled].append(one.region)
    chosen: list[str] = []
    for group in by_score.values():
        if len(chosen) + len(group) > most:
            break
        chosen += group
    return tuple(chosen)
