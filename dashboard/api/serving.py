"""The declared operations as addresses of the server: each request is checked by its declaration, every answer is JSON."""

from __future__ import annotations

import logging
from functools import partial, update_wrapper
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.api import bearer, deliveries, figures
from dashboard.api.declared import Call, Operation, Refused, Said
from dashboard.api.description import described
from dashboard.api.words import told
from dashboard.machines.requests import number_of_request
from dashboard.site.site import Site
from dashboard.site.view import number_in
from data_access.store.engine import UNREACHABLE
from rules.errors import ClockStepped, NotAllowed, PoolwatchError

log = logging.getLogger("poolwatch.api")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OPERATIONS: tuple[Operation, ...] = (deliveries.PUSH, deliveries.ASK, figures.READ)


def register(server: Flask, site: Site) -> None:
    """Install every operation, the description, and the refusal of whatever else is asked for under /api/v1."""
    by_path: dict[str, dict[str, Operation]] = {}
    for one in OPERATIONS:
        by_path.setdefault(one.path, {})[one.method] = one
    description = described(OPERATIONS, deliveries.SCHEMAS | figures.SCHEMAS)

    def answer(known: dict[str, Operation], number: str = "") -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        try:
            if method not in known:
                raise Refused(405, "api_method", method=request.method)
            return _sent(_called(site, known[method], number))
        except Refused as problem:
            refused = bearer.said(problem.status, told(problem))
            if problem.status == 405:
                refused.headers["Allow"] = ", ".join(known)
            return refused
        except NotAllowed as problem:
            return bearer.said(403, told(problem))
        except (ClockStepped, *UNREACHABLE):
            raise  # nobody's entry is at fault: it may be sent again
        except PoolwatchError as problem:
            return bearer.said(409, told(problem))
        except Exception:
            number = number_of_request()
            log.exception("failure %s", number)
            return bearer.said(500, told(Refused(500, "api_failed", number=number)))

    for path, known in by_path.items():
        address = bearer.ROOT + path.replace("{number}", "<number>")
        server.add_url_rule(address, f"api{path}", update_wrapper(partial(answer, known), answer), methods=METHODS)

    @server.get(bearer.DESCRIPTION)
    def describe() -> Response:
        return bearer.said(200, description)

    @server.route(f"{bearer.ROOT}/<path:_rest>", methods=METHODS)
    def nothing(_rest: str) -> Response:
        return bearer.said(404, told(Refused(404, "api_address")))


def _called(site: Site, operation: Operation, number: str) -> Said:
    if operation.scope not in g.token.scopes:
        raise Refused(403, "api_scope", scope=operation.scope)
    given = _given(operation)
    asked = number_in(number) if operation.numbered else 0
    if asked is None:
        raise Refused(404, "no_such_delivery", number=number[:20])
    body, media = _body(operation) if operation.bodies else (b"", "")
    return operation.handle(Call(site, g.token, g.account, given, asked, body, media))


def _given(operation: Operation) -> dict[str, Any]:
    declared = {one.name: one for one in operation.parameters}
    given: dict[str, Any] = {}
    for name, texts in request.args.to_dict(flat=False).items():
        if name not in declared:
            raise Refused(400, "api_unknown_parameter", name=name[:100])
        if len(texts) > 1:
            raise Refused(400, "api_parameter", name=name, got=", ".join(texts)[:100])
        given[name] = declared[name].read(texts[0])
    return given


def _body(operation: Operation) -> tuple[bytes, str]:
    media, encoded = request.mimetype, request.headers.get("Content-Encoding", "identity")
    if media not in operation.bodies or encoded != "identity":
        got = media if encoded == "identity" else f"{media} ({encoded})"
        raise Refused(415, "api_media_type", got=got[:100], types=list(operation.bodies))
    request.max_content_length = operation.largest_mb << 20
    try:
        return request.get_data(cache=False), media
    except RequestEntityTooLarge as problem:
        raise Refused(413, "api_too_large", limit=operation.largest_mb) from problem


def _sent(found: Said) -> Response:
    answer = bearer.said(found.status, found.content)
    answer.headers.update(found.headers)
    return answer
