"""总览 under many viewers: pages a second of this site against a minimal plain-Dash page of the same figures.

Both are served in the same run by gunicorn with two workers of eight threads, asked by the same client over kept
connections, and answer compressed. A page is the HTML and all its answers: of the site the document, in which they
stand; of the plain page its HTML, layout and dependencies and one callback that reads the same published facts, computes
the same figures and draws with ``go.Figure`` for every viewer. Afterwards one callback of each is asked again and again in
this process.

    python -m benchmarks.overview [--viewers 50] [--seconds 8] [--scheme jiangsu-pension]
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Response, request
from gunicorn.util import import_app
from sqlalchemy import Engine
from werkzeug.test import EnvironBuilder

from benchmarks.measured import Goal, Measured, table
from data_access.books.published import Published
from data_access.store.engine import create_store, migrate, writing
from demonstration.load import load_demonstration
from workflows.people.accounts import Role, ensure_demo_accounts
from workflows.people.sign_in import sign_in_demo

REQUIRED_RATIO, CALLBACK_RATIO, WORKER_MB = 12, 8, 200
PLAIN, SITE = "benchmarks.overview:plain_page()", "app:create_app()"
SCHEME = "jiangsu-pension"
WARM_SECONDS = 5.0
CALLBACK = "/_dash-update-component"
Question = tuple[str, str, bytes]  # method, address, body


def plain_page() -> object:
    """The peer: a WSGI application of one Dash page written the ordinary way, six figures, a table and two charts on the same
    store."""
    import plotly.graph_objects as go
    from dash import Dash, Input, Output, dcc, html

    engine = create_store(f"sqlite:///{os.environ['POOLWATCH_VAR']}/poolwatch.db")
    with engine.connect() as connection:
        snapshot = Published(connection).snapshot(os.environ["BENCHMARK_SCHEME"])
    facts, root = snapshot.facts, snapshot.facts.tree.root
    app = Dash("plain")
    app.layout = html.Div([dcc.Location(id="url"), html.Div(id="page")])

    @app.callback(Output("page", "children"), Input("url", "pathname"))
    def show(_path: str) -> list[object]:
        at, first = snapshot.at, snapshot.year_start
        balance = facts.result_balance(root)
        income, spent = facts.income(root), facts.expenditure(root)
        plan = snapshot.plans.total(root, "income", snapshot.year, snapshot.day) or 1
        plan_out = snapshot.plans.total(root, "expenditure", snapshot.year, snapshot.day) or 1
        cards = {
            "累计结余": balance[at] / 1e10,
            "可支付月数": balance[at] * 12 / max(1, int(spent[at - 11 : at + 1].sum())),
            "收入执行": income[first : at + 1].sum() / plan * 100,
            "支出执行": spent[first : at + 1].sum() / plan_out * 100,
            "当月收入": income[at] / 1e10,
            "当月支出": spent[at] / 1e10,
        }
        cities = []
        for code in facts.tree.children(root):
            done = int(facts.item(code, "premium")[first : at + 1].sum())
            planned = snapshot.plans.adjusted(code, "premium", snapshot.year, snapshot.day) or 1
            cities.append((facts.tree.region(code).name, done / planned * 100))
        cities.sort(key=lambda city: -city[1])
        drawn = []
        for series in (balance, income):
            figure = go.Figure(go.Scatter(x=[str(m) for m in facts.months[-36:]], y=(series[-36:] / 1e10).tolist()))
            figure.update_layout(height=200, margin={"l": 40, "r": 40, "t": 10, "b": 30})
            drawn.append(dcc.Graph(figure=figure))
        return [
            html.Div(
                [html.Div([html.Span(name), html.B(f"{value:,.2f}")]) for name, value in cards.items()], id="cards"
            ),
            html.Table([html.Tr([html.Td(name), html.Td(f"{value:.2f}")]) for name, value in cities]),
            *drawn,
        ]

    @app.server.after_request  # type: ignore[untyped-decorator]
    def compress(response: Response) -> Response:
        """As an ordinary installation does it: what is sent is compressed each time, files once."""
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) > 500 and "gzip" in request.headers.get("Accept-Encoding", ""):
            lasting = request.path.startswith("/_dash-component-suites/")
            response.set_data(_gzipped_once(body) if lasting else gzip.compress(body, 6))
            response.headers["Content-Encoding"] = "gzip"
        return response

    app.server.test_client().get("/_dash-layout")  # Dash refuses what many threads ask while the first sets it up
    return app.server


@lru_cache(64)
def _gzipped_once(body: bytes) -> bytes:
    return gzip.compress(body, 6)


def plain_requests() -> list[Question]:
    """What a browser asks for one plain page."""
    body = {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "changedPropIds": ["url.pathname"],
        "inputs": [{"id": "url", "property": "pathname", "value": "/"}],
    }
    pages = [("GET", path, b"") for path in ("/", "/_dash-layout", "/_dash-dependencies")]
    return [*pages, ("POST", CALLBACK, json.dumps(body).encode())]


class Viewer(threading.Thread):
    """One person opening the page again and again over one kept connection.

    Speaks HTTP over a plain socket: the client shares the two cores with the server, so it must cost little.
    """

    def __init__(self, port: int, questions: Sequence[Question], cookie: str, until: float) -> None:
        super().__init__(daemon=True)
        self._until = until
        self._port = port
        self._requests = [
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Accept-Encoding: gzip\r\nCookie: {cookie}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
            for method, path, body in questions
        ]
        self.pages, self.received, self.slowest, self.failure = 0, 0, 0.0, ""

    def run(self) -> None:
        with socket.create_connection(("127.0.0.1", self._port), 60) as connection:
            while time.perf_counter() < self._until and not self.failure:
                began = time.perf_counter()
                for question in self._requests:
                    connection.sendall(question)
                    self.received += self._read(connection)
                self.slowest = max(self.slowest, time.perf_counter() - began)
                self.pages += 1

    def _read(self, connection: socket.socket) -> int:
        """Read one answer; returns the length of its body."""
        data = connection.recv(65536)
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _blank, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        received = len(body)
        while received < length:
            received += len(connection.recv(65536))
        if b" 200 " not in head[:20]:
            self.failure = head[:200].decode("latin-1")
        return length


@contextmanager
def served(target: str, environment: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """gunicorn on a free port, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    options = ["--workers", "2", "--threads", "8", "--preload", "--log-level", "error", "--bind"]
    command = [sys.executable, "-m", "gunicorn", *options, f"127.0.0.1:{port}", target]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        for _ in range(240):
            try:
                socket.create_connection(("127.0.0.1", port), 0.5).close()
                break
            except OSError:
                time.sleep(0.25)
        else:
            raise RuntimeError(f"{target} did not start")
        time.sleep(3)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def measure(port: int, viewers: Sequence[tuple[Sequence[Question], str]], seconds: float) -> float:
    """Pages a second of all viewers together, after a while of the same for every worker to have seen them."""
    for length in (WARM_SECONDS, seconds):
        until = time.perf_counter() + length
        people = [Viewer(port, questions, cookie, until) for questions, cookie in viewers]
        began = time.perf_counter()
        for person in people:
            person.start()
        for person in people:
            person.join()
        took = time.perf_counter() - began
        if failed := next((person.failure for person in people if person.failure), ""):
            raise RuntimeError(f"an answer failed: {failed}")
    pages = sum(person.pages for person in people)
    size = sum(person.received for person in people) / max(1, pages)
    slowest = max(person.slowest for person in people)
    print(f"    {pages / took:9.0f} pages/s   {size:8.0f} bytes a page   slowest {slowest * 1000:6.0f} ms", flush=True)
    return pages / took


