"""A rule's record filled with the parameter values in force: the link between scheme profiles and rules."""

from __future__ import annotations

from dataclasses import is_dataclass
from datetime import date
from typing import Any, TypeVar

from rules.calculators.reading import RecordField, fields_of, read_field
from rules.calculators.records import FromProfile
from rules.errors import InputError, ProfileError
from rules.scheme import ParameterValue, Scheme

T = TypeVar("T")


def case(
    record: type[T], scheme: Scheme, on: date, region: str | None = None, **given: Any
) -> tuple[T, tuple[ParameterValue, ...]]:
    """``record`` with ``given`` and, for every field left open, the value in force on a day; what it rests on.

    A page marks the result 暂定 or 待核 where one of those is. Raises NotInForce before the first value, ProfileError
    where the profile lacks a parameter (the rule does not apply to the scheme) or holds one that does not fit.
    """
    rests_on: list[ParameterValue] = []
    values = dict(given)
    for field in fields_of(record):
        if field.name in given:
            continue
        mark = field.mark(FromProfile)
        if mark is not None and not (mark.optional and mark.parameter not in scheme.parameters):
            used = scheme.parameter(mark.parameter, on, region)
            values[field.name] = _fitting(field, mark, used, scheme)
            rests_on.append(used)
        elif isinstance(field.kind, type) and isinstance(field.default, field.kind) and is_dataclass(field.kind):
            values[field.name], nested = case(field.kind, scheme, on, region)
            rests_on.extend(nested)
    return record(**values), tuple(rests_on)


def _fitting(field: RecordField, mark: FromProfile, used: ParameterValue, scheme: Scheme) -> object:
    try:
        raw = mark.convert(used.value) if mark.convert else used.value
        return read_field(field, raw, mark.parameter)
    except InputError as problem:
        message = f"{scheme.code}: {problem.parameters['path']}: {problem}"
        raise ProfileError(message, scheme=scheme.code, parameter=mark.parameter) from problem
