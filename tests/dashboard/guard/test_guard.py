"""Hosts, sizes, rates: what is refused before any page or act has it, and how it is said."""

from __future__ import annotations

import io
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import OperationalError

from dashboard import create_site
from dashboard.guard.crowd import STRANGERS
from dashboard.guard.embedded import embedded
from dashboard.guard.patience import Patience
from dashboard.guard.sizes import SMALL
from dashboard.pages.data import upload
from dashboard.site.transaction import SESSION_COOKIE, Transaction
from data_access.store.engine import UNREACHABLE, create_store
from tests.cluster import Cluster
from tests.dashboard.conftest import QUESTION, Reader, sign_in
from tests.demonstration_store import PASSWORD, site_on
from workflows.people import passwords

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def behind(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory):
    """A site behind one proxy, asked by its public name, with its limits of rate."""
    site = site_on(shared_engine, tmp_path_factory.mktemp("var"))
    return create_site(replace(site, hosts=frozenset({"pool.example"}), proxies=1, rated=True)).server.test_client()


# --- hosts


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("pool.example", True),
        ("Pool.Example:8443", True),
        ("localhost", False),
        ("pool.example.evil.example", False),
        ("evil.example", False),
        ("pool.example@evil.example", False),
        ("pool.example:443:443", False),
        ("", False),
    ],
)
def test_a_site_answers_by_its_own_names_alone(behind, host: str, known: bool) -> None:
    answer = behind.get("/sign-in", headers={"Host": host})
    assert answer.status_code == (200 if known else 421)
    if not known:
        assert answer.mimetype == "text/plain" and "POOLWATCH_HOSTS" in answer.text
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert behind.get("/healthz", headers={"Host": host}).status_code == 200


def test_the_host_that_a_proxy_is_said_to_have_been_asked_for_is_not_believed(behind) -> None:
    pretended = {"Host": "pool.example", "X-Forwarded-Host": "evil.example"}
    assert behind.get("/sign-in", headers=pretended).status_code == 200
    assert behind.get("/sign-in", headers={**pretended, "Host": "evil.example"}).status_code == 421


def test_over_tls_a_browser_is_told_to_come_by_tls_again(behind, server) -> None:
    host = {"Host": "pool.example"}
    for headers, told in ((host, None), ({**host, "X-Forwarded-Proto": "https"}, "max-age=31536000")):
        assert behind.get("/sign-in", headers=headers).headers.get("Strict-Transport-Security") == told
    # Who stands behind no proxy believes none.
    direct = server.test_client().get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in direct.headers


# --- sizes


def test_what_brings_no_file_is_small(reader: Callable[[str], Reader], server) -> None:
    one, large = reader("p-monitor").client, "x" * SMALL
    stranger = server.test_client()
    for answer in (
        stranger.post("/sign-in", data={"login": "p-monitor", "password": large}),
        one.post("/act/warnings/keep", data={"code": large}),
        one.post("/act/warnings/keep", data={"code": large}, content_type="multipart/form-data"),
        one.post(QUESTION, json={"output": "drawer.children", "inputs": [{"value": large}]}),
    ):
        assert answer.status_code == 413, answer.request.path
        assert "上限" in (answer.json or {}).get("problem", "") if answer.is_json else "上限" in answer.text


def test_the_fields_beside_a_file_are_small_too_and_many_are_refused(reader: Callable[[str], Reader]) -> None:
    one = reader("p-monitor").client
    file = (io.BytesIO(b"x" * (2 * SMALL)), "a.csv")
    wordy = one.post("/act/data/open_on_workbench", data={"file": file, "other": "x" * (SMALL + 1)}, headers=JSON)
    assert wordy.status_code == 413
    many = {f"f{n}": "1" for n in range(1001)}
    assert one.post("/act/warnings/keep", data=many, content_type="multipart/form-data").status_code == 413
    elsewhere = (io.BytesIO(b"x" * (2 * SMALL)), "a.csv")
    assert one.post("/act/data/open_on_workbench", data={"no": elsewhere}, headers=JSON).status_code == 422


def test_a_large_question_is_read_of_who_uploads_and_in_no_other_than_the_uploads(
    reader: Callable[[str], Reader],
) -> None:
    rest = b'"outputs":[],"inputs":[],"changedPropIds":[],"x":"' + b"x" * (2 * SMALL) + b'"}'
    said = {
        (login, question[:30]): reader(login)
        .client.post(QUESTION, data=question + rest, content_type="application/json")
        .status_code
        for login in ("p-monitor", "p-leader")
        for question in (upload.QUESTION, b'{"output":"drawer.children",')
    }
    # Read, and then no question that Dash takes, or not read at all.
    assert {key: status == 413 for key, status in said.items()} == {
        ("p-monitor", upload.QUESTION[:30]): False,
        ("p-monitor", b'{"output":"drawer.children",'): True,
        ("p-leader", upload.QUESTION[:30]): True,
        ("p-leader", b'{"output":"drawer.children",'): True,
    }


