"""Commands of ``flask audit``: whether the record of who did what, and the store, are as the program left them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from data_access.books.versions import reading
from data_access.store import audit
from data_access.store.integrity.accepting import AUDIT, accept_as_found
from data_access.store.integrity.heads import NAME, faults_of_heads
from data_access.store.integrity.verifying import faults_of_tables
from terminal import one_sentence


def audit_commands(store: Callable[[], Engine], var: Path) -> click.Group:
    @click.group("audit")
    def audit_group() -> None:
        """The record of who did what."""

    @audit_group.command("verify")
    def verify() -> None:
        """Verify the seal of every day against the record and against seals.log, and the rows of the record against
        theirs. Names what was tampered with; status 1 if anything.

        Example: flask audit verify
        """
        with one_sentence(), reading(store()) as connection:
            differ, days = audit.broken_seals(connection), audit.sealed_days(connection)
            _compared, faults = faults_of_tables(connection, AUDIT)
            faults += faults_of_heads(connection, var / NAME)
        broken = [day for day in differ if not day.accepted]
        for day in differ:
            answered = ", and somebody answered for them" if day.accepted else ""
            click.echo(
                f"{day.day}: {day.sealed_rows} rows were sealed, {day.found_rows} are there and do not match{answered}."
            )
        for fault in faults:
            click.echo(f"{fault.where}: expected {fault.expected!r}, found {fault.found!r}")
        click.echo(f"{days} sealed days, {len(broken)} broken; {len(faults)} other faults.")
        if broken or faults:
            sys.exit(1)

    @audit_group.command("accept")
    @click.option("--by", required=True, help="Name of the person who answers for it.")
    @click.option("--reason", required=True, help="What happened, and why the rows as they are now are right.")
    def accept(by: str, reason: str) -> None:
        """Seal the rows as they are now, after a repair by hand or a restore, and add to seals.log what the store says now.
        What differed stays on record; a day whose rows are not those that were sealed is named by flask audit verify as it is.

        Example: flask audit accept --by 李某某 --reason "restored from the backup of 2026-11-20"
        """
        with one_sentence():
            accepted = accept_as_found(store(), var / NAME, by, reason, datetime.now(UTC))
        click.echo(f"{accepted} differences are on record and sealed as they are.")

    return audit_group
