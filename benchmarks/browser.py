"""What a reader's browser does with every page: cards and charts of this site beside a minimal plain-Dash page.

Both are served in the same run by gunicorn with two workers of eight threads and looked at in turn by headless Chromium
at 1440 × 770, as a first visit (empty cache) and again (files of the first kept): medians of the rounds. *Cards* are seen
when the page's first block is there at a frame, the *chart* when one is drawn; *after* is how long after the last answer
the cards came. Pages are all of the menu with their tabs, and one drawer each.

    python -m benchmarks.browser [--store FOLDER] [--rounds 5] [--scheme jiangsu-pension] [PATH …]

Paths given are looked at alone, the first beside the plain page. ``--store`` is a folder with a demonstration's ``poolwatch.db``; without it one scheme is loaded into a new one.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.measured import Goal, Measured, table
from benchmarks.overview import PLAIN, SCHEME, SITE, demonstration, environment_of, served
from dashboard.site import chart_library as bundle
from dashboard.site.transaction import SESSION_COOKIE
from tools.system_packages import NEEDED
from workflows.people.accounts import Role
from workflows.people.sign_in import sign_in_demo

AFTER_MS, WARM_MS, DRAWER_MS = 100, 500, 200
COLD_CHART, WARM_CHART = 1 / 2, 2 / 3  # of the plain page's
FIRST_KB, FIRST_REQUESTS, AGAIN_KB = 700, 15, 20
SEEN = """window.seen = {}; (function look() {
  if (!window.seen.cards && document.querySelector('#page .content, #cards')) window.seen.cards = performance.now();
  if (!window.seen.chart && document.querySelector('.main-svg')) window.seen.chart = performance.now();
  requestAnimationFrame(look);
})();"""
MEASURED = """() => { const all = performance.getEntriesByType('resource'), page = performance.getEntriesByType('navigation')[0];
  const ends = all.filter(e => e.name.includes('_dash-update') && e.startTime + e.duration <= window.seen.cards)
    .map(e => e.startTime + e.duration);
  return {...window.seen, answer: Math.max(page.responseEnd, ...ends), requests: all.length + 1,
    bytes: all.reduce((sum, e) => sum + e.transferSize, page.transferSize)}; }"""
DRAWER = """async href => {
  const link = Array.from(document.querySelectorAll('#page a[href]')).find(a => a.getAttribute('href') === href);
  const began = performance.now();
  link.click();
  while (!document.querySelector('#drawer > .in')) {
    if (performance.now() - began > 20000) throw new Error('no drawer');
    await new Promise(requestAnimationFrame);
  }
  return performance.now() - began; }"""
LINKS = "selector => Array.from(document.querySelectorAll(selector)).map(a => a.getAttribute('href'))"


@dataclass(frozen=True)
class Load:
    """One look at a page, in milliseconds from the navigation; ``chart`` is None where there is none."""

    cards: float
    chart: float | None
    after: float
    requests: int
    kilobytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scheme", default=SCHEME)
    options = parser.parse_args()
    print(table(records(options.paths, options.rounds, options.scheme, options.store)))


def records(
    paths: Sequence[str] = (), rounds: int = 5, scheme: str = SCHEME, store: Path | None = None
) -> list[Measured]:
    """Goals of what readers wait for, on the pages named or on all; prints each page as it goes by."""
    with tempfile.TemporaryDirectory() as folder:
        var = store or Path(folder)
        bundle.prepare(var)
        engine, environment = demonstration(var, scheme, new=store is None), environment_of(var, scheme)
        token = sign_in_demo(engine, Role.MONITOR, datetime.now(UTC)).token
        engine.dispose()
        with served(SITE, environment) as (ours, _site), served(PLAIN, environment) as (theirs, _plain):
            site, plain = f"http://127.0.0.1:{ours}", f"http://127.0.0.1:{theirs}"
            with started() as browser:
                return look_at_all(browser, site, plain, token, rounds, list(paths))


@contextmanager
def started() -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(NEEDED["chromium"]()), args=flags)
        yield browser
        browser.close()


def visitor(browser: Browser, base: str, token: str) -> BrowserContext:
    """A reader signed in, with an empty cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 770})
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": base}])
    context.add_init_script(SEEN)
    return context


def load(page: Page, address: str) -> Load:
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("#page .content, #cards", timeout=60_000)
    if page.locator(".chart, .dash-graph").count():
        page.wait_for_selector(".main-svg", timeout=60_000)
    page.wait_for_timeout(700)  # the first poll has passed
    got: dict[str, Any] = page.evaluate(MEASURED)
    return Load(got["cards"], got.get("chart"), got["cards"] - got["answer"], got["requests"], got["bytes"] / 1000)


def middle(loads: list[Load]) -> Load:
    charts = [one.chart for one in loads if one.chart is not None]
    return Load(
        median(one.cards for one in loads),
        median(charts) if charts else None,
        median(one.after for one in loads),
        max(one.requests for one in loads),
        max(one.kilobytes for one in loads),
    )


