"""Tokens 接口令牌: how other systems are let in. A token is its account towards machines, and less: it has scopes, may be
bound to one source, and always expires. Only the digest of its secret is kept."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError

from data_access.intake.sources.status import every_source
from data_access.store import audit, schema
from data_access.store.engine import writing
from rules.errors import NotAllowed, PoolwatchError
from workflows.people.accounts import Account, usable_accounts
from workflows.people.rights import allowance

log = logging.getLogger(__name__)
TABLE = schema.api_token
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
PREFIX = "pwt_"  # by which a secret that got into a text is recognised
LONGEST = timedelta(days=400)
# How exactly the last use is known, so that reading costs no writing each time.
NOTED_EVERY = timedelta(minutes=5)
PUSHED = "ledger_entry"


class Scope(StrEnum):
    PUSH = "push"  # deliver ledger entries, ask what became of them
    FIGURES = "figures"  # read figures


class TokenRefused(PoolwatchError):
    """A token cannot be made or revoked as asked."""

    code = "token"


@dataclass(frozen=True, slots=True)
class Token:
    """One token, without its secret."""

    name: str
    login: str
    source: str | None
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


def _token(row: object) -> Token:
    values = {name: getattr(row, name) for name in Token.__slots__}
    return Token(**{**values, "scopes": frozenset(map(Scope, values["scopes"].split()))})


def new_token(
    connection: Connection,
    name: str,
    login: str,
    scopes: Collection[Scope],
    expires_at: datetime,
    *,
    by: str,
    now: datetime,
    source: str | None = None,
) -> str:
    """A new token's secret, which nobody is told again.

    Raises TokenRefused for a name that is taken or none, no scope, an end that is past or too far away, an account that may
    not sign in, or, where it is to push, may not deliver ledger entries, for this source.
    """
    if not NAME.fullmatch(name):
        raise TokenRefused(f"{name!r} is no name of a token: letters, digits, - _ . up to 64", name=name)
    if connection.execute(select(TABLE.c.id).where(TABLE.c.name == name)).first():
        raise TokenRefused(f"the name {name} is taken; a revoked token keeps its name", name=name)
    if not scopes:
        raise TokenRefused(f"a token needs a scope: {', '.join(Scope)}", name=name)
    if not now < expires_at <= now + LONGEST:
        raise TokenRefused(f"a token ends between now and {LONGEST.days} days from now", name=name)
    account = next((one for one in usable_accounts(connection, now) if one.login == login), None)
    if account is None:
        raise TokenRefused(f"no account {login} may sign in", name=name)
    _demand_delivery(connection, account, scopes, source)
    secret = PREFIX + secrets.token_urlsafe(32)
    ordered = " ".join(sorted(set(scopes)))
    row: dict[str, object] = {
        "name": name,
        "token_hash": _hash(secret),
        "login": login,
        "source": source,
        "scopes": ordered,
    }
    row |= {"created_at": now, "created_by": by, "expires_at": expires_at}
    connection.execute(insert(TABLE).values(row))
    told = {"login": login, "source": source, "scopes": ordered, "expires_at": expires_at.isoformat()}
    audit.record(connection, by, "token_new", name, told, now)
    return secret


def _demand_delivery(connection: Connection, account: Account, scopes: Collection[Scope], source: str | None) -> None:
    if Scope.PUSH not in scopes:
        if source is not None:
            raise TokenRefused("only a token that pushes is bound to a source", source=source)
        return
    try:
        allowed = allowance(account, PUSHED, every_source(connection))
    except NotAllowed as problem:
        raise TokenRefused(f"the account {account.login} delivers no ledger entries", login=account.login) from problem
    if source is not None and source not in allowed.values["source"]:
        raise TokenRefused(f"the account {account.login} does not deliver for the source {source}", source=source)


def revoke(connection: Connection, name: str, *, by: str, now: datetime) -> None:
    """End a token at once. Raises TokenRefused where there is none in force of that name."""
    standing = update(TABLE).where(TABLE.c.name == name, TABLE.c.revoked_at.is_(None))
    if not connection.execute(standing.values(revoked_at=now, revoked_by=by)).rowcount:
        raise TokenRefused(f"there is no token {name} that is not revoked", name=name)
    audit.record(connection, by, "token_revoke", name, {}, now)


def tokens(connection: Connection) -> tuple[Token, ...]:
    """Every token there ever was, by name."""
    return tuple(_token(row) for row in connection.execute(select(TABLE).order_by(TABLE.c.name)))


# Asked at every request, so made once.
_BY_HASH = select(TABLE).where(
    TABLE.c.token_hash == bindparam("token_hash"), TABLE.c.revoked_at.is_(None), TABLE.c.expires_at > bindparam("now")
)


def bearer(connection: Connection, secret: str, now: datetime) -> tuple[Token, Account] | None:
    """The token that a secret is, with its account; None where it is unknown, expired or revoked, or the account may no
    longer sign in."""
    row = connection.execute(_BY_HASH, {"token_hash": _hash(secret), "now": now}).first()
    if row is None:
        return None
    account = next((one for one in usable_accounts(connection, now) if one.login == row.login), None)
    return None if account is None else (_token(row), account)


def is_noted(token: Token, now: datetime) -> bool:
    """Whether what is kept of a token's last use is recent enough."""
    return token.last_used_at is not None and now - token.last_used_at < NOTED_EVERY


def note_use(engine: Engine, token: Token, address: str, now: datetime) -> None:
    """Keep that a token was used, from which address; the journal has its first use of each day (UTC). Where the store
    cannot be written to now, the next use is noted: those who only read need not wait."""
    try:
        with writing(engine) as connection:
            connection.execute(update(TABLE).where(TABLE.c.name == token.name).values(last_used_at=now))
            if token.last_used_at is None or token.last_used_at.date() != now.date():
                audit.record(connection, token.login, audit.TOKEN_USE, token.name, {"address": address}, now)
    except DBAPIError as problem:
        log.warning("the use of the token %s is not noted: %s", token.name, problem)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
