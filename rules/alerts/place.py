"""The true place of a warning: county first, then city, then province, so that one cause makes one case.

What stands at a level because a place below it does is the sum of that place and no matter of its own. Where most units
of a city stand at some level, the cause lies with the city, and they have none of their own. The province takes nothing
from its cities: each of them has a government that can act.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from rules.alerts.threshold import Level

Below = Callable[[str], Sequence[str]]


def worked_elsewhere(
    root: str, children: Below, judged: Collection[str], standing: Mapping[str, Level]
) -> frozenset[str]:
    """Of the regions ``standing`` at a level for one indicator and rule, those whose cause is worked at another place.

    ``judged`` are all regions the rule judges. A single place below explains one above only at the same level or a worse
    one. A unit a step worse than its city is still the city's matter, but never a red one of a city that is not red.
    """
    worst = dict[str, Level]()
    _find_worst(root, children, standing, worst)
    elsewhere: set[str] = set()
    waiting = [(root, Level.NONE)]
    while waiting:
        node, taken = waiting.pop()
        level = standing.get(node, Level.NONE)
        if level is not Level.NONE:
            of_city = bool(taken) and level <= max(taken, min(taken + 1, Level.ORANGE))
            if of_city or not _lies_here(node == root, level, children(node), judged, worst):
                elsewhere.add(node)
            elif node != root:
                taken = level
        waiting += [(child, taken) for child in children(node)]
    return frozenset(elsewhere)


def _find_worst(node: str, children: Below, standing: Mapping[str, Level], found: dict[str, Level]) -> Level:
    """The worst level in each subtree."""
    below = [_find_worst(child, children, standing, found) for child in children(node)]
    found[node] = max([standing.get(node, Level.NONE), *below])
    return found[node]


def _lies_here(
    is_root: bool, level: Level, below: Sequence[str], judged: Collection[str], worst: Mapping[str, Level]
) -> bool:
    known = [child for child in below if child in judged or worst[child] is not Level.NONE]
    if not any(worst[child] >= level for child in known):
        return True
    some = [child for child in known if worst[child] is not Level.NONE]
    # A city of one unit only is that unit.
    return not is_root and len(known) > 1 and 2 * len(some) > len(known)
