"""Documents being written: each in a process of its own, with a folder of its own under ``VAR/exports``, where its state
stands, so that any worker of the site can tell of it. The file is kept for an hour, for the one who asked."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import psutil

from dashboard.exports import apart, kept
from dashboard.exports.blocks import Document
from dashboard.exports.job import FAILED, MADE, PROGRESS, SURPRISE, TEMPLATE
from dashboard.exports.probe import Kind
from rules.errors import PoolwatchError

KEPT_SECONDS = 3600.0
AT_ONCE = 3  # of one person
FOLDER = "exports"
ORDER = "order.json"
LOG = "log"
TOKEN = re.compile(r"[0-9a-f]{32}")

State = Literal["running", "done", "failed"]


class TooManyExports(PoolwatchError):
    """Somebody has as many documents being written as one may have."""

    code = "too_many_exports"


@dataclass(frozen=True, slots=True)
class Job:
    """One document being written: whose it is, the file's name with its ending, its process and when that began."""

    token: str
    owner: str
    name: str
    kind: Kind
    process: int
    began: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: while it runs ``phase`` (write, sections, layout, convert) and which of how many sections; when it
    failed the ``problem``'s code."""

    state: State
    phase: str = ""
    at: int = 0
    of: int = 0
    problem: str = ""


def start(
    var: Path, owner: str, name: str, kind: Kind, document: Document, template: bytes = b"", order: str = ""
) -> Job:
    """Begin to write a document. ``name`` is the file's, with its ending; ``template`` the office's own, for the kind that
    is written in one; with an ``order`` rows of the store are packed as it says. Raises TooManyExports."""
    place = var.absolute() / FOLDER
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(var)
    if _running(var, owner) >= AT_ONCE:
        raise TooManyExports(f"{owner} has {AT_ONCE} documents being written", limit=AT_ONCE)
    token = secrets.token_hex(16)
    folder = place / token
    folder.mkdir(mode=0o700)
    environment = apart.environment() | {"TMPDIR": str(folder)}
    if template:
        (folder / TEMPLATE).write_bytes(template)
    handed = folder / "document.json"
    told = order or json.dumps(kept.document_json(document), ensure_ascii=False)
    handed.write_text(told, encoding="utf-8")
    module = "dashboard.exports.package_job" if order else "dashboard.exports.job"
    with handed.open("rb") as given, (folder / LOG).open("wb") as log:
        # Read through the open descriptor: what is written lies nowhere else.
        handed.unlink()
        process = subprocess.Popen(
            apart.command(module, str(folder), kind), cwd=apart.ROOT, env=environment, stdin=given,
            stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
        )  # fmt: skip
    job = Job(token, owner, name, kind, process.pid, _began(process.pid))
    (folder / ORDER).write_text(json.dumps(asdict(job)), encoding="utf-8")
    _bury(process, folder)
    return job


def _bury(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait for the process, and an hour later put away what it left, as long as this worker lives; the next export puts
    away what then stays."""

    def wait() -> None:
        process.wait()
        ended = threading.Timer(KEPT_SECONDS, shutil.rmtree, (folder,), {"ignore_errors": True})
        ended.daemon = True
        ended.start()

    threading.Thread(target=wait, name="export", daemon=True).start()


def find(var: Path, token: str, owner: str) -> Job | None:
    """The job of a token; None where there is none, it is somebody else's or its hour is over."""
    job = _read(var.absolute() / FOLDER / token) if TOKEN.fullmatch(token) else None
    return job if job is not None and job.owner == owner and not _over(_folder(var, job)) else None


def progress(var: Path, job: Job) -> Progress:
    """How far it is."""
    folder = _folder(var, job)
    alive = _alive(job)  # asked before its files: one that ends in between has left them
    if (folder / MADE).is_file():
        return Progress("done")
    failed = _json(folder / FAILED)
    if failed or not alive:
        return Progress("failed", problem=str(failed.get("code", SURPRISE)))
    said = _json(folder / PROGRESS)
    return Progress("running", str(said.get("phase", "")), int(said.get("at", 0)), int(said.get("of", 0)))


def made(var: Path, job: Job) -> Path:
    """Where its file is, once it is done."""
    return _folder(var, job) / MADE


def cancel(var: Path, job: Job) -> None:
    """End it with everything it started, and put away what it left."""
    if _alive(job):
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(job.process)
            for one in [process, *process.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
    shutil.rmtree(_folder(var, job), ignore_errors=True)


def sweep(var: Path) -> None:
    """Put away everything whose hour is over."""
    for folder in _folders(var.absolute() / FOLDER):
        if _over(folder):
            job = _read(folder)
            if job is not None:
                cancel(var, job)
            shutil.rmtree(folder, ignore_errors=True)


def _over(folder: Path) -> bool:
    """Whether an hour has passed since the job began or left its file."""
    with suppress(OSError):
        return time.time() - folder.stat().st_mtime > KEPT_SECONDS
    return True


def _folder(var: Path, job: Job) -> Path:
    return var.absolute() / FOLDER / job.token


def _folders(place: Path) -> list[Path]:
    return [folder for folder in place.iterdir() if TOKEN.fullmatch(folder.name)] if place.is_dir() else []


def _running(var: Path, owner: str) -> int:
    """How many documents somebody has being written."""
    jobs = [_read(folder) for folder in _folders(var.absolute() / FOLDER)]
    return sum(job is not None and job.owner == owner and progress(var, job).state == "running" for job in jobs)


def _read(folder: Path) -> Job | None:
    given = _json(folder / ORDER)
    return Job(**given) if given else None


def _json(path: Path) -> Mapping[str, Any]:
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read


def _alive(job: Job) -> bool:
    """Whether its process works: a number may long be another's."""
    with suppress(psutil.Error):
        process = psutil.Process(job.process)
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - job.began) < 1
    return False


def _began(process: int) -> float:
    with suppress(psutil.Error):
        return psutil.Process(process).create_time()
    return 0.0
