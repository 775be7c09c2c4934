"""Processes that are started again when they die, as systemd does it for an installation."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path


class Keeper:
    """One process and those that take its place. ``handed``: the listening socket that outlives it (LISTEN_FDS)."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        log: Path,
        handed: socket.socket | None = None,
    ) -> None:
        self.name, self._command, self._environment, self._handed = name, list(command), dict(environment), handed
        self._folder, self._log = folder, log
        self._over = threading.Event()
        self._process = self._begun()
        self.starts = 1
        self._thread = threading.Thread(target=self._keep, name=f"keeper-{name}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _begun(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            if self._handed is None:
                return subprocess.Popen(
                    self._command,
                    cwd=self._folder,
                    env=self._environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            # The variable names the process that gets the socket, so only that process can set it; it is descriptor 3.
            return subprocess.Popen(
                ["sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "sh", *self._command],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                preexec_fn=partial(os.dup2, self._handed.fileno(), 3),
                pass_fds=(3,),
                start_new_session=True,
            )

    def _keep(self) -> None:
        while not self._over.is_set():
            self._process.wait()
            if self._over.wait(1.0):
                return
            self._process = self._begun()
            self.starts += 1

    def children(self) -> list[int]:
        """The processes that it has forked."""
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(one) for one in path.read_text(encoding="ascii").split()] if path.exists() else []

    def kill(self) -> None:
        """The process alone, at once."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def kill_child(self, number: int) -> None:
        """One of those that it has forked, at once."""
        found = self.children()
        with suppress(ProcessLookupError):
            if found:
                os.kill(found[number % len(found)], signal.SIGKILL)

    def stop(self, seconds: float = 60) -> None:
        """For good, in order; then by force."""
        self._over.set()
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        until = time.monotonic() + seconds
        while self._process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._thread.join()
