"""What leaves for the browser: the same texts, attributes and elements as were written, in few components."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from dash import dcc, html
from hypothesis import given, strategies as st

from dashboard.site import markup
from dashboard.site.markup import Element, Html, sent
from tests.addresses import EVERY_PAGE
from tests.dashboard.conftest import Reader, hrefs, nodes, words
from tests.dashboard.html_nodes import as_nodes, parsed

# What HTML can carry: all of Unicode but NUL and halves of characters.
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
MOST_COMPONENTS = 40


def html_of(content: object, live: tuple[str, ...] = ()) -> str:
    leaf = sent(content, live)
    assert isinstance(leaf, Html)
    return str(leaf.html)


# --- text and attributes


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(["p", "td", "option", "textarea", "pre", "summary", "caption", "li"]))
def test_any_text_and_attribute_comes_back_unchanged_and_adds_no_element(
    text: str, told: str, address: str, tag: str
) -> None:
    attributes = {"title": told, "href": address, "data-figure": address, "aria-label": told}
    said = html_of(Element(tag, [text, Element("b", told)] if tag in ("p", "td", "li") else text, **attributes))
    (node,) = parsed(said)
    props = node["props"]  # type: ignore[index]
    assert {name: props[name] for name in attributes} == attributes
    assert words(node) == text + (told if tag in ("p", "td", "li") else "")
    assert len(list(nodes(node))) == (2 if tag in ("p", "td", "li") else 1)
    assert set(props) == {*attributes, "children"}


def test_what_html_cannot_carry_is_shown_as_browsers_show_it() -> None:
    assert words(parsed(html_of(html.P("a\x00b\ud800c")))) == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (0, "0"),
        (12, "12"),
        (-3, "-3"),
        (1.5, "1.5"),
        (2.0, "2"),
        (-0.25, "-0.25"),
        (["a", None, 1, ("b", [2])], "a1b2"),
    ],
)
def test_numbers_and_lists_are_read_as_dash_shows_them(given: object, read: str) -> None:
    assert html_of(html.P(given)) == f"<p>{read}</p>"  # type: ignore[arg-type]


def test_yes_and_no_are_there_or_not_and_of_data_a_word() -> None:
    said = html_of(html.Details([], open=True, hidden=False, title=None, **{"data-x": True, "aria-busy": False}))  # type: ignore[arg-type]
    assert said == '<details aria-busy="false" data-x="true" open=""></details>'


def test_declarations_travel_where_the_policy_lets_them() -> None:
    said = html_of(html.I(style={"left": "12.5%", "maxWidth": "100%", "--icon": "url(/a.svg)", "width": None}))
    assert said == '<i data-style="left:12.5%;max-width:100%;--icon:url(/a.svg)"></i>'
    assert "style=" not in said.replace("data-style=", "")


@pytest.mark.parametrize(
    "written",
    [
        html.Button("x", n_clicks=0),
        html.Div("x", disable_n_clicks=True),
        html.A("x", id={"kind": "x"}),
        html.P(object()),  # type: ignore[arg-type]
        html.P(True),
        html.P(float("nan")),
        html.P(1e300),
        html.P("x", hidden="yes"),  # type: ignore[arg-type]
        html.P("x", title=["a"]),  # type: ignore[arg-type]
        html.P("x", title=True),  # type: ignore[arg-type]
        html.P("x", style={"left": "1px;top:0"}),
        html.P("x", style={"left": 3}),
        html.Script("x"),
        html.Iframe(src="/"),
        Element("input", "content"),
        Element("input", onclick="x"),
        Element("p", **{"data-X y": "1"}),
        Element("select", dcc.Store(id="x")),
    ],
)
def test_what_cannot_be_said_in_html_is_refused_and_never_left_out(written: object) -> None:
    with pytest.raises(TypeError):
        sent(html.Div(written), ())  # type: ignore[arg-type]


# --- what is alive


def test_the_largest_parts_without_a_live_one_are_one_component_each() -> None:
    page = html.Div(
        [
            html.P(html.B("figures")),
            "text",
            html.Section([html.H2("chart"), html.Div(dcc.Graph(id={"chart": "trend"}), className="chart")]),
            html.Div(html.Div("inside", id="answer"), className="around"),
            dcc.Upload(html.Div("drop"), id="upload"),
            html.Ul([html.Li("a"), html.Li("b")]),
        ],
        className="page",
    )
    before = repr(page)
    out = sent(page, {"answer", "upload"})
    assert [type(one).__name__ for one in out.children] == ["Html", "str", "Section", "Div", "Upload", "Html"]
    assert out.children[2].children[0].html == "<h2>chart</h2>" and out.className == "page"
    assert isinstance(out.children[2].children[1].children, dcc.Graph)
    assert out.children[3].children.id == "answer" and out.children[3].children.children == "inside"
    assert out.children[4].children.html == "<div>drop</div>"
    assert repr(page) == before, "what a page has made stays as it was"


def test_what_a_callback_returns_besides_components_is_left_alone() -> None:
    assert sent(({"data-x": None}, None, "text", [html.P("x")]), ())[:3] == [{"data-x": None}, None, "text"]


class _Written(HTMLParser):
    """The tree as the tags say it, without a parser's corrections."""

    def __init__(self, said: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[object] = []
        self._open = [self.root]
        self.feed(said)
        self.close()

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        inside: list[object] = []
        self._open[-1].append((tag, inside))
        if tag not in markup.VOID:
            self._open.append(inside)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()


def _elements(content: object) -> list[object]:
    return [(str(one["type"]).lower(), _elements(one["props"]["children"])) for one in content if isinstance(one, dict)]  # type: ignore[attr-defined]


def _drawers(reader: Reader) -> list[str]:
    """One drawer of each page and tab that opens any."""
    found: dict[tuple[str, str], str] = {}
    for address in EVERY_PAGE:
        for href in hrefs(reader.page(address)):
            if "item=" in href:
                found[address, href.partition("item=")[2].partition("-")[0].partition("&")[0]] = href
    return sorted(set(found.values()))


def _answers(reader: Reader) -> Iterator[tuple[str, object]]:
    """Everything a reader gets: header and menu, page and drawer, as sent."""
    for address in EVERY_PAGE:
        for part in ("header", "menu", "page"):
            yield f"{part} of {address}", json.loads(reader.ask("page.children", address).data)["response"][part]
    drawers = _drawers(reader)
    assert len(drawers) > 12, drawers
    for address in drawers:
        yield f"drawer of {address}", json.loads(reader.ask("drawer.children", address).data)["response"]["drawer"]


def test_every_page_and_drawer_is_few_components_whose_html_is_read_as_it_is_written(
    reader: Callable[[str], Reader],
) -> None:
    for what, answer in _answers(reader("p-monitor")):
        components = list(nodes(answer))
        assert len(components) <= MOST_COMPONENTS, (what, len(components))
        for leaf in components:
            if leaf["type"] == "Html":
                said = str(leaf["props"]["html"])
                assert _elements(parsed(said)) == _Written(said).root, (what, said[:200])


def test_a_worker_that_has_shown_nothing_answers_a_page_at_once(store_file: Path, tmp_path: Path) -> None:
    """A process of its own: the first thing it is ever asked is the shell's question, as behind two workers."""
    program = f"""
import sys
from pathlib import Path
from dashboard import create_site
from data_access.store.engine import create_store
from tests import demonstration_store
from tests.dashboard.conftest import Reader
site = demonstration_store.site_on(create_store("sqlite:///{store_file}"), Path({str(tmp_path)!r}))
asked = create_site(site).server.test_client()
asked.post("/sign-in", data={{"login": "p-monitor", "password": demonstration_store.PASSWORD}})
known = Reader(create_site(site).server.test_client())
known.client.post("/sign-in", data={{"login": "p-monitor", "password": demonstration_store.PASSWORD}})
known.ask("page.children", "/budget")
fresh = Reader(asked)
fresh._callbacks = known._callbacks
answer = fresh.ask("page.children", "/")
sys.stdout.write(answer.text if answer.status_code == 200 else str(answer.status_code))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert "累计结余" in words(as_nodes(json.loads(run.stdout)["response"]["page"]))
