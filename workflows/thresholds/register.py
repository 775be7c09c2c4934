"""The register of thresholds 预警阈值: who set which limit, why, from when, and which limit decides for a subject.

Rows are never changed except to end them. A change is a new row; every approved change makes one more threshold set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import zip_longest

from sqlalchemy import Connection, func, insert, select, update

from data_access.store import schema
from data_access.store.audit import record
from rules.alerts.input import Field, read_threshold
from rules.alerts.threshold import (
    Operator,
    Resolution,
    Scope,
    Threshold,
    ThresholdRecord,
    ThresholdVersion,
    resolve_threshold,
)
from rules.alerts.validation import Draft, draft_limits
from rules.indicators import INDICATORS
from rules.indicators.declaration import Limits
from rules.scheme import load_scheme, scheme_codes

TABLE, SET = schema.threshold, schema.threshold_set
PRESET = "系统预置"
ALWAYS = "2000-01"
TRIAL, CONFIRMED, ACT, WATCH = "trial", "confirmed", "act", "watch"
# What must be worked too, but is the same matter as a warning of a place below or above, and is worked there.
ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of the register. ``rule`` is low or high: too little and too much of one indicator are two rules.

    ``spec`` as the calculators take it (operator, levels, …). ``status`` trial 试运行: evaluated and shown, nothing
    sent; confirmed 已确认. ``kind`` act: a warning is worked; watch 关注: shown only. ``since_set`` and ``ended_set`` are
    the threshold sets that brought and ended it.
    """

    id: int
    scope: Scope
    rule: str
    starts: str
    ends: str | None
    spec: str
    enabled: bool
    kind: str
    status: str
    since_set: int
    ended_set: int | None

    @property
    def threshold(self) -> Threshold:
        return parsed(self.spec)

    @property
    def record(self) -> ThresholdRecord:
        return ThresholdRecord(f"{self.id:09d}", self.scope, self.starts, self.ends, self.enabled)


@dataclass(frozen=True, slots=True)
class NewLimit:
    """A limit to be recorded; not ``enabled`` it says that its scope is deliberately not monitored."""

    scope: Scope
    spec: Mapping[str, object]
    starts: str
    ends: str | None = None
    enabled: bool = True
    kind: str = ACT
    status: str = CONFIRMED


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes limits, why and when; ``approved_by`` is needed for a start that lies in the past."""

    by: str
    reason: str
    now: datetime
    approved_by: str | None = None


@lru_cache(maxsize=4096)
def parsed(spec: str) -> Threshold:
    """The threshold that a row's JSON says."""
    return read_threshold(Field(json.loads(spec)))


def rule_of(operator: str) -> str:
    """The rule an operator belongs to: low 偏低 or high 偏高."""
    return "low" if Operator(operator).worse_is_lower else "high"


_AS_KEPT = ("starts", "ends", "spec", "enabled", "kind", "status", "since_set", "ended_set")


def limits(connection: Connection, indicator: str | None = None) -> tuple[Limit, ...]:
    """Every row of the register, of one indicator or all, in the order recorded."""
    wanted = select(TABLE).order_by(TABLE.c.id)
    if indicator is not None:
        wanted = wanted.where(TABLE.c.indicator == indicator)
    return tuple(
        Limit(
            row.id,
            Scope(row.indicator, row.scheme, row.region_level, row.region),
            row.rule,
            *(getattr(row, name) for name in _AS_KEPT),
        )
        for row in connection.execute(wanted)
    )


def current_set(connection: Connection) -> int:
    """The number of the newest threshold set; 0 before the first."""
    return int(connection.execute(select(func.max(SET.c.id))).scalar_one() or 0)


# --- changing


