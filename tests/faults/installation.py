"""A whole installation on this machine, arranged as in production: nginx, workers of gunicorn, two schedulers, PostgreSQL; or
the one process with its SQLite."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from dashboard.site.transaction import SESSION_COOKIE
from data_access.intake.reference import load_reference
from data_access.store.engine import create_store, writing
from data_access.store.identity import prepare
from data_access.whole_files import write_whole
from settings import Settings
from tests.cluster import Cluster
from tests.deployed import NGINX, configured, free_ports
from tests.faults.keeper import Keeper
from tests.faults.lines import Lines
from workflows.people import tokens
from workflows.people.accounts import Role, create_account
from workflows.people.attempts import Visit
from workflows.people.sessions import Stage, open_session
from workflows.thresholds.register import Change, confirm_trial, load_presets

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PROVINCE = "320000"
START_SECONDS = 90.0
HOST = "pool.example"  # as deploy/nginx.conf names it
UNVERIFIED = ssl._create_unverified_context()  # noqa: S323  # a certificate of the run's own
OWN = ("POOLWATCH_", "FLASK_", "PROMETHEUS_")


class Installation:
    """One installation. ``cluster`` None: SQLite in one process; ``lines`` None: everything is on one network;
    ``stepping``: the clock of its processes can be set. ``hook``: where its messages go."""

    def __init__(
        self, var: Path, logs: Path, cluster: Cluster | None, hook: str, lines: Lines | None, *, stepping: bool
    ) -> None:
        self.var, self._logs, self.cluster, self._hook, self.lines = var, logs, cluster, hook, lines
        self.stepping, self._clock = stepping, logs / "clock"
        self._shift = logs / "clock.so"
        self.set_clock(0)
        if stepping:
            source = Path(__file__).with_name("clock.c")
            subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", str(self._shift), str(source), "-ldl"], check=True)
        (self.port,) = free_ports(1)
        self._database = cluster.new_database() if cluster else ""
        self.keepers: dict[str, Keeper] = {}
        settings = Settings(var=var, database_url=self._url())
        self.engine: Engine = create_store(settings.store_url, settings.sealing())
        prepare(self.engine, var)
        self.sessions: list[str] = []
        self.monitor, self.token = "", ""

    def _url(self, host: str = "127.0.0.1") -> str:
        return self.cluster.url(self._database).replace("127.0.0.1", host) if self.cluster else ""

    def set_clock(self, days: float) -> None:
        """What the processes' clock is off by."""
        write_whole(self._clock, f"{days * 86_400:.0f}\n")

    def populate(self, readers: int) -> None:
        """Regions, limits in force, accounts, a session for each reader, a token that pushes."""
        now = datetime.now(UTC)
        load_reference(self.engine, now)
        with writing(self.engine) as connection:
            load_presets(connection, now)
            confirm_trial(connection, Change("monitor", "faults", now))
            for role in (Role.LEADER, Role.MONITOR, Role.TAX):
                create_account(connection, login=role.value, name=role.value, role=role, region=PROVINCE)
            visit = Visit("127.0.0.1", "faults", "")
            opened = [open_session(connection, Role.LEADER.value, Stage.OPEN, visit, now) for _ in range(readers)]
            self.sessions = opened
            self.monitor = open_session(connection, Role.MONITOR.value, Stage.OPEN, visit, now)
            scopes, ends = list(tokens.Scope), now + timedelta(days=2)
            self.token = tokens.new_token(connection, "faults", Role.TAX.value, scopes, ends, by="faults", now=now)

    def environment(self) -> dict[str, str]:
        """Of the installation's processes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
        kept |= {"POOLWATCH_VAR": str(self.var), "POOLWATCH_DEMO": "off", "POOLWATCH_REFRESH_CRON": "* * * * *"}
        kept |= {"POOLWATCH_HOST": "127.0.0.1", "POOLWATCH_PORT": str(self.port), "WEB_CONCURRENCY": "2"}
        kept |= {"FLASK_APP": "app:create_app", "POOLWATCH_WEBHOOK_URL": self._hook}
        if self.cluster:
            kept |= {"POOLWATCH_DATABASE_URL": self._url(self.lines.database if self.lines else "127.0.0.1")}
            kept |= {"POOLWATCH_PROXIES": "1", "POOLWATCH_HOSTS": HOST}
        if self.stepping:
            kept |= {"LD_PRELOAD": str(self._shift), "CLOCK_OFFSET_FILE": str(self._clock)}
        return kept

    def command(self, *words: str) -> list[str]:
        """A command of the installation, in the web's network where that is another."""
        into = self.lines.into if self.lines else []
        return [*into, str(BIN / words[0]), *words[1:]]

    # --- running

    def start(self, schedulers: int) -> None:
        """Everything; returns when a reader is answered."""
        if self.cluster is None:
            self._keep("site", self.command("python", "app.py"))
        else:
            self._start_web()
            for number in range(1, schedulers + 1):
                self._keep(f"scheduler-{number}", self.command("flask", "scheduler"))
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > until:
                raise RuntimeError(f"the site does not answer; see {self._logs}")
            time.sleep(0.2)

    def _start_web(self) -> None:
        path = self._logs / "web.sock"
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(path))
        path.chmod(0o666)  # nginx may run as another user
        listening.listen(2048)
        listening.set_inheritable(True)
        web = self.command("gunicorn", "--config", "deploy/gunicorn.conf.py", "app:create_app()")
        self._keep("web", web, listening)
        proxy = configured(path, self._logs, self.port)
        self._keep("nginx", [NGINX, "-c", str(proxy)])

    def _keep(self, name: str, command: list[str], handed: socket.socket | None = None) -> None:
        environment = self.environment() if name != "nginx" else dict(os.environ)
        self.keepers[name] = Keeper(name, command, environment, ROOT, self._logs / f"{name}.log", handed)

    def answers(self) -> bool:
        """Whether a reader gets a page."""
        with suppress(OSError, HTTPException):
            return self.ask("GET", "/", self.sessions[0])[0] == 200
        return False

    def ask(
        self,
        method: str,
        path: str,
        session: str = "",
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        address: str = "127.0.0.1",
        seconds: float = 60,
    ) -> tuple[int, bytes]:
        """One request by a browser of its own; raises OSError and HTTPException where none is answered."""
        where: dict[str, Any] = {"timeout": seconds, "source_address": (address, 0)}
        connection: HTTPConnection = HTTPConnection("127.0.0.1", self.port, **where)
        told, cookie = {}, SESSION_COOKIE
        if self.cluster:
            connection = HTTPSConnection("127.0.0.1", self.port, context=UNVERIFIED, **where)
            told, cookie = {"Host": HOST}, f"__Host-{SESSION_COOKIE}"
        if session:
            told["Cookie"] = f"{cookie}={session}"
        try:
            connection.request(method, path, body, told | (headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def stop(self) -> None:
        for keeper in reversed(self.keepers.values()):
            keeper.stop()
        self.keepers.clear()
