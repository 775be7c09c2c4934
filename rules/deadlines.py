"""Deadlines that a scheme's profile sets: month close, payment, pooling, budget rounds, settlement, legacy balances.

Days are calendar days; whoever counts working time moves them by the calendar of holidays.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from rules.errors import ProfileError
from rules.scheme import ParameterValue, Scheme

# Day of the month, in the month itself or in the one after it.
MONTHLY = (("disbursement_day", 0), ("paying_day", 0), ("closing_day", 1))
# A month and day of the year, "11-15".
YEARLY = (
    "budget_first_issue_by",
    "budget_reply_by",
    "general_gap_due",
    "management_gap_due",
    "central_settlement_by",
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day for something. ``code`` and ``name`` are the parameter's; ``items`` the fund items, if not all."""

    code: str
    name: str
    on: date
    rests_on: ParameterValue
    items: tuple[str, ...] = ()


def of_month(scheme: Scheme, month: date, region: str | None = None) -> tuple[Deadline, ...]:
    """What a month asks for: 拨付, 发放 in it, 月度定稿 after it, and the last day before it is 逾期未定稿.

    Only what the scheme's profile names. Raises NotInForce before the first value.
    """
    found = []
    for code, months_later in MONTHLY:
        if code in scheme.parameters:
            value = scheme.parameter(code, month, region)
            found.append(Deadline(code, value.name, _day_of(_months_later(month, months_later), value), value))
    closing = next((deadline.on for deadline in found if deadline.code == "closing_day"), None)
    if closing is not None:
        grace = scheme.parameter("closing_grace_days", month, region)
        found.append(Deadline("closing_grace_days", grace.name, closing + timedelta(days=_whole(grace)), grace))
    return tuple(found)


def of_year(scheme: Scheme, year: int) -> tuple[Deadline, ...]:
    """What a year asks for, in order of days: budget rounds 两下一上, quarterly items, prepayments, settlement of gaps.

    A rule that starts within the year counts from its start; one that starts later is left out.
    """
    found = [deadline for code in YEARLY for deadline in _yearly(scheme, code, year)]
    found += _quarterly_pooling(scheme, year)
    found += _prepayments(scheme, year)
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


def settled_by(year: int) -> date:
    """The last day for money of a year before the province settles it with its cities and counties 财政结算.

    苏政发〔2020〕45号 附件3 三（四）: what is not handed over within the year is deducted in the settlement.
    """
    return date(year, 12, 31)


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
    return [Deadline(code, value.name, date(year, month, day), value)]


def _quarterly_pooling(scheme: Scheme, year: int) -> list[Deadline]:
    found = []
    for quarter_end in (_month_end(date(year, month, 1)) for month in (3, 6, 9, 12)):
        if _started(scheme, "quarterly_items", quarter_end):
            items = scheme.parameter("quarterly_items", quarter_end).value
            days = scheme.parameter("quarterly_pooling_days", quarter_end)
            codes = tuple(str(item) for item in items) if isinstance(items, list) else ()
            on = quarter_end + timedelta(days=_whole(days))
            found.append(Deadline("quarterly_pooling_days", days.name, on, days, codes))
    return found


def _prepayments(scheme: Scheme, year: int) -> list[Deadline]:
    code, last_day = "prepayments_per_year", date(year, 12, 31)
    if not _started(scheme, code, last_day):
        return []
    times = scheme.parameter(code, last_day)
    number = _whole(times)
    ends = (_month_end(date(year, 12 * part // number, 1)) for part in range(1, number + 1))
    return [Deadline(code, times.name, end, times) for end in ends if _started(scheme, code, end)]


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
