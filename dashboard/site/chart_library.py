"""What the browser loads: the site's own files joined to one style sheet and one script, and the chart library.

The chart library is cut down and compressed once at set-up and served in place of plotly's full file.

``package.json`` names the partial build of exactly the plotly.js that plotly's Python package carries; without npm the
packaged full file is served, three times as large. ``python -m tools.chart_library VAR`` prepares it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import brotli
from flask import Flask, Response, request

from data_access.whole_files import write_whole

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "node_modules" / "plotly.js-basic-dist-min"
URL = "/_dash-component-suites/plotly/package_data/plotly.min.js"
ASSETS = ROOT / "assets"
TYPES = {"css": "text/css", "js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of the site: its address, which changes with its content, and the content."""

    address: str
    content: bytes


@cache
def site_file(kind: str) -> SiteFile:
    """All style sheets (``css``, with the icons in them) or all scripts (``js``) of the site as one, in the order of
    their names."""
    texts = [source.read_text(encoding="utf-8") for source in sorted((ASSETS / kind).glob(f"*.{kind}"))]
    if kind == "css":
        texts += [_icon(source) for source in sorted((ASSETS / "icons").glob("*.svg"))]
    content = "\n".join(texts).encode()
    return SiteFile(f"/assets/site.{kind}?m={hashlib.sha256(content).hexdigest()[:16]}", content)


def _icon(drawing: Path) -> str:
    """The rule of a class such as ``icon-gap``, which gives ``--icon``."""
    return f'.icon-{drawing.stem} {{ --icon: url("data:image/svg+xml,{quote(drawing.read_text(encoding="utf-8"))}"); }}'


def serve_site_files(server: Flask) -> None:
    """Answer the addresses of the joined files; they hold no data."""

    @server.get("/assets/site.<kind>")
    def site_files(kind: str) -> Response:
        return Response(site_file(kind).content, mimetype=TYPES[kind]) if kind in TYPES else Response(status=404)


def packaged_version() -> str:
    """The plotly.js version inside plotly's Python package."""
    from plotly.offline import get_plotlyjs_version

    return str(get_plotlyjs_version())


def prepare(var: Path) -> bool:
    """Write the compressed partial library under ``var``; False when npm did not bring the matching version."""
    manifest = PACKAGE / "package.json"
    if not manifest.is_file() or json.loads(manifest.read_text(encoding="utf-8"))["version"] != packaged_version():
        return False
    target = _folder(var)
    if prepared(var):
        return True
    code = (PACKAGE / "plotly-basic.min.js").read_bytes()
    # Each whole, the one that says they are there last: two may prepare at once, and one may be killed.
    for name, content in (
        ("plotly.js.gzip", gzip.compress(code, 9, mtime=0)),
        ("plotly.js", code),
        ("plotly.js.br", brotli.compress(code, quality=11)),
    ):
        write_whole(target / name, content, 0o644)
    return True


def prepared(var: Path) -> bool:
    """Whether the partial library is served."""
    return (_folder(var) / "plotly.js.br").is_file()


def _folder(var: Path) -> Path:
    return var / "chart-library" / packaged_version()


def serve_chart_library(server: Flask, var: Path) -> None:
    """Answer plotly's address with the prepared files, where there are any. They hold no data: no session is needed."""
    if not prepared(var):
        return
    folder = _folder(var)
    files = {"": folder / "plotly.js", "gzip": folder / "plotly.js.gzip", "br": folder / "plotly.js.br"}
    answers = {encoding: path.read_bytes() for encoding, path in files.items() if encoding}
    tag = hashlib.sha256(answers["br"]).hexdigest()[:32]

    @server.before_request
    def chart_library() -> Response | None:
        if request.path != URL:
            return None
        offered = request.headers.get("Accept-Encoding", "")
        encoding = next((name for name in ("br", "gzip") if name in offered), "")
        body = answers.get(encoding) or files[""].read_bytes()
        response = Response(body, mimetype="text/javascript")
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        response.set_etag(f"{tag}-{encoding}")
        response.make_conditional(request)
        return response