def drafted(new: NewLimit, *, retroactive: bool = False) -> Draft:
    """A limit as validation takes it; its numbers may still be anything."""
    given = dict(new.spec)
    levels = given.pop("levels", {})
    return Draft(
        operator=given.get("operator"),
        limits=draft_limits(levels if isinstance(levels, Mapping) else {}),
        for_periods=given.get("for_periods"),
        recover_margin=given.get("recover_margin"),
        recover_periods=given.get("recover_periods"),
        no_data=given.get("no_data"),
        scale=given.get("scale"),
        scope=new.scope,
        dates=(new.starts, new.ends),
        retroactive=retroactive,
    )


def confirm_trial(connection: Connection, change: Change, indicators: Sequence[str] | None = None) -> int | None:
    """Confirm limits that are on trial (of the indicators named, or all) as they are, in one threshold set.

    Each trial row is ended at its own start and an equal confirmed one recorded. None when nothing was on trial.
    """
    trial = [
        limit
        for limit in limits(connection)
        if limit.status == TRIAL
        and limit.ended_set is None
        and (indicators is None or limit.scope.indicator in indicators)
    ]
    if not trial:
        return None
    number = new_set(connection, change)
    for limit in trial:
        end_rows(connection, [limit.id], number, limit.starts)
    confirmed = [
        (
            NewLimit(limit.scope, json.loads(limit.spec), limit.starts, limit.ends, limit.enabled, limit.kind),
            limit.rule,
        )
        for limit in trial
    ]
    insert_limits(connection, confirmed, number)
    details = {"threshold_set": number, "rows": [limit.id for limit in trial]}
    _audit(connection, "threshold_confirmed", Scope(None), details, change)
    return number


def load_presets(connection: Connection, now: datetime) -> int | None:
    """Record the catalogue's limits 系统预置 that the register has never had, on trial; the new set, or None."""
    known = set(connection.execute(select(TABLE.c.scope_key)).scalars())
    wanted = [(new, rule) for new, rule in _presets() if scope_key(new.scope, rule) not in known]
    if not wanted:
        return None
    change = Change(PRESET, "limits of the indicator catalogue", now)
    number = new_set(connection, change)
    insert_limits(connection, wanted, number)
    _audit(connection, "threshold_preset", Scope(None), {"threshold_set": number, "rows": len(wanted)}, change)
    return number


def _presets() -> list[tuple[NewLimit, str]]:
    found = []
    for code, indicator in INDICATORS.items():
        for rule in indicator.limits:
            spec = {"operator": rule.operator, "levels": dict(rule.at), "scale": indicator.scale}
            for scheme in _schemes_of(rule):
                new = NewLimit(Scope(code, scheme), spec, ALWAYS, kind=rule.kind or indicator.kind, status=TRIAL)
                found.append((new, rule_of(rule.operator)))
    return found


def _schemes_of(rule: Limits) -> list[str | None]:
    """A rule of one fund becomes one row for each scheme of the fund."""
    if rule.fund is None:
        return [None]
    return [code for code in scheme_codes() if load_scheme(code).fund == rule.fund]


def scope_key(scope: Scope, rule: str) -> str:
    """One text for the scope and rule of a limit, equal exactly where they are."""
    return "|".join((scope.indicator or "", rule, scope.scheme or "", scope.region_level or "", scope.region or ""))


def new_set(connection: Connection, change: Change) -> int:
    """One more threshold set, within the caller's transaction; its number."""
    values = {"recorded_at": change.now, "recorded_by": change.by, "approved_by": change.approved_by}
    made = connection.execute(insert(SET).values(**values, reason=change.reason).returning(SET.c.id))
    return int(made.scalar_one())


def insert_limits(connection: Connection, rows: Sequence[tuple[NewLimit, str]], number: int) -> None:
    """Add rows, each with its rule, to the set ``number``."""
    connection.execute(
        insert(TABLE),
        [
            {
                "indicator": new.scope.indicator,
                "rule": rule,
                "scheme": new.scope.scheme,
                "region_level": new.scope.region_level,
                "region": new.scope.region,
                "scope_key": scope_key(new.scope, rule),
                "starts": new.starts,
                "ends": new.ends,
                "spec": json.dumps(dict(new.spec), sort_keys=True),
                "enabled": new.enabled,
                "kind": new.kind,
                "status": new.status,
                "since_set": number,
            }
            for new, rule in rows
        ],
    )


