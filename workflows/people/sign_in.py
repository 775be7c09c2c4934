"""Signing in 登录, step by step: password, second factor, a password of one's own, setting a second factor up.

Whatever is wrong, the answer is the same after the same work, so that logins cannot be guessed. Passwords are checked
outside transactions. Each sign-in, each failed one and each end of a session by its person is on record; of a failed one
only a login that exists, because people type passwords where logins belong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, or_, select

from data_access.books.versions import reading
from data_access.store import audit, schema
from data_access.store.engine import writing
from rules.errors import NotAllowed, PoolwatchError
from workflows.people import passwords, second_factor, sessions
from workflows.people.accounts import LOGIN, Role, change, day_of, usable_on
from workflows.people.attempts import Visit, charge, forgive
from workflows.people.sessions import Session, Stage

ACCOUNT = schema.account
HERE = Visit()
NOBODY = ""


class WrongPassword(PoolwatchError):
    """The password that stands was not given."""

    code = "password_wrong"


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who was let in: the session's token, and what is still asked before it opens anything."""

    token: str
    login: str
    role: Role
    stage: Stage


def sign_in(engine: Engine, login: str, password: str, now: datetime, visit: Visit = HERE) -> Admitted:
    """A session, for who gives the password. Raises NotAllowed for every cause alike, TooManyAttempts, Busy."""
    charge(engine, login, visit, now)
    with reading(engine) as connection:
        row = _account(connection, login)
    digest = None if row is None else row.password_hash
    right = passwords.matches(digest, password)
    renewed = passwords.renewed(digest, password) if right and digest else None
    with writing(engine) as connection:
        row = _account(connection, login)
        why = _why_not(connection, row, digest if right else None, now)
        if row is not None and not why:
            if renewed:
                change(connection, login, password_hash=renewed)
            return _enter(connection, row, _first_stage(connection, row), visit, now, "password")
        _failed(connection, NOBODY if row is None else login, why, visit, now)
    raise NotAllowed("login or password is wrong", login=login)


def sign_in_demo(engine: Engine, who: str, now: datetime, visit: Visit = HERE) -> Admitted:
    """A session of a demonstration account, without a password. ``who``: its login, or the role whose first one it is.
    Raises NotAllowed when there is none."""
    with writing(engine) as connection:
        standing = ACCOUNT.c.demo & usable_on(day_of(now))
        row = connection.execute(
            select(ACCOUNT)
            .where(or_(ACCOUNT.c.role == who, ACCOUNT.c.login == who), standing)
            .order_by(ACCOUNT.c.login)
        ).first()
        if row is None:
            raise NotAllowed("there is no such demonstration account", role=who)
        return _enter(connection, row, Stage.OPEN, visit, now, "demonstration")


def answer_code(engine: Engine, code: str, site_key: str, now: datetime, visit: Visit) -> Admitted:
    """The next step of the session that ``visit`` has, for who gives a code of the second factor or a recovery code.

    Raises NotAllowed for a wrong code or a session that waits for none, TooManyAttempts, FactorRefused.
    """
    login = _asked(engine, visit, Stage.CODE, now).account.login
    charge(engine, login, visit, now)
    with writing(engine) as connection:
        row = _demand_account(connection, login, now)
        found = second_factor.opens(connection, login, code, site_key, now)
        if found:
            return _enter(connection, row, _next_stage(connection, row), visit, now, f"password and {found}")
        _failed(connection, login, "code", visit, now)
    raise NotAllowed("the code is wrong or was used", login=login)


def give_password(engine: Engine, password: str, now: datetime, visit: Visit) -> Admitted:
    """The next step of the session that ``visit`` has, with a password of one's own.

    Raises NotAllowed for a session that is not asked for one, PasswordLength, PasswordGuessable, PasswordSame, Busy.
    """
    account = _asked(engine, visit, Stage.PASSWORD, now).account
    with reading(engine) as connection:
        row = _demand_account(connection, account.login, now)
    if passwords.matches(row.password_hash, password):
        raise passwords.PasswordGuessable("the new password is the one that was given")
    digest = passwords.new_digest(password, account.login, account.name)
    with writing(engine) as connection:
        set_password(connection, account.login, digest, now, but=visit.token)
        row = _demand_account(connection, account.login, now)
        return _enter(connection, row, _next_stage(connection, row), visit, now, "password")


def set_up_factor(
    engine: Engine, code: str, site_key: str, now: datetime, visit: Visit
) -> tuple[Admitted, tuple[str, ...]]:
    """The next step of the session that ``visit`` has, once a set-up is proven by a code; with the recovery codes.

    Raises NotAllowed for a session that is not asked for one, FactorRefused for a wrong code, TooManyAttempts.
    """
    login = _asked(engine, visit, Stage.FACTOR, now).account.login
    charge(engine, login, visit, now)
    with writing(engine) as connection:
        row = _demand_account(connection, login, now)
        codes = second_factor.confirm(connection, login, code, site_key, now)
        audit.record(connection, login, f"{audit.ACCOUNT}factor_set_up", login, {}, now)
        return _enter(connection, row, Stage.OPEN, visit, now, "password and totp"), codes


