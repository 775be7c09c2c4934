"""较上次会议: what the figures of 总览 were in the month put before the last meeting, as signed, and how they moved."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from dashboard.components.parts import plain
from dashboard.pages.overview.since import change_words, pace_then
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from dashboard.words.wording import set_language
from data_access.books.published import Published
from tests.dashboard.conftest import Reader, hrefs, nodes, words
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME
from workflows.people.accounts import Role
from workflows.people.rights import Scope

AT = f"/?scheme={SCHEME}&compare=meeting"
YI = 10**10


@pytest.fixture
def reading(shared_published: Published) -> Reading:
    return read(shared_published, View("/", SCHEME), Scope(Role.LEADER, PROVINCE, None), NOW)


@pytest.mark.parametrize(
    ("code", "then", "now", "said", "in_english"),
    [
        ("balance_total", 5402 * YI, 5386 * YI, "减少16.00", "down 1.600"),
        ("balance_total", 5386 * YI, 5402 * YI, "增加16.00", "up 1.600"),
        ("balance_total", YI, YI, "持平", "same"),
        ("balance_total", YI, -2 * YI, "由结余转为缺口", "from surplus to deficit"),
        ("balance_total", -YI, 0, "由缺口转为结余", "from deficit to surplus"),
        ("balance_total", -2 * YI, -5 * YI, "减少3.00", "down 0.300"),
        ("months_payable", Decimal("17.9"), Decimal("17.8"), "减少0.1", "down 0.1"),
        ("months_payable", Decimal("17.8"), Decimal("17.8"), "持平", "same"),
        ("management_gap_forecast", 19 * YI // 10, 321 * YI // 100, "增加1.31", "up 0.131"),
        ("net.since_start", YI, -YI, "减少2.00", "down 0.200"),
        ("months_payable", None, Decimal("17.8"), "", ""),
        ("months_payable", Decimal("17.8"), None, "", ""),
    ],
)
def test_a_change_is_said_in_words_without_a_sign(
    reading: Reading, code: str, then: int | None, now: int | None, said: str, in_english: str
) -> None:
    made = (reading.about.figure(code, then), reading.about.figure(code, now))
    assert plain(change_words(reading, code, *made)) == said
    set_language("en")
    assert plain(change_words(reading, code, *made)) == in_english


@pytest.mark.parametrize(
    ("points", "said"), [("0.92", "上次快0.92"), ("-5.6", "上次慢5.60"), ("0", "上次持平"), (None, "")]
)
def test_how_far_ahead_it_was_is_said_in_words(reading: Reading, points: str | None, said: str) -> None:
    value = None if points is None else Decimal(points)
    assert plain(pace_then(reading.about.figure("income_deviation", value))) == said


def printed(page: object) -> dict[str, str]:
    """Passport → what is read, of every figure of a page."""
    return {one["props"]["data-figure"]: words(one) for one in nodes(page) if one["props"].get("data-figure")}


@pytest.mark.parametrize("region", [PROVINCE, JILIN_CITY])
def test_what_a_figure_was_is_that_of_the_signed_month(reader: Callable[[str], Reader], region: str) -> None:
    leader = reader("p-leader")
    now, then = (printed(leader.page(f"{AT}&region={region}{more}")) for more in ("", "&period=2026-07"))
    was = {key: text for key, text in now.items() if key.endswith("|2026-07")}
    assert len(was) >= (6 if region == PROVINCE else 7)
    assert {key: then.get(key) for key in was if "_deviation" not in key} == {
        key: text for key, text in was.items() if "_deviation" not in key
    }
    text = leader.text(f"{AT}&region={region}")
    assert "对比：第5次会议（8月26日，7月末数据）" in text and "上次会议后新增" in text
    assert "−" not in "".join(one for one in text.split("上次 ")[1:4])[:60]


def test_a_month_is_compared_with_the_meeting_before_it_and_the_first_with_none(
    reader: Callable[[str], Reader],
) -> None:
    leader = reader("p-leader")
    assert "对比：第4次会议（6月24日，5月末数据）" in leader.text(f"{AT}&period=2026-07")
    first = leader.text(f"{AT}&period=2026-05")
    assert "没有上次会议的记录，首次会议不作对比。" in first and first.count("首次会议") >= 4 and "上次 " not in first


def test_the_comparison_is_part_of_the_address_of_the_pages_that_have_it(reader: Callable[[str], Reader]) -> None:
    leader = reader("p-leader")
    plainly = f"/?scheme={SCHEME}"
    assert any("compare=meeting" in one for one in hrefs(leader.page(plainly)))
    assert "上次 " not in leader.text(plainly)
    for page, has in (("/", True), (f"/region?region={JILIN_CITY}", True), ("/budget", False)):
        address = f"{page}{'&' if '?' in page else '?'}scheme={SCHEME}&compare=meeting"
        assert ("上次会议" in words(leader.frame(address)[0])) == has, page
