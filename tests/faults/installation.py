"""A whole installation on this machine, arranged as in production: nginx, workers of gunicorn, two schedulers, PostgreSQL; or
the one process with its SQLite."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sqlalchemy import Engine

from data_access.intake.reference import load_reference
from data_access.store.engine import create_store, writing
from data_access.store.identity import prepare
from settings import Settings
from tests.cluster import Cluster
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
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
OWN = ("POOLWATCH_", "FLASK_", "PROMETHEUS_")


class Installation:
    """One installation. ``cluster`` None: SQLite in one process; ``lines`` None: everything is on one network;
    ``stepping``: the clock of its processes can be set. ``hook``: where its messages go."""

    def __init__(
        self, var: Path, logs: Path, cluster: Cluster | None, hook: str, lines: Lines | None, *, stepping: bool
    ) -> None:
        self.var, self._logs, self.cluster, self._hook, self.lines = var, logs, cluster, hook, lines
        self.stepping, self._clock = stepping, logs / "clock"
        self.set_clock("+0")
        self.port = free_port()
        self._database = cluster.new_database() if cluster else ""
        self.keepers: dict[str, Keeper] = {}
        settings = Settings(var=var, database_url=self._url())
        self.engine: Engine = create_store(settings.store_url, settings.sealing())
        prepare(self.engine, var)
        self.sessions: list[str] = []
        self.monitor, self.token = "", ""

    def _url(self, host: str = "127.0.0.1") -> str:
        return self.cluster.url(self._database).replace("127.0.0.1", host) if self.cluster else ""

    def set_clock(self, offset: str) -> None:
        """What the processes' clock is off by, as ``+3d``."""
        self._clock.write_text(f"{offset}\n", encoding="ascii")

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
            kept |= {"POOLWATCH_PROXIES": "1"}
        if self.stepping:
            kept |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self._clock)}
            kept |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_CACHE_DURATION": "1"}
        return kept

    def command(self, *words: str) -> list[str]:
        """A command of the installation, in the web's network where that is another."""
        into = self.lines.into if self.lines else []
        return [*into, str(BIN / words[0]), *words[1:]]

    # --- running

    def start(self) -> None:
        """Everything; returns when a reader is answered."""
        if self.cluster is None:
            self._keep("site", self.command("python", "app.py"))
        else:
            self._start_web()
            for name in ("scheduler-1", "scheduler-2"):
                self._keep(name, self.command("flask", "scheduler"))
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
        proxy = self._logs / "nginx.conf"
        proxy.write_text(self._proxy(path), encoding="utf-8")
        self._keep("nginx", ["nginx", "-c", str(proxy), "-e", str(self._logs / "nginx-start.log")])

    def _proxy(self, web: Path) -> str:
        """The proxy's file as it is delivered, but for addresses, encryption and where it writes."""
        delivered = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        first = delivered.index("server {")
        second = delivered.index("server {", first + 1)
        site = delivered[:first] + delivered[second:]
        for pattern, instead in (
            (r"listen 443 ssl http2;", f"listen 127.0.0.1:{self.port};"),
            (r"listen \[::\]:443.*\n", ""),
            (r"    ssl_.*\n", ""),
            (r"server_name .*;", "server_name 127.0.0.1;"),
            (r"unix:/run/poolwatch/web.sock", f"unix:{web}"),
            (r"/var/log/nginx/poolwatch.log", str(self._logs / "nginx.log")),
        ):
            site, changed = re.subn(pattern, instead, site)
            assert changed, pattern
        places = "".join(f"{kind}_temp_path {self._logs}/nginx-{kind};\n" for kind in PLACES)
        head = f"daemon off;\npid {self._logs}/nginx.pid;\nevents {{ worker_connections 2048; }}\nhttp {{\n"
        user = "user root;\n" if os.geteuid() == 0 else ""
        return f"{user}{head}{places}{site}\n}}\n"

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
        connection = HTTPConnection("127.0.0.1", self.port, timeout=seconds, source_address=(address, 0))
        told = {"Cookie": f"poolwatch_session={session}"} if session else {}
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


PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
