"""Other systems: what a token opens and nothing else does, what a push brings, that a repeated one brings nothing."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from sqlalchemy import Engine, event, func, select

from dashboard import create_site
from dashboard.site.transaction import SESSION_COOKIE
from data_access.intake.importers import import_given
from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.history import waiting
from data_access.intake.originals import ORIGINALS
from data_access.store import schema
from data_access.store.engine import create_store, file_of, migrate, writing
from monitoring.refresh import Places, refresh
from rules.errors import ClockStepped
from tests.demonstration_store import NOW, site_on
from tests.small_province import NANJING, PROVINCE, SCHEME, WUXI, XUANWU, load_opening, load_province, load_table
from workflows.people.accounts import Role, create_account, disable_account
from workflows.people.passwords import new_digest
from workflows.people.sign_in import sign_in
from workflows.people.tokens import Scope, TokenRefused, new_token, revoke

PASSWORD = "a passphrase of the tests"
ENTRY = {
    "scheme": SCHEME,
    "region": XUANWU,
    "item": "premium_current",
    "movement": "collect",
    "business_date": "2026-10-09",
    "booked_at": "2026-10-09T16:30:00+08:00",
    "amount_yuan": 1250000.01,
}
PUSH, FIGURES = Scope.PUSH, Scope.FIGURES


@dataclass
class Api:
    """A small province with its site; ``refreshing`` takes in at once what was pushed."""

    engine: Engine
    client: FlaskClient
    clock: list[Any]
    refresh: list[Callable[[], None]]
    secrets: dict[str, str]
    originals: Path

    def call(self, token: str, method: str, path: str, **named: Any) -> Any:
        secret = self.secrets.get(token, token)
        headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"} | named.pop("headers", {})
        return getattr(self.client, method.lower())(f"/api/v1{path}", headers=headers, **named)

    def push(self, token: str, *entries: dict[str, object], query: str = "", **headers: str) -> Any:
        text = json.dumps(list(entries))
        return self.call(token, "POST", f"/ledger{query}", data=text, content_type="application/json", headers=headers)

    def entries(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(schema.ledger_entry)).scalar_one()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("api")
    engine = create_store(f"sqlite:///{folder / 'store.db'}")
    migrate(engine)
    load_province(engine, NOW)
    load_opening(engine, NOW)
    other: dict[str, object] = {"code": "elsewhere", "name": "吉林税务", "name_en": "Jilin tax", "department": "tax"}
    other |= {"scheme": "jilin-pension", "rhythm": "daily", "due": "10:00"}
    load_table(engine, "source", [other], NOW)
    people = [("tax", Role.TAX, PROVINCE), ("gone", Role.TAX, PROVINCE), ("leader", Role.LEADER, PROVINCE)]
    people += [("city-tax", Role.TAX, NANJING), ("city", Role.CITY, NANJING), ("tax-2", Role.TAX, PROVINCE)]
    tokens = [
        ("core", "tax", {PUSH}, "tax"),
        ("any", "tax", {PUSH, FIGURES}, None),
        ("read", "leader", {FIGURES}, None),
    ]
    tokens += [("ended", "tax", {PUSH}, None), ("short", "tax", {PUSH}, None), ("of-gone", "gone", {PUSH}, None)]
    tokens += [("city-core", "city-tax", {PUSH, FIGURES}, None), ("other", "tax-2", {PUSH}, None)]
    with writing(engine) as connection:
        digest = new_digest(PASSWORD)
        for login, role, region in people:
            create_account(connection, login=login, name=login, role=role, region=region, digest=digest)
        secrets = {}
        for name, login, scopes, source in tokens:
            ends = NOW + (timedelta(minutes=1) if name == "short" else timedelta(days=30))
            secrets[name] = new_token(connection, name, login, scopes, ends, by="root", now=NOW, source=source)
        revoke(connection, "ended", by="root", now=NOW)
        disable_account(connection, "gone", NOW)
    clock = [NOW + timedelta(minutes=2)]

    def taken() -> None:
        refresh(engine, Places.under(folder), alerts=False, clock=lambda: clock[0])

    refreshing: list[Callable[[], None]] = [taken]
    site = replace(site_on(engine, folder), now=lambda: clock[0], refresh=lambda: refreshing[-1]())
    yield Api(engine, create_site(site).server.test_client(), clock, refreshing, secrets, folder / ORIGINALS)
    engine.dispose()


DOORS = [("POST", "/ledger"), ("GET", "/batches/1")]


@pytest.mark.parametrize("token", ["", "nonsense", "ended", "short", "of-gone"])
def test_without_a_token_in_force_every_door_says_the_same(api: Api, token: str) -> None:
    said = {(one.status_code, one.text) for one in (api.call(token, *door) for door in [*DOORS, ("GET", "/nothing")])}
    assert said == {(401, api.call("", "GET", "/batches/1").text)}


def test_a_session_opens_no_door_of_the_api_and_a_token_no_page(api: Api) -> None:
    signed_in = api.client.application.test_client()
    signed_in.set_cookie(SESSION_COOKIE, sign_in(api.engine, "tax", PASSWORD, api.clock[0]).token)
    assert signed_in.get("/api/v1/version").status_code == 200
    for method, path in DOORS:
        assert getattr(signed_in, method.lower())(f"/api/v1{path}").status_code == 401
    bearer = {"Authorization": f"Bearer {api.secrets['any']}"}
    assert api.client.get("/api/v1/version", headers=bearer).status_code == 401
    assert api.client.get("/", headers=bearer).status_code == 302
    assert api.client.get("/export/batches.json", headers=bearer).status_code == 401


def test_a_push_comes_in_exactly_and_repeated_changes_nothing_and_says_so(api: Api) -> None:
    before = api.entries()
    first = api.push("core", {**ENTRY, "source_ref": "P-1"}, query="?wait=5")
    assert (first.status_code, first.json["state"], first.json["inserted"]) == (201, "loaded", 1), first.json
    with api.engine.connect() as connection:
        kept = connection.execute(select(schema.ledger_entry).where(schema.ledger_entry.c.source_ref == "P-1")).one()
    assert (kept.amount_fen, kept.source, kept.cell) == (125_000_001, "tax", "1")
    again = api.push("core", {**ENTRY, "source_ref": "P-1"}, query="?wait=5")
    assert (again.status_code, again.json["state"], again.json["all_known"]) == (200, "duplicate", True)
    both = api.push("core", {"source_ref": "P-1", **ENTRY}, {**ENTRY, "source_ref": "P-2"}, query="?wait=5")
    assert (both.status_code, both.json["inserted"], both.json["known"]) == (201, 1, 1)
    assert api.entries() == before + 2
    told = api.call("core", "GET", f"/batches/{both.json['batch']}")
    assert (told.status_code, told.json["final"]) == (200, True)
    assert api.call("other", "GET", f"/batches/{both.json['batch']}").status_code == 404


def test_while_the_clock_cannot_be_right_a_push_is_to_be_sent_again_and_nothing_of_it_is_kept(
    api: Api, tmp_path: Path
) -> None:
    def wrong() -> datetime:
        raise ClockStepped("three days ahead", found=NOW, expected=NOW, than="machine")

    site = replace(site_on(api.engine, tmp_path), now=lambda: api.clock[0], steady=wrong)
    bearer = {"Authorization": f"Bearer {api.secrets['core']}"}
    refused = (
        create_site(site)
        .server.test_client()
        .post("/api/v1/ledger", json=[{**ENTRY, "source_ref": "P-1"}], headers=bearer)
    )
    assert refused.status_code == 503 and "时钟" in refused.json["message"]
    assert list(tmp_path.rglob("originals/*/*")) == []


def test_a_store_that_goes_away_in_the_middle_of_a_question_is_to_be_asked_again(api: Api) -> None:
    file = file_of(api.engine)
    assert file is not None
    batch = api.push("core", {**ENTRY, "source_ref": "A-1"}, query="?wait=5").json["batch"]

    def gone(*_given: object) -> None:  # once it is known who asks
        file.rename(file.with_suffix(".away"))

    event.listen(api.engine, "checkin", gone, once=True)
    try:
        refused = api.call("core", "GET", f"/batches/{batch}")
    finally:
        file.with_suffix(".away").rename(file)
    assert (refused.status_code, refused.json["error"]) == (503, "http_503")
    assert api.call("core", "GET", f"/batches/{batch}").status_code == 200


def test_csv_and_parquet_are_taken_like_json(api: Api) -> None:
    row = {**ENTRY, "amount_yuan": "3.50", "source": "tax", "source_ref": "C-1"}
    csv = ",".join(row) + "\n" + ",".join(map(str, row.values())) + "\n"
    taken = api.call("any", "POST", "/ledger?wait=5", data=csv, content_type="text/csv")
    assert taken.status_code == 201, taken.json
    file = io.BytesIO()
    pq.write_table(pa.table({name: [str(value)] for name, value in {**row, "source_ref": "C-2"}.items()}), file)
    sent = {"data": file.getvalue(), "content_type": "application/vnd.apache.parquet"}
    assert api.call("any", "POST", "/ledger?wait=5", **sent).status_code == 201


def test_one_bad_row_refuses_all_with_its_place_and_the_good_ones_are_taken_where_asked(api: Api) -> None:
    good, bad = {**ENTRY, "source_ref": "G-1"}, {**ENTRY, "source_ref": "G-2", "region": "999999"}
    before = api.entries()
    refused = api.push("core", good, bad, query="?wait=5")
    assert refused.status_code == 422 and api.entries() == before
    (why,) = refused.json["rejections"]
    assert (why["line"], why["column"], why["value"], why["reason"]) == (2, "region", "999999", "not_a_place")
    assert "there is no such region" in why["message"]
    taken = api.push("core", good, bad, query="?wait=5&accept_good_rows=true")
    assert (taken.status_code, taken.json["inserted"], taken.json["rejected"]) == (201, 1, 1)


def test_a_push_that_is_not_waited_for_is_kept_under_its_number(api: Api) -> None:
    kept = api.push("core", {**ENTRY, "source_ref": "W-1"})
    assert kept.headers["Location"] == f"/api/v1/batches/{kept.json['batch']}"
    assert api.call("core", "GET", f"/batches/{kept.json['batch']}").json["state"] == "loaded"


def test_a_push_that_waits_already_is_not_queued_twice_and_told_to_its_sender_alone(api: Api) -> None:
    entry = {**ENTRY, "source": "tax", "source_ref": "T-1"}
    api.refresh.append(lambda: None)
    first, again, others = api.push("any", entry), api.push("any", entry), api.push("other", entry)
    api.refresh.pop()
    assert (first.status_code, again.status_code) == (202, 202) and again.json["batch"] == first.json["batch"]
    assert (others.status_code, others.json["error"]) == (409, "upload_twin_queued")


FOREIGN = [
    ("core", {"source": "fiscal"}, "source_differs"),  # bound to another
    ("any", {"source": "fiscal"}, "not_yours_to_deliver"),  # of another department
    ("any", {"source": "elsewhere"}, "not_yours_to_deliver"),  # of another province
    ("any", {"source": "tax", "movement": "receive"}, "not_yours_to_deliver"),
    ("city-core", {"source": "tax", "region": WUXI}, "region_not_yours"),
]


@pytest.mark.parametrize(("token", "changed", "reason"), FOREIGN)
def test_a_token_delivers_what_its_account_may_and_its_source_alone(api: Api, token: str, changed, reason) -> None:
    refused = api.push(token, {**ENTRY, "source_ref": f"F-{reason}-{token}", **changed}, query="?wait=5")
    assert refused.status_code == 422
    assert reason in {one["reason"] for one in refused.json["rejections"]}, refused.json


def test_a_scope_that_a_token_has_not_and_an_account_that_delivers_nothing_are_refused(api: Api) -> None:
    answer = api.push("read", {**ENTRY, "source_ref": "S-1"})
    assert (answer.status_code, answer.json["error"]) == (403, "api_scope")
    with writing(api.engine) as connection:
        for login, source in (
            ("leader", None),
            ("city", None),
            ("tax", "fiscal"),
            ("tax", "elsewhere"),
            ("gone", None),
        ):
            with pytest.raises(TokenRefused):
                new_token(connection, "x", login, {PUSH}, NOW + timedelta(days=3), by="r", now=NOW, source=source)
        for days in (-1, 0, 500):
            with pytest.raises(TokenRefused):
                new_token(connection, "x", "tax", {PUSH}, NOW + timedelta(days=days), by="r", now=NOW)


UNFIT = [
    ("/ledger", "text/plain", b"x", 415, "api_media_type"),
    ("/ledger", "application/json", b"", 400, "api_empty"),
    ("/ledger", "application/json", b"a,b", 400, "api_not_json"),
    ("/ledger?wait=-1", "application/json", b"[{}]", 400, "api_parameter"),
    ("/ledger?wiat=1", "application/json", b"[{}]", 400, "api_unknown_parameter"),
    ("/ledger/1", "application/json", b"[{}]", 404, "api_address"),
    ("/batches/1", "application/json", b"", 405, "api_method"),
]


@pytest.mark.parametrize(("path", "media", "body", "status", "code"), UNFIT)
def test_what_is_no_request_of_the_api_is_refused_with_a_code_and_a_sentence(
    api: Api, path: str, media: str, body: bytes, status: int, code: str
) -> None:
    answer = api.call("core", "POST", path, data=body, content_type=media)
    assert (answer.status_code, answer.json["error"]) == (status, code) and answer.json["message"]


def test_a_body_beyond_the_limit_is_refused_unread(api: Api) -> None:
    claimed = {"CONTENT_LENGTH": str((64 << 20) + 1)}
    answer = api.call("core", "POST", "/ledger", content_type="application/json", environ_overrides=claimed)
    assert (answer.status_code, answer.json["error"]) == (413, "api_too_large")


def test_making_ending_and_using_tokens_is_in_the_journal_and_no_secret_is(api: Api) -> None:
    api.push("core", {**ENTRY, "source_ref": "J-1"})
    with api.engine.connect() as connection:
        rows = connection.execute(select(schema.audit_event)).all()
        kept = connection.execute(select(schema.api_token)).all()
    done = {(row.action, row.subject) for row in rows}
    assert {("token_new", "core"), ("token_revoke", "ended"), ("token_use", "core")} <= done
    assert any(row.action == "upload" and row.actor == "tax" and row.subject.startswith("core-") for row in rows)
    assert sum(row.action == "token_use" and row.subject == "core" for row in rows) == 1
    assert not any(secret in str((*rows, *kept)) for secret in api.secrets.values())


@pytest.fixture
def description(api: Api) -> Iterator[Any]:
    """What the API says of itself; what is pushed is taken in at once, and nothing is published."""

    def taken() -> None:
        with api.engine.connect() as connection:
            numbers = waiting(connection)
        for number in numbers:
            import_given(api.engine, number, api.originals, lambda _connection, _given: Allowance(), now=api.clock[0])

    api.refresh[0]()
    api.refresh.append(taken)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", api.client.application)
    api.refresh.pop()


AS_DESCRIBED = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_sent_the_answer_is_as_described(description: Any, api: Api, mode: GenerationMode) -> None:
    headers = {"Authorization": f"Bearer {api.secrets['any']}", "Accept-Encoding": "identity"}
    asked: Counter[int] = Counter()
    for found in description.get_all_operations():

        @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(found.ok().as_strategy(generation_mode=mode))
        def answered(case: Any) -> None:
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=AS_DESCRIBED)
            asked[answer.status_code] += 1

        answered()
    assert len(asked) > 2, asked
