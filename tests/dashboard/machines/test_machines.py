"""What machines ask of the site: readiness, metrics, and the number that each request has in log, answer and on the page."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, delete, insert, update

from dashboard import Site, create_site
from data_access.store import engine, schema
from data_access.store.engine import create_store, writing
from data_access.store.identity import prepare
from rules.errors import ClockStepped
from tests.dashboard.conftest import sign_in
from tests.demonstration_store import NOW, site_on

READY = "/readyz"


def door(site: Site) -> Any:
    return create_site(site).server.test_client()


def numbers(client: Any, **headers: str) -> dict[tuple[str, ...], float]:
    """What ``/metrics`` says: name and labels → value."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


# --- readiness


def _jumped() -> datetime:
    raise ClockStepped("the clock has jumped", found=NOW, expected=NOW, than="machine")


def test_ready_tells_what_needs_somebody_though_the_site_can_serve(own_engine: Engine, tmp_path: Path) -> None:
    site = site_on(own_engine, tmp_path)
    client = door(site)
    answer = client.get(READY)
    well = answer.json
    assert answer.status_code == 200 and (well["ready"], well["reason"], well["refresh_overdue"]) == (True, "", False)
    assert well["undelivered"] == well["deliveries_waiting"] == 0 and well["age_seconds"] == 0
    assert well["runs_out"] == ["calendar:2027-01-01", "profiles:2027-01-01"]
    with writing(own_engine) as connection:
        told = {"key": "told", "recipient": "p-monitor", "channel": "mail", "level": 1, "about": "{}"}
        sent = {"created_at": NOW, "not_before": NOW, "attempts": 9, "state": "dead"}
        connection.execute(insert(schema.outbox).values(**told, **sent))
    assert client.get(READY).json == {**well, "undelivered": 1}
    # Reading goes on where nothing may be written.
    jumped = door(replace(site, steady=_jumped)).get(READY)
    assert jumped.status_code == 200 and jumped.json["clock_stepped"] is True and well["clock_stepped"] is False
    later = door(replace(site, now=lambda: NOW + timedelta(days=40))).get(READY)
    assert later.status_code == 200 and later.json["refresh_overdue"] is True
    assert later.json["age_seconds"] == 40 * 86_400 and later.json["sources_late"] > well["sources_late"]


def test_not_ready_says_why(own_engine: Engine, sqlite_store: Engine, tmp_path: Path) -> None:
    def said(engine: Engine) -> tuple[int, str]:
        answer = door(site_on(engine, tmp_path, known=False)).get(READY)
        assert answer.json["ready"] is False
        return answer.status_code, answer.json["reason"]

    assert said(sqlite_store) == (503, "nothing_published")
    ours = create_store(str(own_engine.url))
    prepare(ours, tmp_path)
    ours.dispose()
    with writing(own_engine) as connection:
        connection.exec_driver_sql("UPDATE store_identity SET id = 'another'")
    assert said(ours) == (503, "store_other")
    with writing(own_engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert said(own_engine) == (503, "schema")
    (tmp_path / "empty.db").touch()
    empty = create_store(f"sqlite:///{tmp_path}/empty.db")
    assert said(empty) == (503, "schema")
    assert said(create_store(f"sqlite:///{tmp_path}/none/store.db")) == (503, "store_away")
    (tmp_path / "broken.db").write_bytes(b"this is no database " * 100)
    assert said(create_store(f"sqlite:///{tmp_path}/broken.db")) == (503, "failed")


def test_a_database_that_says_nothing_is_given_up_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engine.SILENT, "connect_timeout", 2)  # the least there is
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        client = door(site_on(create_store(f"postgresql://nobody@{host}:{port}/none"), tmp_path))
        ends = threading.Timer(8, silent.shutdown, (socket.SHUT_RDWR,))
        ends.start()
        began = time.monotonic()
        answer = client.get(READY)
        ends.cancel()
    assert (answer.status_code, answer.json) == (503, {"ready": False, "reason": "store_away"})
    assert time.monotonic() - began < 5


# --- metrics


def test_nobody_reads_metrics_but_the_addresses_that_are_set(shared_engine: Engine, tmp_path: Path) -> None:
    site = site_on(shared_engine, tmp_path)
    assert sign_in(create_site(site).server, "p-system_admin").client.get("/metrics").status_code == 403
    ours = (ip_network("127.0.0.1"), ip_network("10.1.0.0/16"))

    def said(proxies: int, address: str, **headers: str) -> int:
        client = door(replace(site, metrics_from=ours, proxies=proxies))
        return int(client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers).status_code)

    def handed(addresses: str) -> dict[str, str]:
        return {"X-Forwarded-For": addresses}

    assert said(0, "127.0.0.1") == said(0, "10.1.2.3") == 200
    assert said(0, "10.2.0.1") == said(0, "") == said(0, "::1") == 403
    # A proxy that nobody told of, on this machine: who asks is not known.
    assert said(0, "127.0.0.1", **handed("127.0.0.1")) == said(0, "127.0.0.1", Via="1.1 proxy") == 403
    # Behind one, who asks is whom it names, not whom the asker names.
    assert said(1, "127.0.0.1", **handed("10.1.2.3")) == 200
    assert said(1, "", **handed("10.1.2.3")) == 200
    assert said(1, "127.0.0.1", **handed("127.0.0.1, 203.0.113.9")) == 403
    assert said(1, "", **handed("nonsense")) == 403


