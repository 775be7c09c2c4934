"""How much comes over the wire, and in which order it is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import READY, Seat, Served

KB = 1000


def test_the_first_load_is_light_and_a_reload_nearly_nothing(
    sit: Callable[..., Seat], site: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    seat = sit("p-monitor")
    site.sent.clear()
    seat.go("/")
    seat.page.wait_for_selector(".js-plotly-plot .main-svg")
    first = list(site.sent)
    site.sent.clear()
    seat.page.reload()
    seat.settled()
    seat.page.wait_for_selector(".js-plotly-plot .main-svg")
    again = sum(size for _path, size in site.sent)
    total = sum(size for _path, size in first)
    heaviest = sorted(first, key=lambda one: -one[1])[:5]
    with capsys.disabled():
        kind = "partial" if site.partial_library else "full"
        print(
            f"\nfirst load {total / KB:.0f} kB in {len(first)} answers ({kind} chart library), reload {again / KB:.1f} kB"
        )
        print("\n".join(f"  {size / KB:6.0f} kB {path}" for path, size in heaviest))
    assert total <= (1000 if site.partial_library else 2000) * KB
    assert again <= 20 * KB, site.sent


def test_figures_are_read_before_the_chart_library_arrives(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    held: list[Route] = []
    seat.page.route("**/plotly.min.js*", lambda route: held.append(route))
    seat.page.goto(seat.base + "/", wait_until="commit")
    seat.page.wait_for_selector(".band .cell .figure")
    assert "亿元" in seat.page.inner_text(".band")
    assert seat.page.locator(".rank a.row").count() > 5
    assert seat.page.locator(".js-plotly-plot .main-svg").count() == 0
    before = seat.page.locator(".ribbon").bounding_box()
    seat.page.wait_for_timeout(300)
    assert held, "the chart library was asked for"
    for route in held:
        route.continue_()
    seat.page.wait_for_selector(".js-plotly-plot .main-svg")
    seat.page.wait_for_load_state("networkidle")
    assert seat.page.locator(".ribbon").bounding_box() == before, "nothing shifts while loading"


def test_a_page_seen_before_is_answered_from_memory_and_moves_no_library(
    sit: Callable[..., Seat], site: Served
) -> None:
    seat = sit("p-monitor")
    seat.go("/")
    site.sent.clear()
    seat.page.click('#menu a[href^="/funds"]')
    seat.page.wait_for_selector(".tabs h1")
    seat.settled()
    assert not [path for path, size in site.sent if path.startswith("/_dash-component-suites") and size > 200 * KB]
    assert sum(size for _path, size in site.sent) < 120 * KB


def test_skeletons_stand_until_the_page_comes(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    held: list[Route] = []
    seat.page.route("**/_dash-update-component*", lambda route: held.append(route))
    seat.page.goto(seat.base + "/", wait_until="commit")
    seat.page.wait_for_selector("#page [aria-busy=true] .skeleton")
    for route in held:
        route.continue_()
    seat.page.unroute("**/_dash-update-component*")
    seat.page.wait_for_selector(READY)
