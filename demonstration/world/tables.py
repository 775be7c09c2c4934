"""The demonstration's tables beside the ledger: openings, plans, agency totals, unreached items, deposits, duties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demonstration.world import calibration as c, stories
from demonstration.world.days import shifted
from demonstration.world.deposits import BANKS, opening_deposits, term_deposits
from demonstration.world.ledger import local_income
from demonstration.world.legacy import advances, legacy_duties, monthly_advanced
from demonstration.world.premium import (
    MAIN_ITEM,
    collected_by_slot,
    collection_days,
    daily_days,
    daily_premium,
    late_premium,
    opening_treasury,
)
from demonstration.world.simulation import Fen, Floats, Simulation, fen
from demonstration.world.spending import BENEFIT_ITEMS, WAN_FEN, small_spending
from rules.movements import Account
from rules.scheme import load_scheme

Row = tuple[Any, ...]
AS_OF = date(c.FIRST_YEAR - 1, 12, 31)
RECONCILED_FROM = 2025  # the first year with agency totals: the last assessed year is judged by them too
DEPARTMENTS = ("tax", "treasury", "fiscal", "agency")
EXPENDITURE_MONTHS = 0.11  # kept in the expenditure accounts, in months of benefits
ADJUSTED = {("jiangsu-pension", 2026): 0.004}  # the one adjusted plan: the benefits of every unit, by this share


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for one target table, in the order of ``columns``."""

    target: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def simulated(scheme: str, first: str, last: str) -> Simulation:
    """A simulation over whole months, e.g. ``simulated("jiangsu-pension", "2026-01", "2026-12")``."""
    months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    return Simulation(scheme, load_scheme(scheme).province, months)


def scheme_table(schemes: Iterable[str]) -> Table:
    rows = []
    for code in schemes:
        scheme = load_scheme(code)
        rows.append((code, scheme.name, scheme.name_en, scheme.fund, scheme.province, scheme.kind, "true"))
    return Table("scheme", ("code", "name", "name_en", "fund", "province", "kind", "demo"), tuple(rows))


# --- openings and duties


def opening_balances(scheme: str) -> Table:
    """期初余额 as of the day before the ledger begins; together they are the calibrated total to the fen."""
    of = c.CALIBRATIONS[scheme]
    start = simulated(scheme, f"{c.FIRST_YEAR}-01", f"{c.FIRST_YEAR}-03")
    province = start.province
    amounts: dict[tuple[str, str], int] = {}
    kept = fen(start.benefit_expected[:, 0] * EXPENDITURE_MONTHS)
    for unit, waiting, spare in zip(start.units, opening_treasury(start), kept, strict=True):
        amounts[Account.TREASURY, unit.code] = int(waiting)
        amounts[Account.EXPENDITURE, unit.code] = int(spare)
    amounts[Account.DEPOSIT, province] = opening_deposits(scheme)
    amounts[Account.ENTRUSTED, province] = int(fen(of.entrusted))
    amounts[Account.RESERVE, province] = int(fen(of.reserve))
    for duty in legacy_duties(scheme):
        deposited = sum(amount for _, amount in duty.deposited)
        amounts[Account.LEGACY_DEPOSIT, duty.region] = deposited
        amounts[Account.LOCAL_LEGACY, duty.region] = duty.held - deposited
    amounts[Account.PROVINCIAL, province] = int(fen(of.opening)) - sum(amounts.values())
    rows = tuple(
        (scheme, str(account), region, amount, AS_OF) for (account, region), amount in amounts.items() if amount
    )
    return Table("opening_balance", ("scheme", "account", "region", "amount_fen", "as_of"), rows)


def legacy_balances(scheme: str) -> Table:
    rows = tuple((scheme, d.region, d.as_of, d.owed, d.handed_before, d.due_on) for d in legacy_duties(scheme))
    return Table("legacy_balance", ("scheme", "region", "as_of", "owed_fen", "handed_before_fen", "due_on"), rows)


