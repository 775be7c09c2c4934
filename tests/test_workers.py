"""The site under gunicorn as an installation runs it: made once, workers forked from it."""

from __future__ import annotations

import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from dashboard.site.transaction import SESSION_COOKIE
from data_access.store.engine import known_revisions, writing
from rules.errors import StoreError
from tests.small_province import PROVINCE, load_province
from tests.stores import open_store
from workflows.people.accounts import Role, create_account
from workflows.people.passwords import new_digest
from workflows.people.sign_in import sign_in

ROOT = Path(__file__).parent.parent
START_SECONDS = 60
PASSWORD = "long enough for anyone"


def test_workers_forked_from_one_site_answer_each_with_connections_of_its_own(
    store: Engine, store_url: str, tmp_path: Path
) -> None:
    load_province(store, datetime.now(UTC))
    digest = new_digest(PASSWORD)
    with writing(store) as connection:
        create_account(connection, login="one", name="One", role=Role.LEADER, region=PROVINCE, digest=digest)
    token = sign_in(store, "one", PASSWORD, datetime.now(UTC)).token
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asked = [
        *["-m", "gunicorn", "--preload", "--workers", "2", "--threads", "4", "--log-level", "warning", "--bind"],
        f"127.0.0.1:{port}",
    ]
    environment = {"POOLWATCH_VAR": str(tmp_path), "POOLWATCH_DATABASE_URL": store_url}
    serving = subprocess.Popen(
        [sys.executable, *asked, "app:create_app()"], cwd=ROOT, env={**os.environ, **environment}
    )

    def ask(_turn: int) -> int:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/api/v1/version", headers={"Cookie": f"{SESSION_COOKIE}={token}"})
        return connection.getresponse().status

    def workers() -> list[int]:
        return [
            int(one)
            for one in Path(f"/proc/{serving.pid}/task/{serving.pid}/children").read_text(encoding="ascii").split()
        ]

    try:
        until = time.monotonic() + START_SECONDS
        while len(workers()) < 2 or not answers(port):
            assert serving.poll() is None and time.monotonic() < until, "gunicorn did not start"
            time.sleep(0.2)
        for asleep in (None, *workers()):  # both together, then each alone
            if asleep:
                os.kill(asleep, signal.SIGSTOP)
            with ThreadPoolExecutor(8) as readers:
                assert set(readers.map(ask, range(40))) == {200}
            if asleep:
                os.kill(asleep, signal.SIGCONT)
    finally:
        serving.terminate()
        serving.wait()


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
