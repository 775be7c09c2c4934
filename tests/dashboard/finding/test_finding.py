"""What the search finds, by which words, and that it names nothing the reader may not open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.finding.spelling import spelled
from dashboard.site.view import parse_view
from tests.dashboard.conftest import Reader
from tests.demonstration_store import JILIN_CITY, PEOPLE, SIPING
from workflows.people import rights
from workflows.people.accounts import Role

Find = Callable[[str, str], list[list[str]]]


@pytest.fixture(scope="module")
def found(reader: Callable[[str], Reader]) -> Find:
    """``found("c-jilin", "?period=2026-09")``: what the search tells that reader, asked for once."""
    known: dict[tuple[str, str], Any] = {}

    def told(login: str, query: str = "") -> list[list[str]]:
        if (login, query) not in known:
            known[login, query] = reader(login).client.get(f"/find{query}").json
        return known[login, query]  # type: ignore[no-any-return]

    return told


def texts(told: list[list[str]], kind: str) -> list[str]:
    return [one[0] for one in told if one[1] == kind]


def test_indicators_cases_problems_items_documents_and_regions_are_found(found: Find) -> None:
    told = found("p-monitor", "")
    kinds = {one[1] for one in told}
    assert {"页面", "操作", "指标", "预算科目", "预警事项", "问题台账", "文号"} <= kinds
    assert "可支付月数" in texts(told, "指标") and "收入小计" in texts(told, "预算科目")
    case = next(one for one in told if one[1] == "预警事项")
    assert case[2].startswith(f"/warnings/{case[0].split()[0]}")
    city = next(one for one in told if one[0] == "吉林市")
    assert city[2].startswith("/region?") and f"region={JILIN_CITY}" in city[2]
    assert any(one[0].startswith("催办 吉林") for one in told)


def test_a_name_is_found_by_its_pinyin_and_initials_in_either_tongue(
    found: Find, reader: Callable[[str], Reader]
) -> None:
    assert {"jilinshi", "jls"} <= set(spelled("吉林市").split()) and {"changchun", "cc"} <= set(spelled("长春").split())
    assert spelled("W26-008") == ""
    months = next(one for one in found("p-monitor", "") if one[0] == "可支付月数")
    assert "kezhifuyueshu" in months[3].split() and "kzfys" in months[3].split()
    client = reader("p-monitor").client
    client.set_cookie("language", "en")
    english = client.get("/find").json
    client.delete_cookie("language")
    assert english is not None
    shown = next(one for one in english if one[0] == "Months payable")
    assert "kezhifuyueshu" in shown[3] and "可支付月数" in shown[3] and shown[1] == "Indicator"


@pytest.mark.parametrize(
    "login", [*(f"p-{role}" for role in Role if role is not Role.CITY), "c-jilin", "monitor-of-jilin"]
)
def test_nobody_finds_what_they_may_not_open(login: str, found: Find, reader: Callable[[str], Reader]) -> None:
    told = found(login, "")
    role, region, _until = PEOPLE[login]
    for text, _kind, href, _also in told:
        path, _mark, query = href.partition("?")
        assert role in rights.PAGES[parse_view(path, query).page], (login, text, href)
    if region == JILIN_CITY:
        assert not [one for one in told if SIPING in one[2] or "四平" in one[0]]
    for _text, _kind, href, _also in told[::60] if login == "c-jilin" else ():
        assert reader(login).client.get(href).status_code == 200


def test_acts_are_offered_to_whom_they_are_open(found: Find) -> None:
    acts = {login: texts(found(login, ""), "操作") for login in ("p-monitor", "p-leader", "c-jilin")}
    assert any(one.startswith("催办") for one in acts["p-monitor"]) and "登记问题" in acts["p-monitor"]
    assert acts["p-leader"] and all(one.startswith("批示") for one in acts["p-leader"])
    assert not acts["c-jilin"]


def test_links_keep_the_period_looked_at_and_a_foreign_region_is_refused(
    found: Find, reader: Callable[[str], Reader]
) -> None:
    told = found("p-monitor", "?period=2026-09")
    assert "period=2026-09" in next(one[2] for one in told if one[0] == "可支付月数")
    assert reader("c-jilin").client.get(f"/find?region={SIPING}").status_code == 403
