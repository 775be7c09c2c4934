"""What a command shows on the terminal: how far it is, what came of it, and a failure in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import DBAPIError

from dashboard.words.problems import note_text, rejection_line
from dashboard.words.wording import set_language
from data_access.store.trouble import AWAY, BUSY, FULL, store_trouble
from rules.errors import ImportRefused, PoolwatchError
from rules.month import SHANGHAI
from settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from data_access.intake.importers import BatchResult, Rejection
    from data_access.intake.workbench.mapping import Mapping
    from data_access.intake.workbench.offer import Offer
    from monitoring.refresh import Refreshed

console = Console()
TROUBLES = {
    BUSY: "The store is being written to by another process, as by flask refresh --full: try again when it has finished",
    FULL: "The store has no room left: make room on its disk and try again",
    AWAY: "The store cannot be reached: start the database or mend POOLWATCH_DATABASE_URL",
}
# Of a refused file; all its rows are on the data page.
REASONS_SHOWN = 20
ROWS_SHOWN = 8  # of what a file offers


def by_command() -> str:
    """Who it was, for the record: the system's user, which is no login of the site's."""
    return f"command:{getuser()}"


@contextmanager
def one_sentence() -> Iterator[None]:
    """An expected failure ends the command with its sentence and status 1; a surprise keeps its traceback."""
    try:
        yield
    except (PoolwatchError, OSError) as problem:
        raise click.ClickException(str(problem)) from None
    except DBAPIError as problem:
        trouble = store_trouble(problem)
        if trouble is None:
            raise
        raise click.ClickException(f"{TROUBLES[trouble]} ({problem.orig})") from None


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
    tell_refused(result.rejections, result.target, settings)
    for note in result.notes:
        click.echo(f"  {note_text(note)}")
    if len(result.rejections) > REASONS_SHOWN:
        click.echo("  All of them are with the batch on the data page.")


def tell_refused(rejections: Sequence[Rejection], target: str, settings: Settings) -> None:
    """The first reasons, and how many more there are."""
    set_language(settings.reader_language)
    for rejection in rejections[:REASONS_SHOWN]:
        click.echo(f"  {rejection_line(rejection, target)}")
    if len(rejections) > REASONS_SHOWN:
        click.echo(f"  … and {len(rejections) - REASONS_SHOWN:,} more.")


def tell_imported(done: Refreshed, settings: Settings) -> None:
    for result in done.batches:
        tell_batch(result.origin, result, settings)
    tell_problems(done)
    tell(done)


# --- the workbench


def mapping_of(
    var: Path, name: str | None, table: str | None, constants: Sequence[str], encoding: str | None = None
) -> Mapping:
    """The mapping that a command's options say: a saved one, or none, with a table and values for all rows."""
    from data_access.intake.workbench.mapping import Mapping
    from data_access.intake.workbench.saved import FOLDER, saved

    said = dict(one.partition("=")[::2] for one in constants)
    if wrong := [one for one in constants if "=" not in one]:
        raise click.ClickException(f"{wrong[0]} has no value: write --set COLUMN=VALUE")
    mapping = saved(var / FOLDER, name) if name else Mapping()
    return replace(
        mapping,
        target=table or mapping.target,
        constants={**mapping.constants, **said},
        encoding=encoding or mapping.encoding,
    )


def show_previews(
    engine: Engine, paths: Sequence[Path], mapping: Mapping, sheet: str | None, saved: Path
) -> list[Offer]:
    """How each file is understood: what was found, skipped, guessed, added up, and what must be said first; which saved
    mapping it reads as. Returns what they offer."""
    from data_access.intake.files.process import read_book
    from data_access.intake.importers.codes import load_codes
    from data_access.intake.workbench.saved import fitting
    from data_access.intake.workbench.take import preview

    offered: list[Offer] = []
    for path in paths:
        book = read_book(path, encoding=mapping.encoding)
        fits = fitting(saved, book, sheet)
        if fits is not None:
            click.echo(f"{path.name}: reads as mapping {fits.name}, saved on {fits.saved_on[:10]} by {fits.saved_by}")
        with engine.connect() as connection:
            codes = load_codes(connection, datetime.now(UTC))
            seen = preview(connection, codes, book, mapping, sheet)
        for name in seen.passed_over:
            click.echo(f"{path.name}: no table on sheet {name}")
        for offer in seen.offers:
            _show_offer(path.name, offer)
        offered += seen.offers
    return offered


def save_mapping(var: Path, name: str, mapping: Mapping, offered: Sequence[Offer]) -> None:
    """Keep a mapping for tables like those that were shown. Raises ImportRefused where there is none."""
    from data_access.intake.workbench.saved import FOLDER, save

    targets = {offer.target for offer in offered}
    if len(targets) != 1 or "" in targets:
        raise ImportRefused("no table, or several, to save a mapping for; name it with --table")
    tables = [offer.found for offer in offered]
    kept = save(
        var / FOLDER, name, replace(mapping, target=targets.pop()), tables, by=by_command(), now=datetime.now(UTC)
    )
    click.echo(f"Saved as {kept.name}: tables of this kind are read by it, from whichever door they come.")


def _show_offer(name: str, offer: Offer) -> None:
    found = offer.found
    at = f"{name} {found.sheet.name}".strip()
    click.echo(
        f"{at}: {offer.rows:,} rows for {offer.target or 'no table of ours'}; {len(offer.nil)} cells without a value"
    )
    for row in found.skipped:
        click.echo(f"  line {row.line} is not taken ({row.what}): {row.text[:60]}")
    for line in offer.hidden:
        click.echo(f"  line {line} is hidden")
    for head in offer.left_out:
        click.echo(f"  column {head} is not taken")
    for guess in offer.guesses:
        click.echo(f"  taken to be ({guess.told_by}, {guess.cells} cells): {guess.text} → {guess.code}")
    wrong = [one for one in offer.sums if not one.agrees]
    if offer.sums:
        click.echo(f"  {len(offer.sums) - len(wrong)} totals agree, {len(wrong)} do not")
    for one in wrong:
        click.echo(
            f"  {one.address} {one.label}: {one.stated} stated, {one.computed} added up from {one.parts[0]} … {one.parts[-1]}"
        )
    for place in range(min(offer.rows, ROWS_SHOWN)):
        said = " ".join(texts[place] for texts in offer.columns.values() if texts[place])
        click.echo(f"  {offer.cells[place]}: {said}")
    for question in offer.questions:
        click.echo(
            f"  must be said first: {question.about} {question.text} {' '.join(question.addresses[:5])}".rstrip()
        )
