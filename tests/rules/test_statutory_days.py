"""法定日历: the year of each ledger as its documents have it, written by hand; and what holds of every profile."""

from __future__ import annotations

from datetime import date

import pytest

from rules.calendar import WorkingCalendar
from rules.deadlines import STAGE, legacy_share_due, of_month, of_year
from rules.scheme import load_scheme, profile_codes
from rules.statutory.days import DUTIES, Level, StatutoryDay, statutory_days

CENTRAL = load_scheme("central-adjustment")
WEEK = WorkingCalendar()
# Days of parameters that begin a rule and end nothing.
NO_DEADLINES = {"management_gap_from", "early_female_from"}
DAY_UNITS = {"day", "days", "month-day", "date", STAGE}
# The working days of 2026 on which the days fall: 10 January was a Saturday, 8 February a Sunday …
CLOSED = {1: 8, 2: 9, 3: 9, 4: 8, 5: 8, 6: 8, 7: 8, 8: 10, 9: 8, 10: 8, 11: 9, 12: 8}
PAID_10 = {1: 9, 2: 10, 3: 10, 4: 10, 5: 8, 6: 10, 7: 10, 8: 10, 9: 10, 10: 9, 11: 10, 12: 10}
PAID_12 = {1: 12, 2: 12, 3: 12, 4: 10, 5: 12, 6: 12, 7: 10, 8: 12, 9: 11, 10: 12, 11: 12, 12: 11}
PAID_15 = {1: 15, 2: 13, 3: 13, 4: 15, 5: 15, 6: 15, 7: 15, 8: 14, 9: 15, 10: 15, 11: 13, 12: 15}
ASKED_20 = {**dict.fromkeys(range(1, 13), 20), 6: 22, 9: 21, 12: 21}
REVIEWED_15 = {**dict.fromkeys(range(1, 13), 15), 2: 16, 3: 16, 8: 17, 11: 16}
HANDED_5 = {1: 5, 2: 5, 3: 5, 4: 6, 5: 5, 6: 5, 7: 6, 8: 5, 9: 7, 10: 5, 11: 5, 12: 7}
# What every ledger has: the reports on the four quarters, 25 days after each, and the days of the year.
EVERY_YEAR = [
    "01-26 quarterly_report_days.2025-Q4",
    "03-31 assessment_by.2025",
    "03-31 plan_issue_by.2026",
    "04-15 plan_receipt_by.2026",
    "04-27 quarterly_report_days.2026-Q1",
    "04-30 final_accounts_by.2025",
    "07-27 quarterly_report_days.2026-Q2",
    "10-26 quarterly_report_days.2026-Q3",
    "12-15 holidays_by.2027",
    "12-31 general_gap_due.2026",
]
PENSION_YEAR = [
    "03-31 prepayments_per_year.2026-Q1",
    "06-30 prepayments_per_year.2026-Q2",
    "07-31 base_limits_by.2026",
    "09-30 prepayments_per_year.2026-Q3",
    "12-31 prepayments_per_year.2026-Q4",
    "12-31 central_settlement_by.2026",
]
# The two days of 两下一上 in October and on 15 November (a Sunday): of Jiangsu's document, assumed in Shanxi.
ROUNDS = ["11-02 budget_first_issue_by.2027", "11-16 budget_reply_by.2027"]
# 苏政发〔2020〕45号 二（二）1 按季归集; 附件2 第五条 “一下”十月、“一上”11月15日前 (a Sunday); 附件3 三（四） 财政结算.
JIANGSU_YEAR = [
    "01-15 quarterly_pooling_days.2025-Q4",
    "04-15 quarterly_pooling_days.2026-Q1",
    "07-15 quarterly_pooling_days.2026-Q2",
    "10-15 quarterly_pooling_days.2026-Q3",
    *ROUNDS,
    "12-31 management_gap_due.2026",
    "12-31 fiscal_settlement_by.2026",
]


def monthly(code: str, days: dict[int, int], later: int = 0) -> list[str]:
    """The days of 2026 by month; ``later``: each is about the month before."""
    about = {month: f"2026-{month - later:02}" if month > later else "2025-12" for month in days}
    return [f"{month:02}-{day:02} {code}.{about[month]}" for month, day in days.items()]


