"""Parts of sentences that several sections say: how much, growth, progress, pace."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.pages.briefings.texts import (
    GROWTH,
    PACE,
    Text,
    dated,
    said,
    turned,
)
from dashboard.pages.budget import lines
from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.wording import N_, _
from rules.execution_form import Row as FormRow


def rows_of(reading: Reading) -> Mapping[str, FormRow]:
    return {row.key: row for row in lines.form_of(reading).rows}


def pace(reading: Reading, side: str) -> Text:
    """快于历史同期1.66个百分点; why it cannot be said."""
    found = figures.progress(reading, side).pace
    if found.value is None:
        return [_("历史同期不足两年，暂不比较")]
    word, points = turned(found, PACE)
    return said(N_("{word}历史同期{points}个百分点"), word=word, points=points)


def growth(reading: Reading, row: FormRow) -> Text:
    """，同比增长5.00%; nothing without a year to compare with."""
    found = lines.figure(reading, row, "growth")
    if found.value is None:
        return []
    word, rate = turned(found, GROWTH)
    return said(N_("，同比{word}{rate}%"), word=word, rate=rate)


def progress(reading: Reading, row: FormRow) -> Text:
    found = lines.figure(reading, row, "progress")
    return [] if found.value is None else said(N_("，完成年度预算的{rate}%"), rate=display.printed(found))


def line(reading: Reading, row: FormRow, side: str, text: str) -> Text:
    """One line to date: how much, growth, progress, pace."""
    span = dated("to_date", reading.snapshot.month or 0)
    made = said(text, span=span, amount=lines.printed(reading, row, "to_date"))
    made += [*growth(reading, row), *progress(reading, row)]
    return [*made, _("，"), *pace(reading, side)]
