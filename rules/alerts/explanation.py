"""Why a subject was warned of in a period, or why not 为什么没有预警: every reason, from the same fold that judged it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.alerts.condition import NEVER_EVALUATED, AlertEvent, ConditionState, Gap, Observation, Series, fold
from rules.alerts.threshold import Level, Resolution, Threshold, ThresholdVersion, in_force


class Answer(StrEnum):
    """One reason. The first six say why no warning stands, the next four why one that stands was not told."""

    NO_SUBJECT = "no_subject"  # the indicator has no value here at any time
    NO_LIMIT = "no_limit"  # 未设预警标准
    SWITCHED_OFF = "switched_off"  # 不设预警, deliberately
    NOT_FINAL = "not_final"  # 未定稿: not judged yet
    NO_VALUE = "no_value"  # 本期无数据: missing or unusable
    WITHIN = "within"  # the value triggers no level
    COUNTING = "counting"  # it triggers one, but not for enough periods in a row
    ON_TRIAL = "on_trial"  # 试运行: shown, nothing sent
    WATCHED = "watched"  # 关注: shown, nobody has to act
    SILENCED = "silenced"  # 暂缓提醒
    ELSEWHERE = "elsewhere"  # 并入: worked at the place of its cause
    WARNED = "warned"  # it was warned of


@dataclass(frozen=True, slots=True)
class Explanation:
    """One subject in one period. ``observation`` None: the subject has no such period. ``before`` and ``after`` hold
    the counters on either side of the period; equal where it was not judged."""

    period: str
    observation: Observation | None
    threshold: Threshold | None
    before: ConditionState
    after: ConditionState
    events: tuple[AlertEvent, ...]
    answers: tuple[Answer, ...]

    @property
    def triggered(self) -> Level:
        """The highest level the value triggers by itself; NONE without a value or limit."""
        if self.threshold is None or self.observation is None or isinstance(self.observation, Gap):
            return Level.NONE
        return max((limit.level for limit in self.threshold.limits if self.after.up[limit.level]), default=Level.NONE)


def explain(
    series: Series,
    versions: Sequence[ThresholdVersion],
    resolution: Resolution,
    period: str,
    *,
    trial: bool = False,
    watch: bool = False,
    untold: Sequence[Answer] = (),
) -> Explanation:
    """The explanation of a period of a subject's series under the limits as they were in force through time.

    ``resolution`` is the one of the period. ``trial``, ``watch``: what the record in force is; ``untold``: what
    else is known to have kept the warning from being told here.
    """
    before = after = NEVER_EVALUATED
    events: tuple[AlertEvent, ...] = ()
    judged = False
    for result in fold([row for row in series if row[0] <= period], versions, auto_close=False):
        before, after, events, judged = after, result.state, result.events, result.evaluated
    observation = dict(series).get(period)
    if observation is None:
        before, events, judged = after, (), False
    made = Explanation(period, observation, in_force(versions, period), before, after, events, ())
    answers = _answers(made, resolution, bool(series), judged, trial=trial, watch=watch, untold=untold)
    return Explanation(period, observation, made.threshold, before, after, events, answers)


def _answers(
    made: Explanation,
    resolution: Resolution,
    known: bool,
    judged: bool,
    *,
    trial: bool,
    watch: bool,
    untold: Sequence[Answer],
) -> tuple[Answer, ...]:
    if not known:
        return (Answer.NO_SUBJECT,)
    if resolution.winner is None:
        return (Answer.NO_LIMIT,)
    if not resolution.winner.enabled:
        return (Answer.SWITCHED_OFF,)
    found = []
    if not judged:
        found.append(Answer.NO_VALUE if made.observation is None else Answer.NOT_FINAL)
    elif isinstance(made.observation, Gap):
        found.append(Answer.NO_VALUE)
    level = made.after.level
    if judged and made.after.pending > level:
        found.append(Answer.COUNTING)
    if level is Level.NONE:
        return tuple(found) or (Answer.WITHIN,)
    kept = [answer for applies, answer in ((trial, Answer.ON_TRIAL), (watch, Answer.WATCHED)) if applies]
    return (*found, *([*kept, *untold] or [Answer.WARNED]))
