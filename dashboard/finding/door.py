"""The door of the search: asked when the search opens, so that no page carries the list."""

from __future__ import annotations

from flask import Flask, Response, abort, jsonify, request

from dashboard.finding.entries import entries
from dashboard.site.reading import NothingPublished, current_scope, read
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.site.view import View, parse_view
from rules.errors import NotAllowed


def register(server: Flask, site: Site) -> None:
    """Install the door; the address is that of the page looked at."""

    @server.get("/find")
    def find() -> Response:
        asked = transaction(site)
        view = parse_view("/", request.query_string.decode("ascii", "replace"))
        try:
            here = read(asked.published, view, current_scope(), asked.now)
            home = read(asked.published, View(scheme=here.scheme.code), here.scope, asked.now)
        except NotAllowed:
            abort(403)
        except NothingPublished:
            abort(404)
        found = entries(home, here.view)
        answer = jsonify([[one.text, one.kind, one.href, one.also] for one in found])
        answer.headers["Cache-Control"] = "no-store"
        return answer
