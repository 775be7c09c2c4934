"""The same walk over the pensions of three provinces, each by its own monitor in the last signed month, one in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import create_site
from dashboard.components.parts import plain
from dashboard.pages.overview.since import restated
from dashboard.site.reading import read
from dashboard.site.view import View
from data_access.books.published import Published
from data_access.books.versions import restatements
from tests import demonstration_store
from tests.dashboard import walk
from tests.dashboard.conftest import sign_in
from tests.dashboard.pages.funds.test_cash_plan import closes_with_the_forecast, reading_at
from tests.dashboard.site.test_walk import LEDGER, Walked, by_sql
from tests.demonstration_store import JILIN_CITY, NOW, PENSIONS
from tests.stores import open_store
from tests.twins import gap
from workflows.people.accounts import Role
from workflows.people.rights import Scope

IN_ENGLISH = "jilin-pension"
CITIES = {"jiangsu-pension": "320700", "shanxi-pension": "140200", "jilin-pension": JILIN_CITY}
# The other walk looks at these, which have the same figures of every scheme.
WITHOUT = r"/(assessment|thresholds|issues|messages|data)\b|.*scheme=published"
CREDITS, COUNTIES = set(gap.CREDITS_ONLY), set(gap.COUNTY_ONLY)


@pytest.fixture(scope="module")
def pensions(pensions_file: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{pensions_file}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module", params=PENSIONS)
def seen(request: pytest.FixtureRequest, pensions: Engine, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    scheme = request.param
    site = create_site(demonstration_store.site_on(pensions, tmp_path_factory.mktemp("var")))
    client = sign_in(site.server, f"monitor-{PENSIONS[scheme]}").client
    if scheme == IN_ENGLISH:
        client.set_cookie("language", "en")
    pages = [f"/region?region={CITIES[scheme]}&period=2025-12", "/?item=subsidy_arrival"]
    pages += [address.replace(JILIN_CITY, CITIES[scheme]) for address in LEDGER if not re.match(WITHOUT, address)]
    starts = [f"{address}{'&' if '?' in address else '?'}scheme={scheme}" for address in pages]
    found = Walked()
    for one in walk.walk(client, starts, without=WITHOUT):
        found.take(one)
    assert found.documents > 60 and {key.split("|")[1] for key in found.values} == {scheme}
    return found


def test_figures_of_every_province_are_one_and_as_printed(seen: Walked) -> None:
    assert len(seen.values) > 1500
    assert not seen.contradicting, "\n".join(seen.contradicting[:40])
    assert not seen.otherwise, "\n".join(seen.otherwise[:40])
    assert not seen.bare, "\n".join(sorted(set(seen.bare))[:60])
    assert not seen.unsummed, "\n".join(seen.unsummed[:40])


def test_figures_of_every_province_are_what_plain_sql_gives(
    seen: Walked, pensions: Engine, request: pytest.FixtureRequest
) -> None:
    scheme = request.node.callspec.params["seen"]
    checked, wrong = by_sql(seen, pensions, once=True)
    assert not wrong, "\n".join(wrong[:40])
    assert len(checked) > 60 and "subsidy_arrival" in checked
    assert (checked >= CREDITS) == (scheme == "jiangsu-pension")
    assert (checked >= COUNTIES) == (scheme == "shanxi-pension")
    assert ("advance.balance" in checked) == (scheme == "jiangsu-pension")


def test_a_month_that_was_corrected_after_a_meeting_had_it_is_said(pensions: Engine) -> None:
    scope = Scope(Role.LEADER, PENSIONS["jiangsu-pension"], None)
    with pensions.connect() as connection:
        months = {close.month for close in restatements(connection, "jiangsu-pension")}
        assert months == {202610}
        said = [
            plain(restated(read(Published(connection), View("/", "jiangsu-pension", period=period), scope, NOW)))
            for period in ("2026-10", "2026-07")
        ]
    assert re.fullmatch(r"；10月数为会上所用定稿数，其后有更正，累计结余现为[\d,.]+亿元", said[0]) and said[1] == ""


@pytest.mark.parametrize("scheme", PENSIONS)
def test_the_cash_plan_of_every_province_closes_with_its_forecast(pensions: Engine, scheme: str) -> None:
    with pensions.connect() as connection:
        closes_with_the_forecast(reading_at(Published(connection), scheme, PENSIONS[scheme]))
