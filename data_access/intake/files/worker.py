"""The helper: waits for files on its standard input, forks a child for each, watches it, says how it ended.

It has one thread and holds nothing but the loaded libraries; it ends when its input closes. Run by ``process``.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from io import BytesIO
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from data_access.intake.files.limits import MB, Limits
from data_access.intake.files.packing import pack, pack_refusal
from data_access.intake.files.reading import book_of
from data_access.intake.importers.reasons import FileRefused

LOOK_SECONDS = 0.01
AT_ONCE = max(2, os.cpu_count() or 2)
OUT_OF_MEMORY = 77
MARGIN_MB = 2048  # of address space that allocators reserve and never touch; the backstop, the watch comes first


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be read: what was asked, and the descriptors it came with."""

    limits: Limits
    encoding: str | None
    file: int
    out: int
    answer: int


@dataclass(frozen=True, slots=True)
class Running:
    """A child at work. ``life``: the pipe that closes with it."""

    job: Job
    pid: int
    life: int
    began: float
    process: psutil.Process

    def excess(self) -> str | None:
        """What it takes too much of."""
        if time.monotonic() - self.began > self.job.limits.seconds:
            return "time"
        with suppress(psutil.Error):  # ended between two looks
            if self.process.memory_info().rss > self.job.limits.memory_mb * MB:
                return "memory"
        return None


def serve(source: socket.socket) -> None:
    """Work until the other end closes."""
    waiting: deque[Job] = deque()
    running: dict[int, Running] = {}
    try:
        while True:
            while waiting and len(running) < AT_ONCE:
                begun = _begin(waiting.popleft(), source)
                running[begun.life] = begun
            watched = [source.fileno(), *running]
            ready, _, _ = select.select(watched, [], [], LOOK_SECONDS if running else None)
            if source.fileno() in ready:
                job = _receive(source)
                if job is None:
                    return
                waiting.append(job)
            for life, child in list(running.items()):
                how = None if life in ready else child.excess()
                if life in ready or how:
                    _end(running.pop(life), how)
    finally:
        for child in running.values():
            os.kill(child.pid, signal.SIGKILL)


def _receive(source: socket.socket) -> Job | None:
    message, descriptors, _, _ = socket.recv_fds(source, 1 << 16, 3)
    if not message:
        return None
    asked = json.loads(message)
    source.send(b"+")
    return Job(Limits(**asked["limits"]), asked["encoding"], *descriptors)


def _begin(job: Job, source: socket.socket) -> Running:
    life, ending = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            # Only its own file: not the others' and not the way to the caller.
            os.close(life)
            os.close(job.answer)
            source.close()
            _bind(job.limits)
            status = _read(job)
        finally:
            os._exit(status)
    os.close(ending)
    return Running(job, pid, life, time.monotonic(), psutil.Process(pid))


def _bind(limits: Limits) -> None:
    """The kernel's own limits, for what the watch is too slow for or would miss if it died."""
    processor = int(limits.seconds) + 2
    bounds = {
        resource.RLIMIT_CPU: processor,
        resource.RLIMIT_DATA: (limits.memory_mb + MARGIN_MB) * MB,
        resource.RLIMIT_FSIZE: 2 * limits.unpacked + 64 * limits.cells,
        resource.RLIMIT_CORE: 0,
    }
    for what, bound in bounds.items():
        _, hard = resource.getrlimit(what)
        least = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(what, (least, least))
    os.nice(5)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _read(job: Job) -> int:
    with os.fdopen(job.file, "rb") as file, os.fdopen(job.out, "wb") as out:
        try:
            try:
                pack(book_of(file, job.limits, job.encoding), out)
            except FileRefused as problem:
                out.seek(0)
                out.truncate()
                pack_refusal(problem, out)
        except MemoryError:
            return OUT_OF_MEMORY
    return 0


def _end(child: Running, how: str | None) -> None:
    """Reap a child and tell its caller how it ended: done, time, memory or died, and what it took."""
    if how:
        os.kill(child.pid, signal.SIGKILL)
    _, status, used = os.wait4(child.pid, 0)
    peak = used.ru_maxrss // (MB if sys.platform == "darwin" else 1024)
    if how is None:
        how = _reason(status, peak, child.job.limits)
    said: dict[str, Any] = {"how": how, "peak_mb": peak, "seconds": round(time.monotonic() - child.began, 3)}
    with suppress(BrokenPipeError):  # nobody waits any more
        os.write(child.job.answer, json.dumps(said).encode())
    for descriptor in (child.life, child.job.answer, child.job.file, child.job.out):
        os.close(descriptor)


def _reason(status: int, peak_mb: int, limits: Limits) -> str:
    if status == 0:
        return "done"
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return "time"
    # Libraries that find no memory abort instead of raising.
    if (os.WIFEXITED(status) and os.WEXITSTATUS(status) == OUT_OF_MEMORY) or peak_mb > 0.9 * limits.memory_mb:
        return "memory"
    return "died"


class _NoPandas(MetaPathFinder):
    """Arrow asks for pandas where it is installed, and needs 50 MB and 200 ms for it, to no use here."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _warm() -> None:
    """Load once what every child would load for itself at its first file."""
    sys.meta_path.insert(0, _NoPandas())
    sample = BytesIO()
    pq.write_table(pa.table({"a": pa.array(["1", "x"]).dictionary_encode(), "b": [1, 2]}), sample)
    csv = "a,b\n区,2\n".encode("gb18030")
    for content in (sample.getvalue(), csv):
        with tempfile.TemporaryFile() as file:
            file.write(content)
            pack(book_of(file, Limits.of(len(content))), BytesIO())


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    _warm()
    serve(socket.socket(fileno=sys.stdin.fileno()))
