"""Repeated evaluation of one subject: what a revision of data or limits makes a run report."""

from decimal import Decimal
from typing import Any

import pytest

from rules.alerts.condition import Gap
from rules.alerts.evaluation import CALCULATORS
from rules.alerts.runs import evaluate_run
from rules.alerts.threshold import Level, Limit, Operator, Threshold, always
from rules.errors import InputError


def series(*observations):
    return [[f"2026-{month:02}", observation] for month, observation in enumerate(observations, 1)]


def gt(levels=None, **more):
    return {"operator": "gt", "levels": levels or {"yellow": "5"}, **more}


SETS = {"1": [{"from": "2025-01", "spec": gt()}], "2": [{"from": "2025-01", "spec": gt({"yellow": "8"})}]}


def runs(*given_runs, sets=SETS, **more):
    rows = [
        {"data_version": data, "threshold_set": number, "series": series(*observations)}
        for data, number, observations in given_runs
    ]
    return CALCULATORS["replay_runs"]({"threshold_sets": sets, "runs": rows, **more})


def events(rows):
    return [row["events"] for row in rows]


def test_the_same_version_and_set_again_is_a_noop_whatever_the_series():
    rows = runs((1, 1, ["6"]), (1, 1, ["4"]))
    assert rows[1] == {"result": "noop", "events": [], "level": "yellow", "phase": "firing"}


@pytest.mark.parametrize("late", [(1, 2), (2, 1), (1, 3), (3, 1)])
def test_a_smaller_version_or_set_comes_too_late(late):
    rows = runs((2, 2, ["9"]), (*late, ["4"]))
    assert rows[1] == {"result": "stale_run", "events": [], "level": "yellow", "phase": "firing"}


def test_a_failed_refresh_changes_nothing_and_its_version_can_still_be_evaluated():
    case = {
        "threshold_sets": SETS,
        "runs": [
            {"data_version": 1, "series": series("6")},
            {"data_version": 2, "status": "failed", "series": series("4")},
            {"status": "failed"},
            {"data_version": 2, "series": series("6", "4")},
        ],
    }
    rows: Any = CALCULATORS["replay_runs"](case)
    assert [row["result"] for row in rows] == ["evaluated", "failed", "failed", "evaluated"]
    assert events(rows) == [["2026-01 open:yellow"], [], [], ["2026-02 recover"]]
    assert (rows[1]["level"], rows[1]["phase"]) == ("yellow", "firing")


def test_before_any_run_a_failed_one_leaves_a_quiet_subject():
    rows: Any = CALCULATORS["replay_runs"]({"threshold_sets": {}, "runs": [{"status": "failed"}]})
    assert rows == [{"result": "failed", "events": [], "level": "none", "phase": "ok"}]


def test_every_period_whose_level_differs_is_listed_and_only_the_last_moves_the_warning():
    rows = runs((1, 1, ["4", "4", "4"]), (2, 1, ["6", "6", "6", "4"]))
    assert events(rows)[1] == [
        "history_revised 2026-01,2026-02,2026-03",
        "2026-03 open:yellow/data_revised",
        "2026-04 recover",
    ]


def test_a_revision_that_leaves_the_last_level_is_told_as_history_only():
    rows = runs((1, 1, ["6", "4", "6"]), (2, 1, ["6", "6", "6"]))
    assert events(rows)[1] == ["history_revised 2026-02"]


def test_a_new_set_on_the_same_data_gives_the_limit_as_the_reason():
    rows = runs((1, 1, ["6"]), (1, 2, ["6"]))
    assert events(rows)[1] == ["history_revised 2026-01", "2026-01 recover/threshold_changed"]


def test_with_new_data_and_a_new_set_the_data_are_the_reason():
    rows = runs((1, 1, ["6"]), (2, 2, ["6"]))
    assert events(rows)[1] == ["history_revised 2026-01", "2026-01 recover/data_revised"]


def test_a_revised_level_may_escalate_or_step_down():
    sets = {"1": [{"from": "2025-01", "spec": gt({"yellow": "5", "red": "10"})}]}
    rows = runs((1, 1, ["6"]), (2, 1, ["11"]), (3, 1, ["7"]), sets=sets)
    assert events(rows)[1:] == [
        ["history_revised 2026-01", "2026-01 escalate:red/data_revised"],
        ["history_revised 2026-01", "2026-01 deescalate:yellow/data_revised"],
    ]


