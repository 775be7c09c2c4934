"""我的账户: everybody looks after their own password, second factor, sessions and tokens, and nobody after another's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from dashboard import create_site
from dashboard.pages.account.page import browser_of
from data_access.store import audit
from data_access.store.engine import writing
from rules.alerts.threshold import Level
from tests.dashboard.conftest import Reader, nodes, sign_in
from tests.demonstration_store import NOW, PASSWORD, site_on
from tests.workflows.people_store import code, recorded
from workflows.matters.marks import letters_from, marks_of
from workflows.people import second_factor
from workflows.people.channels import note_channels
from workflows.people.outbox import MAIL
from workflows.people.tokens import Scope, new_token

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
OWN_PASSWORD = "江边的三棵柳树今年都发芽了"


@pytest.fixture
def site(own_engine: Engine, tmp_path: Path) -> Flask:
    server: Flask = create_site(site_on(own_engine, tmp_path)).server
    return server


def act(client: FlaskClient, name: str, **fields: str) -> TestResponse:
    return client.post(f"/act/account/{name}", data=fields, headers={"Accept": "application/json"})


def handles(reader: Reader) -> list[str]:
    """The handles of the sessions that the page offers to end."""
    fields = [node["props"] for node in nodes(reader.page("/account")) if node["props"].get("name") == "handle"]
    return [str(field["value"]) for field in fields]


def test_a_new_password_takes_the_old_one_and_ends_every_other_session(site: Flask, own_engine: Engine) -> None:
    here, there = sign_in(site, "p-leader").client, sign_in(site, "p-leader").client
    refused = [
        act(here, "account_password", old="wrong", new=OWN_PASSWORD, again=OWN_PASSWORD),
        act(here, "account_password", old=PASSWORD, new=OWN_PASSWORD, again="another"),
        act(here, "account_password", old=PASSWORD, new=PASSWORD, again=PASSWORD),
        act(here, "account_password", old=PASSWORD, new="p-leader-2026", again="p-leader-2026"),
        act(here, "account_password", old=PASSWORD, new="", again=""),
    ]
    assert [answer.status_code for answer in refused] == [422] * 5
    assert ["现用口令不对" in refused[0].get_json()["problem"], "不一样" in refused[1].get_json()["problem"]] == [
        True,
        True,
    ]
    assert there.get("/api/v1/version").status_code == 200
    assert act(here, "account_password", old=PASSWORD, new=OWN_PASSWORD, again=OWN_PASSWORD).status_code == 200
    assert here.get("/api/v1/version").status_code == 200 and there.get("/api/v1/version").status_code == 401
    tried = [
        site.test_client().post("/sign-in", data={"login": "p-leader", "password": word})
        for word in (PASSWORD, OWN_PASSWORD)
    ]
    assert [answer.status_code for answer in tried] == [403, 303]
    kept = str([told for _actor, _action, _subject, told in recorded(own_engine)])
    assert not any(word in kept for word in (PASSWORD, OWN_PASSWORD, "p-leader-2026"))


def test_sessions_are_listed_with_when_and_where_from_and_ended_one_or_all(site: Flask) -> None:
    here, other = sign_in(site, "p-leader"), sign_in(site, "p-monitor")
    away = site.test_client()
    away.post("/sign-in", data={"login": "p-leader", "password": PASSWORD}, headers={"User-Agent": CHROME})
    third = sign_in(site, "p-leader").client
    said = here.text("/account")
    assert "Chrome · Windows" in said and "127.0.0.1" in said and "本次登录" in said and "11月20日10:15" in said
    (foreign,) = list(handles(sign_in(site, "p-monitor")))
    assert act(here.client, "account_session_end", handle=foreign).status_code == 403
    assert other.client.get("/api/v1/version").status_code == 200
    assert len(handles(here)) == 2
    for handle in handles(Reader(away)):
        act(away, "account_session_end", handle=handle)
    assert [one.get("/api/v1/version").status_code for one in (here.client, third, away)] == [401, 401, 200]
    back = sign_in(site, "p-leader")
    assert act(away, "account_sessions_end").status_code == 200
    assert [one.get("/api/v1/version").status_code for one in (away, back.client)] == [200, 401]


def test_a_second_factor_is_set_up_renewed_and_taken_away_by_who_gives_the_password(
    own_engine: Engine, tmp_path: Path
) -> None:
    clock = [NOW]
    site = create_site(replace(site_on(own_engine, tmp_path), now=lambda: clock[0])).server
    one = sign_in(site, "p-leader")
    assert 'href="/account/second-factor"' in one.client.get("/account").text
    shown = one.client.get("/account/second-factor").text
    (secret,) = [found.replace(" ", "") for found in re.findall(r"<code>([A-Z2-7 ]+)</code>", shown)]

    def post(path: str, password: str, **fields: str) -> TestResponse:
        return one.client.post(f"/account/{path}", data={"password": password, **fields})

    assert "现用口令不对" in post("second-factor", "wrong", code=code(secret, clock[0])).text
    assert "验证码不对" in post("second-factor", PASSWORD, code="000000").text
    done = post("second-factor", PASSWORD, code=code(secret, clock[0]))
    first = re.findall(r"<li><code>([A-Z2-9-]+)</code>", done.text)
    assert len(first) == second_factor.RECOVERY_CODES and "还有10个恢复码" in one.text("/account")
    assert one.client.get("/account/second-factor").status_code == 303
    renewed = re.findall(r"<li><code>([A-Z2-9-]+)</code>", post("recovery-codes", PASSWORD).text)
    assert len(renewed) == len(first) and not set(renewed) & set(first)
    clock[0] += timedelta(minutes=1)
    entered = site.test_client().post("/sign-in", data={"login": "p-leader", "password": PASSWORD})
    assert entered.headers["Location"].startswith("/sign-in/step")
    assert act(one.client, "account_factor_end", old="wrong").status_code == 422
    assert act(one.client, "account_factor_end", old=PASSWORD).status_code == 200
    assert "设置第二验证" in one.text("/account")
    assert [
        action for _actor, action, _subject, _told in recorded(own_engine) if re.match("factor|recovery", action)
    ] == [
        "factor_set_up",
        "recovery_codes",
        "factor_ended",
    ]


def test_ones_own_tokens_are_listed_and_revoked_and_nobody_elses(site: Flask, own_engine: Engine) -> None:
    with writing(own_engine) as connection:
        for name, login in (("mine", "p-leader"), ("yours", "p-monitor")):
            new_token(connection, name, login, {Scope.FIGURES}, NOW + timedelta(days=9), by="root", now=NOW)
    one = sign_in(site, "p-leader")
    assert "mine" in one.text("/account") and "yours" not in one.text("/account")
    assert act(one.client, "account_token_end", token="yours").status_code == 403
    assert act(one.client, "account_token_end", token="mine").status_code == 200
    assert "已失效" in one.text("/account")


def test_everybody_sees_by_which_ways_they_are_told_and_chooses_from_which_colour_by_mail(
    site: Flask, own_engine: Engine
) -> None:
    one = sign_in(site, "p-leader")
    assert "邮件：本系统未开通" in one.text("/account") and "全部" not in one.text("/account")
    assert "封邮件" not in one.text("/messages?box=info")
    with writing(own_engine) as connection:
        note_channels(connection, [MAIL, "webhook"])
        audit.record(
            connection, "p-monitor", "upload", "x", {}, NOW
        )  # as any change: what was read before is read again
    said = one.text("/account")
    assert "在工作日08:00至20:00发" in said and "每天17:00汇成一封" in said and "另发工作群" in said
    assert "每天17:00汇成一封邮件" in one.text("/messages?box=info")
    assert act(one.client, "account_letters", **{"from": "purple"}).status_code == 422
    assert act(one.client, "account_letters", **{"from": "orange"}).status_code == 200
    chosen = [
        node["props"]
        for node in nodes(one.page("/account"))
        if node["props"].get("value") == "orange" and node["props"].get("selected")
    ]
    assert chosen
    with own_engine.connect() as connection:
        assert letters_from(marks_of(connection, "p-leader")) is Level.ORANGE
        assert letters_from(marks_of(connection, "p-monitor")) is Level.NONE


def test_a_demonstration_account_has_no_password_to_change(site: Flask) -> None:
    client = site.test_client()
    client.post("/sign-in/demo", data={"role": "leader"})
    assert "此账户不用口令登录" in Reader(client).text("/account")
    assert act(client, "account_password", old="x", new=OWN_PASSWORD, again=OWN_PASSWORD).status_code == 422
    set_up = client.post("/account/second-factor", data={"password": "x", "code": "000000"})
    assert set_up.status_code == 422


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome · Windows"),
        (CHROME + " Edg/140.0", "Edge · Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("curl/8", "—"),
    ],
)
def test_a_browser_is_named_shortly(agent: str, name: str) -> None:
    assert browser_of(agent) == name
