"""What must hold for every history under every limit: the fold and its repeated runs."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, strategies as st

from rules.alerts.condition import NEVER_EVALUATED, Gap, fold
from rules.alerts.evaluation import CALCULATORS
from rules.alerts.runs import evaluate_run
from rules.alerts.threshold import Level, Limit, NoData, Operator, Threshold, ThresholdVersion, always, recovery_value

MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
COLOURS = [Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED]
VALUES = st.integers(-400, 1600).map(lambda n: Decimal(n) / 100)
OBSERVATIONS = st.one_of(VALUES, VALUES, VALUES, st.sampled_from(Gap))
HISTORIES = st.lists(OBSERVATIONS, max_size=len(MONTHS)).map(lambda found: list(zip(MONTHS, found, strict=False)))


@st.composite
def thresholds(draw, most_recover_periods=3):
    operator = draw(st.sampled_from(Operator))
    levels = sorted(draw(st.sets(st.sampled_from(COLOURS), min_size=1)))
    limits = sorted(draw(st.sets(st.integers(0, 12), min_size=len(levels), max_size=len(levels))))
    if operator.worse_is_lower:
        limits.reverse()
    margin = Decimal(draw(st.integers(0, 15))) / 10
    no_data = draw(st.sampled_from(NoData))
    return Threshold(
        operator=operator,
        limits=tuple(
            Limit(level, Decimal(at), recovery_value(operator, Decimal(at), margin), draw(st.integers(1, 3)))
            for level, at in zip(levels, limits, strict=True)
        ),
        recover_periods=draw(st.integers(1, most_recover_periods)),
        no_data=no_data,
        no_data_level=draw(st.sampled_from(levels)) if no_data is NoData.BREACH else Level.NONE,
        stale_after=draw(st.integers(1, 3)),
        scale=draw(st.integers(0, 2)),
    )


@st.composite
def successions(draw):
    """Versions one after the other, now and then with a gap between them."""
    cuts = sorted(draw(st.sets(st.sampled_from(MONTHS), min_size=1, max_size=4)))
    spans = list(zip([None, *cuts], [*cuts, None], strict=True))
    kept = [span for span in spans if draw(st.integers(0, 4))]
    return tuple(ThresholdVersion(draw(thresholds()), *span) for span in kept)


@given(HISTORIES, successions(), st.integers(0, len(MONTHS)), st.booleans())
def test_folding_in_two_parts_gives_the_same_as_folding_at_once(history, versions, cut, auto_close):
    first = fold(history[:cut], versions, auto_close=auto_close)
    state = first[-1].state if first else NEVER_EVALUATED
    rest = fold(history[cut:], versions, state=state, auto_close=auto_close)
    assert first + rest == fold(history, versions, auto_close=auto_close)


@given(HISTORIES, thresholds(), st.sampled_from([Gap.MISSING, Gap.INVALID]))
def test_under_an_unchanged_limit_a_kept_gap_changes_nothing_but_the_data(history, threshold, gap):
    threshold = replace(threshold, no_data=NoData.KEEP, no_data_level=Level.NONE)
    results = fold(history, always(threshold))
    before = results[-1].state if results else NEVER_EVALUATED
    (after,) = fold([("2027-01", gap)], always(threshold), state=before)
    for name in ("level", "phase", "pending", "up", "down", "episode_open"):
        assert getattr(after.state, name) == getattr(before, name)
    assert [str(event) for event in after.events] in ([], ["data_stale"])


def triggered(threshold, value):
    beyond = threshold.operator.compare
    return max((limit.level for limit in threshold.limits if beyond(value, limit.at)), default=Level.NONE)


def held(threshold, value, at_most):
    beyond = threshold.operator.compare
    levels = [limit.level for limit in threshold.limits if limit.level <= at_most and beyond(value, limit.recover_at)]
    return max(levels, default=Level.NONE)


@given(HISTORIES, thresholds(most_recover_periods=1))
def test_the_level_is_never_above_the_highest_level_triggered_or_held(history, threshold):
    threshold = replace(threshold, scale=2)
    before = Level.NONE
    for (_, observation), result in zip(history, fold(history, always(threshold)), strict=True):
        if isinstance(observation, Decimal):
            allowed = max(triggered(threshold, observation), held(threshold, observation, before))
            assert result.state.level <= allowed
        before = result.state.level


@given(HISTORIES, thresholds())
def test_the_level_rises_only_to_a_level_that_is_triggered(history, threshold):
    threshold = replace(threshold, scale=2)
    before = Level.NONE
    for (_, observation), result in zip(history, fold(history, always(threshold)), strict=True):
        if result.state.level > before:
            missing = isinstance(observation, Gap)
            assert result.state.level <= (threshold.no_data_level if missing else triggered(threshold, observation))
        before = result.state.level


@given(HISTORIES, successions())
def test_the_events_alone_tell_the_level_and_whether_the_data_are_stale(history, versions):
    level, stale = Level.NONE, False
    for result in fold(history, versions):
        for event in result.events:
            if event.kind in ("open", "refire", "escalate", "deescalate"):
                assert event.level is not None and event.level is not level
                level = event.level
            elif event.kind in ("recover", "unmonitored"):
                level = Level.NONE
            stale = event.kind == "data_stale" or (stale and event.kind not in ("data_restored", "unmonitored"))
        assert result.state.level is level
        assert stale or result.state.data != "stale"


@given(HISTORIES, thresholds(), st.sampled_from(MONTHS))
def test_a_new_version_with_the_same_limits_changes_nothing(history, threshold, cut):
    split = (ThresholdVersion(threshold, None, cut), ThresholdVersion(threshold, cut, None))
    assert fold(history, split) == fold(history, always(threshold))


def as_text(history):
    return [[period, str(observation)] for period, observation in history]


@given(st.dictionaries(st.text(max_size=3), HISTORIES, min_size=1, max_size=4))
def test_adding_a_subject_changes_no_other(histories):
    levels = {"yellow": "5", "red": "10"}
    rule = {"operator": "gt", "levels": levels, "for_periods": 2, "no_data": "breach:yellow"}
    subjects = {name: {"series": as_text(history)} for name, history in histories.items()}
    together: Any = CALCULATORS["replay"]({"threshold": rule, "subjects": subjects})
    for name, subject in subjects.items():
        assert together[name] == CALCULATORS["replay"]({"threshold": rule, **subject})
    assert list(together) == list(subjects)


@given(HISTORIES, successions(), st.integers(0, len(MONTHS)), st.booleans())
def test_two_runs_over_a_growing_series_report_what_one_run_reports(history, versions, cut, auto_close):
    first = evaluate_run(None, 1, 1, history[:cut], versions, auto_close=auto_close)
    second = evaluate_run(first.committed, 2, 1, history, versions, auto_close=auto_close)
    whole = evaluate_run(None, 2, 1, history, versions, auto_close=auto_close)
    assert not second.revised
    assert first.events + second.events == whole.events
    assert second.committed == whole.committed


@given(st.lists(HISTORIES, min_size=1, max_size=4), thresholds(), st.booleans())
def test_however_often_history_is_revised_the_events_told_lead_to_the_level_shown(histories, threshold, auto_close):
    committed, level = None, Level.NONE
    for version, history in enumerate(histories):
        outcome = evaluate_run(committed, version, 1, history, always(threshold), auto_close=auto_close)
        committed = outcome.committed
        for _, event in outcome.events:
            if event.kind in ("open", "refire"):
                assert level is Level.NONE
            level = event.level or (Level.NONE if event.kind == "recover" else level)
        assert outcome.state.level is level
