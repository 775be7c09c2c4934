"""The HTML document: the first answer stands in it, its own reader's, and is kept by nobody."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from dash import html
from flask import Response
from hypothesis import given, strategies as st
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import Engine

import dashboard
from dashboard import PAGES, create_site
from dashboard.site.gzip_parts import gzip_part, joined
from data_access.store.engine import writing
from tests import demonstration_store
from tests.dashboard.conftest import Reader, nodes, sign_in, words
from tests.demonstration_store import JILIN_CITY, NOW
from workflows.people.accounts import disable_account

GZIP = {"Accept-Encoding": "gzip, br"}
LOGINS = ["p-monitor", "p-leader", "c-jilin", "c-jilin-2", "c-siping", "p-security_admin", "nation"]
ADDRESSES = [
    # Who signs in beside this test changes what one's own sessions are.
    *(page.path for page in PAGES if page.path != "/account"),
    "/?item=months_payable",
    "/?period=live",
    f"/?region={JILIN_CITY}",
    "/budget?tab=regions&item=premium",
    "/data?tab=imports",
    "/thresholds/premium-deviation-low",
    "/nowhere",
]


def document(reader: Reader, address: str) -> LexborHTMLParser:
    """As a browser asks for it, and the same when its parts are at hand."""
    if reader.client.get_cookie("poolwatch_files") is None:
        reader.client.get("/nowhere", headers=GZIP)
    made, again = (reader.client.get(address, headers=GZIP) for _ in range(2))
    assert made.headers.pop("X-Request-ID") != again.headers.pop("X-Request-ID")
    assert made.headers == again.headers and made.data == again.data, address
    return LexborHTMLParser(gzip.decompress(again.data).decode())


def text(said: LexborHTMLParser, part: str) -> str:
    found = said.css_first(f"#first #{part}")
    assert found is not None, part
    return found.text()


@pytest.mark.parametrize("login", LOGINS)
def test_the_document_says_what_its_reader_is_answered(reader: Callable[[str], Reader], login: str) -> None:
    one = reader(login)
    # An administrator who asks for 总览 is led to where the role begins, which lists everybody's sessions.
    elsewhere = [one for one in ADDRESSES if one[1:2] not in ("", "?") and one != "/admin"]
    for address in elsewhere if login == "p-security_admin" else ADDRESSES:
        said = document(one, address)
        assert text(said, "page") == words(one.page(address)), address
        assert text(said, "drawer") == words(one.drawer(address)), address
        header, menu = one.frame(address)
        assert text(said, "menu") == words(menu), address
        own = text(said, "header").replace(f"Name of {login}", "…", 1).replace(text(said, "account-note"), "", 1)
        assert re.sub(r"(?<=消息)\d+", "", own) == words(header), address


def test_every_part_stands_once_in_the_html_and_is_a_number_in_the_data(reader: Callable[[str], Reader]) -> None:
    for address in ADDRESSES:
        said = document(reader("p-monitor"), address)
        layout = json.loads(said.css_first("#first-layout").text())  # type: ignore[union-attr]
        numbers = [node["props"]["stands"] for node in nodes(layout) if node["type"] == "Html"]
        assert numbers == list(range(len(numbers))) and len(numbers) > 4
        assert [int(one.attributes["data-stands"]) for one in said.css("#first [data-stands]")] == numbers  # type: ignore[arg-type]
        assert not said.css("#first script, #first style, [style]"), address


def test_declarations_hold_before_any_script(reader: Callable[[str], Reader]) -> None:
    said = document(reader("p-monitor"), "/")
    wanted = {str(one.attributes["data-style"]) for one in said.css("[data-style]")}
    rules = said.css_first("style").text()  # type: ignore[union-attr]
    assert len(wanted) > 10
    for declarations in wanted:
        assert f'[data-style="{declarations.replace(chr(34), chr(92) + chr(34))}"]{{{declarations}}}' in rules


def test_the_data_beside_it_cannot_end_its_block(reader: Callable[[str], Reader]) -> None:
    raw = reader("p-monitor").client.get("/").text
    for block in re.findall(r'<script type="application/json" id="first-[a-z]+">(.*?)</script>', raw, flags=re.S):
        assert "<" not in block and json.loads(block)


def test_a_document_is_kept_by_nobody_and_names_its_reader(reader: Callable[[str], Reader]) -> None:
    for login in ("c-jilin", "c-jilin-2", "c-jilin"):
        answer = reader(login).client.get("/", headers={"Accept-Encoding": "gzip, br"})
        assert answer.headers["Cache-Control"] == "no-store" and "Cookie" in answer.headers["Vary"]
        assert answer.headers["Content-Encoding"] == "gzip"
        said = gzip.decompress(answer.data).decode()
        assert said == reader(login).client.get("/").text
        assert set(re.findall(r"Name of ([a-z0-9_-]+)", said)) == {login}


def test_a_document_at_hand_wakes_no_application_and_is_given_to_sessions_only(
    own_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = create_site(demonstration_store.site_on(own_engine, tmp_path)).server
    one, other = sign_in(server, "p-monitor").client, sign_in(server, "c-jilin").client
    _first, seen = (one.get("/budget", headers=GZIP) for _ in range(2))

    def woken() -> Response:
        raise RuntimeError("the application was woken")

    with monkeypatch.context() as asleep:
        asleep.setattr(server, "full_dispatch_request", woken)
        assert one.get("/budget", headers=GZIP).data == seen.data
        for ask in (
            lambda: other.get("/budget", headers=GZIP),
            lambda: one.get("/budget/", headers=GZIP),
            lambda: one.get("/budget"),
            lambda: one.post("/budget", headers=GZIP),
            lambda: server.test_client().get("/budget", headers=GZIP),
        ):
            assert ask().status_code == 500
    with writing(own_engine) as connection:
        disable_account(connection, "p-monitor", NOW)
    assert one.get("/budget", headers=GZIP).status_code == 302


def test_without_a_session_there_is_no_document(server) -> None:
    answer = server.test_client().get("/funds?tab=accounts")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in?next=")


def test_a_part_that_cannot_be_sent_is_a_page_that_says_so(
    shared_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loud where it is written wrongly, and the rest of the document stands."""
    broken = [replace(one, show=lambda _reading: html.Button("x", n_clicks=0)) for one in PAGES if one.path == "/funds"]
    monkeypatch.setattr(dashboard, "PAGES", (*(one for one in PAGES if one.path != "/funds"), *broken))
    one = sign_in(create_site(demonstration_store.site_on(shared_engine, tmp_path)).server, "p-monitor")
    said = LexborHTMLParser(one.client.get("/funds").text)
    assert "这里出错了" in text(said, "page") and "预算执行" in text(said, "menu")
    assert "这里出错了" in words(one.page("/funds"))


