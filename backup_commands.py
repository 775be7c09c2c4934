"""``flask backup``, ``flask restore`` and ``flask upgrade``: one archive of the store and what belongs to it, and back."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import Engine

from dashboard.self_test import open_pages
from dashboard.site.page import SITE
from data_access.backup import restoring, taking, upgrading
from data_access.store.engine import create_store
from data_access.store.integrity.keys import name_of
from rules.month import SHANGHAI
from settings import Settings
from terminal import by_command, one_sentence

BY = "Name of the person who answers for a store that is not as it was sealed."
REASON = "Why it is right as it is, such as: restored after the loss of the disk."
ARCHIVE = click.Path(exists=True, dir_okay=False, path_type=Path)


def program() -> str:
    """The release of this program."""
    said = tomllib.loads((Path(__file__).parent / "pyproject.toml").read_text(encoding="utf-8"))
    return str(said["project"]["version"])


def backup_commands(app: Flask, store: Callable[[], Engine], settings: Settings) -> tuple[click.Command, ...]:
    """The commands, on a store that is opened when one runs."""
    return _backup(store, settings), _restore(settings), _upgrade(app, settings)


def _backup(store: Callable[[], Engine], settings: Settings) -> click.Command:
    @click.command("backup")
    @click.argument("target", required=False, type=click.Path(path_type=Path))
    @click.option(
        "--with-keys", is_flag=True, help="Put the keys under POOLWATCH_VAR in: who has the archive has them."
    )
    @click.option(
        "--keep", type=click.IntRange(1), help="Delete older backups of this store there, so that so many stay."
    )
    def backup(target: Path | None, with_keys: bool, keep: int | None) -> None:
        """Back up the store and its files into one archive, while the site runs. TARGET is a file, or a folder; without
        it, var/backups/. The archive is read back before it gets its name.

        Example: flask backup /srv/backups/ --keep 14
        """
        now = datetime.now(UTC)
        with one_sentence():
            engine = store()
            made = taking.back_up(
                engine, settings.var, target, now,
                program=program(), secret_key=name_of(settings.secret().encode()), keys=with_keys, keep=keep,
            )  # fmt: skip
            taking.record(engine, made, by_command(), datetime.now(UTC))
        tell_made(made)

    return backup


def tell_made(made: taking.Made) -> None:
    held = made.manifest.held
    click.echo(
        f"{made.path}: {made.bytes / 1e6:,.1f} MB, {sum(held.rows.values()):,} rows in {len(held.rows)} tables, data version "
        f"{held.data_version or 'none'}, {len(made.manifest.parts) - 1} files; read back whole."
    )
    click.echo(f"SHA-256 {made.sha256}")
    names = {part.name.rpartition("/")[2] for part in made.manifest.parts}
    if names & {*taking.KEYS}:
        click.echo("The keys are in it: keep it as carefully as them.")
    else:
        click.echo(f"The keys ({', '.join(taking.KEYS)}) are not in it: keep them elsewhere, a restore needs them.")
    for path in made.deleted:
        click.echo(f"Deleted: {path.name}")


def _restore(settings: Settings) -> click.Command:
    @click.command("restore")
    @click.argument("archive", type=ARCHIVE)
    @click.option("--replace", is_flag=True, help="Where there are data, move them aside and keep them.")
    @click.option("--by", help=BY)
    @click.option("--reason", help=REASON)
    def restore(archive: Path, replace: bool, by: str | None, reason: str | None) -> None:
        """Restore an ARCHIVE of flask backup into an empty store, or with --replace in the place of the one there. Site and clock
        must stand still. It is verified by its digests, every identity and the seals; what fails changes nothing.

        Example: flask restore var/backups/poolwatch-20261128-010000.tar --replace --by 李某某 --reason "disk lost"
        """
        answer = _answer(by, reason)
        with one_sentence():
            done = restoring.restore(
                create_store(settings.store_url, settings.sealing()), settings.var, archive, datetime.now(UTC),
                keys=restoring.Keys(settings.sealing(), bool(settings.seal_key)),
                by=by_command(), replace=replace, answer=answer,
            )  # fmt: skip
        _tell_restored(done, settings)

    return restore


def _tell_restored(done: restoring.Restored, settings: Settings) -> None:
    held = done.manifest.held
    made = done.manifest.made_at.astimezone(SHANGHAI)
    as_of = "nothing published"
    if held.as_of:
        as_of = f"as of {datetime.fromisoformat(held.as_of).replace(tzinfo=UTC).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    click.echo(
        f"Restored as it stood on {made:%Y-%m-%d %H:%M:%S}: data version {held.data_version or 'none'}, {as_of}; {done.rows:,} rows, "
        f"{done.files} files. Digests, identities and seals were verified."
    )
    if done.migrated_from:
        click.echo(f"Its schema was brought from revision {done.migrated_from} to the current one.")
    for fault in done.accepted[: restoring.NAMED]:
        click.echo(f"On record: {fault}")
    if done.store_before:
        click.echo(f"The store that was there is kept: {done.store_before}")
    if done.files_before:
        click.echo(f"Files that had to make way are kept: {done.files_before}")
    if done.manifest.secret_key != name_of(settings.secret().encode()):
        click.echo("The session key is another one: second factors must be set up anew, or its secret_key be put back.")
    click.echo("Accounts and tokens are as they were then: end those again that were ended since. Then: flask refresh")


def _upgrade(app: Flask, settings: Settings) -> click.Command:
    @click.command("upgrade")
    @click.option("--by", help=BY)
    @click.option("--reason", help=REASON)
    def upgrade(by: str | None, reason: str | None) -> None:
        """Bring the store to the schema of this program: check it, back it up, migrate it, test it by every identity, the seals and
        the pages. What fails is taken back by itself, with status 1. Site and clock must stand still.

        Example: flask upgrade
        """
        with one_sentence():
            upgrading.upgrade(
                upgrading.Upgrade(
                    engine=app.extensions[SITE].engine,
                    var=settings.var,
                    program=program(),
                    by=by_command(),
                    tell=click.echo,
                    open_pages=lambda: open_pages(app),
                    clock=lambda: datetime.now(UTC),
                    secret_key=name_of(settings.secret().encode()),
                    answer=_answer(by, reason),
                )
            )

    return upgrade


def _answer(by: str | None, reason: str | None) -> restoring.Answer | None:
    if bool(by) != bool(reason):
        raise click.UsageError("--by and --reason belong together")
    return restoring.Answer(by, reason) if by and reason else None
