"""What the security administrator does with accounts: each deed with its row in the audit, in the caller's transaction.

``by`` is the login of who does it, or the system's user where it is done by command. Nobody changes the account they sign
in with: role, region and days are given by another person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select, update

from data_access.store import audit, schema
from rules.department import Department
from workflows.people import accounts, second_factor, sessions
from workflows.people.accounts import Account, AccountError, Role, account_of, day_of, usable_on

# How long a password that was given to somebody opens.
ONE_TIME_LASTS = timedelta(days=3)
TABLE, SESSION, TOKEN = schema.account, schema.session, schema.api_token


@dataclass(frozen=True, slots=True)
class Listed:
    """One account as its administrator sees it. ``usable``: may sign in now; ``waits``: its password was given and is to be
    changed; ``single_sign_on``: it was recognised by that once; ``signed_in_at`` None: never."""

    account: Account
    usable: bool
    valid_from: date | None
    valid_to: date | None
    disabled_at: datetime | None
    signed_in_at: datetime | None
    has_password: bool
    waits: bool
    second_factor: bool
    single_sign_on: bool
    sessions: int
    tokens: int


def list_accounts(connection: Connection, now: datetime) -> tuple[Listed, ...]:
    """Every account, by login; sessions that are not over, tokens that are in force."""
    open_sessions = select(func.count()).where(SESSION.c.login == TABLE.c.login, SESSION.c.expires_at > now)
    standing = TOKEN.c.revoked_at.is_(None) & (TOKEN.c.expires_at > now)
    in_force = select(func.count()).where(TOKEN.c.login == TABLE.c.login, standing)
    rows = connection.execute(
        select(
            TABLE,
            usable_on(day_of(now)).label("usable"),
            open_sessions.scalar_subquery().label("sessions"),
            in_force.scalar_subquery().label("tokens"),
        ).order_by(TABLE.c.login)
    )
    return tuple(
        Listed(
            account_of(row),
            bool(row.usable),
            row.valid_from,
            row.valid_to,
            row.disabled_at,
            row.signed_in_at,
            row.password_hash is not None,
            row.one_time_until is not None,
            row.totp_confirmed_at is not None,
            row.subject is not None,
            row.sessions,
            row.tokens,
        )
        for row in rows
    )


def create(
    connection: Connection,
    *,
    login: str,
    name: str,
    role: Role,
    region: str,
    department: Department | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    digest: str,
    own: bool = False,
    by: str,
    now: datetime,
) -> Account:
    """A new account with a password that was given to its person and must be changed, or their ``own``.

    ``digest``: see ``passwords.one_time`` and ``passwords.new_digest``, made before the transaction. Raises AccountError.
    """
    made = accounts.create_account(
        connection,
        login=login,
        name=name,
        role=role,
        region=region,
        department=department,
        valid_from=valid_from,
        valid_to=valid_to,
        digest=digest,
        one_time_until=None if own else now + ONE_TIME_LASTS,
    )
    told = _told(name=name, role=role, region=region, department=department, valid_from=valid_from, valid_to=valid_to)
    _record(connection, by, "created", login, told, now)
    return made


def change(
    connection: Connection,
    login: str,
    *,
    name: str,
    role: Role,
    region: str,
    department: Department | None,
    valid_from: date | None,
    valid_to: date | None,
    by: str,
    now: datetime,
) -> None:
    """Another name, role, region, department, first or last day. Its sessions end where what it may changes.

    Raises AccountError for one's own account, an unknown one, the last security administrator who may sign in, or what
    :func:`accounts.demand_sound` refuses.
    """
    _demand_other(login, by)
    row = connection.execute(select(TABLE).where(TABLE.c.login == login)).first()
    if row is None:
        raise AccountError(f"there is no account {login}", "unknown", login=login)
    accounts.demand_sound(connection, role, region, valid_from, valid_to, demo=row.demo)
    if role is not Role.SECURITY_ADMIN:
        _demand_administrator_left(connection, login, now)
    before = _told(
        name=row.name,
        role=row.role,
        region=row.region,
        department=row.department,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
    after = _told(name=name, role=role, region=region, department=department, valid_from=valid_from, valid_to=valid_to)
    changed = {
        key: {"was": before.get(key), "is": after.get(key)} for key in after if before.get(key) != after.get(key)
    }
    if not changed:
        return
    accounts.change(
        connection,
        login,
        name=name,
        role=role.value,
        region=region,
        department=department,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    if changed.keys() - {"name"}:
        sessions.end_sessions(connection, login)
    _record(connection, by, "changed", login, changed, now)


def disable(connection: Connection, login: str, *, by: str, now: datetime) -> None:
    """No more sign-in; sessions end, tokens stop with it. Raises AccountError for one's own account, an unknown one, the
    last security administrator who may sign in."""
    _demand_other(login, by)
    _demand_administrator_left(connection, login, now)
    accounts.disable_account(connection, login, now)
    _record(connection, by, "disabled", login, {}, now)


def enable(connection: Connection, login: str, *, by: str, now: datetime) -> None:
    """Sign-in is open again. Raises AccountError for one's own or an unknown account."""
    _demand_other(login, by)
    accounts.change(connection, login, disabled_at=None)
    _record(connection, by, "enabled", login, {}, now)