def end_rows(connection: Connection, rows: Sequence[int], number: int, ends: str) -> None:
    """End rows before period ``ends`` by the set ``number``."""
    connection.execute(update(TABLE).where(TABLE.c.id.in_(rows)).values(ends=ends, ended_set=number))


def _audit(connection: Connection, action: str, scope: Scope, details: Mapping[str, object], change: Change) -> None:
    told = {**details, "reason": change.reason, "approved_by": change.approved_by}
    record(connection, change.by, action, scope.indicator or "*", told, change.now)


# --- resolving


class Register:
    """The limits of one moment, asked for the subjects of one scheme. ``number`` is the threshold set."""

    def __init__(self, number: int, rows: Sequence[Limit]) -> None:
        self.number = number
        self._by_rule: dict[tuple[str, str], list[Limit]] = {}
        for row in rows:
            self._by_rule.setdefault((str(row.scope.indicator), row.rule), []).append(row)
        self._by_id = {row.record.id: row for row in rows}
        self.versions = cache(self._versions)
        self.resolve = cache(self._resolve)

    def rules(self, indicator: str) -> tuple[str, ...]:
        """The rules that any row of an indicator ever had."""
        return tuple(sorted(rule for code, rule in self._by_rule if code == indicator))

    def rows(self, indicator: str, rule: str) -> tuple[Limit, ...]:
        """Every row an indicator's rule ever had, in the order recorded."""
        return tuple(self._by_rule.get((indicator, rule), ()))

    def changed_since(self, number: int) -> set[str]:
        """Indicators with a row that a later threshold set brought or ended."""
        return {
            indicator
            for (indicator, _), rows in self._by_rule.items()
            if any(max(row.since_set, row.ended_set or 0) > number for row in rows)
        }

    def touches_past(self, subject: Scope, rule: str, number: int, period: str) -> bool:
        """Whether a threshold set after ``number`` brought or ended a limit of the subject for a period up to this."""
        return any(
            (row.since_set > number and row.starts <= period)
            or ((row.ended_set or 0) > number and row.ends is not None and row.ends <= period)
            for row in self.matching(subject, rule)
        )

    def matching(self, subject: Scope, rule: str) -> list[Limit]:
        return [row for row in self._by_rule.get((str(subject.indicator), rule), ()) if row.scope.matches(subject)]

    def _resolve(self, subject: Scope, rule: str, period: str) -> Resolution:
        """Which row decides in a period, and which lose."""
        return resolve_threshold([row.record for row in self.matching(subject, rule)], subject, period)

    def deciding(self, subject: Scope, rule: str, period: str) -> Limit | None:
        """The row in force in a period; None where none is or monitoring is switched off."""
        winner = self.resolve(subject, rule, period).winner
        return self._by_id[winner.id] if winner is not None and winner.enabled else None

    def _versions(self, subject: Scope, rule: str) -> tuple[ThresholdVersion, ...]:
        """The thresholds of a subject through time, each with the periods in which its row decides."""
        matching = self.matching(subject, rule)
        turns = sorted({row.starts for row in matching} | {row.ends for row in matching if row.ends is not None})
        found: list[ThresholdVersion] = []
        for starts, ends in zip_longest(turns, turns[1:]):
            row = self.deciding(subject, rule, starts)
            if row is None:
                continue
            if found and found[-1].ends == starts and found[-1].threshold == row.threshold:
                found[-1] = replace(found[-1], ends=ends)
            else:
                found.append(ThresholdVersion(row.threshold, starts, ends))
        return tuple(found)


def load_register(connection: Connection) -> Register:
    """The register as it stands."""
    return Register(current_set(connection), limits(connection))
