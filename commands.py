"""Commands of ``flask``: setting up, taking data in, refreshing, checking, signing months, accounts.

A command loads the machinery of imports and refreshes when it runs: a web worker, which registers the same commands,
does without it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask
from sqlalchemy import Engine

from account_commands import account_commands
from audit_commands import audit_commands
from backup_commands import backup_commands
from dashboard.words.notifications import NotificationWords
from dashboard.words.problems import reasons_in_both
from data_access.books.checks import run_checks
from data_access.books.versions import current_version, reading
from data_access.intake.importers import TABLES
from data_access.intake.sources.expiry import load_expiries
from data_access.store import audit
from data_access.store.clock import SteadyClock
from data_access.store.engine import create_store, demand_current, writing
from data_access.store.identity import prepare
from data_access.store.integrity.heads import NAME as SEALS
from doctor.command import doctor_command
from logs import log_as_set
from persons_commands import persons_commands
from settings import Settings
from terminal import (
    by_command,
    mapping_of,
    one_sentence,
    save_mapping,
    show_previews,
    tell,
    tell_batch,
    tell_imported,
    tell_problems,
    terminal_progress,
)
from token_commands import token_commands
from workflows.closing.checklist import load_checklist
from workflows.closing.register import sign
from workflows.people.accounts import By
from workflows.thresholds.register import load_presets

if TYPE_CHECKING:
    from monitoring.refresh import Places
    from monitoring.telling.channels import Channels

# The lease may be held by the running site's own refresh, which takes seconds.
WAIT_SECONDS = 60.0


def utc_now() -> datetime:
    return datetime.now(UTC)


def channels_on(settings: Settings) -> Channels:
    """The channels of an installation, with the words that its readers get. Raises SettingsError."""
    from monitoring.telling.channels import channels_of

    words = NotificationWords(settings.reader_language)
    return channels_of(words, settings.mail_url, settings.mail_addresses, settings.webhook_url, settings.robot_urls)


def places_of(settings: Settings) -> Places:
    """Where data arrive at an installation, and where the heads of its sealed days are told. Raises SettingsError."""
    from monitoring.refresh import Places
    from monitoring.telling.seal_log import SealLog

    channels = channels_on(settings)
    seals = SealLog(settings.var / SEALS, settings.seal_syslog, channels.mail, settings.seal_mail)
    return Places.under(settings.var, reasons_in_both, seals)


def register_commands(app: Flask, settings: Settings) -> None:
    """Add every command to the application's ``flask`` command line."""

    def store() -> Engine:
        settings.var.mkdir(parents=True, exist_ok=True)
        engine = create_store(settings.store_url, settings.sealing())
        demand_current(engine, new=True)
        prepare(engine, settings.var)
        return engine

    for command in (
        _init(store, settings),
        _demo(store),
        _import(store, settings),
        _refresh(store, settings),
        _clock(store, settings),
        _scheduler(app, store, settings),
        _watch(store, settings),
        _check(store),
        doctor_command(settings),
        _close_month(store, settings),
        account_commands(store),
        token_commands(store),
        audit_commands(store, settings.var),
        persons_commands(store, settings),
        *backup_commands(app, store, settings),
    ):
        app.cli.add_command(command)


Store = Callable[[], Engine]


def _init(store: Store, settings: Settings) -> click.Command:
    @click.command("init")
    def init() -> None:
        """Create or upgrade the store and load regions, calendar, declared sources and the preset limits (on trial).

        Does nothing where that is done already. Example: flask init
        """
        from data_access.intake.reference import load_reference

        places = places_of(settings)
        with one_sentence():
            engine = store()
            for folder in (places.inbox.folder, places.sources, places.saved):
                folder.mkdir(parents=True, exist_ok=True)
            load_reference(engine, now=utc_now())
            with writing(engine) as connection:
                load_presets(connection, utc_now())
        click.echo(f"The store is ready. Drop files into {places.inbox.folder}, or use: flask import FILE")

    return init


def _demo(store: Store) -> click.Command:
    @click.command("demo")
    def demo() -> None:
        """Load the demonstration (simulated data of five systems) into the store.

        Example: flask demo
        """
        from demonstration_briefings import load_with_briefings

        with one_sentence(), terminal_progress() as progress:
            rows = load_with_briefings(store(), utc_now(), progress)
        click.echo(f"The demonstration is loaded: {rows:,} rows.")

    return demo