def pre_transfers(scheme: str) -> Table:
    """启动资金预调, which Jiangsu alone had."""
    made, as_of, monthly = advances() if scheme == "jiangsu-pension" else (), date(2020, 9, 30), monthly_advanced()
    rows = tuple((scheme, a.region, as_of, a.balance, monthly, a.amount, a.paid_on, a.document) for a in made)
    names = ("scheme", "region", "as_of", "balance_fen", "monthly_fen", "amount_fen", "paid_on", "document")
    return Table("pre_transfer", names, rows)


def deposits(scheme: str, since: date | None, until: date) -> Table:
    """Term deposits made after ``since`` (None: from the beginning, with those that stood then) and up to ``until``."""
    province = load_scheme(scheme).province
    rows = [
        (scheme, one.ref, province, "deposit", one.bank, one.amount, one.rate, one.starts_on, one.matures_on, one.kind)
        for one in term_deposits(scheme, until)
    ]
    for duty in legacy_duties(scheme):
        for matures_on, deposited in duty.deposited:
            started = date(matures_on.year - 10 if scheme == "shanxi-pension" else 2019, 6, 15)
            ref = f"{scheme}.legacy.{duty.region}.{matures_on:%Y%m}"
            kind = "bond" if scheme == "shanxi-pension" else "deposit"
            rows.append(
                (scheme, ref, duty.region, "legacy_deposit", BANKS[0], deposited, "0.0330", started, matures_on, kind)
            )
    kept = tuple(row for row in rows if row[7] <= until and (since is None or row[7] > since))
    columns = ("scheme", "ref", "region", "account", "bank", "amount_fen", "rate", "starts_on", "matures_on", "kind")
    return Table("deposit", columns, kept)


# --- plans


def plans(scheme: str, years: Iterable[int]) -> Table:
    """收支预算 by unit, on leaf items; what the province manages stands on the province. One year is adjusted once."""
    rows: list[Row] = []
    for year in years:
        simulation = simulated(scheme, f"{year}-01", f"{year}-12")
        approved = (f"演示预算〔{year}〕1号", date(year, 1, 20))
        for region, item, amount in _planned(simulation):
            rows.append((scheme, year, region, item, 0, amount, *approved))
        share = ADJUSTED.get((scheme, year))
        if share is not None:
            benefits = BENEFIT_ITEMS[simulation.calibration.fund]
            adjusted = (f"演示预算调整〔{year}〕2号", date(year, 8, 28))
            for region, item, amount in _planned(simulation):
                if item in benefits:
                    rows.append((scheme, year, region, item, 1, _whole_wan(amount * (1 + share)), *adjusted))
    columns = ("scheme", "year", "region", "item", "version", "amount_fen", "approval_ref", "approved_on")
    return Table("plan", columns, tuple(rows))


def _whole_wan(amount: float) -> int:
    return round(amount / WAN_FEN) * WAN_FEN


def _planned_low(scheme: str, year: int, city: str) -> float:
    """The share of what is expected that a city's premium plan is set to."""
    return stories.PLANNED_LOW.get((scheme, year, city), stories.PLANNED_LOW.get((scheme, year, ""), 1.0))


