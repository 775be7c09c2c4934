"""Progress and balances of a region: indicators that go back to the ledger's beginning."""

from __future__ import annotations

from collections.abc import Iterator

from monitoring.indicators.figures import ComputedValue, Figures, kept_share
from rules.calendar import closed_years, historical_share, month_end, year_to_date
from rules.indicators import INDICATORS
from rules.month import Month


def progress(figures: Figures, region: str) -> Iterator[ComputedValue]:
    """收入、保费、支出 against the plan and against earlier years."""
    facts, local = figures.facts, figures.scheme.local_items
    income = facts.income(region) if region == figures.tree.root else facts.items(region, local)
    yield from _of_plan(figures, region, "income", income.tolist())
    yield from _of_plan(figures, region, "premium", figures.item(region, "premium"))
    yield from _of_plan(figures, region, "expenditure", figures.expenditure(region))


def _of_plan(figures: Figures, region: str, code: str, amounts: list[int]) -> Iterator[ComputedValue]:
    to_date = year_to_date(figures.months, amounts)
    years = closed_years(figures.months, amounts, figures.as_of)
    for index, month in figures.begun(region):
        given = {f"{code}_fen": to_date[index], f"{code}_plan_fen": plan(figures, region, code, month)}
        if code != "premium":
            yield f"{code}_progress", "", month, INDICATORS[f"{code}_progress"].value(**given)
        share = historical_share(month, figures.as_of, years)
        deviation = INDICATORS[f"{code}_deviation"].value(
            **given,
            historical_share=None if share is None else kept_share(share),
            schedule_share=figures.schedule(month),
        )
        yield f"{code}_deviation", "", month, deviation


def plan(figures: Figures, region: str, code: str, month: int) -> int | None:
    """The year's adjusted plan as of a month's end; of a city's or county's income only what is its own duty."""
    year, on = Month(month).year, month_end(month)
    if code == "expenditure":
        return figures.plans.total(region, "expenditure", year, on)
    if code == "premium":
        return figures.plans.adjusted(region, "premium", year, on)
    if region == figures.tree.root:
        return figures.plans.total(region, "income", year, on)
    return figures.plans.items(region, figures.scheme.local_items, year, on)


def balances(figures: Figures, region: str) -> Iterator[ComputedValue]:
    """累计结余、可支付月数: of the province alone."""
    if region != figures.tree.root:
        return
    expenditure, balance = figures.expenditure(region), figures.facts.result_balance(region).tolist()
    opened = figures.facts.opened
    for index, month in figures.begun(region):
        fen = balance[index] if opened else None
        yield "balance_total", "", month, INDICATORS["balance_total"].value(balance_fen=fen)
        payable = INDICATORS["months_payable"].value(
            balance_fen=fen, expenditure_12_fen=figures.last_12(expenditure, index)
        )
        yield "months_payable", "", month, payable
