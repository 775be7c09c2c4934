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
from data_access.books.published import Published, PublishedCache
from data_access.books.versions import signed_versions
from rules.indicators import INDICATORS
from rules.scheme import load_scheme
from tests import demonstration_store
from tests.addresses import EVERY_PAGE
from tests.dashboard.conftest import sign_in
from tests.demonstration_store import SCHEME

# The most is one sheet of the assessment with the drawer of a measured figure open; none grows with what is in the store.
MOST = 30
# Of a signed month: the facts as they stand, the plans, and what was published since it was signed.
FACTS = 3
FILES = ("/export", "/template", "/rejected", "/attachment")
PAGES = [*EVERY_PAGE, "/?version=1&period=live", "/gap?item=general", "/api/v1/version"]


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

    def ask(self, client: FlaskClient, address: str, known: str) -> str:
        """The answer where the process has read ``nothing`` before, only the ``facts``, or ``all``; never a remembered one."""
        if known != "all":
            forgotten = vars(PublishedCache()) | ({"states": self.cache.states} if known == "facts" else {})
            vars(self.cache).update(forgotten)
        client.set_cookie("theme", "dark" if known == "all" else "light")  # so that the answer is made, not remembered
        self.statements.clear()
        self.connections = 0
        answer = client.get(address)
        assert answer.status_code in (200, 404), (address, answer.status_code)
        return answer.text if answer.mimetype == "text/html" else ""

    def excess(self, address: str, known: str) -> list[str]:
        """What is wrong with what the last answer asked."""
        count = len(self.statements) + (FACTS if known == "facts" else 0)
        few = count <= MOST and self.connections <= 1
        return [] if few else [f"{address} ({known} known): {count} on {self.connections} connections"]


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


def test_every_page_is_read_on_one_connection_in_few_statements(counted: Counted) -> None:
    client = sign_in(counted.server, "p-monitor").client
    wrong = []
    for address in PAGES:
        for known in ("nothing", "all"):
            counted.ask(client, address, known)
            wrong += counted.excess(address, known)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("login", ["p-monitor", "c-jilin", "p-system_admin"])
def test_every_drawer_subject_and_file_is_read_on_one_connection_in_few_statements(
    counted: Counted, login: str
) -> None:
    """Reading the facts anew would be most of the time of this test: their statements are counted in instead."""
    client = sign_in(counted.server, login).client
    queue, kinds, wrong = list(PAGES), {kind(address) for address in PAGES}, list[str]()
    for address in queue:
        page = counted.ask(client, address, "facts")
        wrong += counted.excess(address, "facts")
        new = {kind(found): found for found in found_on(page) if kind(found) not in kinds}
        kinds |= new.keys()
        queue += new.values()
    assert len(queue) > 2 * len(PAGES)
    assert not wrong, f"{len(wrong)} of {len(queue)}:\n" + "\n".join(wrong)


def test_the_facts_of_a_signed_month_are_read_in_three_statements(shared_engine: Engine) -> None:
    asked: list[str] = []
    with shared_engine.connect() as connection:
        published = Published(connection)
        # What every request reads anyway, and the signatures.
        assert published.tree(load_scheme(SCHEME)) and published.version and published.ask(signed_versions)
        event.listen(connection, "before_cursor_execute", lambda _c, _cursor, said, *_rest: asked.append(said))
        signed = published.snapshot(SCHEME)
    assert signed.close is not None and published.version is not None
    assert signed.version.id < published.version.id
    assert len([one for one in asked if "FROM month_close" not in one]) == FACTS, asked
