"""Indicators that rest on the ledger, plans and deposits, of the last three years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from data_access.books.funds import Deposit, LegacyDuty
from monitoring.indicators.figures import MONTHS, ComputedValue, Figures, kept_share
from rules.calendar import YEARS_AT_LEAST, YEARS_AT_MOST, closed_years, historical_share, month_end, year_to_date
from rules.deadlines import legacy_share_due, of_month
from rules.errors import NotInForce
from rules.indicators import INDICATORS
from rules.money import round_half_up
from rules.month import Month
from rules.movements import Account

# Those that come every month; what comes by the quarter or now and then has no usual size.
MONTHLY_ITEMS = ("premium", "pension", "benefit", "death_benefit")
DISBURSEMENT = "disbursement_day"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the month sums do not tell: balances owed, deposits, and by month when the last unit got its money."""

    duties: tuple[LegacyDuty, ...]
    deposits: tuple[Deposit, ...]
    disbursed: Mapping[int, date]


def has_item(figures: Figures, item: str) -> bool:
    return any(known.code == item for known in figures.scheme.items)


def prepaid(figures: Figures, region: str) -> Iterator[ComputedValue]:
    """预缴占比 against the mean of earlier years; only where the fund knows prepaid premium."""
    if not has_item(figures, "premium_prepaid"):
        return
    months = figures.months
    premium = year_to_date(months, figures.item(region, "premium"))
    early = year_to_date(months, figures.item(region, "premium_prepaid"))
    for index, month in figures.lately(region):
        usual = _usual_share(months, early, premium, index)
        value = INDICATORS["prepaid_share"].value(
            prepaid_fen=early[index],
            premium_fen=premium[index],
            usual_share=None if usual is None else kept_share(usual),
        )
        yield "prepaid_share", "", month, value


def _usual_share(months: Sequence[int], parts: Sequence[int], wholes: Sequence[int], index: int) -> Fraction | None:
    """The mean share by the same month of up to three earlier years that the ledger has from January; at least two."""
    shares = []
    for years in range(1, YEARS_AT_MOST + 1):
        at = index - MONTHS * years
        from_january = at - (Month(months[index]).number - 1) >= 0
        if from_january and wholes[at] > 0:
            shares.append(Fraction(parts[at], wholes[at]))
    return sum(shares, Fraction(0)) / len(shares) if len(shares) >= YEARS_AT_LEAST else None


def subsidy(figures: Figures, region: str) -> Iterator[ComputedValue]:
    """地方补助到位率差, in the years and regions for which local subsidy is budgeted."""
    if not has_item(figures, "subsidy_local"):
        return
    amounts = figures.item(region, "subsidy_local")
    received, years = year_to_date(figures.months, amounts), closed_years(figures.months, amounts, figures.as_of)
    for index, month in figures.lately(region):
        planned = figures.plans.adjusted(region, "subsidy_local", Month(month).year, month_end(month))
        if planned is None:
            continue
        share = historical_share(month, figures.as_of, years)
        value = INDICATORS["subsidy_arrival"].value(
            received_fen=received[index],
            planned_fen=planned,
            historical_share=None if share is None else kept_share(share),
            schedule_share=figures.schedule(month),
        )
        yield "subsidy_arrival", "", month, value


def accounts(figures: Figures, region: str) -> Iterator[ComputedValue]:
    """支出户结存月数; 储备金占比 of a province's work-injury fund."""
    expenditure = figures.expenditure(region)
    held = (
        figures.facts.account(region, Account.EXPENDITURE) + figures.facts.account(region, Account.CITY_EXPENDITURE)
    ).tolist()
    reserve = figures.facts.account(region, Account.RESERVE).tolist()
    has_reserve = region == figures.tree.root and "reserve_ratio" in figures.scheme.parameters
    for index, month in figures.lately(region):
        year = figures.last_12(expenditure, index)
        value = INDICATORS["expenditure_account_months"].value(account_fen=held[index], expenditure_12_fen=year)
        yield "expenditure_account_months", "", month, value
        if has_reserve:
            found = INDICATORS["reserve_ratio"].value(
                reserve_fen=reserve[index] if figures.facts.opened else None, expenditure_12_fen=year
            )
            yield "reserve_ratio", "", month, found