def _import(store: Store, settings: Settings) -> click.Command:
    @click.command("import")
    @click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--table", type=click.Choice(sorted(TABLES)), help="Target table; told from the headers without it.")
    @click.option("--source", help="Source code for rows that name none.")
    @click.option(
        "--accept-good-rows", is_flag=True, help="Take the good rows; without it one bad row refuses the file."
    )
    @click.option("--sheet", help="Which sheet of a workbook; the only one with rows without it.")
    @click.option("--correct", metavar="REASON", help="Let rows that differ take the place of those that stand.")
    @click.option(
        "--guess", is_flag=True, help="The files are no templates: show how each is understood; take nothing."
    )
    @click.option("--mapping", metavar="NAME", help="With --guess: as saved in var/mappings/NAME.yaml.")
    @click.option("--set", "constants", multiple=True, metavar="COLUMN=VALUE", help="With --guess: one value for all.")
    @click.option("--encoding", help="With --guess: of a text file whose bytes do not tell it, as big5 or cp932.")
    @click.option("--save", metavar="NAME", help="With --guess: keep what was said for tables of this kind.")
    @click.option("--explain", metavar="WHY", help="Take a table whose own totals do not add up, saying why.")
    @click.option("--take", is_flag=True, help="With --guess: take what was understood, if nothing must be asked.")
    def import_(
        files: tuple[Path, ...],
        table: str | None,
        source: str | None,
        accept_good_rows: bool,
        sheet: str | None,
        guess: bool,
        mapping: str | None,
        constants: tuple[str, ...],
        encoding: str | None,
        take: bool,
        save: str | None,
        explain: str | None,
        correct: str | None,
    ) -> None:
        """Import CSV, XLSX or Parquet FILES and publish them. Refused rows are listed; nothing of a refused file stays.

        A file that fails stops none of the others. Status 1 where one was refused or failed.

        Example: flask import collections-2026-10.csv --table ledger_entry
        """
        from data_access.intake.originals import ORIGINALS
        from data_access.intake.workbench.saved import FOLDER
        from monitoring.refresh import import_files

        meant = None
        if guess:
            with one_sentence():
                meant = mapping_of(settings.var, mapping, table, constants, encoding)
                offered = show_previews(store(), files, meant, sheet, settings.var / FOLDER)
                if save:
                    save_mapping(settings.var, save, meant, offered)
            if not take:
                return
        with one_sentence(), terminal_progress() as progress:
            engine = store()
            done = import_files(
                engine,
                files,
                target=table,
                source=source,
                accept_good_rows=accept_good_rows,
                reason=correct,
                sheet=sheet,
                mapping=meant,
                explanation=explain,
                saved=settings.var / FOLDER,
                originals=settings.var / ORIGINALS,
                wait_seconds=WAIT_SECONDS,
                clock=SteadyClock(engine, settings.var),
                progress=progress,
            )
        tell_imported(done, settings)
        if done.problems or any(result.state == "refused" for result in done.batches):
            sys.exit(1)

    return import_


def _refresh(store: Store, settings: Settings) -> click.Command:
    @click.command("refresh")
    @click.option("--full", is_flag=True, help="Rebuild every roll-up and indicator from the ledger.")
    def refresh_(full: bool) -> None:
        """Pull sources, import the drop folder, publish what is new. Says so when another process is doing it.

        Example: flask refresh --full
        """
        from monitoring.refresh import refresh

        with one_sentence(), terminal_progress() as progress:
            engine = store()
            clock = SteadyClock(engine, settings.var)
            done = refresh(engine, places_of(settings), full=full, clock=clock, progress=progress)
        for result in done.batches:
            tell_batch(result.origin, result, settings)
        tell_problems(done)
        tell(done)

    return refresh_


def _scheduler(server: Flask, store: Store, settings: Settings) -> click.Command:
    @click.command("scheduler")
    def scheduler() -> None:
        """Run the refresh clock as a process of its own, until interrupted. A second one is harmless.

        Example: POOLWATCH_REFRESH_CRON="*/5 * * * *" flask scheduler
        """
        from dashboard.pages.briefings.scheduled import SECONDS, drafting
        from monitoring.scheduler import Job, RefreshScheduler

        with one_sentence():
            log_as_set(settings)
            engine = store()
            steady = SteadyClock(engine, settings.var)
            clock = RefreshScheduler(
                engine,
                places_of(settings),
                cron=settings.refresh_cron,
                timezone=settings.timezone,
                channels=channels_on(settings),
                blocking=True,
                clock=steady,
            )
            clock.add(Job("briefings", SECONDS, drafting(server, engine, settings.province, steady)))
        click.echo(f"Refreshing by {settings.refresh_cron!r}; stop with Ctrl-C.")
        try:
            clock.start()
        except (KeyboardInterrupt, SystemExit):
            clock.shutdown()

    return scheduler


