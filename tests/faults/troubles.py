"""What goes wrong: each trouble begins, lasts as long as it does, and ends by itself or is ended."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.cluster import Cluster
from tests.faults.deeds import Deeds
from tests.faults.installation import Installation


@dataclass(frozen=True)
class Trouble:
    """A kind of trouble; ``happen`` returns when it is over, and takes chance and how many seconds it may last."""

    name: str
    happen: Callable[[random.Random, float], None]
    lasts: float = 0.0


def troubles(on: Installation, deeds: Deeds, room: Path | None) -> list[Trouble]:
    """All that can happen to this installation. ``room``: the mounted folder in which its files are, whose disk can be full."""
    found = [*(_of_processes(on, deeds) if on.cluster else _of_one_process(on))]
    if on.cluster:
        found += _of_database(on.cluster)
    if on.lines:
        found += [Trouble("network to the database cut", _for_a_while(on.lines.cut, on.lines.mend), 30)]
    if room:
        found += [Trouble("disk full", _full(room), 12), Trouble("folder read-only", _read_only(on.var), 12)]
    if on.stepping:
        for days in (3, -2):
            begin, end = partial(on.set_clock, days), partial(on.set_clock, 0)
            found += [Trouble(f"clock {days:+} days", _for_a_while(begin, end), 20)]
    return found


def _of_processes(on: Installation, deeds: Deeds) -> list[Trouble]:
    keepers = on.keepers

    def importer(_chance: random.Random, _seconds: float) -> None:
        process = deeds.importing
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()

    def reload(_chance: random.Random, _seconds: float) -> None:
        os.kill(keepers["web"].pid, signal.SIGHUP)

    return [
        Trouble("kill -9 a web worker", lambda chance, _s: keepers["web"].kill_child(chance.randrange(9))),
        Trouble("kill -9 the web's master", lambda _chance, _s: keepers["web"].kill()),
        Trouble("kill -9 a scheduler", lambda chance, _s: keepers[f"scheduler-{chance.randint(1, 2)}"].kill()),
        Trouble("kill -9 an importer", importer),
        Trouble("restart of the web in order", reload),
    ]


def _of_one_process(on: Installation) -> list[Trouble]:
    store = on.var / "poolwatch.db"

    def rebuild_twice(_chance: random.Random, _seconds: float) -> None:
        words = on.command("flask", "refresh", "--full")
        both = [subprocess.Popen(words, env=on.environment(), stdout=subprocess.DEVNULL) for _ in range(2)]
        for one in both:
            one.wait()

    return [
        Trouble("kill -9 the process", lambda _chance, _s: on.keepers["site"].kill()),
        Trouble(
            "store moved away",
            _for_a_while(
                lambda: os.rename(store, store.with_suffix(".away")),
                lambda: os.rename(store.with_suffix(".away"), store),
            ),
            5,
        ),
        Trouble("two full rebuilds at once", rebuild_twice),
    ]


def _of_database(cluster: Cluster) -> list[Trouble]:
    noted = Path(cluster.folder) / "data" / "postmaster.pid"

    def processes() -> list[int]:
        """Those that work in its folder, the first one first: others are forked while one looks."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                found += [int(process.name)] if (process / "cwd").readlink() == noted.parent else []
        return sorted(found)

    def kill(chance: random.Random, _seconds: float) -> None:
        postmaster = int(noted.read_text(encoding="ascii").split()[0])
        while found := processes():
            for one in found:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            time.sleep(0.1)
        time.sleep(chance.uniform(0.5, 2))
        for _attempt in range(10):
            with suppress(FileNotFoundError):
                # Where nobody buries the dead, as in some containers, it would be taken for one that lives.
                if " Z " in Path(f"/proc/{postmaster}/stat").read_text(encoding="ascii"):
                    noted.unlink()
                    for lock in Path(cluster.folder).glob(".s.PGSQL.*.lock"):
                        lock.unlink()
            try:
                cluster.start()
                return
            except subprocess.CalledProcessError as problem:
                print(
                    problem.stdout.decode(),
                    problem.stderr.decode(),
                    (Path(cluster.folder) / "log").read_text(encoding="utf-8")[-500:],
                )
                time.sleep(1)
        raise RuntimeError("the database does not start again")

    def kill_one(chance: random.Random, _seconds: float) -> None:
        """PostgreSQL then ends every connection and recovers by itself."""
        with suppress(ProcessLookupError):
            os.kill(chance.choice(processes()[1:]), signal.SIGKILL)

    return [
        Trouble("kill -9 the database", kill),
        Trouble("kill -9 a connection of the database", kill_one),
        Trouble("database away", _for_a_while(lambda: cluster.stop("fast"), cluster.start), 60),
    ]


def _for_a_while(begin: Callable[[], None], end: Callable[[], None]) -> Callable[[random.Random, float], None]:
    def happen(_chance: random.Random, seconds: float) -> None:
        begin()
        try:
            time.sleep(seconds)
        finally:
            end()

    return happen


def _full(room: Path) -> Callable[[random.Random, float], None]:
    """Somebody else's file takes all that is left, and what becomes free again."""
    path = room / "somebody-elses"

    def happen(_chance: random.Random, seconds: float) -> None:
        until = time.monotonic() + seconds
        try:
            with path.open("ab", buffering=0) as file:
                while time.monotonic() < until:
                    try:
                        while file.write(b"\0" * 65_536):
                            pass
                    except OSError:
                        time.sleep(0.2)
        finally:
            path.unlink()

    return happen


def _read_only(folder: Path) -> Callable[[random.Random, float], None]:
    """Whoever opens something by the folder's name can only read it; files that are open stay as they are."""

    def begin() -> None:
        subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)

    def end() -> None:
        subprocess.run(["umount", "-l", str(folder)], check=True)

    return _for_a_while(begin, end)


class Season:
    """Troubles one after the other, in an order by chance, each kind as often as the others; what came of each."""

    def __init__(
        self, kinds: list[Trouble], on: Installation, chance: random.Random, shorter: float, rest: float
    ) -> None:
        self._kinds, self._on, self._chance = kinds, on, chance
        self._shorter, self._rest = shorter, rest
        self.happened: list[tuple[str, float, float]] = []

    def last(self, seconds: float, tell: Callable[[str], None]) -> None:
        until, waiting = time.monotonic() + seconds, list[Trouble]()
        while time.monotonic() < until:
            if not waiting:
                waiting = self._chance.sample(self._kinds, len(self._kinds))
            trouble = waiting.pop()
            begun = time.monotonic()
            trouble.happen(self._chance, trouble.lasts * self._shorter)
            ended = time.monotonic()
            self.happened.append((trouble.name, begun, ended))
            tell(f"{trouble.name}, {ended - begun:.0f} s")
            while not self._on.answers():
                time.sleep(0.2)
            time.sleep(self._chance.uniform(0.5, 1.5) * self._rest)
