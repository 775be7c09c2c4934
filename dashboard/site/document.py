"""The HTML document of a request, with the first answer standing in it: it is read before any script has come.

Who asks and what may be seen is known when the document is asked for. Header, menu, page and drawer stand in it as HTML,
with the same parts as data beside them, from which ``assets/js/first.js`` answers Dash's first questions; each part is
then taken over where it stands. What readers of the same rights share is kept compressed; the document itself, with the
reader's name in it, is put together for each request and kept by nobody.
"""

from __future__ import annotations

import copy
import hashlib
import html
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dash._utils import to_json
from dash.development.base_component import Component
from flask import Response, abort, g, request

from dashboard.guard.gate import STYLE
from dashboard.guard.policy import digest
from dashboard.pages.sign_in.page import role_name
from dashboard.site import doors, markup
from dashboard.site.application import CHARTS, Application
from dashboard.site.gzip_parts import GzipPart, gzip_part, joined
from dashboard.site.markup import Html
from dashboard.site.page import Remembered
from dashboard.site.site import Site
from dashboard.site.transaction import Environ, transaction
from dashboard.site.view import View, parse_view
from dashboard.site.wire import MEMO_KEY, STATIC_AGE, Answer, Key, Memo
from dashboard.words.wording import in_language
from workflows.matters.boxes import count_at_hand

