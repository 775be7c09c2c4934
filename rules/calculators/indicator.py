"""Any indicator of the catalogue, computed from its inputs: what 计算依据 of a figure downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rules.calculators.reading import joined, shown
from rules.calculators.records import Number, Step
from rules.errors import refused
from rules.indicators import INDICATORS
from rules.indicators.declaration import Indicator, Input
from rules.money import trimmed, yuan_text

TITLE = "Indicator 指标"
ARTICLE = "docs/indicators.md"


@dataclass(frozen=True, slots=True)
class Case:
    """``code`` is the indicator's, ``inputs`` its inputs by name; null where one is not known."""

    code: str
    inputs: Mapping[str, Number | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """The value at the indicator's scale, or null and the reason why there is none."""

    value: Decimal | None
    reason: str | None
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """An indicator's value from its inputs. Refuses an unknown code, and inputs other than the declared ones."""
    if case.code not in INDICATORS:
        raise refused("code", shown(case.code), f"one of {', '.join(INDICATORS)}")
    indicator = INDICATORS[case.code]
    for name in case.inputs:
        if name not in indicator.names:
            raise refused(joined("inputs", name), "an unknown input", f"one of {', '.join(sorted(indicator.names))}")
    found = indicator.value(**{needed.name: _given(needed, case.inputs) for needed in indicator.inputs})
    value = "—" if found.value is None else format(found.value, "f")
    return Result(
        found.value, found.reason, (Step(None, indicator.formula), *_working(indicator, case), Step(None, value))
    )


def _given(needed: Input, inputs: Mapping[str, Decimal | None]) -> int | Decimal | None:
    if needed.name not in inputs and not needed.optional:
        raise refused(joined("inputs", needed.name), "nothing", "a number, or null where it is not known")
    number = inputs.get(needed.name)
    if number is None or not needed.whole:
        return number
    if number != int(number):
        raise refused(joined("inputs", needed.name), shown(number), "a whole number")
    return int(number)


def _working(indicator: Indicator, case: Case) -> list[Step]:
    """One line for each input: what it is and how much."""
    steps = []
    for needed in indicator.inputs:
        number = case.inputs.get(needed.name)
        if number is None:
            text = "—"
        else:
            text = yuan_text(int(number)) if needed.unit == "fen" else format(trimmed(number), "f")
        steps.append(Step(None, f"{needed.label} {text}"))
    return steps
