"""The codes a row may use: schemes and items from the profiles, regions and sources from the store."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.places import Gazetteer, refuse_row_kind
from data_access.intake.importers.reasons import Unacceptable
from data_access.store import schema
from rules.month import SHANGHAI
from rules.movements import MOVEMENTS, Account, Recognised
from rules.scheme import Scheme, load_scheme, movements_of, scheme_codes
from rules.statistics import MEASURES

NATION = "000000"
FOREIGN = "foreign"  # the kind of other countries
MOST_SUGGESTIONS = 20
CROSSWALK = Path(__file__).parent.parent / "reference" / "published_crosswalk.toml"


@dataclass(frozen=True, slots=True)
class KnownRegion:
    name: str
    name_en: str
    level: str
    province: str
    valid_from: date | None
    valid_to: date | None
    parent: str | None = None
    kind: str = "division"

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Codes:
    """What is known at the moment of an import. ``now`` is the import's instant; days are Beijing days."""

    regions: dict[str, KnownRegion]
    sources: frozenset[str]
    now: datetime
    within: frozenset[str] | None = None  # the regions that rows may name; None = every one
    allowance: Allowance | None = None  # what the sender may deliver; None = everything
    schemes: dict[str, Scheme] = field(default_factory=lambda: {code: load_scheme(code) for code in scheme_codes()})
    _looked_up: set[str] = field(default_factory=set)

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    def listed(self, kind: str) -> Collection[str]:
        """The codes of one kind."""
        match kind:
            case "scheme":
                return [code for code, scheme in self.schemes.items() if scheme.kind == "ledger"]
            case "any_scheme":
                return self.schemes
            case "topic":
                return [*crosswalk()["topics"].values()]
            case "item":
                return {item.code for scheme in self.schemes.values() for item in scheme.items}
            case "movement":
                return MOVEMENTS
            case "account":
                return [str(account) for account in Account]
            case "source":
                return self.sources
            case "measure":
                return MEASURES
        raise ValueError(kind)

    def resolve(self, kind: str, text: str) -> str:
        """The code that ``text`` stands for. Raises Unacceptable, with the nearest known code where there is one."""
        known = self.listed(kind)
        if kind == "topic":
            text = crosswalk()["topics"].get(text, text)
        if text in known:
            return text
        refuse_row_kind(text)
        # Looking for what comes near costs milliseconds: whoever reads the reasons reads the first few.
        self._looked_up.add(text)
        near = get_close_matches(text[:60], known, 1) if len(self._looked_up) <= MOST_SUGGESTIONS else []
        raise Unacceptable("unknown_code", kind=kind, suggestion=near[0] if near else None)

    def region(self, text: str, scheme: str) -> str:
        """The region that a row of a scheme means by a code or a name of its province. Raises Unacceptable."""
        province = self.schemes[scheme].province if scheme in self.schemes else NATION
        return self._gazetteer.find(text, lambda code: province == NATION or self.regions[code].province == province)

    def place(self, text: str, scheme: str) -> str:
        """The region that a published table of a scheme or topic means by a code or a name: the nation, provinces and cities by
        name, counties and districts share names and need their code. Raises Unacceptable."""
        own = crosswalk()["places_of"].get(scheme, {}).get(text)
        if own in self.regions:
            return str(own)
        country = self.country(scheme)
        found = self._gazetteer.find(text, lambda code: self._country_of(code) == country and self._by_name(code))
        if self._country_of(found) != country:
            raise Unacceptable("not_a_place")
        return found

    def _by_name(self, code: str) -> bool:
        return self.regions[code].level not in ("county", "district")

    def _country_of(self, code: str) -> str | None:
        return code if self.regions[code].kind == FOREIGN else None

    def country(self, scheme: str) -> str | None:
        """The other country that a scheme or topic is of; None for ours."""
        profile = self.schemes.get(crosswalk()["topics"].get(scheme, scheme))
        return self._country_of(profile.province) if profile and profile.province in self.regions else None

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        return Gazetteer(self.regions, crosswalk()["places"])


def load_codes(connection: Connection, now: datetime, allowance: Allowance | None = None) -> Codes:
    """Read the regions and sources that the store knows, for a sender with an ``allowance`` (None: the installation)."""
    rows = connection.execute(select(schema.region)).all()
    parents = {row.code: row.parent for row in rows}
    regions = {
        row.code: KnownRegion(
            row.name,
            row.name_en,
            row.level,
            _province(row.code, parents),
            row.valid_from,
            row.valid_to,
            row.parent,
            row.kind,
        )
        for row in rows
    }
    sources = frozenset(connection.execute(select(schema.source.c.code)).scalars())
    within = allowance.within if allowance else None
    own = None if within is None else frozenset(code for code in parents if within in _above(code, parents))
    return Codes(regions, sources, now, own, allowance)


def _province(code: str, parents: dict[str, str | None]) -> str:
    return _above(code, parents)[-1]


def _above(code: str, parents: dict[str, str | None]) -> list[str]:
    """The region and those above it, up to the province; a circle in the data ends it too."""
    path = [code]
    while (above := parents.get(path[-1])) not in (None, NATION) and above not in path:
        assert above is not None
        path.append(above)
    return path


@cache
def crosswalk() -> dict[str, Any]:
    """Names and topics of published tables → our codes, declared in ``reference/published_crosswalk.toml``."""
    with CROSSWALK.open("rb") as file:
        return tomllib.load(file)


@cache
def items_for(scheme_code: str, movement: str) -> frozenset[str]:
    """The items an entry of this movement may be booked on; empty where the movement carries none."""
    scheme = load_scheme(scheme_code)
    income = set(scheme.leaves(side="income"))
    premiums = ({*scheme.leaves("premium"), "lump_premium"}) & income
    spent = set(scheme.leaves(side="expenditure"))
    handed_up = {"to_above"} & spent
    if movement == "collect":
        return frozenset(premiums)
    if movement == "remit":
        return frozenset(handed_up)
    recognised = MOVEMENTS[movement].recognised
    if recognised is Recognised.INCOME:
        # 下级上解收入 has no movement inside a pooled province.
        return frozenset(income - premiums - {"from_below"})
    if recognised is Recognised.NOTHING:
        return frozenset()
    return frozenset(spent - handed_up - {"to_below"})


@cache
def allowed_movements(scheme_code: str) -> frozenset[str]:
    """The movements that the scheme's ledger may use."""
    return frozenset(movements_of(load_scheme(scheme_code)))


@cache
def open_from(scheme_code: str) -> date:
    """The first day entries may bear: 1 January of the year in which the profile's first rule begins."""
    scheme = load_scheme(scheme_code)
    starts = [value.starts_on for parameter in scheme.parameters.values() for value in parameter.values]
    if scheme.pooled_from:
        starts.append(scheme.pooled_from)
    return date(min(starts).year, 1, 1) if starts else date(1949, 1, 1)
