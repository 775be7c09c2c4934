"""Deadlines that a scheme's profile sets: month close, payment, pooling, budget rounds, settlement, legacy balances, stages.

Days are calendar days; :mod:`rules.statutory.days` lists a year's with whose they are, moved to working days.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from rules.errors import ProfileError
from rules.scheme import ParameterValue, Scheme

# Day of the month, in the month itself or in the one after it.
MONTHLY = (("disbursement_day", 0), ("paying_day", 0), ("request_day", 0), ("closing_day", 1), ("income_review_day", 1))
# A month and day of the year, "11-15", and of which year what is due then is: 10月"一下" of the next year's budget, the
# final accounts of the year before.
YEARLY = {
    "final_accounts_by": -1,
    "assessment_by": -1,
    "plan_issue_by": 0,
    "plan_receipt_by": 0,
    "base_limits_by": 0,
    "budget_first_issue_by": 1,
    "budget_reply_by": 1,
    "holidays_by": 1,
    "general_gap_due": 0,
    "management_gap_due": 0,
    "fiscal_settlement_by": 0,
    "central_settlement_by": 0,
}
# The unit of what tells when a step of the reform was to be done: no figure is calculated from it.
STAGE = "informational"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day for something. ``code`` and ``name`` are the parameter's; ``items`` the fund items, if not all;
    ``period``: the month ``2026-10``, quarter ``2026-Q3`` or year ``2026`` that it is about, "" for what is done once."""

    code: str
    name: str
    on: date
    rests_on: ParameterValue
    items: tuple[str, ...] = ()
    period: str = ""


def of_month(scheme: Scheme, month: date, region: str | None = None) -> tuple[Deadline, ...]:
    """What a month asks for: 拨付, 发放, 申请下月用款 in it, 月度定稿 and 收入计划比对 after it, and the last day before it is 逾期未定稿; where premium is
    handed up by the month, the last day for the month's.

    Only what the scheme's profile names. Raises NotInForce before the first value.
    """
    found, period = [], f"{month:%Y-%m}"
    for code, months_later in MONTHLY:
        if code in scheme.parameters:
            value = scheme.parameter(code, month, region)
            on = _day_of(_months_later(month, months_later), value)
            found.append(Deadline(code, value.name, on, value, period=period))
    closing = next((deadline.on for deadline in found if deadline.code == "closing_day"), None)
    if closing is not None:
        grace = scheme.parameter("closing_grace_days", month, region)
        on = closing + timedelta(days=_whole(grace))
        found.append(Deadline("closing_grace_days", grace.name, on, grace, period=period))
    if (
        _started(scheme, "handover_rule", month)
        and scheme.parameter("handover_rule", month, region).value == "month_end"
    ):
        days = scheme.parameter("pooling_days", month, region)
        found.append(Deadline("pooling_days", days.name, pooled_by(scheme, month), days, ("premium",), period))
    return tuple(found)


def of_year(scheme: Scheme, year: int) -> tuple[Deadline, ...]:
    """What a year asks for, in order of days: budget rounds 两下一上, plan, final accounts and assessment, quarterly items
    and reports, prepayments, settlement of gaps, parts of legacy balances, stages of the reform.

    A rule that starts within the year counts from its start; one that starts later is left out. What is due after the
    last quarter falls in the next year.
    """
    found = [deadline for code in YEARLY for deadline in _yearly(scheme, code, year)]
    found += _quarterly(scheme, year)
    found += _prepayments(scheme, year)
    found += [deadline for deadline in (*_legacy(scheme), *_stages(scheme)) if deadline.on.year == year]
    return tuple(sorted(found, key=lambda deadline: (deadline.on, deadline.code)))


def pooled_by(scheme: Scheme, collected_on: date) -> date:
    """The day by which premium collected on a day must be in the provincial account (归集、上解).

    苏政发〔2020〕45号 二（二）1: transferred as collected; 晋政发〔2019〕4号 二（一）: handed up month by month.
    """
    rule = scheme.parameter("handover_rule", collected_on).value
    days = timedelta(days=_whole(scheme.parameter("pooling_days", collected_on)))
    if rule == "days_after_collection":
        return collected_on + days
    if rule == "month_end":
        return _month_end(collected_on) + days
    raise ProfileError(f"{scheme.code}: handover_rule is {rule}", scheme=scheme.code, parameter="handover_rule")


def legacy_share_due(scheme: Scheme, on: date) -> Fraction:
    """How much of the legacy balances (历年结余) has to be handed over by a day, 0 to 1; unmatured deposits aside.

    苏政发〔2020〕45号 二（二）3: over five years, here in even monthly parts.
    晋政发〔2019〕4号 二（一）: all of it by a day.
    """
    if scheme.pooled_from is None or on < scheme.pooled_from:
        return Fraction(0)
    if "legacy_deadline" in scheme.parameters:
        return Fraction(on >= _date(scheme.parameter("legacy_deadline", on)))
    as_of = _date(scheme.parameter("legacy_as_of", on))
    months = 12 * _whole(scheme.parameter("legacy_years", on))
    tomorrow = on + timedelta(days=1)
    full_months = 12 * (tomorrow.year - as_of.year) + tomorrow.month - as_of.month - 1
    return min(max(Fraction(full_months, months), Fraction(0)), Fraction(1))


