"""Accounts (用户) and sessions: who may sign in, and who is signed in. What they may see is decided elsewhere."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from werkzeug.security import check_password_hash, generate_password_hash

from data_access.books.regions import NATION
from data_access.store import schema
from data_access.store.engine import writing
from rules.department import Department
from rules.errors import NotAllowed, PoolwatchError

SESSION_LASTS = timedelta(hours=12)
SHORTEST_PASSWORD = 12


class Role(StrEnum):
    LEADER = "leader"  # 领导
    MONITOR = "monitor"  # 省级监测岗
    ASSESSOR = "assessor"  # 考核岗
    FINANCE = "finance"  # 财政
    TAX = "tax"  # 税务
    TREASURY = "treasury"  # 国库
    AGENCY = "agency"  # 经办
    CITY = "city"  # 市县用户
    WRITER = "writer"  # 文书
    AUDITOR = "auditor"  # 审计
    SYSTEM_ADMIN = "system_admin"  # 系统管理员
    SECURITY_ADMIN = "security_admin"  # 安全管理员
    AUDIT_ADMIN = "audit_admin"  # 审计管理员


@dataclass(frozen=True, slots=True)
class Account:
    """One person's account. ``region`` is the top of what the account may see, a province or one city or county."""

    login: str
    name: str
    role: Role
    region: str
    department: Department | None
    demo: bool


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, for which department ("" for none), when: as registers and journals name it."""

    login: str
    name: str
    department: str
    at: datetime


class AccountError(PoolwatchError):
    """An account cannot be made or changed as asked; ``parameters`` say why."""

    code = "account"


def _account(row: object) -> Account:
    r = row
    return Account(r.login, r.name, Role(r.role), r.region, Department(r.department) if r.department else None, r.demo)  # type: ignore[attr-defined]


def create_account(
    connection: Connection,
    *,
    login: str,
    name: str,
    role: Role,
    region: str,
    department: Department | None = None,
    password: str | None = None,
    demo: bool = False,
    valid_to: date | None = None,
) -> Account:
    """A new account. Raises AccountError for a taken login, an unknown region or a password that is too short."""
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"the password needs {SHORTEST_PASSWORD} characters", needs=SHORTEST_PASSWORD)
    known = schema.region.c.code
    if not connection.execute(select(known).where(known == region)).first():
        raise AccountError(f"there is no region {region}", region=region)
    if connection.execute(select(schema.account.c.login).where(schema.account.c.login == login)).first():
        raise AccountError(f"the login {login} is taken", login=login)
    connection.execute(
        insert(schema.account).values(
            login=login,
            name=name,
            role=role.value,
            region=region,
            department=department,
            password_hash=None if password is None else generate_password_hash(password),
            demo=demo,
            valid_to=valid_to,
        )
    )
    return Account(login, name, role, region, department, demo)


def set_password(connection: Connection, login: str, password: str) -> None:
    """A new password; every session of the account ends. Raises AccountError when there is no such account."""
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"the password needs {SHORTEST_PASSWORD} characters", needs=SHORTEST_PASSWORD)
    _change(connection, login, password_hash=generate_password_hash(password))


def disable_account(connection: Connection, login: str, now: datetime) -> None:
    """No more sign-in; every session of the account ends. Raises AccountError when there is no such account."""
    _change(connection, login, disabled_at=now)


def keep_language(connection: Connection, login: str, language: str) -> None:
    """What goes out to the account is worded in this language from now on."""
    table = schema.account
    connection.execute(update(table).where(table.c.login == login).values(language=language))


def _change(connection: Connection, login: str, **values: object) -> None:
    table = schema.account
    if not connection.execute(update(table).where(table.c.login == login).values(**values)).rowcount:
        raise AccountError(f"there is no account {login}", login=login)
    connection.execute(delete(schema.session).where(schema.session.c.login == login))


def _usable(now: datetime) -> list[object]:
    table = schema.account.c
    return [table.disabled_at.is_(None), (table.valid_to.is_(None)) | (table.valid_to >= now.date())]


def usable_accounts(connection: Connection, now: datetime) -> tuple[Account, ...]:
    """Everyone who may sign in at an instant, by login."""
    rows = connection.execute(select(schema.account).where(*_usable(now)).order_by(schema.account.c.login))  # type: ignore[arg-type]
    return tuple(_account(row) for row in rows)


def sign_in(engine: Engine, login: str, password: str, now: datetime) -> str:
    """A new session's token. Raises NotAllowed, for every cause alike, so that logins cannot be guessed."""
    with writing(engine) as connection:
        row = connection.execute(
            select(schema.account.c.password_hash).where(schema.account.c.login == login, *_usable(now))  # type: ignore[arg-type]
        ).first()
        stored = row.password_hash if row and row.password_hash else _NOBODY
        if not check_password_hash(stored, password) or stored is _NOBODY:
            raise NotAllowed("login or password is wrong", login=login)
        return _open_session(connection, login, now)


