"""How an indicator is declared: name, unit, formula, period, who answers for it, default limits and its function.

The indicators themselves stand in :mod:`rules.indicators`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from rules.money import rounded

Number = int | Fraction | Decimal
Inputs = Mapping[str, Number | None]
Level = Literal["province", "city", "county", "district"]
SEVERITIES = ("blue", "yellow", "orange", "red")
EVERYWHERE: tuple[Level, ...] = ("province", "city", "county", "district")
# Where there is a plan: districts are part of their city's urban area.
PLANNED: tuple[Level, ...] = ("province", "city", "county")
PROVINCE: tuple[Level, ...] = ("province",)

# Why there is no value. Each is worded for the reader in the display catalogue.
NO_INPUT = "no_input"  # the figure is not known
NO_OPENING = "no_opening"  # no opening balance was delivered: there are flows, and no balance
NO_PLAN = "no_plan"  # no plan was entered for the year
NO_DENOMINATOR = "no_denominator"  # nothing to divide by: zero or less
TOO_FEW_MONTHS = "too_few_months"  # the ledger does not go back twelve closed months
TOO_FEW_YEARS = "too_few_years"  # fewer than two closed years to compare with
NEVER_DELIVERED = "never_delivered"  # the source has not sent anything yet
NOT_REPORTED = "not_reported"  # a department has not reported its total
NO_STATISTIC = "no_statistic"  # head-counts, wage bases and the like were not reported for the month
NO_YEAR_AGO = "no_year_ago"  # nothing is known of the year before
NO_REQUEST = "no_request"  # no disbursement request was made
NOT_DISBURSED = "not_disbursed"  # nothing was disbursed in the month
TOO_SHORT = "too_short"  # the ledger does not go back thirty-six months
NO_SPREAD = "no_spread"  # past deviations do not vary, nothing can be called unusual
WITHDRAWN = "withdrawn"  # the month was taken out of the ledger with the delivery that brought it
NO_PROJECTION = "no_projection"  # nothing is projected yet: no year is closed, or heads were not reported
LASTS = "lasts"  # the balance is not used up within the years projected
# A ledger that is still too short owes nothing.
NOT_YET = (TOO_FEW_MONTHS, TOO_FEW_YEARS, TOO_SHORT, NO_YEAR_AGO)
REASONS = (
    NO_INPUT,
    NO_OPENING,
    NO_PLAN,
    NO_DENOMINATOR,
    TOO_FEW_MONTHS,
    TOO_FEW_YEARS,
    NEVER_DELIVERED,
    NOT_REPORTED,
    NO_STATISTIC,
    NO_YEAR_AGO,
    NO_REQUEST,
    NOT_DISBURSED,
    TOO_SHORT,
    NO_SPREAD,
    WITHDRAWN,
    NO_PROJECTION,
    LASTS,
)


@dataclass(frozen=True, slots=True)
class Value:
    """An indicator's value at its declared scale, or None and the reason. ``inputs`` is what it was computed from."""

    value: Decimal | None
    reason: str | None
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a formula: its name, how it is called, its unit (fen, days, share …), and why it may be missing."""

    name: str
    label: str
    label_en: str
    unit: str
    missing: str = NO_INPUT
    optional: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is a whole number: all but shares and percentages are."""
        return self.unit not in ("share", "percent")


@dataclass(frozen=True, slots=True)
class Limits:
    """One default rule 系统预置: on trial (试运行) until the province confirms or changes it.

    ``at`` maps a severity to the limit as a decimal string. ``fund`` restricts the rule to one fund, ``kind`` as in
    :class:`Indicator` overrides the indicator's own.
    """

    operator: Literal["lt", "le", "gt", "ge"]
    at: Mapping[str, str]
    fund: str | None = None
    kind: Literal["act", "watch"] | None = None


@dataclass(frozen=True)
class Indicator:
    """One declaration. ``period`` month: judged once the month is final; live: at every published version.

    ``worse`` says in which direction it gets worse, None for a mere figure. ``levels`` is where it exists at all,
    ``responsible`` the departments that can act, ``kind`` whether a warning must be worked (act) or is shown (watch).
    ``concept`` names the profile's parameter without which the indicator does not exist in a scheme. ``parted`` marks values
    kept per part (a source) rather than one a region, ``expected`` those that rest on forecasts and so exist only of signed
    months, from after their signature.
    """

    code: str
    name: str
    name_en: str
    unit: str
    scale: int
    worse: Literal["lower", "higher"] | None
    formula: str
    formula_en: str
    period: Literal["month", "live"]
    side: Literal["policy", "operations", "information", "supervision"] | None
    levels: tuple[Level, ...]
    responsible: tuple[str, ...]
    inputs: tuple[Input, ...]
    compute: Callable[..., Number | str]
    limits: tuple[Limits, ...] = ()
    kind: Literal["act", "watch"] = "act"
    concept: str | None = None
    parted: bool = False
    expected: bool = False

    def value(self, **given: Number | None) -> Value:
        """The value for these inputs; TypeError for a name that is not declared or not given."""
        if given.keys() != self.names:
            unknown = sorted(given.keys() ^ self.names)
            raise TypeError(f"{self.code}: inputs {unknown} do not match the declaration")
        for needed in self.inputs:
            if given[needed.name] is None and not needed.optional:
                return Value(None, needed.missing, given)
        found = self.compute(**given)
        if isinstance(found, str):
            return Value(None, found, given)
        return Value(rounded(found, self.scale), None, given)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the inputs."""
        return frozenset(needed.name for needed in self.inputs)


def four(operator: Literal["lt", "le", "gt", "ge"], *at: str) -> Limits:
    """Limits for blue, yellow, orange, red in this order."""
    return Limits(operator, dict(zip(SEVERITIES, at, strict=True)))


def ratio(part: Number, whole: Number, unit: int) -> Number | str:
    """``part`` ÷ ``whole`` in hundredths (unit 100) or thousandths (1000); no value unless the whole is positive."""
    if whole <= 0:
        return NO_DENOMINATOR
    if isinstance(part, int) and isinstance(whole, int):
        return Fraction(part * unit, whole)
    return Fraction(part) / Fraction(whole) * unit
