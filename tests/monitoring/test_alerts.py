"""From published values to warnings: what is folded, what opens, what is told, and what only changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from data_access.store import schema
from data_access.store.engine import writing
from monitoring.alerts import step as alerts
from monitoring.alerts.judgement import judge
from monitoring.alerts.step import Evaluated, evaluate_alerts
from monitoring.telling.letters import write_letters
from rules.alerts.casework import Group
from rules.alerts.threshold import Level, Scope
from tests.small_province import LIANGXI, NANJING, OWN, PROVINCE, QINHUAI, SCHEME, WUXI, XUANWU
from tests.warning_store import (
    INDICATOR,
    NOW,
    ORANGE,
    QUIET,
    RED,
    YELLOW,
    count,
    county,
    end_limit,
    prepare,
    publish_values,
    record_limit,
    told,
)
from workflows.cases.register import case_list
from workflows.people.channels import note_channels
from workflows.people.outbox import MAIL
from workflows.thresholds.register import (
    Change,
    NewLimit,
    confirm_trial,
    current_set,
    limits,
)

LATER = NOW + timedelta(days=1)

GROUP = ("webhook",)


def month(value: str | None, period: str = "2026-09", region: str = NANJING) -> dict[tuple[str, str, str], str | None]:
    return {(INDICATOR, region, period): value}


def test_a_first_history_tells_only_where_it_stands(store: Engine) -> None:
    prepare(store)
    values = month(RED, "2026-07") | month(QUIET, "2026-08") | month(ORANGE)
    version = publish_values(store, values, sign=(202607, 202608, 202609))
    assert evaluate_alerts(store, version, NOW) == Evaluated(1, 1)
    assert told(store, NANJING) == [("2026-09", "open:orange", "open")]
    assert count(store, "alert_episode") == 1
    assert count(store, "audit_event", action="alert") == 1


def test_judging_the_same_version_again_changes_nothing(store: Engine) -> None:
    prepare(store)
    version = publish_values(store, month(RED), sign=(202609,))
    evaluate_alerts(store, version, NOW)
    assert evaluate_alerts(store, version, LATER) == Evaluated()
    assert count(store, "alert_event") == 1


def test_a_running_month_warns_of_nothing_until_it_is_signed(store: Engine) -> None:
    prepare(store)
    first = publish_values(store, month(QUIET) | month(RED, "2026-10"), sign=(202609,))
    evaluate_alerts(store, first, NOW)
    assert told(store, NANJING) == []
    second = publish_values(store, {}, sign=(202610,), now=LATER)
    evaluate_alerts(store, second, LATER)
    assert told(store, NANJING) == [("2026-10", "open:red", "open")]


def test_a_warning_worsens_eases_and_recovers_in_one_episode(store: Engine) -> None:
    prepare(store)
    periods = ("2026-06", "2026-07", "2026-08", "2026-09")
    for place, (period, value) in enumerate(zip(periods, (YELLOW, RED, ORANGE, QUIET), strict=True)):
        sign = int(period.replace("-", ""))
        evaluate_alerts(store, publish_values(store, month(value, period), sign=(sign,)), NOW + timedelta(hours=place))
    assert [(text, kinds) for _, text, kinds in told(store, NANJING)] == [
        ("open:yellow", "open"),
        ("escalate:red", "escalate"),
        ("deescalate:orange", ""),
        ("recover", "recover"),
    ]
    with store.connect() as connection:
        episode = connection.execute(select(schema.alert_episode)).one()
    # Above blue it stays open until someone closes it, and a new breach refires it.
    assert (episode.work, episode.level, episode.highest, episode.closed_at) == ("open", 0, 4, None)
    evaluate_alerts(store, publish_values(store, month(YELLOW, "2026-10"), sign=(202610,)), LATER)
    assert told(store, NANJING)[-1] == ("2026-10", "refire:yellow", "refire")
    assert count(store, "alert_episode") == 1


def test_a_blue_warning_closes_itself_and_the_next_is_a_new_episode(store: Engine) -> None:
    prepare(store)
    for period, value in (("2026-07", "-2"), ("2026-08", QUIET), ("2026-09", "-2")):
        version = publish_values(store, month(value, period), sign=(int(period.replace("-", "")),))
        evaluate_alerts(store, version, NOW)
    assert [text for _, text, _ in told(store, NANJING)] == ["open:blue", "recover", "open:blue"]
    assert count(store, "alert_episode") == 2
    assert count(store, "alert_episode", closed_at=None) == 1


def test_a_late_entry_that_changes_a_final_month_is_told_as_revised(store: Engine) -> None:
    prepare(store)
    evaluate_alerts(store, publish_values(store, month(QUIET), sign=(202609,)), NOW)
    evaluate_alerts(store, publish_values(store, month(RED), now=LATER), LATER)
    assert told(store, NANJING) == [
        ("2026-09", "history_revised 2026-09", ""),
        ("2026-09", "open:red/data_revised", "open"),
    ]


def test_an_older_version_after_a_newer_one_changes_nothing(store: Engine) -> None:
    prepare(store)
    old = publish_values(store, month(RED), sign=(202609,))
    new = publish_values(store, month(QUIET), now=LATER)
    evaluate_alerts(store, new, LATER)
    assert evaluate_alerts(store, old, LATER) == Evaluated()
    assert told(store, NANJING) == []


def test_only_subjects_whose_values_changed_are_folded(store: Engine) -> None:
    prepare(store, counties=30)
    everywhere = {(INDICATOR, county(n), "2026-09"): QUIET for n in range(30)}
    assert evaluate_alerts(store, publish_values(store, everywhere, sign=(202609,)), NOW).subjects == 30
    changed = {(INDICATOR, county(n), "2026-09"): RED for n in (3, 17)}
    assert evaluate_alerts(store, publish_values(store, changed, now=LATER), LATER) == Evaluated(2, 2)
    assert evaluate_alerts(store, publish_values(store, {}, now=LATER), LATER) == Evaluated()
    # A month more is a period more for all of them.
    later = publish_values(store, {}, sign=(202610,), now=LATER)
    assert evaluate_alerts(store, later, LATER).subjects == 30


def test_a_new_limit_folds_its_own_indicator_only(store: Engine) -> None:
    prepare(store)
    values = month(YELLOW) | {("pooling_rate", NANJING, "2026-09"): "99.8"}
    version = publish_values(store, values, sign=(202609,))
    evaluate_alerts(store, version, NOW)
    stricter = NewLimit(Scope(INDICATOR, region=NANJING), {"operator": "lt", "levels": {"red": "-2"}}, starts="2026-09")
    change = Change("monitor", "the city is watched closely", LATER, approved_by="leader")
    with writing(store) as connection:
        record_limit(connection, stricter, change)
    assert evaluate_alerts(store, version, LATER) == Evaluated(1, 1)
    assert told(store, NANJING)[-1] == ("2026-09", "escalate:red/threshold_changed", "escalate")


def test_a_limit_on_trial_is_folded_and_kept_but_told_to_nobody(store: Engine) -> None:
    prepare(store, confirmed=False)
    version = publish_values(store, month(RED), sign=(202609,))
    evaluate_alerts(store, version, NOW, channels=GROUP)
    assert told(store, NANJING) == [("2026-09", "open:red", "")]
    assert (count(store, "alert_state", level=4, standing="trial"), count(store, "alert_episode")) == (1, 0)
    assert count(store, "outbox") == 0
    with writing(store) as connection:
        assert confirm_trial(connection, Change("monitor", "confirmed", LATER)) == current_set(connection)
    evaluate_alerts(store, version, LATER, channels=GROUP)
    assert told(store, NANJING)[-1] == ("2026-09", "open:red/threshold_changed", "open")
    assert (count(store, "alert_episode"), count(store, "outbox")) == (1, 1)


def test_what_is_only_watched_opens_no_work(store: Engine) -> None:
    prepare(store)
    watched = NewLimit(
        Scope("income_progress", region=WUXI), {"operator": "lt", "levels": {"red": "50"}}, "2020-01", kind="watch"
    )
    with writing(store) as connection:
        record_limit(connection, watched, Change("monitor", "structural", NOW))
    evaluate_alerts(store, publish_values(store, {("income_progress", WUXI, "2026-09"): "30"}, sign=(202609,)), NOW)
    assert (count(store, "alert_state", level=4, standing="watch"), count(store, "alert_episode")) == (1, 0)
    assert count(store, "outbox") == 0


def test_ending_a_limit_ends_monitoring_without_a_recovery(store: Engine) -> None:
    prepare(store)
    evaluate_alerts(store, publish_values(store, month(RED), sign=(202609,)), NOW)
    with writing(store) as connection:
        row = next(r for r in limits(connection, INDICATOR) if r.ended_set is None)
        end_limit(connection, row, "2026-10", Change("monitor", "no longer wanted", LATER))
    evaluate_alerts(store, publish_values(store, month(RED, "2026-10"), sign=(202610,), now=LATER), LATER)
    assert told(store, NANJING)[-1] == ("2026-10", "unmonitored", "cancelled")
    assert count(store, "alert_episode", closed_at=None) == 1


def test_too_little_and_too_much_are_two_subjects(store: Engine) -> None:
    prepare(store)
    values = {("expenditure_deviation", NANJING, "2026-08"): "9", ("expenditure_deviation", NANJING, "2026-09"): "-5"}
    evaluate_alerts(store, publish_values(store, values, sign=(202608, 202609)), NOW)
    with store.connect() as connection:
        levels = connection.execute(select(schema.alert_state.c.rule, schema.alert_state.c.level)).all()
    assert sorted(map(tuple, levels)) == [("high", 0), ("low", 2)]


def test_an_indicator_is_judged_only_where_it_exists(store: Engine) -> None:
    prepare(store)
    values = {("months_payable", region, "2026-09"): "2" for region in (PROVINCE, NANJING)}
    assert evaluate_alerts(store, publish_values(store, values, sign=(202609,)), NOW).subjects == 1
    assert count(store, "alert_state", region=PROVINCE, rule="low", level=4) == 1


def live(value: str | None) -> dict[tuple[str, str, str], str | None]:
    return {("pooling_delay", NANJING, "x"): value}


def test_a_live_limit_counts_versions_even_when_the_value_stands_still(store: Engine) -> None:
    prepare(store)
    with writing(store) as connection:
        row = next(r for r in limits(connection, "pooling_delay") if r.ended_set is None)
        end_limit(connection, row, row.starts, Change("monitor", "too nervous", NOW))
        spec = {"operator": "gt", "levels": {"red": "20"}, "for_periods": 3, "scale": 0}
        record_limit(connection, NewLimit(Scope("pooling_delay"), spec, "2020-01"), Change("monitor", "calmer", NOW))
    seen = []
    for minutes in range(0, 75, 15):
        at = NOW + timedelta(minutes=minutes)
        seen.append(
            evaluate_alerts(store, publish_values(store, live("30") if not minutes else {}, now=at), at).subjects
        )
    # Counting up to the third version; then settled, and not folded again.
    assert seen == [1, 1, 1, 0, 0]
    assert told(store, NANJING) == [("2026-11-20T10:45", "open:red", "open")]
    at = NOW + timedelta(hours=2)
    evaluate_alerts(store, publish_values(store, live("1"), now=at), at)
    assert told(store, NANJING)[-1] == ("2026-11-20T12:15", "recover", "recover")


def test_two_versions_within_a_minute_are_one_period(store: Engine) -> None:
    prepare(store)
    evaluate_alerts(store, publish_values(store, live("1")), NOW)
    evaluate_alerts(store, publish_values(store, live("30")), NOW)
    assert told(store, NANJING)[-1] == ("2026-11-20T10:15", "open:red/data_revised", "open")


def test_a_month_nobody_signed_is_missing_after_the_grace(store: Engine) -> None:
    prepare(store)
    fact = {"scheme": SCHEME, "region": XUANWU, "item": "premium_current", "movement": "collect", "amount_fen": 1}
    with writing(store) as connection:
        rows = [{**fact, "month": m, "entries": 1, "data_version": 1} for m in (202608, 202609, 202610)]
        connection.execute(schema.monthly_fact.insert(), rows)
    version = publish_values(store, {(INDICATOR, NANJING, f"2026-{m:02d}"): RED for m in (8, 9, 10)}, sign=(202608,))
    evaluate_alerts(store, version, NOW)
    # August is judged; September and October, closing days 8 October and 8 November, are past the three days of grace.
    assert told(store, NANJING) == [("2026-10", "data_stale", ""), ("2026-10", "open:red", "open")]


def test_a_failing_subject_stops_no_other_and_is_tried_again(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(store)
    version = publish_values(store, month(RED) | month(RED, region=WUXI), sign=(202609,))

    def broken(scope: Scope, *rest: Any, **named: Any) -> object:
        if scope.region == WUXI:
            raise ArithmeticError("a broken value")
        return judge(scope, *rest, **named)

    monkeypatch.setattr(alerts, "judge", broken)
    assert evaluate_alerts(store, version, NOW) == Evaluated(2, 1, 1)
    assert count(store, "alert_state", error="ArithmeticError: a broken value") == 1
    monkeypatch.undo()
    assert evaluate_alerts(store, version, LATER) == Evaluated(1, 1)
    assert count(store, "alert_episode") == 2
    assert count(store, "alert_state", error=None) == 2


def test_only_people_who_may_see_the_region_are_told(store: Engine) -> None:
    prepare(store)
    evaluate_alerts(store, publish_values(store, month(RED, region=LIANGXI), sign=(202609,)), NOW)
    with writing(store) as connection:
        note_channels(connection, [MAIL])
    write_letters(store, clock=lambda: NOW)
    with store.connect() as connection:
        logins = set(connection.execute(select(schema.outbox.c.recipient)).scalars())
    assert logins == {"monitor", "wuxi"}


def places(engine: Engine) -> set[tuple[str, str]]:
    """Region and standing of everything at a level."""
    state = schema.alert_state
    with engine.connect() as connection:
        rows = connection.execute(select(state.c.region, state.c.standing).where(state.c.level > 0)).all()
    return {(row.region, row.standing) for row in rows}


def open_cases(engine: Engine) -> list[str]:
    case = schema.work_case
    with engine.connect() as connection:
        wanted = select(case.c.place).where(case.c.closed_at.is_(None)).order_by(case.c.place)
        return list(connection.execute(wanted).scalars())


def test_what_a_county_causes_is_its_case_alone(store: Engine) -> None:
    prepare(store)
    values = month(RED) | month(RED, region=XUANWU) | month(QUIET, region=QINHUAI) | month(QUIET, region=OWN)
    evaluate_alerts(store, publish_values(store, values, sign=(202609,)), NOW)
    assert places(store) == {(XUANWU, "act"), (NANJING, "elsewhere")}
    assert open_cases(store) == [XUANWU]
    assert told(store, NANJING) == [("2026-09", "open:red", "")]


def test_a_city_takes_its_matter_up_when_the_county_that_explained_it_recovers(store: Engine) -> None:
    """The city's own value stands as it was: only the place of the matter has moved."""
    prepare(store)
    values = month(RED) | month(RED, region=XUANWU) | month(QUIET, region=QINHUAI) | month(QUIET, region=OWN)
    evaluate_alerts(store, publish_values(store, values, sign=(202609,)), NOW)
    revised = publish_values(store, month(QUIET, region=XUANWU), now=LATER)
    evaluate_alerts(store, revised, LATER)
    assert places(store) == {(NANJING, "act")}
    assert NANJING in open_cases(store)
    assert told(store, NANJING)[-1] == ("2026-09", "open:red", "open")
    assert evaluate_alerts(store, revised, LATER) == Evaluated()


