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
        found += [Trouble("disk full", _full(room), 12), Trouble("folder read-only", _read_only(room), 12)]
    if on.stepping:
        for offset in ("+3d", "-2d"):
            begin, end = (lambda offset=offset: on.set_clock(offset)), (lambda: on.set_clock("+0"))
            found += [Trouble(f"clock {offset}", _for_a_while(begin, end), 20)]
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
    def kill(chance: random.Random, _seconds: float) -> None:
        postmaster = int((Path(cluster.folder) / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
        for one in (postmaster, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        time.sleep(chance.uniform(0.5, 2))
        cluster.start()

    def kill_one(chance: random.Random, _seconds: float) -> None:
        """PostgreSQL then ends every connection and recovers by itself."""
        postmaster = int((Path(cluster.folder) / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
        with suppress(ProcessLookupError):
            os.kill(int(chance.choice(children)), signal.SIGKILL)

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


def _read_only(room: Path) -> Callable[[random.Random, float], None]:
    def remount(how: str) -> None:
        """A file that is open for writing would hold it up; then nothing can be written through the folder's name."""
        subprocess.run(["mount", "-o", f"remount,bind,{how}", str(room)], check=True, capture_output=True)

    return _for_a_while(lambda: remount("ro"), lambda: remount("rw"))


class Season:
    """Troubles one after the other, in an order by chance, each kind as often as the others; what came of each."""

    def __init__(self, kinds: list[Trouble], deeds: Deeds, chance: random.Random, shorter: float, rest: float) -> None:
        self._kinds, self._deeds, self._chance = kinds, deeds, chance
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
            time.sleep(self._chance.uniform(0.5, 1.5) * self._rest)
