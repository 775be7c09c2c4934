"""Reading the alert calculators' JSON: each field is taken with its path, so that a refusal can name it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.alerts.condition import Gap, Observation
from rules.alerts.threshold import (
    COLOURS,
    LEVELS,
    MOST_DIGITS,
    Level,
    Limit,
    NoData,
    Operator,
    Scope,
    Threshold,
    ThresholdVersion,
    dates_overlap,
    recovery_value,
)
from rules.calculators.reading import joined, shown
from rules.errors import InputError, refused

# ASCII only and without separators: what a spreadsheet damages must not pass for a number.
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_PERIOD = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9])?)?",
)
_LARGEST_WHOLE = 10**18
_LARGEST_READ = 10**MOST_DIGITS
MOST_DECIMALS = 30
SPEC_FIELDS = (
    "operator",
    "levels",
    "for_periods",
    "recover_margin",
    "recover_periods",
    "no_data",
    "stale_after",
    "scale",
)


def decimal_of(value: object) -> Decimal | None:
    """A plain finite decimal from a JSON number or text; None for anything else, and beyond MOST_DIGITS."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if len(value) > MOST_DIGITS or _DECIMAL.fullmatch(value) is None:
            return None
        value = Decimal(value)
    elif isinstance(value, float):
        value = Decimal(repr(value))
    elif isinstance(value, int):
        value = Decimal(value) if abs(value) < _LARGEST_READ else None
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    _, digits, exponent = value.as_tuple()
    fits = isinstance(exponent, int) and abs(exponent) <= MOST_DIGITS and len(digits) <= MOST_DIGITS
    return value if fits else None


def whole_of(value: object) -> int | None:
    """A whole number from a JSON number or text (``3``, ``3.0``, ``"3"``); None for anything else."""
    number = decimal_of(value)
    if number is None or abs(number) > _LARGEST_WHOLE or number != number.to_integral_value():
        return None
    return int(number)


