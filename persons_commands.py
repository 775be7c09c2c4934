"""Commands of ``flask persons``: the person-level ledger and its registers, taken in, rolled up, compared, told of.

A command loads the engine when it runs: a web worker, which registers the same commands, does without it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy import Engine

from data_access.books.versions import reading
from data_access.store import audit
from data_access.store.clock import SteadyClock
from data_access.store.engine import writing
from rules.money import yuan_text
from rules.month import SHANGHAI, Month
from rules.persons.comparisons import COMPARISONS, REGISTERS
from settings import Settings
from terminal import by_command, one_sentence, tell_imported, tell_refused, terminal_progress
from workflows.people.accounts import By

# The lease may be held by the running site's own refresh, which takes seconds.
WAIT_SECONDS = 60.0


def persons_commands(store: Callable[[], Engine], settings: Settings) -> click.Group:
    """The group of them."""

    @click.group("persons")
    def persons_group() -> None:
        """The person-level ledger: payments and contributions by person and month."""

    for made in (_import, _roll_up, _compare, _state):
        persons_group.add_command(made(store, settings))
    return persons_group


def _import(store: Callable[[], Engine], settings: Settings) -> click.Command:
    @click.command("import")
    @click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--register", type=click.Choice(REGISTERS), help="The files are records of this register.")
    @click.option(
        "--accept-good-rows", is_flag=True, help="Take the good rows; without it one bad row refuses the file."
    )
    def import_(files: tuple[Path, ...], register: str | None, accept_good_rows: bool) -> None:
        """Take CSV, XLSX or Parquet FILES of rows by person. Identity numbers become keyed hashes; nothing keeps them.

        Status 1 where a file was refused. What came in is rolled up by: flask persons roll-up

        Example: flask persons import pensions-2026-10.csv
        """
        from data_access.persons.door import take
        from data_access.persons.identity import Pseudonyms
        from data_access.persons.lake import Lake
        from data_access.persons.tables import PERSON_ENTRY, REGISTERS as TABLES

        refused = False
        with one_sentence():
            engine, lake, pseudonyms = store(), Lake(settings.lake_folder), Pseudonyms(settings.hashing())
            clock = SteadyClock(engine, settings.var)
            table = TABLES[f"person_{register}"] if register else PERSON_ENTRY
            into = lake.registers if register else lake
            for path in files:
                now = clock()
                taken = take(engine, into, pseudonyms, path, table, accept_good_rows=accept_good_rows, now=now)
                number = "" if taken.number is None else f", delivery {taken.number}"
                click.echo(
                    f"{taken.name}: {taken.state}{number}, {taken.inserted:,} new, {taken.known:,} known, "
                    f"{taken.rejected:,} refused."
                )
                tell_refused(taken.rejections, table.name, settings)
                refused |= taken.state == "refused"
                if taken.state == "loaded":
                    told: dict[str, object] = {"table": table.name, "delivery": taken.number}
                    told |= {"rows": taken.inserted, "rejected": taken.rejected}
                    with writing(engine) as connection:
                        audit.record(connection, by_command(), "persons_import", f"delivery {taken.number}", told, now)
        if refused:
            sys.exit(1)

    return import_


def _roll_up(store: Callable[[], Engine], settings: Settings) -> click.Command:
    @click.command("roll-up")
    @click.option("--again", is_flag=True, help="Read every file: after a batch was taken back, or the store restored.")
    def roll_up_(again: bool) -> None:
        """Add up what new deliveries bring and take the sums into the ledger, by the engine of POOLWATCH_ENGINE_URL.

        Repeating it changes nothing. Example: flask persons roll-up
        """
        from data_access.persons.lake import Lake
        from monitoring.persons import roll_up

        with one_sentence(), terminal_progress() as progress:
            engine = store()
            done = roll_up(
                engine,
                Lake(settings.lake_folder),
                settings.engine_url,
                again=again,
                wait_seconds=WAIT_SECONDS,
                clock=SteadyClock(engine, settings.var),
                progress=progress,
            )
        if done is None:
            click.echo("No delivery is new; the ledger stands.")
            return
        tell_imported(done, settings)
        if done.problems or any(result.state == "refused" for result in done.batches):
            sys.exit(1)

    return roll_up_


def _compare(store: Callable[[], Engine], settings: Settings) -> click.Command:
    @click.command("compare")
    @click.option("--until", metavar="YYYY-MM", help="The last month to compare; the month before this one by default.")
    @click.option("--rule", "rules", multiple=True, type=click.Choice(list(COMPARISONS)), help="Only this rule.")
    def compare_(until: str | None, rules: tuple[str, ...]) -> None:
        """Compare the ledger with the registers of persons, and register what contradicts them as leads 线索 of one run.

        What an earlier run raised is not raised again. Status 1 where a rule could not be asked.

        Example: flask persons compare --until 2026-10
        """
        from data_access.persons.lake import Lake
        from monitoring.persons import compare_persons

        with one_sentence():
            engine = store()
            now = SteadyClock(engine, settings.var)()
            month = Month.parse(until) if until else Month.of(now.astimezone(SHANGHAI)).plus(-1)
            if month is None:
                raise click.ClickException(f"{until} is no month: write it as 2026-10")
            by = By(by_command(), "数据比对", "", now)
            asked = rules or tuple(COMPARISONS)
            run, answers = compare_persons(engine, Lake(settings.lake_folder), settings.engine_url, asked, month, by)
        for one in answers:
            if one.missing:
                click.echo(
                    f"{one.rule}: not asked, as nothing was ever delivered of {', '.join(one.missing)}.", err=True
                )
                continue
            fen = sum(found.amount_fen for found in one.suspicions)
            click.echo(f"{one.rule}: {len(one.suspicions):,} new suspicions, {yuan_text(fen)} at stake.")
        if run is None:
            raise click.ClickException("no rule could be asked: see flask persons import --help")
        click.echo(f"{run.label} is registered; its leads are in 问题台账.")
        if any(one.missing for one in answers):
            sys.exit(1)

    return compare_


def _state(store: Callable[[], Engine], settings: Settings) -> click.Command:
    @click.command("state")
    @click.option("--verify", is_flag=True, help="Read every file and compare it with its hash.")
    def state_(verify: bool) -> None:
        """What the person-level ledger holds, by month and province, and what is not rolled up yet.

        Status 1 where --verify finds a file that is not as it was written. Example: flask persons state --verify
        """
        from data_access.persons.lake import Lake, Part, Partition
        from data_access.persons.rollup import marks, pending, same_lake

        with one_sentence():
            lake = Lake(settings.lake_folder)
            deliveries = lake.deliveries()
            with reading(store()) as connection:
                since = marks(connection)
            same_lake(deliveries, since)
            waiting = {part.path for _, part in pending(deliveries, since)}
            parts: dict[Partition, list[Part]] = defaultdict(list)
            for part in (part for one in deliveries for part in one.parts):
                parts[part.partition].append(part)
            for (month, province), mine in sorted(parts.items()):
                rows, size = sum(one.rows for one in mine), sum(one.bytes for one in mine)
                late = sum(one.rows for one in mine if one.path in waiting)
                rolled = f"{late:,} rows not rolled up" if late else "rolled up"
                click.echo(f"{month} {province}: {rows:,} rows, {len(mine)} files, {size / 1e6:,.1f} MB, {rolled}")
            records = lake.registers.deliveries()
            wrong = [*lake.changed(), *lake.registers.changed()] if verify else []
        click.echo(f"{len(deliveries)} deliveries in {lake.folder}.")
        click.echo(f"{sum(one.rows for one in records):,} records of registers in {len(records)} deliveries.")
        for path in wrong:
            click.echo(f"Not as it was written: {path}", err=True)
        if wrong:
            sys.exit(1)

    return state_