# 晋政发〔2019〕4号 二（一）: 按月上解, 每月10日前下拨.
GOLDEN = {
    "jiangsu-pension": [*EVERY_YEAR, *PENSION_YEAR, *JIANGSU_YEAR, *monthly("paying_day", PAID_10)],
    "shanxi-pension": [
        *EVERY_YEAR,
        *PENSION_YEAR,
        *ROUNDS,
        *monthly("disbursement_day", PAID_10),
        *monthly("paying_day", PAID_15),
        *monthly("pooling_days", HANDED_5, later=1),
    ],
    "jilin-pension": [*EVERY_YEAR, *PENSION_YEAR, *monthly("paying_day", PAID_12)],
    "jilin-work-injury": [*EVERY_YEAR, *monthly("paying_day", PAID_15)],
}
LEDGERS = [load_scheme(code) for code in GOLDEN]


def days(code: str, year: int, calendar: WorkingCalendar = WEEK) -> tuple[StatutoryDay, ...]:
    scheme = load_scheme(code)
    return statutory_days(scheme, year, calendar, CENTRAL if scheme.fund == "pension" else None)


def due(code: str, key: str, year: int, calendar: WorkingCalendar = WEEK) -> date:
    return next(one.due for one in days(code, year, calendar) if one.key == key)


@pytest.mark.parametrize("code", GOLDEN)
def test_the_year_of_each_ledger_is_what_its_documents_say(code: str) -> None:
    monthly_ones = [*monthly("closing_day", CLOSED, later=1), *monthly("request_day", ASKED_20)]
    monthly_ones += monthly("income_review_day", REVIEWED_15, later=1)
    wanted = sorted([*GOLDEN[code], *monthly_ones])
    assert sorted(f"{one.due:%m-%d} {one.key}" for one in days(code, 2026)) == wanted


def test_steps_of_the_reform_stand_on_the_day_that_the_document_names() -> None:
    found = {one.key: one.due for code in GOLDEN for year in (2019, 2020, 2021) for one in days(code, year)}
    stages = {key: day for key, day in found.items() if DUTIES[key.partition(".")[0]].stage}
    assert stages == {
        "system_built_by": date(2019, 6, 30),  # 晋政发〔2019〕4号 二（六）; a Sunday
        "data_centralised_by": date(2019, 12, 31),
        "platform_built_by": date(2020, 12, 31),  # 苏政发〔2020〕45号 二（五）
        "pre_transfer_by": date(2020, 12, 31),
        "start_stage_by": date(2020, 6, 30),  # 吉政发〔2020〕2号政策解读 二（四）
        "policy_stage_by": date(2021, 6, 30),  # 吉政发〔2020〕20号 四（一）; the pensions' a year before
        "preparation_by": date(2021, 6, 30),
        "legacy_audit_by": date(2021, 6, 30),
    }
    assert due("jilin-pension", "policy_stage_by", 2020) == date(2020, 6, 30)
    assert due("shanxi-pension", "legacy_deadline", 2020) == date(2020, 1, 31)


def test_a_holiday_brings_a_payment_forward_and_puts_all_else_off() -> None:
    # 国庆节 2026, with 10 October a working Saturday 调休.
    holidays = frozenset(date(2026, 10, day) for day in range(1, 9))
    calendar = WorkingCalendar(holidays, frozenset([date(2026, 10, 10)]))
    assert due("jiangsu-pension", "closing_day.2026-09", 2026, calendar) == date(2026, 10, 9)
    assert due("jiangsu-pension", "paying_day.2026-10", 2026, calendar) == date(2026, 10, 10)
    spring = WorkingCalendar(frozenset(date(2026, 2, day) for day in range(7, 16)))
    assert due("jiangsu-pension", "paying_day.2026-02", 2026, spring) == date(2026, 2, 6)
    # What belongs to a year does not go over its end.
    closed = WorkingCalendar(frozenset([date(2026, 12, 30), date(2026, 12, 31)]))
    assert due("jiangsu-pension", "general_gap_due.2026", 2026, closed) == date(2026, 12, 29)


