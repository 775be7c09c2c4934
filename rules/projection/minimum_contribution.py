"""The months of contribution that a monthly pension needs (最低缴费年限), which rise from 2030 on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rules.calculators.records import Step, Within

TITLE = "Minimum contribution 最低缴费年限"
ARTICLE = "全国人民代表大会常务委员会关于实施渐进式延迟法定退休年龄的决定（2024年9月13日）附：国务院关于渐进式延迟法定退休年龄的办法 二"
ASSUMED = "nothing; who falls short and pays longer is not its matter"

LEAST, MOST = 180, 240
FIRST_YEAR, EVERY_YEAR = 2030, 6


@dataclass(frozen=True, slots=True)
class Case:
    """``retire_year``: the year in which the pension begins."""

    retire_year: Annotated[int, Within(minimum=1900, maximum=2200)]


@dataclass(frozen=True, slots=True)
class Result:
    months: int
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """Months of contribution needed by who retires in a year. 决定（2024年9月13日）附办法 二."""
    months = min(MOST, LEAST + EVERY_YEAR * max(0, case.retire_year - FIRST_YEAR + 1))
    steps = (
        Step(None, f"2029年及以前{LEAST}个月，{FIRST_YEAR}年起每年提高{EVERY_YEAR}个月，最高{MOST}个月"),
        Step(None, f"{case.retire_year}年领取基本养老金：最低缴费{months}个月"),
    )
    return Result(months, steps)
