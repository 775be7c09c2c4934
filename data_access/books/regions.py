"""Regions 地区: one province's tree of cities, own levels 市本级 and counties, or the nation's provinces."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, or_, select

from data_access.store import schema
from rules.errors import ProfileError

NATION = "000000"


@dataclass(frozen=True, slots=True)
class Region:
    """One region. ``level`` is nation, province, city or county; ``kind`` division, own (市本级), zone or functional."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str | None
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


class RegionTree:
    """The regions below a root, parents before children, siblings by code.

    A merged region hangs below its successor, so that sums and comparisons with earlier years stay whole.
    """

    def __init__(self, root: str, regions: Iterable[Region]) -> None:
        known = {region.code: region for region in regions}
        if root not in known:
            raise ProfileError(f"region {root} is not in the store", region=root)
        below: dict[str, list[str]] = {}
        for region in known.values():
            parent = region.successor if region.successor in known else region.parent
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


def load_tree(connection: Connection, root: str) -> RegionTree:
    """The tree below a province, or for NATION the provinces alone."""
    return load_trees(connection, (root,))[root]


def load_trees(connection: Connection, roots: Collection[str]) -> dict[str, RegionTree]:
    """The trees below several roots, by root."""
    table = schema.region
    below = [table.c.code.startswith(root[:2], autoescape=True) for root in roots if root != NATION]
    if NATION in roots:
        below.append(table.c.level.in_(("nation", "province")))
    rows = [Region(**row) for row in connection.execute(select(table).where(or_(*below))).mappings()]
    return {root: RegionTree(root, _of_root(root, rows)) for root in roots}


def _of_root(root: str, rows: Iterable[Region]) -> Iterator[Region]:
    for row in rows:
        if root != NATION:
            if row.code.startswith(root[:2]):
                yield row
        elif row.code == NATION:
            yield row
        elif row.level == "province":
            yield Region(row.code, row.name, row.name_en, row.level, NATION, row.kind)
