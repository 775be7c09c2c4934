"""Every identity the data must keep, checked over the whole store; what differs is listed, never mended here.

Both sides of every balance at the current and every signed version; roll-ups against the ledger by SQL that shares
nothing with the import; facts against changes; plans against their parts; versions against their runs; what scores
were made of against the indicators.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, func, select, text

from data_access.books.facts import load_facts
from data_access.books.plans import load_plans
from data_access.books.rebuild import rollup_queries
from data_access.books.versions import FACTS, closes
from data_access.store import schema
from rules.indicators import INDICATORS
from rules.month import Month

LISTED = 20
DECEMBER = 12
PUBLISHED = "batch IN (SELECT id FROM import_batch WHERE data_version IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two figures that must be equal are not. ``where`` names scheme, region, month … of the place."""

    where: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check's outcome: how many comparisons were made and how many failed; the first ``LISTED`` are named."""

    code: str
    compared: int
    failed: int
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        return self.failed == 0


def run_checks(connection: Connection) -> Iterator[Check]:
    """Every check in turn, within the caller's read transaction (:func:`data_access.books.versions.reading`)."""
    for check in CHECKS:
        yield check(connection)


def _outcome(code: str, compared: int, differences: list[Difference]) -> Check:
    return Check(code, compared, len(differences), tuple(differences[:LISTED]))


def _ledger_schemes(connection: Connection) -> list[str]:
    table = schema.scheme
    return list(
        connection.execute(select(table.c.code).where(table.c.kind == "ledger").order_by(table.c.code)).scalars()
    )


def check_balances(connection: Connection) -> Check:
    """Opening + income − expenditure = sum of account balances, per region, month and version, to the fen."""
    compared, differences = 0, []
    for code in _ledger_schemes(connection):
        for version in (None, *sorted({close.version for close in closes(connection, code)})):
            facts = load_facts(connection, code, version)
            for region in facts.tree.codes:
                result, accounts = facts.result_balance(region), facts.account_total(region)
                compared += len(result)
                for index in np.flatnonzero(result != accounts):
                    where = f"{code} {region} {facts.months[index]} version {facts.version}"
                    differences.append(Difference(where, str(result[index]), str(accounts[index])))
    return _outcome("balances", compared, differences)


def check_rollup(connection: Connection) -> Check:
    """What each batch changed in the roll-ups = the same sums taken from the ledger now."""
    compared, differences = 0, []
    for (_, change), query in zip(FACTS, rollup_queries(connection), strict=True):
        names = ", ".join(column.name for column in change.columns)
        compared += connection.execute(select(func.count()).select_from(change)).scalar_one()
        ledger = f"SELECT {names} FROM ({query}) AS ledger"
        differences += _unequal(connection, change.name, ledger, f"SELECT {names} FROM {change.name}")
    return _outcome("rollup", compared, differences)


def check_facts(connection: Connection) -> Check:
    """Published facts = the sum of what the published batches changed."""
    compared, differences = 0, []
    for fact, change in FACTS:
        keys = ", ".join(column.name for column in fact.primary_key)
        compared += connection.execute(select(func.count()).select_from(fact)).scalar_one()
        summed = f"SELECT {keys}, SUM(amount_fen), SUM(entries) FROM {change.name} WHERE {PUBLISHED} GROUP BY {keys}"
        differences += _unequal(connection, fact.name, summed, f"SELECT {keys}, amount_fen, entries FROM {fact.name}")
    return _outcome("facts", compared, differences)


def _unequal(connection: Connection, name: str, expected: str, found: str) -> list[Difference]:
    """Rows that only one of two queries gives; each shows on the side that has it."""
    only_expected = connection.execute(text(f"SELECT * FROM ({expected} EXCEPT {found}) AS missing")).all()
    only_found = connection.execute(text(f"SELECT * FROM ({found} EXCEPT {expected}) AS surplus")).all()
    missing = [Difference(name, " ".join(map(str, row)), "") for row in only_expected]
    return missing + [Difference(name, "", " ".join(map(str, row))) for row in only_found]