# Checked when there is no such account, so that the answer takes as long.
_NOBODY = generate_password_hash(secrets.token_hex(16))


def sign_in_demo(engine: Engine, role: Role, now: datetime) -> str:
    """A session of the demonstration account of a role, without a password. Raises NotAllowed when there is none."""
    with writing(engine) as connection:
        table = schema.account.c
        login = connection.execute(
            select(table.login).where(table.role == role.value, table.demo, *_usable(now)).order_by(table.login)  # type: ignore[arg-type]
        ).scalar()
        if login is None:
            raise NotAllowed("there is no demonstration account of this role", role=role.value)
        return _open_session(connection, login, now)


def _open_session(connection: Connection, login: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(delete(schema.session).where(schema.session.c.expires_at < now))
    connection.execute(
        insert(schema.session).values(
            token_hash=_hash(token), login=login, created_at=now, expires_at=now + SESSION_LASTS
        )
    )
    return token


# Asked at every request, so made once.
_BY_SESSION = (
    select(schema.account)
    .join(schema.session, schema.session.c.login == schema.account.c.login)
    .where(
        schema.session.c.token_hash == bindparam("token_hash"),
        schema.session.c.expires_at > bindparam("now"),
        schema.account.c.disabled_at.is_(None),
        schema.account.c.valid_to.is_(None) | (schema.account.c.valid_to >= bindparam("today")),
    )
)


def session_account(connection: Connection, token: str, now: datetime) -> Account | None:
    """Whose session it is; None when it is unknown, expired, or the account may no longer sign in."""
    known = {"token_hash": _hash(token), "now": now, "today": now.date()}
    row = connection.execute(_BY_SESSION, known).first()
    return None if row is None else _account(row)


def sign_out(engine: Engine, token: str) -> None:
    """The session ends; an unknown token is nothing to end."""
    with writing(engine) as connection:
        connection.execute(delete(schema.session).where(schema.session.c.token_hash == _hash(token)))


# One account a role; the city user sees one city only.
DEMO_ACCOUNTS = (
    ("demo-leader", "演示领导", Role.LEADER, NATION, None),
    ("demo-monitor", "演示监测员", Role.MONITOR, NATION, Department.SOCIAL),
    ("demo-assessor", "演示考核员", Role.ASSESSOR, NATION, Department.SOCIAL),
    ("demo-finance", "演示财政", Role.FINANCE, NATION, Department.FISCAL),
    ("demo-tax", "演示税务", Role.TAX, NATION, Department.TAX),
    ("demo-treasury", "演示国库", Role.TREASURY, NATION, Department.TREASURY),
    ("demo-agency", "演示经办", Role.AGENCY, NATION, Department.AGENCY),
    ("demo-city", "演示市县（苏州）", Role.CITY, "320500", Department.SOCIAL),
    ("demo-writer", "演示文书", Role.WRITER, NATION, None),
    ("demo-auditor", "演示审计", Role.AUDITOR, NATION, None),
    ("demo-system", "演示系统管理员", Role.SYSTEM_ADMIN, NATION, None),
    ("demo-security", "演示安全管理员", Role.SECURITY_ADMIN, NATION, None),
    ("demo-audit", "演示审计管理员", Role.AUDIT_ADMIN, NATION, None),
)


def ensure_demo_accounts(connection: Connection) -> None:
    """The demonstration's accounts, without passwords: they sign in by role on loopback only."""
    known = {account.login for account in demo_accounts(connection)}
    for login, name, role, region, department in DEMO_ACCOUNTS:
        if login not in known:
            create_account(
                connection, login=login, name=name, role=role, region=region, department=department, demo=True
            )


def demo_accounts(connection: Connection) -> tuple[Account, ...]:
    """Demonstration accounts, by role."""
    table = schema.account
    found = [_account(row) for row in connection.execute(select(table).where(table.c.demo))]
    return tuple(sorted(found, key=lambda account: list(Role).index(account.role)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("ascii", "replace")).hexdigest()


def now_utc() -> datetime:
    return datetime.now(UTC)
