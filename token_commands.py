"""``flask token``: letting other systems in by the API, and out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import click
from sqlalchemy import Engine

from data_access.books.versions import reading
from data_access.store.engine import writing
from rules.month import SHANGHAI
from terminal import by_command, one_sentence
from workflows.people.accounts import now_utc
from workflows.people.tokens import Scope, new_token, revoke, tokens


def token_commands(store: Callable[[], Engine]) -> click.Group:
    """The group of commands, on a store that is opened when one runs."""

    @click.group("token")
    def token() -> None:
        """Tokens of the API: make, list, revoke."""

    @token.command("new")
    @click.argument("name")
    @click.option("--account", required=True, help="Login of the account whose role and region it has.")
    @click.option(
        "--scope",
        "scopes",
        required=True,
        multiple=True,
        type=click.Choice([one.value for one in Scope]),
        help="Repeat for several.",
    )
    @click.option("--source", help="The only source it delivers for; rows then need not name it.")
    @click.option("--until", required=True, metavar="YYYY-MM-DD", help="Last day on which it works.")
    def new(name: str, account: str, scopes: tuple[str, ...], source: str | None, until: str) -> None:
        """Make a token and show its secret, once. The system behind NAME sends it as Authorization: Bearer SECRET.

        Example: flask token new tax-core --account tax --scope push --source jiangsu-pension-tax --until 2027-06-30
        """
        try:
            last = datetime.strptime(until, "%Y-%m-%d").replace(tzinfo=SHANGHAI)
        except ValueError:
            raise click.BadParameter("is not a day such as 2027-06-30", param_hint="--until") from None
        ends = datetime.combine(last.date() + timedelta(days=1), time(), SHANGHAI)
        with one_sentence(), writing(store()) as connection:
            secret = new_token(
                connection,
                name,
                account,
                [Scope(one) for one in scopes],
                ends,
                by=by_command(),
                now=now_utc(),
                source=source,
            )
        click.echo(f"The token {name} works until {until}. Its secret is shown this once:")
        click.echo(secret)

    @token.command("list")
    def list_() -> None:
        """Every token with its account, what it may, when it ends and was last used. Example: flask token list"""
        with one_sentence(), reading(store()) as connection:
            found, now = tokens(connection), now_utc()
        for one in found:
            ended = one.revoked_at or (one.expires_at if one.expires_at <= now else None)
            state = f"ended {ended:%Y-%m-%d}" if ended else f"until {one.expires_at:%Y-%m-%d %H:%M} UTC"
            used = f"{one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "never"
            scopes, source = ", ".join(sorted(one.scopes)), one.source or "any source of its account"
            click.echo(f"{one.name}  {one.login}  {scopes}  {source}  {state}  last used {used}")
        if not found:
            click.echo("There are no tokens.")

    @token.command("revoke")
    @click.argument("name")
    def revoke_(name: str) -> None:
        """End a token at once. Example: flask token revoke tax-core"""
        with one_sentence(), writing(store()) as connection:
            revoke(connection, name, by=by_command(), now=now_utc())
        click.echo(f"The token {name} is revoked.")

    return token
