"""Silence is not health and absence is not zero: what rests on nothing is said to, never shown green or as 0."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, delete, insert, update

from dashboard import create_site
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from tests import demonstration_store
from tests.addresses import EVERY_PAGE
from tests.dashboard.conftest import Reader, nodes, sign_in, words
from tests.demonstration_store import NOW, SCHEME


@pytest.fixture
def opened(own_engine: Engine, tmp_path: Path) -> Callable[..., Reader]:
    """Somebody signed in to the site over a store of their own, at an instant."""

    def reader(now: datetime = NOW) -> Reader:
        # What versions show is changed here behind their back.
        site = replace(demonstration_store.site_on(own_engine, tmp_path, known=False), now=lambda: now)
        return sign_in(create_site(site).server, "p-monitor")

    return reader


def status(asked: Reader) -> tuple[str, str]:
    """Text and class of the header's word on the data."""
    header = asked.frame(f"/?scheme={SCHEME}")[0]
    node = next(one for one in nodes(header) if "status" in str(one["props"].get("className", "")).split())
    return words(node), str(node["props"]["className"])


def again(engine: Engine, now: datetime = NOW, *, full: bool = True) -> None:
    """Publish: all anew after rows were taken away by hand; otherwise what a first refresh of a day does."""
    refresh(engine, full=full, clock=lambda: now, alerts=False)


def only_two_months(connection: Connection) -> None:
    """Leave a ledger that begins with October and of which nothing is signed: it is also published in a moment."""
    old = schema.ledger_entry.c.scheme == SCHEME, schema.ledger_entry.c.month < 202610
    connection.execute(delete(schema.ledger_entry).where(*old))
    for gone in (schema.month_close, schema.forecast, schema.indicator_value):
        connection.execute(delete(gone).where(gone.c.scheme == SCHEME))


def source(**values: object) -> dict[str, object]:
    given = {"code": "silent", "name": "无声", "name_en": "Silent", "department": "tax", "scheme": SCHEME}
    return given | {"rhythm": "daily", "due": "10:00"} | values


def test_sources_in_time_are_the_only_good_news(own_engine: Engine, opened: Callable[..., Reader]) -> None:
    text, looks = status(opened())
    assert text.startswith("数据正常") == ("late" not in looks)
    with writing(own_engine) as connection:
        connection.execute(delete(schema.source).where(schema.source.c.scheme == SCHEME))
        connection.execute(delete(schema.indicator_value).where(schema.indicator_value.c.indicator == "data_age"))
    text, looks = status(opened())
    assert text.startswith("没有登记数据来源") and "late" in looks


def test_a_source_that_never_delivered_is_late_from_its_first_due_day(
    own_engine: Engine, opened: Callable[..., Reader]
) -> None:
    with writing(own_engine) as connection:
        connection.execute(delete(schema.source).where(schema.source.c.scheme == SCHEME))
        connection.execute(insert(schema.source).values(**source()))
        declared = schema.import_batch.c.target == "source"
        connection.execute(update(schema.import_batch).where(declared).values(finished_at=NOW - timedelta(hours=1)))
    exported = opened().client.get(f"/export/data/departments.csv?scheme={SCHEME}").text
    of_tax = next(line.split(",") for line in exported.splitlines() if line.startswith("税务"))
    # One source, not on time and not late: its first day is still to come.
    assert of_tax[1:5] == ["1", "0", "1", "0"]
    saturday = NOW + timedelta(days=1)
    again(own_engine, saturday, full=False)
    text, looks = status(opened(saturday))
    assert text.startswith("1个来源从未报送") and "late" in looks
    page = opened(saturday).text(f"/data?scheme={SCHEME}")
    assert "1个尚未报送过" in page and "按时报送" not in page and "还没有报送过" in page
    later = NOW + timedelta(days=20)
    again(own_engine, later, full=False)
    assert status(opened(later))[0].startswith("1个来源逾期")
    assert "逾期未报" in opened(later).text(f"/data?scheme={SCHEME}")


