"""What a projection assumes, in words: a value as it is read, where it comes from, how a scenario differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from rules.projection.assumptions import ASSUMPTIONS
from rules.scheme import Scheme
from workflows.outlook.assumptions import Assumption

RETIREMENT = {"statutory": N_("渐进式延迟"), "original": N_("不延迟")}
YEARS_TOLD = 4  # of an assumption by year; the rest stands in the case that can be taken out


def name(code: str) -> str:
    return name_of(ASSUMPTIONS[code])


def rate_name(scheme: Scheme, one: Assumption) -> str:
    """A rate of premium by the name of its parameter."""
    return name_of(scheme.parameters[one.code])


def percent(value: str) -> str:
    """``0.045`` as ``4.5%``, with every digit that somebody laid down."""
    return f"{display.as_set(Decimal(value) * 100)}%"


def value_words(code: str, values: Sequence[str]) -> str:
    """4.5%，逐年同 · 4.5%、4.0%，以后同 · 渐进式延迟."""
    if ASSUMPTIONS[code].unit == "choice":
        return _(RETIREMENT[values[0]])
    if len(values) == 1:
        value = percent(values[0])
        return _("{value}，逐年同", value=value) if ASSUMPTIONS[code].yearly else _("每年{value}", value=value)
    told = _("、").join(percent(value) for value in values[:YEARS_TOLD])
    if len(values) > YEARS_TOLD:
        return _("{values}……至{last}", values=told, last=percent(values[-1]))
    return _("{values}，以后同", values=told)


def written(values: Sequence[str]) -> str:
    """Values as a form takes them: ``4.5 4 3.5``; the word of a choice."""
    return " ".join(
        value if value in RETIREMENT else format((Decimal(value) * 100).normalize(), "f") for value in values
    )


def differences(changes: Iterable[Assumption]) -> str:
    """征缴率94%，逐年同；待遇调整3%，逐年同: what a scenario assumes otherwise than the base, in one line."""
    said = (f"{name(one.code)} {value_words(one.code, one.values)}" for one in changes if one.code in ASSUMPTIONS)
    return _("；").join(said)
