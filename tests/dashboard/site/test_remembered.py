"""Answers are kept for those who share them and for nobody else: two accounts of one scope, every page and drawer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import PAGES, create_site
from dashboard.site.page import Remembered
from dashboard.site.view import parse_view
from data_access.store.engine import writing
from tests.dashboard import walk
from tests.dashboard.conftest import Reader, hrefs, sign_in
from tests.dashboard.pages.test_warnings_page import CHANGCHUN, act, the_case
from tests.demonstration_store import PROVINCE, SCHEME, SIPING, digest, site_on
from workflows.cases.register import case_list
from workflows.people.accounts import Role, create_account

CHANGCHUN_CITY = ("changchun", "changchun-2")
WORKED = ("/warnings/", "/issues/")
MONITORS = ("p-monitor", "p-monitor-2")


@pytest.fixture
def prepared(own_engine: Engine, tmp_path: Path) -> Engine:
    """A store where one of two accounts of one scope has asked, written, proposed and read what the other has not."""
    with writing(own_engine) as connection:
        create_account(
            connection,
            login=MONITORS[1],
            name="Name of p-monitor-2",
            role=Role.MONITOR,
            region=PROVINCE,
            digest=digest(),
        )
        for login in CHANGCHUN_CITY:
            create_account(
                connection, login=login, name=f"Name of {login}", role=Role.CITY, region=CHANGCHUN, digest=digest()
            )
    server = create_site(site_on(own_engine, tmp_path)).server
    monitor = sign_in(server, MONITORS[0])
    given = {"to": f"{CHANGCHUN}/fiscal", "due": "2026-11-27"}
    assert act(monitor, own_engine, "case_assign", the_case(own_engine, CHANGCHUN), **given)[0] == 200
    asked = {"text": "已报省政府同意", "until": "2026-12-31"}
    assert act(monitor, own_engine, "case_except", the_case(own_engine, SIPING), **asked)[0] == 200
    monitor.client.post(f"/act/messages/messages_read?scheme={SCHEME}", headers={"Accept": "application/json"})
    return own_engine


def addresses(reader: Reader, engine: Engine) -> list[str]:
    """Every page, what it links to on the site itself one step on, and every case: with their drawers."""
    at = f"scheme={SCHEME}"
    found = {f"{page.path}?{at}" for page in PAGES}
    for page in sorted(found):
        linked = hrefs(reader.page(page))
        found |= {one for one in linked if one.startswith("/") and f"scheme={SCHEME}" in one and "/export/" not in one}
    with engine.connect() as connection:
        found |= {f"/warnings/{case.number}?{at}" for case in case_list(connection, SCHEME)}
    # 我的账户 marks the session from which it is asked, so it differs between two of one account; it is kept for nobody.
    found = {one for one in found if not one.startswith("/account")}
    # One address of each kind, of what is worked every one: what differs between accounts lies there.
    kinds = {one if one.startswith(WORKED) else walk.kind(one): one for one in sorted(found)}
    return sorted(kinds.values())


def parts(every: list[str]) -> Iterator[tuple[str, str]]:
    """What is asked for, with its address: each drawer, and the page under it once for all its drawers."""
    asked = set()
    for address in every:
        view = parse_view(*address.partition("?")[::2])
        if view.item:
            yield "drawer.children", address
        if not view.item or (view.path, view.tab) not in asked:
            yield "page.children", address
        asked.add((view.path, view.tab))


@pytest.mark.parametrize("pair", [MONITORS, CHANGCHUN_CITY])
def test_an_answer_remembered_for_one_account_is_not_anothers_of_the_same_scope(
    prepared: Engine, tmp_path: Path, pair: tuple[str, str]
) -> None:
    server, fresh = (create_site(site_on(prepared, tmp_path)).server for _ in range(2))
    first, second = (sign_in(server, login) for login in pair)
    alone = sign_in(fresh, pair[1])
    every = addresses(first, prepared)
    assert len(every) > 40
    wrong = []
    for part, address in parts(every):
        first.ask(part, address)
        if second.ask(part, address).data != alone.ask(part, address).data:
            wrong.append((part, address))
    assert not wrong


def test_what_two_accounts_of_one_scope_see_of_a_case_differs_so_it_is_kept_by_account(
    prepared: Engine, tmp_path: Path
) -> None:
    """The second person is offered the answer, the one who asked is not."""
    server = create_site(site_on(prepared, tmp_path)).server
    address = f"/warnings/{the_case(prepared, SIPING).number}?scheme={SCHEME}"
    asked, other = (sign_in(server, login).text(address) for login in MONITORS)
    assert "由另一人批准" in asked and "由另一人批准" not in other


def test_pages_of_one_persons_own_are_kept_for_nobody() -> None:
    kept = {page.path: page.remembered for page in PAGES}
    never = {path for path, one in kept.items() if one is Remembered.NEVER}
    assert never == {"/account", "/admin", "/briefings", "/data", "/messages", "/one-page"}
    assert kept["/warnings"] is Remembered.BY_ACCOUNT
