"""The door as a browser meets it: cookies, the steps of a sign-in, waiting, and sign-in by role on this machine alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, update
from werkzeug.test import TestResponse

from dashboard import create_site
from data_access.store import schema
from data_access.store.engine import writing
from tests.demonstration_store import NOW, PASSWORD, site_on
from tests.workflows.people_store import code
from workflows.people import passwords, second_factor
from workflows.people.accounts import Role
from workflows.people.attempts import FREE

OWN_PASSWORD = "江边的三棵柳树今年都发芽了"


@pytest.fixture
def site(own_engine: Engine, tmp_path: Path) -> Flask:
    server: Flask = create_site(site_on(own_engine, tmp_path)).server
    return server


def enter(client: FlaskClient, password: str = PASSWORD, login: str = "p-leader", **named: object) -> TestResponse:
    return client.post("/sign-in", data={"login": login, "password": password, "next": "/budget"}, **named)


def test_under_tls_the_cookie_is_one_that_only_this_host_can_set(site: Flask) -> None:
    client = site.test_client()
    plain = enter(client).headers.getlist("Set-Cookie")
    assert plain[0].startswith("poolwatch_session=") and "Secure" not in plain[0]
    client = site.test_client()
    over_tls = {"base_url": "https://localhost"}
    cookies = enter(client, **over_tls).headers.getlist("Set-Cookie")
    assert cookies[0].startswith("__Host-poolwatch_session=")
    assert all({"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(one.split("; ")) for one in cookies)
    assert not any("Domain" in one for one in cookies)
    assert client.get("/api/v1/version", **over_tls).status_code == 200
    # The plain name counts for nothing there: another host of the domain could have set it.
    token = cookies[0].partition("=")[2].partition(";")[0]
    other = site.test_client()
    other.set_cookie("poolwatch_session", token)
    assert other.get("/api/v1/version", **over_tls).status_code == 401
    client.post("/sign-out", **over_tls)
    assert client.get("/api/v1/version", **over_tls).status_code == 401


def test_a_new_sign_in_in_the_same_browser_ends_the_old_one(site: Flask) -> None:
    client, thief = site.test_client(), site.test_client()
    enter(client)
    old = client.get_cookie("poolwatch_session")
    assert old is not None
    thief.set_cookie("poolwatch_session", old.value)
    assert thief.get("/api/v1/version").status_code == 200
    enter(client, login="p-monitor")
    assert thief.get("/api/v1/version").status_code == 401 and client.get("/api/v1/version").status_code == 200


def test_who_must_wait_is_told_how_long_in_their_language_and_a_known_browser_goes_on(site: Flask) -> None:
    known, robot = site.test_client(), site.test_client()
    assert enter(known).status_code == 303
    known.post("/sign-out")
    robot.set_cookie("language", "en")
    tried = [enter(robot, "wrong") for _time in range(FREE["here"] + 1)]
    assert [answer.status_code for answer in tried] == [403] * FREE["here"] + [429]
    assert tried[-1].headers["Retry-After"] == "15" and "try again in 15 s" in tried[-1].text
    assert enter(robot).status_code == 429 and enter(known).status_code == 303
    robot.set_cookie("poolwatch_device", "WyJwLWxlYWRlciIsIm1pbmUiXQ.forged")
    assert enter(robot).status_code == 429


def test_where_too_many_passwords_are_checked_the_page_says_so(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    for _turn in range(passwords.AT_ONCE):
        passwords._turns.acquire()
    try:
        busy = enter(site.test_client())
    finally:
        for _turn in range(passwords.AT_ONCE):
            passwords._turns.release()
    assert busy.status_code == 503 and "没有轮到" in busy.text and "Retry-After" in busy.headers


def test_step_by_step_nothing_opens_before_all_is_answered(own_engine: Engine, tmp_path) -> None:
    clock = [NOW]
    site = create_site(replace(site_on(own_engine, tmp_path), now=lambda: clock[0])).server
    given, digest = passwords.one_time()
    with writing(own_engine) as connection:
        second_factor.demand(connection, [Role.LEADER])
        of_leader = update(schema.account).where(schema.account.c.login == "p-leader")
        connection.execute(of_leader.values(password_hash=digest, one_time_until=NOW.replace(year=2027)))
    client = site.test_client()

    def step(**fields: str) -> TestResponse:
        for path in ("/", "/api/v1/version", "/account", "/export/trend.csv", "/_dash-dependencies"):
            assert client.get(path).status_code in (302, 401), path
        assert client.post("/act/messages/messages_read").status_code == 401
        answer: TestResponse = client.post("/sign-in/step", data={"next": "/budget", **fields})
        return answer

    asked = enter(client, given)
    assert (
        asked.headers["Location"] == "/sign-in/step?next=/budget"
        and "一次性口令" in client.get(asked.headers["Location"]).text
    )
    assert "不一样" in step(new=OWN_PASSWORD, again="another").text
    assert "容易被猜到" in step(new=given, again=given).text
    assert step(new=OWN_PASSWORD, again=OWN_PASSWORD).status_code == 303
    shown = client.get("/sign-in/step?next=/budget").text
    assert '<svg width="' in shown and "style=" not in shown
    (secret,) = re.findall(r"<code>([A-Z2-7 ]+)</code>", shown)
    assert "验证码不对" in step(code="000000").text
    done = step(code=code(secret.replace(" ", ""), clock[0]))
    codes = re.findall(r"<li><code>([A-Z2-9-]+)</code>", done.text)
    assert len(codes) == second_factor.RECOVERY_CODES and 'href="/budget"' in done.text
    assert client.get("/api/v1/version").status_code == 200
    assert client.get("/sign-in/step").headers["Location"] == "/sign-in"

    client = site.test_client()
    assert enter(client, OWN_PASSWORD).headers["Location"] == "/sign-in/step?next=/budget"
    assert "用过" in step(code=code(secret.replace(" ", ""), clock[0])).text
    opened = step(code=codes[0])
    assert opened.headers["Location"] == "/budget" and client.get("/api/v1/version").status_code == 200
    assert enter(client, given).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "poolwatch.example"},
        {"Host": "10.0.0.5:8050"},
        {"Host": "127.0.0.1.example"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
def test_sign_in_by_role_is_refused_through_a_proxy_or_under_another_name(
    server: Flask, headers: dict[str, str]
) -> None:
    client = server.test_client()
    assert "/sign-in/demo" not in client.get("/sign-in", headers=headers).text
    answer = client.post("/sign-in/demo", data={"role": "leader"}, headers=headers)
    assert answer.status_code in (403, 421) and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["localhost", "localhost:8050", "127.0.0.1:8050"])
def test_sign_in_by_role_is_one_click_on_this_machine(server: Flask, host: str) -> None:
    assert "/sign-in/demo" in server.test_client().get("/sign-in", headers={"Host": host}).text
