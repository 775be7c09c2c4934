"""The drop folder 收件目录: which files wait in it, and where each goes once it was read.

Whatever one file does, it holds up no other: what fails goes to ``refused/`` with its reason beside it, and what cannot
even be moved is left alone from then on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from data_access.intake.importers import BatchResult, Rejection, import_file, refuse_file
from data_access.store.trouble import AWAY, BUSY, store_trouble

# A file still being copied into the drop folder changes; one untouched this long is taken as whole.
SETTLED_SECONDS = 1.0
# What the store had no room for is offered again, but not at every look into the folder.
AGAIN_SECONDS = 60.0
UNFINISHED = (".", "~$")
DONE, REFUSED = "done", "refused"
REASONS_WRITTEN = 200
LONGEST_NAME = 200  # bytes; file systems take 255, and a number and an ending are added

log = logging.getLogger(__name__)
Explain = Callable[[str, Sequence[Rejection]], str]
Progress = Callable[[str, int, int], None]
Seen = tuple[str, int, int]  # a file as it was: its name, when it changed, its size


def by_code(target: str, reasons: Sequence[Rejection]) -> str:
    """The reasons where nobody put them into words."""
    return "".join(f"{reason.line} {reason.column} {reason.reason} {reason.parameters}\n" for reason in reasons)


@dataclass(frozen=True, slots=True)
class Inbox:
    """One drop folder. ``explain`` words the reasons of a refused file of a table, for the text put beside it;
    ``saved``: where the mappings are by which files that are no templates are read."""

    folder: Path
    explain: Explain = by_code
    saved: Path | None = None
    _later: dict[Seen, tuple[float, str]] = field(default_factory=dict)  # what is left alone: until when, and why

    def arrived(self) -> list[Path]:
        """What waits, oldest first: whole files and links. Waits a moment for one that is still being written. Raises
        OSError when the folder cannot be looked into."""
        found = self._found()
        newest = max((at for _path, at in found), default=0.0)
        if 0 <= time.time() - newest < SETTLED_SECONDS:
            time.sleep(SETTLED_SECONDS)
            found = self._found()
        now = time.time()
        # A modification time in the future says nothing; such a file is taken.
        whole = [(at, path.name, path) for path, at in found if not now - SETTLED_SECONDS < at <= now]
        return [path for _at, _name, path in sorted(whole)]

    def _found(self) -> list[tuple[Path, float]]:
        if not self.folder.is_dir():
            return []
        found = []
        for path in self.folder.iterdir():
            try:
                if path.name.startswith(UNFINISHED) or path.name in (DONE, REFUSED):
                    continue
                until, _why = self._later.get(_seen(path), (0.0, ""))
                if (path.is_symlink() or path.is_file()) and until <= time.monotonic():
                    found.append((path, path.lstat().st_mtime))
            except OSError as gone:  # moved or deleted since the folder was listed
                log.info("%r is passed over: %s", path, gone)
        return found

    def take(
        self, engine: Engine, now: Callable[[], datetime], progress: Progress, originals: Path | None = None
    ) -> tuple[list[BatchResult], list[str]]:
        """Import all that waits: how each ended, and what could not be read or moved, in words for the log."""
        results: list[BatchResult] = []
        try:
            waiting = self.arrived()
        except OSError as problem:
            return [], [f"{self.folder}: {problem}"]
        problems = self._left()
        for path in waiting:
            at = now()  # a clock that cannot be right is no fault of the file
            try:
                result = self._read(engine, path, at, progress, originals)
                results.append(result)
                self._away(path, result)
            except FileNotFoundError as gone:
                log.info("%r is passed over: %s", path, gone)
            except Exception as problem:
                log.exception("%r", path)
                trouble = store_trouble(problem)
                problems.append(f"{path.name!r}: {trouble or type(problem).__name__}: {problem}")
                self._put_off(path, AGAIN_SECONDS if trouble else float("inf"), problems[-1])
                if trouble in (BUSY, AWAY):
                    break  # the next one would wait as long, in vain
        return results, problems

    def _read(
        self, engine: Engine, path: Path, now: datetime, progress: Progress, originals: Path | None
    ) -> BatchResult:
        if path.is_symlink():
            # It may lead to anything this program can read.
            return refuse_file(engine, path.name, Rejection(0, "", "", "link"), now=now)
        try:
            return import_file(engine, path, originals=originals, saved=self.saved, progress=progress, now=now)
        except FileNotFoundError:
            raise
        except Exception as problem:
            if store_trouble(problem) is None:
                why = Rejection(0, "", "", "not_stored", {"problem": type(problem).__name__})
                move(path, self.folder / REFUSED, self.explain("", [why]))
            raise

    def _away(self, path: Path, result: BatchResult) -> None:
        if result.state == "refused":
            move(path, self.folder / REFUSED, self.explain(result.target, result.rejections[:REASONS_WRITTEN]))
        else:
            move(path, self.folder / DONE)

    def _put_off(self, path: Path, seconds: float, why: str) -> None:
        try:
            self._later[_seen(path)] = time.monotonic() + seconds, why
        except OSError:  # it was moved, or is gone
            return

    def _left(self) -> list[str]:
        """Why files that could not be moved still lie there."""
        for seen in [*self._later]:
            try:
                if _seen(self.folder / seen[0]) == seen:
                    continue
            except OSError as gone:
                log.info("%r is gone: %s", seen[0], gone)
            del self._later[seen]
        return [why for until, why in self._later.values() if until == float("inf")]


def _seen(path: Path) -> Seen:
    state = path.lstat()
    return path.name, state.st_mtime_ns, state.st_size


def move(path: Path, folder: Path, reason: str = "") -> None:
    """Out of the drop folder, never over another file of the same name; ``reason`` is written beside it. Raises OSError."""
    folder.mkdir(exist_ok=True)
    stem, ending = path.stem, path.suffix
    while len(f"{stem}{ending}".encode("utf-8", "surrogateescape")) > LONGEST_NAME:
        stem, ending = (stem[:-1], ending) if stem else (stem, ending[:-1])
    goal, number = folder / f"{stem}{ending}", 1
    while goal.exists() or goal.is_symlink():
        number += 1
        goal = folder / f"{stem} ({number}){ending}"
    path.rename(goal)
    if reason:
        goal.with_name(f"{goal.name}.txt").write_text(reason, encoding="utf-8", errors="replace")
