"""What stands at a level 预警清单: every subject with its level, since when, its value and the limits that judged it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from data_access.books.versions import Version
from data_access.store import schema
from rules.alerts.threshold import Level, Threshold
from rules.indicators import INDICATORS
from rules.scheme import load_scheme
from workflows.thresholds.register import ACT, ELSEWHERE, parsed
from workflows.warnings.alerts import Subject
from workflows.warnings.observations import Series, live_series, load_months, month_series

STATE = schema.alert_state


@dataclass(frozen=True, slots=True)
class Standing:
    """One subject as its last evaluation left it. ``standing``: act 须办, elsewhere 并入他处办理,
    watch 关注, trial 试运行, none.

    ``levels``: the level after each period evaluated, oldest first; ``limits`` judged the last one, None where none is
    in force; ``value`` is None where the period has none.
    """

    id: int
    subject: Subject
    level: Level
    phase: str
    data: str
    period: str
    value: str | None
    standing: str
    levels: tuple[tuple[str, Level], ...]
    limits: Threshold | None

    @property
    def coloured(self) -> bool:
        """Whether it is a warning, be it worked here or at the place of its cause."""
        return self.standing in (ACT, ELSEWHERE)

    @property
    def since(self) -> str:
        """The first period of the unbroken run at any level up to now."""
        first = self.period
        for period, level in reversed(self.levels):
            if level is Level.NONE:
                break
            first = period
        return first


def standing_subjects(connection: Connection, scheme: str) -> tuple[Standing, ...]:
    """Every subject of a scheme that stands at a level, the worst first."""
    wanted = select(STATE).where(STATE.c.scheme == scheme, STATE.c.level > 0)
    order = (STATE.c.level.desc(), STATE.c.indicator, STATE.c.region, STATE.c.part)
    return tuple(standing_of_row(row) for row in connection.execute(wanted.order_by(*order)))


def subject_standings(connection: Connection, subjects: Sequence[Subject]) -> dict[Subject, Standing]:
    """Some subjects as they stand, whatever their level; one never evaluated is not among them."""
    keys = [subject.dedup_key for subject in subjects]
    wanted = select(STATE).where(STATE.c.dedup_key.in_(keys), STATE.c.period.is_not(None))
    found = [standing_of_row(row) for row in connection.execute(wanted)]
    return {standing.subject: standing for standing in found}


def standing_by_number(connection: Connection, number: int) -> Standing | None:
    """A subject by its number; None where there is none or it was never evaluated."""
    row = connection.execute(select(STATE).where(STATE.c.id == number, STATE.c.period.is_not(None))).one_or_none()
    return None if row is None else standing_of_row(row)


def standing_of_row(row: Row[Any]) -> Standing:
    """A subject as its row of the states has it."""
    spec = json.loads(row.condition).get("spec")
    return Standing(
        row.id,
        Subject(row.scheme, row.indicator, row.rule, row.region, row.part),
        Level(row.level),
        row.phase,
        row.data,
        row.period,
        row.value,
        row.standing,
        tuple((period, Level(level)) for period, level in json.loads(row.history)),
        None if spec is None else parsed(spec),
    )


def subject_series(connection: Connection, subject: Subject, version: Version) -> Series:
    """The observations up to a version that a subject's warning was judged by, oldest first; months that are not final
    are left to be not due."""
    key = (subject.indicator, subject.region, subject.part)
    if INDICATORS[subject.indicator].period == "live":
        return live_series(connection, version, subject.scheme, [key]).get(key, [])
    months = load_months(connection, load_scheme(subject.scheme), version.as_of)
    return month_series(connection, version, months, subject.scheme, [key]).get(key, [])
