"""Changes of the register of limits 预警标准变更: what a wish means for the rows, what forbids it, and doing it.

A row is never rewritten: a change ends rows and records new ones, all in one threshold set. Who changes what is put on
record by the caller, in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from data_access.store import schema
from rules.alerts.input import Field, read_threshold, whole_of
from rules.alerts.threshold import Scope, Threshold
from rules.alerts.validation import Dates, Findings, validate_threshold
from rules.errors import InputError, PoolwatchError
from workflows.thresholds.register import (
    CONFIRMED,
    SET,
    Change,
    Limit,
    NewLimit,
    current_set,
    drafted,
    end_rows,
    insert_limits,
    new_set,
    rule_of,
    scope_key,
)

STATE = schema.alert_state
NEW, CHANGE, END, CONFIRM = "new", "change", "end", "confirm"
FOREVER = "9999-13"  # later than any period


class LimitsOverlap(PoolwatchError):
    """Another writer recorded a limit of the same scope and dates first; nothing was changed."""

    code = "limits_overlap"


@dataclass(frozen=True, slots=True)
class Step:
    """One wish: ``ends`` are rows with the period before which they end, ``records`` the limits recorded instead.

    ``kind`` new, change, end or confirm; ``since`` the first period that another limit decides, None where none does
    (what is confirmed as it is).
    """

    kind: str
    indicator: str
    rule: str
    since: str | None
    ends: tuple[tuple[int, str], ...] = ()
    records: tuple[NewLimit, ...] = ()


def standing(row: Limit) -> bool:
    """Whether a row decides, or will decide, in any period: neither withdrawn nor empty."""
    return row.ends is None or row.starts < row.ends


def as_new(row: Limit) -> NewLimit:
    """What a row says, as a limit to be recorded."""
    return NewLimit(row.scope, json.loads(row.spec), row.starts, row.ends, row.enabled, row.kind, row.status)


def rearranging(rows: Sequence[Limit], wanted: Sequence[NewLimit]) -> Step | None:
    """What makes the limits of one scope and rule say ``wanted``; None where they do.

    A row that begins when a wanted limit begins is replaced by it. Any other row keeps the periods that no wanted limit
    takes. Wanted limits that overlap each other are for validation to find.
    """
    rule, indicator = rule_of(str(wanted[0].spec.get("operator"))), str(wanted[0].scope.indicator)
    key = scope_key(wanted[0].scope, rule)
    mine = [row for row in rows if standing(row) and scope_key(row.scope, row.rule) == key]
    wanted = [new for new in wanted if not any(_says_already(row, new) for row in mine)]
    desired = list(wanted)
    for row in mine:
        if row.starts not in {new.starts for new in wanted}:
            desired += [replace(as_new(row), starts=a, ends=b) for a, b in _outside(row, wanted)]
    ends, kept, since = [], [], []
    for row in mine:
        then = next((new for new in desired if new.starts == row.starts), None)
        alike = then is not None and same_limit(then, as_new(row))
        if then is not None and alike and (then.ends or FOREVER) <= (row.ends or FOREVER):
            kept.append(then)
            if then.ends is not None and then.ends != row.ends:
                ends.append((row.id, then.ends))
                since.append(then.ends)
            continue
        ends.append((row.id, row.starts))
        if then is None or not same_limit(replace(then, status=row.status), as_new(row)):
            since.append(row.starts)
        elif then.ends != row.ends:
            since.append(min(then.ends or FOREVER, row.ends or FOREVER))
    records = [new for new in desired if new not in kept]
    since += [new.starts for new in records if new.starts not in {row.starts for row in mine}]
    if not ends and not records:
        return None
    kind = NEW if not ends else END if not records else CHANGE if since else CONFIRM
    return Step(kind, indicator, rule, min(since, default=None), tuple(ends), tuple(records))


def _says_already(row: Limit, new: NewLimit) -> bool:
    """Whether an earlier row says the same for all the time that is wished for."""
    return row.starts < new.starts and (new.ends or FOREVER) <= (row.ends or FOREVER) and same_limit(new, as_new(row))


def _outside(row: Limit, wanted: Sequence[NewLimit]) -> list[tuple[str, str | None]]:
    """The periods of a row that no wanted limit takes."""
    pieces, at, last = [], row.starts, row.ends or FOREVER
    for new in sorted(wanted, key=lambda new: new.starts):
        starts, ends = new.starts, new.ends or FOREVER
        if ends <= at or starts >= last or ends <= starts:
            continue
        if at < starts:
            pieces.append((at, starts))
        at = max(at, ends)
    if at < last:
        pieces.append((at, last))
    return [(a, None if b == FOREVER else b) for a, b in pieces]


def ending(row: Limit, ends: str) -> Step:
    """A row that ends before a period; ``ends`` at its start or earlier withdraws it."""
    return Step(END, str(row.scope.indicator), row.rule, max(ends, row.starts), ((row.id, max(ends, row.starts)),))


def confirming(row: Limit) -> Step:
    """A row on trial that counts from now on, as it is."""
    confirmed = replace(as_new(row), status=CONFIRMED)
    return Step(CONFIRM, str(row.scope.indicator), row.rule, None, ((row.id, row.starts),), (confirmed,))


# --- what forbids it


def last_evaluated(connection: Connection, scope: Scope, rule: str) -> str | None:
    """The last period in which a limit of this scope was judged; None before the first."""
    wanted = select(func.max(STATE.c.period)).where(STATE.c.indicator == scope.indicator, STATE.c.rule == rule)
    if scope.scheme is not None:
        wanted = wanted.where(STATE.c.scheme == scope.scheme)
    if scope.region is not None:
        wanted = wanted.where(STATE.c.region == scope.region)
    found = connection.execute(wanted).scalar_one()
    return None if found is None else str(found)


def reaches_back(step: Step, last: str | None) -> bool:
    """Whether a step changes what decides in a period already judged."""
    return step.since is not None and last is not None and step.since <= last


def findings(rows: Sequence[Limit], steps: Sequence[Step], at: int, last: str | None, *, retroactive: bool) -> Findings:
    """What forbids the step ``at`` beside the others, and what has to be confirmed, as codes.

    Beside those of validation: E_STALE_AFTER (not a whole number from 1).
    """
    step = steps[at]
    errors: set[str] = set()
    warnings: set[str] = set()
    if reaches_back(step, last) and not retroactive:
        errors.add("E_RETROACTIVE")
    for place, new in enumerate(step.records):
        found = validate_threshold(drafted(new), existing=_beside(rows, steps, at, place))
        errors |= set(found.errors)
        warnings |= set(found.warnings)
        stale_after = new.spec.get("stale_after")
        if stale_after is not None and (whole_of(stale_after) or 0) < 1:
            errors.add("E_STALE_AFTER")
    return Findings(tuple(sorted(errors)), tuple(sorted(warnings)))


def _beside(rows: Sequence[Limit], steps: Sequence[Step], at: int, place: int) -> list[tuple[Scope, Dates]]:
    """Scopes and dates of the same rule that will stand beside one record of a step once all steps are done."""
    rule = steps[at].rule
    ended = {number: before for step in steps for number, before in step.ends}
    kept: list[tuple[Scope, Dates]] = [
        (row.scope, (row.starts, ended.get(row.id, row.ends))) for row in rows if row.rule == rule
    ]
    for number, step in enumerate(steps):
        if step.rule == rule:
            kept += [
                (new.scope, (new.starts, new.ends)) for i, new in enumerate(step.records) if (number, i) != (at, place)
            ]
    return kept


def same_limit(one: NewLimit, other: NewLimit) -> bool:
    """Whether two limits judge alike and set the same going, whatever their dates and the way they are written."""
    alike = all(getattr(one, name) == getattr(other, name) for name in ("scope", "enabled", "kind", "status"))
    return alike and _said(one) == _said(other)


def _said(new: NewLimit) -> object:
    """What a spec says however it is written; one that says nothing usable is only like itself."""
    try:
        return as_threshold(new)
    except InputError:
        return dict(new.spec)


def as_threshold(new: NewLimit) -> Threshold:
    """The threshold a limit's spec says. Raises InputError where it says none."""
    return read_threshold(Field(dict(new.spec)))


