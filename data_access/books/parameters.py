"""暂定参数: what the documents leave open, as the province set it, laid over the scheme profiles.

Nothing that a document lays down can be set here. Rows are only ever added: the newest of a day holds, and one without
a value gives the profile's own back.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from data_access.store import schema
from rules.errors import PoolwatchError
from rules.scheme import Parameter, ParameterValue, Scheme, load_scheme

TABLE = schema.parameter
MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class ParameterEnacted(PoolwatchError):
    """The value is laid down by a document and cannot be set."""

    code = "parameter_enacted"


class ParameterUnfit(PoolwatchError):
    """The value given is not of the kind that the parameter needs."""

    code = "parameter_unfit"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value as it was set, as written. ``text`` None: from that day the profile's own holds again."""

    id: int
    code: str
    starts_on: date
    text: str | None
    reason: str
    set_at: datetime
    set_by: str


def settings(connection: Connection, scheme: str) -> tuple[Setting, ...]:
    """Everything that was set for a scheme, in the order of setting."""
    rows = connection.execute(select(TABLE).where(TABLE.c.scheme == scheme).order_by(TABLE.c.id))
    return tuple(_setting(row) for row in rows)


def _setting(row: Row[Any]) -> Setting:
    return Setting(row.id, row.code, row.starts_on, row.value, row.reason, row.set_at, row.set_by)


def newest_setting(connection: Connection, scheme: str) -> datetime:
    """When a parameter of a scheme was last set; the beginning of time when none was."""
    newest = connection.execute(select(func.max(TABLE.c.set_at)).where(TABLE.c.scheme == scheme)).scalar()
    return newest or datetime.min.replace(tzinfo=UTC)


def scheme_in_force(connection: Connection, code: str) -> Scheme:
    """A scheme with the values set by the province; the profile itself where none was set."""
    return _laid_over(load_scheme(code), settings(connection, code))


def schemes_in_force(connection: Connection) -> tuple[tuple[Scheme, bool], ...]:
    """Every scheme in the store with the values set, and whether it is a demonstration; ledgers first, then by code."""
    table = schema.scheme
    wanted = select(table.c.code.label("of"), table.c.demo, TABLE).outerjoin_from(
        table, TABLE, TABLE.c.scheme == table.c.code
    )
    given: dict[tuple[str, bool], list[Setting]] = {}
    for row in connection.execute(wanted.order_by(table.c.kind, table.c.code, TABLE.c.id)):
        found = given.setdefault((row.of, bool(row.demo)), [])
        if row.id is not None:
            found.append(_setting(row))
    return tuple((_laid_over(load_scheme(code), tuple(found)), demo) for (code, demo), found in given.items())


def _laid_over(scheme: Scheme, given: tuple[Setting, ...]) -> Scheme:
    if not given:
        return scheme
    by_code: dict[str, dict[date, Setting]] = defaultdict(dict)
    for setting in given:
        by_code[setting.code][setting.starts_on] = setting
    parameters = dict(scheme.parameters)
    for code, by_day in by_code.items():
        if code in parameters:
            parameters[code] = _with(parameters[code], by_day)
    return replace(scheme, parameters=parameters)


def _with(parameter: Parameter, by_day: Mapping[date, Setting]) -> Parameter:
    """The parameter with a further value from each day on which one was set, or the profile's own given back."""
    values = [value for value in parameter.values if value.region is not None or value.starts_on not in by_day]
    for day, setting in sorted(by_day.items()):
        own = [value for value in parameter.values if value.region is None and value.starts_on <= day]
        if parameter.adoptable:
            values.append(_adopted(parameter, day, setting))
        if not own:
            continue
        before = max(own, key=lambda value: value.starts_on)
        if setting.text is None:
            values.append(replace(before, starts_on=day))
        else:
            value = _fitting(parameter, before.value, setting.text)
            values.append(replace(before, starts_on=day, value=value, reason=setting.reason))
    return replace(parameter, values=tuple(values))