def test_a_city_gives_its_matter_up_to_the_county_that_turns_out_to_cause_it(store: Engine) -> None:
    prepare(store)
    values = month(RED) | month(QUIET, region=XUANWU) | month(QUIET, region=QINHUAI) | month(QUIET, region=OWN)
    evaluate_alerts(store, publish_values(store, values, sign=(202609,)), NOW)
    assert places(store) == {(NANJING, "act")}
    evaluate_alerts(store, publish_values(store, month(RED, region=XUANWU), now=LATER), LATER)
    assert places(store) == {(NANJING, "elsewhere"), (XUANWU, "act")}
    assert told(store, NANJING)[-1][2] == "cancelled"
    assert told(store, XUANWU)[-1] == ("2026-09", "open:red/data_revised", "open")


def test_how_long_the_money_lasts_leads_the_queue_whatever_its_colour(store: Engine) -> None:
    prepare(store)
    values = month(RED) | {("months_payable", PROVINCE, "2026-09"): "8.5"}
    evaluate_alerts(store, publish_values(store, values, sign=(202609,)), NOW)
    with store.connect() as connection:
        cases = case_list(connection, SCHEME)
    assert [(case.place, case.group, case.level) for case in cases] == [
        (PROVINCE, Group.SOLVENCY, Level.YELLOW),
        (NANJING, Group.COLLECTION, Level.RED),
    ]
