"""Every identity the data must keep, checked over the whole store; what differs is listed, never mended here.

Both sides of every balance at the current and every signed version; roll-ups against the ledger by SQL that shares
nothing with the import; facts against changes; plans against their parts, and where they stand; the fund's own book
against the departments'; versions against their runs; the last signed month's indicators against their inputs and units;
what scores were made of against the indicators; last, every row that is sealed against its seal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, func, select, text

from data_access.books.checks.outcomes import Check, Difference, outcome
from data_access.books.checks.sealed import check_deliveries, check_published, check_registers
from data_access.books.facts import Facts, load_facts
from data_access.books.indicators import IndicatorRow, values_at
from data_access.books.plans import Plans, load_plans
from data_access.books.rebuild import rollup_queries
from data_access.books.reconciliation import load_reconciliation
from data_access.books.regions import OWN_LEVEL, load_tree
from data_access.books.versions import FACTS, MonthClose, closes, fact_query
from data_access.store import schema
from rules.calendar import month_end
from rules.indicators import INDICATORS
from rules.month import Month
from rules.movements import Account
from rules.scheme import Side, load_scheme

DECEMBER = 12


def run_checks(connection: Connection) -> Iterator[Check]:
    """Every check in turn, within the caller's read transaction (:func:`data_access.books.versions.reading`)."""
    for check in CHECKS:
        yield check(connection)


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
    return outcome("balances", compared, differences)


def check_rollup(connection: Connection) -> Check:
    """What each batch changed in the roll-ups = the same sums taken from the ledger now."""
    compared, differences = 0, []
    for (_, change), query in zip(FACTS, rollup_queries(connection), strict=True):
        names = ", ".join(column.name for column in change.columns)
        compared += connection.execute(select(func.count()).select_from(change)).scalar_one()
        ledger = f"SELECT {names} FROM ({query}) AS ledger"
        differences += _unequal(connection, change.name, ledger, f"SELECT {names} FROM {change.name}")
    return outcome("rollup", compared, differences)


def check_facts(connection: Connection) -> Check:
    """Published facts = the sum of what the published batches changed."""
    compared, differences = 0, []
    for fact, change in FACTS:
        names = ", ".join(column.name for column in fact.columns)
        compared += connection.execute(select(func.count()).select_from(fact)).scalar_one()
        differences += _unequal(connection, fact.name, fact_query(fact, change), f"SELECT {names} FROM {fact.name}")
    return outcome("facts", compared, differences)


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
    return outcome("plans", compared, differences)


def check_plan_units(connection: Connection) -> Check:
    """No plan stands within a plan unit; the province's plan = that of its units and of what it manages itself: items that
    no unit plans, and 省本级."""
    compared, differences = 0, []
    for code in _ledger_schemes(connection):
        plans = load_plans(connection, code)
        for year, region in sorted({(year, region) for year, region, _item in plans.rows if region in plans.tree}):
            above = [one for one in plans.tree.path(region)[:-1] if one.endswith(OWN_LEVEL)]
            compared += 1
            if above:
                differences.append(Difference(f"{code} {year} {region}", f"a plan of {above[-1]}", "one of its own"))
        newest = max((row.approved_on for rows in plans.rows.values() for row in rows), default=None)
        for year in plans.years:
            for side in ("income", "expenditure"):
                for on in (None, newest):
                    whole, parts = plans.total(plans.tree.root, side, year, on), _parts(plans, side, year, on)
                    compared += whole is not None
                    if whole is not None and whole != parts:
                        differences.append(Difference(f"{code} {year} {side}", str(whole), str(parts)))
    return outcome("plan_units", compared, differences)


