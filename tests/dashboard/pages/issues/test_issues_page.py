"""问题台账: who sees and does what, the list with its matrix, one problem with its steps and files."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from dashboard import create_site
from tests.dashboard.conftest import Reader, hrefs, nodes, sign_in, words
from tests.demonstration_store import JILIN_CITY, SCHEME, copy_of, site_on
from workflows.issues.register import Issue, load_violations, violation

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def own_engine(store_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One copy for all that change problems: each changes one of its own."""
    with copy_of(store_file, tmp_path_factory.mktemp("issues")) as engine:
        yield engine


@pytest.fixture(scope="module")
def own_server(own_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    yield create_site(site_on(own_engine, tmp_path_factory.mktemp("var"))).server


def problems(engine: Engine) -> list[Issue]:
    with engine.connect() as connection:
        return list(load_violations(connection, SCHEME))


def act(someone: Reader, ref: str, name: str, **fields: object):
    return someone.client.post(f"/act/issues/{ref.lower()}/issue_{name}", data=fields, headers=JSON)


def in_jilin_city(one: Issue) -> bool:
    return one.region.startswith(JILIN_CITY[:4])


def test_the_list_shows_every_open_problem_and_what_they_come_to(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    text = reader("p-monitor").text("/issues")
    every = problems(shared_engine)
    standing = [one for one in every if one.open]
    assert f"在办问题{len(standing)}件" in text
    assert all(one.title in text for one in standing)
    assert not any(one.ref in text for one in every if not one.open)


def test_filters_and_squares_of_the_matrix_lead_to_the_same_problems(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    page = reader("p-monitor").page("/issues")
    city = next(one.region[:4] for one in problems(shared_engine) if one.open and one.side == "policy")
    squares = [href for href in hrefs(page) if "measure=policy" in href and f"region={city}" in href]
    assert squares and squares[0].startswith("/issues?")
    text = reader("p-monitor").text(squares[0])
    for one in problems(shared_engine):
        here = one.open and one.side == "policy" and one.region.startswith(city)
        assert (one.ref in text) == here


def test_a_city_sees_its_own_problems_only_and_no_other_by_its_address(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    city = reader("c-jilin")
    text = city.text("/issues?show=")
    for one in problems(shared_engine):
        if one.open:
            assert (one.ref in text) == in_jilin_city(one)
        if not in_jilin_city(one):
            assert one.title not in city.text(f"/issues/{one.ref.lower()}")
    assert "登记问题" not in text


@pytest.mark.parametrize("login", ["p-leader", "p-auditor", "p-writer"])
def test_who_only_reads_is_offered_no_form(reader: Callable[[str], Reader], shared_engine: Engine, login: str) -> None:
    one = next(one for one in problems(shared_engine) if one.open)
    page = reader(login).page(f"/issues/{one.ref.lower()}")
    assert one.title in words(page)
    assert not [node for node in nodes(page) if node["type"] == "Form"]


def test_the_register_is_closed_to_who_administers_the_system(reader: Callable[[str], Reader]) -> None:
    assert "无权查看" in reader("p-system_admin").text("/issues")


def test_a_lead_is_registered_verified_mended_and_closed_by_two_persons(own_server: Flask, own_engine: Engine) -> None:
    monitor, assessor = sign_in(own_server, "p-monitor"), sign_in(own_server, "p-assessor")
    fields = {
        "region": "220221",
        "department": "social",
        "origin": "audit",
        "side": "policy",
        "category": "other",
        "title": "试验",
        "found_on": "2026-11-19",
        "amount": "1200.50",
        "evidence": "底稿",
    }
    answer = monitor.client.post(f"/act/issues/issue_register?scheme={SCHEME}", data=fields, headers=JSON)
    assert answer.status_code == 200, answer.data
    ref = answer.get_json()["href"].partition("?")[0].rpartition("/")[2].upper()
    version = iter(range(1, 20))
    for who, step, given in (
        (monitor, "verify", {"amount": "1000"}),
        (monitor, "assign", {"due_on": "2026-12-20", "text": "限期整改"}),
        (monitor, "recover", {"amount": "1000"}),
        (monitor, "ask_close", {"text": "已追回"}),
    ):
        assert act(who, ref, step, row_version=next(version), **given).status_code == 200
    assert act(monitor, ref, "close", row_version=5).status_code == 422
    assert act(assessor, ref, "close", row_version=5).status_code == 200
    with own_engine.connect() as connection:
        one = violation(connection, SCHEME, ref)
    assert one is not None and (one.state, one.amount_fen, one.recovered_fen) == ("closed", 120_050, 100_000)


def test_a_city_answers_for_its_own_with_a_file_that_others_cannot_fetch(own_server: Flask, own_engine: Engine) -> None:
    city, other, monitor = (sign_in(own_server, login) for login in ("c-jilin", "c-siping", "p-monitor"))
    one = next(one for one in problems(own_engine) if one.state == "mending" and in_jilin_city(one))
    given = {"row_version": one.row_version, "text": "已整改"}
    assert act(other, one.ref, "answer", **given).status_code == 403
    assert act(city, one.ref, "verify", row_version=one.row_version).status_code == 403
    sent = act(city, one.ref, "answer", **given, file=(io.BytesIO(b"<script>"), "佐证.html"))
    assert sent.status_code == 200, sent.data
    href = next(href for href in hrefs(monitor.page(f"/issues/{one.ref.lower()}")) if href.startswith("/attachment/"))
    got = monitor.client.get(href)
    assert got.data == b"<script>" and got.mimetype == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert city.client.get(href).status_code == 200
    assert other.client.get(href).status_code == 404
    assert own_server.test_client().get(href).status_code in (302, 401, 403)


def test_a_form_that_shows_an_older_state_changes_nothing(own_server: Flask, own_engine: Engine) -> None:
    monitor = sign_in(own_server, "p-monitor")
    one = next(one for one in problems(own_engine) if one.state == "mending" and one.row_version > 1)
    answer = act(monitor, one.ref, "recover", row_version=one.row_version - 1, amount="1")
    assert answer.status_code == 409
    assert next(now for now in problems(own_engine) if now.ref == one.ref) == one


def test_register_matrix_and_comparisons_go_out_as_files(reader: Callable[[str], Reader]) -> None:
    for code in ("issues", "matrix", "comparisons"):
        answer = reader("p-monitor").client.get(f"/export/issues/{code}.csv")
        assert answer.status_code == 200 and len(answer.data) > 100
