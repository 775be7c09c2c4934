"""The simulated ledger: monthly amounts become entries with business days, booking times and sources."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demonstration.world import calibration as c, stories
from demonstration.world.days import Days, first_days, on_or_before, shifted
from demonstration.world.deposits import term_deposits
from demonstration.world.entries import Entries, office_hours, utc_seconds
from demonstration.world.legacy import legacy_movements
from demonstration.world.premium import write_late_entries, write_premium
from demonstration.world.simulation import Fen, Simulation, fen
from demonstration.world.spending import write_spending
from rules.scheme import load_scheme


def months_between(first: date, last: date) -> NDArray[np.datetime64]:
    """Months from the quarter of ``first`` to the month after ``last``: whoever pays early does so then."""
    start = np.datetime64(date(first.year, (first.month - 1) // 3 * 3 + 1, 1), "M")
    return np.arange(start, np.datetime64(last, "M") + 2)


@lru_cache(maxsize=1)  # asked again for the reports of what it holds
def entries_between(scheme: str, since: datetime, until: datetime) -> dict[str, NDArray[Any]]:
    """Every entry of a scheme booked after ``since`` and up to ``until`` (aware instants), as columns in booking order.

    Columns: region, item, movement, business_date (datetime64[D]), booked_at (UTC, datetime64[s]), amount_fen, source,
    source_ref, corrects (None or the reference). Empty when nothing was booked.
    """
    window = (utc_seconds(since), utc_seconds(until))
    first = max(date(c.FIRST_YEAR, 1, 1), (window[0] - np.timedelta64(130, "D")).astype("datetime64[D]").item())
    profile = load_scheme(scheme)
    simulation = Simulation(scheme, profile.province, months_between(first, until.date()))
    entries = Entries(scheme, window)
    for write in (write_premium, _local_income, write_spending, _province, _deposits, _legacy, write_late_entries):
        write(simulation, entries)
    return entries.columns()


def _local_income(simulation: Simulation, entries: Entries) -> None:
    """地方入户 by quarter, handed up 地方上划 in the month after."""
    amounts = local_income(simulation)
    regions, cycles = simulation.codes[:, None], simulation.yyyymm[None, :]
    days = on_or_before(first_days(simulation.months) + np.timedelta64(20, "D"))[None, :]
    for number, (item, amount) in enumerate(amounts.items()):
        clock = office_hours(simulation, 24 + number)
        entries.add("local_receive", item, regions, days, clock, amount, cycles=cycles, slot="1")
    total = sum(amounts.values(), np.zeros_like(simulation.premium))
    ninth = (first_days(simulation.months + 1) + np.timedelta64(9, "D"))[None, :]
    late = np.array([unit.city == stories.QUARTERLY_LATE_CITY for unit in simulation.units])[:, None]
    late = late & (simulation.yyyymm[None, :] == stories.QUARTERLY_LATE)
    handed_up = on_or_before(np.where(late, ninth + np.timedelta64(stories.QUARTERLY_LATE_DAYS, "D"), ninth))
    entries.add("local_pool", "", regions, handed_up, office_hours(simulation, 27), total, cycles=cycles, slot="1")


def local_income(simulation: Simulation) -> dict[str, Fen]:
    """Income that reaches the local fiscal account, by item, [unit, month]."""
    of = simulation.calibration
    wanted = {
        "transfer_in": (of.transfer_in, c.QUARTERS),
        "other_income": (of.other, (6, 12)),
    }
    return {item: simulation.small(yi, 28, months=months, draws=False) for item, (yi, months) in wanted.items() if yi}


def _province(simulation: Simulation, entries: Entries) -> None:
    """What the province manages: subsidies, interest, yields, adjustment and entrusted money, the reserve."""
    for number, flow in enumerate(simulation.calibration.flows):
        level = (1 + flow.growth) ** (simulation.years - c.FIRST_YEAR)
        due = np.isin(simulation.month_of_year, flow.months)
        noise = 1 + (simulation.chance[0, :, 46] - 0.5) * 0.01
        amount = fen(flow.yi / len(flow.months) * level * due * noise)
        day = on_or_before(first_days(simulation.months) + np.timedelta64(14 + 2 * number, "D"))
        _on_province(simulation, entries, flow.movement, flow.item, day, amount, f"{number + 1}")
    of = simulation.calibration
    tenth = on_or_before(first_days(simulation.months) + np.timedelta64(9, "D"))
    march = np.where(simulation.month_of_year == 3, int(fen(of.entrusted_yearly)), 0)
    _on_province(simulation, entries, "entrust", "", shifted(tenth, 5), march, "1")
    if of.reserve:
        yearly = np.where(simulation.month_of_year == 1, int(fen(of.reserve_yearly)), 0)
        _on_province(simulation, entries, "reserve_in", "", shifted(tenth, 3), yearly, "1")


def _deposits(simulation: Simulation, entries: Entries) -> None:
    """定期到期 and 转存定期."""
    first = date(c.FIRST_YEAR, 1, 1)
    made = term_deposits(simulation.scheme, (simulation.months[-1] + 1).astype("M8[D]").item())
    for movement, told in (("mature", made), ("deposit", tuple(one for one in made if one.starts_on >= first))):
        days = [one.matures_on if movement == "mature" else one.starts_on for one in told]
        for one, day in zip(told, days, strict=True):
            entries.add(
                movement,
                "",
                np.array([simulation.province]),
                np.array([day], dtype="datetime64[D]"),
                14 * 3600,
                np.array([one.amount], dtype=np.int64),
                cycles=np.array([day.year * 100 + day.month]),
                slot=f"{one.place:02d}",
            )


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
            movement,
            "",
            np.array([region]),
            on_or_before(np.array([day], dtype="datetime64[D]")),
            11 * 3600,
            np.array([amount], dtype=np.int64),
            cycles=cycles,
            slot="1",
        )
