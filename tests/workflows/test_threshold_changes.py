"""Changing limits: what a wish does to the rows, what forbids it, and what waits for a second person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Engine, insert

from data_access.store import schema
from data_access.store.engine import create_store, writing
from rules.alerts.threshold import Scope
from workflows.thresholds.changes import (
    CHANGE,
    CONFIRM,
    END,
    NEW,
    LimitsOverlap,
    Step,
    apply_steps,
    confirming,
    ending,
    findings,
    last_evaluated,
    lock_set,
    rearranging,
)
from workflows.thresholds.proposals import (
    APPLIED,
    DRY_RUN,
    WAITING,
    decide,
    drop_dry_runs,
    last_dry_run,
    proposal,
    save_proposal,
    waiting_proposals,
)
from workflows.thresholds.register import TRIAL, Change, Limit, NewLimit, Register, limits, load_presets, load_register

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
CHANGED = Change("monitor", "meeting of 20 November", NOW)
SCOPE = Scope("premium_deviation", "jiangsu-pension")
MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


def wish(blue: str, starts: str, ends: str | None = None, **more: object) -> NewLimit:
    return NewLimit(SCOPE, {"operator": "lt", "levels": {"blue": blue}}, starts, ends, **more)  # type: ignore[arg-type]


def done(engine: Engine, *wanted: NewLimit) -> Step | None:
    with writing(engine) as connection:
        step = rearranging(limits(connection), wanted)
        if step is not None:
            apply_steps(connection, [step], CHANGED)
    return step


def blue_by_month(engine: Engine) -> list[str | None]:
    with engine.connect() as connection:
        register = load_register(connection)
    found = [register.deciding(SCOPE, "low", month) for month in MONTHS]
    return [None if row is None else str(row.threshold.limits[0].at) for row in found]


def test_a_change_ends_the_row_before_it_and_begins_a_set(store: Engine) -> None:
    first, second = done(store, wish("-1", "2026-01")), done(store, wish("-2", "2026-06"))
    assert (first and first.kind, second and second.kind, second and second.since) == (NEW, CHANGE, "2026-06")
    assert blue_by_month(store) == ["-1"] * 5 + ["-2"] * 7
    with store.connect() as connection:
        rows = limits(connection)
        assert [(row.starts, row.ends, row.since_set, row.ended_set) for row in rows] == [
            ("2026-01", "2026-06", 1, 2),
            ("2026-06", None, 2, None),
        ]


def test_a_passing_change_gives_way_again_to_what_stood(store: Engine) -> None:
    done(store, wish("-1", "2026-01"))
    done(store, wish("-9", "2026-03", "2026-05"))
    assert blue_by_month(store) == ["-1", "-1", "-9", "-9", *["-1"] * 8]


def test_what_changes_nothing_is_no_change(store: Engine) -> None:
    done(store, wish("-1", "2026-01"))
    assert done(store, wish("-1.00", "2026-01")) is None


def test_a_limit_that_begins_with_another_takes_its_place(store: Engine) -> None:
    done(store, wish("-1", "2026-01"))
    step = done(store, wish("-2", "2026-01"))
    assert step is not None and step.since == "2026-01"
    assert blue_by_month(store) == ["-2"] * 12
    with store.connect() as connection:
        assert [(row.starts, row.ends) for row in limits(connection)] == [("2026-01", "2026-01"), ("2026-01", None)]


def test_confirming_changes_who_is_told_and_nothing_that_is_judged(store: Engine) -> None:
    with writing(store) as connection:
        load_presets(connection, NOW)
        row = next(r for r in limits(connection) if r.scope.indicator == "premium_deviation")
        step = confirming(row)
        assert (step.kind, step.since) == (CONFIRM, None)
        apply_steps(connection, [step], CHANGED)
        standing = [r for r in limits(connection) if r.scope.indicator == "premium_deviation" and r.ended_set is None]
    assert [(r.status, r.spec, r.starts) for r in standing] == [("confirmed", row.spec, row.starts)]


def test_an_ended_rule_leaves_its_subjects_without_one(store: Engine) -> None:
    done(store, wish("-1", "2026-01"))
    with writing(store) as connection:
        step = ending(limits(connection)[0], "2026-09")
        assert (step.kind, step.since) == (END, "2026-09")
        apply_steps(connection, [step], CHANGED)
    assert blue_by_month(store) == ["-1"] * 8 + [None] * 4


spans = st.lists(st.tuples(st.integers(0, 11), st.integers(1, 13), st.integers(-4, -1)), min_size=1, max_size=6).map(
    lambda found: [(a, b, v) for a, b, v in found if a < b]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(spans)
def test_after_any_changes_each_month_obeys_the_last_wish_for_it(changes: list[tuple[int, int, int]]) -> None:
    rows: list[Limit] = []
    expected: list[str | None] = [None] * 12
    for number, (first, last, value) in enumerate(changes, start=1):
        starts, ends = MONTHS[first], None if last > 11 else MONTHS[last]
        begun = [row for row in rows if row.starts == starts and (row.ends is None or row.starts < row.ends)]
        step = rearranging(rows, [wish(str(value), starts, ends)])
        for row in begun:
            stop = 12 if row.ends is None else MONTHS.index(row.ends)
            expected[first:stop] = [None] * (stop - first)
        expected[first : min(last, 12)] = [str(value)] * (min(last, 12) - first)
        rows = _rows_after(rows, step, number)
        register = Register(number, rows)
        found = [register.deciding(SCOPE, "low", month) for month in MONTHS]
        assert [None if row is None else str(row.threshold.limits[0].at) for row in found] == expected
        for month in MONTHS:
            assert len(register.resolve(SCOPE, "low", month).losing) == 0, "two rows of one scope at a time"


def _rows_after(rows: list[Limit], step: Step | None, number: int) -> list[Limit]:
    """What apply_steps does, without a store."""
    import json
    from dataclasses import replace

    if step is None:
        return rows
    ends = dict(step.ends)
    after = [replace(row, ends=ends[row.id], ended_set=number) if row.id in ends else row for row in rows]
    for new in step.records:
        spec = json.dumps(dict(new.spec))
        after.append(
            Limit(len(after) + 1, new.scope, "low", new.starts, new.ends, spec, True, "act", "confirmed", number, None)
        )
    return after


def test_a_step_is_refused_with_every_code_that_applies(store: Engine) -> None:
    wrong = NewLimit(
        SCOPE, {"operator": "lt", "levels": {"blue": "-6", "red": "-2"}, "stale_after": 0}, "2026-06", "2026-05"
    )
    with writing(store) as connection:
        step = rearranging(limits(connection), [wrong])
        assert step is not None
        found = findings(limits(connection), [step], 0, "2026-10", retroactive=False)
    assert found.errors == ("E_EFFECTIVE", "E_ORDER", "E_RECOVER_ORDER", "E_RETROACTIVE", "E_STALE_AFTER")


@pytest.mark.parametrize(("starts", "errors"), [("2026-09", 1), ("2026-10", 1), ("2026-11", 0)])
def test_a_start_in_the_last_period_judged_reaches_back_like_any_before_it(
    sqlite_store: Engine, starts: str, errors: int
) -> None:
    with writing(sqlite_store) as connection:
        step = rearranging(limits(connection), [wish("-1", starts)])
        assert step is not None
        found = findings(limits(connection), [step], 0, "2026-10", retroactive=False)
    assert found.errors == ("E_RETROACTIVE",) * errors


def test_wishes_of_one_file_may_not_overlap_each_other(store: Engine) -> None:
    with writing(store) as connection:
        step = rearranging(limits(connection), [wish("-1", "2026-01", "2026-06"), wish("-2", "2026-05")])
        assert step is not None
        assert findings(limits(connection), [step], 0, None, retroactive=False).errors == ("E_OVERLAP",)


def test_overlapping_rows_are_refused_by_the_database_or_by_the_check(store: Engine) -> None:
    done(store, wish("-1", "2026-01"))
    blind = Step(NEW, "premium_deviation", "low", "2026-06", (), (wish("-2", "2026-06"),))
    with writing(store) as connection:
        assert findings(limits(connection), [blind], 0, None, retroactive=False).errors == ("E_OVERLAP",)
    if store.dialect.name == "postgresql":
        with writing(store) as connection, pytest.raises(LimitsOverlap):
            apply_steps(connection, [blind], CHANGED)
        with store.connect() as connection:
            assert len(limits(connection)) == 1, "nothing of a refused change is kept"


def test_of_two_writers_the_second_sees_the_firsts_set(postgres_url: str) -> None:
    first, second = create_store(postgres_url), create_store(postgres_url)
    done(first, wish("-1", "2026-01"))
    with writing(first) as one:
        assert lock_set(one) == 1
        with second.connect() as other, other.begin():
            other.exec_driver_sql("SET lock_timeout = '200ms'")
            with pytest.raises(Exception, match="lock timeout"):
                lock_set(other)
        step = rearranging(limits(one), [wish("-2", "2026-06")])
        assert step is not None
        apply_steps(one, [step], CHANGED)
    with writing(second) as other:
        assert lock_set(other) == 2
    first.dispose()
    second.dispose()


def test_the_last_period_judged_is_the_scopes_own(sqlite_store: Engine) -> None:
    row = {
        "level": 0,
        "phase": "ok",
        "pending": 0,
        "data": "fresh",
        "standing": "act",
        "condition": "{}",
        "history": "[]",
        "events": 0,
        "rule": "low",
        "indicator": "premium_deviation",
        "part": "",
    }
    with writing(sqlite_store) as connection:
        for scheme, region, period in (("a", "320100", "2026-09"), ("a", "320200", "2026-10"), ("b", "140100", None)):
            made = {**row, "scheme": scheme, "region": region, "period": period, "dedup_key": f"{scheme}{region}"}
            connection.execute(insert(schema.alert_state).values(made))
        asked = [
            Scope("premium_deviation"),
            Scope("premium_deviation", "a", None, "320100"),
            Scope("premium_deviation", "b"),
        ]
        assert [last_evaluated(connection, scope, "low") for scope in asked] == ["2026-10", "2026-09", None]
        assert last_evaluated(connection, asked[0], "high") is None


def test_a_proposal_comes_back_as_it_was_made_and_ends_once(store: Engine) -> None:
    done(store, wish("-1", "2026-01"))
    with writing(store) as connection:
        step = rearranging(limits(connection), [wish("-2", "2026-03", status=TRIAL)])
        assert step is not None
        made = {"threshold_set": 1, "by": "monitor", "reason": "error", "retroactive": True, "now": NOW}
        token = save_proposal(connection, [step], {"opens": 7}, state=WAITING, **made)  # type: ignore[arg-type]
        dry = save_proposal(connection, [step], {}, state=DRY_RUN, **made)  # type: ignore[arg-type]
    with writing(store) as connection:
        kept = proposal(connection, token, lock=True)
        assert kept is not None and kept.steps == (step,) and kept.preview == {"opens": 7}
        assert waiting_proposals(connection) == (kept,)
        assert (last := last_dry_run(connection, "monitor")) is not None and last.token == dry
        drop_dry_runs(connection, "monitor", NOW)
        assert last_dry_run(connection, "monitor") is None
        assert not kept.overtaken(load_register(connection))
        number = apply_steps(connection, kept.steps, Change("monitor", "error", NOW, "second"))
        decide(connection, kept, APPLIED, by="second", now=NOW, made_set=number)
        assert kept.overtaken(load_register(connection))
        assert waiting_proposals(connection) == () and proposal(connection, "unknown") is None