def _parts(plans: Plans, side: Side, year: int, on: date | None) -> int:
    """The units' plans of a side, and what the province manages itself of it, in fen."""
    root = plans.tree.root
    units, own = plans.units_of(root, year), [code for code in (f"{root}{OWN_LEVEL}",) if code in plans.tree]
    found = sum(plans.total(code, side, year, on) or 0 for code in units)
    for item in (one.code for one in plans.scheme.items if one.side == side and one.parent is None):
        local = any(plans.items(code, [item], year, on) is not None for code in units)
        found += sum(plans.items(code, [item], year, on) or 0 for code in (own if local else [root]))
    return found


def check_books(connection: Connection) -> Check:
    """By the last signed month what every department's book and the fund's own have collected in the year is one amount,
    with the items that one has not reached; unit by unit."""
    compared, differences = 0, []
    for code, close in _last_closes(connection):
        tree = load_tree(connection, load_scheme(code))
        last = month_end(close.month)
        books = load_reconciliation(connection, code, tree, last.replace(month=1, day=1), close.version)
        for region in (one for one in books.regions() if not tree.children(one)):
            found = books.year_to_date(region, last)
            compared += found is not None
            if found is not None and found.difference_fen:
                amounts = sorted(found.adjusted.values())
                usual = max(amounts, key=amounts.count)
                agreed = ", ".join(f"{book} {fen}" for book, fen in found.adjusted.items() if fen == usual)
                others = ", ".join(f"{book} {fen}" for book, fen in found.adjusted.items() if fen != usual)
                differences.append(Difference(f"{code} {region} {close.month}", agreed, others))
    return replace(outcome("books", compared, differences), of_store=False)


def _last_closes(connection: Connection) -> Iterator[tuple[str, MonthClose]]:
    """Each scheme's last signed month."""
    for code in _ledger_schemes(connection):
        signed = closes(connection, code)
        if signed:
            yield code, max(signed, key=lambda close: close.month)


def check_indicators(connection: Connection) -> Check:
    """Every value of the last signed month = its formula of the inputs kept with it; what is summed unit by unit = the sum
    over the units: pooling of the ledger, general gap of the plans, management gap of its units."""
    compared, differences = 0, []
    month_codes = [code for code, one in INDICATORS.items() if one.period == "month"]
    for code, close in _last_closes(connection):
        period = Month(close.month).iso
        rows = values_at(connection, code, indicators=month_codes, periods=[period], version=close.version)
        for row in rows:
            compared += 1
            again = INDICATORS[row.indicator].value(**row.value.inputs)
            if row.value.reason is None and again.value != row.value.value:
                where = f"{code} {period} {row.region} {row.indicator}"
                differences.append(Difference(where, str(again.value), str(row.value.value)))
        facts, plans = load_facts(connection, code, close.version), load_plans(connection, code).at(close.version)
        expected = {**_pooled(facts, rows), **_gaps(plans, rows, close.month)}
        kept = {(row.indicator, row.region): row.value.inputs for row in rows}
        for (indicator, region), amounts in expected.items():
            for name, fen in amounts.items():
                compared += 1
                found = kept[indicator, region][name]
                if found != fen:
                    where = f"{code} {period} {region} {indicator}.{name}"
                    differences.append(Difference(where, str(fen), str(found)))
    return outcome("indicators", compared, differences)


Amounts = dict[tuple[str, str], dict[str, int]]  # (indicator, region) → input → fen


