"""The register of limits: never changed except to end, never overlapping, every change on record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from data_access.store import schema
from data_access.store.engine import create_store, writing
from rules.alerts.threshold import Level, Scope
from rules.indicators import INDICATORS
from tests.warning_store import end_limit, record_limit, recording
from workflows.thresholds.changes import LimitsOverlap, findings
from workflows.thresholds.register import (
    ALWAYS,
    TRIAL,
    Change,
    NewLimit,
    confirm_trial,
    current_set,
    limits,
    load_presets,
    load_register,
)

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
CHANGE = Change("monitor", "meeting of 20 November", NOW)
SPEC = {"operator": "lt", "levels": {"blue": "-2", "red": "-6"}}
NANJING = Scope("premium_deviation", "jiangsu-pension", "city", None)


def actions(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(schema.audit_event.c.action).order_by(schema.audit_event.c.id)).scalars())


def errors(
    connection: Connection, new: NewLimit, last: str | None = None, *, retroactive: bool = False
) -> tuple[str, ...]:
    return findings(limits(connection), [recording(new)], 0, last, retroactive=retroactive).errors


def test_the_catalogues_limits_are_on_trial_until_confirmed(store: Engine) -> None:
    with writing(store) as connection:
        assert load_presets(connection, NOW) == 1
        assert load_presets(connection, NOW) is None
        presets = limits(connection)
        assert {row.status for row in presets} == {TRIAL}
        assert {row.scope.indicator for row in presets} == {code for code, i in INDICATORS.items() if i.limits}
        assert confirm_trial(connection, CHANGE) == 2
        assert confirm_trial(connection, CHANGE) is None
        standing = [row for row in limits(connection) if row.ended_set is None]
    assert {row.status for row in standing} == {"confirmed"}
    assert [(row.spec, row.starts) for row in standing] == [(row.spec, row.starts) for row in presets]
    assert actions(store) == ["threshold_preset", "threshold_confirmed"]


def test_a_rule_of_one_fund_counts_for_its_schemes_only(store: Engine) -> None:
    with writing(store) as connection:
        load_presets(connection, NOW)
        register = load_register(connection)
    high = register.matching(Scope("months_payable", "jilin-work-injury"), "high")
    assert [row.kind for row in high] == ["watch"]
    assert register.matching(Scope("months_payable", "jilin-pension"), "high") == []


@pytest.mark.parametrize("starts", ["2025-01", "2026-12", ALWAYS])
def test_limits_of_one_scope_never_overlap(store: Engine, starts: str) -> None:
    with writing(store) as connection:
        assert record_limit(connection, NewLimit(NANJING, SPEC, "2025-01"), CHANGE) == 1
        assert errors(connection, NewLimit(NANJING, SPEC, starts)) == ("E_OVERLAP",)
        wider = NewLimit(Scope("premium_deviation", "jiangsu-pension"), SPEC, starts)
        assert errors(connection, wider) == ()
        assert record_limit(connection, wider, CHANGE) == 2


def test_the_database_itself_refuses_an_overlap(postgres_url: str) -> None:
    engine = create_store(postgres_url)
    with writing(engine) as connection:
        record_limit(connection, NewLimit(NANJING, SPEC, "2025-01"), CHANGE)
        row = dict(connection.execute(select(schema.threshold)).mappings().one())
    row |= {"id": 99, "starts": "2026-01"}
    with pytest.raises(IntegrityError, match="ex_threshold_overlap"), writing(engine) as connection:
        connection.execute(insert(schema.threshold).values(row))
    with writing(engine) as connection:
        connection.execute(insert(schema.threshold).values(row | {"starts": "2024-01", "ends": "2025-01"}))
    engine.dispose()


def test_two_writers_of_one_scope_at_once_make_one_row(postgres_url: str) -> None:
    first, second = create_store(postgres_url), create_store(postgres_url)
    with writing(first) as one:
        record_limit(one, NewLimit(NANJING, SPEC, "2025-01"), CHANGE)
        with second.connect() as other, other.begin():
            other.exec_driver_sql("SET lock_timeout = '300ms'")
            # The second cannot see the first's row yet: the constraint makes it wait.
            with pytest.raises(Exception, match="lock timeout"):
                record_limit(other, NewLimit(NANJING, SPEC, "2025-06"), CHANGE)
    with writing(second) as other, pytest.raises(LimitsOverlap):
        record_limit(other, NewLimit(NANJING, SPEC, "2025-06"), CHANGE)
    first.dispose()
    second.dispose()


def test_a_row_is_only_ever_ended_and_the_next_begins_there(store: Engine) -> None:
    with writing(store) as connection:
        record_limit(connection, NewLimit(NANJING, SPEC, "2025-01"), CHANGE)
        row = limits(connection)[0]
        assert end_limit(connection, row, "2026-12", CHANGE) == 2
        stricter = {**SPEC, "levels": {"blue": "-1"}}
        assert record_limit(connection, NewLimit(NANJING, stricter, "2026-12"), CHANGE) == 3
        register = load_register(connection)
    versions = register.versions(NANJING, "low")
    assert [(v.starts, v.ends, len(v.threshold.limits)) for v in versions] == [
        ("2025-01", "2026-12", 2),
        ("2026-12", None, 1),
    ]
    assert (limits_of := register.deciding(NANJING, "low", "2026-12")) is not None
    assert [limit.level for limit in limits_of.threshold.limits] == [Level.BLUE]


def test_the_most_specific_row_decides_and_a_disabled_one_switches_off(store: Engine) -> None:
    with writing(store) as connection:
        load_presets(connection, NOW)
        off = NewLimit(Scope("premium_deviation", region="320100"), SPEC, "2026-01", "2026-07", enabled=False)
        record_limit(connection, off, CHANGE)
        register = load_register(connection)
    subject = Scope("premium_deviation", "jiangsu-pension", "city", "320100")
    versions = register.versions(subject, "low")
    assert [(v.starts, v.ends) for v in versions] == [(ALWAYS, "2026-01"), ("2026-07", None)]
    resolved = register.resolve(subject, "low", "2026-03")
    assert resolved.effective.startswith("unmonitored:") and len(resolved.losing) == 1


def test_a_start_in_the_past_needs_the_flag_and_the_set_names_both_persons(store: Engine) -> None:
    late = NewLimit(NANJING, SPEC, "2026-06")
    with writing(store) as connection:
        assert errors(connection, late, "2026-09") == ("E_RETROACTIVE",)
        assert errors(connection, late, "2026-09", retroactive=True) == ()
        both = Change("monitor", "error in the plan", NOW + timedelta(days=1), approved_by="leader")
        number = record_limit(connection, late, both)
        kept = connection.execute(select(schema.threshold_set).where(schema.threshold_set.c.id == number)).one()
        assert current_set(connection) == number
    assert (kept.recorded_by, kept.approved_by, kept.reason) == ("monitor", "leader", "error in the plan")
    assert kept.recorded_at == NOW + timedelta(days=1)


def test_a_limit_that_makes_no_sense_is_refused_with_its_codes(store: Engine) -> None:
    wrong = NewLimit(NANJING, {"operator": "lt", "levels": {"blue": "-6", "red": "-2"}}, "2026-06", "2026-06")
    with writing(store) as connection:
        assert errors(connection, wrong) == ("E_EFFECTIVE", "E_ORDER", "E_RECOVER_ORDER")