def sign_out(engine: Engine, token: str, now: datetime) -> None:
    """The session ends; an unknown token is nothing to end."""
    with writing(engine) as connection:
        login = sessions.end(connection, token)
        if login is not None:
            audit.record(connection, login, f"{audit.ACCOUNT}sign_out", login, {}, now)


def prove(engine: Engine, login: str, password: str, now: datetime, visit: Visit) -> None:
    """That it is the person of the account who asks, by the password. Raises WrongPassword, TooManyAttempts, Busy."""
    charge(engine, login, visit, now)
    with reading(engine) as connection:
        row = _account(connection, login)
    right = passwords.matches(None if row is None else row.password_hash, password)
    with writing(engine) as connection:
        if right:
            forgive(connection, login, visit)
            return
        _failed(connection, login, "proof", visit, now)
    raise WrongPassword("the password is wrong", login=login)


def set_password(connection: Connection, login: str, digest: str, now: datetime, *, but: str = "") -> None:
    """A password of one's own: every session of the account but that of a token ends."""
    change(connection, login, password_hash=digest, one_time_until=None)
    ended = sessions.end_sessions(connection, login, but)
    audit.record(connection, login, f"{audit.ACCOUNT}password", login, {"ended_sessions": ended}, now)


def enter_trusted(connection: Connection, login: str, visit: Visit, now: datetime, by: str) -> Admitted:
    """A session for who was recognised elsewhere, as by single sign-on, which asks for its own second factor. Raises
    NotAllowed where the account may not sign in."""
    return _enter(connection, _demand_account(connection, login, now), Stage.OPEN, visit, now, by)


def _enter(connection: Connection, row: Row[Any], stage: Stage, visit: Visit, now: datetime, by: str) -> Admitted:
    """A session at a stage. Until the code is given, the attempts before it stay counted: else who knows the password
    could guess codes for ever."""
    if stage is not Stage.CODE:
        forgive(connection, row.login, visit)
    if stage is Stage.OPEN:
        change(connection, row.login, signed_in_at=now)
        told = {"by": by, "address": visit.address}
        audit.record(connection, row.login, f"{audit.ACCOUNT}sign_in", row.login, told, now)
    token = sessions.open_session(connection, row.login, stage, visit, now)
    return Admitted(token, row.login, Role(row.role), stage)


def _first_stage(connection: Connection, row: Row[Any]) -> Stage:
    return Stage.CODE if row.totp_confirmed_at is not None else _next_stage(connection, row)


def _next_stage(connection: Connection, row: Row[Any]) -> Stage:
    """What is asked once the second factor was, if there is one."""
    if row.one_time_until is not None:
        return Stage.PASSWORD
    missing = row.totp_confirmed_at is None and Role(row.role) in second_factor.demanded(connection)
    return Stage.FACTOR if missing else Stage.OPEN


def _why_not(connection: Connection, row: Row[Any] | None, checked: str | None, now: datetime) -> str:
    """Why somebody is not let in, for the record; "" where nothing stands against it. ``checked``: the digest that the
    password was found to match."""
    if row is None:
        return "unknown"
    if checked is None or row.password_hash != checked:
        return "password"
    if not connection.execute(
        select(ACCOUNT.c.login).where(ACCOUNT.c.login == row.login, usable_on(day_of(now)))
    ).first():
        return "closed"
    return "expired" if row.one_time_until is not None and row.one_time_until <= now else ""


def _failed(connection: Connection, login: str, why: str, visit: Visit, now: datetime) -> None:
    told = {"why": why, "address": visit.address}
    audit.record(connection, NOBODY, f"{audit.ACCOUNT}sign_in_failed", login, told, now)


def _account(connection: Connection, login: str) -> Row[Any] | None:
    if not LOGIN.fullmatch(login):  # what is none may hold what no database takes
        return None
    return connection.execute(select(ACCOUNT).where(ACCOUNT.c.login == login)).first()


def _demand_account(connection: Connection, login: str, now: datetime) -> Row[Any]:
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.login == login, usable_on(day_of(now)))).first()
    if row is None:
        raise NotAllowed("the account may not sign in", login=login)
    return row


def _asked(engine: Engine, visit: Visit, stage: Stage, now: datetime) -> Session:
    """The session that is asked for a step. Raises NotAllowed where there is none."""
    with reading(engine) as connection:
        session = sessions.session_of(connection, visit.token, now, sessions.LASTS, staged=True)
    if session is None or session.stage is not stage:
        raise NotAllowed(f"no sign-in waits for {stage.value}")
    return session


def has_password(connection: Connection, login: str) -> bool:
    """Whether an account signs in by a password of its own."""
    row = _account(connection, login)
    return row is not None and row.password_hash is not None
