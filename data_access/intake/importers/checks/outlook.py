"""What rows by age are asked beyond each column's own form: who may be counted at that age, means of those who are there."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.importers.sheet import Sheet

YOUNGEST = 16  # 劳动法 第十五条: nobody works below this age


def pension_scheme(sheet: Sheet) -> None:
    """Only a pension is projected by age."""
    schemes, at = sheet.coded("scheme")
    other = np.array([bool(code) and sheet.codes.schemes[code].fund != "pension" for code in schemes], dtype=bool)[at]
    sheet.refuse_where("scheme", other, lambda row: Unacceptable("no_pension_scheme", scheme=sheet.at("scheme", row)))


def of_working_age(sheet: Sheet) -> None:
    """Nobody below working age pays contributions."""
    young = sheet.given("age") & (sheet.numbers("age") < YOUNGEST) & (sheet.numbers("contributors") > 0)
    sheet.refuse_where("age", young, lambda _: Unacceptable("too_young", youngest=YOUNGEST))


def mean_of_heads(column: str, heads: str) -> Callable[[Sheet], None]:
    """An amount a head is not negative, and not zero where there are heads."""

    def check(sheet: Sheet) -> None:
        amounts = sheet.numbers(column)
        sheet.refuse_where(column, amounts < 0, lambda _: Unacceptable("negative_amount"))
        missing = (amounts == 0) & (sheet.numbers(heads) > 0)
        sheet.refuse_where(column, missing, lambda _: Unacceptable("mean_missing", other=heads))

    return check


def share(column: str) -> Callable[[Sheet], None]:
    """A decimal from 0 to 1."""

    def check(sheet: Sheet) -> None:
        values, at = sheet.coded(column)
        beyond = np.array([bool(value) and not 0 <= Decimal(value) <= 1 for value in values], dtype=bool)[at]
        sheet.refuse_where(column, beyond, lambda _: Unacceptable("out_of_bounds", low=0, high=1))

    return check
