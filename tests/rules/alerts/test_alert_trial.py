"""Trying a limit on history, and explaining one period: both tell the same as the fold they rest on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rules.alerts.condition import Gap, Observation, backtest, fold
from rules.alerts.explanation import Answer, explain
from rules.alerts.input import Field, read_threshold
from rules.alerts.threshold import Level, Resolution, Scope, Threshold, ThresholdRecord, always
from rules.alerts.trial import total_of, try_threshold

MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in range(1, 13)]
values: st.SearchStrategy[Observation] = st.one_of(
    st.integers(-12, 4).map(Decimal), st.sampled_from([Gap.MISSING, Gap.INVALID, Gap.NOT_DUE])
)
histories = st.lists(values, min_size=1, max_size=len(MONTHS)).map(lambda found: list(zip(MONTHS, found, strict=False)))


def limit(**more: object) -> Threshold:
    spec = {"operator": "lt", "levels": {"blue": "-1", "yellow": "-3", "orange": "-5", "red": "-8"}, **more}
    return read_threshold(Field(spec))


def series(*found: object) -> list[tuple[str, Observation]]:
    return [(month, one if isinstance(one, Gap) else Decimal(str(one))) for month, one in zip(MONTHS, found)]  # noqa: B905


def record(*, enabled: bool = True) -> Resolution:
    return Resolution(ThresholdRecord("1", Scope("premium_deviation"), "2000-01", enabled=enabled))


@given(histories, st.sampled_from(MONTHS), st.integers(1, 3), st.integers(1, 3))
def test_a_trial_counts_what_the_backtest_counts(history: list[Any], start: str, many: int, back: int) -> None:
    tried = try_threshold(history, limit(for_periods=many, recover_periods=back), start, "2026-12")
    assert tried.counts == backtest(history, limit(for_periods=many, recover_periods=back), start, "2026-12")
    assert tried.counts.opens + tried.counts.escalations == len(tried.rises)
    assert tried.reds <= len(tried.rises)


@given(histories, st.sampled_from(MONTHS))
def test_the_spans_of_a_trial_are_its_judged_periods_without_gap_or_overlap(history: list[Any], start: str) -> None:
    tried = try_threshold(history, limit(), start, "2026-12")
    judged = [r for r in fold(history, always(limit())) if r.evaluated and r.period >= start]
    assert [span.at for span in tried.spans] == [
        sum(s.length for s in tried.spans[:i]) for i in range(len(tried.spans))
    ]
    assert sum(span.length for span in tried.spans) == len(judged)
    assert sum(span.length for span in tried.spans if span.level) == tried.counts.periods_alerting
    assert sum(span.length for span in tried.spans if span.missing) == tried.counts.periods_missing


def test_months_without_data_are_never_quiet() -> None:
    assert try_threshold(series(0, 0, 0), limit(), *("2024-01", "2024-12")).quiet
    gap = try_threshold(series(0, Gap.MISSING, 0), limit(), "2024-01", "2024-12")
    assert not gap.quiet and gap.counts.periods_missing == 1


def test_a_warning_that_began_before_the_span_counts_as_one() -> None:
    tried = try_threshold(series(-2, -2, -9, -2), limit(), "2024-02", "2024-12")
    assert tried.counts.opens == 0 and tried.counts.carried_in
    total = total_of([tried, try_threshold(series(0, 0, 0, 0), limit(), "2024-02", "2024-12")])
    assert (total.subjects, total.opens, total.reds, total.now) == (2, 1, 1, {Level.BLUE: 1})


@pytest.mark.parametrize(
    ("history", "more", "resolution", "answers"),
    [
        (series(), {}, record(), (Answer.NO_SUBJECT,)),
        (series(-9), {}, Resolution(None), (Answer.NO_LIMIT,)),
        (series(-9), {}, record(enabled=False), (Answer.SWITCHED_OFF,)),
        (series(Gap.NOT_DUE), {}, record(), (Answer.NOT_FINAL,)),
        (series(Gap.MISSING), {}, record(), (Answer.NO_VALUE,)),
        (series(Gap.INVALID), {}, record(), (Answer.NO_VALUE,)),
        (series("-1"), {}, record(), (Answer.WITHIN,)),
        (series("-1.01"), {"for_periods": 2}, record(), (Answer.COUNTING,)),
        (series("-1.01"), {}, record(), (Answer.WARNED,)),
    ],
)
def test_each_reason_for_silence_has_its_answer(
    history: list[Any], more: dict[str, Any], resolution: Resolution, answers: tuple[Any, ...]
) -> None:
    assert explain(history, always(limit(**more)), resolution, "2024-01").answers == answers


def test_a_warning_that_stood_but_was_not_told_says_why() -> None:
    history, versions = series(0, -6), always(limit())
    said = explain(history, versions, record(), "2024-02", trial=True, untold=[Answer.SILENCED])
    assert said.answers == (Answer.ON_TRIAL, Answer.SILENCED)
    assert (said.before.level, said.after.level, said.triggered) == (Level.NONE, Level.ORANGE, Level.ORANGE)
    assert explain(history, versions, record(), "2024-02", watch=True).answers == (Answer.WATCHED,)


def test_a_level_that_is_held_over_a_month_without_data_says_both() -> None:
    said = explain(series(-6, Gap.MISSING), always(limit()), record(), "2024-02")
    assert said.answers == (Answer.NO_VALUE, Answer.WARNED)


def test_counters_stand_as_after_the_period() -> None:
    said = explain(series(-2, -2, -2, -2), always(limit(for_periods=3)), record(), "2024-02")
    assert (said.after.up[Level.BLUE], said.after.pending, said.answers) == (2, Level.BLUE, (Answer.COUNTING,))


def test_a_period_the_subject_does_not_have_changes_nothing() -> None:
    said = explain(series(-6), always(limit()), record(), "2026-01")
    assert said.observation is None and said.before == said.after and said.answers == (Answer.NO_VALUE, Answer.WARNED)


@given(histories, st.sampled_from(MONTHS))
def test_an_explanation_ends_where_the_fold_stood(history: list[Any], period: str) -> None:
    said = explain(history, always(limit()), record(), period)
    past = fold([row for row in history if row[0] <= period], always(limit()), auto_close=False)
    assert not past or said.after == past[-1].state
