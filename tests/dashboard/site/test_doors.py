"""Nobody without a session, nobody from another site, and nobody gets another's answer."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from dashboard import create_site
from dashboard.site.chart_library import site_file
from dashboard.site.doors import _page_of
from data_access.store import schema
from data_access.store.engine import writing
from tests.dashboard.conftest import Reader, sign_in, words
from tests.demonstration_store import JILIN_CITY, NOW, PASSWORD, SIPING, YONGJI, site_on
from workflows.people import rights
from workflows.people.accounts import Role, disable_account
from workflows.people.sessions import IDLE, LASTS


@pytest.mark.parametrize("address", ["/_dash-layout", "/_dash-dependencies", "/api/v1/version", "/export/trend.json"])
def test_machine_doors_answer_401_and_pages_lead_to_the_sign_in(server, address: str) -> None:
    client = server.test_client()
    assert client.get(address).status_code == 401
    assert client.get("/funds").headers["Location"] == "/sign-in?next=/funds"


def test_a_link_opened_without_a_session_leads_to_the_same_view_after_the_sign_in(server) -> None:
    client = server.test_client()
    link = f"/funds?scheme=jilin-work-injury&region={JILIN_CITY}&tab=accounts"
    door = client.get(client.get(link).headers["Location"])
    target = re.search(r'name="next" value="([^"]*)"', door.text)
    assert target is not None and target.group(1).replace("&amp;", "&") == link
    answer = client.post("/sign-in", data={"login": "p-monitor", "password": PASSWORD, "next": link})
    assert (answer.status_code, answer.headers["Location"]) == (303, link)


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_door_leads_to_another_site(server, target: str) -> None:
    client = server.test_client()
    entered = client.post("/sign-in", data={"login": "p-monitor", "password": PASSWORD, "next": target})
    for answer in (entered, client.get("/preferences", query_string={"next": target, "theme": "dark"})):
        assert answer.status_code == 303
        # A browser drops tabs and line ends and takes a backslash for a slash.
        seen = re.sub(r"[\t\r\n]", "", answer.headers["Location"]).replace("\\", "/")
        assert seen.startswith("/") and not seen.startswith("//"), answer.headers["Location"]


def test_a_post_from_another_site_is_refused_before_anything_else(reader: Callable[[str], Reader]) -> None:
    one = reader("p-monitor")
    for origin in ("https://evil.example", "null", "http://localhost:1", "http://localhost.evil.example"):
        assert one.ask("page.children", "/", Origin=origin).status_code == 403, origin
        for path in ("/sign-in", "/sign-in/demo", "/sign-in/step", "/sign-out"):
            assert one.client.post(path, headers={"Origin": origin}).status_code == 403, (origin, path)
    assert one.ask("page.children", "/", Origin="http://localhost").status_code == 200


def test_a_wrong_password_an_unknown_a_disabled_and_an_expired_account_hear_the_same(server) -> None:
    client = server.test_client()
    tried = [("p-monitor", "wrong"), ("nobody", PASSWORD), ("disabled", PASSWORD), ("until-yesterday", PASSWORD)]
    answers = [client.post("/sign-in", data={"login": login, "password": word}) for login, word in [*tried, ("", "")]]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_a_disabled_account_is_out_at_once_and_its_session_does_not_come_back(own_engine: Engine, tmp_path) -> None:
    server = create_site(site_on(own_engine, tmp_path)).server
    one = sign_in(server, "p-monitor")
    assert one.ask("page.children", "/").status_code == 200
    with writing(own_engine) as connection:
        disable_account(connection, "p-monitor", NOW)
    assert one.ask("page.children", "/").status_code == 401


def test_a_session_ends_when_nothing_is_asked_in_it_and_at_the_latest_after_its_time(
    own_engine: Engine, tmp_path
) -> None:
    later = [NOW]
    server = create_site(replace(site_on(own_engine, tmp_path), now=lambda: later[0])).server
    used, left, half = sign_in(server, "p-monitor"), sign_in(server, "p-monitor"), IDLE - timedelta(minutes=1)

    def by_itself() -> set[int]:
        """That a page looks for news, and is shown anew for some, is no use of it."""
        anew = left.ask("page.children", "/", changed="version.data")
        return {left.client.get("/api/v1/version").status_code, anew.status_code}

    left.page("/")
    # Whether it is kept in memory or not, as a document, a page, a file: it was asked for.
    asked = ["/", "/", "/messages", "/export/trend.csv"]
    for turn in range(int(LASTS / half)):
        later[0] += half
        assert by_itself() == ({200} if turn == 0 else {401})
        assert used.client.get(asked[turn % 4], headers={"Accept-Encoding": "gzip"}).status_code == 200
    assert used.ask("page.children", "/").status_code == 200
    later[0] = NOW + LASTS
    assert used.ask("page.children", "/").status_code == 401


def test_signing_out_ends_the_session_on_the_server_too(own_engine: Engine, tmp_path) -> None:
    server = create_site(site_on(own_engine, tmp_path)).server
    one = sign_in(server, "p-monitor")
    token = one.client.get_cookie("poolwatch_session")
    assert token is not None and token.http_only and token.same_site == "Lax"
    assert one.client.post("/sign-out").status_code == 303
    again = server.test_client()
    again.set_cookie("poolwatch_session", token.value)
    assert again.get("/api/v1/version").status_code == 401


# --- demonstration sign-in


def test_who_switches_the_language_signed_in_is_written_to_in_it(own_engine: Engine, tmp_path) -> None:
    server = create_site(site_on(own_engine, tmp_path)).server

    def chosen() -> dict[str, str | None]:
        with own_engine.connect() as connection:
            return dict(connection.execute(select(schema.account.c.login, schema.account.c.language)).tuples().all())

    stranger, one = server.test_client(), sign_in(server, "p-monitor").client
    before = chosen()
    stranger.get("/preferences?language=en")
    one.get("/preferences?theme=dark")
    one.get("/preferences?language=fr")
    assert chosen() == before and set(before.values()) == {None}
    one.get("/preferences?language=en")
    assert chosen() == {**before, "p-monitor": "en"}
    one.get("/preferences?language=zh")
    assert chosen()["p-monitor"] == "zh"
    with writing(own_engine) as connection:
        disable_account(connection, "p-monitor", NOW)
    one.get("/preferences?language=en")
    assert chosen()["p-monitor"] == "zh"


def test_demonstration_sign_in_works_on_this_machine_and_lets_in_by_role(server) -> None:
    client = server.test_client()
    assert 'action="/sign-in/demo"' in client.get("/sign-in").text
    assert client.post("/sign-in/demo", data={"role": "leader"}).status_code == 303
    assert client.get("/api/v1/version").status_code == 200


def test_a_further_demonstration_account_of_a_role_is_let_in_by_its_name(server) -> None:
    client = server.test_client()
    assert '<input type="hidden" name="role" value="demo-unit-jiangsu">' in client.get("/sign-in").text
    assert client.post("/sign-in/demo", data={"role": "demo-unit-jiangsu"}).status_code == 303
    assert "演示经办（宿迁）" in client.get("/account").text


@pytest.mark.parametrize("role", ["", "nobody", "LEADER", "p-leader"])
def test_demonstration_sign_in_knows_its_roles_only(server, role: str) -> None:
    assert server.test_client().post("/sign-in/demo", data={"role": role}).status_code == 403


@pytest.mark.parametrize("remote", ["192.0.2.7", "10.0.0.7", "::ffff:192.0.2.7", ""])
def test_demonstration_sign_in_is_refused_to_another_machine(server, remote: str) -> None:
    client = server.test_client()
    far = {"REMOTE_ADDR": remote}
    assert "/sign-in/demo" not in client.get("/sign-in", environ_base=far).text
    pretending = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"}
    answer = client.post("/sign-in/demo", data={"role": "leader"}, environ_base=far, headers=pretending)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_demonstration_sign_in_is_refused_when_the_installation_is_not_bound_to_loopback(
    shared_engine: Engine,
    tmp_path,
) -> None:
    client = create_site(site_on(shared_engine, tmp_path, demo_sign_in=False)).server.test_client()
    assert "/sign-in/demo" not in client.get("/sign-in").text
    assert client.post("/sign-in/demo", data={"role": "leader"}).status_code == 403


# --- rights on the server


@pytest.mark.parametrize("role", list(Role))
def test_every_page_that_a_role_may_open_is_shown_to_it(reader: Callable[[str], Reader], role: Role) -> None:
    one = reader("c-jilin" if role is Role.CITY else f"p-{role.value}")
    for path, roles in rights.PAGES.items():
        if role in roles:
            said = one.text(path)
            assert "无权查看。" not in said and "这里出错了" not in said, (path, said[:200])


@pytest.mark.parametrize("region", ["220000", SIPING, "220000-0"])
@pytest.mark.parametrize("path", ["/", "/budget", "/funds"])
def test_a_city_cannot_read_its_province_or_a_sister_by_address(
    reader: Callable[[str], Reader], path: str, region: str
) -> None:
    city = reader("c-jilin")
    address = f"{path}?scheme=jilin-work-injury&region={region}"
    assert "无权查看。" in city.text(address)
    assert "无权查看。" in words(city.drawer(f"{address}&item=premium_deviation"))
    for code in ("trend.json", "trend.csv", "ranking.xlsx", "flows.json", "form.xlsx", "regions.csv", "accounts.csv"):
        page = "" if path == "/" else path
        assert city.client.get(f"/export{page}/{code}", query_string={"region": region}).status_code == 403


def test_a_city_lands_on_its_own_region_and_a_county_on_its_own(reader: Callable[[str], Reader]) -> None:
    assert "吉林市" in reader("c-jilin").text("/")
    assert "永吉县" in reader("c-yongji").text("/")
    assert "全省" not in words(reader("c-jilin").frame("/"))


def test_a_city_may_look_into_its_own_counties(reader: Callable[[str], Reader]) -> None:
    assert "无权查看。" not in reader("c-jilin").text(f"/?region={YONGJI}")
    assert "无权查看。" in reader("c-yongji").text(f"/?region={JILIN_CITY}")


# --- answers kept in memory


PAGES_ASKED = [
    "/",
    "/?period=live",
    "/budget",
    "/budget?tab=regions",
    "/funds",
    "/funds?tab=pooling",
    "/funds?tab=accounts",
]


def test_a_remembered_answer_is_byte_for_byte_the_fresh_one(
    shared_engine: Engine,
    reader: Callable[[str], Reader],
    tmp_path,
) -> None:
    one = reader("p-monitor")
    fresh = sign_in(create_site(site_on(shared_engine, tmp_path)).server, "p-monitor")
    for address in PAGES_ASKED:
        first, second = (one.ask("page.children", address) for _ in range(2))
        assert first.data == second.data == fresh.ask("page.children", address).data, address


def test_an_answer_kept_for_one_reader_is_never_given_to_another(reader: Callable[[str], Reader]) -> None:
    """The same question in turn by two cities, a county, a province's account and a role without figures."""
    logins = ["c-jilin", "c-siping", "c-yongji", "p-monitor", "p-security_admin", "monitor-of-jilin", "nation"]
    for address in ("/", "/funds", "/budget"):
        alone = {login: reader(login).ask("page.children", address).data for login in logins}
        for login in [*reversed(logins), *logins]:
            assert reader(login).ask("page.children", address).data == alone[login], (login, address)
        assert (
            len({alone[login] for login in ("c-jilin", "c-siping", "c-yongji", "p-monitor", "p-security_admin")}) == 5
        )