def memory(master: int) -> float:
    """Megabytes of the largest worker's own share of memory (proportional set size)."""
    workers = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()
    shares = []
    for worker in workers:
        lines = Path(f"/proc/{worker}/smaps_rollup").read_text(encoding="ascii").splitlines()
        shares.append(next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000)
    return max(shares)


def demonstration(var: Path, scheme: str, *, new: bool) -> Engine:
    """A store with its demonstration and the accounts of every role."""
    engine = create_store(f"sqlite:///{var}/poolwatch.db")
    migrate(engine)
    if new:
        print(f"loading the demonstration of {scheme} …", flush=True)
        load_demonstration(engine, datetime.now(UTC), schemes=(scheme,))
    with writing(engine) as connection:
        ensure_demo_accounts(connection)
    return engine


def environment_of(var: Path, scheme: str) -> dict[str, str]:
    return {"POOLWATCH_VAR": str(var), "POOLWATCH_DATABASE_URL": "", "BENCHMARK_SCHEME": scheme}


def signed_in(engine: Engine) -> list[tuple[str, str]]:
    """(cookie, address) of viewers in several roles and regions."""
    signed = []
    for role in (Role.LEADER, Role.MONITOR, Role.FINANCE, Role.CITY):
        token = sign_in_demo(engine, role, datetime.now(UTC)).token
        for address in ("/",) if role is Role.CITY else ("/", "/?region=320500", "/?region=320100", "/?period=live"):
            signed.append((f"poolwatch_session={token}", address))
    return signed


