"""What stands in an address and fits no database is answered in words, on each of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from dashboard import create_site
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from tests.dashboard.conftest import sign_in
from tests.demonstration_store import PASSWORD, digest, site_on
from tests.small_province import PROVINCE, SCHEME, load_province
from workflows.people.accounts import Role, create_account

JSON = {"Accept": "application/json"}
LARGE, NUL = "9" * 20, "%00"
NUMBERS = (
    "/attachment/{}",
    "/rejected/{}.xlsx",
    "/original/{}",
    "/original/draft/{}",
    "/?version={}",
    "/data?item=batch-{}",
    "/data?tab=imports&number={}",
    "/data?tab=workbench&measure={}",
    "/data?tab=close&show=step&version={}",
    "/warnings?number={}",
    "/warnings/{}",
    "/warnings/s{}",
    "/issues?number={}",
    "/issues/{}",
    "/gap?item={}",
    "/central?version={}",
    "/assessment?version={}",
    "/briefings/{}",
    "/export/ranking.csv?version={}",
    "/export-job/{}",
    "/find?q={}",
    "/passport/{}?item=x",
)
TEXTS = ("/?scheme={}", "/?region={}", "/?period={}", "/?item={}", "/data?show={}", "/preferences?next={}")


@pytest.fixture
def monitor(store: Engine, now: datetime, tmp_path: Path) -> FlaskClient:
    """Of a small province with a version."""
    load_province(store, now)
    refresh(store, alerts=False, clock=lambda: now)
    with writing(store) as connection:
        given = {"name": "x", "role": Role.MONITOR, "region": PROVINCE, "digest": digest()}
        create_account(connection, login="p-monitor", **given)  # type: ignore[arg-type]
    return sign_in(create_site(site_on(store, tmp_path)).server, "p-monitor").client


def test_what_no_database_takes_is_answered_in_words_or_written_otherwise(monitor: FlaskClient, store: Engine) -> None:
    addresses = [address.format(LARGE) for address in NUMBERS]
    addresses += [address.format(NUL) for address in (*NUMBERS, *TEXTS)]
    said = {address: monitor.get(address).status_code for address in addresses}
    assert {address: status for address, status in said.items() if status >= 500} == {}
    for login, password in (("a\0b", PASSWORD), ("p-monitor", "a\0b")):
        assert monitor.post("/sign-in", data={"login": login, "password": password}).status_code == 403
    noted = {"month": "2026-03", "day": "", "kind": "deferral", "text": "a\0b", "text_en": ""}
    assert monitor.post(f"/act/add_annotation?scheme={SCHEME}", data=noted, headers=JSON).status_code == 200
    with store.connect() as connection:
        assert connection.execute(select(schema.annotation.c.text)).scalar_one() == "a\ufffdb"
