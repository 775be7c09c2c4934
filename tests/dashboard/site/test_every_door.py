"""Every route, callback, page, act, file and attachment of the running site, tried by every role, by nobody, by a city for
another city and by a disabled account. What there is, the site itself says; what is new without a rule here fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from dashboard import EVERYWHERE, PAGES, create_site
from dashboard.site.attaching import PAGE_OF
from dashboard.site.menu import home_of
from data_access.books.published import Published
from data_access.intake.importers import TABLES
from data_access.store import schema
from data_access.store.engine import writing
from rules.scheme import load_scheme
from tests.dashboard.conftest import QUESTION, Reader, sign_in
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SIPING, copy_of, site_on
from workflows.people import rights
from workflows.people.accounts import Account, Role, disable_account

OPEN, MACHINES, TOKEN, EVERYBODY, PAGE, EXPORT, ACT, MATTER, OWN = (
    "answers strangers",
    "the addresses that are set",
    "a token of the API",
    "whoever is signed in",
    "who may open the page",
    "who may open the page that the file is of",
    "who may open the page and do the act",
    "who may open the page of the matter and sees its region",
    "whoever began it",
)
# Of a file that belongs to one page, that page.
DATA, THRESHOLDS = "/data", "/thresholds"
DOORS: dict[str, str] = {
    "/sign-in": OPEN,
    "/sign-in/demo": OPEN,
    "/sign-in/step": OPEN,
    "/preferences": OPEN,
    "/healthz": OPEN,
    "/readyz": OPEN,
    "/metrics": MACHINES,
    "/assets/<path:filename>": OPEN,
    "/assets/site.<kind>": OPEN,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": OPEN,
    "/_favicon.ico": OPEN,
    "/api/v1/openapi.json": OPEN,
    "/api/v1/ledger": TOKEN,
    "/api/v1/batches/<number>": TOKEN,
    "/api/v1/figures": TOKEN,
    "/api/v1/<path:_rest>": TOKEN,
    "/sign-out": EVERYBODY,
    "/api/v1/version": EVERYBODY,
    "/_dash-layout": EVERYBODY,
    "/_dash-dependencies": EVERYBODY,
    "/_dash-update-component": EVERYBODY,
    "/_reload-hash": EVERYBODY,
    "/passport/<scheme>": EVERYBODY,
    "/find": EVERYBODY,
    "/account/second-factor": EVERYBODY,
    "/account/recovery-codes": EVERYBODY,
    "/": PAGE,
    "/<path:path>": PAGE,
    "/export/<code>.<kind>": EXPORT,
    "/export/<page>/<code>.<kind>": EXPORT,
    "/export/<page>/<subject>/<code>.<kind>": EXPORT,
    "/export-job/<code>": EXPORT,
    "/export-job/<page>/<code>": EXPORT,
    "/export-job/<page>/<subject>/<code>": EXPORT,
    "/export-job/<token>": OWN,
    "/export-job/<token>/file": OWN,
    "/export-job/<token>/cancel": OWN,
    "/act/<name>": ACT,
    "/act/<page>/<name>": ACT,
    "/act/<page>/<subject>/<name>": ACT,
    "/attachment/<int(max=2147483647):number>": MATTER,
    "/template/<target>.<kind>": DATA,
    "/rejected/<int(max=2147483647):number>.xlsx": DATA,
    "/original/<int(max=2147483647):number>": DATA,
    "/original/draft/<int(max=2147483647):number>": DATA,
    "/template/briefing.docx": DATA,
    "/export-thresholds.<kind>": THRESHOLDS,
}
# The callbacks by what they answer, and the page whose rights each asks for; None: that of the address in its question.
CALLBACKS: dict[str, str | None] = {
    "..header.children...menu.children...page.children..": None,
    "drawer.children": None,
    ".._pages_content.children..._pages_store.data..": None,  # of Dash itself, without a page of its own
    "..trial.children...find-levels.children...find-starts.children...find-periods.children...find-recover.children"
    "...find-no_data.children..": THRESHOLDS,
    "..upload-given.data...upload.contents..": DATA,
    "..upload-answer.children...batches.children...upload-clock.disabled..": DATA,
    "refresh-answer.children": DATA,
}
SAMPLES = {"int": "1", "path": "a/b", "string": "a", "default": "a"}
CLOSED = "无权查看。"


def login_of(role: Role) -> str:
    return "c-jilin" if role is Role.CITY else f"p-{role.value}"


def addresses(server: Flask) -> Iterator[tuple[str, str, str]]:
    """Every rule of the server, each of its methods, and an address that fits it."""
    for rule in server.url_map.iter_rules():
        address = re.sub(r"<(?:(\w+)[^:>]*:)?\w+>", lambda found: SAMPLES[found.group(1) or "default"], rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"}):
            yield rule.rule, method, address


def callbacks(one: Reader) -> dict[str, dict[str, Any]]:
    """The callbacks that the server answers; what the browser answers itself is no door."""
    known = json.loads(one.client.get("/_dash-dependencies").data)
    return {str(each["output"]): each for each in known if each.get("clientside_function") is None}


def question(known: dict[str, Any], address: str) -> dict[str, Any]:
    """The question that a browser at an address asks of a callback, every value being the address."""
    parts = [part.partition(".") for part in str(known["output"]).strip(".").split("...")]
    outputs = [{"id": one, "property": prop} for one, _dot, prop in parts]
    return {
        "output": known["output"],
        "outputs": outputs if len(outputs) > 1 else outputs[0],
        "inputs": [{**given, "value": address} for given in known["inputs"]],
        "state": [{**given, "value": address} for given in known["state"]],
        "changedPropIds": [],
    }


def told(answer: TestResponse) -> list[object]:
    """What a callback says: the values of its outputs; none where it has nothing to say or failed on its question."""
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.text
    return [one for part in json.loads(answer.data)["response"].values() for one in part.values() if one is not None]


def files_of(page: Any) -> list[str]:
    return [f"{code}.csv" for code in (*page.tables, *page.charts)] + [f"{code}.docx" for code in page.documents]


def export(path: str, file: str) -> str:
    return f"/export{'' if path == '/' else path}/{file}"


def test_every_route_every_callback_and_every_table_has_a_rule(server, reader: Callable[[str], Reader]) -> None:
    assert {rule.rule for rule in server.url_map.iter_rules()} == set(DOORS), (
        "a route without a rule, or a rule without"
    )
    assert set(callbacks(reader("p-monitor"))) == set(CALLBACKS)
    assert {page.path for page in PAGES} == set(rights.PAGES)
    assert set(rights.DELIVERIES) == set(TABLES)
    assert all(act.roles for act in (*(act for page in PAGES for act in page.acts), *EVERYWHERE))


@pytest.fixture(scope="module")
def ended(store_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The client of somebody whose account was disabled while signed in."""
    folder = tmp_path_factory.mktemp("ended")
    with copy_of(store_file, folder) as engine:
        one = sign_in(create_site(site_on(engine, folder)).server, "p-monitor")
        with writing(engine) as connection:
            disable_account(connection, "p-monitor", NOW)
        yield one.client