def viewed(
    signed: Sequence[tuple[str, str]], environment: dict[str, str], viewers: int, seconds: float
) -> list[Measured]:
    """Pages a second of both, and what a worker holds after them."""
    asked: list[tuple[Sequence[Question], str]] = [
        ([("GET", address, b"")], cookie) for cookie, address in (signed[i % len(signed)] for i in range(viewers))
    ]
    rates, sizes = [], []
    for name, target, people in (
        ("plain Dash page", PLAIN, [(plain_requests(), "")] * viewers),
        ("this site", SITE, asked),
    ):
        with served(target, environment) as (port, process):
            print(f"{name}: {viewers} viewers, {seconds:g} s", flush=True)
            rates.append(measure(port, people, seconds))
            sizes.append(memory(process.pid))
    return [
        Measured(
            f"overview: pages of {viewers} viewers a second", rates[0], rates[1], "/s", Goal(REQUIRED_RATIO, least=True)
        ),
        Measured("overview: memory of a worker after them", sizes[0], sizes[1], "MB", Goal(WORKER_MB, times=False)),
    ]


def answers(application: Any, question: Question, cookie: str, seconds: float) -> float:
    """Answers a second of one application to one question, one after another, without a server in between."""
    method, path, body = question
    headers = (("Accept-Encoding", "gzip"), ("Cookie", cookie), ("Content-Type", "application/json"))
    asked = EnvironBuilder(path, "http://127.0.0.1", method=method, headers=headers, input_stream=BytesIO(body))
    environ, said = asked.get_environ() | {"CONTENT_LENGTH": str(len(body))}, set[str]()

    def ask() -> None:
        b"".join(application({**environ, "wsgi.input": BytesIO(body)}, lambda status, *_rest: said.add(status)))

    ask()
    number, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        ask()
        number += 1
    if said != {"200 OK"}:
        raise RuntimeError(f"an answer failed: {said}")
    return number / (time.perf_counter() - began)


def one_callback(cookie: str, environment: dict[str, str], seconds: float) -> Measured:
    """The callback that brings the page with its charts: of the plain page worked out each time with ``go.Figure``, of the
    site the bytes that were kept."""
    os.environ.update(environment)
    names = ("header", "menu", "page")
    question = {
        "output": f"..{'...'.join(f'{name}.children' for name in names)}..",
        "outputs": [{"id": name, "property": "children"} for name in names],
        "inputs": [
            {"id": "view", "property": "data", "value": "/"},
            {"id": "version", "property": "data", "value": None},
        ],
        "changedPropIds": ["view.data"],
    }
    bare = answers(import_app(PLAIN), plain_requests()[-1], "", seconds)
    ours = answers(import_app(SITE), ("POST", CALLBACK, json.dumps(question).encode()), cookie, seconds)
    return Measured("overview: one callback of charts a second", bare, ours, "/s", Goal(CALLBACK_RATIO, least=True))


def records(viewers: int = 50, seconds: float = 8, scheme: str = SCHEME) -> list[Measured]:
    """Pages, memory and one callback, on one store."""
    with tempfile.TemporaryDirectory() as folder:
        engine = demonstration(Path(folder), scheme, new=True)
        signed, environment = signed_in(engine), environment_of(Path(folder), scheme)
        engine.dispose()
        pages, held = viewed(signed, environment, viewers, seconds)
        return [pages, one_callback(signed[0][0], environment, seconds), held]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--scheme", default=SCHEME)
    options = parser.parse_args()
    print(table(records(options.viewers, options.seconds, options.scheme)))


if __name__ == "__main__":
    main()
