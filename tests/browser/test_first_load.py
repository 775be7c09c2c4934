"""How much comes over the wire, and in which order it is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Seat, Served

KB = 1000
PLACES = [".ribbon", ".say", "#page .chart", "#drawer .trio", "#header .status", "#account-name", "#menu li:last-child"]
SHIFTS = """window.shifts = []; new PerformanceObserver(list => list.getEntries().forEach(one => window.shifts.push(
  one.value + ' ' + one.sources.map(s => s.node && s.node.className)))).observe({type: 'layout-shift', buffered: true});"""
ANOTHER_COPY = """new Promise(done => {
  const first = window.Plotly, script = document.createElement('script');
  script.src = '/_dash-component-suites/plotly/package_data/plotly.min.js';
  script.onload = () => done(Boolean(first) && first === window.Plotly);
  document.head.appendChild(script);
})"""


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
    asked = list(dict.fromkeys(path for path, _size in first))
    heaviest = sorted(first, key=lambda one: -one[1])[:5]
    with capsys.disabled():
        kind = "partial" if site.partial_library else "full"
        print(
            f"\nfirst load {total / KB:.0f} kB in {len(first)} answers ({kind} chart library), reload {again / KB:.1f} kB"
        )
        print("\n".join(f"  {size / KB:6.0f} kB {path}" for path, size in heaviest))
    assert total <= (700 if site.partial_library else 1700) * KB
    assert len(asked) <= 15, asked
    assert not [path for path in asked if path.startswith(("/_dash-update", "/_dash-layout", "/_dash-dep"))], asked
    assert again <= 50 * KB, site.sent


def test_nothing_jumps_while_the_document_still_comes_in(sit: Callable[..., Seat]) -> None:
    """The drawer, which stands last, makes the page narrower: nothing is shown before it has come."""
    seat = sit("p-monitor")
    seat.go("/?item=months_payable")  # its files are there, so only the document is slow
    seat.page.add_init_script(SHIFTS)
    network = seat.page.context.new_cdp_session(seat.page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": 8_000, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    seat.page.reload(wait_until="commit")
    seat.page.wait_for_selector("#drawer .trio")
    network.send("Network.emulateNetworkConditions", {**slow, "downloadThroughput": -1})
    seat.settled()
    assert seat.page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd") > 500, "it came slowly"
    assert seat.page.evaluate("window.shifts") == []


def test_figures_are_read_before_any_script_arrives_and_nothing_jumps_when_it_does(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    held: list[Route] = []
    seat.page.add_init_script(SHIFTS)
    arrives: list[bool] = []
    seat.page.route("**/*.js*", lambda route: route.continue_() if arrives else held.append(route))
    seat.page.goto(seat.base + "/?item=months_payable", wait_until="commit")
    seat.page.wait_for_selector(".band .cell .figure")
    assert "亿元" in seat.page.inner_text(".band")
    assert seat.page.locator(".rank a.row").count() > 5
    assert "Name of p-monitor" in seat.page.inner_text("#header")
    seat.page.wait_for_selector("#drawer .trio")
    bars = "Array.from(document.querySelectorAll('.rank .bar0')).map(e => Math.round(e.getBoundingClientRect().width))"
    drawn = seat.page.evaluate(bars)
    assert len(set(drawn)) > 3, "bars have their lengths"
    before = [seat.page.locator(part).bounding_box() for part in PLACES]
    assert seat.page.locator(".main-svg").count() == 0
    seat.page.evaluate("document.querySelector('#first details.export').open = true")
    seat.page.evaluate("document.querySelector('#first .export summary').focus()")
    assert held, "scripts were asked for"
    arrives.append(True)
    for route in held:
        route.continue_()
    seat.settled()
    seat.page.wait_for_load_state("networkidle")
    assert seat.page.locator("#first").count() == 0
    assert [seat.page.locator(part).bounding_box() for part in PLACES] == before
    assert seat.page.evaluate(bars) == drawn
    assert seat.page.evaluate("window.shifts") == []
    assert seat.page.evaluate("document.querySelector('details.export').open"), "what was opened meanwhile stays open"
    assert seat.page.evaluate("document.activeElement.matches('.export summary')")


def test_the_policy_lets_no_style_attribute_through(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go("/nowhere")
    page.evaluate("document.querySelector('.ribbon, .panel').innerHTML = '<b style=\"color: rgb(1, 2, 3)\">x</b>'")
    assert page.evaluate("getComputedStyle(document.querySelector('.panel b')).color") != "rgb(1, 2, 3)"
    assert [said for said in seat.complaints if "style-src-attr" in said]
    seat.complaints.clear()


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
    assert seat.page.evaluate(ANOTHER_COPY), "a library that came twice took the place of the one that drew"
