"""The condition fold, backtest and due state in the corners of their rules."""

from decimal import Decimal

import pytest

from rules.alerts.evaluation import CALCULATORS
from rules.errors import InputError


def series(*observations):
    return [[f"2026-{month:02}", observation] for month, observation in enumerate(observations, 1)]


def replay(threshold, *observations, **more):
    return CALCULATORS["replay"]({"threshold": threshold, "series": series(*observations), **more})


def replay_versions(versions, *observations, **more):
    return CALCULATORS["replay"]({"versions": versions, "series": series(*observations), **more})


def column(rows, name):
    return [row[name] for row in rows]


def gt(levels=None, **more):
    return {"operator": "gt", "levels": levels or {"yellow": "5"}, **more}


# Values


@pytest.mark.parametrize(
    ("operator", "value", "level"),
    [
        ("lt", "6.00", "none"),
        ("lt", "5.995", "none"),  # 6.00 as shown
        ("lt", "5.994", "yellow"),
        ("le", "6.004", "yellow"),
        ("le", "6.005", "none"),
        ("gt", "6.004999", "none"),
        ("gt", "6.005", "yellow"),
        ("ge", "5.995", "yellow"),
        ("ge", "5.994", "none"),
    ],
)
def test_a_value_is_compared_as_it_is_shown(operator, value, level):
    assert replay({"operator": operator, "levels": {"yellow": 6}}, value)[0]["level"] == level


def test_a_half_is_rounded_away_from_zero_below_zero_too():
    rule = {"operator": "lt", "levels": {"yellow": "-1"}, "scale": 0}
    assert column(replay(rule, "-1.4", "-1.5", "-0.5"), "level") == ["none", "yellow", "none"]


def test_zero_and_minus_one_are_values_like_any_other():
    rows = replay({"operator": "lt", "levels": {"yellow": 1}}, 0, -1, Decimal("-1.00"))
    assert column(rows, "level") == ["yellow"] * 3
    assert column(rows, "data") == ["fresh"] * 3


@pytest.mark.parametrize("unusable", ["invalid", "NaN", "-Infinity", Decimal("NaN"), float("inf")])
def test_what_is_not_finite_counts_as_a_missing_period(unusable):
    assert replay(gt(), "6", unusable) == replay(gt(), "6", "missing")


def test_a_period_not_due_changes_nothing_and_keeps_the_row_before():
    rows = replay(gt(recover_periods=2), "not_due", "6", "4", "not_due", "4")
    assert column(rows, "phase") == ["ok", "firing", "recovering", "recovering", "ok"]
    assert column(rows, "data") == ["unknown", "fresh", "fresh", "fresh", "fresh"]
    assert column(rows, "events") == [[], ["open:yellow"], [], [], ["recover"]]


# Levels and streaks


def test_each_level_may_wait_its_own_number_of_periods():
    levels = {"yellow": {"at": "5", "for_periods": 3}, "red": {"at": "10", "for_periods": 1}}
    rows = replay(gt(levels, for_periods=9), "6", "11", "6")
    assert column(rows, "level") == ["none", "red", "yellow"]
    assert column(rows, "pending") == ["yellow", "none", "none"]
    assert rows[2]["events"] == ["deescalate:yellow"]


def test_waiting_gates_the_way_up_only():
    rows = replay(gt({"yellow": "5", "red": "10"}, for_periods=2), "11", "11", "6", "4")
    assert column(rows, "events") == [[], ["open:red"], ["deescalate:yellow"], ["recover"]]


def test_a_level_above_the_alert_is_pending_while_it_fires():
    row = replay(gt({"yellow": "5", "red": {"at": "10", "for_periods": 2}}), "11")[0]
    assert (row["phase"], row["level"], row["pending"]) == ("firing", "yellow", "red")


def test_a_healthy_value_interrupts_a_streak_but_a_kept_gap_does_not():
    assert column(replay(gt(for_periods=2), "6", "missing", "6"), "level") == ["none", "none", "yellow"]
    assert column(replay(gt(for_periods=2), "6", "4", "6"), "level") == ["none", "none", "none"]


