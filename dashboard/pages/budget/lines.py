"""The figures behind the execution form: roll-ups and plans of one region at one version."""

from __future__ import annotations

from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.passport import Figure, Printed
from dashboard.words.wording import N_, _, language
from data_access.books.execution import execution_form
from rules.execution_form import (
    CLOSING,
    EXPENDITURE_SUBTOTAL,
    EXPENDITURE_TOTAL,
    RESULT,
    Form,
    Row as FormRow,
)

SPANS = {"month": N_("月"), "quarter": N_("季")}


def span_of(reading: Reading) -> str:
    return reading.view.span if reading.view.span in SPANS else "month"


def unit_of(reading: Reading) -> str:
    return reading.view.unit if reading.view.unit in display.UNITS else "yi"


def spends(reading: Reading, row: FormRow) -> bool:
    """Whether a line is expenditure: an item of that side, its total or subtotal."""
    if row.item is None:
        return row.key in (EXPENDITURE_TOTAL, EXPENDITURE_SUBTOTAL)
    return reading.scheme.item(row.item).side == "expenditure"


def period_months(reading: Reading) -> int:
    """How many months the period column sums: one, or those of the quarter so far."""
    return 1 if span_of(reading) == "month" else ((reading.snapshot.month or 1) - 1) % 100 % 3 + 1


def form_of(reading: Reading) -> Form:
    """The form of the region looked at; below the province there is no balance to close with."""
    snapshot = reading.snapshot
    return execution_form(
        snapshot.facts,
        snapshot.plans,
        reading.region,
        snapshot.month or 0,
        snapshot.day,
        period_months=period_months(reading),
        balances=reading.is_province and snapshot.facts.opened,
    )


def figure(reading: Reading, row: FormRow, what: str) -> Figure:
    """One of a line's figures by what it is: ``to_date``, ``plan.adjusted``, ``progress`` … A line with neither plan nor
    execution has none."""
    nothing = not row.figures.adjusted_plan and not row.figures.cumulative and row.key not in (RESULT, CLOSING)
    if nothing:
        return reading.about.figure(what, None, part=row.key)
    value = {
        "plan.original": row.figures.original_plan,
        "plan.adjusted": row.figures.adjusted_plan,
        "to_date": row.figures.cumulative,
        "to_date.last_year": row.figures.last_year,
        "progress": row.progress,
        "historical": row.historical,
        "growth": row.growth,
    }[what]
    return reading.about.figure(what, value, part=row.key)


def printed(reading: Reading, row: FormRow, what: str, *, absolute: bool = False) -> Printed:
    return display.printed(figure(reading, row, what), absolute=absolute)


def ahead(reading: Reading, row: FormRow) -> Figure:
    """快慢 of a line in points."""
    return figures.ahead(reading.about, row.key, row.ahead)


def label_of(row: FormRow) -> str:
    label = row.label_en if language() == "en" else row.label
    return f"{_('其中：')}{label}" if row.first_child else label
