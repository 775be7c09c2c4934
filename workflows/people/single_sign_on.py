"""Single sign-on 统一身份认证: which account somebody has whom the office's own identity provider vouches for.

What the provider says of a person decides at each sign-in what their account may: its groups are mapped to role, region and
department, the first that fits counts, and who has none of them is refused. The provider asks for its own second factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from data_access.store import audit, schema
from data_access.store.engine import writing
from rules.department import Department
from rules.errors import PoolwatchError
from workflows.people import administration
from workflows.people.accounts import Role, change, create_account
from workflows.people.attempts import Visit
from workflows.people.sign_in import NOBODY, Admitted, enter_trusted

TABLE = schema.account
BY = "single sign-on"


class SingleSignOnRefused(PoolwatchError):
    """Somebody whom the provider knows, or says it knows, is not let in; ``why`` is one of WHY."""

    WHY = ("failed", "no_role", "no_login", "taken")

    def __init__(self, message: str, why: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"single_sign_on_{self.WHY[self.WHY.index(why)]}"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a group of the provider is here."""

    role: Role
    region: str
    department: Department | None


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The provider, and how its claims are read. ``grants``: the provider's groups, the first that fits counts;
    ``groups_claim`` and ``login_claim`` name the claims that hold groups and login."""

    issuer: str
    client_id: str
    client_secret: str
    grants: Mapping[str, Grant]
    groups_claim: str = "groups"
    login_claim: str = "preferred_username"


def grant_of(text: str) -> Grant:
    """A grant as it is written: ROLE/REGION or ROLE/REGION/DEPARTMENT. Raises ValueError."""
    role, _slash, rest = text.partition("/")
    region, _slash, department = rest.partition("/")
    if not (len(region) == 6 and region.isascii() and region.isdigit()):
        raise ValueError(f"{text!r} names no region of six digits")
    return Grant(Role(role), region, Department(department) if department else None)


def enter(engine: Engine, provider: SingleSignOn, claims: Mapping[str, Any], now: datetime, visit: Visit) -> Admitted:
    """A session for who the claims speak of, which were verified before. The account is the one they entered before, else
    that of their login, else a new one.

    Raises SingleSignOnRefused, and AccountError where the account cannot be as the groups say, as an auditor's without a
    last day, NotAllowed where it may not sign in.
    """
    granted = _granted(provider, claims)
    login, subject = str(claims.get(provider.login_claim) or ""), f"{provider.issuer} {claims['sub']}"
    if not login:
        raise SingleSignOnRefused("the claims name no login", "no_login")
    name = str(claims.get("name") or login)
    with writing(engine) as connection:
        row = _found(connection, login, subject)
        if row is None:
            made = {"login": login, "name": name, "role": granted.role, "region": granted.region}
            create_account(connection, **made, department=granted.department, subject=subject)  # type: ignore[arg-type]
            told = {**made, "department": granted.department, "subject": subject}
            audit.record(connection, BY, f"{audit.ACCOUNT}created", login, told, now)
        else:
            login = row.login
            change(connection, login, subject=subject)
            administration.change(
                connection,
                login,
                name=row.name,
                role=granted.role,
                region=granted.region,
                department=granted.department,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                by=BY,
                now=now,
            )
        return enter_trusted(connection, login, visit, now, BY)


def _granted(provider: SingleSignOn, claims: Mapping[str, Any]) -> Grant:
    given = claims.get(provider.groups_claim) or []
    groups = {given} if isinstance(given, str) else {str(one) for one in given}
    for group, grant in provider.grants.items():
        if group in groups:
            return grant
    raise SingleSignOnRefused(f"none of the groups {sorted(groups)} is mapped", "no_role")


def _found(connection: Connection, login: str, subject: str) -> Row[Any] | None:
    """The account; None where there is none. Raises SingleSignOnRefused where the login is somebody else's."""
    row = connection.execute(select(TABLE).where(TABLE.c.subject == subject)).first()
    if row is None:
        row = connection.execute(select(TABLE).where(TABLE.c.login == login)).first()
        if row is not None and (row.subject is not None or row.demo):
            raise SingleSignOnRefused(f"the login {login} is another person's", "taken", login=login)
    return row


def record_refusal(engine: Engine, problem: PoolwatchError, now: datetime, visit: Visit) -> None:
    """That somebody came from the provider and was not let in."""
    told = {"why": problem.code, "address": visit.address}
    with writing(engine) as connection:
        audit.record(connection, NOBODY, f"{audit.ACCOUNT}sign_in_failed", NOBODY, told, now)
