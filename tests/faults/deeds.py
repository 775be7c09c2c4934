"""What people and systems do with an installation while it suffers, and what it told each of them."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

from data_access.intake.reference import reference_rows
from rules.month import SHANGHAI
from tests.faults.installation import PROVINCE, ROOT, Installation

SCHEME, SOURCE = "jiangsu-pension", "jiangsu-pension-tax"
COLUMNS = ("scheme", "region", "item", "movement", "business_date", "booked_at", "amount_fen", "source", "source_ref")
COUNTIES = [
    row["code"] for row in reference_rows("regions") if row["code"].startswith("32") and row["level"] == "county"
]
PAGES = ("/", "/budget", "/funds", "/warnings", "/data", "/gap", "/messages")
FIGURES = f"/api/v1/figures?scheme={SCHEME}&region={PROVINCE}&period=live"
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a reader or doer: when it came, what was asked, its status (0: none), after how many seconds."""

    at: float
    kind: str
    status: int
    seconds: float

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Told:
    """All that was said. ``offered``: each delivery's references; ``taken``: those references that were acknowledged, with
    their amount; ``acts``: each text and whether it was acknowledged; ``figures``: what each
    version showed."""

    answers: list[Answer] = field(default_factory=list)
    offered: list[dict[str, int]] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    acts: dict[str, bool] = field(default_factory=dict)
    figures: dict[tuple[int, str, str | None], str | None] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    unexpected: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, status: int, begun: float) -> None:
        now = time.monotonic()
        with self.lock:
            self.answers.append(Answer(now, kind, status, now - begun))


