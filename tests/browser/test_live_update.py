"""A new version while the page is open: the figures follow, the reader's place does not move."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from monitoring.refresh import import_files
from tests.browser.conftest import Seat, Served, until
from tests.demonstration_store import NOW, SCHEME


@pytest.fixture(scope="module")
def own_site(serve: Callable[[], Served]) -> Served:
    """A site of its own, whose store the tests change."""
    return serve()


def publish(served: Served, folder: Path, number: int) -> None:
    """A hundred million yuan of premiums arrive as a file and are published."""
    path = folder / f"delivery-{number}.csv"
    head = "scheme,region,item,movement,business_date,amount_yuan,source,source_ref"
    row = f"{SCHEME},220202,premium,collect,2026-11-19,100000000.00,{SCHEME}-tax,LIVE-{number}"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert import_files(served.engine, [path], clock=lambda: NOW + timedelta(minutes=number)).version is not None


def test_the_figures_follow_a_new_version_without_reload_and_without_moving_the_page(
    sit: Callable[..., Seat], own_site: Served, tmp_path: Path
) -> None:
    seat = sit("p-monitor", at=own_site, size=(1200, 420))
    page = seat.go("/?period=live")
    page.evaluate("window.stayed = true; window.scrollTo(0, 180)")
    page.wait_for_timeout(300)
    done = page.locator(".band .cell", has_text="收入执行").locator(".line").first
    before = Decimal(done.inner_text().partition(" /")[0])
    publish(own_site, tmp_path, 1)
    expect(done).to_have_text(re.compile(f"^{before + 1} /"), timeout=15_000)
    seat.settled()
    assert page.evaluate("window.stayed") is True, "the page was loaded again"
    assert page.evaluate("window.scrollY") == 180


KEPT = """() => { const s = getSelection(), d = document.querySelector('dialog.find'); return {
  focus: document.activeElement.className, selected: String(s), typed: d.querySelector('input').value,
  sifted: d.querySelectorAll('li:not([hidden])').length, menu: document.querySelector('details.export').open,
  drawer: document.querySelector('#drawer details').open, place: scrollY, inner: document.querySelector('#drawer .rows').scrollTop,
  same: document.querySelector('.rank').mark === 1 && document.querySelector('#drawer h2').mark === 1 }; }"""


def test_nothing_that_the_reader_has_done_is_lost_when_the_figures_follow(
    sit: Callable[..., Seat], own_site: Served, tmp_path: Path
) -> None:
    seat = sit("p-monitor", at=own_site, size=(1440, 500))
    page = seat.go("/?period=live&item=months_payable")
    done = page.locator(".band .cell", has_text="收入执行").locator(".line").first
    before = Decimal(done.inner_text().partition(" /")[0])
    page.evaluate("""() => {
      document.querySelector('.rank').mark = document.querySelector('#drawer h2').mark = 1;
      document.querySelector('details.export').open = document.querySelector('#drawer details').open = true;
      scrollTo(0, 120); document.querySelector('#drawer .rows').scrollTop = 60; }""")
    page.keyboard.press("Control+k")
    page.keyboard.type("永吉")
    page.wait_for_selector("dialog.find li")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.say .first'))")
    page.evaluate("document.querySelector('dialog.find input').focus()")
    page.evaluate("window.wrote = document.querySelector('#drawer textarea'); window.wrote.value = '正在写'")
    kept = page.evaluate(KEPT)
    assert kept["menu"] and kept["drawer"] and kept["same"] and kept["sifted"] and kept["inner"] > 0
    publish(own_site, tmp_path, 3)
    expect(done).to_have_text(re.compile(f"^{before + 1} /"), timeout=15_000)
    page.wait_for_timeout(500)
    after = page.evaluate(KEPT)
    # The sentence selected has a new figure in it; the rest is as it was.
    assert {**after, "selected": ""} == {**kept, "selected": ""}
    assert page.evaluate("window.wrote.isConnected && window.wrote.value") == "正在写"


def test_what_is_being_written_waits_for_no_version_and_is_not_swept_away(
    sit: Callable[..., Seat], own_site: Served, tmp_path: Path
) -> None:
    seat = sit("p-monitor", at=own_site)
    page = seat.go("/?period=live&item=months_payable")
    page.locator("#drawer details", has=page.locator("form.act textarea")).last.locator("summary").click()
    page.locator("#drawer form.act textarea").first.fill("一句说明")
    stood = page.inner_text(".band")
    publish(own_site, tmp_path, 4)
    page.wait_for_timeout(6000)  # a poll would have passed
    assert page.inner_text(".band") == stood
    page.evaluate("dash_clientside.set_props('version', {data: 'asked by hand'})")
    assert until(page, f"document.querySelector('.band').innerText !== {stood!r}", 15)
    assert page.locator("#drawer form.act textarea").first.input_value() == "一句说明"


def test_a_signed_month_stands_as_signed_when_a_new_version_is_out(
    sit: Callable[..., Seat], own_site: Served, tmp_path: Path
) -> None:
    seat = sit("p-monitor", at=own_site)
    page = seat.go("/?item=months_payable")
    page.wait_for_selector("#drawer > .in")
    # The warnings of the band are those of now, whatever month is looked at, and say so.
    of_month = page.locator(".band .cell:not(.phone-only)", has_not_text="实时")
    before = of_month.all_inner_texts(), page.inner_text("#drawer .trio")
    assert len(before[0]) == 5
    polled = len([url for url in seat.requests if "/api/v1/version" in url])
    publish(own_site, tmp_path, 2)
    fetched = "performance.getEntriesByType('resource').filter(e => e.name.includes('_dash-update')).length"
    assert until(page, f"{fetched} >= 2", 15)
    page.wait_for_timeout(500)
    assert (of_month.all_inner_texts(), page.inner_text("#drawer .trio")) == before
    assert page.locator("#drawer > .in").count() == 1
    assert len([url for url in seat.requests if "/api/v1/version" in url]) >= polled


def test_nothing_is_fetched_again_while_no_version_is_new(sit: Callable[..., Seat], own_site: Served) -> None:
    seat = sit("p-monitor", at=own_site)
    page = seat.go("/")
    page.wait_for_timeout(5500)  # a poll has passed
    own_site.sent.clear()
    seat.requests.clear()
    page.wait_for_timeout(5500)
    asked = [url.removeprefix(seat.base) for url in seat.requests]
    assert asked and set(asked) == {"/api/v1/version"}
    assert sum(size for _path, size in own_site.sent) == 0, "answered 304, without a body"
