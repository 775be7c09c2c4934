"""系统管理 of the security administrator: accounts, sessions, tokens and the rules of signing in, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from dashboard import create_site
from dashboard.pages.admin.account_acts import item_of
from data_access.store import schema
from data_access.store.engine import writing
from tests.dashboard.conftest import Reader, nodes, sign_in, words
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, site_on
from workflows.people import passwords
from workflows.people.tokens import Scope, new_token

JSON = {"Accept": "application/json"}
GIVEN = {"login": "wang", "name": "王某", "role": "city", "region": JILIN_CITY, "department": "tax"}


@pytest.fixture
def site(own_engine: Engine, tmp_path) -> Iterator[Flask]:
    yield create_site(site_on(own_engine, tmp_path)).server


def do(someone: Reader, act: str, /, **fields: object) -> TestResponse:
    return someone.client.post(f"/act/admin/{act}", data=fields, headers=JSON)


def account(engine: Engine, login: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(schema.account).where(schema.account.c.login == login)).one()


def hidden_after(page: object, value: str) -> Iterator[dict[str, Any]]:
    """The fields sent along in the forms of a page, each behind one of a value."""
    given = [node["props"] for node in nodes(page) if node["props"].get("name") in ("account", "handle")]
    for at, props in enumerate(given):
        if props.get("value") == value:
            yield given[at + 1]


def on_record(engine: Engine, subject: str) -> list[tuple[str, str]]:
    event = schema.audit_event.c
    with engine.connect() as connection:
        asked = select(event.actor, event.action).where(event.subject == subject).order_by(event.id)
        return [(row.actor, row.action) for row in connection.execute(asked)]


def test_an_account_is_made_changed_and_closed_and_all_of_it_is_on_record(site: Flask, own_engine: Engine) -> None:
    admin = sign_in(site, "p-security_admin")
    answer = do(admin, "account_create", **GIVEN).get_json()
    (password,) = re.findall("：([a-z0-9]{20})", answer["once"])
    made = account(own_engine, "wang")
    assert (made.role, made.region, made.department, made.demo) == ("city", JILIN_CITY, "tax", False)
    # Told once, to be changed, and kept as a digest alone.
    assert passwords.matches(made.password_hash, password) and made.one_time_until == NOW + timedelta(days=3)
    page = admin.text("/admin")
    assert password not in page and "王某" in admin.text("/admin?state=all")
    # Those who never signed in are as many as the list says it of.
    (never,) = re.findall(r"(\d+)个从未登录过", page)
    assert int(never) == len(re.findall("从未登录(?!过)", page)) > 0
    changed = {
        **GIVEN,
        "account": "wang",
        "role": "writer",
        "region": PROVINCE,
        "department": "",
        "valid_to": "2027-06-30",
    }
    assert do(admin, "account_change", **changed).status_code == 200
    assert (account(own_engine, "wang").role, str(account(own_engine, "wang").valid_to)) == ("writer", "2027-06-30")
    for name in ("account_one_time", "account_sessions", "account_disable", "account_enable"):
        assert do(admin, name, account="wang").status_code == 200, name
    assert account(own_engine, "wang").disabled_at is None
    did = ["created", "changed", "password_reset", "sessions_ended", "disabled", "enabled"]
    assert on_record(own_engine, "wang") == [("p-security_admin", f"account:{one}") for one in did]
    shown = words(admin.drawer(f"/admin?item={item_of('wang')}"))
    assert "2027年6月30日" in shown and "待改口令" in shown


@pytest.mark.parametrize(
    ("name", "fields", "status", "said"),
    [
        ("account_create", {**GIVEN, "role": "auditor"}, 422, "审计账户须有截止日"),
        ("account_create", {**GIVEN, "login": "p-leader"}, 422, "已有人用"),
        ("account_create", {**GIVEN, "region": "320000"}, 422, "地区"),
        ("account_create", {**GIVEN, "role": "king"}, 422, "角色"),
        (
            "account_change",
            {**GIVEN, "account": "p-security_admin", "role": "auditor", "valid_to": "2027-01-01"},
            422,
            "自己的账户",
        ),
        ("account_disable", {"account": "p-security_admin"}, 422, "自己的账户"),
        # Of the nation's accounts a province's administrator is told as little as of those that are not.
        ("account_disable", {"account": "nation"}, 422, "没有用户名为“nation”的账户"),
        ("account_one_time", {"account": "nobody"}, 422, "没有用户名为“nobody”的账户"),
        ("account_factor", {"account": "p-leader"}, 422, "没有第二验证"),
        ("token_revoke", {"token": "none"}, 422, ""),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(
    reader: Callable[[str], Reader], shared_engine: Engine, name: str, fields: dict[str, str], status: int, said: str
) -> None:
    administrator = reader("p-security_admin")  # whose sign-in is on record before
    with shared_engine.connect() as connection:
        before = connection.execute(select(schema.account).order_by(schema.account.c.login)).all()
    answer = do(administrator, name, **fields)
    assert answer.status_code == status and said in answer.get_json()["problem"], answer.get_json()
    with shared_engine.connect() as connection:
        assert connection.execute(select(schema.account).order_by(schema.account.c.login)).all() == before


def test_sessions_and_tokens_are_listed_and_ended(site: Flask, own_engine: Engine) -> None:
    with writing(own_engine) as connection:
        new_token(connection, "feed", "p-tax", [Scope.PUSH], NOW + timedelta(days=30), by="root", now=NOW)
    admin, city = sign_in(site, "p-security_admin"), sign_in(site, "c-siping")
    page = admin.page("/admin?tab=sessions")
    assert "c-siping" in words(page) and "feed" in admin.text("/admin?tab=tokens")
    (handle,) = {at.get("value") for at in hidden_after(page, "c-siping")}
    assert do(admin, "session_end", account="c-siping", handle=handle).status_code == 200
    assert city.client.get("/").status_code == 302
    assert do(admin, "token_revoke", token="feed").status_code == 200
    assert "已撤销" in admin.text("/admin?tab=tokens")
    assert ("p-security_admin", "token_revoke") in on_record(own_engine, "feed")


def test_roles_that_need_a_second_factor_are_set(site: Flask, own_engine: Engine) -> None:
    admin = sign_in(site, "p-security_admin")
    assert do(admin, "factor_policy", roles=["leader", "monitor"]).status_code == 200
    text = admin.text("/admin?tab=policy")
    assert "2种角色须第二验证" in text and "长度12至128" in text
    with own_engine.connect() as connection:
        assert set(connection.execute(select(schema.factor_role.c.role)).scalars()) == {"leader", "monitor"}


def test_an_account_is_found_by_a_part_of_its_name(reader: Callable[[str], Reader]) -> None:
    admin = reader("p-security_admin")
    assert item_of("c-siping") in do(admin, "account_find", words="siping").get_json()["href"]
    assert "找到3个" in do(admin, "account_find", words="Jilin").get_json()["message"]
    assert do(admin, "account_find", words="没有这个人").get_json()["href"] == ""