def legacy(figures: Figures, region: str, ledger: Ledger) -> Iterator[ComputedValue]:
    """历年结余上解进度差, of regions that owe any."""
    inside = set(figures.tree.subtree(region))
    duties = [duty for duty in ledger.duties if duty.region in inside]
    if not duties:
        return
    deposits = [one for one in ledger.deposits if one.region in inside and one.account == Account.LEGACY_DEPOSIT]
    handed, total = [], sum(duty.handed_before_fen for duty in duties)
    for amount in figures.moved(region, "legacy_transfer"):
        total += amount
        handed.append(total)
    for index, month in figures.lately(region):
        day = figures.day(month)
        if min(duty.as_of for duty in duties) >= day:
            continue
        value = INDICATORS["legacy_progress"].value(
            handed_fen=handed[index],
            owed_fen=sum(duty.owed_fen for duty in duties),
            unmatured_fen=sum(one.amount_fen for one in deposits if one.starts_on <= day < one.matures_on),
            due_share=kept_share(legacy_share_due(figures.scheme, day)),
        )
        yield "legacy_progress", "", month, value


def disbursement(figures: Figures, region: str, ledger: Ledger) -> Iterator[ComputedValue]:
    """拨付滞后天数, the province's own act; only where the profile sets a day."""
    if region != figures.tree.root or DISBURSEMENT not in figures.scheme.parameters:
        return
    for _index, month in figures.lately(region):
        try:
            deadlines = of_month(figures.scheme, month_end(month).replace(day=1))
        except NotInForce:
            continue
        due = next(deadline.on for deadline in deadlines if deadline.code == DISBURSEMENT)
        last = ledger.disbursed.get(month)
        value = INDICATORS["disbursement_delay"].value(
            disbursed_day=None if last is None else last.day, due_day=due.day
        )
        yield "disbursement_delay", "", month, value


def gaps(figures: Figures, region: str) -> Iterator[ComputedValue]:
    """一般性收支缺口: of the province as a whole, below it the sum over its units in deficit."""
    plans = figures.plans
    for _index, month in figures.lately(region):
        year, on = Month(month).year, month_end(month)
        units = (region,) if region == figures.tree.root else plans.units_of(region, year)
        if not units:
            continue
        sides = [(plans.total(unit, "income", year, on), plans.total(unit, "expenditure", year, on)) for unit in units]
        short = [max(0, out - into) for into, out in sides if into is not None and out is not None]
        gap = sum(short) if short else None
        yield "general_gap", "", month, INDICATORS["general_gap"].value(gap_fen=gap)
        value = INDICATORS["general_gap_share"].value(
            gap_fen=gap, expenditure_plan_fen=plans.total(region, "expenditure", year, on)
        )
        yield "general_gap_share", "", month, value


def anomalies(figures: Figures, region: str) -> Iterator[ComputedValue]:
    """异常波动 by item, from the thirty-seventh month of the ledger on."""
    for item in MONTHLY_ITEMS:
        if not has_item(figures, item):
            continue
        amounts = figures.item(region, item)
        expected = _expected(amounts)
        for index, month in figures.lately(region):
            # The running month is not whole yet.
            if index < 3 * MONTHS or month >= Month.of(figures.as_of):
                continue
            past = [
                amounts[at] - wanted for at in range(index - 3 * MONTHS, index) if (wanted := expected[at]) is not None
            ]
            value = INDICATORS["series_anomaly"].value(
                amount_fen=amounts[index],
                expected_fen=expected[index],
                spread_fen=median_deviation(past) if past else None,
            )
            yield "series_anomaly", item, month, value


def _expected(amounts: Sequence[int]) -> list[int | None]:
    """Same month last year × (the twelve months before ÷ the twelve before those), to the fen; None without them."""
    sums = [0]
    for amount in amounts:
        sums.append(sums[-1] + amount)
    found: list[int | None] = []
    for index in range(len(amounts)):
        if index < 2 * MONTHS:
            found.append(None)
            continue
        last = sums[index] - sums[index - MONTHS]
        before = sums[index - MONTHS] - sums[index - 2 * MONTHS]
        found.append((2 * amounts[index - MONTHS] * last + before) // (2 * before) if before > 0 else None)
    return found


def median_deviation(values: Sequence[int]) -> int:
    """绝对中位差: the median distance from the median, to the fen."""
    twice_median = _twice_median(values)
    return round_half_up(Fraction(_twice_median([abs(2 * value - twice_median) for value in values]), 4))


def _twice_median(values: Sequence[int]) -> int:
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]