def test_a_value_in_the_recovery_band_holds_but_does_not_raise():
    rule = {"operator": "lt", "levels": {"yellow": "6"}, "recover_margin": "0.5"}
    assert column(replay(rule, "6.2", "5.9", "6.2", "6.49", "6.50"), "level") == [
        *["none", "yellow", "yellow", "yellow"],
        "none",
    ]


def test_recovery_at_the_limit_is_still_held_by_le():
    rule = {"operator": "le", "levels": {"yellow": {"at": "6", "recover_at": "7"}}}
    assert column(replay(rule, "6", "7.00", "7.01"), "level") == ["yellow", "yellow", "none"]


def test_while_red_recovers_a_rule_without_yellow_falls_straight_to_none():
    assert replay(gt({"red": "10"}), "11", "6")[1]["events"] == ["recover"]


# No data


def test_a_missing_period_that_counts_as_healthy_recovers_for_want_of_data():
    rows = replay(gt(no_data="ok", recover_periods=2), "6", "missing", "invalid")
    assert column(rows, "events") == [["open:yellow"], [], ["data_stale", "recover/no_data"]]
    assert column(rows, "phase") == ["firing", "recovering", "ok"]


def test_a_missing_period_that_breaches_yellow_leaves_the_levels_above_frozen():
    rule = gt({"yellow": "5", "red": "10"}, no_data="breach:yellow", recover_periods=2)
    rows = replay(rule, "11", "missing", "6", "missing", "6")
    # red recovers over two observed periods, whatever lies between them
    assert column(rows, "phase") == ["firing", "firing", "recovering", "recovering", "firing"]
    assert column(rows, "level") == ["red", "red", "red", "red", "yellow"]


def test_a_breach_by_no_data_counts_for_every_milder_level_that_exists():
    rule = gt({"blue": "1", "yellow": "5", "red": "10"}, no_data="breach:orange", for_periods=2)
    rows = replay(rule, "2", "missing", "missing")
    assert column(rows, "level") == ["none", "blue", "yellow"]
    assert rows[2]["events"] == ["data_stale", "escalate:yellow/no_data"]


def test_data_turn_stale_once_and_are_restored_once_without_moving_the_level():
    rows = replay(gt(stale_after=2), "6", "missing", "missing", "missing", "6", "missing")
    assert column(rows, "data") == ["fresh", "missing", "stale", "stale", "fresh", "missing"]
    assert column(rows, "events") == [["open:yellow"], [], ["data_stale"], [], ["data_restored"], []]
    assert set(column(rows, "level")) == {"yellow"}


def test_periods_not_due_do_not_lengthen_a_run_of_missing_ones():
    assert column(replay(gt(), "missing", "not_due", "not_due", "missing"), "data")[-2:] == ["missing", "stale"]


def test_the_data_event_stands_before_the_level_event():
    rows = replay(gt(stale_after=1), "missing", "6")
    assert column(rows, "events") == [["data_stale"], ["data_restored", "open:yellow"]]


def test_data_called_stale_under_a_shorter_patience_are_not_called_stale_twice():
    versions = [
        {"from": "2026-01", "to": "2026-03", "spec": gt(stale_after=2)},
        {"from": "2026-03", "spec": gt(stale_after=4)},
    ]
    rows = replay_versions(versions, "missing", "missing", "missing", "missing", "4")
    assert column(rows, "data") == ["missing", "stale", "missing", "stale", "fresh"]
    assert column(rows, "events") == [[], ["data_stale"], [], [], ["data_restored"]]


# Episodes


def test_without_automatic_closing_the_next_breach_refires_the_same_episode():
    rows = replay(gt(), "6", "4", "6", auto_close=False)
    assert column(rows, "events") == [["open:yellow"], ["recover"], ["refire:yellow"]]
    rows = replay(gt(), "6", "4", "6")
    assert column(rows, "events") == [["open:yellow"], ["recover"], ["open:yellow"]]


# Versions


def changed(first, second, at="2026-02"):
    return [{"from": "2026-01", "to": at, "spec": first}, {"from": at, "spec": second}]


def test_a_level_moved_by_the_new_limit_alone_says_so():
    versions = changed(gt({"yellow": "9"}), gt({"yellow": "5"}))
    assert column(replay_versions(versions, "7", "7"), "events") == [[], ["open:yellow/threshold_changed"]]