@pytest.mark.parametrize("who", ["nobody", "disabled"])
def test_every_route_and_callback_is_closed_to_who_is_not_signed_in(
    server, ended: FlaskClient, reader: Callable[[str], Reader], who: str
) -> None:
    client = server.test_client() if who == "nobody" else ended
    for rule, method, address in addresses(server):
        if DOORS[rule] == OPEN:
            continue
        answer = getattr(client, method.lower())(address)
        sent_away = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
        told_off = answer.status_code == 403 and DOORS[rule] == MACHINES
        assert answer.status_code == 401 or sent_away or told_off, (method, address, answer.status_code)
        assert len(answer.data) < 1000
    for known in callbacks(reader("p-monitor")).values():
        assert client.post(QUESTION, json=question(known, "/")).status_code == 401, known["output"]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_no_page_file_or_callback_that_is_not_its_own(reader: Callable[[str], Reader], role: Role) -> None:
    one = reader(login_of(role))
    for page in PAGES:
        if role in rights.PAGES[page.path]:
            continue
        shown = one.client.get(page.path)
        led_home = shown.status_code == 302 and shown.headers["Location"] == home_of(role)
        assert led_home or (shown.status_code == 403 and CLOSED in shown.text), page.path
        for file in files_of(page):
            assert one.client.get(export(page.path, file)).status_code == 403, (page.path, file)
        for code in page.documents:
            begun = one.client.post(export(page.path, code).replace("/export", "/export-job"), data={"kind": "docx"})
            assert begun.status_code == 403, (page.path, code)
        for rule, _method, address in addresses(one.client.application):
            if DOORS[rule] == page.path:
                assert one.client.get(address).status_code == 403, address
        for output, known in callbacks(one).items():
            if CALLBACKS[output] == page.path:
                answer = one.client.post(QUESTION, json=question(known, page.path))
                assert all("权限" in str(one) for one in told(answer)), (output, answer.text[:200])
    assert one.client.get("/nowhere").status_code == 404


def test_a_city_gets_nothing_of_another_city(reader: Callable[[str], Reader]) -> None:
    city = reader("c-jilin")
    for page in PAGES:
        if Role.CITY not in rights.PAGES[page.path] or page.path == "/messages":  # one's own, whatever the address
            continue
        elsewhere = f"region={SIPING}"
        assert city.client.get(f"{page.path}?{elsewhere}").status_code == 403, page.path
        for file in files_of(page):
            assert city.client.get(f"{export(page.path, file)}?{elsewhere}").status_code == 403, (page.path, file)


def test_an_attachment_is_for_who_may_open_the_page_of_its_matter_and_sees_its_region(
    shared_engine: Engine, shared_published: Published, reader: Callable[[str], Reader]
) -> None:
    with shared_engine.connect() as connection:
        kept = connection.execute(select(schema.attachment)).all()
    assert kept
    for login, role, region in (
        *((login_of(role), role, JILIN_CITY if role is Role.CITY else PROVINCE) for role in Role),
        ("c-siping", Role.CITY, SIPING),
    ):
        account = Account(login, "", role, region, None, False)
        for one in kept:
            tree = shared_published.tree(load_scheme(one.scheme))
            theirs = rights.may_open(account, PAGE_OF[one.kind]) and rights.covers(account, tree, one.region)
            got = reader(login).client.get(f"/attachment/{one.id}").status_code
            assert got == (200 if theirs else 404), (login, one.kind, one.region)


def test_every_act_is_refused_to_every_role_that_may_not_do_it(own_engine: Engine, tmp_path: Path) -> None:
    server = create_site(site_on(own_engine, tmp_path)).server
    for role in Role:
        client = sign_in(server, login_of(role)).client
        for page in PAGES:
            own = role in rights.PAGES[page.path]
            # What is done everywhere is asked of one page that is open and one that is not.
            everywhere = EVERYWHERE if page.path in ("/", "/admin") else ()
            for act in (*page.acts, *everywhere):
                if act.do is not None and not (own and role in act.roles):
                    address = f"/act{'' if page.path == '/' else page.path}/{act.name}"
                    assert client.post(address).status_code == 403, (role, address)
