"""The check before every door of the API: a token that is in force. A session is none, and a token is no session."""

from __future__ import annotations

import json

from flask import Response, g, request

from dashboard.api.declared import Refused
from dashboard.api.words import told
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.words.wording import LANGUAGES, set_language
from workflows.people.tokens import bearer, is_noted, note_use

ROOT = "/api/v1"
DESCRIPTION = f"{ROOT}/openapi.json"
# What the pages of the site ask themselves, by session.
OF_PAGES = (f"{ROOT}/version",)
# Missing, wrong, expired, revoked, or its account may not sign in: which of them is not told.
NO_TOKEN = Refused(401, "api_token")


def is_ours(path: str) -> bool:
    """Whether an address is opened by a token, and by nothing else."""
    return (path == ROOT or path.startswith(f"{ROOT}/")) and path not in OF_PAGES


def refusal(site: Site) -> Response | None:
    """The answer to a request without a token in force; None where there is one: then ``g.token`` and ``g.account`` say
    whose request it is."""
    set_language(request.accept_languages.best_match(tuple(LANGUAGES)) or site.language)
    kind, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    asked = transaction(site)
    found = asked.published.ask(bearer, secret.strip(), asked.now) if kind.lower() == "bearer" and secret else None
    if found is None:
        answer = said(401, told(NO_TOKEN))
        answer.headers["WWW-Authenticate"] = 'Bearer realm="poolwatch"'
        return answer
    g.token, g.account = found
    if not is_noted(g.token, asked.now):
        note_use(site.engine, g.token, request.remote_addr or "", asked.now)
    return None


def said(status: int, content: object) -> Response:
    """An answer in JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, content_type="application/json")
