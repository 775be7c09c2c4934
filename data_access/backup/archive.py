"""The archive: a tar of the store's copy and the files that belong to it, and as its last member what all of it is.

Whatever is cut short has no last member, and is no archive.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from data_access.backup.snapshot import FILES, Held
from data_access.backup.trouble import BackupError

MANIFEST, FORMAT = "manifest.json", 1
VAR = "var"  # below it, the files of the installation
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """One member: its name, bytes and SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive is: by which program, when, what the store held, the short name of the session key, and every part."""

    program: str
    made_at: datetime
    held: Held
    secret_key: str
    parts: tuple[Part, ...]

    @property
    def store(self) -> str:
        """The name of the part that is the store."""
        return FILES[self.held.kind]


class Writing:
    """An archive being written to an open file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # ended by finish
        self.parts: list[Part] = []

    def add(self, path: Path, name: str) -> None:
        """Add a file. Raises OSError where it is gone or shrinks meanwhile."""
        with path.open("rb") as source:
            info = self._tar.gettarinfo(arcname=name, fileobj=source)
            reading = _Digesting(source)
            self._tar.addfile(info, reading)
        self.parts.append(Part(name, info.size, reading.sha256.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        said = {**asdict(manifest), "format": FORMAT, "made_at": manifest.made_at.isoformat()}
        content = json.dumps(said, ensure_ascii=False, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mtime, info.mode = len(content), int(manifest.made_at.timestamp()), 0o600
        self._tar.addfile(info, io.BytesIO(content))
        self._tar.close()


class _Digesting(io.RawIOBase):
    def __init__(self, source: IO[bytes]) -> None:
        self.sha256, self._source = hashlib.sha256(), source

    def read(self, size: int = -1) -> bytes:
        content = self._source.read(size)
        self.sha256.update(content)
        return content


def read_manifest(path: Path) -> Manifest:
    """What an archive says it is. Raises BackupError where it says nothing."""
    with _opened(path) as tar:
        return _manifest(tar, path)


def verify(path: Path, into: Path | None = None) -> Manifest:
    """Read an archive whole and compare every part with its SHA-256; with ``into`` unpack it into that folder. Raises
    BackupError."""
    with _opened(path) as tar:
        manifest = _manifest(tar, path)
        expected = {part.name: part for part in manifest.parts}
        for info in tar:
            if info.name == MANIFEST:
                continue
            part = expected.pop(info.name, None)
            if part is None or not info.isreg() or not _belongs(info.name, manifest):
                raise BackupError(f"{path} holds {info.name}, of which its manifest does not tell: it was changed.")
            if _digest(tar, info, into) != (part.bytes, part.sha256):
                raise BackupError(f"{path}: {info.name} is not what was backed up (SHA-256). Use another backup.")
    if expected:
        raise BackupError(f"{path} lacks {', '.join(sorted(expected)[:5])}. Use another backup.")
    return manifest


class _opened:
    """An archive open for reading, whose faults are said in a sentence."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> tarfile.TarFile:
        try:
            self._tar = tarfile.open(self._path, "r:")  # ended below
        except tarfile.TarError as problem:
            raise self._refused(problem) from None
        return self._tar

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        self._tar.close()
        if isinstance(problem, (tarfile.TarError, EOFError)):
            raise self._refused(problem) from None

    def _refused(self, problem: BaseException) -> BackupError:
        return BackupError(f"{self._path} is no whole archive of flask backup ({problem}). Use another backup.")


def _manifest(tar: tarfile.TarFile, path: Path) -> Manifest:
    try:
        content = tar.extractfile(MANIFEST)
    except KeyError:
        raise BackupError(f"{path} has no manifest: the backup was broken off, or it is none.") from None
    assert content is not None
    try:
        said: dict[str, Any] = json.load(content)
        if said.pop("format") != FORMAT:
            raise BackupError(f"{path} was made by a later release of the program, which restores it.")
        held, parts = Held(**said.pop("held")), tuple(Part(**part) for part in said.pop("parts"))
        return Manifest(made_at=datetime.fromisoformat(said.pop("made_at")), held=held, parts=parts, **said)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BackupError(f"{path} has a manifest that cannot be read ({problem}).") from None


def _belongs(name: str, manifest: Manifest) -> bool:
    parts = PurePosixPath(name).parts
    return name == manifest.store or (parts[0] == VAR and len(parts) > 1 and ".." not in parts)


def _digest(tar: tarfile.TarFile, info: tarfile.TarInfo, into: Path | None) -> tuple[int, str]:
    source = tar.extractfile(info)
    assert source is not None
    sha256 = hashlib.sha256()
    target = None if into is None else into / info.name
    if target is None:
        while chunk := source.read(CHUNK):
            sha256.update(chunk)
        return info.size, sha256.hexdigest()
    target.parent.mkdir(parents=True, exist_ok=True)
    reading = _Digesting(source)
    with target.open("wb") as file:
        shutil.copyfileobj(reading, file, CHUNK)
    target.chmod(info.mode & 0o777)
    return target.stat().st_size, reading.sha256.hexdigest()
