"""What agencies and banks state beside the ledger: the monthly reports 月报 by city, the month and the year to date, and the
statement of one unit's expenditure account; both as the ledger stands at the month's close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demonstration.world import calibration as c, stories
from demonstration.world.ledger import entries_between
from demonstration.world.simulation import units
from demonstration.world.tables import Row, Table, opening_balances
from rules.month import SHANGHAI, Month
from rules.movements import MOVEMENTS, Account, legs, result_sign
from rules.scheme import load_scheme

REPORTED_FROM = Month(202610)
REPORTED = ("scheme", "department", "form", "region", "item", "since", "until", "amount_fen")
STATED = (
    *("scheme", "account", "region", "number", "day", "place", "bank", "reference"),
    *("in_fen", "out_fen", "balance_fen", "counterparty", "text"),
)
BALANCED = (
    *("scheme", "region", "month", "subject", "name", "opening_debit_fen", "opening_credit_fen"),
    *("debit_fen", "credit_fen", "closing_debit_fen", "closing_credit_fen"),
)
NUMBER, LEGACY_NUMBER, BANK = "6222********0001", "6222********0002", "演示银行"
Entries = Mapping[str, NDArray[Any]]


def monthly_reports(scheme: str, closed: Mapping[Month, datetime]) -> tuple[Table, ...]:
    """The reports, the statement and the trial balance of some months, each drawn from what was booked by the instant of its close."""
    reported: list[Row] = []
    stated: list[Row] = []
    balanced: list[Row] = []
    for month, at in closed.items():
        if month >= REPORTED_FROM:
            entries = entries_between(scheme, datetime(c.FIRST_YEAR, 1, 1, tzinfo=SHANGHAI), at)
            reported += _report(scheme, month, entries)
            stated += _statement(scheme, month, entries)
            balanced += _trial(scheme, month, entries)
    tables = (("reported_total", REPORTED, reported), ("bank_statement", STATED, stated))
    return tuple(
        Table(name, columns, tuple(rows)) for name, columns, rows in (*tables, ("trial_balance", BALANCED, balanced))
    )


def _report(scheme: str, month: Month, entries: Entries) -> Iterator[Row]:
    days = entries["business_date"]
    inside = (days >= np.datetime64(date(month.year, 1, 1))) & (days <= np.datetime64(month.last))
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    city_of = {unit.code: unit.city for unit in units(load_scheme(scheme).province)}
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for at in np.flatnonzero(inside).tolist():
        movement, region = entries["movement"][at], entries["region"][at]
        if MOVEMENTS[movement].carries_item and region in city_of:
            fen = sum(result_sign(movement)) * int(entries["amount_fen"][at])
            both = sums[city_of[region], entries["item"][at]]
            both[0] += fen if months[at] == month.number else 0
            both[1] += fen
    for (city, item), (of_month, to_date) in sorted(sums.items()):
        slip = stories.REPORT_SLIP if (scheme, city, item, month) == stories.REPORT_SLIPPED else 0
        yield scheme, "agency", "monthly", city, item, month, month, of_month + slip
        if month.number > 1:
            yield scheme, "agency", "monthly", city, item, Month.at(month.year, 1), month, to_date + slip


def _of_account(
    scheme: str, month: Month, entries: Entries, account: str, unit: str
) -> tuple[int, list[tuple[date, int, str, str]]]:
    """(the opening, what moved) of a unit's account in a month, as the ledger has it."""
    route = load_scheme(scheme).disburse_account
    signs = {code: dict(legs(code, route)).get(account, 0) for code in MOVEMENTS}
    opened = {(row[1], row[2]): row[3] for row in opening_balances(scheme).rows}
    balance = opened.get((account, unit), 0)
    moved: list[tuple[date, int, str, str]] = []
    for at in np.flatnonzero(entries["region"] == unit).tolist():
        movement, day = entries["movement"][at], entries["business_date"][at].item()
        fen = signs[movement] * int(entries["amount_fen"][at])
        if day < month.first:
            balance += fen
        elif day <= month.last and fen:
            moved.append((day, fen, entries["source_ref"][at], MOVEMENTS[movement].name))
    return balance, moved


def _unit(scheme: str) -> str:
    """The first unit; a place with others below it has the statements of all of them."""
    return next(one.code for one in units(load_scheme(scheme).province) if one.kind == "division")


def _statement(scheme: str, month: Month, entries: Entries) -> Iterator[Row]:
    """The bank's book of its expenditure account: what the ledger has, and in one month interest that it has not booked
    yet. In one month also of a legacy account, out of which money went and came back."""
    unit = _unit(scheme)
    balance, moved = _of_account(scheme, month, entries, Account.EXPENDITURE, unit)
    if (scheme, month) == stories.BANK_INTEREST_IN:
        moved.append((month.first + timedelta(20), stories.BANK_INTEREST, "", "结息"))
    yield from _stated(scheme, Account.EXPENDITURE, unit, NUMBER, balance, moved)
    if (scheme, month) == stories.LEGACY_USED_IN:
        unit = f"{stories.LEGACY_LATE_CITY}-0"
        balance, moved = _of_account(scheme, month, entries, Account.LOCAL_LEGACY, unit)
        for sign, day, text in zip((-1, 1), stories.LEGACY_USED_DAYS, ("临时调度", "调度归还"), strict=True):
            moved.append((month.first + timedelta(day - 1), sign * stories.LEGACY_USED, "", text))
        yield from _stated(scheme, Account.LOCAL_LEGACY, unit, LEGACY_NUMBER, balance, moved)


def _stated(
    scheme: str, account: str, unit: str, number: str, balance: int, moved: list[tuple[date, int, str, str]]
) -> Iterator[Row]:
    places: dict[date, int] = defaultdict(int)
    for day, fen, reference, text in sorted(moved):
        balance += fen
        places[day] += 1
        amounts = (max(fen, 0), max(-fen, 0), balance)
        yield scheme, account, unit, number, day, places[day], BANK, reference, *amounts, "", text


def _trial(scheme: str, month: Month, entries: Entries) -> Iterator[Row]:
    """The accountants' book of it: the account, and what it is owed to or by."""
    unit = _unit(scheme)
    opening, moved = _of_account(scheme, month, entries, Account.EXPENDITURE, unit)
    into, out = (sum(max(sign * fen, 0) for _day, fen, *_rest in moved) for sign in (1, -1))
    closing = opening + into - out
    yield scheme, unit, month, "1004", "支出户存款", opening, 0, into, out, closing, 0
    yield scheme, unit, month, "2001", "拨入待付款项", 0, opening, out, into, 0, closing
