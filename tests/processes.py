"""Processes of their own for what several do at once, or what dies midway: forked from one that has imported the product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Barrier
from typing import TypeVar

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["monitoring.telling.dispatcher", "monitoring.refresh", "pytest", "tests.case_store"])
SECONDS = 120
T = TypeVar("T")
_barriers: list[Barrier] = []


def begun(work: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """A process that does a work; whoever begins it ends it."""
    process = PROCESSES.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def together(work: Callable[..., T], each: Sequence[tuple[object, ...]]) -> list[T]:
    """What a work returns, done in one process for each tuple of arguments; they :func:`meet` before they act."""
    barrier = PROCESSES.Barrier(len(each))
    with ProcessPoolExecutor(len(each), PROCESSES, _meet_at, (barrier,)) as pool:
        doing = [pool.submit(work, *arguments) for arguments in each]
        return [done.result(SECONDS) for done in doing]


def meet() -> None:
    """Wait until all that work together have come as far."""
    _barriers[-1].wait(SECONDS)


def _meet_at(barrier: Barrier) -> None:
    _barriers.append(barrier)
