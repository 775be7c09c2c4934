"""What a briefing says, drafted from the data by rules: facts alone, in the words of the trade. What they mean is for a
person to write.

A sentence whose figure is missing is left out or says why; none says zero for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.exports.blocks import Block
from dashboard.pages.briefings.duties import gap, next_steps, payment, warnings
from dashboard.pages.briefings.money import balance, collection, summary
from dashboard.site.reading import Reading
from dashboard.words.wording import N_


@dataclass(frozen=True, slots=True)
class Rule:
    """One section: its code, its heading without a number, what it is drafted with."""

    code: str
    heading: str
    draft: Callable[[Reading], list[Block]]


RULES: Sequence[Rule] = (
    Rule("summary", N_("摘要"), summary),
    Rule("balance", N_("收支和结余"), balance),
    Rule("collection", N_("征缴进度"), collection),
    Rule("payment", N_("待遇发放"), payment),
    Rule("gap", N_("缺口与责任"), gap),
    Rule("warnings", N_("预警督办"), warnings),
    Rule("next", N_("下一步安排"), next_steps),
)


def drafted(reading: Reading, code: str) -> list[Block]:
    """One section as the rules write it at a reading."""
    return next(rule for rule in RULES if rule.code == code).draft(reading)
