"""The stress test under other sizes and years than those set, which the address says (``sizes``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from data_access.books.outlook.results import Computed
from rules.projection import stress
from rules.projection.stress import Shock
from workflows.outlook.runs import POINT, stress_of, tested as stored

OF_ONE = 4  # parts of a shock: code, size, from and to which year
SIZE = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,6})?", re.ASCII)
YEAR = re.compile(r"[0-9]{4}", re.ASCII)


def written(shocks: Sequence[Shock]) -> str:
    """collection:-0.05:2027:2030, one behind another; the years may be blank."""
    parts = [(s.code, f"{s.size:f}", str(s.from_year or ""), str(s.to_year or "")) for s in shocks]
    return ":".join(part for one in parts for part in one)


def read(asked: stress.Case, text: str) -> stress.Case:
    """The stress test with the sizes and years of an address. What it does not know or cannot be is left as it was."""
    parts = text.split(":")
    given = {parts[at]: parts[at + 1 : at + OF_ONE] for at in range(0, len(parts) - 3, OF_ONE)}
    return replace(asked, shocks=tuple(_resized(one, given.get(one.code)) for one in asked.shocks))


def _resized(one: Shock, given: Sequence[str] | None) -> Shock:
    if given is None or not changeable(one) or not SIZE.fullmatch(given[0]) or abs(size := Decimal(given[0])) > 1:
        return one
    first, last = (int(year) if YEAR.fullmatch(year) else None for year in given[1:])
    return replace(one, size=size, from_year=first, to_year=last if (last or 0) >= (first or 0) else None)


def changeable(one: Shock) -> bool:
    """Whether it has a size that may be set otherwise; what the sentence speaks of stays a percentage point."""
    return one.on != "retirement" and one.code != POINT.code


@lru_cache(maxsize=8)
def tested(made: Computed, text: str) -> tuple[stress.Case, stress.Result]:
    """A stress test, as it was computed or under the sizes of an address: then about a second for thirty years by age."""
    kept = stress_of(made)
    case = read(kept, text) if text else kept
    return (kept, stored(made)) if case == kept else (case, stress.calculate(case))
