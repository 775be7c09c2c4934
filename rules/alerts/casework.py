"""Cases 事项: which warnings are worked as one, which department leads, and how long each severity gives.

Warnings of one place (see :mod:`rules.alerts.place`) and one group of departments are one case: the worst leads, the
place answers once. Deadlines are working time; the policy is a default of this system, no document sets it (assumed).
"""

from __future__ import annotations

from enum import StrEnum

from rules.alerts.episode import Hours, Policy
from rules.alerts.threshold import Level
from rules.alerts.working_time import DAY_HOURS
from rules.department import Department
from rules.indicators import INDICATORS


class Group(StrEnum):
    """支付能力, 征缴, 支付, 资金, 数据, 政策: whose work a case is."""

    SOLVENCY = "solvency"
    COLLECTION = "collection"
    PAYMENT = "payment"
    FUNDS = "funds"
    DATA = "data"
    POLICY = "policy"


# Whether the money lasts: the province's first question, never one case with somebody's arrears.
_SOLVENCY = {
    "balance_total",
    "months_payable",
    "months_payable_ahead",
    "account_cover",
    "reserve_ratio",
    "exhaustion_years",
    "balanced_rate_gap",
}
_COLLECTION = {
    "income_deviation",
    "premium_deviation",
    "collection_rate",
    "completion_forecast",
    "prepaid_share",
    "effective_rate",
    "enrolment_progress",
}
_PAYMENT = {
    "expenditure_deviation",
    "unpaid_due",
    "disbursement_delay",
    "request_deviation",
    "expenditure_account_months",
    "early_retirement_share",
    "recovery_rate",
    "open_violations_share",
}
# Tax, treasury, fiscal and agency books on the same money: one cause shows in pooling and in reconciliation alike.
_FUNDS = {"reconciliation_difference"}
_BY_SIDE = {"information": Group.DATA, "policy": Group.POLICY}


def group_of(indicator: str) -> Group:
    """The group whose work a warning of the indicator is."""
    if indicator in _SOLVENCY:
        return Group.SOLVENCY
    if indicator in _COLLECTION:
        return Group.COLLECTION
    if indicator in _PAYMENT:
        return Group.PAYMENT
    if indicator in _FUNDS:
        return Group.FUNDS
    known = INDICATORS.get(indicator)
    return Group.FUNDS if known is None or known.side is None else _BY_SIDE.get(known.side, Group.FUNDS)


def lead_department(indicator: str) -> Department:
    """The department that leads the work on a warning of the indicator 责任部门: the first that can act on it and to which
    work is given; 人社 where that is whoever delivered the data."""
    known = INDICATORS.get(indicator)
    named = () if known is None else known.responsible
    return next((Department(one) for one in named if one in GIVEN), Department.SOCIAL)


# To whom cases are given; the treasury only books.
GIVEN = tuple(one for one in Department if one is not Department.TREASURY)
NEVER = 10**9
# Sign within: red 4 working hours, orange 1 day, yellow 3 days, blue 5 and no superior is told. Urged again every three
# days.
_SIGN: dict[Level, Hours] = {Level.RED: 4, Level.ORANGE: DAY_HOURS, Level.YELLOW: 3 * DAY_HOURS}
_MILD = 5 * DAY_HOURS
POLICIES = {
    level: Policy(
        ack_sla=_SIGN.get(level, _MILD),
        max_steps=2 if level in _SIGN else 0,
        repeat=3 * DAY_HOURS,
        ack_timeout=5 * DAY_HOURS,
    )
    for level in Level
}
# An answer is verified, and a request decided, within so many working days.
VERIFIED_DAYS, DECIDED_DAYS = 3, 3
VERIFIED, DECIDED = VERIFIED_DAYS * DAY_HOURS, DECIDED_DAYS * DAY_HOURS
# Working days that a leader gives unless he says otherwise.
INSTRUCTED_DAYS = 5
# While an objection is open nobody is urged; a deadline that was set still passes.
PAUSED = Policy(max_steps=0, repeat=NEVER, ack_timeout=NEVER)


def policy_of(level: Level, *, paused: bool = False) -> Policy:
    """The deadlines at a level; ``paused`` while a request about the case itself is open."""
    return PAUSED if paused else POLICIES[level]
