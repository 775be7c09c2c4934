"""The site over a small real store, asked as a browser asks it but without one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool
from werkzeug.test import TestResponse

from dashboard import create_site
from dashboard.words.wording import set_language
from data_access.books.published import Published
from tests import demonstration_store
from tests.dashboard.html_nodes import as_nodes
from tests.stores import open_store

QUESTION = "/_dash-update-component"


class Reader:
    """One signed-in reader: asks for the frame, a page or a drawer by its address, as the browser does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._callbacks: list[dict[str, Any]] = []

    def ask(self, output: str, address: str, *, changed: str = "", **headers: str) -> TestResponse:
        """The raw answer of the callback that owns an output, e.g. ``page.children``, because the address or something else
        ``changed``."""
        if not self._callbacks:
            known = self.client.get("/_dash-dependencies")
            self._callbacks = json.loads(known.data) if known.status_code == 200 else []
        owner = next((one for one in self._callbacks if output in str(one["output"]).strip(".").split("...")), None)
        assert owner is not None, f"no callback owns {output}"
        parts = [part.partition(".") for part in str(owner["output"]).strip(".").split("...")]
        outputs = [{"id": one, "property": prop} for one, _dot, prop in parts]
        inputs = [
            {"id": one["id"], "property": one["property"], "value": None if one["id"] == "version" else address}
            for one in owner["inputs"]
        ]
        question = {
            "output": owner["output"],
            "outputs": outputs if len(outputs) > 1 else outputs[0],
            "inputs": inputs,
            "changedPropIds": [changed or f"{inputs[0]['id']}.data"],
            "parsedChangedPropsIds": [f"{inputs[0]['id']}.data"],
        }
        body = json.dumps(question, separators=(",", ":"))
        return self.client.post(QUESTION, data=body, content_type="application/json", headers=headers)

    def page(self, address: str) -> Any:
        """The components of a page as the browser gets them."""
        return self._part("page", address)

    def drawer(self, address: str) -> Any:
        return self._part("drawer", address)

    def frame(self, address: str) -> Any:
        """Header with search, and menu."""
        return [self._part("header", address), self._part("menu", address)]

    def text(self, address: str) -> str:
        return words(self.page(address))

    def _part(self, part: str, address: str) -> Any:
        answer = self.ask(f"{part}.children", address)
        assert answer.status_code == 200, answer.data
        return as_nodes(json.loads(answer.data)["response"][part]["children"])


def nodes(component: object) -> Iterator[dict[str, Any]]:
    """Every component of an answer, parents first."""
    if isinstance(component, dict):
        if "type" in component and "props" in component:
            yield component
        for value in component.values():
            yield from nodes(value)
    elif isinstance(component, list):
        for one in component:
            yield from nodes(one)


def words(component: object) -> str:
    """The text of an answer, as it is read."""
    if isinstance(component, (str, int, float)):
        return str(component)
    if isinstance(component, list):
        return "".join(words(one) for one in component)
    if isinstance(component, dict):
        if "props" in component:
            return words(component["props"].get("children"))
        return "".join(words(one) for one in component.values())
    return ""


def hrefs(component: object) -> list[str]:
    """Every address the answer links to."""
    found = [str(node["props"].get("href") or "") for node in nodes(component)]
    return [href for href in found if href]


SHARED: list[Engine] = []  # the engines of the session
MOST_HELD = 8


@pytest.fixture(scope="session")
def store_file(run_folder: Path) -> Path:
    """The demonstration store of the run, read only."""
    return demonstration_store.built_once(run_folder)


@pytest.fixture(scope="session")
def shared_engine(store_file: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{store_file}")
    SHARED.append(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def shared_published(shared_engine: Engine) -> Iterator[Published]:
    """What the shared store publishes, read once a session."""
    with shared_engine.connect() as connection:
        yield Published(connection)


@pytest.fixture
def own_engine(store_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of the store for a test that changes it."""
    with demonstration_store.copy_of(store_file, tmp_path) as engine:
        yield engine


@pytest.fixture(scope="session")
def server(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory):
    return create_site(demonstration_store.site_on(shared_engine, tmp_path_factory.mktemp("var"))).server


def sign_in(server, login: str) -> Reader:
    client = server.test_client()
    answer = client.post("/sign-in", data={"login": login, "password": demonstration_store.PASSWORD})
    assert answer.status_code == 303, answer.data
    return Reader(client)


@pytest.fixture(scope="session")
def reader(server) -> Callable[[str], Reader]:
    """Signs somebody in, once a session: ``reader("c-jilin")``."""
    known: dict[str, Reader] = {}

    def signed_in(login: str = "p-monitor") -> Reader:
        if login not in known:
            known[login] = sign_in(server, login)
        return known[login]

    return signed_in


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Every test begins in Chinese, whatever language the one before spoke."""
    set_language("zh")
    yield
    set_language("zh")
    for engine in SHARED:
        # Readings of tests hold their connections until they are collected, which is seldom: the pool is begun anew.
        if isinstance(engine.pool, QueuePool) and engine.pool.checkedout() > MOST_HELD:
            engine.dispose()
