"""What a command shows on the terminal: how far it is, what came of it, and a failure in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from dashboard.words.problems import note_text, rejection_line
from dashboard.words.wording import set_language
from rules.errors import PoolwatchError
from rules.month import SHANGHAI
from settings import Settings

if TYPE_CHECKING:
    from data_access.intake.importers import BatchResult
    from monitoring.refresh import Refreshed

console = Console()
# Of a refused file; all its rows are on the data page.
REASONS_SHOWN = 20


@contextmanager
def one_sentence() -> Iterator[None]:
    """An expected failure ends the command with its sentence and status 1; a surprise keeps its traceback."""
    try:
        yield
    except (PoolwatchError, OSError) as problem:
        raise click.ClickException(str(problem)) from None


@contextmanager
def terminal_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for each phase that reports; only where a person watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bars.add_task(phase)
            bars.update(tasks[phase], completed=done, total=total or None)

        yield show


def tell(done: Refreshed) -> None:
    if done.version is None:
        click.echo("Nothing is new; the last version stands.")
        return
    shown = done.version.published_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    click.echo(f"Published version {done.version.id} at {shown}; {done.values:,} indicator values changed.")


def tell_problems(done: Refreshed) -> None:
    for problem in done.problems:
        click.echo(f"Not read: {problem}", err=True)


def tell_batch(name: str, result: BatchResult, settings: Settings) -> None:
    click.echo(f"{name}: {result.state}, {result.inserted:,} new, {result.known:,} known, {result.rejected:,} refused.")
    set_language(settings.reader_language)
    for rejection in result.rejections[:REASONS_SHOWN]:
        click.echo(f"  {rejection_line(rejection, result.target)}")
    for note in result.notes:
        click.echo(f"  {note_text(note)}")
    more = len(result.rejections) - REASONS_SHOWN
    if more > 0:
        click.echo(f"  … and {more:,} more; see the batch on the data page.")