def test_metrics_count_requests_by_route_and_tell_how_the_installation_stands(
    own_engine: Engine, tmp_path: Path
) -> None:
    with writing(own_engine) as connection:
        ended = {"started_at": NOW, "finished_at": NOW + timedelta(seconds=7), "full": False}
        connection.execute(insert(schema.refresh_run).values(**ended, state="failed", step="indicators", error="x"))
        connection.execute(delete(schema.lease))
        connection.execute(insert(schema.lease).values(name="refresh", holder="a", token=1, heartbeat_at=NOW))
        alone = {"target": "", "source": "", "origin": "a.csv", "state": "queued", "started_at": NOW, "demo": False}
        counts = dict.fromkeys(("rows_offered", "rows_inserted", "rows_known", "rows_rejected", "rows_done"), 0)
        connection.execute(insert(schema.import_batch).values(**alone, **counts))
    site = replace(site_on(own_engine, tmp_path), metrics_from=(ip_network("127.0.0.1"),))
    one = sign_in(create_site(site).server, "p-leader")
    before = numbers(one.client)
    for address in ("/funds?region=220200", "/funds", "/nowhere/张三", "/act/funds/none", "/attachment/7"):
        one.client.get(address)
    for _ in range(2):
        one.ask("page.children", "/gap")
    after = numbers(one.client)

    def rise(*name: str) -> float:
        return after[name] - before.get(name, 0)

    assert rise("poolwatch_requests_total", "GET", "/funds", "200") == 2
    assert rise("poolwatch_requests_total", "GET", "none", "404") == 1
    assert rise("poolwatch_requests_total", "GET", "/attachment/<int(max=2147483647):number>", "404") == 1
    assert rise("poolwatch_request_seconds_count", "/funds") == 2
    assert rise("poolwatch_answers_total", "remembered") >= 1 and rise("poolwatch_answers_total", "made") >= 1
    assert after["poolwatch_store_up",] == after["poolwatch_ready",] == 1
    assert after["poolwatch_refreshes_total", "failed", "indicators"] == 1 and after["poolwatch_refresh_seconds",] == 7
    assert after["poolwatch_lease_held", "refresh"] == 1 and after["poolwatch_deliveries_waiting",] == 1
    assert after["poolwatch_messages", "dead"] == 0 and after["poolwatch_version_age_seconds",] == 0
    assert any(name[0] == "poolwatch_source_lag_seconds" for name in after)
    assert not any("张三" in part or "220200" in part or "p-leader" in part for name in after for part in name)
    with writing(own_engine) as connection:
        connection.execute(update(schema.lease).values(heartbeat_at=NOW - timedelta(minutes=2)))
    assert numbers(one.client)["poolwatch_lease_held", "refresh"] == 0


def test_metrics_say_that_the_store_is_away(tmp_path: Path) -> None:
    site = site_on(create_store(f"sqlite:///{tmp_path}/none/store.db"), tmp_path)
    told = numbers(door(replace(site, metrics_from=(ip_network("127.0.0.1"),))))
    assert told["poolwatch_store_up",] == 0 and ("poolwatch_ready",) not in told


# --- numbers


def test_a_request_has_one_number_in_answer_and_log_and_a_proxys_is_taken_from_a_known_proxy_alone(
    shared_engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = site_on(shared_engine, tmp_path)

    def number(proxies: int, given: str) -> str:
        with caplog.at_level(logging.INFO, "poolwatch.request"):
            caplog.clear()
            client = door(replace(site, proxies=proxies))
            caplog.clear()
            answer = client.get("/sign-in?next=/warnings/张三", headers={"X-Request-ID": given})
        (line,) = (one for one in caplog.records if one.name == "poolwatch.request")
        assert (line.route, line.status, line.method) == ("/sign-in", 200, "GET")  # type: ignore[attr-defined]
        assert "张三" not in line.getMessage()
        return str(answer.headers["X-Request-ID"])

    assert number(1, "4f1c2a9b") == "4f1c2a9b"
    for proxies, given in ((0, "4f1c2a9b"), (1, "<script>"), (1, "a" * 65), (1, "")):
        assert re.fullmatch(r"[0-9A-F]{8}", number(proxies, given))


def test_every_answer_has_a_number_also_where_the_site_is_asked_by_a_wrong_name(server) -> None:
    wrong = server.test_client().get("/", headers={"Host": "elsewhere.example"})
    assert wrong.status_code == 421 and wrong.headers["X-Request-ID"]