def _clock(store: Store, settings: Settings) -> click.Command:
    @click.command("clock")
    @click.option("--accept", metavar="REASON", help="Take the clock as it is for right, and say why.")
    def clock_(accept: str | None) -> None:
        """Tell whether the machine's clock can be right; nothing is written while it cannot. Status 1 when it cannot.

        Where the clock is right and what it is compared with is not, as after a jump that nobody saw, somebody answers for it.

        Example: flask clock --accept "the clock was three days ahead and is right again"
        """
        with one_sentence():
            engine = store()
            clock = SteadyClock(engine, settings.var)
            wrong = clock.trouble()
            if accept and wrong:
                clock.accept()
                with writing(engine) as connection:
                    audit.record(connection, by_command(), "accept_clock", str(wrong), {"reason": accept}, utc_now())
                wrong = clock.trouble()  # the database's clock still may say otherwise
        click.echo(
            str(wrong) if wrong else "The clock agrees with the machine's own count, the database and the last version."
        )
        if wrong:
            sys.exit(1)

    return clock_


def _watch(store: Store, settings: Settings) -> click.Command:
    @click.command("watch")
    def watch_() -> None:
        """Look whether the warnings are still judged; raises the system's own alert. Status 1 when they are not.

        For a timer outside the refresh clock, which may be what died. Example: flask watch
        """
        from monitoring.telling.watchman import watch
        from workflows.warnings.rhythm import Rhythm

        with one_sentence():
            rhythm = Rhythm(settings.refresh_cron, settings.timezone)
            engine = store()
            late = watch(engine, rhythm, channels_on(settings), clock=SteadyClock(engine, settings.var))
        click.echo("The warnings are not judged." if late else "The warnings are judged on time.")
        if late:
            sys.exit(1)

    return watch_


def _check(store: Store) -> click.Command:
    @click.command("check")
    def check() -> None:
        """Check every identity: balances, roll-ups, plans, books, versions, indicators, scores. Prints what differs.

        Status 1 where the store is at fault: departments' books are for people to clear. Names what runs out within 90 days.

        Example: flask check
        """
        compared, faults = 0, []
        with one_sentence(), reading(engine := store()) as connection:
            for outcome in run_checks(connection):
                compared += outcome.compared
                faults += [outcome.code] if outcome.at_fault else []
                state = "ok" if outcome.passed else f"{outcome.failed} differ"
                # That nothing differs is good news only where something was compared.
                state = state if outcome.compared else "nothing to compare"
                click.echo(f"{outcome.code:10} {outcome.compared:>10,} compared  {state}")
                for difference in outcome.differences:
                    click.echo(f"  {difference.where}: expected {difference.expected!r}, found {difference.found!r}")
            for one in load_expiries(connection, utc_now()):
                click.echo(f"runs out   {one.kind} {', '.join(one.schemes)}: nothing for {one.day} and later")
        with one_sentence(), writing(engine) as connection:
            told = {"compared": compared, "at_fault": faults}
            audit.record(connection, by_command(), audit.CHECKED, "store", told, utc_now())
        if faults:
            sys.exit(1)

    return check


def _close_month(store: Store, settings: Settings) -> click.Command:
    @click.command("close-month")
    @click.argument("scheme")
    @click.argument("month", metavar="YYYY-MM")
    @click.option("--signed-by", required=True, help="Name of the person who signs.")
    @click.option("--why", default="", help="Explains the points of the checklist that are not met.")
    def close_month_(scheme: str, month: str, signed_by: str, why: str) -> None:
        """Sign a month of a SCHEME as final at the version now published, with its checklist.

        A signature is never replaced; two people take it back on the page.

        Example: flask close-month jiangsu-pension 2026-10 --signed-by 李某某
        """
        try:
            number = int(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).strftime("%Y%m"))
        except ValueError:
            raise click.BadParameter("is not a month such as 2026-10", param_hint="YYYY-MM") from None
        with one_sentence():
            engine = store()
            now = SteadyClock(engine, settings.var)()
        with one_sentence(), writing(engine) as connection:
            version = current_version(connection)
            if version is None:
                raise click.ClickException("Nothing is published yet; use: flask refresh")
            points = load_checklist(connection, scheme, number, version.id, now)
            signed = sign(connection, scheme, number, version.id, points, why, By(by_command(), signed_by, "", now))
            told = {"scheme": scheme, "month": number, "version": version.id, "signed_by": signed_by}
            audit.record(connection, by_command(), "close_month", f"{scheme} {number}", told, now)
        click.echo(f"{month} of {signed.scheme} is final, signed by {signed.signed_by}.")

    return close_month_
