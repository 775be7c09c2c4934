"""Scenarios 方案 of the long-run projection: what is assumed otherwise than in the base, by whom and why. They change no
figure of anyone; the base stays as it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, func, insert, select

from data_access.books.outlook.results import MID, StoredRun, load_runs, write_runs
from data_access.store import schema
from data_access.store.numbering import take_turn
from rules.errors import PoolwatchError
from rules.projection.assumptions import ASSUMPTIONS
from workflows.outlook.assumptions import Assumption, assuming, decimal_text, from_json, knows
from workflows.outlook.runs import Base, case_of, computed

SET, VALUE = schema.assumption_set, schema.assumption_value
RETIREMENT = ("statutory", "original")
MOST_YEARS = 100
PERCENT = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,6})?%?", re.ASCII)


class AssumptionUnfit(PoolwatchError):
    """The value given is none that the assumption can take."""

    code = "assumption_unfit"


class NothingAssumed(PoolwatchError):
    """A scenario that assumes nothing otherwise is the base."""

    code = "nothing_assumed"


class NoProjection(PoolwatchError):
    """There is no projection that a scenario could differ from."""

    code = "no_projection"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One version of a scenario. ``changes``: what it assumes otherwise, by code."""

    id: int
    name: str
    version: int
    reason: str
    made_at: datetime
    made_by_name: str
    changes: Mapping[str, Assumption]


def load_scenarios(connection: Connection, scheme: str) -> tuple[Scenario, ...]:
    """Every version of every scenario of a scheme, newest first."""
    values: dict[int, dict[str, Assumption]] = {}
    wanted = select(VALUE).join(SET, SET.c.id == VALUE.c.assumption_set).where(SET.c.scheme == scheme)
    for row in connection.execute(wanted):
        change = Assumption(row.code, tuple(row.value.split(",")), row.status, row.source)
        values.setdefault(row.assumption_set, {})[row.code] = change
    sets = connection.execute(select(SET).where(SET.c.scheme == scheme).order_by(SET.c.id.desc()))
    return tuple(
        Scenario(row.id, row.name, row.version, row.reason, row.made_at, row.made_by_name, values.get(row.id, {}))
        for row in sets
    )


def save_scenario(
    connection: Connection,
    scheme: str,
    name: str,
    given: Mapping[str, str],
    reason: str,
    by: tuple[str, str],
    version: int,
    now: datetime,
) -> int:
    """Save a scenario with its projections; of a name that is known a further version. Returns its number.

    ``given``: by assumption what is set otherwise, as written (see :func:`values_of`), of which what the base has too and
    what its projection does not know is left out; ``by`` is login and name, ``version`` the data version it is computed for.
    Raises AssumptionUnfit, NothingAssumed, NoProjection.
    """
    base = load_runs(connection, scheme, version).get(MID)
    if base is None or not base.made.rule:
        raise NoProjection(f"{scheme} has no projection", scheme=scheme)
    case = case_of(base.made)
    asked = {code: values_of(code, text) for code, text in given.items() if text.strip()}
    written = {code: values for code, values in asked.items() if knows(case, code) and values != _of(base, code)}
    if not written:
        raise NothingAssumed(f"{name} assumes nothing otherwise")
    changes = {code: Assumption(code, values, "scenario", reason, by[1], now) for code, values in written.items()}
    # Computed first: what does not fit is refused before anything is written.
    made = tuple(computed(changed(base, changes)))
    take_turn(connection, SET.name)
    newest = select(func.max(SET.c.version)).where(SET.c.scheme == scheme, SET.c.name == name)
    number = (connection.execute(newest).scalar() or 0) + 1
    row = {"scheme": scheme, "name": name, "version": number, "reason": reason}
    saved = insert(SET).values(**row, made_at=now, made_by=by[0], made_by_name=by[1]).returning(SET.c.id)
    made_as = int(connection.execute(saved).scalar_one())
    rows = [
        {"assumption_set": made_as, "code": code, "value": ",".join(values), "status": "scenario", "source": reason}
        for code, values in written.items()
    ]
    connection.execute(insert(VALUE), rows)
    write_runs(connection, scheme, version, made, now, made_as)
    return made_as


def changed(base: StoredRun, changes: Mapping[str, Assumption]) -> Base:
    """What a scenario's projections are computed from: the base with its changes."""
    assert base.made.basis is not None, "mid carries its basis"
    case = case_of(base.made)
    basis = from_json(base.made.basis)
    known = {code: change for code, change in changes.items() if knows(case, code)}
    return Base(*assuming(case, basis, known))


def _of(base: StoredRun, code: str) -> tuple[str, ...] | None:
    """The values of the base; None where it says nothing of them."""
    assert base.made.basis is not None, "mid carries its basis"
    known = from_json(base.made.basis).assumption(code)
    return (
        None if known is None else tuple(decimal_text(Decimal(one)) if _is_number(one) else one for one in known.values)
    )


def values_of(code: str, text: str) -> tuple[str, ...]:
    """What is written into a form as values by year: percent, separated by commas or blanks, the last goes on: "4.5 4 3.5".
    Raises AssumptionUnfit."""
    kind = ASSUMPTIONS[code]
    parts = re.split(r"[\s,、;]+", unicodedata.normalize("NFKC", text).strip())
    unfit = AssumptionUnfit(f"{code}: {text}", assumption=code, got=text)
    if kind.unit == "choice":
        if parts not in [[one] for one in RETIREMENT]:
            raise unfit
        return (parts[0],)
    if len(parts) > (MOST_YEARS if kind.yearly else 1) or not all(PERCENT.fullmatch(part) for part in parts):
        raise unfit
    values = [Decimal(part.removesuffix("%")) for part in parts]
    lowest = -100 if kind.unit == "growth" else 0
    if not all(lowest <= percent <= 100 for percent in values):
        raise unfit
    return tuple(decimal_text(percent / 100) for percent in values)


def _is_number(text: str) -> bool:
    return text not in RETIREMENT