def test_an_older_period_that_arrives_late_is_no_revision_of_itself():
    rows = runs((1, 1, ["not_due", "4"]), (2, 1, ["6", "4"]))
    assert events(rows)[1] == []


def test_a_retracted_value_is_revised_to_the_level_carried_into_its_period():
    rows = runs((1, 1, ["4", "6"]), (2, 1, ["4", "not_due"]), (3, 1, ["4", "7"]))
    assert events(rows)[1:] == [["history_revised 2026-02", "2026-02 recover/data_revised"], ["2026-02 open:yellow"]]


def test_a_period_that_vanished_is_revised_to_the_level_carried_into_it():
    rows = runs((1, 1, ["4", "6"]), (2, 1, ["4"]))
    assert events(rows)[1] == ["history_revised 2026-02", "2026-02 recover/data_revised"]


def test_an_episode_on_record_refires_where_the_revised_history_never_opened_one():
    rows = runs((1, 1, ["6"]), (2, 1, ["4", "6"]), auto_close=False)
    assert events(rows)[1] == [
        "history_revised 2026-01",
        "2026-01 recover/data_revised",
        "2026-02 refire:yellow",
    ]


def test_an_episode_only_the_revised_history_knows_was_never_opened():
    rows = runs((1, 1, ["4", "4"]), (2, 1, ["6", "4", "6"]), auto_close=False)
    assert events(rows)[1] == ["history_revised 2026-01", "2026-03 open:yellow"]


def test_a_limit_withdrawn_for_the_past_ends_monitoring_and_is_no_recovery():
    sets = {"1": [{"from": "2026-01", "spec": gt()}], "2": [{"from": "2026-02", "spec": gt()}]}
    rows = runs((1, 1, ["6"]), (1, 2, ["6"]), (2, 2, ["6", "6"]), sets=sets)
    assert events(rows)[1:] == [["history_revised 2026-01", "2026-01 unmonitored"], ["2026-02 refire:yellow"]]
    assert rows[1]["phase"] == "unmonitored"


def test_the_end_of_monitoring_is_told_by_the_run_that_reaches_it_only():
    sets = {"1": [{"from": "2026-01", "to": "2026-02", "spec": gt()}]}
    rows = runs((1, 1, ["6", "6"]), (2, 1, ["6", "6", "6"]), sets=sets)
    assert events(rows) == [["2026-01 open:yellow", "2026-02 unmonitored"], []]


def test_an_unmonitored_period_covered_later_is_revised_history():
    sets = {"1": [{"from": "2026-02", "spec": gt()}], "2": [{"from": "2026-01", "spec": gt()}]}
    rows = runs((1, 1, ["6"]), (1, 2, ["6"]), sets=sets)
    assert events(rows)[1] == ["history_revised 2026-01", "2026-01 open:yellow/threshold_changed"]


def test_events_of_new_periods_keep_their_own_reasons():
    sets = {"1": [{"from": "2026-01", "spec": gt(no_data="breach:yellow")}]}
    rows = runs((1, 1, ["4"]), (2, 1, ["4", "missing", "missing", "4"]), sets=sets)
    assert events(rows)[1] == [
        "2026-02 open:yellow/no_data",
        "2026-03 data_stale",
        "2026-04 data_restored",
        "2026-04 recover",
    ]


def test_a_set_that_was_not_given_is_refused_where_it_is_needed():
    with pytest.raises(InputError) as refusal:
        runs((1, 7, ["6"]))
    assert refusal.value.parameters["path"] == "runs[0].threshold_set"


def test_a_run_can_be_evaluated_without_the_calculator():
    threshold = Threshold(Operator.LT, (Limit(Level.RED, Decimal(0), Decimal(0)),))
    outcome = evaluate_run(None, 1, 1, [("2026-01", Decimal("-1")), ("2026-02", Gap.NOT_DUE)], always(threshold))
    assert outcome.texts == ("2026-01 open:red",)
    assert outcome.committed is not None and outcome.committed.levels == (("2026-01", Level.RED),)
