"""Alerts 预警: the state of each subject, and what happened to it, as the store keeps them.

Everything here works within the caller's transaction. A subject is one indicator (and rule) of one scheme and region,
and of one source where the indicator has them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update

from data_access.store import schema
from data_access.store.bulk import insert_if_new, upsert
from rules.alerts.condition import ConditionState, Data, Phase
from rules.alerts.runs import Committed
from rules.alerts.threshold import Level
from workflows.thresholds.register import ACT, ELSEWHERE, parsed

STATE, EVENT, RUN = schema.alert_state, schema.alert_event, schema.alert_run
KIND = "indicator"
AT_ONCE = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What one alert is about. ``part`` is a source, else empty."""

    scheme: str
    indicator: str
    rule: str
    region: str
    part: str = ""

    @property
    def dedup_key(self) -> str:
        """The same for one subject for ever, whatever its level and limits."""
        named = "|".join((KIND, self.rule, self.indicator, self.scheme, self.region, self.part))
        return hashlib.sha256(named.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class SubjectState:
    """One subject as its last evaluation left it. ``committed`` is None before the first.

    ``standing``: none, trial, watch, act or elsewhere, what a warning of it sets going; ``threshold`` the row in force; ``spec``
    that row's limits; ``events`` the number of its last event; ``error`` why its last evaluation failed.
    """

    id: int
    subject: Subject
    committed: Committed | None
    value: str | None
    standing: str
    threshold: int | None
    spec: str | None
    events: int
    error: str | None

    @property
    def period(self) -> str | None:
        return self.committed.levels[-1][0] if self.committed is not None and self.committed.levels else None

    @property
    def level(self) -> Level:
        return Level.NONE if self.committed is None else self.committed.state.level


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One thing that happened to a subject in a period. ``told``: the notifications it made, empty for none."""

    period: str
    text: str
    level: Level
    episode: int | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """The last evaluation of a scheme that went through all that had changed."""

    scheme: str
    data_version: int
    threshold_set: int
    months: str
    evaluated: int
    failed: int


# --- states


def states(connection: Connection, scheme: str, subjects: Collection[Subject]) -> dict[Subject, SubjectState]:
    """The states of some subjects of a scheme; one never evaluated is not among them."""
    found = {}
    for keys in _slices([subject.dedup_key for subject in subjects]):
        for row in connection.execute(select(STATE).where(STATE.c.dedup_key.in_(keys))):
            state = _state(row)
            found[state.subject] = state
    return found


def lock_states(connection: Connection, subjects: Sequence[Subject]) -> dict[Subject, SubjectState]:
    """The states of subjects, locked until the transaction ends; a subject without one is given an empty one."""
    ordered = sorted(subjects, key=lambda subject: subject.dedup_key)
    # Two processes may meet a new subject at once: the second one's row is the first one's.
    made = insert_if_new(connection, STATE)
    found: dict[Subject, SubjectState] = {}
    for some in _slices(ordered):
        keys = [subject.dedup_key for subject in some]
        known = set(connection.execute(select(STATE.c.dedup_key).where(STATE.c.dedup_key.in_(keys))).scalars())
        if new := [_blank(subject) for subject in some if subject.dedup_key not in known]:
            connection.execute(made, new)
        locked = select(STATE).where(STATE.c.dedup_key.in_(keys)).order_by(STATE.c.dedup_key).with_for_update()
        for row in connection.execute(locked):
            state = _state(row)
            found[state.subject] = state
    return found


def _slices(rows: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _blank(subject: Subject) -> dict[str, object]:
    return {
        "dedup_key": subject.dedup_key,
        "scheme": subject.scheme,
        "indicator": subject.indicator,
        "rule": subject.rule,
        "region": subject.region,
        "part": subject.part,
        "level": 0,
        "phase": Phase.OK.value,
        "pending": 0,
        "data": Data.UNKNOWN.value,
        "standing": "none",
        "condition": "{}",
        "history": "[]",
        "events": 0,
    }


def _state(row: Row[Any]) -> SubjectState:
    kept = json.loads(row.condition)
    committed = None
    if row.data_version is not None:
        condition = ConditionState(
            level=Level(row.level),
            phase=Phase(row.phase),
            pending=Level(row.pending),
            data=Data(row.data),
            up=tuple(kept["up"]),
            down=tuple(kept["down"]),
            missing_run=kept["missing_run"],
            stale_told=kept["stale_told"],
            threshold=None if kept["spec"] is None else parsed(kept["spec"]),
        )
        levels = tuple((period, Level(level)) for period, level in json.loads(row.history))
        committed = Committed(row.data_version, row.threshold_set, levels, condition)
    return SubjectState(
        row.id,
        Subject(row.scheme, row.indicator, row.rule, row.region, row.part),
        committed,
        row.value,
        row.standing,
        row.threshold,
        kept.get("spec"),
        row.events,
        row.error,
    )


_SAVE = (
    update(STATE)
    .where(STATE.c.id == bindparam("row"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "data_version",
                "threshold_set",
                "period",
                "value",
                "level",
                "phase",
                "pending",
                "data",
                "standing",
                "threshold",
                "condition",
                "history",
                "events",
                "error",
            )
        }
    )
)


def save_states(connection: Connection, states: Sequence[SubjectState]) -> None:
    """Write evaluated states; the caller holds their locks. What an episode is open is the episode's own row's to say."""
    if states:
        connection.execute(_SAVE, [_kept(state) for state in states])


def _kept(state: SubjectState) -> dict[str, object]:
    committed = state.committed
    assert committed is not None, "only an evaluated state is kept"
    now = committed.state
    condition = {
        "up": now.up,
        "down": now.down,
        "missing_run": now.missing_run,
        "stale_told": now.stale_told,
        "spec": state.spec,
    }
    values = {
        "data_version": committed.data_version,
        "threshold_set": committed.threshold_set,
        "period": state.period,
        "value": state.value,
        "level": int(now.level),
        "phase": now.phase.value,
        "pending": int(now.pending),
        "data": now.data.value,
        "standing": state.standing,
        "threshold": state.threshold,
        "condition": json.dumps(condition),
        "history": json.dumps([(period, int(level)) for period, level in committed.levels]),
        "events": state.events,
        "error": None,
    }
    return {"row": state.id, **{f"new_{name}": value for name, value in values.items()}}


def record_error(connection: Connection, subject: Subject, error: str) -> None:
    """Note that a subject could not be evaluated; its state stays as it was and the next run tries again."""
    state = lock_states(connection, [subject])[subject]
    connection.execute(update(STATE).where(STATE.c.id == state.id).values(error=error))


def unsettled(connection: Connection, scheme: str, live: Collection[str]) -> set[tuple[str, str, str]]:
    """Indicator, region and part of subjects that the next version may move though no value changes: live ones (of the
    indicators ``live``) that count versions, and those whose last evaluation failed."""
    counting = and_(
        STATE.c.indicator.in_(list(live)),
        or_(STATE.c.pending > 0, STATE.c.phase == Phase.RECOVERING.value, STATE.c.data == Data.MISSING.value),
    )
    wanted = select(STATE.c.indicator, STATE.c.region, STATE.c.part).where(
        STATE.c.scheme == scheme, or_(STATE.c.error.is_not(None), counting)
    )
    return {(row.indicator, row.region, row.part) for row in connection.execute(wanted)}


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one subject stands, as the search for the true place of a warning needs it."""

    subject: Subject
    level: Level
    standing: str


def placed(connection: Connection, scheme: str, indicators: Collection[str]) -> tuple[Placed, ...]:
    """Every subject of some indicators as it was last judged."""
    columns = (STATE.c.indicator, STATE.c.rule, STATE.c.region, STATE.c.part, STATE.c.level, STATE.c.standing)
    wanted = select(*columns).where(
        STATE.c.scheme == scheme, STATE.c.indicator.in_(list(indicators)), STATE.c.period.is_not(None)
    )
    return tuple(
        Placed(Subject(scheme, row.indicator, row.rule, row.region, row.part), Level(row.level), row.standing)
        for row in connection.execute(wanted)
    )


# --- what happened


def add_events(
    connection: Connection, states: Sequence[tuple[SubjectState, Sequence[NewEvent]]], now: datetime
) -> list[int]:
    """Add each subject's events after those it has; ``states`` are the evaluated ones with their last number already
    counted up. Returns the rows' ids in order."""
    rows = []
    for state, events in states:
        assert state.committed is not None
        for place, event in enumerate(events, start=state.events - len(events) + 1):
            rows.append(
                {
                    "state": state.id,
                    "number": place,
                    "episode": event.episode,
                    "happened_at": now,
                    "data_version": state.committed.data_version,
                    "threshold_set": state.committed.threshold_set,
                    "period": event.period,
                    "text": event.text,
                    "level": int(event.level),
                    "told": ",".join(event.told),
                }
            )
    if not rows:
        return []
    made = insert(EVENT).returning(EVENT.c.id, sort_by_parameter_order=True)
    return [int(number) for number in connection.execute(made, rows).scalars()]


# --- runs


def last_run(connection: Connection, scheme: str) -> EvaluationRun | None:
    """The last finished evaluation of a scheme; None before the first."""
    row = connection.execute(select(RUN).where(RUN.c.scheme == scheme)).one_or_none()
    if row is None:
        return None
    return EvaluationRun(row.scheme, row.data_version, row.threshold_set, row.months, row.evaluated, row.failed)


def save_run(connection: Connection, run: EvaluationRun, now: datetime) -> None:
    """Note that a scheme's changes up to a version and threshold set have been judged; a later note stands."""
    known = connection.execute(select(RUN).where(RUN.c.scheme == run.scheme).with_for_update()).one_or_none()
    if known is not None and (known.data_version > run.data_version or known.threshold_set > run.threshold_set):
        return
    values = {name: getattr(run, name) for name in ("data_version", "threshold_set", "months", "evaluated", "failed")}
    upsert(connection, RUN, [{"scheme": run.scheme, **values, "finished_at": now}])


# --- what stands now


@dataclass(frozen=True, slots=True)
class Standing:
    """A subject that stands at a level. ``standing`` as in :class:`SubjectState`."""

    indicator: str
    rule: str
    region: str
    part: str
    level: Level
    period: str
    value: str | None
    standing: str

    @property
    def work(self) -> bool:
        """Whether someone must act on it here."""
        return self.standing == ACT

    @property
    def coloured(self) -> bool:
        """Whether it is a warning, be it worked here or at the place of its cause."""
        return self.standing in (ACT, ELSEWHERE)


def standings(connection: Connection, scheme: str, region: str) -> tuple[Standing, ...]:
    """What stands at a level in one region, the worst first."""
    wanted = select(STATE).where(STATE.c.scheme == scheme, STATE.c.region == region, STATE.c.level > 0)
    return tuple(
        Standing(row.indicator, row.rule, row.region, row.part, Level(row.level), row.period, row.value, row.standing)
        for row in connection.execute(wanted.order_by(STATE.c.level.desc(), STATE.c.indicator, STATE.c.part))
    )