def settled_by(scheme: Scheme, year: int) -> date:
    """The last day for money of a year before the province settles it with its cities and counties 财政结算: the
    profile's, else the year's last.

    苏政发〔2020〕45号 附件3 三（四）: what is not handed over within the year is deducted in the settlement.
    """
    found = _yearly(scheme, "fiscal_settlement_by", year)
    return found[0].on if found else date(year, 12, 31)


def general_gap_due(scheme: Scheme, year: int) -> date | None:
    """The day the profile sets for the local share of the general gap; None where it sets none."""
    found = _yearly(scheme, "general_gap_due", year)
    return found[0].on if found else None


def _yearly(scheme: Scheme, code: str, year: int) -> list[Deadline]:
    last_day = date(year, 12, 31)
    if not _started(scheme, code, last_day):
        return []
    value = scheme.parameter(code, last_day)
    month, day = (int(part) for part in str(value.value).split("-"))
    on = date(year, month, min(day, monthrange(year, month)[1]))
    # A rule that starts in the course of the year asks for nothing before it does.
    first = min(one.starts_on for one in scheme.parameters[code].values)
    return [Deadline(code, value.name, on, value, period=str(year + YEARLY[code]))] if on >= first else []


def _quarterly(scheme: Scheme, year: int) -> list[Deadline]:
    """Items pooled by the quarter 按季归集, and the report on the quarter, each so many days after it."""
    found = []
    for quarter, month in enumerate((3, 6, 9, 12), start=1):
        end, period = _month_end(date(year, month, 1)), f"{year}-Q{quarter}"
        for code in ("quarterly_pooling_days", "quarterly_report_days"):
            if _started(scheme, code, end):
                days = scheme.parameter(code, end)
                items = scheme.parameter("quarterly_items", end).value if code == "quarterly_pooling_days" else ()
                codes = tuple(str(item) for item in items) if isinstance(items, list) else ()
                found.append(Deadline(code, days.name, end + timedelta(days=_whole(days)), days, codes, period))
    return found


def _legacy(scheme: Scheme) -> list[Deadline]:
    """The days by which legacy balances are handed over: all at once, or a part a month as :func:`legacy_share_due` asks."""
    for code in ("legacy_deadline", "legacy_years"):
        if code in scheme.parameters and scheme.pooled_from is not None:
            value = scheme.parameters[code].values[-1]
            if code == "legacy_deadline":
                return [Deadline(code, value.name, _date(value), value)]
            as_of = _date(scheme.parameters["legacy_as_of"].values[-1])
            after = as_of + timedelta(days=1)
            ends = (_months_later(after, parts) - timedelta(days=1) for parts in range(1, 12 * _whole(value) + 1))
            return [Deadline(code, value.name, on, value, period=f"{on:%Y-%m}") for on in ends]
    return []


def _stages(scheme: Scheme) -> list[Deadline]:
    """The steps of the reform that the document dates 实施步骤."""
    dated = (parameter for parameter in scheme.parameters.values() if parameter.unit == STAGE)
    return [Deadline(one.code, one.name, _date(one.values[-1]), one.values[-1]) for one in dated]


def _prepayments(scheme: Scheme, year: int) -> list[Deadline]:
    code, last_day = "prepayments_per_year", date(year, 12, 31)
    if not _started(scheme, code, last_day):
        return []
    times = scheme.parameter(code, last_day)
    number = _whole(times)
    months = (12 * part // number for part in range(1, number + 1))
    ends = [_month_end(date(year, month, 1)) for month in months]
    return [
        Deadline(code, times.name, end, times, period=f"{year}-Q{(end.month + 2) // 3}")
        for end in ends
        if _started(scheme, code, end)
    ]


def _started(scheme: Scheme, code: str, on: date) -> bool:
    return code in scheme.parameters and any(value.starts_on <= on for value in scheme.parameters[code].values)


def _month_end(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _day_of(month: date, value: ParameterValue) -> date:
    """The day of a month, its last one where the month is shorter."""
    return month.replace(day=min(_whole(value), _month_end(month).day))


def _months_later(month: date, months: int) -> date:
    year, index = divmod(12 * month.year + month.month - 1 + months, 12)
    return date(year, index + 1, 1)


def _whole(value: ParameterValue) -> int:
    if isinstance(value.value, int):
        return value.value
    raise ProfileError(f"{value.name} is {value.value}, needs a whole number", parameter=value.name)


def _date(value: ParameterValue) -> date:
    if isinstance(value.value, date):
        return value.value
    raise ProfileError(f"{value.name} is {value.value}, needs a date", parameter=value.name)