def no_data_of(value: object) -> tuple[NoData, Level] | None:
    """The no-data policy from ``keep``, ``ok`` or ``breach:LEVEL``; None for anything else."""
    if not isinstance(value, str):
        return None
    policy, colon, level = value.partition(":")
    if policy == NoData.BREACH and level in COLOURS:
        return NoData.BREACH, COLOURS[level]
    return (NoData(policy), Level.NONE) if policy in (NoData.KEEP, NoData.OK) and not colon else None


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the input with its path (``series[3]``); every reader raises InputError when it does not fit."""

    value: object
    path: str = ""

    def refused(self, needs: str) -> InputError:
        # Python refuses to write out whole numbers of thousands of digits.
        huge = isinstance(self.value, int) and abs(self.value) > _LARGEST_WHOLE
        return refused(self.path or "input", "a huge number" if huge else shown(self.value), needs)

    def any_members(self) -> dict[str, Field]:
        """The members of an object whose keys are names the input chose."""
        if not isinstance(self.value, Mapping):
            raise self.refused("an object")
        for key in self.value:
            if not isinstance(key, str):
                raise self.refused("an object with text keys")
        return {key: Field(value, joined(self.path, key)) for key, value in self.value.items()}

    def members(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Field]:
        """The members of an object with known keys; an optional one that is null counts as absent."""
        found = self.any_members()
        for key, member in found.items():
            if key not in required and key not in optional:
                raise refused(member.path, "an unknown key", f"one of {', '.join((*required, *optional))}")
        for key in required:
            if key not in found:
                raise refused(joined(self.path, key), "nothing", "a value")
        return {key: member for key, member in found.items() if key in required or member.value is not None}

    def elements(self) -> list[Field]:
        if not isinstance(self.value, list | tuple):
            raise self.refused("a list")
        return [Field(value, f"{self.path}[{index}]") for index, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.refused("a text that is not empty")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.refused("true or false")
        return self.value

    def decimal(self) -> Decimal:
        number = decimal_of(self.value)
        if number is None:
            raise self.refused(f"a plain decimal of at most {MOST_DIGITS} digits")
        return number

    def hours(self) -> Fraction:
        return Fraction(self.decimal())

    def whole(self, least: int, most: int = _LARGEST_WHOLE) -> int:
        number = whole_of(self.value)
        if number is None or not least <= number <= most:
            raise self.refused(f"a whole number from {least} to {most}")
        return number

    def period(self) -> str:
        if not isinstance(self.value, str) or _PERIOD.fullmatch(self.value) is None:
            raise self.refused("a period such as 2026-03, 2026-03-05 or 2026-03-05T10:15")
        return self.value

    def one_of(self, choices: Mapping[str, Level]) -> Level:
        if not isinstance(self.value, str) or self.value not in choices:
            raise self.refused(f"one of {', '.join(choices)}")
        return choices[self.value]

    def operator(self) -> Operator:
        if not isinstance(self.value, str) or self.value not in tuple(Operator):
            raise self.refused(f"one of {', '.join(Operator)}")
        return Operator(self.value)

    def observation(self) -> Observation:
        if isinstance(self.value, str) and self.value in _GAPS:
            return Gap(self.value)
        unusable = isinstance(self.value, str) and _NOT_FINITE.fullmatch(self.value) is not None
        if isinstance(self.value, Decimal | float):
            unusable = not Decimal(self.value).is_finite()
        if unusable:
            return Gap.INVALID
        number = decimal_of(self.value)
        if number is None:
            raise self.refused(f"a decimal of at most {MOST_DIGITS} digits, missing, invalid or not_due")
        return number


_GAPS = frozenset(Gap)


def read_series(field: Field) -> tuple[tuple[str, Observation], ...]:
    """[[period, observation], …] with periods ascending, each once."""
    series: list[tuple[str, Observation]] = []
    for row in field.elements():
        pair = row.elements()
        if len(pair) != 2:
            raise row.refused("a period and an observation")
        period = pair[0].period()
        if series and period <= series[-1][0]:
            raise pair[0].refused(f"a period after {series[-1][0]}")
        series.append((period, pair[1].observation()))
    return tuple(series)


def read_threshold(field: Field) -> Threshold:
    """A threshold that can be judged by; whether it is also a sensible one is for validation to say."""
    found = field.members(("operator", "levels"), SPEC_FIELDS[2:])
    worse = found["operator"].operator()
    margin = found["recover_margin"].decimal() if "recover_margin" in found else Decimal(0)
    for_periods = _whole_or(found, "for_periods", 1)
    limits = []
    for name, member in found["levels"].any_members().items():
        if name not in COLOURS:
            raise refused(member.path, "an unknown level", "one of blue, yellow, orange, red")
        limits.append(_read_limit(COLOURS[name], member, worse, margin, for_periods))
    if not limits:
        raise found["levels"].refused("at least one level")
    policy = found.get("no_data")
    no_data = (NoData.KEEP, Level.NONE) if policy is None else no_data_of(policy.value)
    if policy is not None and no_data is None:
        raise policy.refused("keep, ok or breach: with a level")
    assert no_data is not None
    return Threshold(
        operator=worse,
        limits=tuple(sorted(limits, key=lambda limit: limit.level)),
        recover_periods=_whole_or(found, "recover_periods", 1),
        no_data=no_data[0],
        no_data_level=no_data[1],
        stale_after=_whole_or(found, "stale_after", 2),
        scale=found["scale"].whole(0, MOST_DECIMALS) if "scale" in found else 2,
    )


def _whole_or(found: dict[str, Field], key: str, default: int) -> int:
    return found[key].whole(1) if key in found else default


def _read_limit(level: Level, field: Field, worse: Operator, margin: Decimal, for_periods: int) -> Limit:
    if not isinstance(field.value, Mapping):
        at = field.decimal()
        return Limit(level, at, recovery_value(worse, at, margin), for_periods)
    found = field.members(("at",), ("recover_at", "for_periods"))
    at = found["at"].decimal()
    recover_at = found["recover_at"].decimal() if "recover_at" in found else recovery_value(worse, at, margin)
    return Limit(level, at, recover_at, _whole_or(found, "for_periods", for_periods))


def read_versions(field: Field) -> tuple[ThresholdVersion, ...]:
    """[{from, to?, spec}], no two in force in one period."""
    versions: list[ThresholdVersion] = []
    for row in field.elements():
        found = row.members(("from", "spec"), ("to",))
        ends = found["to"].period() if "to" in found else None
        version = ThresholdVersion(read_threshold(found["spec"]), found["from"].period(), ends)
        if any(dates_overlap((v.starts, v.ends), (version.starts, version.ends)) for v in versions):
            raise row.refused("dates that do not overlap another version's")
        versions.append(version)
    return tuple(versions)


def read_scope(field: Field) -> Scope:
    found = field.members((), ("indicator", "fund", "region_level", "region"))
    named = {key: member.text() for key, member in found.items()}
    return Scope(named.get("indicator"), named.get("fund"), named.get("region_level"), named.get("region"))


def read_level(field: Field) -> Level:
    """none | blue | yellow | orange | red."""
    return field.one_of(LEVELS)
