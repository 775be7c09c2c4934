"""Two network lines between hosts on one machine, made of network namespaces: one of them can be cut."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# Addresses of this machine's own, in a range that no network outside uses.
DATABASE, WEB = "10.213.77.1", "10.213.77.2"


@dataclass(frozen=True)
class Lines:
    """The web's network, and the line from it to the database's."""

    name: str

    @property
    def into(self) -> list[str]:
        """What a command is begun with, so that it lives in the web's network."""
        return ["ip", "netns", "exec", self.name]

    @property
    def database(self) -> str:
        return DATABASE

    def cut(self) -> None:
        """Nothing comes through, and nobody is told: what was sent is lost in silence."""
        _ip("link", "set", f"{self.name}-d", "down")

    def mend(self) -> None:
        _ip("link", "set", f"{self.name}-d", "up")


@contextmanager
def two_hosts() -> Iterator[Lines]:
    """A network of its own for the web, gone at the end. Needs root and iproute2."""
    lines = Lines(f"pw{os.getpid() % 100_000}")
    name, near, far = lines.name, f"{lines.name}-d", f"{lines.name}-w"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", near, "type", "veth", "peer", "name", far)
        _ip("link", "set", far, "netns", name)
        _ip("addr", "add", f"{DATABASE}/24", "dev", near)
        _ip("link", "set", near, "up")
        for step in (("addr", "add", f"{WEB}/24", "dev", far), ("link", "set", far, "up"), ("link", "set", "lo", "up")):
            _ip("-n", name, *step)
        yield lines
    finally:
        subprocess.run(["ip", "link", "del", near], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
