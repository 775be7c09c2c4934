"""The state of a screen lives in its address: what is written there is read back, and nothing there can do harm."""

from __future__ import annotations

from dataclasses import fields
from urllib.parse import urlsplit

import pytest
from hypothesis import given, strategies as st

from dashboard.site.view import LARGEST_NUMBER, View, number_in, parse_view

CODES = st.from_regex(r"\A[A-Za-z0-9_.:-]{1,64}\Z") | st.just("")
PATHS = st.from_regex(r"\A/[a-z0-9-]{0,20}\Z")
VIEWS = st.builds(View, path=PATHS, **{field.name: CODES for field in fields(View) if field.name != "path"})


@given(VIEWS)
def test_a_view_is_read_back_from_its_own_link(view: View) -> None:
    link = urlsplit(view.href())
    assert parse_view(link.path, link.query) == view
    assert parse_view(link.path, "?" + link.query) == view


@given(st.text(max_size=200), st.text(max_size=400))
def test_a_hostile_address_never_fails_and_leaves_only_plain_codes(path: str, query: str) -> None:
    view = parse_view(path, query)
    for field in fields(View):
        value = getattr(view, field.name)
        assert isinstance(value, str) and len(value) <= 100
        assert all(char.isascii() and (char.isalnum() or char in "_.:-/") for char in value)
    assert view.path.startswith("/") and not view.path.startswith("//")


@given(st.lists(st.tuples(st.sampled_from([f.name for f in fields(View)] + ["x", "__class__"]), st.text(max_size=40))))
def test_named_parameters_with_hostile_values_never_fail(pairs: list[tuple[str, str]]) -> None:
    from urllib.parse import urlencode

    parse_view("/", urlencode(pairs))


@pytest.mark.parametrize(
    "query",
    [
        "region=%00",
        "region=<script>",
        "region=" + "1" * 65,
        "scheme=a b",
        "item=';--",
        "path=/data",
        "nobody=1",
        "&&=;=&",
    ],
)
def test_what_is_not_a_code_is_left_out(query: str) -> None:
    assert parse_view("/", query) == View("/")


@pytest.mark.parametrize(
    ("path", "read"),
    [
        (None, "/"),
        ("", "/"),
        ("/funds/", "/funds"),
        ("//evil.example", "/"),
        ("/../etc", "/"),
        ("/a" * 60, "/"),
    ],
)
def test_a_strange_path_becomes_the_first_page(path: str | None, read: str) -> None:
    assert parse_view(path, None).path == read


def test_a_change_keeps_everything_else_and_an_emptied_field_leaves_the_link() -> None:
    view = View("/funds", scheme="s", region="320500", item="balance_total", tab="accounts")
    assert view.href(item="") == "/funds?scheme=s&region=320500&tab=accounts"
    assert view.without_item().href() == view.href(item="")
    assert view.page_href("/") == "/?scheme=s&region=320500"


@pytest.mark.parametrize(
    ("text", "number"),
    [("", None), ("x", None), ("-1", None), ("²", None), ("7", 7), ("007", 7), ("9" * 20, LARGEST_NUMBER)],
)
def test_a_number_of_an_address_fits_every_database(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_a_number_typed_as_it_is_read_is_found() -> None:
    assert parse_view("/issues/W26-022", "").path == "/issues/w26-022"
