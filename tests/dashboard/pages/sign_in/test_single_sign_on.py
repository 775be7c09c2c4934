"""Single sign-on against a real provider on loopback: real HTTP, real signatures, and every lie refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from dashboard import create_site
from data_access.store import schema
from data_access.store.engine import writing
from tests.dashboard.pages.sign_in.identity_provider import CLIENT, OTHER_KEY, SECRET, IdentityProvider, serving
from tests.demonstration_store import site_on
from tests.workflows.people_store import people, recorded
from workflows.people.accounts import disable_account
from workflows.people.single_sign_on import SingleSignOn, grant_of

BACK = "http://localhost/sign-in/provider/back"
GRANTS = {"heads": "leader/320000", "watch": "monitor/320000/social", "audit": "auditor/320000"}
WANG = {"sub": "7", "preferred_username": "wang", "name": "王某", "groups": ["everybody", "watch"]}


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with serving(BACK) as one:
        yield one


@pytest.fixture
def engine(sqlite_store: Engine) -> Engine:
    return people(sqlite_store)


@pytest.fixture
def site(engine: Engine, provider: IdentityProvider, tmp_path: Path) -> Flask:
    provider.forget()
    provider.person = WANG
    known = SingleSignOn(provider.issuer, CLIENT, SECRET, {group: grant_of(text) for group, text in GRANTS.items()})
    server: Flask = create_site(replace(site_on(engine, tmp_path), single_sign_on=known)).server
    return server


def come_back(client: FlaskClient, change: Callable[[str], str] = str) -> TestResponse:
    """Go to the provider and come back from it, as a browser does; ``change`` the address on the way."""
    going = client.get("/sign-in/provider?next=/budget")
    assert going.status_code == 302, going.text
    there = requests.get(going.headers["Location"], allow_redirects=False, timeout=10)
    assert there.status_code == 302, there.text
    answer: TestResponse = client.get(change(there.headers["Location"]))
    return answer


def account(engine: Engine, login: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(schema.account).where(schema.account.c.login == login)).first()


def test_who_the_provider_vouches_for_gets_an_account_as_the_groups_say_at_each_sign_in(
    site: Flask, engine: Engine, provider: IdentityProvider
) -> None:
    client = site.test_client()
    assert 'href="/sign-in/provider?next=/"' in client.get("/sign-in").text
    came = come_back(client)
    assert (came.status_code, came.headers["Location"]) == (303, "/budget")
    assert client.get("/api/v1/version").status_code == 200
    row = account(engine, "wang")
    assert (row.name, row.role, row.region, row.department, row.password_hash) == (
        "王某",
        "monitor",
        "320000",
        "social",
        None,
    )
    # Another role in the office, another here, under another name there: it is the same person.
    provider.person = {**WANG, "groups": ["heads", "watch"], "preferred_username": "wang-2"}
    assert come_back(client).status_code == 303
    assert account(engine, "wang").role == "leader" and account(engine, "wang-2") is None
    acts = [(actor, action, subject) for actor, action, subject, _told in recorded(engine)]
    assert acts == [
        ("single sign-on", "created", "wang"),
        ("wang", "sign_in", "wang"),
        ("single sign-on", "changed", "wang"),
        ("wang", "sign_in", "wang"),
    ]


def test_an_account_there_was_is_found_by_its_login_and_then_belongs_to_that_person(
    site: Flask, engine: Engine, provider: IdentityProvider
) -> None:
    provider.person = {"sub": "8", "preferred_username": "leader", "groups": "heads"}
    assert come_back(site.test_client()).status_code == 303
    assert account(engine, "leader").subject == f"{provider.issuer} 8"
    provider.person = {"sub": "9", "preferred_username": "leader", "groups": "heads"}
    other = come_back(site.test_client())
    assert other.status_code == 403 and "已属于另一人" in other.text
    with writing(engine) as connection:
        disable_account(connection, "leader", site_now())
    provider.person = {"sub": "8", "preferred_username": "leader", "groups": "heads"}
    assert come_back(site.test_client()).status_code == 403


def site_now() -> Any:
    from tests.demonstration_store import NOW

    return NOW


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({**WANG, "groups": ["everybody"]}, "没有对应的角色"),
        ({"sub": "7", "preferred_username": "wang"}, "没有对应的角色"),
        ({"sub": "7", "groups": ["watch"]}, "没有给出用户名"),
        ({**WANG, "groups": ["audit"]}, "审计账户须有截止日"),
        ({**WANG, "preferred_username": "no/login"}, "不能用"),
    ],
)
def test_who_has_no_role_here_is_refused_with_a_sentence_and_on_record(
    site: Flask, engine: Engine, provider: IdentityProvider, person: dict[str, Any], said: str
) -> None:
    provider.person = person
    client = site.test_client()
    answer = come_back(client)
    assert answer.status_code == 403 and said in answer.text
    assert client.get("/api/v1/version").status_code == 401 and account(engine, "wang") is None
    assert [action for _actor, action, _subject, _told in recorded(engine)] == ["sign_in_failed"]


LIES: dict[str, Callable[[IdentityProvider], None]] = {
    "signature": lambda one: setattr(one, "key", OTHER_KEY),
    "nonce": lambda one: setattr(one, "lie", lambda claims: {**claims, "nonce": "another"}),
    "no nonce": lambda one: setattr(one, "lie", lambda claims: {k: v for k, v in claims.items() if k != "nonce"}),
    "expired": lambda one: setattr(one, "lie", lambda claims: {**claims, "exp": int(time.time()) - 60}),
    "issuer": lambda one: setattr(one, "lie", lambda claims: {**claims, "iss": "http://elsewhere.example"}),
    "audience": lambda one: setattr(one, "lie", lambda claims: {**claims, "aud": "another", "azp": CLIENT}),
    "no subject": lambda one: setattr(one, "lie", lambda claims: {k: v for k, v in claims.items() if k != "sub"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_an_identity_that_is_not_true_lets_nobody_in(
    site: Flask, engine: Engine, provider: IdentityProvider, lie: str
) -> None:
    LIES[lie](provider)
    client = site.test_client()
    answer = come_back(client)
    assert answer.status_code == 403 and "统一身份认证没有成功" in answer.text
    assert client.get("/api/v1/version").status_code == 401 and account(engine, "wang") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda there: there.replace("state=", "state=x"),
        lambda there: there.replace("code=", "code=x"),
        lambda there: BACK,
        lambda there: f"{BACK}?error=access_denied&state={parse_qs(urlsplit(there).query)['state'][0]}",
    ],
)
def test_an_answer_that_nobody_asked_for_lets_nobody_in(site: Flask, change: Callable[[str], str]) -> None:
    client = site.test_client()
    assert come_back(client, change).status_code == 403
    assert client.get("/api/v1/version").status_code == 401


def test_an_answer_counts_once_and_in_the_browser_that_asked(site: Flask) -> None:
    kept: list[str] = []
    client, thief = site.test_client(), site.test_client()
    assert come_back(client, lambda there: kept.append(there) or there).status_code == 303  # type: ignore[func-returns-value]
    assert thief.get(kept[0]).status_code == client.get(kept[0]).status_code == 403


@contextmanager
def sending_elsewhere() -> Iterator[str]:
    with serving(BACK) as other:
        yield other.issuer
        assert other.asked == []


def test_a_provider_that_names_another_issuer_or_sends_elsewhere_is_not_followed(
    site: Flask, provider: IdentityProvider
) -> None:
    with sending_elsewhere() as elsewhere:
        for metadata in (
            {"issuer": elsewhere},
            {"token_endpoint": f"{elsewhere}/token"},
            {"jwks_uri": f"{elsewhere}/keys"},
        ):
            provider.metadata = metadata
            answer = site.test_client().get("/sign-in/provider")
            assert answer.status_code == 403 and "统一身份认证没有成功" in answer.text
    provider.forget()
    assert come_back(site.test_client()).status_code == 303


def test_a_provider_that_sends_the_site_on_is_not_followed(site: Flask, provider: IdentityProvider) -> None:
    with sending_elsewhere() as elsewhere:
        description = "/.well-known/openid-configuration"
        provider.sends = {description: f"{elsewhere}{description}"}
        assert site.test_client().get("/sign-in/provider").status_code == 403
        for path in ("/token", "/keys"):
            provider.sends = {path: f"{elsewhere}{path}"}
            answer = come_back(site.test_client())
            assert answer.status_code == 403 and "统一身份认证没有成功" in answer.text


def test_without_a_provider_there_is_no_such_door(engine: Engine, tmp_path: Path) -> None:
    client = create_site(site_on(engine, tmp_path)).server.test_client()
    assert "/sign-in/provider" not in client.get("/sign-in").text
    assert (
        client.get("/sign-in/provider").status_code != 302
        or "/authorize" not in client.get("/sign-in/provider").headers["Location"]
    )
