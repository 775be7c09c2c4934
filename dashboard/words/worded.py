"""Words of a sentence that follow from the data, as its figures do, so that next month's sentence has next month's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from dashboard.words import display
from dashboard.words.passport import Figure
from dashboard.words.wording import _
from rules.month import Month

# 10月末, 1—10月, 10月, 2026年10月, 2026年, 11月.
Form = Literal["end", "to_date", "month", "whole", "year", "next"]
# The words of a sign, each marked for translation: above zero, below it, zero.
Words = tuple[str, str, str]


class Turn(str):
    """A word that the sign of a figure decides: 快于, 慢于, 等于. ``words`` are those it is chosen from; without a value it
    is that of zero."""

    __slots__ = ("figure", "words")

    figure: Figure
    words: Words

    def __new__(cls, figure: Figure, words: Words) -> Turn:
        value = figure.value or 0
        made = super().__new__(cls, _(words[0] if value > 0 else words[1] if value < 0 else words[2]))
        made.figure, made.words = figure, words
        return made


class Dated(str):
    """A month as a sentence names it. ``form`` says how, ``month`` which."""

    __slots__ = ("form", "month")

    form: Form
    month: int

    def __new__(cls, form: Form, month: int) -> Dated:
        made = super().__new__(cls, _DATED[form](month))
        made.form, made.month = form, month
        return made


def _to_date(month: int) -> str:
    last = display.short_month(month)
    return last if Month(month).number == 1 else _("1—{month}", month=last)


_DATED: Mapping[Form, Callable[[int], str]] = {
    "end": lambda month: _("{month}末", month=display.short_month(month)),
    "to_date": _to_date,
    "month": display.short_month,
    "whole": display.month_name,
    "year": lambda month: _("{year}年", year=Month(month).year),
    "next": lambda month: display.short_month(Month(month).plus(1)),
}
