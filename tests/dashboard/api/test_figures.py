"""Figures read by a token are the pages' own, within the rights of its account."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from dashboard import create_site
from dashboard.api.figures import exact
from data_access.store.engine import writing
from tests.dashboard.conftest import sign_in
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, SIPING, YONGJI, site_on
from workflows.people.tokens import Scope, new_token

Ask = Callable[..., Any]
PASSPORT = re.compile(r'data-figure="([^"]+)" data-value="([^"]+)"')
JILIN = {"scheme": SCHEME, "region": JILIN_CITY}


@pytest.fixture
def server(own_engine: Engine, tmp_path: Path) -> Any:
    return create_site(replace(site_on(own_engine, tmp_path), rated=True)).server


@pytest.fixture
def ask(server: Any, own_engine: Engine) -> Ask:
    """Asks for figures as an account: ``ask("c-jilin", scheme=…)``."""
    secrets: dict[str, str] = {}

    def asked(login: str, **given: str) -> Any:
        if login not in secrets:
            with writing(own_engine) as connection:
                ends = NOW + timedelta(days=1)
                secrets[login] = new_token(connection, login, login, {Scope.FIGURES}, ends, by="root", now=NOW)
        headers = {"Authorization": f"Bearer {secrets[login]}", "Accept-Language": "en"}
        return server.test_client().get("/api/v1/figures", query_string=given, headers=headers)

    return asked


def test_figures_are_those_of_the_pages_signed_and_live_and_stay_within_the_rights(server: Any, ask: Ask) -> None:
    reader = sign_in(server, "c-jilin")
    for period, signed in (("2026-10", True), ("live", False)):
        answer = ask("c-jilin", **JILIN, period=period)
        assert answer.status_code == 200, answer.json
        told = {one["key"]: one["value"] or one["reason"] for one in answer.json["figures"]}
        shown: dict[str, str] = {}
        for page in ("/", "/funds", "/region"):
            shown |= PASSPORT.findall(reader.client.get(page, query_string={**JILIN, "period": period}).text)
        both = told.keys() & shown.keys()
        assert len(both) > 8, sorted(shown)[:20]
        assert {key: told[key] for key in both} == {key: shown[key] for key in both}
        told_of = {one["what"]: one for one in answer.json["figures"]}
        assert told_of["income_deviation"]["signed"] is signed and told_of["general_gap"]["unit"] == "fen"
        as_of = "2026-10-31" if signed else NOW.isoformat()
        assert told_of["income_deviation"]["as_of"] == as_of
        assert answer.json["demonstration"] and answer.json["place"] == "Jilin City"
    for region, status in ((YONGJI, 200), (SIPING, 403), (PROVINCE, 403), ("999999", 404)):
        assert ask("c-jilin", scheme=SCHEME, region=region).status_code == status, region
    assert ask("p-monitor", scheme=SCHEME, region=SIPING).status_code == 200
    assert ask("p-system_admin", scheme=SCHEME).status_code == 403
    for given, status in (({"scheme": "x"}, 400), ({"period": "2031-01"}, 404), ({"indicator": "x"}, 400)):
        assert ask("c-jilin", **given).status_code == status, given
    earlier = ask("p-monitor", scheme=SCHEME, period="2026-11", indicator="balance_total").json["figures"]
    assert [one["signed"] for one in earlier] == [False]
    missing = ask("c-jilin", **JILIN, indicator="central_net").json["figures"]
    assert [(one["value"], one["reason"]) for one in missing] == [(None, "no_row")] and missing[0]["message"]


def test_published_totals_are_told_as_printed_with_their_source(ask: Ask) -> None:
    told = ask("p-monitor", scheme="published-pension", region=PROVINCE, period="2010").json["figures"]
    assert {one["what"] for one in told} == {"published"} and all(one["source"] for one in told)
    assert {one["period"] for one in told} == {"2010"}


def test_a_value_is_decimal_text_without_exponent() -> None:
    assert [exact(one) for one in (Fraction(1234567, 10), Fraction(4), -5)] == ["123456.7", "4", "-5"]
