"""A real server on a free loopback port and the distribution's Chromium, watched while it works."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import Engine
from waitress.server import create_server

from dashboard import create_site
from dashboard.site import chart_library as bundle
from dashboard.site.transaction import SESSION_COOKIE
from tests import demonstration_store
from tests.demonstration_store import NOW, PASSWORD, site_on
from tests.stores import open_store
from tools.screenshots import BROWSER_FLAGS
from workflows.people.sign_in import sign_in

WIDE, LARGE, PHONE = (1440, 770), (1920, 950), (390, 844)
READY = "#page .content:not([aria-busy])"
# The document's own parts are taken over, every chart is drawn, and the drawer is there where the address asks for one.
STANDS = """!document.getElementById('first') && Array.from(document.querySelectorAll('.chart')).every(e => e.querySelector('.main-svg'))
  && (!/[?&]item=/.test(location.search) || !document.querySelector('.band, .sheet, table.t')
      || document.querySelector('#drawer > *'))"""

# A busy machine draws late; what stands at once is not waited for.
expect.set_options(timeout=15_000)


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.fail("Chromium is missing: install your distribution's package chromium (apt-get install chromium).", False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=_chromium(), args=BROWSER_FLAGS)
        yield started
        started.close()


@dataclass
class Served:
    """A site that answers on a loopback port, and the store behind it."""

    base: str
    engine: Engine
    partial_library: bool
    sent: list[tuple[str, int]]  # path and bytes of every body that left the server, compressed as it was


@pytest.fixture(scope="session")
def serve(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """Starts a site over its own copy of the demonstration store, or of another one; all stop at the end."""
    running = []

    def start(of: Path | None = None) -> Served:
        built = demonstration_store.built_once(run_folder) if of is None else of
        store = demonstration_store.copied(built, tmp_path_factory.mktemp("site"))
        engine = open_store(f"sqlite:///{store}")
        partial = bundle.prepare(run_folder)
        sent: list[tuple[str, int]] = []
        application = _weighed(create_site(site_on(engine, run_folder)).server, sent)
        server = create_server(application, host="127.0.0.1", port=0, threads=6)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread, engine))
        return Served(f"http://127.0.0.1:{server.effective_port}", engine, partial, sent)

    yield start
    for server, thread, engine in running:
        server.close()
        thread.join(2)
        engine.dispose()


@pytest.fixture(scope="session")
def site(serve: Callable[[], Served]) -> Served:
    """The site most tests read."""
    return serve()


def _weighed(application: Any, sent: list[tuple[str, int]]) -> Any:
    """The application, with every body that leaves it weighed."""

    def weighed(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        chunks = application(environ, start_response)
        try:
            for chunk in chunks:
                sent.append((environ["PATH_INFO"], len(chunk)))
                yield chunk
        finally:
            getattr(chunks, "close", lambda: None)()

    return weighed


@dataclass
class Seat:
    """A reader before a browser: the page, and everything the browser asked for or complained of."""

    page: Page
    context: BrowserContext
    base: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, address: str) -> Page:
        """Open an address and wait until page and charts stand."""
        self.page.goto(self.base + address)
        return self.settled()

    def settled(self) -> Page:
        self.page.wait_for_selector(READY)
        assert until(self.page, STANDS, 15), f"{self.page.url} does not come to rest"
        return self.page

    def address(self) -> str:
        return self.page.url.removeprefix(self.base)

    def size(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})


def until(page: Page, said: str, seconds: float) -> bool:
    """Whether an expression becomes true in time. The site's policy forbids Playwright's own way, which evaluates text."""
    for _ in range(int(seconds * 10)):
        if page.evaluate(said):
            return True
        page.wait_for_timeout(100)
    return bool(page.evaluate(said))


def asked_for(said: str, address: str) -> bool:
    """Whether a document is refused that the test itself opens: there is no such page, or it is closed to the reader."""
    return address.endswith("/nowhere") or ("403 (FORBIDDEN)" in said and not re.search("/_dash|/act/|/api/", address))


@pytest.fixture
def sit(browser: Browser, site: Served) -> Iterator[Callable[..., Seat]]:
    """``sit("p-monitor")`` gives a fresh browser context with that reader signed in; complaints fail the test."""
    seats: list[Seat] = []

    def take(login: str = "p-monitor", *, at: Served = site, size: tuple[int, int] = WIDE, **preferences: str) -> Seat:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        cookies = dict(preferences)
        if login:
            cookies[SESSION_COOKIE] = sign_in(at.engine, login, PASSWORD, NOW).token
        if cookies:
            context.add_cookies([{"name": name, "value": value, "url": at.base} for name, value in cookies.items()])
        seat = Seat(context.new_page(), context, at.base)
        context.on("request", lambda request: seat.requests.append(request.url))
        context.on(
            "console",
            lambda said: (
                seat.complaints.append(said.text)
                if said.type in ("error", "warning") and not asked_for(said.text, said.location["url"])
                else None
            ),
        )
        context.on("weberror", lambda problem: seat.complaints.append(problem.error.stack or str(problem.error)))
        context.set_default_timeout(15_000)
        seats.append(seat)
        return seat

    yield take
    for seat in seats:
        seat.context.close()
    outside = [url for seat in seats for url in seat.requests if not url.startswith((seat.base, "data:", "blob:"))]
    assert not outside, f"the page asked another host: {outside}"
    complaints = [said for seat in seats for said in seat.complaints if "401 (UNAUTHORIZED)" not in said]
    assert not complaints, complaints
