"""Signing in under attack: how long a reader's browser waits for the version poll while 60 loops try passwords.

The site is ``python app.py`` as it stands, on one scheme of the demonstration; the loops are a process of their own. Each
attempt names another login and comes, as the proxy says, from an address that was never seen: neither the waits of who
fails often nor the rates hold it up, and each would cost a digest. Then once more from one address, as by a single
machine. Meanwhile somebody who knows the password signs in, and comes again when told to.

    python -m benchmarks.sign_in [--database sqlite] [--loops 60] [--seconds 20]
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from sqlalchemy import Engine

from benchmarks.import_ledger import NAMES, opened
from benchmarks.measured import Goal, Measured, table
from benchmarks.overview import SCHEME
from data_access.store.engine import migrate, writing
from demonstration.load import load_demonstration
from workflows.people.accounts import Role, create_account, ensure_demo_accounts
from workflows.people.passwords import new_digest
from workflows.people.sign_in import sign_in_demo

MOST_MS = 100
POLL_SECONDS, SETTLES_SECONDS = 0.05, 10.0
LOGIN, PASSWORD = "benchmark", "sixty loops before one door"
HOME = "192.0.2.1"


class Asker:
    """Who asks the site over one kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, int]:
        """The status, 0 for none, and after how many seconds to come again."""
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            return 0, 1
        return answer.status, int(answer.headers.get("Retry-After", "1"))

    def sign_in(self, login: str, password: str, address: str) -> tuple[int, int]:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address}
        return self.ask("POST", "/sign-in", urlencode({"login": login, "password": password}), headers)

    def poll(self, token: str) -> float:
        """Seconds until the browser of a session knows whether anything is new."""
        begun = time.perf_counter()
        status, _again = self.ask("GET", "/api/v1/version", "", {"Cookie": f"poolwatch_session={token}"})
        if status != 200:
            raise SystemExit(f"the version poll was answered {status}")
        return time.perf_counter() - begun


def attack(port: int, loops: int, seconds: float, address: str, told: Connection) -> None:
    """Try wrong passwords in so many threads, as fast as answers come, from one ``address`` or, "", from ever new ones;
    tell how often which status came."""
    numbers, statuses, until = count(), Counter[int](), time.monotonic() + seconds

    def loop() -> None:
        asker = Asker(port)
        while time.monotonic() < until:
            number = next(numbers)
            new = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            statuses[asker.sign_in(f"login-{number}", "a wrong password", address or new)[0]] += 1

    threads = [threading.Thread(target=loop) for _ in range(loops)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.send(statuses)


def entered_after(port: int, seconds: float) -> str:
    """How somebody who knows the password gets in meanwhile."""
    asker, begun, tries = Asker(port), time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        tries += 1
        status, again = asker.sign_in(LOGIN, PASSWORD, HOME)
        if status == 303:
            return f"the right password got in after {time.monotonic() - begun:.1f} s, at the {tries}. try"
        time.sleep(again)
    return f"the right password did not get in within {seconds:.0f} s and {tries} tries"


def polled(port: int, token: str, seconds: float) -> list[float]:
    asker, until, took = Asker(port), time.monotonic() + seconds, list[float]()
    while time.monotonic() < until:
        took.append(asker.poll(token))
        time.sleep(POLL_SECONDS)
    return took


def under_attack(port: int, token: str, loops: int, seconds: float, address: str) -> list[float]:
    """What the polls took; says what became of the attempts."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    attacker = context.Process(target=attack, args=(port, loops, seconds + 4, address, theirs))
    attacker.start()
    time.sleep(3)
    said: list[str] = []
    honest = threading.Thread(target=lambda: said.append(entered_after(port, seconds)))
    honest.start()
    took = polled(port, token, seconds)
    honest.join()
    statuses: Counter[int] = ours.recv()
    attacker.join()
    told = ", ".join(f"{number} × {status or 'none'}" for status, number in sorted(statuses.items()))
    print(f"    attempts answered: {told}; {said[0]}")
    return took


@contextmanager
def served(engine: Engine, var: str) -> Iterator[int]:
    """``python app.py`` on a store; gives its port once it has settled."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = {"VAR": var, "DATABASE_URL": engine.url.render_as_string(hide_password=False), "DEMO": "off"}
    settings |= {"PORT": str(port), "PROXIES": "1", "REFRESH_CRON": "0 4 1 1 *"}
    environment = {**os.environ, **{f"POOLWATCH_{name}": value for name, value in settings.items()}}
    with open(Path(var) / "app.log", "wb") as log:
        process = subprocess.Popen([sys.executable, "app.py"], env=environment, stdout=log, stderr=log)
    try:
        for _ in range(240):
            if Asker(port).ask("GET", "/readyz", "", {})[0] == 200:
                time.sleep(SETTLES_SECONDS)
                yield port
                return
            time.sleep(0.5)
        raise SystemExit((Path(var) / "app.log").read_text(encoding="utf-8"))
    finally:
        process.terminate()
        process.wait()


def prepare(engine: Engine, scheme: str) -> str:
    """The demonstration of a scheme, an account with a password, and a session of the monitor; the session's token."""
    migrate(engine)
    print(f"loading the demonstration of {scheme} …", flush=True)
    load_demonstration(engine, datetime.now(UTC), schemes=(scheme,))
    with writing(engine) as connection:
        ensure_demo_accounts(connection)
        digest = new_digest(PASSWORD)
        create_account(connection, login=LOGIN, name="Benchmark", role=Role.MONITOR, region="320000", digest=digest)
    return sign_in_demo(engine, Role.MONITOR, datetime.now(UTC)).token


def slowest(took: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return quantiles(took, n=20)[-1] * 1000


def records(database: str = "sqlite", loops: int = 60, seconds: float = 20, scheme: str = SCHEME) -> list[Measured]:
    """The poll under both attacks beside the quiet one."""
    with tempfile.TemporaryDirectory() as var, opened(database, Path(var)) as engine:
        token = prepare(engine, scheme)
        found = []
        with served(engine, var) as port:
            quiet = polled(port, token, seconds / 2)
            for which, address in (("from ever new addresses", ""), ("from one address", "198.51.100.7")):
                took = under_attack(port, token, loops, seconds, address)
                name = f"{NAMES[database]}: version poll while {loops} loops sign in {which}"
                found.append(Measured(f"{name}, median", median(quiet) * 1000, median(took) * 1000, "ms"))
                found.append(Measured(f"{name}, p95", slowest(quiet), slowest(took), "ms", Goal(MOST_MS, times=False)))
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=(*NAMES, "both"), default="sqlite")
    parser.add_argument("--loops", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--scheme", default=SCHEME)
    options = parser.parse_args()
    chosen = NAMES if options.database == "both" else (options.database,)
    print(table([one for name in chosen for one in records(name, options.loops, options.seconds, options.scheme)]))


if __name__ == "__main__":
    main()
