"""The budget-execution form of a region, filled from the published facts and plans."""

from __future__ import annotations

from datetime import date

from data_access.books.facts import Facts, Series
from data_access.books.plans import Plans
from rules.calendar import closed_years, historical_share, month_end, months_before, year_to_date
from rules.execution_form import (
    EXPENDITURE_SUBTOTAL,
    EXPENDITURE_TOTAL,
    INCOME_SUBTOTAL,
    INCOME_TOTAL,
    Balances,
    Figures,
    Form,
    build_form,
)
from rules.month import Month

YEAR = 12


def execution_form(
    facts: Facts, plans: Plans, region: str, month: int, as_of: date, *, period_months: int = 1, balances: bool = True
) -> Form:
    """The form at a month's end (or ``as_of`` in the running month), with the period's last ``period_months`` months.

    ``balances`` False leaves 年末滚存结余 without figures: below province level there are none. KeyError for a month
    that the ledger does not have.
    """
    keys = [item.code for item in facts.scheme.items]
    keys += [INCOME_TOTAL, EXPENDITURE_TOTAL, INCOME_SUBTOTAL, EXPENDITURE_SUBTOTAL]
    figures = {key: line_figures(facts, plans, region, key, month, as_of, period_months=period_months) for key in keys}
    at = facts.index(month)
    return build_form(facts.scheme, figures, _balances(facts, region, at) if balances else Balances())


def line_amounts(facts: Facts, region: str, key: str) -> Series:
    """A line's amounts by month: a total, a subtotal (without what moves between levels) or an item."""
    if key == INCOME_TOTAL:
        return facts.income(region)
    if key == EXPENDITURE_TOTAL:
        return facts.expenditure(region)
    if key in (INCOME_SUBTOTAL, EXPENDITURE_SUBTOTAL):
        side = "income" if key == INCOME_SUBTOTAL else "expenditure"
        top = [item for item in facts.scheme.items if item.side == side and item.parent is None]
        return facts.items(region, [item.code for item in top if not item.between_levels])
    return facts.item(region, key)


def line_figures(
    facts: Facts, plans: Plans, region: str, key: str, month: int, as_of: date, *, period_months: int = 1
) -> Figures:
    """One line's figures at a month's end; a subtotal's plans are left to the sum of its items."""
    amounts: list[int] = line_amounts(facts, region, key).tolist()
    at, to_date, before = facts.index(month), year_to_date(facts.months, amounts), months_before(month, YEAR)
    return Figures(
        original_plan=_plan(plans, region, key, Month(month).year, None),
        adjusted_plan=_plan(plans, region, key, Month(month).year, month_end(month)),
        period=sum(amounts[max(0, at - period_months + 1) : at + 1]),
        cumulative=to_date[at],
        # A ledger that begins within last year has no sum from January to compare with.
        last_year=to_date[facts.index(before)] if before >= _first_whole_year(facts) * 100 else None,
        historical_share=historical_share(month, as_of, closed_years(facts.months, amounts, as_of)),
    )


def _first_whole_year(facts: Facts) -> int:
    year, number = Month(facts.months[0]).year, Month(facts.months[0]).number
    return year if number == 1 else year + 1


def _plan(plans: Plans, region: str, key: str, year: int, on: date | None) -> int | None:
    if key == INCOME_TOTAL:
        return plans.total(region, "income", year, on)
    if key == EXPENDITURE_TOTAL:
        return plans.total(region, "expenditure", year, on)
    if key in (INCOME_SUBTOTAL, EXPENDITURE_SUBTOTAL):
        return None
    return plans.original(region, key, year) if on is None else plans.adjusted(region, key, year, on)


def _balances(facts: Facts, region: str, at: int) -> Balances:
    results = facts.result_balance(region).tolist()
    new_year = at - (Month(facts.months[at]).number - 1)
    return Balances(
        opening=results[new_year - 1] if new_year > 0 else facts.opening(region),
        closing=results[at],
        last_year_closing=results[at - YEAR] if at >= YEAR else None,
        accounts=int(facts.account_total(region)[at]),
    )
