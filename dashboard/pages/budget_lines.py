"""The figures behind the execution form: roll-ups and plans of one region at one version."""

from __future__ import annotations

from fractions import Fraction

from dashboard import display
from dashboard.reading import Reading
from dashboard.wording import N_, _, language
from data_access.facts import Series
from rules.calendar import historical_share
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
from rules.execution_form import Row as FormRow
from rules.scheme import Side

SPANS = {"month": N_("月"), "quarter": N_("季")}


def span_of(reading: Reading) -> str:
    return reading.view.span if reading.view.span in SPANS else "month"


def unit_of(reading: Reading) -> str:
    return reading.view.unit if reading.view.unit in display.UNITS else "yi"


def execution_form(reading: Reading, region: str | None = None) -> Form:
    """The form of a region for the period shown, from roll-ups and plans of one version."""
    snapshot, facts = reading.snapshot, reading.snapshot.facts
    code = region or reading.region
    lines = {item.code: line_of(reading, code, item.code) for item in reading.scheme.items}
    lines[INCOME_TOTAL] = line_of(reading, code, INCOME_TOTAL)
    lines[EXPENDITURE_TOTAL] = line_of(reading, code, EXPENDITURE_TOTAL)
    for subtotal in (INCOME_SUBTOTAL, EXPENDITURE_SUBTOTAL):
        lines[subtotal] = Figures(historical_share=historical_of(reading, amounts_of(reading, code, subtotal)))
    balances = Balances()
    if code == reading.tree.root:
        balance, first, at = facts.result_balance(code), snapshot.year_start, snapshot.at
        balances = Balances(
            opening=int(balance[first - 1]) if first else facts.opening(code),
            closing=int(balance[at]),
            last_year_closing=int(balance[at - 12]) if at >= 12 else None,
            accounts=int(facts.account_total(code)[at]),
        )
    return build_form(reading.scheme, lines, balances)


def amounts_of(reading: Reading, region: str, line: str) -> Series:
    """A line's amounts by month: a total, a subtotal (without what moves between levels) or an item."""
    facts = reading.snapshot.facts
    if line == INCOME_TOTAL:
        return facts.income(region)
    if line == EXPENDITURE_TOTAL:
        return facts.expenditure(region)
    if line in (INCOME_SUBTOTAL, EXPENDITURE_SUBTOTAL):
        side = "income" if line == INCOME_SUBTOTAL else "expenditure"
        items = [i.code for i in reading.scheme.items if i.side == side and i.parent is None and not i.between_levels]
        return facts.items(region, items)
    return facts.item(region, line)


def historical_of(reading: Reading, amounts: Series) -> Fraction | None:
    """历史同期进度 of a line from its closed years; None with fewer than two."""
    months = reading.snapshot.facts.months
    history = {
        month // 100: [int(fen) for fen in amounts[index : index + 12]]
        for index, month in enumerate(months[:-11])
        if month % 100 == 1 and month // 100 < reading.snapshot.year
    }
    return historical_share(reading.snapshot.month or 0, reading.snapshot.day, history)


def line_of(reading: Reading, region: str, line: str) -> Figures:
    """One line of the form; months the ledger never had are not known, not zero."""
    snapshot = reading.snapshot
    amounts, at, first, year, day = (
        amounts_of(reading, region, line),
        snapshot.at,
        snapshot.year_start,
        snapshot.year,
        snapshot.day,
    )
    start = at if span_of(reading) == "month" else at - ((snapshot.month or 1) % 100 - 1) % 3
    plans = snapshot.plans
    if line in (INCOME_TOTAL, EXPENDITURE_TOTAL):
        side: Side = "income" if line == INCOME_TOTAL else "expenditure"
        original, adjusted = plans.total(region, side, year), plans.total(region, side, year, day)
    else:
        original, adjusted = plans.original(region, line, year), plans.adjusted(region, line, year, day)
    return Figures(
        original,
        adjusted,
        period=int(amounts[max(start, 0) : at + 1].sum()),
        cumulative=int(amounts[first : at + 1].sum()),
        last_year=int(amounts[first - 12 : at - 11].sum()) if first >= 12 else None,
        historical_share=historical_of(reading, amounts),
    )


def label_of(row: FormRow) -> str:
    label = row.label_en if language() == "en" else row.label
    return f"{_('其中：')}{label}" if row.first_child else label