def both(browser: Browser, page: Page, base: str, token: str, path: str, rounds: int) -> tuple[Load, Load]:
    """A page as a first visit and again in a browser that has been there, each the median of the rounds."""
    first, again = [], []
    for _ in range(rounds):
        context = visitor(browser, base, token)
        first.append(load(context.new_page(), base + path))
        context.close()
        again.append(load(page, base + path))
    return middle(first), middle(again)


def look_at_all(browser: Browser, site: str, plain: str, token: str, rounds: int, paths: list[str]) -> list[Measured]:
    context = visitor(browser, site, token)
    page = context.new_page()
    pages = paths or addresses(page, site)
    for address in [site + path for path in pages] * 2 + [
        plain + "/",
        site + "/",
    ] * 2:  # both workers have seen every page
        load(page, address)
    print(f"{'':44} first visit: cards  chart  req    kB   again: cards  chart  after  drawer", flush=True)
    theirs, ours = [], []
    for _ in range(rounds):  # in turn: the machine is the same for both
        theirs.append(both(browser, page, plain, token, "/", 1))
        ours.append(both(browser, page, site, token, pages[0], 1))
    compared = [
        (middle([cold for cold, _warm in one]), middle([warm for _cold, warm in one])) for one in (theirs, ours)
    ]
    row("plain Dash page", *compared[0])
    drawers = [drawer(page, site + pages[0], rounds)]
    row(pages[0], *compared[1], drawers[0])
    seen = {pages[0]: compared[1]}
    for path in pages[1:]:
        seen[path] = both(browser, page, site, token, path, max(1, rounds // 2))
        drawers.append(drawer(page, site + path, rounds))
        row(path, *seen[path], drawers[-1])
    context.close()
    return judged(compared, seen, [one for one in drawers if one is not None])


def addresses(page: Page, site: str) -> list[str]:
    """The overview, then every page of the menu and its tabs."""
    found = ["/"]
    load(page, site + "/")
    for path in page.evaluate(LINKS, "#menu a[href]"):
        load(page, site + path)
        found += [path, *page.evaluate(LINKS, "#page .tabs a[href]")]
    return list(dict.fromkeys(found))


def drawer(page: Page, address: str, rounds: int) -> float | None:
    """Milliseconds from the click to the drawer, the median; None where a page opens none."""
    load(page, address)
    href = next((one for one in page.evaluate(LINKS, "#page a[href]") if "item=" in one), None)
    if href is None:
        return None
    took = []
    for _ in range(rounds + 2):  # both workers have answered it
        page.goto(address)
        page.wait_for_selector("#react-entry-point #shell")
        page.wait_for_timeout(500)
        took.append(page.evaluate(DRAWER, href))
    return float(median(took[2:]))


def row(name: str, first: Load, again: Load, opened: float | None = None) -> None:
    def ms(value: float | None) -> str:
        return "     –" if value is None else f"{value:6.0f}"

    print(
        f"{name[:44]:44} {'':11}{ms(first.cards)} {ms(first.chart)} {first.requests:4} {first.kilobytes:5.0f} "
        f"{'':11}{ms(again.cards)} {ms(again.chart)} {ms(again.after)} {ms(opened)}",
        flush=True,
    )


def judged(
    compared: list[tuple[Load, Load]], seen: dict[str, tuple[Load, Load]], drawers: list[float]
) -> list[Measured]:
    (plain_first, plain_again), (first, again) = compared
    firsts, agains = zip(*seen.values(), strict=True)

    def most(what: str, floor: float | None, ours: float, unit: str, goal: float) -> Measured:
        return Measured(f"browser: {what}", floor, ours, unit, Goal(goal, times=False))

    return [
        most("first load, worst page", plain_first.kilobytes, max(one.kilobytes for one in firsts), "kB", FIRST_KB),
        most("first load, worst page, requests", plain_first.requests, max(one.requests for one in firsts), "", FIRST_REQUESTS),
        most("page seen before, worst page", plain_again.kilobytes, max(one.kilobytes for one in agains), "kB", AGAIN_KB),
        Measured("browser: cards of / beside its chart, first visit", first.chart, first.cards, "ms", Goal(1)),
        Measured("browser: chart of /, first visit", plain_first.chart, first.chart or 0, "ms", Goal(COLD_CHART)),
        Measured("browser: chart of /, seen before", plain_again.chart, again.chart or 0, "ms", Goal(WARM_CHART)),
        most("cards of a page seen before, worst page", plain_again.cards, max(one.cards for one in agains), "ms", WARM_MS),
        most("cards after the answer, worst page", plain_again.after, max(one.after for one in agains), "ms", AFTER_MS),
        most("drawer, worst page", None, max(drawers, default=0), "ms", DRAWER_MS),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