def test_the_page_names_its_own_reader_and_what_readers_share_names_nobody(reader: Callable[[str], Reader]) -> None:
    for login in ("c-jilin", "c-jilin-2", "c-jilin", "p-monitor", "p-leader"):
        said = reader(login).client.get("/").text
        assert re.findall(r'data-account="([a-z0-9_-]+) ', said) == [login]
        assert f'data-name="Name of {login}"' in said
        shared = reader(login).ask("page.children", "/").text + reader(login).ask("header.children", "/").text
        assert "Name of" not in shared and login not in shared


def test_a_file_names_its_own_reader_whoever_asked_before(reader: Callable[[str], Reader]) -> None:
    for login in ("c-jilin", "c-jilin-2", "c-jilin"):
        assert f"Name of {login} ·" in reader(login).client.get("/export/trend.csv").data.decode("utf-8-sig")


def _question(output: str, value: object, separators: tuple[str, str] = (",", ":")) -> bytes:
    """A callback's question as Dash's browser part writes it, or spaced otherwise."""
    return json.dumps({"output": output, "inputs": [{"id": "view", "value": value}]}, separators=separators).encode()


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (_question("drawer.children", "/gap?item=26-01"), "/gap"),
        (_question("drawer.children", "/gap", (", ", ": ")), "/gap"),
        (_question("..header.children...menu.children...page.children..", None), "/"),
        (_question("..header.children...menu.children...page.children..", "/messages?number=2"), "/messages"),
        (_question("trial.children", {"output": "drawer.children"}), None),
        (_question("trial.children", '"output":"drawer.children"'), None),
        (b'{"output":"drawer.children"}', None),
        (b'{"output":["drawer.children"],"inputs":[{"value":"/"}]}', None),
        (b'["output":"drawer.children"', None),
        (b"\xff", None),
    ],
)
def test_only_the_shells_own_questions_may_be_remembered_however_they_are_written(
    asked: bytes, path: str | None
) -> None:
    assert _page_of(asked) == path


