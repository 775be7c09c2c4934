"""The one door by which a page changes anything (files come by the import): ``POST /act/PAGE/NAME``.

A page declares its acts in its ``Page``. The view stands in the query string as on the page itself, so the same rights are
checked: the page's, then the act's own. An act runs in one transaction with its audit row, if it is recorded; one that is refused changes
nothing and is recorded as refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, abort, g, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response

from dashboard.site.act import Act, Deed, Done
from dashboard.site.fields import Sent
from dashboard.site.page import Page
from dashboard.site.reading import current_scope, reading_of
from dashboard.site.site import Site
from dashboard.site.view import View, parse_view
from dashboard.words import display
from data_access.books.published import Published
from data_access.store import audit
from data_access.store.engine import writing
from rules.errors import ClockStepped, NotAllowed, PoolwatchError, StaleRow


def register(server: Flask, site: Site, pages: Sequence[Page], everywhere: Sequence[Act]) -> None:
    """Install the route of every page's acts, and of those that are done ``everywhere``.

    Raises ValueError for two acts of one name on a page.
    """
    acts: dict[tuple[str, str], Act] = {}
    for page in pages:
        for act in (*page.acts, *everywhere):
            if acts.setdefault((page.path, act.name), act) is not act:
                raise ValueError(f"{page.path} has two acts called {act.name}")

    def answer(path: str, name: str) -> Response:
        view = parse_view(path, request.query_string.decode("utf-8", "replace"))
        act = acts.get((view.page, name))
        if act is None or act.do is None:
            abort(404)
        request.max_content_length = act.most_bytes
        try:
            done = _perform(site, view, act)
        except ClockStepped:
            raise  # what is refused now cannot be recorded either
        except PoolwatchError as problem:
            return _refused(site, view, name, problem)
        if "application/json" in request.headers.get("Accept", ""):
            said: dict[str, object] = {"message": done.message, "href": done.href}
            if done.once:
                said["once"] = done.once
            elif not act.recorded:
                # It makes no page another, but the reader's own shows it.
                said["anew"] = True
            if done.undo is not None:
                said["undo"] = {"action": _beside(done.undo[0]), "fields": dict(done.undo[1])}
            return jsonify(said)
        if done.once:
            return Response(f"{done.message}\n{done.once}\n", mimetype="text/plain")
        return redirect(done.href or view.href(), 303)

    @server.post("/act/<page>/<name>")
    def act_on_page(page: str, name: str) -> Response:
        return answer(f"/{page}", name)

    @server.post("/act/<page>/<subject>/<name>")
    def act_on_subject(page: str, subject: str, name: str) -> Response:
        return answer(f"/{page}/{subject}", name)

    @server.post("/act/<name>")
    def act_on_overview(name: str) -> Response:
        return answer("/", name)


def _beside(name: str) -> str:
    """The address of another act at the same view."""
    path = request.path.rpartition("/")[0]
    return f"{path}/{name}?{request.query_string.decode('utf-8', 'replace')}"


def _perform(site: Site, view: View, act: Act) -> Done:
    assert act.do is not None
    act.demand(current_scope())
    now = site.written_at()
    prepared = act.before(site, Sent(request.form, request.files)) if act.before else None
    with writing(site.engine) as connection:
        # What an act rests on is read in the transaction it is done in, not in an earlier one.
        reading = reading_of(site, view, Published(connection, site.cache))
        act.demand(reading.scope, reading)
        deed = Deed(
            act, reading, Sent(request.form, request.files, reading), g.account, connection, now, site, prepared
        )
        done = act.do(deed)
        if act.recorded:
            audit.record(connection, g.account.login, act.name, done.subject, {**deed.kept, **done.details}, now)
    if done.refresh:
        site.refresh()
    return done


def _refused(site: Site, view: View, name: str, problem: PoolwatchError) -> Response:
    """Nothing was changed; that it was tried is on record, and the reader keeps what was written."""
    with writing(site.engine) as connection:
        details = {"code": problem.code, "at": view.href()}
        audit.record(connection, g.account.login, audit.REFUSED + name, view.path, details, site.now())
    status = 403 if isinstance(problem, NotAllowed) else 409 if isinstance(problem, StaleRow) else 422
    return make_response(jsonify({"problem": display.problem_text(problem)}), status)
