"""The files of an archive, put among those of an installation; taken back where something later fails."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from data_access.backup.taking import INBOX, KEYS
from data_access.intake.originals import ORIGINALS
from data_access.store.integrity.heads import NAME as SEALS
from rules.month import SHANGHAI


@dataclass(slots=True)
class PutBack:
    """What was put where: how many files, and the folder of those that had to make way, None where none had."""

    files: int = 0
    aside: Path | None = None
    undo: list[tuple[Path, Path | None]] = field(default_factory=list)  # what was put, and what stood there before


@contextmanager
def put_back(unpacked: Path, var: Path, now: datetime) -> Iterator[PutBack]:
    """Put every file of an unpacked archive under ``var``. Of originals and of what arrived, what is there stays and only what is
    missing comes; a mapping, a source, a key and the heads of days take the place of those there, which are kept in a folder of
    their own. An exception inside takes all of it back."""
    stamp = f"{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}"
    done = PutBack()
    try:
        for path in sorted(one for one in unpacked.rglob("*") if one.is_file()):
            _put(path, path.relative_to(unpacked), var, stamp, done)
        yield done
    except BaseException:
        for put, was in reversed(done.undo):
            put.unlink(missing_ok=True)
            if was is not None:
                was.rename(put)
        if done.aside is not None:
            shutil.rmtree(done.aside, ignore_errors=True)
        raise


def _put(path: Path, name: Path, var: Path, stamp: str, done: PutBack) -> None:
    target, was = var / name, None
    if os.path.lexists(target):
        if name.parts[0] == ORIGINALS or (target.is_file() and filecmp.cmp(path, target, shallow=False)):
            return
        if name.parts[0] == INBOX:
            # Both are deliveries; one of the same name came later.
            target = target.with_name(f"{target.stem}-{stamp}{target.suffix}")
        else:
            done.aside = var / f"before-{stamp}"
            was = done.aside / name
            was.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.rename(was)
    done.undo.append((target, was))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)
    if name.name in (*KEYS, SEALS):
        target.chmod(0o600)
    done.files += 1
