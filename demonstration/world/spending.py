"""Spending: 拨付 → 拨付到支出户 → 发放, and what comes back."""

from __future__ import annotations

from datetime import date

import numpy as np

from demonstration.world import calibration as c, stories
from demonstration.world.days import Days, first_days, on_or_before, shifted
from demonstration.world.entries import Entries, office_hours
from demonstration.world.simulation import Fen, Simulation, fen
from rules.movements import Account
from rules.scheme import load_scheme

WAN_FEN = 1_000_000
# The benefits themselves by leaf item, with the share of each.
BENEFIT_ITEMS = {
    "pension": {"pension": 1.0},
    "work_injury": {"benefit_disability": 0.46, "benefit_medical": 0.32, "benefit_death": 0.22},
}


def benefit_items(fund: str, amounts: Fen) -> dict[str, Fen]:
    """Benefits by leaf item; together they are ``amounts`` to the fen."""
    shares = BENEFIT_ITEMS[fund]
    found = {item: np.rint(amounts * share).astype(np.int64) for item, share in shares.items()}
    first = next(iter(shares))
    found[first] = found[first] + amounts - sum(found.values(), np.zeros_like(amounts))
    return found


def small_spending(simulation: Simulation) -> dict[str, Fen]:
    """Spending beside the benefits themselves, by item, [unit, month]."""
    of = simulation.calibration
    every_month = tuple(range(1, 13))
    wanted = {
        "transfer_out": (of.transfer_out, every_month if of.fund == "pension" else c.QUARTERS),
        "other_expenditure": (of.other, c.QUARTERS),
    }
    found = {"death_benefit": simulation.death_benefit} if of.fund == "pension" else {}
    found |= {
        item: fen(simulation.benefit_expected * share * simulation.noise(30 + 2 * number))
        for number, (item, share) in enumerate(of.beside.items())
    }
    return found | {
        item: simulation.small(yi, 32 + 2 * number, months=months, draws=True)
        for number, (item, (yi, months)) in enumerate(wanted.items())
        if yi
    }


def _not_before_the_ledger(days: Days) -> Days:
    return np.maximum(days, np.datetime64(f"{c.FIRST_YEAR}-01-04"))


def requested(simulation: Simulation) -> tuple[Fen, Fen]:
    """What each unit needs of the month, [unit, month]: for what it pays every month, and for the back pay. Asked for by the
    ten thousand yuan; the remainder lies in the expenditure account until the quarter's end."""
    small = small_spending(simulation)
    paid = simulation.benefit + sum(small.values(), np.zeros_like(simulation.benefit))
    return -(-paid // WAN_FEN) * WAN_FEN, -(-simulation.back_pay // WAN_FEN) * WAN_FEN


def _pay_days(simulation: Simulation) -> Days:
    day = load_scheme(simulation.scheme).parameter("paying_day", date(c.FIRST_YEAR, 1, 1)).value
    return on_or_before(first_days(simulation.months) + np.timedelta64(int(str(day)) - 1, "D"))[None, :]


def write_spending(simulation: Simulation, entries: Entries) -> None:
    """拨付 → 拨付到支出户 → 发放, the back pay of July apart; what is left over goes back 退回 each quarter.

    Where all is paid out of one expenditure account at the province, money is disbursed straight into it.
    """
    regions, cycles = simulation.codes[:, None], simulation.yyyymm[None, :]
    fund = simulation.calibration.fund
    paid_on = _pay_days(simulation)
    second = np.rint(simulation.benefit * 0.03).astype(np.int64)
    small = small_spending(simulation)
    paid = simulation.benefit + sum(small.values(), np.zeros_like(second))
    first = benefit_items(fund, simulation.benefit)
    main = next(iter(first))
    first[main] = first[main] - second
    payments = [(item, "1", paid_on, amount) for item, amount in first.items()]
    payments.append((main, "2", shifted(paid_on, 4), second))
    payments += [(item, "1", shifted(paid_on, 7), amount) for item, amount in small.items()]
    payments.append((main, "back", shifted(paid_on, 9), simulation.back_pay))
    for number, (item, slot, days, amount) in enumerate(payments):
        clock = office_hours(simulation, 36 + number % 6, 8.5, 12)
        entries.add("pay", item, regions, _not_before_the_ledger(days), clock, amount, cycles=cycles, slot=slot)
    asked, back = requested(simulation)
    # Around long holidays the money comes just before it is paid out, never in the month before.
    opens = shifted(first_days(simulation.months) - np.timedelta64(1, "D"), 1)[None, :]
    for slot, ahead, amount in (("1", -5, asked), ("back", 5, back)):
        day = np.maximum(_not_before_the_ledger(shifted(paid_on, ahead)), opens)
        entries.add("disburse", "", regions, day, 8 * 3600 + 1800, amount, cycles=cycles, slot=slot)
        arrives = np.maximum(_not_before_the_ledger(shifted(paid_on, ahead + 2)), shifted(opens, 1))
        _arrive(simulation, entries, arrives, amount, slot)
    recovered = _recovered(simulation)
    recovered_on = on_or_before(first_days(simulation.months) + np.timedelta64(22, "D"))[None, :]
    entries.add(
        "recover", main, regions, recovered_on, office_hours(simulation, 43), recovered, cycles=cycles, slot="1"
    )
    _return_surplus(simulation, entries, asked + back + recovered - paid - simulation.back_pay)


def _arrive(simulation: Simulation, entries: Entries, days: Days, amount: Fen, slot: str) -> None:
    """拨付到支出户; of some units a part comes days after the paying day. Where the province pays into the expenditure account
    itself there is no such step."""
    if load_scheme(simulation.scheme).disburse_account == Account.EXPENDITURE:
        return
    behind, after = np.zeros_like(amount), np.zeros(amount.shape, dtype=np.int64)
    for scheme, region, month, working_days in stories.LATE_MONEY:
        if scheme == simulation.scheme and slot == "1":
            at = np.ix_(simulation.codes == region, simulation.yyyymm == month)
            behind[at] = amount[at] // stories.LATE_PART // WAN_FEN * WAN_FEN
            after[at] = working_days
    regions, cycles = simulation.codes[:, None], simulation.yyyymm[None, :]
    clock = office_hours(simulation, 42, 9, 11)
    came, late = amount - behind, shifted(_pay_days(simulation), after)
    entries.add("local_disburse", "", regions, days, clock, came, cycles=cycles, slot=slot)
    entries.add("local_disburse", "", regions, late, clock, behind, cycles=cycles, slot="late")


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