def _planned(simulation: Simulation) -> list[tuple[str, str, int]]:
    """Yearly amounts by (region, leaf item), in whole 万元: those of the plan units, and what the province manages."""
    premium_bias, benefit_bias = simulation.plan_bias
    fund = simulation.calibration.fund
    year = int(simulation.years[0])
    low = [_planned_low(simulation.scheme, year, unit.city) for unit in simulation.units]
    premium = simulation.premium_expected / (1 + premium_bias[:, None]) * np.array(low)[:, None]
    by_item: dict[str, Floats] = {}
    rest = premium.sum(axis=1)
    for item, _, months, share in c.SIDE_ITEMS[fund]:
        due = np.isin(simulation.month_of_year, months or range(1, 13))
        part = (premium * due).sum(axis=1) * share
        by_item[item] = by_item.get(item, np.zeros_like(part)) + part
        rest = rest - part
    by_item[MAIN_ITEM[fund]] = rest
    benefits = (simulation.benefit_expected + simulation.back_pay_expected).sum(axis=1) / (1 + benefit_bias)
    by_item |= {item: benefits * share for item, share in BENEFIT_ITEMS[fund].items()}
    for item, amounts in {**local_income(simulation), **small_spending(simulation)}.items():
        by_item[item] = amounts.sum(axis=1) / c.FEN_PER_YI
    planned = [
        (region, item, _whole_wan(float(amount) * c.FEN_PER_YI))
        for item, amounts in by_item.items()
        for region, amount in simulation.by_plan_unit(amounts).items()
    ]
    for flow in simulation.calibration.flows:
        amount = flow.yi * (1 + flow.growth) ** (year - c.FIRST_YEAR)
        if flow.item == "from_above":
            amount *= stories.PLANNED_LOW.get((simulation.scheme, year, simulation.province), 1.0)
        planned.append((simulation.province, flow.item, _whole_wan(amount * c.FEN_PER_YI)))
    return planned


# --- reconciliation


def agency_totals(scheme: str, since: date | None, until: date) -> Table:
    """What each department booked as premium by unit and day, for days after ``since`` and up to ``until``.

    All four agree with the ledger's collections, but for the unreached items and the month of the story.
    """
    columns = ("scheme", "region", "day", "department", "measure", "amount_fen")
    if until.year < RECONCILED_FROM:
        return Table("agency_total", columns, ())
    simulation = simulated(scheme, *_reconciled_months(since, until))
    first = date(RECONCILED_FROM, 1, 1) if since is None else since + timedelta(days=1)
    booked = _by_unit_and_day(simulation)
    differs = _differences(simulation)
    rows: list[Row] = []
    for region, day in sorted({*booked, *((region, day) for region, day, _ in differs)}):
        if first <= day <= until:
            total = booked.get((region, day), 0)
            for department in DEPARTMENTS:
                amount = total + differs.get((region, day, department), 0)
                if total or amount:
                    rows.append((scheme, region, day, department, "premium_collected", amount))
    return Table("agency_total", columns, tuple(rows))


def _reconciled_months(since: date | None, until: date) -> tuple[str, str]:
    """Whole quarters that hold everything of the days after ``since``: collections may be a month behind."""
    start = date(RECONCILED_FROM - 1, 12, 1) if since is None else since - timedelta(days=45)
    return f"{start.year}-{(start.month - 1) // 3 * 3 + 1:02}", f"{until:%Y-%m}"