def test_only_a_browser_without_the_files_is_told_to_fetch_them_at_once(reader: Callable[[str], Reader]) -> None:
    client = reader("p-leader").client
    client.delete_cookie("poolwatch_files")
    first, again = (client.get("/", headers=GZIP) for _ in range(2))
    fetched = LexborHTMLParser(gzip.decompress(first.data).decode()).css("link[rel=preload]")
    named = json.loads(LexborHTMLParser(gzip.decompress(again.data).decode()).css_first("#scripts").text())  # type: ignore[union-attr]
    assert [one.attributes["href"] for one in fetched] == named["frame"] + named["charts"]
    assert "HttpOnly; SameSite=Lax" in first.headers["Set-Cookie"]
    assert b"preload" not in gzip.decompress(again.data) and "Set-Cookie" not in again.headers
    client.set_cookie("poolwatch_files", "of-an-earlier-release")
    assert b"preload" in gzip.decompress(client.get("/", headers=GZIP).data)
    assert b"async-graph" not in gzip.decompress(client.get("/messages", headers=GZIP).data).partition(b'id="first"')[0]


def test_a_worker_that_has_shown_nothing_serves_every_script_a_document_names(
    reader: Callable[[str], Reader], shared_engine: Engine, tmp_path: Path
) -> None:
    said = document(reader("p-monitor"), "/")
    scripts = json.loads(said.css_first("#scripts").text())  # type: ignore[union-attr]
    named = [*scripts["frame"], *scripts["charts"]]
    named += [str(one.attributes["href"]) for one in said.css("link[href]:not([rel=expect])")]
    named += [str(one.attributes["src"]) for one in said.css("script[src]")]
    assert len(named) > 11
    fresh = create_site(demonstration_store.site_on(shared_engine, tmp_path))
    assert fresh.registered_paths["dash"], "set up before the first of many threads asks"
    assert {fresh.server.test_client().get(address).status_code for address in named} == {200}


@given(st.lists(st.tuples(st.binary(max_size=3000), st.booleans()), max_size=8))
def test_parts_compressed_before_and_now_are_one_gzip_body(texts: list[tuple[bytes, bool]]) -> None:
    parts = [gzip_part(text) if before else text for text, before in texts]
    assert gzip.decompress(joined(parts)) == b"".join(text for text, _before in texts)
    assert all(part.text == text for part, (text, before) in zip(parts, texts, strict=True) if before)  # type: ignore[union-attr]
