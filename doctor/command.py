"""``flask doctor``: every part looked at, one sentence a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from dashboard.exports.probe import environment
from data_access.store.clock import SteadyClock
from data_access.store.engine import create_store
from data_access.store.identity import recognise
from doctor.finding import Finding, fail, warn, well
from doctor.installation import (
    ROOT,
    disk_findings,
    disk_of,
    export_findings,
    file_findings,
    program_findings,
    settings_findings,
)
from doctor.store import clock_findings, size_of, store_findings
from rules.errors import StoreError
from settings import Settings
from workflows.warnings.rhythm import Rhythm

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor_command(settings: Settings) -> click.Command:
    @click.command("doctor")
    @click.option("--mail", is_flag=True, help="Connect to the mail server that is set, and sign in to it.")
    def doctor(mail: bool) -> None:
        """Look at settings, rights of files, packages, disk, exports, database, clock, refresh, backups and mail, and say in
        one sentence a line what is wrong and what to do. Changes nothing. Status 1 where something does not work.

        Example: flask doctor --mail
        """
        failed = False
        for found in findings(settings, mail=mail):
            failed |= found.state == "fail"
            click.echo(f"{click.style(f'{found.state:4}', fg=COLOURS[found.state])}  {found.part:9} {found.said}")
        if failed:
            sys.exit(1)

    return doctor


def findings(settings: Settings, *, mail: bool = False) -> Iterator[Finding]:
    """Everything that is looked at, in order."""
    engine = create_store(settings.store_url, settings.sealing())
    yield from settings_findings(settings)
    yield from file_findings(settings)
    yield from program_findings((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    yield from disk_findings(settings.var, *disk_of(settings.var), size_of(engine))
    yield from export_findings(environment(), settings.var)
    try:
        recognise(engine, settings.var)
    except StoreError as problem:
        yield fail("database", str(problem))
    else:
        rhythm = Rhythm(settings.refresh_cron, settings.timezone)
        yield from store_findings(engine, rhythm, datetime.now(UTC))
        yield from clock_findings(SteadyClock(engine, settings.var))
    yield from mail_findings(settings, connect=mail)


def mail_findings(settings: Settings, *, connect: bool) -> Iterator[Finding]:
    """Whether messages can leave by mail; nothing is asked of the server unless told to."""
    if not settings.mail_url:
        yield well("mail", "No mail is sent: POOLWATCH_MAIL_URL is empty.")
        return
    from monitoring.telling.channels import connected, mail_of

    server = mail_of(settings.mail_url, settings.mail_addresses)
    if not server.addresses:
        yield warn("mail", "Nobody is reached by mail: POOLWATCH_MAIL_ADDRESSES is empty.")
    if not connect:
        yield well("mail", f"Mail goes by {server.host}:{server.port}; flask doctor --mail tries it.")
        return
    try:
        with connected(server) as session:
            if server.user:
                session.login(server.user, server.password)
    except OSError as problem:
        yield fail(
            "mail",
            f"{server.host}:{server.port} cannot be used ({problem}): mend POOLWATCH_MAIL_URL, or ask who runs it.",
        )
    else:
        yield well("mail", f"{server.host}:{server.port} takes mail.")
