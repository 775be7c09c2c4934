"""``flask account``: accounts from the command line, each deed on record as the system's user who did it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime

import click
from sqlalchemy import Engine

from data_access.books.versions import reading
from data_access.store.engine import writing
from rules.department import Department
from terminal import by_command, one_sentence
from workflows.people import administration, passwords
from workflows.people.accounts import Role, now_utc

DAY = click.DateTime(["%Y-%m-%d"])
ONE_TIME = "Make a password and show it once; it must be changed at the first sign-in."


def account_commands(store: Callable[[], Engine]) -> click.Group:
    """The group of commands, on a store that is opened when one runs."""

    @click.group("account")
    def account() -> None:
        """Accounts: create, list, disable, enable, reset a password or a second factor."""

    for command in (_create(store), _list(store), _reset(store), *_of_one(store)):
        account.add_command(command)
    return account


def _create(store: Callable[[], Engine]) -> click.Command:
    @click.command("create")
    @click.argument("login")
    @click.option("--name", required=True, help="The person's name.")
    @click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
    @click.option("--region", required=True, help="Top region the account may see.")
    @click.option("--department", type=click.Choice([*Department]), help="Where it is another than the role's own.")
    @click.option("--from", "valid_from", type=DAY, metavar="YYYY-MM-DD", help="First day on which it may sign in.")
    @click.option("--until", "valid_to", type=DAY, metavar="YYYY-MM-DD", help="Last day; an auditor needs one.")
    @click.option("--one-time", is_flag=True, help=ONE_TIME)
    def create(
        login: str,
        name: str,
        role: str,
        region: str,
        department: str | None,
        valid_from: datetime | None,
        valid_to: datetime | None,
        one_time: bool,
    ) -> None:
        """Create an account. The password is asked for, or read from standard input; never given on the command line.

        Example: flask account create zhang --name 张某某 --role monitor --region 320000
        """
        with one_sentence():
            given, digest = _password(login, name, one_time=one_time)
            with writing(store()) as connection:
                administration.create(
                    connection,
                    login=login,
                    name=name,
                    role=Role(role),
                    region=region,
                    department=Department(department) if department else None,
                    valid_from=_day(valid_from),
                    valid_to=_day(valid_to),
                    digest=digest,
                    own=not one_time,
                    by=by_command(),
                    now=now_utc(),
                )
        click.echo(f"The account {login} is ready.")
        _tell(given)

    return create


def _list(store: Callable[[], Engine]) -> click.Command:
    @click.command("list")
    def list_() -> None:
        """Every account with role, region, state and last sign-in. Example: flask account list"""
        with one_sentence(), reading(store()) as connection:
            found = administration.list_accounts(connection, now_utc())
        for one in found:
            state = "disabled" if one.disabled_at else "open" if one.usable else "outside its days"
            until = f"until {one.valid_to}" if one.valid_to else "without a last day"
            factor = "second factor" if one.second_factor else "password only"
            last = f"{one.signed_in_at:%Y-%m-%d %H:%M} UTC" if one.signed_in_at else "never"
            who = f"{one.account.login}  {one.account.name}  {one.account.role}  {one.account.region}"
            click.echo(f"{who}  {state}, {until}  {factor}  signed in {last}")
        if not found:
            click.echo("There are no accounts.")

    return list_


def _reset(store: Callable[[], Engine]) -> click.Command:
    @click.command("reset")
    @click.argument("login")
    @click.option("--one-time", is_flag=True, help=ONE_TIME)
    def reset(login: str, one_time: bool) -> None:
        """Set a new password, asked for or read from standard input, and end the account's sessions.

        Example: flask account reset zhang --one-time
        """
        with one_sentence():
            given, digest = _password(login, "", one_time=one_time)
            with writing(store()) as connection:
                administration.reset_password(
                    connection, login, digest, own=not one_time, by=by_command(), now=now_utc()
                )
        click.echo(f"The account {login} has a new password.")
        _tell(given)

    return reset


def _of_one(store: Callable[[], Engine]) -> list[click.Command]:
    """The commands that need nothing but a login."""

    @click.command("disable")
    @click.argument("login")
    def disable(login: str) -> None:
        """End an account's sign-in and sessions. Example: flask account disable zhang"""
        with one_sentence(), writing(store()) as connection:
            administration.disable(connection, login, by=by_command(), now=now_utc())
        click.echo(f"The account {login} is disabled.")

    @click.command("enable")
    @click.argument("login")
    def enable(login: str) -> None:
        """Open sign-in again. Example: flask account enable zhang"""
        with one_sentence(), writing(store()) as connection:
            administration.enable(connection, login, by=by_command(), now=now_utc())
        click.echo(f"The account {login} may sign in again.")

    @click.command("reset-factor")
    @click.argument("login")
    def reset_factor(login: str) -> None:
        """Take a lost second factor away and end the account's sessions. Example: flask account reset-factor zhang"""
        with one_sentence(), writing(store()) as connection:
            administration.reset_second_factor(connection, login, by=by_command(), now=now_utc())
        click.echo(f"The account {login} has no second factor any more.")

    return [disable, enable, reset_factor]


def _password(login: str, name: str, *, one_time: bool) -> tuple[str, str]:
    """A made password that is to be shown, "" where it was asked for; and its digest."""
    if one_time:
        return passwords.one_time()
    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    return "", passwords.new_digest(password, login, name)


def _tell(given: str) -> None:
    if given:
        days = administration.ONE_TIME_LASTS.days
        click.echo(f"Its password is shown this once, opens for {days} days and must be changed at the first sign-in:")
        click.echo(given)


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()
