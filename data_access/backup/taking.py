"""Taking a backup: everything is written under a name that begins with a dot, read back, and then named.

The drop folder is read before the store and everything else after it. A file that waits when the store is copied is therefore in
the archive as waiting (taken twice it changes nothing), and of what the store names the originals are there.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from data_access.backup import postgres, snapshot
from data_access.backup.archive import VAR, Manifest, Writing, read_manifest, verify
from data_access.backup.snapshot import Held
from data_access.backup.trouble import BackupError
from data_access.intake.originals import ORIGINALS
from data_access.store import audit
from data_access.store.engine import writing
from data_access.store.integrity.heads import NAME as SEALS
from data_access.whole_files import settle
from rules.month import SHANGHAI

FOLDER, ENDING = "backups", ".tar"
INBOX = "inbox"
# Under the installation's own folder, beside the drop folder.
BESIDE = ("sources", "mappings", ORIGINALS)
KEYS = ("secret_key", "seal_key", "person_key")
DEED = "backup"
_UNDER_WAY = ".poolwatch-"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup: the archive, its bytes and SHA-256, what it says, and the older ones deleted for it."""

    path: Path
    bytes: int
    sha256: str
    manifest: Manifest
    deleted: tuple[Path, ...]


def name_at(now: datetime) -> str:
    """The name of a backup taken at an instant."""
    return f"poolwatch-{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}{ENDING}"


def back_up(
    engine: Engine,
    var: Path,
    target: Path | None,
    now: datetime,
    *,
    program: str,
    secret_key: str = "",
    keys: bool = False,
    keep: int | None = None,
) -> Made:
    """Back the store up, with the files under ``var`` that belong to it, into a file, or into a folder under a name with the
    instant; where none is given into ``backups/`` under ``var``.

    ``secret_key``: the short name of the session key, by which a restore tells another one; ``keys``: the keys that lie under ``var``
    are put in as well; ``keep``: of the backups of the same store in that folder so many stay, this one among them.
    Raises BackupError or OSError; then nothing is left.
    """
    target = target or var / FOLDER
    path = target / name_at(now) if target.is_dir() or not target.suffix else target
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(path.parent), _staging(path.parent) as staging:
        if path.exists():
            raise BackupError(f"{path} exists: name another file.", path=str(path))
        _demand_room(engine, var, path.parent)
        made = staging / path.name
        with made.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            archive = Writing(file)
            held = _fill(archive, engine, var, staging, keys=keys)
            archive.finish(Manifest(program, now, held, secret_key, tuple(archive.parts)))
        manifest = verify(made)
        with made.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        settle(made, path)
        deleted = _older(path, manifest, keep) if keep else ()
    return Made(path, path.stat().st_size, digest, manifest, deleted)


def record(engine: Engine, made: Made, by: str, now: datetime) -> None:
    """Put a backup into the audit of the store, which must be at the current schema."""
    told = {
        "path": str(made.path.absolute()),
        "bytes": made.bytes,
        "sha256": made.sha256,
        "version": made.manifest.held.data_version,
        "parts": len(made.manifest.parts),
        "keys": [key for key in KEYS if f"{VAR}/{key}" in {part.name for part in made.manifest.parts}],
        "deleted": [path.name for path in made.deleted],
    }
    with writing(engine) as connection:
        audit.record(connection, by, DEED, made.path.name, told, now)


def _fill(archive: Writing, engine: Engine, var: Path, staging: Path, *, keys: bool) -> Held:
    for path in _files(var / INBOX):
        # Who delivers may still be writing to it.
        with suppress(FileNotFoundError):
            archive.add(Path(shutil.copy2(path, staging / "arrived")), _named(path, var))
    seals = var / SEALS
    told = seals.stat().st_size if seals.exists() else 0
    copy, held = snapshot.take(engine, staging)
    if held.kind == "postgresql":
        with engine.connect() as connection:
            postgres.look_through(connection, copy)
    archive.add(copy, copy.name)
    copy.unlink()
    for folder in BESIDE:
        for path in _files(var / folder):
            with suppress(FileNotFoundError):
                archive.add(path, _named(path, var))
    if seals.exists():
        kept = staging / SEALS
        kept.touch(0o600)
        kept.write_bytes(_heads(seals.read_bytes(), told, held))
        archive.add(kept, f"{VAR}/{SEALS}")
    for key in KEYS if keys else ():
        if (var / key).exists():
            archive.add(var / key, f"{VAR}/{key}")
    return held


def _heads(content: bytes, told: int, held: Held) -> bytes:
    """The heads of sealed days without those of a day that was sealed while the store was being copied: the copy lacks it."""
    lines = content[told:].splitlines(keepends=True)
    return content[:told] + b"".join(line for line in lines if str(json.loads(line)["day"]) <= held.sealed_day)


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder, without links and without what is still being written."""
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(above) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _named(path: Path, var: Path) -> str:
    return f"{VAR}/{path.relative_to(var).as_posix()}"


def _demand_room(engine: Engine, var: Path, folder: Path) -> None:
    files = sum(path.stat().st_size for one in (INBOX, *BESIDE) for path in _files(var / one))
    # The copy of an embedded store stands beside what it is packed into; a dump is packed as it is written.
    need = int(snapshot.size_of(engine) * 1.5) + files
    free = shutil.disk_usage(folder).free
    if free < need:
        raise BackupError(
            f"The disk of {folder.absolute()} has {free / 1e6:,.0f} MB left and the backup may need {need / 1e6:,.0f} MB: make "
            "room, or name a folder on another disk.",
            free=free,
            need=need,
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BackupError(f"Another backup into {folder} is under way: wait until it has ended.") from None
    finally:
        os.close(held)


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    for left in folder.glob(f"{_UNDER_WAY}*"):  # of a backup that was killed; nobody else is at work here
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_UNDER_WAY, dir=folder) as made:
        yield Path(made)


def _older(path: Path, manifest: Manifest, keep: int) -> tuple[Path, ...]:
    """Delete the oldest backups of the same store beyond the number to keep; returns them."""
    found = [(manifest.made_at, path)]
    for other in path.parent.glob(f"*{ENDING}"):
        if other != path and manifest.held.identity:
            with suppress(BackupError, OSError):
                told = read_manifest(other)
                if told.held.identity == manifest.held.identity:
                    found.append((told.made_at, other))
    gone = tuple(one for _at, one in sorted(found, reverse=True)[max(keep, 1) :] if one != path)
    for one in gone:
        one.unlink()
    return gone
