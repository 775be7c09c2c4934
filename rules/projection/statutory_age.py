"""The statutory age of retirement (法定退休年龄), which rises month by month from 2025 on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from rules.calculators.records import Step, Within
from rules.month import Month

TITLE = "Statutory age of retirement 法定退休年龄"
ARTICLE = "全国人民代表大会常务委员会关于实施渐进式延迟法定退休年龄的决定（2024年9月13日）"
ASSUMED = "nothing; earlier or later retirement of one's own choice 弹性退休 is not its matter"

MONTHS = 12
REFORM = Month(202501)
Kind = Literal["male60", "female55", "female50"]
# Original age; a month's delay for every so many months, and at most so many.
ORIGINAL_AGE = {"male60": 60, "female55": 55, "female50": 50}
EVERY = {"male60": 4, "female55": 4, "female50": 2}
MOST = {"male60": 36, "female55": 36, "female50": 60}


@dataclass(frozen=True, slots=True)
class Case:
    """``kind`` is the sex with the original age: men 60, women 55 or 50."""

    kind: Kind
    birth_year: Annotated[int, Within(minimum=1900, maximum=2100)]
    birth_month: Annotated[int, Within(minimum=1, maximum=12)]


@dataclass(frozen=True, slots=True)
class Result:
    delay_months: int
    age_months: int
    retire_year: int
    retire_month: int
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """The month in which the statutory age is reached, and that age in months. 决定（2024年9月13日）二."""
    original = original_month(case.kind, _place(case.birth_year, case.birth_month))
    delay = delay_months(case.kind, original)
    age = ORIGINAL_AGE[case.kind] * MONTHS + delay
    year, month = divmod(original + delay, MONTHS)
    steps = (
        Step(None, f"原法定退休年龄 {ORIGINAL_AGE[case.kind]}周岁，{_said(original)}达到"),
        Step(None, f"每{EVERY[case.kind]}个月延迟1个月，最多{MOST[case.kind]}个月：延迟{delay}个月"),
        Step(None, f"法定退休年龄 {age // MONTHS}周岁{age % MONTHS}个月，{_said(original + delay)}达到"),
    )
    return Result(delay, age, year, month + 1, steps)


def original_month(kind: Kind, born: int) -> int:
    """The month of the original age, as months since the year 0, of who was born in such a month."""
    return born + ORIGINAL_AGE[kind] * MONTHS


def delay_months(kind: Kind, original: int) -> int:
    """By how many months the reform delays a retirement that was due in ``original``, as months since the year 0."""
    late = original - _place(REFORM.year, REFORM.number)
    return 0 if late < 0 else min(MOST[kind], late // EVERY[kind] + 1)


def _place(year: int, month: int) -> int:
    return year * MONTHS + month - 1


def _said(place: int) -> str:
    return f"{place // MONTHS}年{place % MONTHS + 1}月"
