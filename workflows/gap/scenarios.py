"""方案测算: saved what-ifs of the general gap. A scenario is its inputs; it changes no figure of anyone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, insert, select

from data_access.store import schema
from workflows.gap.general import Changes

TABLE = schema.scenario


@dataclass(frozen=True, slots=True)
class Scenario:
    """One saved scenario: what it sets otherwise, who made it and when."""

    id: int
    year: int
    name: str
    changes: Changes
    made_at: datetime
    made_by_name: str


def save_scenario(
    connection: Connection, scheme: str, year: int, name: str, changes: Changes, by: tuple[str, str], now: datetime
) -> int:
    """Save a scenario; ``by`` is login and name. Returns its number."""
    row = {"scheme": scheme, "year": year, "name": name, "inputs": json.dumps(_plain(changes), ensure_ascii=False)}
    made = insert(TABLE).values(**row, made_at=now, made_by=by[0], made_by_name=by[1]).returning(TABLE.c.id)
    return int(connection.execute(made).scalar_one())


def load_scenarios(connection: Connection, scheme: str, year: int) -> tuple[Scenario, ...]:
    """The scenarios of a plan year, newest first."""
    wanted = select(TABLE).where(TABLE.c.scheme == scheme, TABLE.c.year == year).order_by(TABLE.c.id.desc())
    return tuple(
        Scenario(row.id, row.year, row.name, _changes(json.loads(row.inputs)), row.made_at, row.made_by_name)
        for row in connection.execute(wanted)
    )


SHARES = ("province_share", "surplus_share", "county_share", "benefit_growth")


def _plain(changes: Changes) -> dict[str, object]:
    given: dict[str, object] = {name: _text(getattr(changes, name)) for name in SHARES}
    given |= {"reserve_floor_fen": changes.reserve_floor_fen}
    given |= {"clamp": None if changes.clamp is None else [_text(limit) for limit in changes.clamp]}
    for name in ("weights", "collection"):
        given[name] = {key: _text(value) for key, value in getattr(changes, name).items()}
    return {name: value for name, value in given.items() if value}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _changes(given: Mapping[str, object]) -> Changes:
    found: dict[str, object] = {name: Decimal(str(given[name])) for name in SHARES if name in given}
    if "reserve_floor_fen" in given:
        found["reserve_floor_fen"] = int(str(given["reserve_floor_fen"]))
    clamp = given.get("clamp")
    if isinstance(clamp, list):
        found["clamp"] = (Decimal(clamp[0]), Decimal(clamp[1]))
    for name in ("weights", "collection"):
        values = given.get(name)
        if isinstance(values, dict):
            found[name] = {key: Decimal(value) for key, value in values.items()}
    return Changes(**found)  # type: ignore[arg-type]
