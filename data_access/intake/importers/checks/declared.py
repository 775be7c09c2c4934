"""Values against each other: what the rules of a table ask beyond each column's own form."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pyarrow.compute as pc

from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.checks.ledger import (
    corrects_another,
    entry_sign,
    inside_open_years,
    item_fits_movement,
    month_as_day,
    movement_in_scheme,
    region_exists_on_day,
)
from data_access.intake.importers.checks.outlook import mean_of_heads, of_working_age, pension_scheme, share
from data_access.intake.importers.checks.published import part_of_a_year, total_not_negative, unit_of_measure
from data_access.intake.importers.checks.regions import is_province, no_circle, parent_is_known
from data_access.intake.importers.checks.reports import (
    balance_runs,
    lines_close,
    mask_numbers,
    one_direction,
    span_of_one_year,
)
from data_access.intake.importers.checks.vectors import EPOCH, pairs
from data_access.intake.importers.codes import NATION
from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.importers.sheet import Sheet
from rules.calendar import months_before
from rules.month import MONTHS, Month
from rules.statistics import MEASURES, measures_of

LONGEST_SENTENCE = 50 * MONTHS


def region_in_scheme(sheet: Sheet) -> None:
    """A scheme is one province's: its rows name the province or what lies below it."""
    schemes, scheme_at = sheet.coded("scheme")
    regions, region_at = sheet.coded("region")

    def belongs(scheme: str, region: str) -> bool:
        if not scheme or not region:
            return True
        province = sheet.codes.schemes[scheme].province
        return province == NATION or sheet.codes.regions[region].province == province

    wrong = ~pairs(schemes, regions, belongs)[scheme_at, region_at]
    sheet.refuse_where("region", wrong, lambda row: _outside(sheet, sheet.at("scheme", row)))


def the_senders_own(sheet: Sheet, allowance: Allowance) -> None:
    """Who delivers names what is theirs: regions, sources, movements, department."""
    known = {column.code for column in sheet.table.columns}
    if sheet.codes.within is not None:
        _refuse_values(sheet, "region", sheet.codes.within.__contains__, "region_not_yours")
    for column, allowed in allowance.values.items():
        if column in known:
            _refuse_values(sheet, column, allowed.__contains__, "not_yours_to_deliver")
    for column, prefix in allowance.prefixes.items():
        _refuse_values(sheet, column, re.compile(prefix).match, "region_not_yours")


def _refuse_values(sheet: Sheet, column: str, allows: Callable[[str], object], reason: str) -> None:
    values, at = sheet.coded(column)
    wrong = np.array([bool(value) and not allows(value) for value in values], dtype=bool)[at]
    sheet.refuse_where(column, wrong, lambda _: Unacceptable(reason))


def _outside(sheet: Sheet, scheme: str) -> Unacceptable:
    return Unacceptable("region_outside_scheme", scheme=scheme, province=sheet.codes.schemes[scheme].province)


def not_in_future(*columns: str) -> Callable[[Sheet], None]:
    """The days of these columns may not lie after today."""

    def check(sheet: Sheet) -> None:
        today = sheet.codes.today
        for column in columns:
            late = sheet.given(column) & (sheet.numbers(column) > today.toordinal() - EPOCH)
            sheet.refuse_where(column, late, lambda _: Unacceptable("in_future", latest=today.isoformat()))

    return check


def not_before(column: str, other: str, *, same_day: bool) -> Callable[[Sheet], None]:
    """One day of a row follows another."""

    def check(sheet: Sheet) -> None:
        gap = sheet.numbers(column) - sheet.numbers(other)
        early = sheet.given(column) & sheet.given(other) & (gap < (0 if same_day else 1))
        sheet.refuse_where(
            column,
            early,
            lambda row: Unacceptable("before_other_date", other=other, day=str(sheet.at(other, row))),
        )

    return check


def positive(column: str, *, or_zero: bool) -> Callable[[Sheet], None]:
    """The amount is not negative, or not zero either."""

    def check(sheet: Sheet) -> None:
        amounts = sheet.numbers(column)
        sheet.refuse_where(column, amounts < 0, lambda _: Unacceptable("negative_amount"))
        if not or_zero:
            sheet.refuse_where(column, amounts == 0, lambda _: Unacceptable("amount_zero"))

    return check


def text_form(column: str, pattern: str, expected: str) -> Callable[[Sheet], None]:
    """The text has a certain form."""

    def check(sheet: Sheet) -> None:
        values, at = sheet.coded(column)
        wrong = np.array([bool(value) and not re.fullmatch(pattern, value) for value in values], dtype=bool)
        sheet.refuse_where(column, wrong[at], lambda _: Unacceptable("bad_form", expected=expected))

    return check


