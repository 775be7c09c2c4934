"""Premiums: 征收入库 by the payers and 归集 into the provincial account, with the stories that touch them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from demonstration.world import calibration as c, stories
from demonstration.world.days import Days, at_share, first_days, on_or_before, shifted
from demonstration.world.entries import Entries, office_hours
from demonstration.world.simulation import Fen, Simulation, fen
from rules.month import Month

LEVEL_SHARES = (0.39, 0.27, 0.19, 0.12)  # premium of a month by collection day; the rest comes in on line
POOL_SLOTS = len(LEVEL_SHARES) + 1
DOUBLED_SLOT = 0
DAILY_SLOTS = 23  # as many as a month has working days at most
MAIN_ITEM = {"pension": "premium_current", "work_injury": "premium"}


def collection_days(simulation: Simulation) -> list[Days]:
    """The business days of each collection slot, [unit, month]; the last slot is on line: any day, any hour."""
    chance = simulation.chance
    slots = []
    for slot, (start, width) in enumerate(((0.02, 0.20), (0.28, 0.18), (0.48, 0.18), (0.66, 0.30))):
        share = start + width * chance[:, :, 4 + slot]
        late = (simulation.codes == stories.LATE_COUNTY)[:, None] & (simulation.yyyymm >= stories.LATE_COUNTY_FROM)
        days = at_share(simulation.months, share)
        slots.append(np.where(late, shifted(days, round(stories.LATE_SHARE * 21)), days))
    slots.append(first_days(simulation.months) + (chance[:, :, 8] * 26).astype("timedelta64[D]"))
    return slots


def collected_by_slot(simulation: Simulation) -> list[dict[str, Fen]]:
    """What is collected in each slot by item, [unit, month]; the sum is the month's premium to the fen."""
    fund = simulation.calibration.fund
    slots: list[dict[str, Fen]] = [{} for _ in range(POOL_SLOTS)]
    rest = simulation.premium.copy()
    for item, slot, months, share in c.SIDE_ITEMS[fund]:
        due = np.isin(simulation.month_of_year, months) if months else np.ones(len(simulation.months), dtype=bool)
        amount = np.where(due, np.rint(simulation.premium * share).astype(np.int64), 0)
        slots[slot][item] = slots[slot].get(item, 0) + amount
        rest = rest - amount
    main = MAIN_ITEM[fund]
    rest = rest - daily_premium(simulation).sum(axis=0)
    left = rest.copy()
    for slot, share in enumerate(LEVEL_SHARES):
        slots[slot][main] = np.rint(rest * share).astype(np.int64)
        left = left - slots[slot][main]
    slots[-1][main] = left
    return slots


def daily_premium(simulation: Simulation) -> Fen:
    """[slot, unit, month]: what the unit with a system of its own collects day by day; nothing for all others."""
    amounts = np.zeros((DAILY_SLOTS, *simulation.premium.shape), dtype=np.int64)
    own = simulation.codes == stories.SILENT_COUNTY
    amounts[:, own, :] = np.rint(simulation.premium[own] * 0.75 / DAILY_SLOTS).astype(np.int64)
    return amounts


def daily_days(simulation: Simulation) -> list[Days]:
    """The business days of the daily slots, [month]: every working day of a month at least once."""
    shares = (np.arange(DAILY_SLOTS) + 0.5) / DAILY_SLOTS
    return list(at_share(simulation.months, shares[:, None]))


def write_premium(simulation: Simulation, entries: Entries) -> None:
    """征收入库 and 归集."""
    regions = simulation.codes[:, None]
    cycles = simulation.yyyymm[None, :]
    slow = (simulation.codes == stories.SLOW_POOLING_COUNTY)[:, None] & (simulation.yyyymm >= stories.SLOW_POOLING_FROM)
    days_by_slot, amounts_by_slot = collection_days(simulation), collected_by_slot(simulation)
    for slot, (days, items) in enumerate(zip(days_by_slot, amounts_by_slot, strict=True)):
        online = slot == POOL_SLOTS - 1
        clock = office_hours(simulation, 9 + slot, 0.2, 23.8) if online else office_hours(simulation, 9 + slot)
        for item, amount in items.items():
            entries.add("collect", item, regions, days, clock, amount, cycles=cycles, slot=str(slot + 1))
        lag = np.where(slow, stories.SLOW_POOLING_DAYS, 1 + (simulation.chance[:, :, 14 + slot] < 0.35))
        total = sum(items.values(), np.zeros_like(simulation.premium))
        entries.add(
            "pool",
            "",
            regions,
            shifted(days, lag),
            office_hours(simulation, 19 + slot, 14, 17),
            total,
            cycles=cycles,
            slot=str(slot + 1),
        )
    for number, (days, amount) in enumerate(zip(daily_days(simulation), daily_premium(simulation), strict=True)):
        slot_name, clock = f"day-{number + 1}", office_hours(simulation, 9 + number % POOL_SLOTS)
        main = MAIN_ITEM[simulation.calibration.fund]
        entries.add("collect", main, regions, days[None, :], clock, amount, cycles=cycles, slot=slot_name)
        entries.add("pool", "", regions, shifted(days, 1)[None, :], 15 * 3600, amount, cycles=cycles, slot=slot_name)
    _double_postings(simulation, entries, days_by_slot[DOUBLED_SLOT], amounts_by_slot[DOUBLED_SLOT])
    _pool_opening(simulation, entries)


