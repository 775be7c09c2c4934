"""Results of the long-run projection by version: each with the case it was computed from, as the calculator reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, select

from data_access.store import schema

TABLE = schema.outlook_run
BASE = 0  # the assumption set of the base; scenarios have the number of theirs
MID, LOW, HIGH = "mid", "low", "high"
FANNED = (LOW, MID, HIGH)
ORIGINAL = ".original"  # behind a variant: without the retirement reform
STRESS, BACKTEST = "stress", "backtest"
# Why the last attempt came to nothing, as JSON: newer than what still stands; with an empty result once it is mended.
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Computed:
    """One projection. ``rule`` names the calculator that makes ``result`` of ``inputs`` (both JSON); empty where the set has
    the variant no longer. ``basis`` (JSON) goes with the mid variant alone."""

    variant: str
    digest: str
    rule: str
    inputs: str
    result: str
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A projection as it is kept, at the version it was first computed for."""

    made: Computed
    data_version: int
    computed_at: datetime


def load_runs(
    connection: Connection,
    scheme: str,
    version: int | None = None,
    assumption_set: int = BASE,
    variants: Collection[str] | None = None,
) -> Mapping[str, StoredRun]:
    """The newest of each variant (None: of all) as a version knew it (None: as known now), by variant; empty before the
    first."""
    known = [TABLE.c.scheme == scheme, TABLE.c.assumption_set == assumption_set]
    if variants is not None:
        known.append(TABLE.c.variant.in_(variants))
    if version is not None:
        known.append(TABLE.c.data_version <= version)
    newest = (
        select(TABLE.c.variant, func.max(TABLE.c.data_version).label("newest"))
        .where(*known)
        .group_by(TABLE.c.variant)
        .subquery()
    )
    joined = and_(TABLE.c.variant == newest.c.variant, TABLE.c.data_version == newest.c.newest)
    wanted = select(TABLE).join(newest, joined).where(*known)
    found = {}
    for row in connection.execute(wanted):
        made = Computed(row.variant, row.digest, row.rule, row.inputs, row.result, row.basis)
        found[row.variant] = StoredRun(made, row.data_version, row.computed_at)
    return found


def write_runs(
    connection: Connection,
    scheme: str,
    version: int,
    made: Iterable[Computed],
    now: datetime,
    assumption_set: int = BASE,
) -> None:
    """Keep projections computed for a version."""
    rows = [
        {
            "scheme": scheme,
            "assumption_set": assumption_set,
            "variant": one.variant,
            "data_version": version,
            "computed_at": now,
            "digest": one.digest,
            "rule": one.rule,
            "inputs": one.inputs,
            "result": one.result,
            "basis": one.basis,
        }
        for one in made
    ]
    if rows:
        connection.execute(insert(TABLE), rows)
