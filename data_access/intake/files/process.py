"""The door: a file's bytes are parsed by a child of a helper process, which is killed when it takes too much.

One helper a process, started at first use and ended with it: it holds the libraries, so that a file costs a fork and
not a start of Python. It is never shared across a fork; a helper that died is started anew.
"""

from __future__ import annotations

import atexit
import json
import mmap
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any, BinaryIO

import pyarrow as pa

from data_access.intake.files.book import Book
from data_access.intake.files.limits import MAX_BYTES, Limits, refused
from data_access.intake.files.packing import unpack

ROOT = Path(__file__).parents[3]
# What of the environment a parser needs; passwords and keys are not among it.
KEPT = ("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV")
HUNG_SECONDS = 900.0  # beyond every limit and every queue


def read_book(path: Path, *, encoding: str | None = None) -> Book:
    """The book in a file. ``encoding``: read a text file so, as a person chose; else it is told by its bytes.

    Raises FileRefused, with ``reading_took_too_long`` and ``reading_took_too_much_memory`` among the reasons, and
    OSError when the file cannot be opened.
    """
    with path.open("rb") as file:
        return book_in(file, encoding=encoding)


def book_in(file: BinaryIO, *, encoding: str | None = None, in_memory: bool = False) -> Book:
    """The same of an open file, whatever its name and place are by now. ``in_memory``: its cells touch no disk, where the
    system has files in memory."""
    size = os.fstat(file.fileno()).st_size
    if size > MAX_BYTES:
        raise refused("file_too_large", limit_bytes=MAX_BYTES)
    limits = Limits.of(size)
    with _cells(in_memory) as out:
        ended = helpers.ask({"limits": limits.plain(), "encoding": encoding}, file.fileno(), out.fileno())
        _refuse_unfinished(ended, limits)
        # The cells go on pointing into the map, which ends with the last of them.
        return unpack(pa.py_buffer(mmap.mmap(out.fileno(), 0, access=mmap.ACCESS_READ)))


def _cells(in_memory: bool) -> IO[bytes]:
    """Where the cells of a file go."""
    if in_memory and hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("cells"), "w+b")
    return tempfile.TemporaryFile()


def book_of_bytes(content: bytes, *, encoding: str | None = None) -> Book:
    """The same of bytes in memory."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return book_in(file, encoding=encoding)


def _refuse_unfinished(ended: dict[str, Any], limits: Limits) -> None:
    match ended["how"]:
        case "time":
            raise refused("reading_took_too_long", limit_seconds=round(limits.seconds))
        case "memory":
            raise refused("reading_took_too_much_memory", limit_mb=limits.memory_mb)
        case "died":
            raise refused("unreadable", format="")


class HelperLost(Exception):
    """The helper ended before it answered."""


class _Helper:
    """The helper process and the socket to it. Safe for threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        ours, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= {"PYTHONPATH": str(ROOT), "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "data_access.intake.files.worker"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                env=environment,
                start_new_session=True,  # an interrupt at the terminal is for us to handle
            )
        self._socket = ours

    def ask(self, request: dict[str, Any], file: int, out: int) -> dict[str, Any]:
        """How the reading ended. Raises HelperLost."""
        answer, answering = os.pipe()
        try:
            try:
                with self._turn:
                    socket.send_fds(self._socket, [json.dumps(request).encode()], [file, out, answering])
                    if self._socket.recv(1) != b"+":  # taken: the next message is not read as part of this one
                        raise HelperLost
            except OSError as problem:
                raise HelperLost from problem
            finally:
                os.close(answering)
            if not select.select([answer], [], [], HUNG_SECONDS)[0]:
                self._process.kill()
                raise HelperLost
            said = os.read(answer, 4096)
            if not said:
                raise HelperLost
            ended: dict[str, Any] = json.loads(said)
            return ended
        finally:
            os.close(answer)

    def close(self) -> None:
        """End the helper and its children."""
        self._socket.close()
        self._process.wait()

    def let_go(self) -> None:
        """Forget the helper of the process that this one was forked from."""
        self._socket.close()
        self._process.returncode = 0  # not ours to wait for


class _Helpers:
    """This process's helper."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._helper: _Helper | None = None

    def ask(self, request: dict[str, Any], file: int, out: int) -> dict[str, Any]:
        """Ask the helper, and once more a new one where it is gone."""
        helper = self._standing()
        try:
            return helper.ask(request, file, out)
        except HelperLost:
            self._drop(helper)
            os.ftruncate(out, 0)
            os.lseek(out, 0, os.SEEK_SET)
        return self._standing().ask(request, file, out)

    def _standing(self) -> _Helper:
        with self._lock:
            if self._helper is None:
                self._helper = _Helper()
            return self._helper

    def _drop(self, lost: _Helper) -> None:
        with self._lock:
            if self._helper is lost:
                self._helper = None
                lost.close()

    def close(self) -> None:
        with self._lock:
            if self._helper is not None:
                self._helper.close()
                self._helper = None

    def forked(self) -> None:
        """In a new child: the helper is the parent's."""
        self._lock = threading.Lock()
        if self._helper is not None:
            self._helper.let_go()
            self._helper = None


helpers = _Helpers()
atexit.register(helpers.close)
os.register_at_fork(after_in_child=helpers.forked)