def test_the_thirtieth_of_february_is_its_last_day() -> None:
    scheme = load_scheme("jiangsu-pension")
    with_30 = {
        code: replaced(scheme, code, value)
        for code, value in (("paying_day", 30), ("closing_day", 31), ("budget_reply_by", "02-29"))
    }
    found = {year: of_month(with_30["paying_day"], date(year, 2, 1)) for year in (2023, 2024)}
    assert [next(one.on for one in found[year] if one.code == "paying_day") for year in found] == [
        date(2023, 2, 28),
        date(2024, 2, 29),
    ]
    closing = of_month(with_30["closing_day"], date(2024, 1, 1))
    assert next(one.on for one in closing if one.code == "closing_day") == date(2024, 2, 29)
    replies = [one.on for year in (2023, 2024) for one in of_year(with_30["budget_reply_by"], year)]
    assert {date(2023, 2, 28), date(2024, 2, 29)} <= set(replies)


def replaced(scheme, code, value):
    from dataclasses import replace

    parameter = scheme.parameters[code]
    values = tuple(replace(one, value=value) for one in parameter.values)
    return replace(scheme, parameters={**scheme.parameters, code: replace(parameter, values=values)})


def test_the_first_year_of_a_scheme_begins_with_its_rules() -> None:
    # 苏政发〔2020〕45号 in force from September 2020, premium and quarterly items pooled from January 2021.
    keys = [one.key for one in days("jiangsu-pension", 2020)]
    assert "paying_day.2020-09" in keys and "paying_day.2020-08" not in keys
    assert "quarterly_pooling_days.2020-Q3" not in keys and "plan_issue_by.2020" not in keys
    assert "budget_reply_by.2021" in keys and "management_gap_due.2020" not in keys
    assert "quarterly_pooling_days.2021-Q1" in [one.key for one in days("jiangsu-pension", 2021)]
    assert not days("jiangsu-pension", 2017)


@pytest.mark.parametrize("scheme", LEDGERS, ids=lambda scheme: scheme.code)
def test_nothing_is_due_before_its_rule_is_in_force(scheme) -> None:
    for year in range(2018, 2028):
        for one in days(scheme.code, year):
            assert one.on >= one.rests_on.starts_on and one.on.year == year, one.key
            assert one.duty.stage or WEEK.is_working(one.due), one.key


@pytest.mark.parametrize("code", profile_codes())
def test_every_parameter_that_sets_a_day_stands_in_the_list_once(code: str) -> None:
    """Of a ledger or of the mechanism between provinces; a new one must say whose it is."""
    scheme = load_scheme(code)
    named = [parameter for duty in DUTIES.values() for parameter in (duty.code, *duty.also)]
    assert len(named) == len(set(named))
    setting = {one.code for one in scheme.parameters.values() if one.unit in DAY_UNITS} - NO_DEADLINES
    # Of days after collection no day of the calendar follows.
    if "handover_rule" in scheme.parameters and scheme.parameters["handover_rule"].values[0].value != "month_end":
        setting -= {"pooling_days"}
    assert setting <= set(named), setting - set(named)
    appearing = {one.duty.code for year in range(2018, 2028) for one in days(code, year)}
    assert {duty.code for duty in DUTIES.values() if {duty.code, *duty.also} & setting} <= appearing | set(NO_DEADLINES)


def test_a_months_part_of_legacy_balances_is_due_when_the_share_grows() -> None:
    jiangsu = load_scheme("jiangsu-pension")
    parts = [one.on for year in range(2020, 2028) for one in of_year(jiangsu, year) if one.code == "legacy_years"]
    assert len(parts) == 60 and parts[0] == date(2021, 1, 31) and parts[-1] == date(2025, 12, 31)
    for number, on in enumerate(parts, start=1):
        assert legacy_share_due(jiangsu, on) * 60 == number
        assert legacy_share_due(jiangsu, date.fromordinal(on.toordinal() - 1)) * 60 == number - 1


def test_every_duty_has_who_answers_for_it() -> None:
    for duty in DUTIES.values():
        assert duty.name and duty.name_en
        assert duty.departments or duty.code == "holidays_by"  # the system's keeper
        assert duty.level in Level
