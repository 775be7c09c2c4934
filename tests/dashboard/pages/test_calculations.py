"""Any figure can be recomputed: what its drawer downloads gives the same figure on the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from data_access.books.published import LIVE, Published
from data_access.books.snapshot import Snapshot
from rules.__main__ import main
from rules.calculators.registry import RULES
from rules.indicators import INDICATORS, Value
from tests.dashboard.conftest import Reader, hrefs, words
from tests.demonstration_store import JILIN_CITY, PROVINCE, SCHEME, YONGJI

REGIONS = (PROVINCE, JILIN_CITY, YONGJI)


def calculated(rule: str, given: bytes) -> dict[str, object]:
    """What the command line makes of a downloaded file."""
    out, err = io.BytesIO(), io.StringIO()
    assert main([rule], io.BytesIO(given), out, err) == 0, err.getvalue()
    return dict(json.loads(out.getvalue()))


def published(snapshot: Snapshot, code: str, region: str) -> list[Value]:
    month = None if INDICATORS[code].period == "live" else snapshot.month
    return [row.value for row in snapshot.rows(code, month) if row.region == region]


@pytest.mark.parametrize("code", INDICATORS)
def test_every_indicators_download_gives_the_published_value_again(
    reader: Callable[[str], Reader], shared_published: Published, code: str
) -> None:
    period = LIVE if INDICATORS[code].period == "live" else ""
    snapshot = shared_published.snapshot(SCHEME, period)
    for region in REGIONS:
        known = published(snapshot, code, region)
        asked = f"/export/funds/indicator-{code}.json?scheme={SCHEME}&region={region}&period={period}"
        answer = reader("p-monitor").client.get(asked)
        assert answer.status_code == (200 if known else 404)
        if known:
            found = calculated("indicator", answer.data)
            value = None if found["value"] is None else Decimal(str(found["value"]))
            assert (value, found["reason"]) in [(one.value, one.reason) for one in known]


@pytest.mark.parametrize("code", INDICATORS)
def test_every_indicator_opens_the_drawer_with_its_basis_history_and_download(
    reader: Callable[[str], Reader], shared_published: Published, code: str
) -> None:
    snapshot = shared_published.snapshot(SCHEME)
    drawer = reader("p-monitor").drawer(f"/?scheme={SCHEME}&region={PROVINCE}&item={code}")
    text = words(drawer)
    assert INDICATORS[code].name in text and INDICATORS[code].formula in text
    assert "近12期" in text or "近12天" in text or INDICATORS[code].expected
    links = [href for href in hrefs(drawer) if href.startswith(f"/export/indicator-{code}.json")]
    assert len(links) == (1 if published(snapshot, code, PROVINCE) else 0)
    assert all(reader("p-monitor").client.get(link).status_code == 200 for link in links)


def test_the_break_even_rate_comes_out_of_its_rule_again(
    reader: Callable[[str], Reader], shared_published: Published
) -> None:
    known = published(shared_published.snapshot(SCHEME), "rate_gap", PROVINCE)[0]
    answer = reader("p-monitor").client.get(f"/export/funds/break-even-rate.json?scheme={SCHEME}&region={PROVINCE}")
    assert Decimal(str(calculated("break_even_rate", answer.data)["rate"])) == known.inputs["break_even_rate"]


def test_a_city_downloads_its_own_figures_and_no_others(reader: Callable[[str], Reader]) -> None:
    client = reader("c-jilin").client
    own, other = (
        client.get(f"/export/funds/indicator-income_progress.json?scheme={SCHEME}&region={region}").status_code
        for region in (JILIN_CITY, PROVINCE)
    )
    assert (own, other) == (200, 403)


def test_what_is_no_figure_is_not_found(reader: Callable[[str], Reader]) -> None:
    for code in ("indicator-nothing", "indicator-", "income_progress"):
        assert reader("p-monitor").client.get(f"/export/funds/{code}.json?scheme={SCHEME}").status_code == 404


def test_every_download_of_who_pays_is_taken_by_its_rule(reader: Callable[[str], Reader]) -> None:
    client = reader("p-monitor").client
    links = {
        href.partition("?")[0]
        for href in hrefs(reader("p-monitor").page(f"/gap?scheme={SCHEME}"))
        if href.startswith("/export/gap/") and ".json" in href
    }
    for link in links:
        answer = client.get(f"{link}?scheme={SCHEME}")
        rule = answer.headers["Content-Disposition"].partition("filename=")[2].partition("-")[0]
        if rule in RULES:
            assert calculated(rule, answer.data)
