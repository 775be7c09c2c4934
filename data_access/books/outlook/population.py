"""Insured persons by age 参保人员结构 and mortality 生命表, as published up to a version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, select

from data_access.books.standing import standing
from data_access.store import schema
from rules.errors import PoolwatchError
from rules.money import FEN_PER_YUAN


@dataclass(slots=True)
class GroupByAge:
    """One group at a year's end. ``base_fen``: what all contributors pay on in a month, ``pension_fen``: what all retirees
    draw in a month, both by age."""

    contributors: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    retirees: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    base_fen: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    pension_fen: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def paying(self) -> int:
        return sum(self.contributors.values())

    @property
    def drawing(self) -> int:
        return sum(self.retirees.values())

    @property
    def base_yuan(self) -> Fraction | None:
        """Mean base of a head and month; None without contributors."""
        return Fraction(sum(self.base_fen.values()), self.paying * FEN_PER_YUAN) if self.paying else None

    def pension_yuan(self, ages: Collection[int] | None = None) -> Fraction | None:
        """Mean pension of a head and month, of some ages or of all; None without retirees of those."""
        chosen = [age for age in self.retirees if ages is None or age in ages]
        heads = sum(self.retirees[age] for age in chosen)
        return Fraction(sum(self.pension_fen[age] for age in chosen), heads * FEN_PER_YUAN) if heads else None


class NoHeads(PoolwatchError):
    """Of the end of ``year`` neither persons by age are known nor were heads, bases and premium due reported."""

    code = "no_heads"


class MortalityIncomplete(PoolwatchError):
    """A mortality table lacks ages that are needed: ``ages`` from the first to the last of each gap."""

    code = "mortality_incomplete"


@dataclass(frozen=True, slots=True)
class MortalityTable:
    """``q`` by sex and age: of those of the age, who die within a year. ``source``: where it comes from."""

    name: str
    source: str
    q: Mapping[str, Mapping[int, Decimal]]

    def demand(self, sex: str, ages: Collection[int]) -> None:
        """Raises MortalityIncomplete unless it has every age from the first to the last of these and of its own."""
        known = self.q[sex]
        every = (*ages, *known)
        missing = [age for age in range(min(every), max(every) + 1) if age not in known]
        if missing:
            raise MortalityIncomplete(
                f"{self.name} lacks {sex} {_spans(missing)}", name=self.name, sex=sex, ages=_spans(missing)
            )


def _spans(ages: Sequence[int]) -> str:
    """60–64、70: ages in order, neighbours together."""
    spans: list[list[int]] = []
    for age in ages:
        if spans and age == spans[-1][-1] + 1:
            spans[-1].append(age)
        else:
            spans.append([age])
    return "、".join(str(span[0]) if len(span) == 1 else f"{span[0]}–{span[-1]}" for span in spans)


def structure_years(connection: Connection, scheme: str, version: int | None = None) -> tuple[int, ...]:
    """The years of whose end there is a structure, in order."""
    table = schema.population_structure
    wanted = select(table.c.year).where(table.c.scheme == scheme, standing(table, version)).distinct()
    return tuple(sorted(connection.execute(wanted).scalars()))


def load_structures(
    connection: Connection, scheme: str, years: Collection[int], version: int | None = None
) -> Mapping[int, Mapping[str, GroupByAge]]:
    """The structures of some years' ends, of the whole scheme: by year, group and age. A year without one is missing."""
    table = schema.population_structure
    wanted = select(table).where(table.c.scheme == scheme, table.c.year.in_(years), standing(table, version))
    found: dict[int, dict[str, GroupByAge]] = {}
    for row in connection.execute(wanted.order_by(table.c.year, table.c.insured_group, table.c.age)):
        group = found.setdefault(row.year, {}).setdefault(row.insured_group, GroupByAge())
        group.contributors[row.age] += row.contributors
        group.retirees[row.age] += row.retirees
        group.base_fen[row.age] += row.contributors * row.mean_base_fen
        group.pension_fen[row.age] += row.retirees * row.mean_pension_fen
    return found


def load_mortality(connection: Connection, version: int | None = None) -> MortalityTable | None:
    """The mortality table that was delivered last; None when none was."""
    table = schema.mortality_table
    standing_rows = standing(table, version)
    newest = select(table.c.name).where(standing_rows).order_by(table.c.batch.desc(), table.c.name).limit(1)
    name = connection.execute(newest).scalar()
    if name is None:
        return None
    q: dict[str, dict[int, Decimal]] = {}
    source = ""
    wanted = select(table).where(table.c.name == name, standing_rows).order_by(table.c.sex, table.c.age)
    for row in connection.execute(wanted):
        q.setdefault(row.sex, {})[row.age] = Decimal(row.q)
        source = row.source
    return MortalityTable(name, source, q)