def _pooled(facts: Facts, rows: Sequence[IndicatorRow]) -> Amounts:
    """归集 by region as the ledger has it: due and handed over of each node's own money, and summed upward."""
    kept = {row.region: row.value.inputs for row in rows if row.indicator == "pooling_rate"}
    tree, found = facts.tree, Amounts()
    for region in reversed([code for code in tree.codes if code in kept]):
        at = facts.index(Month.of(date.fromisoformat(f"{rows[0].period}-01")))
        before = at - Month(facts.months[at]).number
        treasury = facts.account(region, Account.TREASURY)
        of = {
            "waiting_at_new_year_fen": int(treasury[before])
            if before >= 0
            else facts.opening(region, Account.TREASURY),
            "collected_fen": _to_date(facts, region, "collect", at),
            "pooled_fen": _to_date(facts, region, "pool", at),
        }
        merged = {code for code in tree.children(region) if tree.region(code).successor == region}
        below = [code for code in tree.children(region) if code not in merged and code in kept]
        own = of["waiting_at_new_year_fen"] + of["collected_fen"] - int(kept[region]["not_yet_due_fen"] or 0)
        handed = of["pooled_fen"]
        for child in below:
            theirs = found["pooling_rate", child]
            own -= theirs["waiting_at_new_year_fen"] + theirs["collected_fen"]
            own += int(kept[child]["not_yet_due_fen"] or 0)
            handed -= theirs["pooled_fen"]
        due, of_due = max(0, own), min(max(0, handed), max(0, own))
        for child in below:
            due += found["pooling_rate", child]["due_fen"]
            of_due += found["pooling_rate", child]["of_due_fen"]
        found["pooling_rate", region] = {**of, "due_fen": due, "of_due_fen": of_due, "overdue_fen": due - of_due}
    return found


def _to_date(facts: Facts, region: str, movement: str, at: int) -> int:
    first = max(0, at - Month(facts.months[at]).number + 1)
    return int(facts.moved(region, movement)[first : at + 1].sum())


def _gaps(plans: Plans, rows: Sequence[IndicatorRow], month: int) -> Amounts:
    """The province's general gap net, below it what each unit lacks; the expected management gap of each unit, summed."""
    on, root, found = month_end(month), plans.tree.root, Amounts()
    forecast = {row.region: row.value.inputs["gap_fen"] for row in rows if row.indicator == "management_gap_forecast"}
    for row in rows:
        if row.value.value is None or row.indicator not in ("general_gap", "management_gap_forecast"):
            continue
        units = plans.units_of(row.region, on.year)
        if row.indicator == "management_gap_forecast":
            known = [int(forecast.get(code) or 0) for code in units]
        else:
            known = [
                max(
                    0,
                    (plans.total(code, "expenditure", on.year, on) or 0)
                    - (plans.total(code, "income", on.year, on) or 0),
                )
                for code in ([root] if row.region == root else units)
            ]
        if units:
            found[row.indicator, row.region] = {"gap_fen": sum(known)}
    return found


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
            "WHERE b.state <> CASE WHEN e.ended_by IS NULL THEN 'loaded' ELSE 'withdrawn' END GROUP BY b.id, b.state"
        )
    )
    differences += [
        Difference(f"batch {row[0]}", "as its entries", f"{row[1]} with {row[2]} entries") for row in strays
    ]
    counted = connection.execute(
        text(
            "SELECT b.id, b.rows_inserted, COUNT(e.id) FROM import_batch b LEFT JOIN ledger_entry e ON e.batch = b.id "
            "WHERE b.state IN ('loaded', 'withdrawn') AND b.target = 'ledger_entry' GROUP BY b.id, b.rows_inserted"
        )
    ).all()
    differences += [
        Difference(f"batch {row[0]}", f"{row[1]} entries", f"{row[2]} entries") for row in counted if row[1] != row[2]
    ]
    return outcome("versions", len(rows) + len(counted), differences)


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
            if month not in signed and Month(month).number != DECEMBER:
                continue  # reopened: it is scored again once it is signed
            version = row.data_version if Month(month).number == DECEMBER else signed[month]
            for code, value in json.loads(row.given)["values"].items():
                history = known.get((code, Month(month).iso, region), [])
                found = next((kept for since, kept in reversed(history) if since <= version), None)
                if value is None or found is None:
                    continue
                compared += 1
                if Decimal(str(value)) != Decimal(found):
                    differences.append(Difference(f"{scheme} {month} {region} {code}", found, str(value)))
    return outcome("scores", compared, differences)


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
    check_plan_units,
    check_books,
    check_versions,
    check_indicators,
    check_scores,
    check_registers,
    check_deliveries,
    check_published,
)