def test_a_level_that_the_old_limit_would_have_moved_too_is_the_values_doing():
    versions = changed(gt({"yellow": "9"}), gt({"yellow": "5"}))
    assert replay_versions(versions, "7", "10")[1]["events"] == ["open:yellow"]


def test_the_old_limit_moving_it_elsewhere_still_makes_it_the_values_doing():
    versions = changed(gt({"yellow": "5", "red": "10"}), gt({"yellow": "5", "red": "8"}))
    assert replay_versions(versions, "4", "9")[1]["events"] == ["open:red"]


def test_a_limit_written_differently_is_no_change():
    versions = changed(gt({"yellow": "5"}), gt({"yellow": {"at": "5.0", "for_periods": 1}}, recover_margin=0))
    assert column(replay_versions(versions, "6", "4"), "events") == [["open:yellow"], ["recover"]]


def test_shorter_waiting_counts_the_breaches_of_the_version_before():
    versions = changed(gt(for_periods=4), gt(for_periods=3), at="2026-03")
    rows = replay_versions(versions, "6", "6", "6")
    assert rows[2]["events"] == ["open:yellow/threshold_changed"]


def test_a_level_dropped_by_the_new_version_can_neither_be_held_nor_raised():
    versions = changed(gt({"yellow": "5", "red": "10"}, recover_periods=9), gt({"yellow": "5"}, recover_periods=9))
    rows = replay_versions(versions, "11", "11")
    assert rows[1]["events"] == ["deescalate:yellow/threshold_changed"]


def test_a_level_that_was_dropped_starts_its_streak_anew_when_it_returns():
    red, plain = gt({"yellow": "5", "red": "10"}, for_periods=2), gt(for_periods=2)
    versions = [
        {"from": "2026-01", "to": "2026-02", "spec": red},
        {"from": "2026-02", "to": "2026-03", "spec": plain},
        {"from": "2026-03", "spec": red},
    ]
    rows = replay_versions(versions, "11", "11", "11", "11")
    assert column(rows, "level") == ["none", "yellow", "yellow", "red"]


def test_a_limit_changed_in_a_period_without_a_value_is_told_as_no_data():
    rows = replay_versions(changed(gt({"red": "5"}), gt({"yellow": "5"})), "6", "missing")
    # yellow lies below the level reached and nothing speaks against holding it
    assert rows[1]["events"] == ["deescalate:yellow/no_data"]


def test_the_last_period_not_due_is_not_the_one_the_spec_is_compared_with():
    versions = changed(gt({"yellow": "9"}), gt({"yellow": "5"}))
    assert replay_versions(versions, "7", "not_due", "7")[2]["events"] == ["open:yellow/threshold_changed"]


def test_versions_may_be_listed_in_any_order():
    versions = changed(gt({"yellow": "9"}), gt({"yellow": "5"}))
    assert replay_versions(versions[::-1], "7", "7") == replay_versions(versions, "7", "7")


def test_versions_that_overlap_are_refused():
    with pytest.raises(InputError) as refusal:
        replay_versions([{"from": "2026-01", "spec": gt()}, {"from": "2026-02", "spec": gt()}], "6")
    assert refusal.value.parameters["path"] == "versions[1]"


# Periods without a version


def gap_in_monitoring(first=None, second=None):
    return [
        {"from": "2026-01", "to": "2026-03", "spec": first or gt()},
        {"from": "2026-04", "spec": second or gt()},
    ]


def test_the_end_of_monitoring_is_told_once():
    rows = replay_versions([{"from": "2026-01", "to": "2026-02", "spec": gt()}], "6", "6", "6")
    assert column(rows, "events") == [["open:yellow"], ["unmonitored"], []]
    assert column(rows, "phase")[1:] == ["unmonitored"] * 2


def test_the_end_of_monitoring_a_quiet_subject_is_not_told():
    assert replay_versions(gap_in_monitoring(), "4", "missing", "4")[2]["events"] == []