# --- rates


def test_every_route_can_be_counted(shared_engine: Engine, tmp_path: Path) -> None:
    """The other tests ask a site without limits of rate."""
    server = create_site(replace(site_on(shared_engine, tmp_path), rated=True)).server
    client = server.test_client()
    for rule in server.url_map.iter_rules():
        address = re.sub("<[^>]*>", "1", rule.rule)
        assert client.get(address).status_code < 500 and client.post(address).status_code < 500, address


def test_who_asks_too_often_is_told_when_to_come_back_and_nobody_else_is_kept_waiting(
    shared_engine: Engine, tmp_path: Path
) -> None:
    server = create_site(replace(site_on(shared_engine, tmp_path), rated=True)).server
    one, other = (sign_in(server, login).client for login in ("p-monitor", "p-leader"))
    for _ in range(238):  # two of the address's have been signed in
        server.test_client().post("/sign-in/demo")
    english = server.test_client()
    english.set_cookie("language", "en")
    held = english.post("/sign-in/demo")
    assert held.status_code == 429 and 1 <= int(held.headers["Retry-After"]) <= 61
    assert "Too many requests" in held.text and f"{held.headers['Retry-After']} second" in held.text
    assert server.test_client().post("/sign-in/demo", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code != 429
    # An account is counted for itself, whatever its address does.
    said = [one.get("/attachment/999999").status_code for _ in range(241)]
    assert said == [404] * 240 + [429]
    told = json.loads(one.get("/attachment/999999", headers=JSON).text)
    assert told["problem"].startswith("请求过于频繁")
    assert other.get("/attachment/999999").status_code == 404
    assert one.get("/api/v1/version").status_code == one.get("/").status_code == 200


# --- the store away


@pytest.mark.parametrize("url", ["sqlite:///{}/none/store.db", "postgresql://nobody@127.0.0.1:1/none"])
def test_where_the_store_is_away_the_site_says_so_and_is_not_ready(tmp_path: Path, url: str) -> None:
    client = create_site(site_on(create_store(url.format(tmp_path)), tmp_path)).server.test_client()
    client.set_cookie("poolwatch_session", "a session")
    assert client.get("/readyz").status_code == 503 and client.get("/readyz").json["ready"] is False
    assert client.get("/healthz").status_code == 200
    for address in ("/", "/api/v1/version"):
        answer = client.get(address)
        assert answer.status_code == 503 and "数据库暂时连不上" in answer.text
    assert client.post("/sign-in", data={"login": "a", "password": "b"}).status_code == 503


def test_a_database_that_is_back_at_once_is_waited_for_and_one_that_stays_away_is_not(
    own_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = replace(site_on(own_engine, tmp_path), patience=Patience(0.6))
    server = create_site(site).server
    reader = sign_in(server, "p-leader").client
    away, asked = [2], own_engine.connect

    def connect() -> Connection:
        if away[0] > 0:
            away[0] -= 1
            raise OperationalError("", {}, Exception("away"))
        return asked()

    monkeypatch.setattr(own_engine, "connect", connect)
    assert reader.get("/api/v1/version").status_code == 200 and away == [0]
    away[0] = 1_000
    begun = time.monotonic()
    assert reader.get("/api/v1/version").status_code == 503
    waited = time.monotonic() - begun
    assert 0.5 < waited < 5 and reader.get("/api/v1/version").status_code == 503
    assert time.monotonic() - begun - waited < 0.4, "who comes later does not wait"
    away[0] = 0
    assert reader.get("/api/v1/version").status_code == 200


def test_where_postgresql_goes_away_the_site_is_not_ready_until_it_is_back(
    postgres_url: str, postgres_cluster: Cluster, tmp_path: Path
) -> None:
    client = create_site(site_on(create_store(postgres_url), tmp_path)).server.test_client()
    name = make_url(postgres_url).database

    def ready() -> tuple[int, bool]:
        answer = client.get("/readyz")
        return answer.status_code, answer.json == {"ready": False, "reason": "store_away"}

    assert ready() == (503, False)  # nothing is published
    try:
        postgres_cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres_cluster.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        assert ready() == (503, True) and client.get("/sign-in").status_code == 503
    finally:
        postgres_cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert ready() == (503, False) and client.get("/sign-in").status_code == 200


def test_an_answer_stands_whose_connection_was_lost_before_it_was_given_back(
    postgres_url: str, postgres_cluster: Cluster, tmp_path: Path
) -> None:
    site = site_on(create_store(postgres_url), tmp_path)
    asked = Transaction(site, {"wsgi.url_scheme": "http"})
    with pytest.raises(UNREACHABLE):
        asked.published.ask(
            lambda connection: connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        )
    asked.close()


def test_what_is_asked_on_after_the_connection_was_lost_says_so_too(
    postgres_url: str, postgres_cluster: Cluster
) -> None:
    """Not that something is wrong with the program: the page then answers 503, as for the question that met the loss."""
    store = create_store(postgres_url)
    name = make_url(postgres_url).database
    with store.connect() as connection:
        connection.execute(text("SELECT 1"))
        postgres_cluster.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        for _question in range(2):
            with pytest.raises(UNREACHABLE):
                connection.execute(text("SELECT 1"))
    store.dispose()


# --- the crowd at the door


def test_where_too_many_sign_in_the_next_is_told_at_once_and_a_known_browser_has_a_place(
    own_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it while the one turn of checking passwords is taken."""
    turn, waiting = passwords._turn, []

    @contextmanager
    def counted() -> Iterator[None]:
        waiting.append("one more")
        with turn():
            yield

    # However slow the machine, nobody is sent away while this lasts.
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 60.0)
    server = create_site(site_on(own_engine, tmp_path)).server
    known, wrong = sign_in(server, "p-leader").client, {"login": "p-leader", "password": "wrong"}
    known.delete_cookie(SESSION_COOKIE)
    monkeypatch.setattr(passwords, "_turn", counted)
    with ThreadPoolExecutor(STRANGERS + 1) as threads:
        with turn():
            strangers = [threads.submit(server.test_client().post, "/sign-in", data=wrong) for _ in range(STRANGERS)]
            one = server.test_client()
            one.set_cookie("language", "en")
            assert until(lambda: len(waiting) == STRANGERS)
            told = one.post("/sign-in", data=wrong)
            assert told.headers["Retry-After"] == "2" and "try again in 2 seconds" in told.text
            assert told.headers["Content-Security-Policy"].startswith("default-src 'self'")
            entering = threads.submit(known.post, "/sign-in", data={**wrong, "password": PASSWORD})
            assert one.get("/sign-in").status_code == 200
            assert not any(each.done() for each in (*strangers, entering))
        assert [each.result().status_code for each in strangers] == [403] * STRANGERS
        assert entering.result().status_code == 303
    assert one.post("/sign-in", data=wrong).status_code == 403


# --- the embedded server


def until(so: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether something comes to be in time."""
    ends = time.monotonic() + seconds
    while not (found := so()) and time.monotonic() < ends:
        time.sleep(0.01)
    return found


@contextmanager
def running(answer: Callable[..., list[bytes]], **limits: Any) -> Iterator[tuple[str, int]]:
    """The embedded server before an application; its address."""
    server = embedded(answer, "127.0.0.1", 0, **limits)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.effective_port
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(5)


def test_hundreds_of_connections_that_say_nothing_keep_nobody_waiting() -> None:
    def answer(_environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return [b"OK"]

    with running(answer, threads=1) as place:
        silent = [socket.create_connection(place) for _ in range(150)]
        for one in silent:
            one.send(b"GET / HTTP/1.1\r\nHost: x\r\nX-Unfinished: ")
        with urlopen("http://{}:{}/".format(*place), timeout=10) as said:
            assert said.read() == b"OK" and "Server" not in said.headers
        for one in silent:
            one.close()


def test_who_signs_in_waits_in_a_line_of_their_own() -> None:
    may_go, inside = threading.Event(), []

    def answer(environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            inside.append(environ)
            may_go.wait(10)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"OK"]

    with running(answer, threads=1) as place:
        loops = [socket.create_connection(place) for _ in range(20)]
        for one in loops:
            one.send(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        assert until(lambda: len(inside) == STRANGERS)
        for path in ("/", "/sign-in"):
            with urlopen("http://{}:{}{}".format(*place, path), timeout=10) as said:
                assert said.read() == b"OK"
        assert len(inside) == STRANGERS
        may_go.set()
        assert [one.recv(12) for one in loops] == [b"HTTP/1.1 200"] * 20
        for one in loops:
            one.close()