FIRST = "{first}"
# Places of the header that are the reader's own.
OWN = re.compile(r'id="(account-name|account-note|unread)">…?')
STYLED = re.compile(r'data-style="([^"]*)"')
# Live components that are seen before their script has come; the others show nothing.
SEEN = frozenset({"Graph", "Upload"})
_GZIP = "gzip"
_SAID = (("Content-Type", "text/html; charset=utf-8"), ("Vary", "Accept-Encoding, Cookie"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What readers of the same rights share of a document: parts, and the names of places between them that are theirs;
    ``charts`` whether it has any; ``style``: the digest of its style element, "" where it has none."""

    parts: tuple[GzipPart | str, ...]
    charts: bool
    style: str

    @property
    def size(self) -> int:
        return sum(len(part.deflated) for part in self.parts if isinstance(part, GzipPart))


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same in every document: what stands before and after the first answer, and the links by which a browser
    fetches its scripts, and those of charts, while the document is still coming. ``files`` names these scripts."""

    before: GzipPart
    after: GzipPart
    fetched: GzipPart
    charts: GzipPart
    files: str


class Documents:
    """Gives the document of a request. ``answer`` is the layout of a view with everything in it; ``remembered`` says for
    whom the answers of each page may be kept, by its path.
    """

    def __init__(
        self,
        app: Application,
        site: Site,
        memo: Memo,
        remembered: Mapping[str, Remembered],
        answer: Callable[[View], Component],
    ) -> None:
        self._app, self._site, self._memo, self._remembered, self._answer = app, site, memo, remembered, answer

    def __call__(self) -> Response:
        """The document of the present request."""
        environ, who = request.environ, doors.asker(self._site, request.environ)
        if who is None:
            abort(404)  # an address below one that strangers may ask
        view = _view(environ)
        key = self._key(environ, view, who)
        standing = self._made(view) if key is None else self._memo.once(key, lambda: self._kept(view, key))
        answer = self._written(environ, who, standing)
        return Response(answer.body, g.get("status", 200), headers=list(answer.headers))

    def at_hand(self, environ: Environ) -> Answer | None:
        """The document of a request, before the application is woken; None where it has to be, for want of a session or
        of what stands in it."""
        if _GZIP not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return None
        view = _view(environ)
        who = doors.asker(self._site, environ) if view.page in self._remembered else None
        key = None if who is None else self._key(environ, view, who)
        standing = None if key is None else self._memo.get(key)
        return None if who is None or standing is None else self._written(environ, who, standing)

    def _written(self, environ: Environ, who: doors.Asker, standing: Standing) -> Answer:
        environ[STYLE] = standing.style
        asked = transaction(self._site, environ)
        # What is not at hand the browser asks for once it stands: a first paint waits for no register.
        at = _view(environ).scheme
        own = _own(who, count_at_hand(asked.published, who.account, asked.now, at) or 0)
        frame, headers = self._frame, list(_SAID)
        within = [own[part].encode() if isinstance(part, str) else part for part in standing.parts]
        parts = [_root(who, own).encode(), frame.before, *within, frame.after]
        if frame.files not in environ.get("HTTP_COOKIE", ""):
            # Only a browser without the files fetches them at once: to look them all up takes longer than a first paint.
            parts[2:2] = [frame.fetched, frame.charts] if standing.charts else [frame.fetched]
            headers.append(("Set-Cookie", f"{frame.files}; Max-Age={STATIC_AGE}; Path=/; HttpOnly; SameSite=Lax"))
        if _GZIP in environ.get("HTTP_ACCEPT_ENCODING", ""):
            headers.append(("Content-Encoding", _GZIP))
            body = joined(parts)
        else:
            body = b"".join(part if isinstance(part, bytes) else part.text for part in parts)
        return Answer(body, (*headers, ("Content-Length", str(len(body)))), "")

    @cached_property
    def _frame(self) -> Frame:
        page, scripts = self._app.frame()
        before, _mark, after = page.partition(FIRST)
        known = _data("first-dependencies", self._app.dependencies().get_data(as_text=True))
        return Frame(
            gzip_part(before.partition("<html>")[2].encode()),
            gzip_part(after.replace("<footer>", f"<footer>{known}", 1).encode()),
            gzip_part(_fetched(scripts)),
            gzip_part(_fetched(CHARTS)),
            "poolwatch_files=" + hashlib.sha256(_fetched(scripts)).hexdigest()[:16],
        )

    def _key(self, environ: Environ, view: View, who: doors.Asker) -> Key | None:
        """What the parts are kept under, None where they are not. The path as asked for is in it: only what was once
        answered with a document is."""
        kept = self._remembered.get(view.page, Remembered.NEVER)
        if kept is Remembered.NEVER:
            return None
        return ("document", environ["PATH_INFO"], view, *doors.depends_on(transaction(self._site, environ), who, kept))

    def _kept(self, view: View, key: Key) -> tuple[Standing, bool]:
        """The part and whether it may be kept: a failure shown on a page takes its key away."""
        request.environ[MEMO_KEY] = key
        made = self._made(view)
        return made, request.environ.pop(MEMO_KEY, None) is not None

    def _made(self, view: View) -> Standing:
        shown, data = _standing(self._app.sent(self._answer(view)), itertools.count())
        said = str(to_json(data))  # type: ignore[no-untyped-call]
        styles = _styles(shown)
        element = f"<style>{styles}</style>" if styles else ""
        whole = f'{element}<div id="first">{shown}</div>{_data("first-layout", said)}'
        parts: list[GzipPart | str] = []
        at = 0
        for place in OWN.finditer(whole):
            parts += [gzip_part(whole[at : place.end()].removesuffix("…").encode()), place[1]]
            at = place.end()
        last, charts = gzip_part(whole[at:].encode()), '"type":"Graph"' in said
        return Standing((*parts, last), charts, digest(styles) if styles else "")


def _standing(content: Any, numbers: Iterator[int]) -> tuple[str, Any]:
    """HTML of what is sent, and the same as data in which a part that stands in the HTML is only its number there."""
    if isinstance(content, (list, tuple)):
        pairs = [_standing(one, numbers) for one in content]
        return "".join(shown for shown, _data in pairs), [data for _shown, data in pairs]
    if isinstance(content, Html):
        number = next(numbers)
        return re.sub(r"^<[a-z0-9]+", rf'\g<0> data-stands="{number}"', content.html, count=1), Html(stands=number)
    if not isinstance(content, Component):
        return "" if content is None else markup.escape(str(content)), content
    within, data = _standing(getattr(content, "children", None), numbers)
    container = copy.copy(content)
    if hasattr(content, "children"):
        container.children = data
    tag = markup.tag_of(content)
    if tag:
        return f"{markup.start_tag(tag, content)}{within}</{tag}>", container
    named = markup.escape(getattr(content, "className", ""))
    return (f'<div><div class="{named}">{within}</div></div>' if content._type in SEEN else ""), container


def _styles(shown: str) -> str:
    """The declarations of ``data-style`` for the time before the script applies them."""
    texts = dict.fromkeys(html.unescape(found) for found in STYLED.findall(shown))
    return "".join('[data-style="{}"]{{{}}}'.format(text.replace('"', '\\"'), text) for text in texts)


def _data(name: str, said: str) -> str:
    """JSON that stands in a document and is not run."""
    return f'<script type="application/json" id="{name}">{said.replace("<", chr(92) + "u003c")}</script>'


def _view(environ: Environ) -> View:
    return parse_view(environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"), environ.get("QUERY_STRING"))


def _fetched(scripts: Sequence[str]) -> bytes:
    """Links by which scripts are fetched and not run."""
    return "".join(f'<link rel="preload" as="script" href="{source}">' for source in scripts).encode()


def _own(who: doors.Asker, unread: int) -> dict[str, str]:
    """The reader's own words by their place in the header, as HTML."""
    with in_language(who.language):
        role = role_name(who.account.role)
    said = {
        "account-name": who.account.name,
        "account-note": f"{who.account.login} · {role}",
        "unread": str(unread or ""),
    }
    return {place: markup.escape(text) for place, text in said.items()}


def _root(who: doors.Asker, own: dict[str, str]) -> str:
    """The root element: language and theme, known before anything is drawn, and whose page it is."""
    attributes = {
        "lang": "en" if who.language == "en" else "zh-CN",
        "data-theme": who.theme,
        "data-name": own["account-name"],
        "data-account": own["account-note"],
        "data-unread": own["unread"],
    }
    return "<!DOCTYPE html>\n<html " + " ".join(f'{name}="{value}"' for name, value in attributes.items()) + ">"
