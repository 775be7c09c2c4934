"""Figures that several pages read and word alike: an indicator's value, faster or slower, what is missing and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dashboard import display
from dashboard.components.parts import Child, Strong, sentence
from dashboard.reading import Reading
from dashboard.wording import N_, _
from rules.indicators import INDICATORS, Value

UNIT_NAMES = {
    "yuan": N_("元"),
    "months": N_("个月"),
    "percent": "%",
    "points": N_("百分点"),
    "days": N_("天"),
    "working_days": N_("个工作日"),
    "permille": "‰",
    "times": N_("倍"),
    "ratio": N_("比"),
}


def value(reading: Reading, code: str, region: str | None = None, month: int | None = None) -> Value | None:
    """An indicator's published value for a region (the one looked at) and month (the one shown); None without a row."""
    indicator = INDICATORS[code]
    shown = reading.snapshot.month if month is None else month
    values = reading.snapshot.values(code, None if indicator.period == "live" else shown)
    return values.get(region or reading.region)


def exact(found: Value | None) -> Decimal | None:
    return None if found is None else found.value


def shown(code: str, found: Decimal | None, *, signed: bool = False) -> str:
    """A value at its indicator's scale, without the unit; an amount in 亿元."""
    indicator = INDICATORS[code]
    if indicator.unit == "yuan" and found is not None:
        return display.money(int(Fraction(found) * 100))
    return display.number(found, indicator.scale, signed=signed or indicator.unit == "points")


def unit(code: str) -> str:
    indicator = INDICATORS[code]
    return _("亿元") if indicator.unit == "yuan" else _(UNIT_NAMES[indicator.unit])


def input_fen(found: Value | None, name: str) -> int | None:
    """One of a value's inputs as fen; None where it is not known."""
    given = None if found is None else found.inputs.get(name)
    return None if given is None else int(given)


def share(found: Value | None, name: str) -> float | None:
    """One of a value's inputs as a share for drawing."""
    given = None if found is None else found.inputs.get(name)
    return None if given is None else float(given)


@dataclass(frozen=True, slots=True)
class Progress:
    """Execution of one side of the plan: amount and plan in fen, progress in %, deviation from 历史同期 in points."""

    amount: int | None
    plan: int | None
    progress: Decimal | None
    deviation: Decimal | None
    historical: float | None
    reason: str | None


def progress(reading: Reading, side: str, region: str | None = None) -> Progress:
    """``side`` is income, expenditure or premium."""
    deviation = value(reading, f"{side}_deviation", region)
    done = input_fen(deviation, f"{side}_fen")
    plan = input_fen(deviation, f"{side}_plan_fen")
    rate = None if done is None or not plan else Decimal(display.decimal_string(Fraction(done * 100, plan), 2))
    return Progress(
        done,
        plan,
        rate,
        exact(deviation),
        share(deviation, "historical_share"),
        None if deviation is None else deviation.reason,
    )


def pace(deviation: Decimal | None, *, strong: bool = False) -> list[Child]:
    """快于历史同期 1.66 个百分点, 慢于 …, 与历史同期持平, or why it cannot be said."""
    wrap = Strong if strong else str
    if deviation is None:
        return [_("历史同期不足两年，暂不比较")]
    said = wrap(display.number(abs(deviation), 2))
    if deviation > 0:
        return sentence(N_("快于历史同期{points}个百分点"), points=said)
    if deviation < 0:
        return sentence(N_("慢于历史同期{points}个百分点"), points=said)
    return [_("与历史同期持平")]


def growth(now: int | None, before: int | None) -> Decimal | None:
    """同比 or 环比 in %, two decimals; None without a positive base."""
    if now is None or before is None or before <= 0:
        return None
    return Decimal(display.decimal_string(Fraction((now - before) * 100, before), 2))