def _double_postings(simulation: Simulation, entries: Entries, days: Days, items: Mapping[str, Fen]) -> None:
    """The story of receipts booked twice: reversed after the close in some months, standing in others."""
    if simulation.scheme != "jiangsu-pension":
        return
    unit = int(np.flatnonzero(simulation.codes == stories.DOUBLE_POSTING_COUNTY)[0])
    item = MAIN_ITEM["pension"]
    for month in stories.DOUBLE_POSTING_CORRECTED + stories.DOUBLE_POSTING_STANDING:
        at = np.flatnonzero(simulation.yyyymm == month)
        if not len(at):
            continue
        amount, day, region = items[item][unit, at], days[unit, at], simulation.codes[[unit]]
        cycles = simulation.yyyymm[at]
        entries.add("collect", item, region, day, 17 * 3600 + 2400, amount, cycles=cycles, slot="again")
        if month in stories.DOUBLE_POSTING_CORRECTED:
            doubled = np.array([f"{simulation.scheme}.collect.{item}.{month}.{region[0]}.again"])
            reversed_on = shifted(first_days(simulation.months[at] + 1), 8)
            entries.add(
                "collect",
                item,
                region,
                reversed_on,
                10 * 3600,
                -amount,
                cycles=cycles,
                slot="reversal",
                corrects=doubled,
            )


def opening_treasury(simulation: Simulation) -> Fen:
    """In the treasury when the ledger begins, by unit: the last collections of the year before."""
    return fen(simulation.premium_expected[:, 0] * 0.08)


def _starts_the_ledger(simulation: Simulation) -> bool:
    return int(simulation.yyyymm[0]) == Month.at(c.FIRST_YEAR, 1)


def _pool_opening(simulation: Simulation, entries: Entries) -> None:
    if _starts_the_ledger(simulation):
        days = shifted(np.full(len(simulation.codes), np.datetime64(f"{c.FIRST_YEAR}-01-01")), 2)
        amounts = opening_treasury(simulation)
        entries.add(
            "pool", "", simulation.codes, days, 15 * 3600, amounts, cycles=simulation.yyyymm[:1], slot="opening"
        )


def write_late_entries(simulation: Simulation, entries: Entries) -> None:
    """Back payments found after the close: business day in the closed month, booked in the middle of the next one."""
    for number, (days, booked, late) in enumerate(late_premium(simulation)):
        regions, cycles = simulation.codes[:, None], simulation.yyyymm[None, :]
        slot = f"late-{number + 1}"
        entries.add(
            "collect", "premium_backpaid", regions, days, 10 * 3600, late, cycles=cycles, slot=slot, booked_on=booked
        )
        entries.add("pool", "", regions, shifted(booked, 1), 15 * 3600, late, cycles=cycles, slot=slot)


def late_premium(simulation: Simulation) -> Iterator[tuple[Days, Days, Fen]]:
    """Back payments found after the close: business day, day booked, and fen by unit and month."""
    if simulation.calibration.fund != "pension":
        return
    for number in range(2):
        late = np.zeros_like(simulation.premium)
        unit = (
            (simulation.chance[0, :, 47] * len(simulation.codes)).astype(np.int64)
            * (1 + number)
            % len(simulation.codes)
        )
        # December's come before the year is over: what is booked of a year stands in that year's books.
        at = np.flatnonzero(simulation.month_of_year < 12)
        unit = unit[at]
        late[unit, at] = np.rint(simulation.premium[unit, at] * (0.004 - 0.001 * number)).astype(np.int64)
        days = on_or_before(first_days(simulation.months + 1) - np.timedelta64(2, "D"))[None, :]
        booked = on_or_before(first_days(simulation.months + 1) + np.timedelta64(12 + 3 * number, "D"))[None, :]
        yield days, booked, late