def item_in_scheme(sheet: Sheet) -> None:
    """The plan names items of the scheme's own fund."""
    schemes, scheme_at = sheet.coded("scheme")
    items, item_at = sheet.coded("item")
    own = {s: {item.code for item in sheet.codes.schemes[s].items} for s in schemes if s}
    known = pairs(schemes, items, lambda s, i: not s or not i or i in own[s])
    sheet.refuse_where(
        "item",
        ~known[scheme_at, item_at],
        lambda row: Unacceptable("item_not_in_scheme", item=sheet.at("item", row), scheme=sheet.at("scheme", row)),
    )


def year_not_in_future(years_ahead: int) -> Callable[[Sheet], None]:
    """Plans are made for next year at most; published totals are of the past, -1 asks for a year that has ended."""

    def check(sheet: Sheet) -> None:
        last = sheet.codes.today.year + years_ahead
        sheet.refuse_where("year", sheet.numbers("year") > last, lambda _: Unacceptable("in_future", latest=str(last)))

    return check


def month_form(months_ahead: int, column: str = "month") -> Callable[[Sheet], None]:
    """A month yyyymm that exists and lies at most so many months ahead of the running one."""

    def check(sheet: Sheet) -> None:
        months, given = sheet.numbers(column), sheet.given(column)
        wrong = (months < 194901) | (months > 999912) | (months % 100 < 1) | (months % 100 > 12)
        sheet.refuse_where(column, given & wrong, lambda _: Unacceptable("bad_form", expected="YYYYMM"))
        last = months_before(Month.of(sheet.codes.today), -months_ahead)
        sheet.refuse_where(column, given & (months > last), lambda _: Unacceptable("in_future", latest=str(last)))

    return check


def measure_in_scheme(sheet: Sheet) -> None:
    """Each fund reports its own measures."""
    schemes, scheme_at = sheet.coded("scheme")
    measures, measure_at = sheet.coded("measure")
    own = {scheme: measures_of(sheet.codes.schemes[scheme].fund) for scheme in schemes if scheme}
    known = pairs(schemes, measures, lambda s, m: not s or not m or m in own[s])
    sheet.refuse_where(
        "measure",
        ~known[scheme_at, measure_at],
        lambda row: Unacceptable(
            "measure_not_in_scheme", measure=sheet.at("measure", row), scheme=sheet.at("scheme", row)
        ),
    )


def value_of_measure(sheet: Sheet) -> None:
    """Nothing counted is negative; heads, cases and fen are whole, shares at most 1."""
    values = sheet.values["value"].fill_null("")
    measures, at = sheet.coded("measure")
    negative = np.asarray(pc.starts_with(values, "-").to_numpy(zero_copy_only=False), dtype=bool)
    sheet.refuse_where("value", negative, lambda _: Unacceptable("negative_amount"))
    whole = np.array([bool(code) and MEASURES[code].whole for code in measures], dtype=bool)[at]
    broken = np.asarray(pc.match_substring(values, ".").to_numpy(zero_copy_only=False), dtype=bool)
    sheet.refuse_where("value", whole & broken, lambda _: Unacceptable("not_a_whole_number"))
    bounded = np.array([bool(code) and MEASURES[code].highest is not None for code in measures], dtype=bool)[at]
    for row in np.flatnonzero(bounded & sheet.good).tolist():
        highest = MEASURES[sheet.at("measure", row)].highest
        if highest is not None and Decimal(sheet.at("value", row)) > highest:
            sheet.refuse("value", [(row, Unacceptable("out_of_bounds", low=0, high=str(highest)))])


def given_together(column: str, other: str) -> Callable[[Sheet], None]:
    """Both of two columns are filled in, or neither."""

    def check(sheet: Sheet) -> None:
        alone = sheet.given(column) & ~sheet.given(other)
        sheet.refuse_where(other, alone, lambda _: Unacceptable("given_together", other=column))
        alone = sheet.given(other) & ~sheet.given(column)
        sheet.refuse_where(column, alone, lambda _: Unacceptable("given_together", other=other))

    return check


