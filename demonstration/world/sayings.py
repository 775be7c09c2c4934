"""The demonstration's annotations of time charts and explanations of figures, as the persons concerned would write them."""

from __future__ import annotations

from dataclasses import dataclass

from rules.department import Department
from rules.month import Month

FIRST_YEAR = 2022
ADJUSTED_MONTH = 7  # the province raises benefits each July, with back pay from January
DEFERRED = 202205  # 阶段性缓缴 of 2022


@dataclass(frozen=True, slots=True)
class Event:
    """What happened in a month to the whole province."""

    month: int
    kind: str
    text: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Saying:
    """What a department says about a figure; ``city`` True: of the province's first city, else of the province."""

    figure: str
    department: str
    by: str
    text: str
    city: bool = False


def events(last: int) -> tuple[Event, ...]:
    """Annotations of months up to ``last``."""
    raised = [
        Event(Month.at(year, ADJUSTED_MONTH), "benefit", "调待补发", "benefits raised")
        for year in range(FIRST_YEAR, Month(last).year + 1)
    ]
    known = [*raised, Event(DEFERRED, "deferral", "阶段性缓缴", "deferral begins")]
    return tuple(event for event in known if event.month <= last)


SAYINGS = (
    Saying("premium", Department.TAX, "省税务局", "清欠专项行动延至11月，部分欠费将在年底前入库。"),
    Saying("balance_total", Department.AGENCY, "省社保中心", "7月待遇调整集中补发，结余环比下降，8月起恢复常态。"),
    Saying(
        "expenditure_total", Department.AGENCY, "省社保中心", "7月待遇调整补发集中在当月，支出进度因此快于历史同期。"
    ),
    Saying("premium_deviation", Department.TAX, "市税务局", "两户大型企业的缴费延至下月，已约定入库日期。", city=True),
)
