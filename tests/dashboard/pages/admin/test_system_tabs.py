"""系统管理 of the system administrator: the state of the installation, master data, parameters; what they change."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, insert, select, text, update

from dashboard import create_site
from data_access.intake.importers.changes import Change
from data_access.intake.queue import COUNTS, Given
from data_access.store import audit, schema
from data_access.store.engine import writing
from data_access.store.health import leases, store_state
from rules.scheme import load_scheme
from tests.dashboard.conftest import Reader, hrefs, sign_in, words
from tests.demonstration_store import NOW, SCHEME, site_on
from workflows.warnings.watch import keep_raised

JSON = {"Accept": "application/json"}
AT = f"scheme={SCHEME}"


@pytest.fixture
def system(reader: Callable[[str], Reader]) -> Reader:
    return reader("p-system_admin")


def test_health_names_what_needs_somebody_and_shows_no_secret(
    system: Reader, server: Flask, shared_engine: Engine
) -> None:
    said = system.text("/admin?tab=health")
    # The next year's holidays are not known in November, and the profiles end with the year.
    assert "2027年法定节假日尚未载入" in said and "项需要处理" in said and "没有校验记录" in said and "已是最新" in said
    with shared_engine.connect() as connection:
        store = store_state(connection)
    assert store.kind == "sqlite" and store.current


def test_a_lease_whose_holder_is_silent_is_told(own_engine: Engine, tmp_path: Path) -> None:
    with writing(own_engine) as connection:
        connection.execute(
            update(schema.lease)
            .where(schema.lease.c.name == "refresh")
            .values(holder="host process 1", heartbeat_at=NOW - timedelta(minutes=2))
        )
        assert {one.name: one.dead(NOW) for one in leases(connection)}["refresh"]
        row = {"key": "k", "recipient": "p-leader", "channel": "mail", "level": 1, "created_at": NOW, "state": "dead"}
        row |= {"event": connection.execute(select(schema.alert_event.c.id).limit(1)).scalar_one()}
        row |= {"attempts": 8, "not_before": NOW, "finished_at": NOW, "error": "SMTPServerDisconnected: gone"}
        connection.execute(insert(schema.outbox), [row])
        audit.record(connection, "command:root", audit.CHECKED, "store", {"compared": 9, "at_fault": ["balance"]}, NOW)
        keep_raised(connection, ["calendar:2027-01-01"], NOW)
    server = create_site(site_on(own_engine, tmp_path)).server
    system = sign_in(server, "p-system_admin")
    assert "系统告警1条，请您处理。" in system.text("/messages")
    assert "另有系统告警1条。" in sign_in(server, "p-monitor").text("/messages?box=info")
    said = system.text("/admin")
    assert "心跳中断" in said and "未送达1条" in said and "SMTPServerDisconnected" in said
    assert "发现问题 · 11月20日10:15" in said
    for login in ("p-security_admin", "p-monitor"):
        assert sign_in(server, login).client.post("/act/admin/send_again", headers=JSON).status_code == 403
    answer = system.client.post("/act/admin/send_again", headers=JSON)
    assert answer.status_code == 200 and "1条通知重新排队" in answer.get_json()["message"]
    assert "未送达0条" in system.text("/admin")
    with own_engine.connect() as connection:
        outbox = connection.execute(select(schema.outbox).where(schema.outbox.c.key == "k")).one()
        event = schema.audit_event
        kept = connection.execute(select(event.c.actor).where(event.c.action == "send_again")).scalar_one()
    assert (outbox.state, outbox.attempts, outbox.finished_at, kept) == ("waiting", 0, None, "p-system_admin")
    _a_calendar_that_waits(own_engine, system)


def _a_calendar_that_waits(engine: Engine, system: Reader) -> None:
    """The month in which a holiday falls has a working day less, and its close is due later."""
    before = _months(system, "2027")
    days = [f"2027-01-0{day}" for day in (1, 4, 5, 6, 7, 8)]
    changes = [Change({"day": day}, None, {"kind": "holiday", "name": "元旦"}) for day in days]
    given = Given("calendar_day", "p-system_admin", province="220000")
    row = {"target": "calendar_day", "source": "", "origin": "2027年节假日.csv", "state": "pending", "started_at": NOW}
    row |= {"uploaded_by": "p-system_admin", "demo": False, "province": "220000", "options": given.options(changes)}
    with writing(engine) as connection:
        connection.execute(insert(schema.import_batch).values({**row, **COUNTS}))
    said = system.text("/admin?tab=calendar")
    assert "2027年节假日.csv等待第二人复核" in said and "2027年的尚未导入" in said
    after = _months(system, "2027")
    assert after["2027年1月"][:2] == before["2027年1月"][:2]
    # 21 working days less six; of the scheme's closing day, the 8th, nothing but December's close of 8 January moves.
    assert (before["2027年1月"][0], after["2027年1月"][2]) == ("21", "15")
    assert after["2027年2月"][2] == before["2027年2月"][0]


def _months(system: Reader, year: str) -> dict[str, list[str]]:
    lines = _rows(system, f"/export/admin/months.csv?tab=calendar&show={year}&{AT}")
    return {line[0]: line[1:] for line in lines if line[0].startswith(f"{year}年")}


def _rows(system: Reader, file: str) -> list[list[str]]:
    said = system.client.get(file).data.decode("utf-8-sig")
    return [line for line in csv.reader(io.StringIO(said)) if line]


def test_parameters_are_those_in_force_the_assumed_ones_first(system: Reader) -> None:
    lines = _rows(system, f"/export/admin/parameters.csv?tab=parameters&{AT}")
    head = next(line for line in lines if "性质" in line)
    states = [line[head.index("性质")] for line in lines[lines.index(head) + 1 :] if len(line) >= len(head)]
    assert states == sorted(states, key=["暂定", "省定", "文件计划", "文件规定"].index)
    every = load_scheme(SCHEME).parameters.values()
    assumed = [one.code for one in every if any(value.assumed for value in one.values[-1:])]
    assert len(assumed) > 5 and states.count("暂定") == len(assumed)
    page = system.page(f"/admin?tab=parameters&{AT}")
    assert f"现行参数{len(states)}项" in words(page)
    assert any(href.startswith("/gap?") and "item=parameters" in href for href in hrefs(page))


@pytest.mark.parametrize(
    ("tab", "target"), [("sources", "source"), ("regions", "region"), ("calendar", "calendar_day")]
)
def test_master_data_are_changed_by_import_alone(system: Reader, tab: str, target: str) -> None:
    links = hrefs(system.page(f"/admin?tab={tab}&{AT}"))
    assert f"/template/{target}.xlsx" in links
    assert any(href.startswith("/data?") and f"measure={target}" in href for href in links)


def test_the_store_says_which_it_is_how_large_and_at_which_revision(store: Engine) -> None:
    with store.connect() as connection:
        found = store_state(connection)
        assert found.kind == connection.dialect.name and found.release.split(".")[0].isdigit()
        assert found.current and found.size > 100_000 and leases(connection) == ()
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        assert not store_state(connection).current
        connection.rollback()
