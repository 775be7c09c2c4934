"""The memory of answers: bounded, the least used leaves first, and it holds bytes rather than promises."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable

import brotli
import pytest
from flask import Flask
from hypothesis import given, strategies as st

from dashboard.site import wire
from dashboard.site.chart_library import site_file
from dashboard.site.wire import Answer, Memo
from tests.dashboard.conftest import Reader


def answer(size: int) -> Answer:
    return Answer(b"x" * size, (), "")


def test_the_answer_not_asked_for_longest_leaves_first() -> None:
    memo = Memo(30)
    for name in ("a", "b", "c"):
        memo.put((name,), answer(10))
    assert memo.get(("a",)) is not None  # asked again: now b is the oldest
    memo.put(("d",), answer(10))
    assert [name for name in "abcd" if memo.get((name,)) is not None] == ["a", "c", "d"]


def test_an_answer_larger_than_the_memory_is_not_kept_and_pushes_nothing_beyond_the_bound() -> None:
    memo = Memo(30)
    memo.put(("big",), answer(31))
    assert memo.get(("big",)) is None
    memo.put(("small",), answer(30))
    assert memo.get(("small",)) is not None


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 60)), max_size=80))
def test_the_memory_never_holds_more_than_its_bound_and_counts_what_it_holds(puts: list[tuple[int, int]]) -> None:
    memo = Memo(100)
    for key, size in puts:
        memo.put((key,), answer(size))
        held = sum(len(one.body) for one in memo._answers.values())
        assert held == memo._held <= 100


def test_many_threads_leave_the_count_right() -> None:
    memo = Memo(500)

    def work(seed: int) -> None:
        for turn in range(400):
            memo.put(((seed * turn) % 23,), answer(turn % 60))
            memo.get((turn % 23,))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert memo._held == sum(len(one.body) for one in memo._answers.values()) <= 500


def _counting(most_bytes: int = 10_000) -> tuple[Flask, list[str]]:
    """A server whose one answer counts how often it was worked out."""
    server, worked = Flask("counting"), []

    @server.post(wire.CALLBACK)
    def work() -> str:
        worked.append("once")
        return "figure " * 200

    wire.install(server, Memo(most_bytes), lambda _environ, _body: state[0], lambda _environ: None)
    state: list[tuple[object, ...] | None] = [(1,)]
    server.extensions["state"] = state
    return server, worked


def test_an_answer_is_worked_out_once_for_one_state_and_again_for_the_next() -> None:
    server, worked = _counting()
    client = server.test_client()
    for _ in range(3):
        client.post(wire.CALLBACK, data=b"{}")
    assert len(worked) == 1
    server.extensions["state"][0] = (2,)
    client.post(wire.CALLBACK, data=b"{}")
    client.post(wire.CALLBACK, data=b'{"other": 1}')
    assert len(worked) == 3


def test_nothing_is_kept_where_nothing_may_be() -> None:
    server, worked = _counting()
    server.extensions["state"][0] = None
    for _ in range(3):
        server.test_client().post(wire.CALLBACK, data=b"{}")
    assert len(worked) == 3


def test_of_many_who_ask_at_once_one_makes_the_answer_and_all_get_it() -> None:
    server, worked = _counting()
    begun, may_end = threading.Event(), threading.Event()

    @server.before_request
    def slowly() -> None:
        begun.set()
        may_end.wait(10)

    got: list[bytes] = []
    ask = lambda: got.append(server.test_client().post(wire.CALLBACK, data=b"{}").data)  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    may_end.set()
    for thread in threads:
        thread.join(15)
    assert len(worked) == 1 and got == [b"figure " * 200] * 6


def test_an_asker_whose_answer_fails_leaves_the_way_free_for_the_next() -> None:
    server, worked = _counting()
    broken = [True]

    @server.before_request
    def fail() -> tuple[str, int] | None:
        return ("no", 500) if broken[0] else None

    client = server.test_client()
    assert client.post(wire.CALLBACK, data=b"{}").status_code == 500
    broken[0] = False
    assert client.post(wire.CALLBACK, data=b"{}").status_code == 200
    assert len(worked) == 1


@pytest.mark.parametrize(("offered", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("", ""), ("deflate", "")])
def test_an_answer_comes_in_an_encoding_the_browser_offered(offered: str, encoding: str) -> None:
    server, _worked = _counting()
    for _ in range(2):  # worked out, then remembered
        got = server.test_client().post(wire.CALLBACK, data=b"{}", headers={"Accept-Encoding": offered})
        assert got.headers.get("Content-Encoding", "") == encoding
        plain = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding, bytes)(got.data)
        assert plain == b"figure " * 200
        assert "Accept-Encoding" in got.headers["Vary"]


def test_files_of_the_site_are_kept_by_the_browser_and_answered_304(reader: Callable[[str], Reader]) -> None:
    client = reader("p-monitor").client
    address = site_file("css").address
    first = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "max-age=31536000" in first.headers["Cache-Control"] and "immutable" in first.headers["Cache-Control"]
    again = client.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
