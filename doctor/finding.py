"""What was found of one part of an installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``part`` is looked at, and ``said`` of it in one sentence: how it is, and what to do where it is not well. ``warn``: it
    works, and somebody should look; ``fail``: it does not work, or is not safe."""

    part: str
    state: State
    said: str


def well(part: str, said: str) -> Finding:
    return Finding(part, "ok", said)


def warn(part: str, said: str) -> Finding:
    return Finding(part, "warn", said)


def fail(part: str, said: str) -> Finding:
    return Finding(part, "fail", said)
