"""A small province whose indicator values a test sets itself, for what happens from a value to a warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import Connection, Engine, func, insert, select

from dashboard.words.notifications import NotificationWords
from data_access.books.indicators import IndicatorRow, write_changes
from data_access.books.versions import Version, close_month
from data_access.store import schema
from data_access.store.engine import writing
from rules.indicators import Value
from tests.small_province import NANJING, PROVINCE, SCHEME, WUXI, load_province
from tests.stores import made_once
from workflows.people.accounts import Role, create_account
from workflows.thresholds.changes import NEW, Step, apply_steps, ending
from workflows.thresholds.register import Change, Limit, NewLimit, confirm_trial, load_presets, rule_of

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
RED, ORANGE, YELLOW, QUIET = "-9", "-6", "-4", "0.5"
INDICATOR = "premium_deviation"
WORDS = NotificationWords("zh")


def prepare(engine: Engine, *, counties: int = 0, confirmed: bool = True) -> None:
    """Regions, limits and three people: a monitor of the province, a city user of each city."""
    made_once(engine, ("limits", counties, confirmed), lambda: _prepare(engine, counties, confirmed))


def _prepare(engine: Engine, counties: int, confirmed: bool) -> None:
    load_province(engine, NOW)
    with writing(engine) as connection:
        load_presets(connection, NOW)
        if confirmed:
            confirm_trial(connection, Change("monitor", "meeting of 20 November", NOW))
        rows = [
            {"code": county(n), "name": f"县{n}", "name_en": f"County {n}", "level": "county", "kind": "division"}
            | {"parent": NANJING}
            for n in range(counties)
        ]
        if rows:
            connection.execute(insert(schema.region), rows)
        for login, role, region in (
            ("monitor", Role.MONITOR, PROVINCE),
            ("nanjing", Role.CITY, NANJING),
            ("wuxi", Role.CITY, WUXI),
        ):
            create_account(connection, login=login, name=login, role=role, region=region)


def recording(new: NewLimit) -> Step:
    """One limit more, without regard to what stands."""
    rule = rule_of(str(new.spec["operator"]))
    return Step(NEW, str(new.scope.indicator), rule, new.starts, (), (new,))


def record_limit(connection: Connection, new: NewLimit, change: Change) -> int:
    """The set that records a limit."""
    return apply_steps(connection, [recording(new)], change)


def end_limit(connection: Connection, row: Limit, ends: str, change: Change) -> int:
    """The set that ends a row."""
    return apply_steps(connection, [ending(row, ends)], change)


def county(number: int) -> str:
    return f"3209{number:04d}"


def publish_values(
    engine: Engine,
    values: Mapping[tuple[str, str, str], str | None],
    *,
    now: datetime = NOW,
    sign: Sequence[int] = (),
    part: str = "",
) -> Version:
    """A new version with (indicator, region, period) → value (None: there is none), and months signed at it."""
    with writing(engine) as connection:
        run = connection.execute(
            insert(schema.refresh_run)
            .values(started_at=now, state="published", full=False)
            .returning(schema.refresh_run.c.id)
        ).scalar_one()
        table = schema.data_version
        made = insert(table).values(published_at=now, as_of=now, refresh_run=run).returning(table.c.id)
        version = Version(connection.execute(made).scalar_one(), now, now)
        rows = [
            IndicatorRow(indicator, period, region, part, version.id, _value(value))
            for (indicator, region, period), value in values.items()
        ]
        write_changes(connection, SCHEME, version.id, rows)
        if sign:
            _open_ledger(connection, version.id)
        for month in sign:
            close_month(connection, SCHEME, month, signed_by="monitor", signed_at=now, version=version.id)
    return version


def _open_ledger(connection: Connection, version: int) -> None:
    """An opening balance of nothing, known from a version on, so that months can be signed."""
    if connection.execute(select(schema.opening_balance.c.account)).first():
        return
    counted = {f"rows_{name}": 1 for name in ("offered", "inserted", "done")} | {"rows_known": 0, "rows_rejected": 0}
    batch = connection.execute(
        insert(schema.import_batch)
        .values(target="opening_balance", source="", origin="", state="loaded", demo=False, **counted)
        .values(started_at=NOW, finished_at=NOW, data_version=version)
        .returning(schema.import_batch.c.id)
    ).scalar_one()
    row = {"scheme": SCHEME, "account": "treasury", "region": PROVINCE, "amount_fen": 0, "as_of": NOW.date()}
    connection.execute(insert(schema.opening_balance).values(**row, batch=batch))


def _value(value: str | None) -> Value:
    return Value(None, "no_plan", {}) if value is None else Value(Decimal(value), None, {})


def count(engine: Engine, table: str, **equal: object) -> int:
    found = schema.metadata.tables[table]
    with engine.connect() as connection:
        wanted = select(func.count()).select_from(found)
        return int(connection.execute(wanted.where(*(found.c[k] == v for k, v in equal.items()))).scalar_one())


def told(engine: Engine, region: str) -> list[tuple[str, str, str]]:
    """What happened to a region's subjects in order: period, event and what it notified."""
    event, state = schema.alert_event, schema.alert_state
    wanted = select(event.c.period, event.c.text, event.c.told).join(state, state.c.id == event.c.state)
    with engine.connect() as connection:
        rows = connection.execute(wanted.where(state.c.region == region).order_by(event.c.id))
        return [(row.period, row.text, row.told) for row in rows]
