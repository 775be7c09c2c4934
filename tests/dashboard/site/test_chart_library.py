"""The cut-down chart library is prepared whole or not at all, and comes to the browser as it was prepared."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask

from dashboard.site import chart_library as bundle
from data_access import whole_files

OLD, NEW = b"window.Plotly = {old: 1};" * 40, b"window.Plotly = {};"
PLAIN: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """What npm brings: ``brought(code)``."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "package.json").write_text(json.dumps({"version": bundle.packaged_version()}), encoding="utf-8")
    monkeypatch.setattr(bundle, "PACKAGE", package)

    def bring(code: bytes) -> None:
        (package / "plotly-basic.min.js").write_bytes(code)

    return bring


def asked(var: Path, encoding: str, known: str = "") -> tuple[int, bytes, str]:
    server = Flask("charts")
    bundle.serve_chart_library(server, var)
    got = server.test_client().get(bundle.URL, headers={"Accept-Encoding": encoding, "If-None-Match": known})
    return got.status_code, got.data, got.headers.get("ETag", "")


@pytest.mark.parametrize("encoding", PLAIN)
def test_each_encoding_holds_the_library_that_npm_brought(
    encoding: str, brought: Callable[[bytes], None], tmp_path: Path
) -> None:
    brought(OLD)
    assert bundle.prepare(tmp_path) and bundle.prepared(tmp_path)
    status, body, tag = asked(tmp_path, encoding)
    assert status == 200 and PLAIN[encoding](body) == OLD
    assert asked(tmp_path, encoding, tag)[0] == 304


def test_who_reads_while_another_prepares_reads_one_whole_file(
    brought: Callable[[bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes set up at once: both see that nothing is prepared."""
    brought(OLD)
    bundle.prepare(tmp_path)
    (first,) = tmp_path.rglob("plotly.js.br")
    assert first.stat().st_mode & 0o044 == 0o044, "who sets up need not be who serves"
    tag = asked(tmp_path, "br")[2]
    with first.open("rb") as reading:
        brought(NEW)
        monkeypatch.setattr(bundle, "prepared", lambda _var: False)
        bundle.prepare(tmp_path)
        assert brotli.decompress(reading.read()) == OLD
    monkeypatch.undo()
    status, body, _tag = asked(tmp_path, "br", tag)
    assert status == 200 and brotli.decompress(body) == NEW, "what a browser keeps of another content is not this one"


def test_a_killed_preparation_leaves_nothing_that_is_served(
    brought: Callable[[bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(OLD)

    def killed(written: Path, path: Path) -> None:
        if path.suffix == ".br":
            raise KeyboardInterrupt
        written.replace(path)

    with monkeypatch.context() as meanwhile, pytest.raises(KeyboardInterrupt):
        meanwhile.setattr(whole_files, "settle", killed)
        bundle.prepare(tmp_path)
    assert not bundle.prepared(tmp_path)
    assert bundle.prepare(tmp_path) and bundle.prepared(tmp_path)
