"""What a projection rests on, beside its result: each assumption's value with its source, the figures of the base year."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from rules.projection import cohort_projection, totals_projection
from rules.projection.assumptions import ASSUMPTIONS
from rules.projection.flows import ByYear
from rules.projection.stress import Projection, Settings, Shock

# measured 由账算出: from the ledger and the statistics of closed years; scenario 方案: set otherwise by the scenario.
Status = Literal["enacted", "planned", "assumed", "adopted", "measured", "scenario"]


@dataclass(frozen=True, slots=True)
class Assumption:
    """``values``: decimal strings by year, the last goes on, or one word. ``source``: the document, of what is assumed the
    reason, of what is measured from what years; ``set_by`` and ``set_at`` where a person set it."""

    code: str
    values: tuple[str, ...]
    status: Status
    source: str
    set_by: str | None = None
    set_at: datetime | None = None

    @property
    def open(self) -> bool:
        """暂定: nothing lays it down."""
        return self.status in ("assumed", "scenario")


@dataclass(frozen=True, slots=True)
class Basis:
    """What the base rests on. ``structure_year``: the year of the structure by age, None where there is none and totals are
    carried on; ``mortality``: name and source of the table; ``entrants_of``: the year whose net new contributors enter each
    year from then on, None where as many are assumed as keep the contributors' number; ``beyond_reported``: by how many
    persons the structure is more than the statistics of the same month, by measure, without what was not reported;
    ``rates``: of premium, by the codes of their parameters."""

    assumptions: tuple[Assumption, ...]
    settings: Settings
    structure_year: int | None = None
    mortality: tuple[str, str] | None = None
    entrants_of: int | None = None
    beyond_reported: Mapping[str, int] = field(default_factory=dict)
    rates: tuple[Assumption, ...] = ()

    def assumption(self, code: str) -> Assumption | None:
        return next((one for one in self.assumptions if one.code == code), None)

    @property
    def open(self) -> int:
        """How many are assumed 暂定."""
        return sum(one.open for one in (*self.assumptions, *self.rates))


def to_json(basis: Basis) -> str:
    """The basis as text."""
    given = {
        "assumptions": [_kept(one) for one in basis.assumptions],
        "rates": [_kept(one) for one in basis.rates],
        "settings": {name: _plain(getattr(basis.settings, name)) for name in ("low", "high", "shocks")},
        "structure_year": basis.structure_year,
        "mortality": basis.mortality,
        "entrants_of": basis.entrants_of,
        "beyond_reported": dict(basis.beyond_reported),
    }
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"))


def _kept(one: Assumption) -> dict[str, object]:
    set_at = one.set_at.isoformat() if one.set_at else None
    return {
        "code": one.code,
        "values": list(one.values),
        "status": one.status,
        "source": one.source,
        "set_by": one.set_by,
        "set_at": set_at,
    }


def _plain(shocks: Sequence[Shock]) -> list[dict[str, object]]:
    return [
        {"code": s.code, "on": s.on, "size": format(s.size, "f"), "from_year": s.from_year, "to_year": s.to_year}
        for s in shocks
    ]


def from_json(text: str) -> Basis:
    """The basis that :func:`to_json` wrote."""
    given = json.loads(text)
    settings = {
        name: tuple(Shock(**{**one, "size": Decimal(one["size"])}) for one in shocks)
        for name, shocks in given["settings"].items()
    }
    mortality = tuple(given["mortality"]) if given["mortality"] else None
    return Basis(
        tuple(map(_read, given["assumptions"])),
        Settings(**settings),
        given["structure_year"],
        mortality,
        given["entrants_of"],
        given["beyond_reported"],
        tuple(map(_read, given["rates"])),
    )


def _read(kept: dict[str, Any]) -> Assumption:
    set_at = datetime.fromisoformat(kept["set_at"]) if kept["set_at"] else None
    return Assumption(**{**kept, "values": tuple(kept["values"]), "set_at": set_at})


def decimal_text(value: Decimal) -> str:
    """A value as it is kept: no more digits than it has."""
    return format(value.normalize(), "f") if value else "0"


def value_of(values: Sequence[str]) -> ByYear | str:
    """Values as a case takes them: one number, one for each year, or a word."""
    try:
        numbers = tuple(Decimal(value) for value in values)
    except ArithmeticError:
        return values[0]
    return numbers[0] if len(numbers) == 1 else numbers


def assuming(case: Projection, basis: Basis, changes: Mapping[str, Assumption]) -> tuple[Projection, Basis]:
    """The case and its basis with some assumptions set otherwise. Those that the projection does not know are left out."""
    fields: dict[str, object] = {}
    others = case.others
    for code, change in changes.items():
        value = value_of(change.values)
        if code in type(case.assumptions).__dataclass_fields__:
            fields[code] = value
        elif code in GROWTH_OF and not isinstance(value, str):
            others = tuple(replace(other, growth=value) if growth_of(other.code) == code else other for other in others)
    changed = [changes.get(one.code, one) for one in basis.assumptions]
    added = [change for code, change in changes.items() if basis.assumption(code) is None]
    made = replace(case, assumptions=replace(case.assumptions, **fields), others=others)  # type: ignore[arg-type]
    return made, replace(basis, assumptions=(*changed, *added))


# Which assumption other income and expenditure grows by: what is neither a subsidy nor between levels, by other_growth.
GROWTH_OF = ("subsidy_growth", "between_growth", "other_growth")
BETWEEN = ("from_above", "from_below", "to_above", "to_below")


def growth_of(other: str) -> str:
    """The assumption by which one of the others grows."""
    return "subsidy_growth" if other == "subsidy" else "between_growth" if other in BETWEEN else "other_growth"


def knows(case: Projection, code: str) -> bool:
    """Whether a projection knows an assumption."""
    by_age = ASSUMPTIONS[code].by_age
    return by_age is None or by_age == isinstance(case, cohort_projection.Case)


def rule_of(case: Projection) -> str:
    """The calculator of a projection."""
    return "totals_projection" if isinstance(case, totals_projection.Case) else "cohort_projection"
