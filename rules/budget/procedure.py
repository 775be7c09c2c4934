"""The procedure of a budget 预算编制程序 as a profile lays it down: its steps in order, their offices, their last days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rules import deadlines
from rules.department import Department
from rules.errors import ProfileError
from rules.scheme import Scheme

# 起草、一下、一上、二下编制、审核汇总、复核、报政府审定、人大批准、下达、签收
STEPS = ("draft", "first_issue", "reply", "second", "review", "check", "government", "congress", "issue", "receive")
# What only a first budget has: an adjustment is put to nobody below. 苏政发〔2020〕45号 附件2 第五条、第十二条.
OF_FIRST = frozenset({"first_issue", "reply", "second"})
# Decided outside the program: the office notes the document and its day.
DOCUMENTED = frozenset({"government", "congress"})
# What the units do, not the province's offices.
OF_UNITS = frozenset({"reply", "receive"})
DUE = {"first_issue": "budget_first_issue_by", "reply": "budget_reply_by"}


@dataclass(frozen=True, slots=True)
class ProcedureStep:
    """One step: ``offices`` of the province that make it, none where the units do; ``due`` its last day, None where the
    profile sets none."""

    code: str
    offices: tuple[Department, ...]
    due: date | None


def procedure(scheme: Scheme, year: int, *, adjustment: bool = False) -> tuple[ProcedureStep, ...]:
    """The steps of a year's budget, made in the year before it; of an adjustment within the year. Raises NotInForce, and
    ProfileError where the profile names a step or an office that is none."""
    made_in = year if adjustment else year - 1
    value = scheme.parameter("budget_procedure", date(made_in, 12, 31)).value
    days = {one.code: one.on for one in deadlines.of_year(scheme, made_in)}
    found = [_step(scheme, row, days) for row in value] if isinstance(value, list) else []
    return tuple(one for one in found if not (adjustment and one.code in OF_FIRST))


def _step(scheme: Scheme, row: Mapping[str, object], days: Mapping[str, date]) -> ProcedureStep:
    code, offices = str(row["step"]), row["offices"]
    if code not in STEPS or not isinstance(offices, list):
        raise ProfileError(
            f"{scheme.code}: budget_procedure has {row}", scheme=scheme.code, parameter="budget_procedure"
        )
    return ProcedureStep(code, tuple(Department(one) for one in offices), days.get(DUE.get(code, "")))
