"""The figures behind the execution form: roll-ups and plans of one region at one version."""

from __future__ import annotations

from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, language
from data_access.books.execution import execution_form
from rules.execution_form import (
    Form,
    Row as FormRow,
)

SPANS = {"month": N_("月"), "quarter": N_("季")}


def span_of(reading: Reading) -> str:
    return reading.view.span if reading.view.span in SPANS else "month"


def unit_of(reading: Reading) -> str:
    return reading.view.unit if reading.view.unit in display.UNITS else "yi"


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
        balances=reading.is_province,
    )


def label_of(row: FormRow) -> str:
    label = row.label_en if language() == "en" else row.label
    return f"{_('其中：')}{label}" if row.first_child else label
