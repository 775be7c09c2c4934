"""Regions 地区: one province's tree of cities, urban areas 市区 and counties, or the nation's provinces.

A city plans for its urban area as a whole: districts and functional areas hang below their city's own node ``-0``. A
profile may list some of them as units of their own (``plan_units``); these stand beside the counties.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, or_, select

from data_access.store import schema
from rules.errors import ProfileError
from rules.scheme import Scheme

NATION = "000000"
OWN = "own"
OWN_LEVEL = "-0"
Root = tuple[str, frozenset[str]]  # a province or the nation, and the plan units its scheme lists


@dataclass(frozen=True, slots=True)
class Region:
    """One region. ``level`` is nation, province, city, county or district (inside an urban area); ``kind`` division, own
    (省本级、市区), zone, functional, separate (计划单列市、兵团, which published tables list beside the provinces) or foreign."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str | None
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None

    @property
    def governed(self) -> bool:
        """Whether a local government answers for it. 省本级 is the province itself: it bears no local share and is not
        ranked with the cities."""
        return not (self.kind == OWN and self.level == "city")

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


class RegionTree:
    """The regions below a root, parents before children, siblings by code.

    A merged region hangs below its successor, so that sums and comparisons with earlier years stay whole.
    """

    def __init__(self, root: str, regions: Iterable[Region], plan_units: Collection[str] = ()) -> None:
        known = {region.code: _placed(region, plan_units) for region in regions}
        if root not in known:
            raise ProfileError(f"region {root} is not in the store", region=root)
        below: dict[str, list[str]] = {}
        for region in known.values():
            parent = region.successor if region.successor in known else region.parent
            if region.level == "district" and f"{parent}{OWN_LEVEL}" in known:
                parent = f"{parent}{OWN_LEVEL}"
            if parent is not None and region.code != root:
                below.setdefault(parent, []).append(region.code)
        self.root = root
        self._below = {code: tuple(sorted(children)) for code, children in below.items()}
        ordered: list[str] = []
        waiting = [root]
        while waiting:
            code = waiting.pop()
            ordered.append(code)
            waiting.extend(reversed(self._below.get(code, ())))
        self.codes: tuple[str, ...] = tuple(ordered)
        self._regions = {code: known[code] for code in ordered}
        self._parent = {child: code for code in ordered for child in self._below.get(code, ())}

    @property
    def national(self) -> bool:
        """Whether it is a whole country's: open to every province."""
        return self._regions[self.root].level == "nation"

    def __contains__(self, code: object) -> bool:
        return code in self._regions

    def region(self, code: str) -> Region:
        return self._regions[code]

    def parent(self, code: str) -> str | None:
        """The node above, for a merged region its successor; None at the root."""
        return self._parent.get(code)

    def children(self, code: str, on: date | None = None) -> tuple[str, ...]:
        """Regions directly below; with ``on`` only those that exist on the day."""
        below = self._below.get(code, ())
        return below if on is None else tuple(child for child in below if self._regions[child].exists_on(on))

    def subtree(self, code: str) -> tuple[str, ...]:
        """The region and everything below it, merged predecessors included."""
        found = [code]
        for node in found:
            found.extend(self._below.get(node, ()))
        return tuple(found)

    def path(self, code: str) -> tuple[str, ...]:
        """From the root down to the region."""
        steps = [code]
        while (above := self._parent.get(steps[-1])) is not None:
            steps.append(above)
        return tuple(reversed(steps))


def _placed(region: Region, plan_units: Collection[str]) -> Region:
    """A region as the scheme plans for it: a district that is a unit of its own counts as a county."""
    return replace(region, level="county") if region.code in plan_units else region


def root_of(scheme: Scheme) -> Root:
    """What names a scheme's tree."""
    return scheme.province, frozenset(scheme.plan_units)


def load_tree(connection: Connection, of: Scheme | str) -> RegionTree:
    """The tree a scheme plans by; of a province alone the one without units of their own, for NATION the provinces."""
    root = root_of(of) if isinstance(of, Scheme) else (of, frozenset[str]())
    return load_trees(connection, (root,))[root]


def load_trees(connection: Connection, roots: Collection[Root]) -> dict[Root, RegionTree]:
    """Several trees, in one statement."""
    table = schema.region
    below = [table.c.code.startswith(root[:2], autoescape=True) for root, _units in roots if root != NATION]
    if any(root == NATION for root, _units in roots):
        below.append(table.c.level.in_(("nation", "province")))
    columns = [table.c[name] for name in Region.__slots__]
    rows = [Region(*row) for row in connection.execute(select(*columns).where(or_(*below))).all()]
    return {(root, units): RegionTree(root, _of_root(root, rows), units) for root, units in roots}


def _of_root(root: str, rows: Iterable[Region]) -> Iterator[Region]:
    for row in rows:
        if root != NATION:
            if row.code.startswith(root[:2]):
                yield row
        elif row.code == NATION:
            yield row
        elif row.level == "province":
            yield Region(row.code, row.name, row.name_en, row.level, NATION, row.kind)
