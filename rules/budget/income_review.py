"""The monthly comparison of the income plan with what came in 收入计划按月比对, as a profile lays it down.

苏政发〔2020〕45号 附件2 第十八条: agencies and tax offices at each level compare month by month, analyse what is wrong, act on it
and report to the province's agency and tax office.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from rules.department import Department
from rules.errors import ProfileError
from rules.month import Month
from rules.scheme import Scheme

PARAMETER, SHARE, DAY = "income_review", "income_review_share", "income_review_day"


@dataclass(frozen=True, slots=True)
class Side:
    """One department's part of the income plan: the items that it compares."""

    department: Department
    items: tuple[str, ...]


def sides(scheme: Scheme) -> tuple[Side, ...]:
    """Which department compares which items, together the items that localities answer for; none where the profile asks
    nobody. Raises ProfileError where an item is nobody's or two departments'."""
    if PARAMETER not in scheme.parameters:
        return ()
    value = scheme.parameters[PARAMETER].values[-1].value
    rows = value if isinstance(value, list) else []
    found = tuple(Side(Department(row["department"]), tuple(map(str, row["items"]))) for row in rows)
    if sorted(item for side in found for item in side.items) != sorted(scheme.local_items):
        raise ProfileError(f"{scheme.code}: {PARAMETER} has {value}", scheme=scheme.code, parameter=PARAMETER)
    return found


def asked(scheme: Scheme, month: int) -> bool:
    """Whether the profile asks for a month's comparison: from the month in which the rule starts."""
    values = scheme.parameters[PARAMETER].values if PARAMETER in scheme.parameters else ()
    return bool(values) and Month(month).last >= min(one.starts_on for one in values)


def share(scheme: Scheme, on: date) -> Decimal:
    """From which difference on, as a share of what is due, an analysis is owed. Raises NotInForce."""
    return Decimal(str(scheme.parameter(SHARE, on).value))


def owes(due_fen: int | None, actual_fen: int, beyond: Decimal) -> bool:
    """Whether a difference is so large that it is to be analysed: short, or ahead; never where no plan says what is due."""
    if not due_fen:
        return False
    return abs(Fraction(actual_fen - due_fen)) > abs(due_fen) * Fraction(beyond)
