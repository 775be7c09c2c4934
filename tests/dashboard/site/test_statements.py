"""What one request asks of the store: everything of a document or a file in one transaction, and few statements."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from dashboard import create_site
from dashboard.site.view import parse_view
from data_access.books.published import PublishedCache
from rules.indicators import INDICATORS
from tests import demonstration_store
from tests.dashboard.conftest import sign_in
from tests.demonstration_store import JILIN_CITY

MOST = 25
FILES = ("/export", "/template", "/rejected", "/attachment")
# Every page and tab; the rest, drawers, single subjects and files, is found by following their links.
PAGES = [
    "/",
    "/?period=live",
    "/?show=table",
    "/?scheme=published-pension",
    "/?version=1&period=live",
    "/budget",
    "/budget?tab=regions",
    "/budget?tab=expected",
    "/funds",
    "/funds?tab=accounts",
    "/funds?tab=pooling",
    "/funds?tab=legacy",
    "/funds?scheme=published-pension",
    "/gap",
    "/gap?tab=items",
    "/gap?tab=credits",
    "/gap?tab=due",
    "/gap?tab=scenarios",
    "/gap?item=general",
    "/central",
    "/assessment",
    "/assessment?tab=areas",
    "/assessment?tab=year",
    f"/region?region={JILIN_CITY}",
    "/warnings",
    "/warnings?tab=list",
    "/warnings?tab=instructions",
    "/issues",
    "/thresholds",
    "/thresholds?tab=coverage",
    "/thresholds/why",
    "/thresholds/files",
    "/data",
    "/data?tab=imports",
    "/data?tab=reconciliation",
    "/data?tab=checks",
    "/messages",
    "/nowhere",
    "/api/v1/version",
]


class Counted:
    """A site that counts what each request asks, and can forget what its process has read before."""

    def __init__(self, engine: Engine, var: Path) -> None:
        site = demonstration_store.site_on(engine, var)
        self.cache, self.server = site.cache, create_site(site).server
        self.statements, self.connections = list[str](), 0
        event.listen(engine, "before_cursor_execute", self._executed)
        event.listen(engine, "checkout", self._checked_out)

    def _executed(self, _connection, _cursor, statement: str, *_rest) -> None:
        self.statements.append(statement)

    def _checked_out(self, *_rest) -> None:
        self.connections += 1

    def ask(self, client: FlaskClient, address: str, *, cold: bool) -> str:
        """The answer in a process that has just started (``cold``) or the one that answered before, never a remembered one."""
        if cold:
            vars(self.cache).update(vars(PublishedCache()))
        client.set_cookie("theme", "light" if cold else "dark")  # so that the answer is made, not remembered
        self.statements.clear()
        self.connections = 0
        answer = client.get(address)
        assert answer.status_code in (200, 404), (address, answer.status_code)
        return answer.text if answer.mimetype == "text/html" else ""


@pytest.fixture(scope="module")
def counted(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return Counted(shared_engine, tmp_path_factory.mktemp("counted"))


def kind(address: str) -> tuple[object, ...]:
    """What is read for an address: the same for every region, period, number of a subject and order."""
    view = parse_view(*address.partition("?")[::2])
    path = re.sub(r"/(s?\d[^/.]*|[a-z-]+-(low|high))(?=[/.?]|$)", "/N", address.partition("?")[0])
    if address.startswith(FILES):
        return re.sub(r"[.](csv|xlsx)$", "", path), view.tab
    item = INDICATORS.get(view.item)
    opened = re.sub(r"\d+", "N", view.item) if item is None else f"{item.period} {item.expected}"
    return path, view.tab, opened or view.show


def found_on(page: str) -> Iterator[str]:
    """Addresses of the site that a page links to."""
    for href in re.findall(r'href="(/[^"#]*)"', page):
        address = html.unescape(href)
        if not address.startswith(("/assets", "/preferences", "/sign", "/_")):
            yield address


@pytest.mark.parametrize("login", ["p-monitor", "c-jilin", "p-system_admin"])
def test_every_page_drawer_and_file_is_read_on_one_connection_in_few_statements(counted: Counted, login: str) -> None:
    client = sign_in(counted.server, login).client
    queue, kinds = list(PAGES), {kind(address) for address in PAGES}
    wrong = []
    for address in queue:
        for cold in (True, False) if address in PAGES else (True,):
            page = counted.ask(client, address, cold=cold)
            if len(counted.statements) > MOST or counted.connections > 1:
                how = "cold" if cold else "warm"
                wrong.append(f"{address} ({how}): {len(counted.statements)} on {counted.connections}")
        new = {kind(found): found for found in found_on(page) if kind(found) not in kinds}
        kinds |= new.keys()
        queue += new.values()
    assert len(queue) > len(PAGES) + 10
    assert not wrong, f"{len(wrong)} of {len(queue)}:\n" + "\n".join(wrong)
