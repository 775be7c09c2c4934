"""One run: bring it up, let everybody work, let everything go wrong, count, tell."""

from __future__ import annotations

import json
import math
import random
import re
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy import func, select

from data_access.books.versions import reading
from data_access.store import schema
from tests.cluster import Cluster, temporary_cluster
from tests.faults.deeds import Deeds
from tests.faults.installation import Installation
from tests.faults.lines import two_hosts
from tests.faults.reckoning import Line, quiet, reckoned, recoveries, share
from tests.faults.troubles import Season, troubles

ROOM = "900m"
DRAIN_SECONDS = 180


@dataclass(frozen=True)
class Plan:
    """A run of so many ``seconds``. ``hard``: with what needs root: mounts, a network of its own, a clock that jumps."""

    seconds: float
    readers: int
    seed: int
    embedded: bool = False
    only: str = ""  # a regular expression that the troubles' names match
    logs: Path | None = None
    hard: bool = True
    schedulers: int = 2
    calm: bool = False  # once something is published, people only read
    reading_seconds: float = 5.0
    shorter: float = 1.0
    rest: float = 6.0


class Group(ThreadingHTTPServer):
    """The group that is told of warnings: keeps the key of every message."""

    daemon_threads = True

    def __init__(self) -> None:
        self.keys: list[str] = []
        keys = self.keys

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                keys.extend(str(said.get("key", "")).split(","))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_given: object) -> None:
                return

        super().__init__(("0.0.0.0", 0), Taking)


@contextmanager
def listening(host: str) -> Iterator[tuple[Group, str]]:
    group = Group()
    threading.Thread(target=group.serve_forever, daemon=True).start()
    try:
        yield group, f"http://{host}:{group.server_port}/"
    finally:
        group.shutdown()
        group.server_close()


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A disk of its own, small, on which a run can do harm."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "poolwatch-faults", str(folder)], check=True)
    subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
    try:
        yield folder
    finally:
        for _mount in range(2):
            subprocess.run(["umount", "-l", str(folder)], check=False)


def run(plan: Plan, cluster: Cluster | None = None) -> int:
    """Returns how many counts are wrong, and prints everything."""
    with ExitStack() as stack:
        logs = plan.logs or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="poolwatch-faults-")))
        logs.mkdir(parents=True, exist_ok=True)
        logs.chmod(0o755)
        room = stack.enter_context(mounted(logs / "disk")) if plan.hard else None
        lines = stack.enter_context(two_hosts()) if plan.hard and not plan.embedded else None
        if not plan.embedded and cluster is None:
            cluster = stack.enter_context(temporary_cluster("listen_addresses=*", "max_connections=100", above=room))
            cluster.let_in("10.213.77.0/24")
        group, hook = stack.enter_context(listening(lines.database if lines else "127.0.0.1"))
        var = (room or logs) / "var"
        var.mkdir()
        on = Installation(var, logs, None if plan.embedded else cluster, hook, lines, stepping=plan.hard)
        on.populate(plan.readers)
        stack.callback(on.stop)
        began = time.monotonic()
        on.start(plan.schedulers)
        print(f"up after {time.monotonic() - began:.0f} s; logs in {logs}", flush=True)
        deeds = Deeds(on, plan.seed, plan.reading_seconds)
        kinds = [one for one in troubles(on, deeds, room) if re.search(plan.only, one.name)]
        season = Season(kinds, on, random.Random(plan.seed), plan.shorter, plan.rest)
        deeds.begin()
        _something_published(on)
        if plan.calm:
            deeds.calm.set()
            time.sleep(plan.rest)
            _drained(on)
            deeds.told.answers.clear()  # of the beginning, when everything came in at once
        began = time.monotonic()
        season.last(plan.seconds, lambda said: print(f"{time.monotonic() - began:6.0f} s  {said}", flush=True))
        time.sleep(plan.rest)
        deeds.end()
        _drained(on)
        on.stop()
        counted = reckoned(on.engine, var, deeds.told, group.keys)
        on.engine.dispose()
    _tell(season, deeds, counted)
    return sum(bool(one.wrong) for one in counted)


def _something_published(on: Installation) -> None:
    """Wait until people can work: nothing can be done on figures that are not there."""
    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until:
        with reading(on.engine) as connection:
            if connection.execute(select(schema.monthly_fact.c.region).limit(1)).first():
                return
        time.sleep(0.2)


def _drained(on: Installation) -> None:
    """Wait until all that was given in has been taken; messages may wait for a working day."""
    until = time.monotonic() + DRAIN_SECONDS
    batch = schema.import_batch
    while time.monotonic() < until:
        with reading(on.engine) as connection:
            waiting = select(func.count()).where(batch.c.state.in_(("queued", "running")))
            left = connection.execute(waiting).scalar_one()
        if not left and not any(on.var.glob("inbox/*.csv")):
            return
        time.sleep(1)


def _tell(season: Season, deeds: Deeds, counted: list[Line]) -> None:
    answers = deeds.told.answers
    print(f"\n{'trouble':40} times  seconds until answered again, median and worst: read, act, push")
    for name, kinds in recoveries(season.happened, answers).items():
        seconds = "   ".join(f"{sorted(one)[len(one) // 2]:6.1f} {max(one):6.1f}" for one in kinds)
        print(f"{name:40} {len(kinds[0]):5}  {seconds}")
    for kind in ("read", "act", "push", "figures"):
        of = [one for one in answers if one.kind == kind]
        statuses = ", ".join(f"{count} × {status}" for status, count in sorted(Counter(a.status for a in of).items()))
        print(f"{kind:8} {len(of):6} asked: {statuses}; p50 {share(of, 0.5):.3f} s, p95 {share(of, 0.95):.3f} s")
    still = quiet(answers, season.happened, 5)
    print(
        f"readers while nothing was wrong: {len(still)}, p95 {share(still, 0.95):.3f} s, "
        f"{sum(not one.good for one in still)} without a page"
    )
    print(f"\n{'':34} {'said':>8} {'stands':>8}")
    for line in counted:
        print(f"{line.what:34} {line.said:8} {line.stands:8}  {line.wrong or 'right'}")
    print(f"deliveries repeated in another order: {deeds.told.repeated}")
    for problem, count in deeds.told.unexpected.most_common():
        print(f"unexpected, {count} times: {problem}")
    if not math.isfinite(share(answers, 0.5)):
        print("nobody was answered")