class Deeds:
    """Everybody at work, until told to end; while it is ``calm``, people only read."""

    def __init__(self, on: Installation, seed: int, reading_seconds: float) -> None:
        self.told = Told()
        self._on, self._seed, self._reading_seconds = on, seed, reading_seconds
        self._over, self.calm = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self._number = 0
        self._sent: list[list[Row]] = []
        self.importing: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        works: list[Callable[[random.Random], None]] = [self._push, self._push, self._drop, self._act, self._compare]
        works += [self._import] if self._on.cluster else []
        for number, work in enumerate(works):
            self._start(self._repeat, work, random.Random(self._seed * 1_000 + number))
        for number, session in enumerate(self._on.sessions):
            self._start(self._read, number, session)

    def _start(self, work: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        thread.start()
        self._threads.append(thread)

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(90)

    def _repeat(self, work: Callable[[random.Random], None], chance: random.Random) -> None:
        while not self._over.is_set() and not self.calm.is_set():
            try:
                work(chance)
            except Exception as problem:
                with self.told.lock:
                    self.told.unexpected[f"{work.__name__}: {type(problem).__name__}: {problem}"[:200]] += 1
            self._over.wait(chance.uniform(0.3, 1.0))

    # --- deliveries

    def _rows(self, chance: random.Random, count: int) -> list[Row]:
        """New entries: money that lies in the treasury since weeks or days, and corrections of neither."""
        now, rows = datetime.now(SHANGHAI), list[Row]()
        with self.told.lock:
            first, self._number = self._number, self._number + count
        for number in range(first, first + count):
            day = max(now.date() - timedelta(days=chance.randint(0, 40)), date(now.year, 1, 1))
            values = (SCHEME, chance.choice(COUNTIES), "premium_current", "collect", day.isoformat())
            at = now.isoformat(timespec="seconds")
            fen = chance.choice((1, -1)) * chance.randint(1, 10**9)
            rows.append(dict(zip(COLUMNS, (*values, at, fen, SOURCE, f"F-{number}"), strict=True)))
        with self.told.lock:
            self.told.offered.append(_amounts(rows))
        return rows

    def _push(self, chance: random.Random) -> None:
        """A delivery by HTTP, sent again until it is acknowledged, sometimes once more, mixed with another, in another order."""
        rows = self._rows(chance, chance.randint(1, 40))
        for _attempt in range(chance.choice((1, 3, 8))):
            if self._pushed(rows):
                break
            if self._over.wait(chance.uniform(0.2, 2)):
                break
        self._sent.append(rows)
        if chance.random() < 0.3:
            again = [row for sent in chance.sample(self._sent, min(2, len(self._sent))) for row in sent]
            chance.shuffle(again)
            self.told.repeated += 1
            self._pushed(again)

    def _pushed(self, rows: Sequence[Row]) -> bool:
        headers = {"Authorization": f"Bearer {self._on.token}", "Content-Type": "application/json"}
        status, _said = self._ask("push", "POST", "/api/v1/ledger", body=json.dumps(rows).encode(), headers=headers)
        if 200 <= status < 300:
            with self.told.lock:
                self.told.taken |= _amounts(rows)
        return 200 <= status < 300

    def _drop(self, chance: random.Random) -> None:
        """A file in the drop folder, whole before it gets its name."""
        rows = self._rows(chance, chance.randint(1, 200))
        inbox = self._on.var / "inbox"
        path = inbox / f"drop-{rows[0]['source_ref']}.csv"
        if self._written(path, rows):
            with self.told.lock:
                self.told.taken |= _amounts(rows)
        self._over.wait(2)

    def _written(self, path: Path, rows: Sequence[Row]) -> bool:
        aside = path.with_name(f".{path.name}")
        try:
            with aside.open("w", encoding="utf-8", newline="") as file:
                table = csv.DictWriter(file, COLUMNS)
                table.writeheader()
                table.writerows(rows)
                file.flush()
                os.fsync(file.fileno())
            aside.rename(path)
        except OSError:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            return False
        return True

    def _import(self, chance: random.Random) -> None:
        """A command that imports a larger file; it is killed now and then."""
        rows = self._rows(chance, 3_000)
        path = self._on.var.parent / f"import-{rows[0]['source_ref']}.csv"
        if not self._written(path, rows):
            return
        words = self._on.command("flask", "import", str(path), "--table", "ledger_entry")
        self.importing = subprocess.Popen(
            words, cwd=ROOT, env=self._on.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        status = self.importing.wait()
        self.importing = None
        if status == 0:
            with self.told.lock:
                self.told.taken |= _amounts(rows)
        path.unlink()
        self._over.wait(5)

    # --- people

    def _act(self, chance: random.Random) -> None:
        """Something a person does once and does not repeat: whether it was done stands on the page."""
        text = f"act {self._seed} {chance.getrandbits(64):x}"
        form = {"month": "2026-10", "day": "", "kind": "policy", "text": text, "text_en": ""}
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        address = f"/act/add_annotation?scheme={SCHEME}&region={PROVINCE}"
        self.told.acts[text] = False
        status, _said = self._ask(
            "act", "POST", address, self._on.monitor, body=urlencode(form).encode(), headers=headers
        )
        self.told.acts[text] = status == 200

    def _compare(self, _chance: random.Random) -> None:
        """The figures of the version that is shown: whoever asks for the same version is told the same."""
        status, said = self._ask("figures", "GET", FIGURES, headers={"Authorization": f"Bearer {self._on.token}"})
        if status != 200:
            return
        for one in json.loads(said)["figures"]:
            key, value = (one["version"], one["what"], one["part"]), one["value"]
            if self.told.figures.setdefault(key, value) != value:
                self.told.contradictions.append(f"{key}: {self.told.figures[key]} and {value}")

    def _read(self, number: int, session: str) -> None:
        """A reader opens a page every so many seconds."""
        chance = random.Random(self._seed * 7_919 + number)
        self._over.wait(chance.uniform(0, self._reading_seconds))
        address = f"127.0.0.{number % 8 + 1}"
        while not self._over.is_set():
            begun = time.monotonic()
            self._ask("read", "GET", chance.choice(PAGES), session, address=address)
            self._over.wait(max(0.0, self._reading_seconds - (time.monotonic() - begun)))

    def _ask(self, kind: str, method: str, path: str, session: str = "", **given: object) -> tuple[int, bytes]:
        begun = time.monotonic()
        status, said = 0, b""
        with suppress(OSError, HTTPException):
            status, said = self._on.ask(method, path, session, **given)  # type: ignore[arg-type]
        self.told.note(kind, status, begun)
        return status, said


def _amounts(rows: Sequence[Row]) -> dict[str, int]:
    return {str(row["source_ref"]): int(str(row["amount_fen"])) for row in rows}