def test_languages_and_themes_do_not_share_answers(own_engine: Engine, tmp_path) -> None:
    one = sign_in(create_site(site_on(own_engine, tmp_path)).server, "p-leader")
    chinese = one.text("/")
    one.client.get("/preferences?language=en")
    english = one.text("/")
    assert chinese != english and "累计结余" in chinese and "累计结余" not in english
    light = one.ask("page.children", "/").data
    one.client.get("/preferences?theme=dark")
    assert one.ask("page.children", "/").data != light
    one.client.get("/preferences?theme=light&language=zh")
    assert one.text("/") == chinese


def test_a_failure_is_not_remembered_once_the_store_answers_again(own_engine: Engine, tmp_path) -> None:
    one = sign_in(create_site(site_on(own_engine, tmp_path)).server, "p-monitor")
    with writing(own_engine) as connection:
        connection.exec_driver_sql("ALTER TABLE indicator_value RENAME TO away")
    answer = one.ask("page.children", "/")
    # The number by which the log knows the request.
    said = str(answer.json)
    assert f"这里出错了，编号 {answer.headers['X-Request-ID']}。" in said and "indicator_value" not in said
    with writing(own_engine) as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO indicator_value")
    assert "累计结余" in one.text("/")


# --- headers


def test_every_answer_bears_the_strict_headers(server, reader: Callable[[str], Reader]) -> None:
    one, stranger = reader("p-monitor"), server.test_client()
    paths = ("/", "/nowhere", "/api/v1/version", "/_dash-layout", "/export/trend.csv", site_file("css").address)
    answers = [one.client.get(path) for path in paths]
    answers += [stranger.get(path) for path in ("/sign-in", "/healthz", "/", "/api/v1/version", "/api/v1/indicators")]
    answers += [one.ask("page.children", "/"), one.client.post("/act/nothing"), one.client.get("/attachment/1")]
    for answer in answers:
        said, path = answer.headers, answer.request.path
        policy = said["Content-Security-Policy"]
        assert "unsafe-inline" not in policy and "unsafe-eval" not in policy and "frame-ancestors 'none'" in policy
        document = (answer.content_type or "").startswith("text/html")
        assert policy.startswith("default-src 'self'; script-src 'self'" if document else "default-src 'none'"), path
        assert said["X-Content-Type-Options"] == "nosniff" and said["Referrer-Policy"] == "same-origin"
        assert said["Cross-Origin-Resource-Policy"] == said["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in said["Permissions-Policy"] and "Strict-Transport-Security" not in said
        if "assets" not in path:
            assert said["Cache-Control"] in ("no-cache", "no-store"), path
        assert len(said.getlist("Cache-Control")) == len(said.getlist("Content-Security-Policy")) == 1


def test_the_one_style_element_of_a_document_is_allowed_by_its_digest_fresh_and_remembered(
    reader: Callable[[str], Reader],
) -> None:
    client = reader("p-monitor").client
    for _ in range(2):  # the second comes from memory, before the application is woken
        answer = client.get("/budget", headers={"Accept-Encoding": "gzip"})
        (style,) = re.findall(r"<style>(.*?)</style>", gzip.decompress(answer.data).decode(), re.DOTALL)
        asked = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{asked}'" in answer.headers["Content-Security-Policy"]


def test_the_version_door_answers_304_until_a_new_version_is_out(reader: Callable[[str], Reader]) -> None:
    one = reader("p-monitor")
    first = one.client.get("/api/v1/version")
    assert first.get_json()["version"].partition(".")[0] >= "1"
    assert one.client.get("/api/v1/version", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_two_sites_in_one_process_both_answer(shared_engine: Engine, tmp_path) -> None:
    said = [sign_in(create_site(site_on(shared_engine, tmp_path)).server, "p-monitor").text("/") for _ in range(2)]
    assert said[0] == said[1] and "累计结余" in said[0]