def _by_unit_and_day(simulation: Simulation) -> dict[tuple[str, date], int]:
    days, units, amounts = _collections(simulation)
    keys, places = np.unique(days.astype(np.int64) * len(simulation.units) + units, return_inverse=True)
    sums = np.zeros(len(keys), dtype=np.int64)
    np.add.at(sums, places, amounts)
    dates = (keys // len(simulation.units)).astype("datetime64[D]").tolist()
    regions = simulation.codes[keys % len(simulation.units)].tolist()
    return dict(zip(zip(regions, dates, strict=True), sums.tolist(), strict=True))


def _collections(simulation: Simulation) -> tuple[NDArray[np.datetime64], NDArray[np.int64], Fen]:
    """Every collection as (day, unit index, fen), without what the ledger has twice; late ones on the day booked."""
    shape = simulation.premium.shape
    units = np.broadcast_to(np.arange(shape[0])[:, None], shape).reshape(-1)
    days, amounts = [], []
    for slot_days, items in zip(collection_days(simulation), collected_by_slot(simulation), strict=True):
        days.append(np.broadcast_to(slot_days, shape).reshape(-1))
        amounts.append(sum(items.values(), np.zeros(shape, dtype=np.int64)).reshape(-1))
    for slot_day, amount in zip(daily_days(simulation), daily_premium(simulation), strict=True):
        days.append(np.broadcast_to(slot_day, shape).reshape(-1))
        amounts.append(amount.reshape(-1))
    for _day, booked, late in late_premium(simulation):
        days.append(np.broadcast_to(booked, shape).reshape(-1))
        amounts.append(late.reshape(-1))
    return np.concatenate(days), np.tile(units, len(days)), np.concatenate(amounts)


@dataclass(frozen=True, slots=True)
class _Unreached:
    region: str
    missing_at: str
    amount: int
    arose_on: date
    cleared_on: date


UNREACHED_PER_MONTH = 3
_WHO_MISSES = ("treasury", "agency", "fiscal")


def _unreached(simulation: Simulation) -> list[_Unreached]:
    """A few receipts each month that one department books some working days after the others."""
    day_slot, items_slot = collection_days(simulation)[2], collected_by_slot(simulation)[2]
    amounts = sum(items_slot.values(), np.zeros_like(simulation.premium))
    found = []
    for at in range(len(simulation.months)):
        for number in range(UNREACHED_PER_MONTH):
            unit = int(simulation.chance[number, at, 45] * len(simulation.units))
            day = day_slot[unit, at]
            cleared = shifted(np.array([day]), 2 + number * 3)[0]
            amount = int(amounts[unit, at]) // 20
            missing_at = _WHO_MISSES[number % len(_WHO_MISSES)]
            found.append(_Unreached(simulation.units[unit].code, missing_at, amount, day.item(), cleared.item()))
    return [item for item in found if item.amount and item.arose_on.year >= RECONCILED_FROM]


def _differences(simulation: Simulation) -> dict[tuple[str, date, str], int]:
    """How a department's total of a day differs from the ledger: (region, day, department) → fen."""
    differs: dict[tuple[str, date, str], int] = {}
    for item in _unreached(simulation):
        for day, amount in ((item.arose_on, -item.amount), (item.cleared_on, item.amount)):
            key = (item.region, day, item.missing_at)
            differs[key] = differs.get(key, 0) + amount
    rows = np.flatnonzero(simulation.codes == stories.RECONCILIATION_COUNTY)
    months = np.flatnonzero(simulation.yyyymm == stories.RECONCILIATION_MONTH)
    if len(rows) and len(months):
        unit, at = int(rows[0]), int(months[0])
        day = collection_days(simulation)[0][unit, at].item()
        collected = sum(int(amount[unit, at]) for amount in collected_by_slot(simulation)[0].values())
        key = (stories.RECONCILIATION_COUNTY, day, "treasury")
        differs[key] = differs.get(key, 0) - int(collected * stories.RECONCILIATION_SHORT)
    return differs


def unreached_items(scheme: str, since: date | None, until: date) -> Table:
    """未达账项 that arose or were cleared after ``since`` (None: ever) and up to ``until``; open ones have no day."""
    rows: list[Row] = []
    if until.year >= RECONCILED_FROM:
        simulation = simulated(scheme, *_reconciled_months(since, until))
        for item in _unreached(simulation):
            cleared = item.cleared_on if item.cleared_on <= until else None
            newest = cleared or item.arose_on
            if item.arose_on <= until and (since is None or newest > since):
                ref = f"{scheme}.{item.arose_on:%Y%m%d}.{item.region}.{item.missing_at}"
                reason = "入账凭证次日送达"
                rows.append(
                    (scheme, ref, item.region, "tax", item.missing_at, item.amount, reason, item.arose_on, cleared)
                )
    columns = ("scheme", "ref", "region", "recorded_by", "missing_at", "amount_fen", "reason", "arose_on", "cleared_on")
    return Table("unreached_item", columns, tuple(rows))