def reset_password(
    connection: Connection, login: str, digest: str, *, own: bool = False, by: str, now: datetime
) -> None:
    """A password that was given to its person and must be changed, or their ``own``; sessions end.

    Raises AccountError for an unknown account, or one's own: that is changed by the password that stands.
    """
    _demand_other(login, by)
    until = None if own else now + ONE_TIME_LASTS
    accounts.change(connection, login, password_hash=digest, one_time_until=until)
    sessions.end_sessions(connection, login)
    _record(connection, by, "password_reset", login, {} if until is None else {"until": until.isoformat()}, now)


def end_sessions(connection: Connection, login: str, *, by: str, now: datetime) -> int:
    """End every session of an account; returns how many."""
    ended = sessions.end_sessions(connection, login)
    _record(connection, by, "sessions_ended", login, {"ended_sessions": ended}, now)
    return ended


def end_session(connection: Connection, login: str, handle: str, *, by: str, now: datetime) -> None:
    """End one session of an account, by its handle; where it ended meanwhile nothing is left to do."""
    if sessions.end_session(connection, login, handle):
        _record(connection, by, "sessions_ended", login, {"ended_sessions": 1}, now)


def reset_second_factor(connection: Connection, login: str, *, by: str, now: datetime) -> None:
    """Take a lost second factor and its recovery codes away; sessions end. Raises AccountError where there is none, or
    for one's own account."""
    _demand_other(login, by)
    if not second_factor.remove(connection, login):
        raise AccountError(f"{login} has no second factor", "no_factor", login=login)
    sessions.end_sessions(connection, login)
    _record(connection, by, "factor_reset", login, {}, now)


def revoke_tokens(connection: Connection, login: str, *, by: str, now: datetime) -> int:
    """End every token of an account at once; returns how many."""
    standing = (TOKEN.c.login == login) & TOKEN.c.revoked_at.is_(None) & (TOKEN.c.expires_at > now)
    ended = connection.execute(update(TOKEN).where(standing).values(revoked_at=now, revoked_by=by)).rowcount
    _record(connection, by, "tokens_revoked", login, {"tokens": ended}, now)
    return ended


def second_factor_roles(connection: Connection) -> frozenset[Role]:
    """The roles that need a second factor."""
    return second_factor.demanded(connection)


def demand_second_factor(connection: Connection, roles: Collection[Role], *, by: str, now: datetime) -> None:
    """From now on these roles need a second factor, and no others: see :func:`second_factor.demand`."""
    before = second_factor.demanded(connection)
    second_factor.demand(connection, roles)
    told = {"was": sorted(before), "is": sorted(set(roles))}
    _record(connection, by, "factor_policy", "", told, now)


def _demand_other(login: str, by: str) -> None:
    if login == by:
        raise AccountError("nobody changes the account they sign in with", "own", login=login)


def _demand_administrator_left(connection: Connection, login: str, now: datetime) -> None:
    """Raises AccountError where nobody but this account administers accounts."""
    role = (TABLE.c.role == Role.SECURITY_ADMIN.value) & usable_on(day_of(now))
    left = set(connection.execute(select(TABLE.c.login).where(role)).scalars())
    if left == {login}:
        raise AccountError("the last security administrator stays", "last", login=login)


def _told(**values: object) -> dict[str, object]:
    """An account's values as the audit keeps them, in plain JSON."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def _record(
    connection: Connection, by: str, action: str, login: str, details: Mapping[str, object], now: datetime
) -> None:
    audit.record(connection, by, audit.ACCOUNT + action, login, details, now)
