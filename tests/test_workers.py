"""The site under gunicorn as an installation runs it: made once, workers forked from it, nginx before them."""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from dashboard.site.transaction import SESSION_COOKIE
from data_access.store.engine import known_revisions, writing
from rules.errors import StoreError
from tests.deployed import free_ports, nginx_before
from tests.small_province import PROVINCE, load_province
from tests.stores import open_store
from workflows.people.accounts import Role, create_account
from workflows.people.passwords import new_digest
from workflows.people.sign_in import sign_in

ROOT = Path(__file__).parent.parent
START_SECONDS = 60
UNVERIFIED = ssl._create_unverified_context()  # noqa: S323  # the certificate is the test's own
PASSWORD = "long enough for anyone"
# As systemd starts a service that has a socket: the process finds it as its descriptor 3.
BY_SOCKET = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "app:create_app()"])
"""


def token_of_leader(engine: Engine) -> str:
    load_province(engine, datetime.now(UTC))
    digest = new_digest(PASSWORD)
    with writing(engine) as connection:
        create_account(connection, login="one", name="One", role=Role.LEADER, region=PROVINCE, digest=digest)
    return sign_in(engine, "one", PASSWORD, datetime.now(UTC)).token


@contextmanager
def gunicorn(door: socket.socket, log: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn by the project's configuration behind a socket; ended as systemd ends it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POOLWATCH_")}
    environment |= {f"POOLWATCH_{name}": value for name, value in settings.items()}
    with log.open("ab") as lines:
        serving = subprocess.Popen(
            [sys.executable, "-c", BY_SOCKET, str(door.fileno())],
            cwd=ROOT,
            env={**environment, "WEB_CONCURRENCY": "2"},
            pass_fds=(door.fileno(),),
            stderr=lines,
        )
    try:
        yield serving
    finally:
        serving.terminate()
        serving.wait(START_SECONDS)


def workers(serving: subprocess.Popen[bytes]) -> list[int]:
    children = Path(f"/proc/{serving.pid}/task/{serving.pid}/children")
    return [int(one) for one in children.read_text(encoding="ascii").split()]


def until(so: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while not so():
        assert time.monotonic() < ends, what
        time.sleep(0.05)


def test_workers_forked_from_one_site_answer_each_with_connections_of_its_own(
    postgres_url: str, tmp_path: Path
) -> None:
    store = open_store(postgres_url)
    token = token_of_leader(store)
    store.dispose()
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]

        def ask(_turn: int) -> int:
            connection = HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/api/v1/version", headers={"Cookie": f"{SESSION_COOKIE}={token}"})
            return connection.getresponse().status

        with gunicorn(door, tmp_path / "log", VAR=str(tmp_path), DATABASE_URL=postgres_url) as serving:
            until(lambda: len(workers(serving)) == 2 and ask(0) == 200, "gunicorn did not start")
            for asleep in (None, *workers(serving)):  # both together, then each alone
                if asleep:
                    os.kill(asleep, signal.SIGSTOP)
                with ThreadPoolExecutor(8) as readers:
                    assert set(readers.map(ask, range(40))) == {200}
                if asleep:
                    os.kill(asleep, signal.SIGCONT)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def test_a_store_that_is_missing_or_of_an_earlier_release_is_not_served(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve = importlib.import_module("app").create_app
    monkeypatch.setenv("POOLWATCH_VAR", str(tmp_path / "var"))
    with pytest.raises(StoreError, match=r"There is no store at .* run flask init"):
        serve()
    store = open_store(sqlite_url)
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :was"), {"was": known_revisions()[1]})
    store.dispose()
    monkeypatch.setenv("POOLWATCH_DATABASE_URL", sqlite_url)
    with pytest.raises(StoreError, match="run flask upgrade"):
        serve()


class Readers:
    """Several who go on asking by TLS through nginx, each by one connection. ``said`` counts the answers by status."""

    def __init__(self, port: int, token: str, count: int = 4) -> None:
        self.said: Counter[object] = Counter()
        self._port, self._cookie = port, f"__Host-{SESSION_COOKIE}={token}"
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(count)]

    def __enter__(self) -> Readers:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._over.set()
        for one in self._threads:
            one.join(START_SECONDS)

    def _ask(self) -> None:
        connection = HTTPSConnection("127.0.0.1", self._port, timeout=30, context=UNVERIFIED)
        while not self._over.wait(0.03):
            try:
                connection.request("GET", "/api/v1/version", headers={"Cookie": self._cookie})
                answer = connection.getresponse()
                answer.read()
                self.said[answer.status] += 1
            except (OSError, HTTPException) as problem:
                self.said[type(problem).__name__] += 1
                connection.close()

    def go_on(self, answers: int = 40) -> None:
        before = self.said.total()
        until(lambda: self.said.total() >= before + answers, "nobody answers")


def test_neither_new_workers_nor_a_dead_one_nor_a_restart_drop_a_request(
    sqlite_store: Engine, sqlite_url: str, tmp_path: Path
) -> None:
    token = token_of_leader(sqlite_store)
    (port,) = free_ports(1)
    log = tmp_path / "log"
    settings = {"VAR": str(tmp_path / "var"), "DATABASE_URL": sqlite_url, "PROXIES": "1", "LOG": "json"}
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "web.sock"))
        (tmp_path / "web.sock").chmod(0o666)
        door.listen(2048)
        with (
            nginx_before(tmp_path / "web.sock", tmp_path, port),
            gunicorn(door, log, **settings) as first,
            Readers(port, token) as readers,
        ):
            readers.go_on()
            before = workers(first)
            first.send_signal(signal.SIGHUP)
            until(lambda: len(workers(first)) == 2 and not set(before) & set(workers(first)), "no new workers")
            readers.go_on()
            os.kill(workers(first)[0], signal.SIGTERM)
            readers.go_on()
            # systemd keeps the door open, as this test does.
            first.terminate()
            first.wait(START_SECONDS)
            with gunicorn(door, log, METRICS_FROM="127.0.0.1", **settings):
                readers.go_on()
                readers.stop()
                asked = metrics(port)
    assert set(readers.said) == {200}, readers.said
    assert asked.startswith('poolwatch_requests_total{method="GET",route="/api/v1/version",status="200"}')
    # Of all workers together, whichever was asked; both had something to do.
    assert 40 <= float(asked.split()[-1]) <= readers.said[200]
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    noted = [line for line in lines if line.get("route") == "/api/v1/version"]
    assert len(noted) == readers.said[200] and len({line["process"] for line in noted}) >= 5
    assert not [line for line in lines if line["level"] == "error"]
    assert len({line["request"] for line in noted}) == len(noted)


def metrics(port: int) -> str:
    connection = HTTPSConnection("127.0.0.1", port, timeout=30, context=UNVERIFIED)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    return next((line for line in text.splitlines() if 'route="/api/v1/version"' in line and "_total" in line), text)