def _adopted(parameter: Parameter, day: date, setting: Setting) -> ParameterValue:
    """A value of what the document does not know, adopted 省定 by the decision whose number is the reason given; None from
    the day on which the decision was taken back."""
    value = _fitting(parameter, day, setting.text) if setting.text else None
    return ParameterValue(parameter.name, value, day, "adopted", source=setting.reason)


def assumed(scheme: Scheme, on: date) -> tuple[ParameterValue, ...]:
    """Every value in force on a day that no document lays down."""
    found = []
    for code, parameter in scheme.parameters.items():
        if any(value.starts_on <= on and value.region is None for value in parameter.values):
            value = scheme.parameter(code, on)
            if value.assumed:
                found.append(value)
    return tuple(found)


def set_parameter(
    connection: Connection, scheme: str, code: str, starts_on: date, text: str, reason: str, by: str, now: datetime
) -> Parameter:
    """Set an assumed parameter from a day on; "" gives the profile's own back. Returns the parameter as it was.

    What the document does not know is adopted by it: ``reason`` is the number of the decision. Raises ParameterEnacted
    where a document lays the value down or the books are laid out by it, ParameterUnfit where the value is not of the
    kind needed: numbers as numbers, lists as JSON of the same form.
    """
    profile = scheme_in_force(connection, scheme)
    parameter = profile.parameters[code]
    if parameter.adoptable:
        like: object = starts_on
    else:
        standing = profile.parameter(code, starts_on)
        if not standing.assumed or not parameter.settable:
            raise ParameterEnacted(
                f"{code} is {standing.status}", label=standing.name, source=standing.source or standing.reason
            )
        like = standing.value
    if text:
        _fitting(parameter, like, text)
    connection.execute(
        insert(TABLE).values(
            scheme=scheme, code=code, starts_on=starts_on, value=text or None, reason=reason, set_at=now, set_by=by
        )
    )
    return parameter


def written(value: object) -> str:
    """A value as it is written into the form and read back: a plain word, a number, or JSON."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)}: {_inner(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_inner(part) for part in value) + "]"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _inner(value: object) -> str:
    if isinstance(value, bool):
        return json.dumps(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else written(value)


def _fitting(parameter: Parameter, like: object, text: str) -> object:
    """The text as a value of the same form as one that holds. Raises ParameterUnfit."""
    unfit = ParameterUnfit(f"{parameter.code}: {text}", label=parameter.name, got=text, expected=written(like))
    try:
        if isinstance(like, date):
            return date.fromisoformat(text)
        value = text if isinstance(like, str) else json.loads(text, parse_float=Decimal)
    except ValueError:
        raise unfit from None
    if not _same_form(value, like) or not _within(parameter.unit, value) or _weights(value) not in (None, 1):
        raise unfit
    return value


def _within(unit: str, value: object) -> bool:
    """Whether a number, or each of a list by year, is one of the unit: no number is negative but a growth."""
    parts = value if isinstance(value, list) else [value]
    lowest, highest = -1 if unit == "growth" else 0, 1 if unit in ("growth", "ratio") else None
    numbers = [part for part in parts if isinstance(part, int | Decimal) and not isinstance(part, bool)]
    return all(lowest <= number and (highest is None or number <= highest) for number in numbers)


def _same_form(value: object, like: object) -> bool:
    if isinstance(like, bool) or isinstance(value, bool):
        return isinstance(like, bool) and isinstance(value, bool)
    if isinstance(like, int | Decimal):
        return isinstance(value, int | Decimal)
    if isinstance(like, list | tuple):
        return (
            isinstance(value, list)
            and bool(value)
            and all(any(_same_form(part, one) for one in like) for part in value)
        )
    if isinstance(like, Mapping):
        return isinstance(value, dict) and all(key in like and _same_form(value[key], like[key]) for key in value)
    if isinstance(value, str) and isinstance(like, str):
        return not MONTH_DAY.fullmatch(like) or bool(MONTH_DAY.fullmatch(value))
    return False


def _weights(value: object) -> Decimal | int | None:
    """The sum of a list's weights, which must be 1; None for what has none."""
    if not isinstance(value, list) or not all(isinstance(part, dict) and "weight" in part for part in value):
        return None
    return sum((Decimal(part["weight"]) for part in value), Decimal(0))