def test_the_end_of_monitoring_stale_data_is_told_and_the_run_starts_anew():
    rows = replay_versions(gap_in_monitoring(), "missing", "missing", "missing", "missing", "4")
    assert column(rows, "events") == [[], ["data_stale"], ["unmonitored"], [], []]
    assert column(rows, "data") == ["missing", "stale", "unknown", "missing", "fresh"]


def test_streaks_do_not_cross_a_gap_in_monitoring():
    rows = replay_versions(gap_in_monitoring(gt(for_periods=2), gt(for_periods=2)), "4", "6", "6", "6")
    assert rows[3]["phase"] == "pending"


def test_recovery_before_a_gap_in_monitoring_closes_the_episode():
    rows = replay_versions(gap_in_monitoring(), "6", "4", "6", "6")
    assert rows[3]["events"] == ["open:yellow"]


def test_another_limit_after_a_gap_in_monitoring_is_named_as_the_cause():
    rows = replay_versions(gap_in_monitoring(gt({"yellow": "9"}), gt()), "7", "10", "7", "7")
    assert rows[3]["events"] == ["refire:yellow/threshold_changed"]


def test_a_period_not_due_changes_nothing_even_where_no_version_is_in_force():
    rows = replay_versions([{"from": "2026-01", "to": "2026-02", "spec": gt()}], "6", "not_due")
    assert (rows[1]["phase"], rows[1]["level"], rows[1]["events"]) == ("firing", "yellow", [])


def test_before_the_first_version_a_subject_is_unmonitored():
    row = replay_versions([{"from": "2026-05", "spec": gt()}], "6")[0]
    assert (row["phase"], row["level"], row["data"], row["events"]) == ("unmonitored", "none", "unknown", [])


# Backtest


def backtest(threshold, observations, starts, ends):
    return CALCULATORS["backtest"](
        {"threshold": threshold, "series": series(*observations), "from": starts, "to": ends}
    )


def test_a_level_carried_into_the_span_is_no_opening():
    outcome = backtest(gt({"yellow": "5", "red": "10"}), ["6", "11", "missing", "4"], "2026-02", "2026-04")
    assert outcome == {
        "opens": 0,
        "escalations": 1,
        "recoveries": 1,
        "periods_alerting": 2,
        "max_level": "red",
        "carried_in": True,
        "periods_missing": 1,
    }


def test_what_happens_after_the_span_is_not_counted_and_its_ends_are():
    outcome = backtest(gt(), ["6", "4", "6"], "2026-01", "2026-02")
    assert (outcome["opens"], outcome["recoveries"], outcome["carried_in"]) == (1, 1, False)


def test_a_period_not_due_is_no_alerting_period_in_a_backtest():
    outcome = backtest(gt(), ["6", "not_due"], "2026-01", "2026-02")
    assert (outcome["periods_alerting"], outcome["periods_missing"]) == (1, 0)


def test_a_span_without_periods_counts_nothing():
    outcome = backtest(gt(), ["6"], "2026-03", "2026-04")
    assert (outcome["periods_alerting"], outcome["max_level"], outcome["carried_in"]) == (0, "none", True)


# Due


@pytest.mark.parametrize(
    ("due", "grace", "now", "state"),
    [
        ("2026-04-15T00:00:00+08:00", 0, "2026-04-15T00:00:00+08:00", "missing"),
        ("2026-04-15T00:00:00+08:00", 3, "2026-04-17T23:59:59+08:00", "not_due"),
        ("2026-04-15T00:00:00+08:00", 3, "2026-04-18T00:00:00+08:00", "missing"),
        ("2026-04-15T00:00:00+08:00", 0, "2026-04-14T16:00:00Z", "missing"),
        ("2026-04-15T00:00:00+08:00", 0, "2026-04-14T15:59:59Z", "not_due"),
    ],
)
def test_a_period_is_missing_from_the_instant_its_grace_ends(due, grace, now, state):
    case = {"due": due, "grace_days": grace, "now": now, "value": None}
    assert CALCULATORS["due"](case) == {"state": state}


def test_an_early_value_is_observed_and_zero_is_a_value():
    case = {"due": "2026-04-15T00:00:00+08:00", "grace_days": 0, "now": "2026-01-01T00:00:00+08:00", "value": 0}
    assert CALCULATORS["due"](case) == {"state": "observed"}