def test_a_store_that_nobody_refreshes_or_feeds_is_not_in_order(
    own_engine: Engine, opened: Callable[..., Reader]
) -> None:
    with writing(own_engine) as connection:
        aged = schema.indicator_value.c.indicator == "data_age"
        connection.execute(update(schema.indicator_value).where(aged).values(value="0", reason=None))
    assert "late" not in status(opened())[1]
    text, looks = status(opened(NOW + timedelta(days=3)))
    assert "天没有刷新" in text and "late" in looks
    with writing(own_engine) as connection:
        for table in (schema.monthly_fact, schema.account_fact, schema.monthly_change, schema.account_change):
            connection.execute(delete(table).where(table.c.scheme == SCHEME, table.c.month > 202512))
        signed = schema.month_close.c.scheme == SCHEME, schema.month_close.c.month > 202512
        connection.execute(delete(schema.month_close).where(*signed))
        connection.execute(delete(schema.forecast).where(schema.forecast.c.scheme == SCHEME))
    text, looks = status(opened())
    assert text.startswith("账目只到2025年12月") and "late" in looks
    # Last year's figures carry their year.
    for address in ("/", "/budget", "/funds", "/region/220000"):
        shown = opened().text(f"{address}?scheme={SCHEME}&period=live")
        assert "2025年" in shown and "本年累计 ·" not in shown, address
    assert "2025年收入执行" in opened().text(f"/?scheme={SCHEME}&period=live")


def test_without_opening_balances_there_is_no_balance_no_months_and_no_signature(
    own_engine: Engine, opened: Callable[..., Reader]
) -> None:
    with writing(own_engine) as connection:
        connection.execute(delete(schema.opening_balance).where(schema.opening_balance.c.scheme == SCHEME))
        only_two_months(connection)
    again(own_engine)
    asked = opened()
    page = asked.text(f"/?scheme={SCHEME}&period=live")
    assert "没有导入期初余额，累计结余和可支付月数不能计算" in page and "上传期初余额表" in page
    assert "累计结余—没有期初余额，不能计算" in page and "可支付月数—" in page
    drawer = words(asked.drawer(f"/?scheme={SCHEME}&period=live&item=months_payable"))
    assert "没有导入期初余额" in drawer
    for address, what in (("/funds?", "结余和账户余额不能计算"), ("/funds?tab=accounts&", "账户余额不能计算")):
        assert what in asked.text(f"{address}scheme={SCHEME}&period=live")
    assert "年末滚存" not in asked.text(f"/budget?scheme={SCHEME}&period=live")
    checks = asked.page(f"/data?scheme={SCHEME}&tab=checks")
    button = next(one for one in nodes(checks) if words(one) == "定稿2026年10月" and one["type"] == "Button")
    assert button["props"]["disabled"] and "结余不能计算，不能定稿" in words(checks)


DASHED = re.compile(r"—\s?(%|亿元|万元|个月|天|个百分点|百分点|个工作日|人|项)")
BLOCKS = ("Div", "Section", "Table", "Ul", "Ol", "P", "Li", "Nav", "Details", "Header", "Footer")


def sentences(page: object) -> list[str]:
    """The texts of a page, cells of tables left out."""
    found = []
    for node in nodes(page):
        inside = [one["type"] for one in nodes(node["props"].get("children"))]
        if node["type"] in ("P", "Div", "Li", "A", "Small") and not set(inside) & set(BLOCKS):
            found.append(words(node))
    return found


def test_no_sentence_puts_a_unit_behind_a_missing_figure(own_engine: Engine, opened: Callable[..., Reader]) -> None:
    """No plan, no year before, nothing pooled: each is said in a sentence of its own."""
    with writing(own_engine) as connection:
        connection.execute(delete(schema.plan).where(schema.plan.c.scheme == SCHEME))
        only_two_months(connection)
    again(own_engine)
    asked, wrong = opened(), []
    for page in EVERY_PAGE:
        if "scheme=" in page or "region=" in page:
            continue
        compared = ("&compare=year", "&compare=month") if page in ("/", "/one-page") else ()
        for more in ("", "&region=220200", *compared):
            address = f"{page}{'&' if '?' in page else '?'}scheme={SCHEME}&period=live{more}".replace(
                "period=live&", "", 1
            )
            wrong += [f"{address}: {text}" for text in sentences(asked.page(address)) if DASHED.search(text)]
    assert not wrong, "\n".join(sorted(set(wrong)))