def check_plans(connection: Connection) -> Check:
    """A planned item = the sum of its children where both are given; a region's plan = the sum of those below it."""
    compared, differences = 0, []
    for code in _ledger_schemes(connection):
        plans = load_plans(connection, code)
        newest = max((row.approved_on for rows in plans.rows.values() for row in rows), default=None)
        for year, region, item in sorted(plans.rows):
            if region not in plans.tree:
                differences.append(Difference(f"{code} {year} {region} {item}", "a region of the province", region))
                continue
            for on in (None, newest):
                own = plans.own(region, item, year, on)
                children = [plans.own(region, child.code, year, on) for child in plans.scheme.children(item)]
                below = [plans.items(child, [item], year, on) for child in plans.tree.children(region)]
                for parts in (children, below):
                    given = [amount for amount in parts if amount is not None]
                    if own is None or not given:
                        continue
                    compared += 1
                    if sum(given) != own:
                        differences.append(Difference(f"{code} {year} {region} {item}", str(own), str(sum(given))))
    return _outcome("plans", compared, differences)


def check_versions(connection: Connection) -> Check:
    """Every version comes from a run that published it, in the order of time; entries belong to loaded batches only."""
    version, run = schema.data_version, schema.refresh_run
    differences = []
    rows = connection.execute(
        select(version.c.id, version.c.published_at, run.c.state)
        .join(run, run.c.id == version.c.refresh_run)
        .order_by(version.c.id)
    ).all()
    for row in rows:
        if row.state != "published":
            differences.append(Difference(f"version {row.id}", "published", row.state))
    for earlier, later in pairwise(rows):
        if later.published_at < earlier.published_at:
            differences.append(Difference(f"version {later.id}", str(earlier.published_at), str(later.published_at)))
    strays = connection.execute(
        text(
            "SELECT b.id, b.state, COUNT(*) FROM ledger_entry e JOIN import_batch b ON b.id = e.batch "
            "WHERE b.state <> 'loaded' GROUP BY b.id, b.state"
        )
    )
    differences += [Difference(f"batch {row[0]}", "loaded", f"{row[1]} with {row[2]} entries") for row in strays]
    counted = connection.execute(
        text(
            "SELECT b.id, b.rows_inserted, COUNT(e.id) FROM import_batch b LEFT JOIN ledger_entry e ON e.batch = b.id "
            "WHERE b.state = 'loaded' AND b.target = 'ledger_entry' GROUP BY b.id, b.rows_inserted"
        )
    ).all()
    differences += [
        Difference(f"batch {row[0]}", f"{row[1]} entries", f"{row[2]} entries") for row in counted if row[1] != row[2]
    ]
    return _outcome("versions", len(rows) + len(counted), differences)


def check_scores(connection: Connection) -> Check:
    """What a score's case says of a month indicator is the indicator's value: of a month as signed, of December as the
    score's version knew it. Where the indicator has none, the case may hold what full points ask for."""
    compared, differences = 0, []
    score, months = schema.assessment_score, [code for code, one in INDICATORS.items() if one.period == "month"]
    for scheme in _ledger_schemes(connection):
        signed = {close.month: close.version for close in closes(connection, scheme)}
        newest: dict[tuple[int, str], Row[Any]] = {}
        for row in connection.execute(select(score).where(score.c.scheme == scheme).order_by(score.c.data_version)):
            newest[row.month, row.region] = row
        known = _values_by_version(connection, scheme, sorted({Month(month).iso for month, _ in newest}), months)
        for (month, region), row in newest.items():
            version = row.data_version if Month(month).number == DECEMBER else signed[month]
            for code, value in json.loads(row.given)["values"].items():
                history = known.get((code, Month(month).iso, region), [])
                found = next((kept for since, kept in reversed(history) if since <= version), None)
                if value is None or found is None:
                    continue
                compared += 1
                if Decimal(str(value)) != Decimal(found):
                    differences.append(Difference(f"{scheme} {month} {region} {code}", found, str(value)))
    return _outcome("scores", compared, differences)


def _values_by_version(
    connection: Connection, scheme: str, periods: list[str], codes: list[str]
) -> dict[tuple[str, str, str], list[tuple[int, str | None]]]:
    """Every value that an indicator had of a period, (version, value), oldest first."""
    table = schema.indicator_value
    wanted = select(table.c.indicator, table.c.period, table.c.region, table.c.data_version, table.c.value).where(
        table.c.scheme == scheme, table.c.period.in_(periods), table.c.indicator.in_(codes), table.c.part == ""
    )
    found: dict[tuple[str, str, str], list[tuple[int, str | None]]] = {}
    for row in connection.execute(wanted.order_by(table.c.data_version)):
        found.setdefault((row.indicator, row.period, row.region), []).append((row.data_version, row.value))
    return found


CHECKS: tuple[Callable[[Connection], Check], ...] = (
    check_balances,
    check_rollup,
    check_facts,
    check_plans,
    check_versions,
    check_scores,
)
