"""Cases in a small province: two warnings of Nanjing, one of its district, with people of every side."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from data_access.store.engine import writing
from monitoring.alerts.step import evaluate_alerts
from tests.small_province import NANJING, PROVINCE, SCHEME, XUANWU
from tests.stores import made_once
from tests.warning_store import INDICATOR, NOW, ORANGE, RED, YELLOW, prepare, publish_values
from workflows.attachments import Owner, attach
from workflows.cases.register import Case, case_list
from workflows.people.accounts import Account, By, Role, create_account, usable_accounts

TO_CITY, TO_TAX, TO_COUNTY = f"{NANJING}/social", f"{NANJING}/tax", f"{XUANWU}/tax"


def open_case(engine: Engine, now: datetime = NOW, worst: str = RED) -> Case:
    """One case of three members: Nanjing's premiums (red), its income (orange), its enrolment (yellow)."""
    made_once(engine, ("case", now, worst), lambda: _open_case(engine, now, worst))
    return the_case(engine)


def _open_case(engine: Engine, now: datetime, worst: str) -> None:
    prepare(engine)
    with writing(engine) as connection:
        for login, role, region in (
            ("monitor-2", Role.MONITOR, PROVINCE),
            ("leader", Role.LEADER, PROVINCE),
            ("tax", Role.TAX, NANJING),
            ("xuanwu", Role.CITY, XUANWU),
            ("system", Role.SYSTEM_ADMIN, PROVINCE),
        ):
            create_account(connection, login=login, name=login, role=role, region=region)
    values = {
        (INDICATOR, NANJING, "2026-09"): worst,
        ("income_deviation", NANJING, "2026-09"): ORANGE,
        ("enrolment_progress", NANJING, "2026-09"): YELLOW,
    }
    evaluate_alerts(engine, publish_values(engine, values, sign=(202609,), now=now), now)


def the_case(engine: Engine) -> Case:
    with engine.connect() as connection:
        (found,) = case_list(connection, SCHEME)
    return found


def who(connection: Connection, login: str) -> Account:
    return next(account for account in usable_accounts(connection, NOW) if account.login == login)


def evidence(connection: Connection, case: Case, account: Account) -> int:
    owner = Owner("warning", case.scheme, case.place, case.number)
    return attach(
        connection, owner, "evidence.txt", b"a list", By(account.login, account.name, account.department or "", NOW)
    )
