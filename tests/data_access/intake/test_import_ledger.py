"""Importing ledger entries: all or nothing, again is harmless, and the roll-up comes with the rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from data_access.intake.importers import import_rows, recover_interrupted
from data_access.intake.sources.status import source_statuses
from data_access.store import schema
from rules.errors import ImportRefused

Entry = Callable[..., dict[str, Any]]
Columns = Callable[..., dict[str, list[Any]]]
CHANGES = (schema.monthly_change, schema.account_change, schema.daily_change)


def count(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_an_entry_is_kept_exactly_with_its_three_changes(
    ready: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    result = import_rows(ready, "ledger_entry", columns(entry()), now=now)
    assert (result.state, result.offered, result.inserted) == ("loaded", 1, 1)
    with ready.connect() as connection:
        kept = connection.execute(select(schema.ledger_entry)).one()
        monthly = connection.execute(select(schema.monthly_change)).one()
        account = connection.execute(select(schema.account_change)).one()
        daily = connection.execute(select(schema.daily_change)).one()
        batch = connection.execute(select(schema.import_batch).where(schema.import_batch.c.id == result.batch)).one()
    assert (kept.amount_fen, kept.month, kept.corrects) == (125_000_000, 202610, None)
    assert kept.booked_at.isoformat() == "2026-10-09T08:30:00+00:00"
    assert (monthly.month, monthly.item, monthly.amount_fen, monthly.entries) == (
        202610,
        "premium_current",
        125_000_000,
        1,
    )
    assert (account.account, account.amount_fen) == ("treasury", 125_000_000)
    assert (daily.day.isoformat(), daily.movement, daily.amount_fen) == ("2026-10-09", "collect", 125_000_000)
    assert (batch.state, batch.source, batch.newest_booked_at) == ("loaded", "js-tax", kept.booked_at)
    assert batch.data_version is None


def test_a_delivery_of_several_sources_counts_for_the_freshness_of_each(
    ready: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    rows = columns(
        entry(booked_at="2026-10-09 16:30:00"),
        entry(source_ref="T2", booked_at="2026-10-10 09:00:00"),
        entry(source="js-agency", source_ref="A1", booked_at="2026-10-08 10:00:00"),
    )
    assert import_rows(ready, "ledger_entry", rows, now=now).inserted == 3
    with ready.connect() as connection:
        newest = {status.code: status.newest_booked_at for status in source_statuses(connection, now)}
    assert newest["js-tax"] == datetime(2026, 10, 10, 1, 0, tzinfo=UTC)
    assert newest["js-agency"] == datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


def test_the_same_rows_again_change_nothing(ready: Engine, entry: Entry, columns: Columns, now: datetime) -> None:
    rows = columns(entry(), entry(source_ref="T2"))
    import_rows(ready, "ledger_entry", rows, now=now)
    again = import_rows(ready, "ledger_entry", rows, now=now)
    assert (again.state, again.inserted, again.known) == ("loaded", 0, 2)
    assert count(ready, schema.ledger_entry) == 2
    assert count(ready, schema.monthly_change) == 1


def test_only_the_new_rows_of_an_overlapping_delivery_count(
    ready: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    import_rows(ready, "ledger_entry", columns(entry()), now=now)
    result = import_rows(ready, "ledger_entry", columns(entry(source_ref="T0", amount_fen="7"), entry()), now=now)
    assert (result.inserted, result.known) == (1, 1)
    with ready.connect() as connection:
        change = select(schema.monthly_change).where(schema.monthly_change.c.batch == result.batch)
        assert connection.execute(change).one().amount_fen == 7


def test_a_known_reference_with_another_amount_is_a_conflict(
    ready: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    import_rows(ready, "ledger_entry", columns(entry()), now=now)
    result = import_rows(ready, "ledger_entry", columns(entry(source_ref="T2"), entry(amount_fen="5")), now=now)
    assert (result.state, result.inserted, result.rejected) == ("refused", 0, 1)
    (rejection,) = result.rejections
    assert (rejection.line, rejection.column, rejection.value, rejection.reason) == (3, "amount_fen", "5", "conflict")
    assert rejection.parameters == {"key": ["js-tax", "T1"], "stored": {"amount_fen": "125000000"}}
    assert count(ready, schema.ledger_entry) == 1


def test_good_rows_beside_a_conflict_come_in_when_asked_for(
    ready: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    import_rows(ready, "ledger_entry", columns(entry()), now=now)
    rows = columns(entry(source_ref="T2"), entry(amount_fen="5"), entry(source_ref="T3", region="99"))
    result = import_rows(ready, "ledger_entry", rows, accept_good_rows=True, now=now)
    assert (result.state, result.inserted, result.known, result.rejected) == ("loaded", 1, 0, 2)
    assert [rejection.reason for rejection in result.rejections] == ["conflict", "not_a_place"]
    with ready.connect() as connection:
        change = select(schema.monthly_change).where(schema.monthly_change.c.batch == result.batch)
        assert connection.execute(change).one().entries == 1


def test_one_bad_row_refuses_the_whole_delivery_and_is_kept(
    ready: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    rows = columns(entry(), entry(source_ref="T2", region="320199"))
    result = import_rows(ready, "ledger_entry", rows, now=now)
    assert (result.state, result.inserted, result.rejected) == ("refused", 0, 1)
    assert count(ready, schema.ledger_entry) == 0
    assert all(count(ready, table) == 0 for table in CHANGES)
    with ready.connect() as connection:
        kept = connection.execute(select(schema.rejected_row)).one()
    assert (kept.line, kept.column, kept.value, kept.reason) == (3, "region", "320199", "not_a_place")
    assert '"source_ref": "T2"' in kept.row


def test_the_same_reference_twice_in_one_delivery(ready: Engine, entry: Entry, columns: Columns, now: datetime) -> None:
    equal = import_rows(ready, "ledger_entry", columns(entry(), entry()), now=now)
    assert (equal.inserted, equal.known) == (1, 1)
    rows = columns(entry(source_ref="T5"), entry(source_ref="T5", amount_fen="9"))
    clash = import_rows(ready, "ledger_entry", rows, now=now)
    assert clash.state == "refused"
    assert clash.rejections[0].reason == "conflict_in_file"
    assert clash.rejections[0].parameters == {"key": ["js-tax", "T5"], "first_line": 2}


def test_deliveries_in_any_order_give_the_same_ledger(
    ready: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    wrong = entry(source_ref="T1")
    reversal = entry(source_ref="T2", amount_fen="-125000000", corrects="T1")
    right = entry(source_ref="T3", amount_fen="124000000")
    for delivery in ((reversal, right), (right, wrong), (wrong, reversal)):
        assert import_rows(ready, "ledger_entry", columns(*delivery), now=now).state == "loaded"
    with ready.connect() as connection:
        total = connection.execute(select(func.sum(schema.monthly_change.c.amount_fen))).scalar_one()
    assert int(total) == 124_000_000
    assert count(ready, schema.ledger_entry) == 3


def test_two_imports_at_once_of_the_same_rows_bring_them_once(
    ready: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    rows = columns(*(entry(source_ref=f"T{number}") for number in range(2000)))
    results: list[Any] = []

    def load() -> None:
        results.append(import_rows(ready, "ledger_entry", rows, now=now))

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.inserted for result in results) == [0, 0, 2000]
    assert sorted(result.known for result in results) == [0, 2000, 2000]
    with ready.connect() as connection:
        entries = connection.execute(select(func.sum(schema.monthly_change.c.entries))).scalar_one()
    assert int(entries) == 2000


def test_a_source_given_for_the_delivery_fills_the_column_and_must_agree(
    ready: Engine, entry: Entry, columns: Columns, now: datetime
) -> None:
    rows = columns(entry())
    assert (
        import_rows(ready, "ledger_entry", rows, source="js-agency", now=now).rejections[0].reason == "source_differs"
    )
    del rows["source"]
    assert import_rows(ready, "ledger_entry", rows, source="js-agency", now=now).state == "loaded"


def test_an_unknown_target_names_the_tables(ready_sqlite: Engine) -> None:
    with pytest.raises(ImportRefused, match="ledger_entry"):
        import_rows(ready_sqlite, "ledger", {})


def test_a_batch_left_open_by_a_dead_process_is_marked(ready_sqlite: Engine) -> None:
    with ready_sqlite.begin() as connection:
        columns = schema.import_batch.c
        connection.execute(schema.import_batch.update().where(columns.target == "source").values(state="running"))
    assert recover_interrupted(ready_sqlite) == 1
    assert recover_interrupted(ready_sqlite) == 0


def test_progress_names_phases_and_rows(ready_sqlite: Engine, entry: Entry, columns: Columns, now: datetime) -> None:
    told: list[tuple[str, int, int]] = []
    import_rows(
        ready_sqlite,
        "ledger_entry",
        columns(entry()),
        now=now,
        progress=lambda phase, done, total: told.append((phase, done, total)),
    )
    assert list(dict.fromkeys(phase for phase, _, _ in told)) == ["read", "check", "insert", "roll-up", "done"]
    assert told[-1] == ("done", 1, 1)


def test_a_plan_version_stays_and_an_adjustment_takes_the_next(ready: Engine, now: datetime) -> None:
    plan = {
        "scheme": ["jiangsu-pension"],
        "year": [2026],
        "region": ["320102"],
        "item": ["premium"],
        "version": [0],
        "amount_fen": [100],
        "approval_ref": ["苏财社〔2026〕1号"],
        "approved_on": ["2026-02-20"],
    }
    assert import_rows(ready, "plan", plan, now=now).inserted == 1
    changed = import_rows(ready, "plan", {**plan, "amount_fen": [90]}, now=now)
    assert (changed.state, changed.rejections[0].reason) == ("refused", "conflict")
    assert import_rows(ready, "plan", {**plan, "amount_fen": [90], "version": [1]}, now=now).inserted == 1


def test_an_unreached_item_may_be_cleared_later_but_not_changed(ready: Engine, now: datetime) -> None:
    item = {
        "scheme": ["jiangsu-pension"],
        "ref": ["W1"],
        "region": ["320102"],
        "recorded_by": ["tax"],
        "missing_at": ["treasury"],
        "amount_fen": [100],
        "reason": ["次日到账"],
        "arose_on": ["2026-09-30"],
        "cleared_on": [""],
    }
    assert import_rows(ready, "unreached_item", item, now=now).inserted == 1
    cleared = import_rows(ready, "unreached_item", {**item, "cleared_on": ["2026-10-02"]}, now=now)
    assert (cleared.state, cleared.inserted) == ("loaded", 1)
    standing = schema.unreached_item.c.ended_by.is_(None)
    with ready.connect() as connection:
        assert (
            str(connection.execute(select(schema.unreached_item.c.cleared_on).where(standing)).scalar_one())
            == "2026-10-02"
        )
    other = import_rows(ready, "unreached_item", {**item, "cleared_on": ["2026-10-03"]}, now=now)
    assert other.rejections[0].parameters["stored"] == {"cleared_on": "2026-10-02"}
    assert import_rows(ready, "unreached_item", {**item, "amount_fen": [1]}, now=now).state == "refused"


def test_master_data_is_replaced_by_the_later_row(ready: Engine, now: datetime) -> None:
    day = {"day": ["2026-10-01"], "kind": ["holiday"], "name": ["国庆节"]}
    assert import_rows(ready, "calendar_day", day, now=now).inserted == 1
    assert import_rows(ready, "calendar_day", day, now=now).known == 1
    assert import_rows(ready, "calendar_day", {**day, "name": ["国庆"]}, now=now).inserted == 1
    with ready.connect() as connection:
        assert connection.execute(select(schema.calendar_day.c.name)).scalar_one() == "国庆"