CHECKS: dict[str, tuple[Callable[[Sheet], None], ...]] = {
    "ledger_entry": (
        region_in_scheme,
        movement_in_scheme,
        item_fits_movement,
        inside_open_years("business_date"),
        not_in_future("business_date"),
        region_exists_on_day,
        entry_sign,
        corrects_another,
    ),
    "person_entry": (
        region_in_scheme,
        movement_in_scheme,
        item_fits_movement,
        month_form(0),
        month_as_day,
        inside_open_years("month"),
        region_exists_on_day,
        entry_sign,
        corrects_another,
    ),
    "person_death": (not_in_future("day"), corrects_another),
    "person_custody": (
        month_form(0, "from_month"),
        month_form(LONGEST_SENTENCE, "until_month"),
        not_before("until_month", "from_month", same_day=True),
        corrects_another,
    ),
    "person_retirement": (region_in_scheme, month_form(0, "from_month"), corrects_another),
    "person_back_payment": (
        region_in_scheme,
        month_form(0, "paid_month"),
        month_form(0, "from_month"),
        month_form(0, "until_month"),
        not_before("until_month", "from_month", same_day=True),
        positive("amount_fen", or_zero=False),
        corrects_another,
    ),
    "person_account_change": (region_in_scheme, month_form(0, "from_month"), corrects_another),
    "person_base": (
        region_in_scheme,
        month_form(MONTHS, "from_month"),
        month_form(MONTHS, "until_month"),
        not_before("until_month", "from_month", same_day=True),
        positive("amount_fen", or_zero=True),
        corrects_another,
    ),
    "plan": (
        region_in_scheme,
        item_in_scheme,
        year_not_in_future(1),
        not_in_future("approved_on"),
        positive("amount_fen", or_zero=True),
    ),
    "opening_balance": (region_in_scheme, not_in_future("as_of")),
    "agency_total": (region_in_scheme, not_in_future("day")),
    "unreached_item": (
        region_in_scheme,
        not_in_future("arose_on", "cleared_on"),
        not_before("cleared_on", "arose_on", same_day=True),
    ),
    "legacy_balance": (
        region_in_scheme,
        not_in_future("as_of"),
        positive("owed_fen", or_zero=True),
        positive("handed_before_fen", or_zero=True),
    ),
    "pre_transfer": (
        region_in_scheme,
        not_in_future("as_of", "paid_on"),
        positive("monthly_fen", or_zero=False),
        positive("amount_fen", or_zero=True),
    ),
    "deposit": (
        region_in_scheme,
        positive("amount_fen", or_zero=False),
        not_before("matures_on", "starts_on", same_day=False),
    ),
    "published_total": (
        year_not_in_future(0),
        text_form("measure", r"[a-z][a-z0-9_]{0,63}", "lower_case_code"),
        part_of_a_year,
        unit_of_measure,
        total_not_negative,
    ),
    "central_year": (is_province, year_not_in_future(0)),
    "statistic": (region_in_scheme, month_form(0), measure_in_scheme, value_of_measure),
    "disbursement_request": (
        region_in_scheme,
        month_form(2),
        positive("asked_fen", or_zero=True),
        positive("approved_fen", or_zero=True),
        given_together("approved_fen", "approved_on"),
        not_in_future("asked_on", "approved_on"),
        not_before("approved_on", "asked_on", same_day=True),
    ),
    "central_payment": (
        is_province,
        year_not_in_future(0),
        positive("contribution_fen", or_zero=True),
        positive("allocation_fen", or_zero=True),
        not_in_future("paid_on"),
    ),
    "national_pooling": (year_not_in_future(0), not_in_future("paid_on")),
    "violation": (
        region_in_scheme,
        text_form("ref", r"[A-Z0-9][A-Z0-9-]{0,39}", "A-Z, 0-9, -"),
        positive("amount_fen", or_zero=True),
        not_in_future("found_on"),
        not_before("due_on", "found_on", same_day=True),
        text_form("related", r"warning:[0-9]+|gap:.+", "warning:ID, gap:NUMBER"),
    ),
    "population_structure": (
        pension_scheme,
        region_in_scheme,
        year_not_in_future(-1),
        of_working_age,
        mean_of_heads("mean_base_fen", "contributors"),
        mean_of_heads("mean_pension_fen", "retirees"),
    ),
    "mortality_table": (share("q"),),
    "bank_statement": (region_in_scheme, not_in_future("day"), mask_numbers, one_direction, balance_runs),
    "trial_balance": (region_in_scheme, month_form(0), text_form("subject", r"[0-9]{3,20}", "NNN…"), lines_close),
    "reported_total": (region_in_scheme, item_in_scheme, span_of_one_year),
    "region": (
        text_form("code", r"[0-9]{6}(-(0|F[0-9]+))?", "NNNNNN, NNNNNN-0, NNNNNN-F1"),
        parent_is_known,
        no_circle,
        not_before("valid_to", "valid_from", same_day=False),
    ),
    "source": (text_form("due", r"([01][0-9]|2[0-3]):[0-5][0-9]|[1-9]|[12][0-9]|3[01]", "HH:MM, 1-31"),),
}
