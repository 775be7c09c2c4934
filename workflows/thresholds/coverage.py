"""Which subjects a limit covers 预警标准覆盖情况, and where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from data_access.books.regions import RegionTree
from data_access.store import schema
from rules.alerts.threshold import Level, Scope
from rules.indicators import INDICATORS
from workflows.thresholds.register import TRIAL, WATCH, Limit, Register

STATE, VALUE = schema.alert_state, schema.indicator_value


def levels_by_row(connection: Connection, scheme: str) -> Mapping[int, Counter[Level]]:
    """By row of the register, how many subjects of a scheme it decides for stand at each level (none included)."""
    wanted = select(STATE.c.threshold, STATE.c.level, func.count()).where(
        STATE.c.scheme == scheme, STATE.c.threshold.is_not(None)
    )
    found: dict[int, Counter[Level]] = {}
    for row, level, count in connection.execute(wanted.group_by(STATE.c.threshold, STATE.c.level)):
        found.setdefault(int(row), Counter())[Level(level)] += int(count)
    return found


@dataclass(slots=True)
class Coverage:
    """The regions of one indicator and rule by what decides for them: a confirmed limit, one on trial, one that is only
    watched, one that says 不设预警, or none at all 未设预警标准."""

    indicator: str
    rule: str
    confirmed: list[str] = field(default_factory=list)
    trial: list[str] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)
    off: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)


def coverage(
    connection: Connection, register: Register, scheme: str, tree: RegionTree, periods: Mapping[str, str]
) -> tuple[Coverage, ...]:
    """By indicator that can get worse, and rule, the regions of a scheme that have values, sorted by what decides for
    them. ``periods``: the present period of month and of live indicators."""
    wanted = select(VALUE.c.indicator, VALUE.c.region).where(VALUE.c.scheme == scheme).distinct()
    regions: dict[str, list[str]] = {}
    for indicator, region in connection.execute(wanted):
        if indicator in INDICATORS and region in tree:
            regions.setdefault(indicator, []).append(region)
    found = []
    for code, indicator in INDICATORS.items():
        there = [one for one in regions.get(code, ()) if tree.region(one).level in indicator.levels]
        if indicator.worse is None or not there:
            continue
        default = "low" if indicator.worse == "lower" else "high"
        for rule in _rules(register, code, scheme) or (default,):
            made = Coverage(code, rule)
            for region in sorted(there):
                subject = Scope(code, scheme, tree.region(region).level, region)
                _place(made, region, register, subject, periods[indicator.period])
            found.append(made)
    return tuple(found)


def _rules(register: Register, code: str, scheme: str) -> tuple[str, ...]:
    """The rules with a row that could ever count in a scheme."""
    return tuple(
        rule
        for rule in register.rules(code)
        if any(row.scope.scheme in (None, scheme) for row in register.rows(code, rule))
    )


def _place(made: Coverage, region: str, register: Register, subject: Scope, period: str) -> None:
    winner = register.resolve(subject, made.rule, period).winner
    row: Limit | None = register.deciding(subject, made.rule, period)
    if winner is None:
        made.without.append(region)
    elif row is None:
        made.off.append(region)
    elif row.status == TRIAL:
        made.trial.append(region)
    elif row.kind == WATCH:
        made.watched.append(region)
    else:
        made.confirmed.append(region)
