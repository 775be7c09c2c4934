"""People who sign in: an account of some roles with a password, and the steps of a sign-in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pyotp
from sqlalchemy import Engine, insert, select

from data_access.store import schema
from data_access.store.engine import writing
from tests.demonstration_store import digest
from workflows.people.accounts import Role, create_account
from workflows.people.second_factor import begin, confirm

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)  # 10:15 in Beijing
KEY = "a key of the tests that is long enough"
PROVINCE = "320000"
PEOPLE = {
    "leader": Role.LEADER,
    "monitor": Role.MONITOR,
    "auditor": Role.AUDITOR,
    "keeper": Role.SECURITY_ADMIN,
    "keeper-2": Role.SECURITY_ADMIN,
}


def people(engine: Engine) -> Engine:
    """A store with one region and PEOPLE, each with the tests' password."""
    with writing(engine) as connection:
        region = {"code": PROVINCE, "name": "江苏省", "name_en": "Jiangsu", "level": "province", "kind": "division"}
        connection.execute(insert(schema.region).values(region))
        for login, role in PEOPLE.items():
            create_account(
                connection,
                login=login,
                name=f"Name of {login}",
                role=role,
                region=PROVINCE,
                digest=digest(),
                valid_to=date(2027, 6, 30) if role is Role.AUDITOR else None,
            )
    return engine


def with_factor(engine: Engine, login: str, at: datetime) -> tuple[str, tuple[str, ...]]:
    """Set up a second factor; its secret and recovery codes."""
    with writing(engine) as connection:
        secret = begin(connection, login, KEY)
        return secret, confirm(connection, login, code(secret, at), KEY, at)


def code(secret: str, at: datetime) -> str:
    """What the authenticator shows at an instant."""
    return pyotp.TOTP(secret).at(at)


def recorded(engine: Engine) -> list[tuple[str, str, str, dict[str, object]]]:
    """(actor, action without its kind, subject, details) of everything on record, oldest first."""
    event = schema.audit_event.c
    with engine.connect() as connection:
        rows = connection.execute(select(event.actor, event.action, event.subject, event.details).order_by(event.id))
        return [(actor, action.partition(":")[2], subject, json.loads(told)) for actor, action, subject, told in rows]