# --- doing it


def lock_set(connection: Connection) -> int:
    """The newest threshold set, held until the transaction ends: of two writers the second sees the first's set."""
    connection.execute(select(SET.c.id).order_by(SET.c.id.desc()).limit(1).with_for_update())
    return current_set(connection)


def apply_steps(connection: Connection, steps: Sequence[Step], change: Change) -> int:
    """Do checked steps within the caller's transaction, all in one threshold set; its number. Raises LimitsOverlap."""
    try:
        with connection.begin_nested():
            number = new_set(connection, change)
            for step in steps:
                for row, before in step.ends:
                    end_rows(connection, [row], number, before)
            recorded = [(new, step.rule) for step in steps for new in step.records]
            if recorded:
                insert_limits(connection, recorded, number)
    except IntegrityError as problem:
        raise LimitsOverlap("another limit of the same scope and dates was recorded first") from problem
    return number


@dataclass(frozen=True, slots=True)
class Recording:
    """Who made a threshold set, when and why; names of the accounts, or what stands for them."""

    recorded_at: datetime
    recorded_by: str
    approved_by: str | None
    reason: str


def recordings(connection: Connection) -> dict[int, Recording]:
    """Every threshold set by its number."""
    account = schema.account
    names = {row.login: row.name for row in connection.execute(select(account.c.login, account.c.name))}
    return {
        row.id: Recording(
            row.recorded_at,
            names.get(row.recorded_by, row.recorded_by),
            None if row.approved_by is None else names.get(row.approved_by, row.approved_by),
            row.reason,
        )
        for row in connection.execute(select(SET))
    }
