"""Accounts 用户: who may sign in. How they do is in ``sign_in``, what they may see in ``rights``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, delete, insert, select, update

from data_access.books.regions import NATION
from data_access.store import schema
from rules.department import Department
from rules.errors import PoolwatchError
from rules.month import SHANGHAI

TABLE = schema.account
LOGIN = re.compile(r"\w[\w.@-]{0,63}")


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
    """An account cannot be made or changed as asked; ``why`` is one of WHY."""

    WHY = ("login", "taken", "region", "days", "auditor", "unknown", "own", "last", "no_factor")

    def __init__(self, message: str, why: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"account_{self.WHY[self.WHY.index(why)]}"


def account_of(row: object) -> Account:
    """The account of a row that has its columns."""
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
    digest: str | None = None,
    one_time_until: datetime | None = None,
    demo: bool = False,
    valid_from: date | None = None,
    valid_to: date | None = None,
    subject: str | None = None,
) -> Account:
    """A new account. ``digest`` is its password's, see ``passwords``, which opens until ``one_time_until`` and only to be
    changed, where that is given; ``subject`` who it is to the single sign-on.

    Raises AccountError for a login that is taken or none, an unknown region, days that are none, an auditor without a
    last one.
    """
    if not LOGIN.fullmatch(login):
        raise AccountError(f"{login!r} is no login: letters, digits, . _ - @, up to 64", "login", login=login)
    if connection.execute(select(TABLE.c.login).where(TABLE.c.login == login)).first():
        raise AccountError(f"the login {login} is taken", "taken", login=login)
    demand_sound(connection, role, region, valid_from, valid_to, demo=demo)
    connection.execute(
        insert(TABLE).values(
            login=login,
            name=name,
            role=role.value,
            region=region,
            department=department,
            password_hash=digest,
            one_time_until=one_time_until,
            demo=demo,
            valid_from=valid_from,
            valid_to=valid_to,
            subject=subject,
        )
    )
    return Account(login, name, role, region, department, demo)


def demand_sound(
    connection: Connection, role: Role, region: str, valid_from: date | None, valid_to: date | None, *, demo: bool
) -> None:
    """Raises AccountError for an unknown region, a last day before the first, an auditor without a last one."""
    if not connection.execute(select(schema.region.c.code).where(schema.region.c.code == region)).first():
        raise AccountError(f"there is no region {region}", "region", region=region)
    if valid_from and valid_to and valid_to < valid_from:
        raise AccountError(f"the last day {valid_to} is before the first {valid_from}", "days")
    if role is Role.AUDITOR and valid_to is None and not demo:
        raise AccountError("an auditor's account needs a last day", "auditor")


def disable_account(connection: Connection, login: str, now: datetime) -> None:
    """No more sign-in; every session of the account ends. Raises AccountError when there is no such account."""
    change(connection, login, disabled_at=now)
    connection.execute(delete(schema.session).where(schema.session.c.login == login))


def keep_language(connection: Connection, login: str, language: str) -> None:
    """What goes out to the account is worded in this language from now on."""
    change(connection, login, language=language)


def change(connection: Connection, login: str, **values: object) -> None:
    """New values of an account's columns. Raises AccountError when there is no such account."""
    if not connection.execute(update(TABLE).where(TABLE.c.login == login).values(**values)).rowcount:
        raise AccountError(f"there is no account {login}", "unknown", login=login)


def day_of(now: datetime) -> date:
    """The day that decides at an instant whether an account's time has come or is over: Shanghai's."""
    return now.astimezone(SHANGHAI).date()


def usable_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Which accounts may sign in on a day: not disabled, and from their first to their last."""
    table = TABLE.c
    begun = table.valid_from.is_(None) | (table.valid_from <= day)
    return and_(table.disabled_at.is_(None), begun, table.valid_to.is_(None) | (table.valid_to >= day))


def usable_accounts(connection: Connection, now: datetime) -> tuple[Account, ...]:
    """Everyone who may sign in at an instant, by login."""
    rows = connection.execute(select(TABLE).where(usable_on(day_of(now))).order_by(TABLE.c.login))
    return tuple(account_of(row) for row in rows)


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
    ("demo-unit-jiangsu", "演示经办（宿迁）", Role.CITY, "321300", Department.AGENCY),
    ("demo-unit-shanxi", "演示经办（长治）", Role.CITY, "140400", Department.AGENCY),
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
    """Demonstration accounts, by role and login."""
    found = [account_of(row) for row in connection.execute(select(TABLE).where(TABLE.c.demo).order_by(TABLE.c.login))]
    return tuple(sorted(found, key=lambda account: list(Role).index(account.role)))


def now_utc() -> datetime:
    return datetime.now(UTC)
