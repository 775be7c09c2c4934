"""What is asked of figures that departments report beside the ledger."""

from __future__ import annotations

from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.importers.sheet import Sheet
from rules.month import Month


def span_of_one_year(sheet: Sheet) -> None:
    """From a month yyyymm to the same or a later one of its year, not beyond the running month."""
    for column in ("since", "until"):
        months = sheet.numbers(column)
        wrong = (months < 194901) | (months > 999912) | (months % 100 < 1) | (months % 100 > 12)
        sheet.refuse_where(column, wrong, lambda _: Unacceptable("bad_form", expected="YYYYMM"))
    since, until = sheet.numbers("since"), sheet.numbers("until")
    other_year = (until < since) | (until // 100 != since // 100)
    sheet.refuse_where("until", other_year, lambda row: Unacceptable("other_year", since=str(sheet.at("since", row))))
    last = Month.of(sheet.codes.today)
    sheet.refuse_where("until", until > last, lambda _: Unacceptable("in_future", latest=str(last)))
