"""One period, one day: in a closed month figures are as of its end, and what exists only now says of which day it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from data_access.books.live import ONLY_NOW
from data_access.books.published import LIVE, Published
from data_access.store import schema
from rules.calendar import month_end
from rules.indicators import INDICATORS
from rules.month import Month
from rules.movements import Account
from tests.dashboard.conftest import Reader, nodes, words
from tests.demonstration_store import PROVINCE, SCHEME

CLOSED = (202512, 202609, 202610)
NOW = "11月20日"
OF_LIVE = sorted(code for code, one in INDICATORS.items() if one.period == "live")


def ended(published: Published, month: int, code: str) -> dict[str, dict[str, Any]]:
    """A live indicator's inputs at a closed month's end, by region."""
    snapshot = published.snapshot(SCHEME, Month(month).iso)
    assert snapshot.month == month and not snapshot.live
    return {row.region: dict(row.value.inputs) for row in published.at_month_end(snapshot, code)}


@pytest.mark.parametrize("month", CLOSED)
def test_what_waits_in_the_treasury_is_the_balance_of_the_months_end(shared_published: Published, month: int) -> None:
    facts = shared_published.snapshot(SCHEME, Month(month).iso).facts
    held = {code: int(facts.account(code, Account.TREASURY)[facts.index(month)]) for code in facts.tree.codes}
    for region, inputs in ended(shared_published, month, "pooling_delay").items():
        below = facts.tree.subtree(region)
        own = [held[one] - sum(held[child] for child in facts.tree.children(one)) for one in below]
        assert inputs["waiting_fen"] == sum(max(fen, 0) for fen in own), region


@pytest.mark.parametrize("month", CLOSED)
def test_cover_identity_and_reconciliation_speak_of_the_months_end(
    shared_published: Published, shared_engine: Engine, month: int
) -> None:
    facts = shared_published.snapshot(SCHEME, Month(month).iso).facts
    cover = ended(shared_published, month, "account_cover")
    assert cover[PROVINCE]["account_fen"] == int(facts.account(PROVINCE, Account.PROVINCIAL)[facts.index(month)])
    assert (cover[PROVINCE]["request_month"] or 0) <= Month(month).plus(1)
    assert all(one["month"] <= month for one in ended(shared_published, month, "balance_identity").values())
    total = schema.agency_total
    collected = select(func.sum(total.c.amount_fen)).where(
        total.c.scheme == SCHEME,
        total.c.department == "tax",
        total.c.measure == "premium_collected",
        total.c.day.between(date(Month(month).year, 1, 1), month_end(month)),
    )
    with shared_engine.connect() as connection:
        expected = connection.execute(collected).scalar()
    difference = ended(shared_published, month, "reconciliation_difference")
    assert (difference[PROVINCE]["collected_fen"] if PROVINCE in difference else None) == expected


def test_every_live_indicator_has_a_value_at_a_months_end_or_exists_only_now(shared_published: Published) -> None:
    snapshot = shared_published.snapshot(SCHEME, "2026-10")
    for code in OF_LIVE:
        if code in ONLY_NOW or code == "gap_overdue":
            with pytest.raises(KeyError):
                shared_published.at_month_end(snapshot, code)
        else:
            assert shared_published.at_month_end(snapshot, code), code


@pytest.mark.parametrize("code", OF_LIVE)
def test_the_drawer_of_a_closed_month_says_of_which_day_its_value_is(
    reader: Callable[[str], Reader], shared_published: Published, code: str
) -> None:
    said = words(reader("p-monitor").drawer(f"/?scheme={SCHEME}&period=2026-10&item={code}"))
    crumb, now = said.partition("×")[0], shared_published.snapshot(SCHEME, LIVE).day
    if code in ONLY_NOW:
        assert crumb.endswith(f"实时 · {now.month}月{now.day}日") and "10月 已定稿" not in said
    else:
        assert crumb.endswith("2026年10月 已定稿")
    live = words(reader("p-monitor").drawer(f"/?scheme={SCHEME}&period=live&item={code}"))
    assert "实时" in live.partition("×")[0] and "已定稿" not in live


def test_the_table_beside_the_drawer_has_the_same_money_and_days(reader: Callable[[str], Reader]) -> None:
    for period in ("2025-12", "2026-10"):
        page = reader("p-monitor").page(f"/funds?scheme={SCHEME}&tab=pooling&period={period}")
        foot = next(node for node in nodes(page) if node["type"] == "Tfoot")
        cells = [words(node) for node in nodes(foot) if node["type"] == "Td"]
        drawer = words(reader("p-monitor").drawer(f"/funds?scheme={SCHEME}&period={period}&item=pooling_delay"))
        assert f"国库待划转天数{cells[-1]}天" in drawer and f"国库结存{cells[-2]} 亿元" in drawer
        assert f"平均停留{cells[-1]}天" in words(page)


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("/?", "预警事项"),
        ("/?", "请您关注"),
        (f"/region/{PROVINCE}?", "本地需办事项"),
        (f"/region/{PROVINCE}?", "应缴与扣缴"),
        ("/gap?tab=due&", "应缴与扣缴"),
        ("/data?", "各部门数据来源"),
    ],
)
def test_what_stands_now_is_marked_beside_a_closed_month_and_not_beside_the_running_one(
    reader: Callable[[str], Reader], address: str, what: str
) -> None:
    signed = reader("p-monitor").text(f"{address}scheme={SCHEME}&period=2026-09")
    assert re.search(f"{what}[^。]{{0,60}}实时 · {NOW}", signed), what
    assert f"实时 · {NOW}" not in reader("p-monitor").text(f"{address}scheme={SCHEME}&period=live")


def test_a_page_of_what_stands_now_names_no_other_period(reader: Callable[[str], Reader]) -> None:
    for path in ("/warnings", "/warnings?tab=list", "/issues", "/thresholds"):
        address = f"{path}{'&' if '?' in path else '?'}scheme={SCHEME}&period=2025-06"
        asked = reader("p-monitor")
        header = words(asked.frame(address)[0])
        assert f"实时 · {NOW}" in header and "2025年6月" not in header, path
        assert "2025年6月" not in asked.text(address), path
        # The period is kept for the pages that have one.
        assert any("period=2025-06" in str(node["props"].get("href")) for node in nodes(asked.frame(address)[1]))
