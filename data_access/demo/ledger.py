"""The simulated ledger: monthly amounts become entries with business days, booking times and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_access.demo import calibration as c
from data_access.demo import stories
from data_access.demo.days import Days, at_share, first_days, on_or_before, shifted
from data_access.demo.legacy import legacy_movements
from data_access.demo.simulation import Fen, Simulation, fen
from rules.scheme import load_scheme

COLUMNS = (
    "scheme", "region", "item", "movement", "business_date", "month", "booked_at", "amount_fen", "source", "source_ref",
    "corrects",
)  # fmt: skip
DEPARTMENT = {
    "collect": "tax",
    "pool": "treasury",
    "local_disburse": "agency",
    "pay": "agency",
    "recover": "agency",
    "return": "agency",
}  # every other movement is booked by the fiscal side
LOCAL_ZONE = np.timedelta64(8, "h")  # Asia/Shanghai has had no summer time since 1991
LEVEL_SHARES = (0.39, 0.27, 0.19, 0.12)  # premium of a month by collection day; the rest comes in on line
POOL_SLOTS = len(LEVEL_SHARES) + 1
DOUBLED_SLOT = 3
DAILY_SLOTS = 23  # as many as a month has working days at most
WAN_FEN = 1_000_000
# Premium items beside the main one: collection day, months (empty = all), share of the month.
SIDE_ITEMS: dict[str, tuple[tuple[str, int, tuple[int, ...], float], ...]] = {
    "pension": (
        ("premium_backpaid", 1, (), 0.03),
        ("premium_arrears", 3, (3, 9), 0.03),
        ("premium_arrears", 3, (6, 12), 0.07),
        ("premium_prepaid", 2, (11,), 0.03),
        ("premium_prepaid", 2, (12,), 0.08),
    ),
    "work_injury": (("lump_premium", 2, (5, 11), 0.12),),
}
MAIN_ITEM = {"pension": "premium_current", "work_injury": "premium"}
BENEFIT_ITEM = {"pension": "pension", "work_injury": "benefit"}


@dataclass
class Entries:
    """Ledger entries as columns; ``window`` keeps those booked after its first and up to its second instant (UTC)."""

    scheme: str
    window: tuple[np.datetime64, np.datetime64]
    chunks: list[dict[str, NDArray[Any]]] = field(default_factory=list)

    def add(
        self,
        movement: str,
        item: str,
        regions: NDArray[np.str_],
        days: Days,
        seconds: NDArray[np.int64] | int,
        amounts: Fen,
        *,
        cycles: NDArray[np.int64],
        slot: str,
        booked_on: Days | None = None,
        corrects: NDArray[np.str_] | None = None,
    ) -> None:
        """Add entries, all arrays of one shape or broadcast to that of ``amounts``; empty amounts are left out.

        ``cycles`` (yyyymm of the month whose turn it is) and ``slot`` make the reference unique.
        """
        shape = amounts.shape
        flat = [np.broadcast_to(a, shape).reshape(-1) for a in (regions, days, seconds, cycles)]
        day_booked = flat[1] if booked_on is None else np.broadcast_to(booked_on, shape).reshape(-1)
        booked = day_booked.astype("datetime64[s]") + flat[2].astype("timedelta64[s]") - LOCAL_ZONE
        amount = amounts.reshape(-1)
        keep = (amount != 0) & (booked > self.window[0]) & (booked <= self.window[1])
        if not keep.any():
            return
        region, day, _, cycle = (a[keep] for a in flat)
        prefix = f"{movement}.{item}." if item else f"{movement}."
        refs = [f"{prefix}{month}.{code}.{slot}" for month, code in zip(cycle.tolist(), region.tolist(), strict=True)]
        source = np.full(len(refs), f"{self.scheme}-{DEPARTMENT.get(movement, 'fiscal')}", dtype=object)
        if DEPARTMENT.get(movement) == "tax":
            source[region == stories.SILENT_COUNTY] = stories.SILENT_SOURCE
        none = np.full(len(refs), None, dtype=object)
        self.chunks.append(
            {
                "region": region.astype(object),
                "item": np.full(len(refs), item, dtype=object),
                "movement": np.full(len(refs), movement, dtype=object),
                "business_date": day,
                "booked_at": booked[keep],
                "amount_fen": amount[keep],
                "source": source,
                "source_ref": np.array([f"{self.scheme}.{ref}" for ref in refs], dtype=object),
                "corrects": none if corrects is None else corrects.reshape(-1)[keep].astype(object),
            }
        )

    def columns(self) -> dict[str, NDArray[Any]]:
        """All entries in booking order, by column name."""
        if not self.chunks:
            return {}
        whole = {name: np.concatenate([chunk[name] for chunk in self.chunks]) for name in self.chunks[0]}
        order = np.lexsort((whole["source_ref"].astype(str), whole["booked_at"]))
        return {name: values[order] for name, values in whole.items()}


def months_between(first: date, last: date) -> NDArray[np.datetime64]:
    """Months from the quarter of ``first`` to the month after ``last``: whoever pays early does so then."""
    start = np.datetime64(date(first.year, (first.month - 1) // 3 * 3 + 1, 1), "M")
    return np.arange(start, np.datetime64(last, "M") + 2)


def entries_between(scheme: str, since: datetime, until: datetime) -> dict[str, NDArray[Any]]:
    """Every entry of a scheme booked after ``since`` and up to ``until`` (aware instants), as columns in booking order.

    Columns: region, item, movement, business_date (datetime64[D]), booked_at (UTC, datetime64[s]), amount_fen, source,
    source_ref, corrects (None or the reference). Empty when nothing was booked.
    """
    window = (_utc(since), _utc(until))
    first = max(date(c.FIRST_YEAR, 1, 1), (window[0] - np.timedelta64(130, "D")).astype("datetime64[D]").item())
    profile = load_scheme(scheme)
    simulation = Simulation(scheme, profile.province, months_between(first, until.date()))
    entries = Entries(scheme, window)
    for write in (_premium, _local_income, _spending, _province, _legacy, _late_entries):
        write(simulation, entries)
    return entries.columns()


def _utc(instant: datetime) -> np.datetime64:
    return np.datetime64(int(instant.timestamp()), "s")


def _clock(simulation: Simulation, column: int, opens: float = 9.0, closes: float = 17.5) -> NDArray[np.int64]:
    """Seconds after midnight, by chance within office hours."""
    return ((opens + simulation.chance[:, :, column] * (closes - opens)) * 3600).astype(np.int64)


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
    for item, slot, months, share in SIDE_ITEMS[fund]:
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


def _premium(simulation: Simulation, entries: Entries) -> None:
    """征收入库 and 归集."""
    regions = simulation.codes[:, None]
    cycles = simulation.yyyymm[None, :]
    slow = (simulation.codes == stories.SLOW_POOLING_COUNTY)[:, None] & (simulation.yyyymm >= stories.SLOW_POOLING_FROM)
    days_by_slot, amounts_by_slot = collection_days(simulation), collected_by_slot(simulation)
    for slot, (days, items) in enumerate(zip(days_by_slot, amounts_by_slot, strict=True)):
        online = slot == POOL_SLOTS - 1
        clock = _clock(simulation, 9 + slot, 0.2, 23.8) if online else _clock(simulation, 9 + slot)
        for item, amount in items.items():
            entries.add("collect", item, regions, days, clock, amount, cycles=cycles, slot=str(slot + 1))
        lag = np.where(slow, stories.SLOW_POOLING_DAYS, 1 + (simulation.chance[:, :, 14 + slot] < 0.35))
        total = sum(items.values(), np.zeros_like(simulation.premium))
        entries.add(
            "pool", "", regions, shifted(days, lag), _clock(simulation, 19 + slot, 14, 17), total,
            cycles=cycles, slot=str(slot + 1),
        )  # fmt: skip
    for number, (days, amount) in enumerate(zip(daily_days(simulation), daily_premium(simulation), strict=True)):
        slot_name, clock = f"day-{number + 1}", _clock(simulation, 9 + number % POOL_SLOTS)
        main = MAIN_ITEM[simulation.calibration.fund]
        entries.add("collect", main, regions, days[None, :], clock, amount, cycles=cycles, slot=slot_name)
        entries.add(
            "pool", "", regions, shifted(days, 1)[None, :], 15 * 3600, amount, cycles=cycles, slot=slot_name
        )  # fmt: skip
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
                "collect", item, region, reversed_on, 10 * 3600, -amount, cycles=cycles, slot="reversal", corrects=doubled
            )


def opening_treasury(simulation: Simulation) -> Fen:
    """In the treasury when the ledger begins, by unit: the last collections of the year before."""
    return fen(simulation.premium_expected[:, 0] * 0.08)


def _starts_the_ledger(simulation: Simulation) -> bool:
    return int(simulation.yyyymm[0]) == c.FIRST_YEAR * 100 + 1


def _pool_opening(simulation: Simulation, entries: Entries) -> None:
    if _starts_the_ledger(simulation):
        days = shifted(np.full(len(simulation.codes), np.datetime64(f"{c.FIRST_YEAR}-01-01")), 2)
        amounts = opening_treasury(simulation)
        entries.add("pool", "", simulation.codes, days, 15 * 3600, amounts, cycles=simulation.yyyymm[:1], slot="opening")


def _local_income(simulation: Simulation, entries: Entries) -> None:
    """地方入户 by quarter, handed up 地方上划 in the month after."""
    amounts = local_income(simulation)
    regions, cycles = simulation.codes[:, None], simulation.yyyymm[None, :]
    days = on_or_before(first_days(simulation.months) + np.timedelta64(20, "D"))[None, :]
    for number, (item, amount) in enumerate(amounts.items()):
        clock = _clock(simulation, 24 + number)
        entries.add("local_receive", item, regions, days, clock, amount, cycles=cycles, slot="1")
    total = sum(amounts.values(), np.zeros_like(simulation.premium))
    handed_up = on_or_before(first_days(simulation.months + 1) + np.timedelta64(9, "D"))[None, :]
    entries.add("local_pool", "", regions, handed_up, _clock(simulation, 27), total, cycles=cycles, slot="1")


def local_income(simulation: Simulation) -> dict[str, Fen]:
    """Income that reaches the local fiscal account, by item, [unit, month]."""
    of = simulation.calibration
    wanted = {
        "transfer_in": (of.transfer_in, c.QUARTERS),
        "other_income": (of.other, (6, 12)),
    }
    return {
        item: simulation.small(yi, 28, months=months, draws=False) for item, (yi, months) in wanted.items() if yi
    }


def small_spending(simulation: Simulation) -> dict[str, Fen]:
    """Spending beside the benefits themselves, by item, [unit, month]."""
    of = simulation.calibration
    every_month = tuple(range(1, 13))
    wanted = {
        "death_benefit": (of.death_benefit, every_month),
        "transfer_out": (of.transfer_out, every_month if of.fund == "pension" else c.QUARTERS),
        "other_expenditure": (of.other, c.QUARTERS),
    }
    return {
        item: simulation.small(yi, 30 + 2 * number, months=months, draws=True)
        for number, (item, (yi, months)) in enumerate(wanted.items())
        if yi
    }


def _not_before_the_ledger(days: Days) -> Days:
    return np.maximum(days, np.datetime64(f"{c.FIRST_YEAR}-01-04"))


def _pay_days(simulation: Simulation) -> Days:
    day = load_scheme(simulation.scheme).parameter("paying_day", date(c.FIRST_YEAR, 1, 1)).value
    return on_or_before(first_days(simulation.months) + np.timedelta64(int(str(day)) - 1, "D"))[None, :]


def _spending(simulation: Simulation, entries: Entries) -> None:
    """拨付 → 拨付到支出户 → 发放, the back pay of July apart; what is left over goes back 退回 each quarter."""
    regions, cycles = simulation.codes[:, None], simulation.yyyymm[None, :]
    benefit = BENEFIT_ITEM[simulation.calibration.fund]
    paid_on = _pay_days(simulation)
    second = np.rint(simulation.benefit * 0.03).astype(np.int64)
    small = small_spending(simulation)
    paid = simulation.benefit + sum(small.values(), np.zeros_like(second))
    payments = [(benefit, "1", paid_on, simulation.benefit - second), (benefit, "2", shifted(paid_on, 4), second)]
    payments += [(item, "1", shifted(paid_on, 7), amount) for item, amount in small.items()]
    payments.append((benefit, "back", shifted(paid_on, 9), simulation.back_pay))
    for number, (item, slot, days, amount) in enumerate(payments):
        clock = _clock(simulation, 36 + number, 8.5, 12)
        entries.add("pay", item, regions, _not_before_the_ledger(days), clock, amount, cycles=cycles, slot=slot)
    # Asked for by the ten thousand yuan; the remainder lies in the expenditure account until the quarter's end.
    asked = -(-paid // WAN_FEN) * WAN_FEN
    back = -(-simulation.back_pay // WAN_FEN) * WAN_FEN
    for slot, ahead, amount in (("1", -5, asked), ("back", 5, back)):
        day = _not_before_the_ledger(shifted(paid_on, ahead))
        arrives = _not_before_the_ledger(shifted(paid_on, ahead + 2))
        entries.add("disburse", "", regions, day, 8 * 3600 + 1800, amount, cycles=cycles, slot=slot)
        clock = _clock(simulation, 42, 9, 11)
        entries.add("local_disburse", "", regions, arrives, clock, amount, cycles=cycles, slot=slot)
    recovered = _recovered(simulation)
    recovered_on = on_or_before(first_days(simulation.months) + np.timedelta64(22, "D"))[None, :]
    entries.add("recover", benefit, regions, recovered_on, _clock(simulation, 43), recovered, cycles=cycles, slot="1")
    _return_surplus(simulation, entries, asked + back + recovered - paid - simulation.back_pay)


def _recovered(simulation: Simulation) -> Fen:
    """Overpayments that come back: now and then ten to fifty thousand yuan."""
    chance = simulation.chance
    amount = np.rint((1 + 4 * chance[:, :, 45]) * WAN_FEN).astype(np.int64)
    return np.where(chance[:, :, 44] < 0.03, amount, 0)


def _return_surplus(simulation: Simulation, entries: Entries, surplus: Fen) -> None:
    quarter_end = np.flatnonzero(simulation.month_of_year % 3 == 0)
    sums = np.stack([surplus[:, at - 2 : at + 1].sum(axis=1) for at in quarter_end], axis=1)
    days = on_or_before(first_days(simulation.months[quarter_end]) + np.timedelta64(26, "D"))[None, :]
    cycles = simulation.yyyymm[quarter_end][None, :]
    entries.add("return", "", simulation.codes[:, None], days, 16 * 3600, sums, cycles=cycles, slot="1")


def _province(simulation: Simulation, entries: Entries) -> None:
    """What the province manages: subsidies, interest, yields, adjustment money, deposits, entrusted money, the reserve."""
    for number, flow in enumerate(simulation.calibration.flows):
        level = (1 + flow.growth) ** (simulation.years - c.FIRST_YEAR)
        due = np.isin(simulation.month_of_year, flow.months)
        noise = 1 + (simulation.chance[0, :, 46] - 0.5) * 0.01
        amount = fen(flow.yi / len(flow.months) * level * due * noise)
        day = on_or_before(first_days(simulation.months) + np.timedelta64(14 + 2 * number, "D"))
        _on_province(simulation, entries, flow.movement, flow.item, day, amount, f"{number + 1}")
    of = simulation.calibration
    tenth = on_or_before(first_days(simulation.months) + np.timedelta64(9, "D"))
    tranche = np.full(len(simulation.months), int(fen(of.deposit_tranche)))
    _on_province(simulation, entries, "mature", "", tenth, tranche, "1")
    _on_province(simulation, entries, "deposit", "", shifted(tenth, 1), tranche, "1")
    march = np.where(simulation.month_of_year == 3, int(fen(of.entrusted_yearly)), 0)
    _on_province(simulation, entries, "entrust", "", shifted(tenth, 5), march, "1")
    if of.reserve:
        yearly = np.where(simulation.month_of_year == 1, int(fen(of.premium * 0.02)), 0)
        _on_province(simulation, entries, "reserve_in", "", shifted(tenth, 3), yearly, "1")


def _on_province(
    simulation: Simulation, entries: Entries, movement: str, item: str, days: Days, amounts: Fen, slot: str
) -> None:
    region = np.full(len(simulation.months), simulation.province)
    entries.add(movement, item, region, days, 14 * 3600, amounts, cycles=simulation.yyyymm, slot=slot)


def _legacy(simulation: Simulation, entries: Entries) -> None:
    """历年结余上解: Jiangsu evenly by quarter to the end of 2025; what lay in term deposits when they mature."""
    for movement, region, day, amount in legacy_movements(simulation.scheme):
        cycles = np.array([day.year * 100 + day.month])
        entries.add(
            movement, "", np.array([region]), on_or_before(np.array([day], dtype="datetime64[D]")), 11 * 3600,
            np.array([amount], dtype=np.int64), cycles=cycles, slot="1",
        )  # fmt: skip


def _late_entries(simulation: Simulation, entries: Entries) -> None:
    """Back payments found after the close: business day in the closed month, booked in the middle of the next one."""
    if simulation.calibration.fund != "pension":
        return
    for number in range(2):
        late = np.zeros_like(simulation.premium)
        unit = (simulation.chance[0, :, 47] * len(simulation.codes)).astype(np.int64) * (1 + number) % len(simulation.codes)
        at = np.arange(len(simulation.months))
        late[unit, at] = np.rint(simulation.premium[unit, at] * 0.004).astype(np.int64)
        days = on_or_before(first_days(simulation.months + 1) - np.timedelta64(2, "D"))[None, :]
        booked = on_or_before(first_days(simulation.months + 1) + np.timedelta64(12 + 3 * number, "D"))[None, :]
        regions, cycles = simulation.codes[:, None], simulation.yyyymm[None, :]
        slot = f"late-{number + 1}"
        entries.add(
            "collect", "premium_backpaid", regions, days, 10 * 3600, late, cycles=cycles, slot=slot, booked_on=booked
        )
        entries.add(
            "pool", "", regions, shifted(booked, 1), 15 * 3600, late, cycles=cycles, slot=slot
        )
