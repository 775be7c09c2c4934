"""Taking an uploaded file in: rights, a private copy, the import in a thread of its own, and the answer while it runs."""

from __future__ import annotations

import base64
import binascii
import logging
import re
import shutil
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dash import Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import g

from dashboard.components import parts
from dashboard.pages.data import imports as data_imports
from dashboard.pages.data.acts import REFRESH, UPLOAD
from dashboard.site.dispatch import surprise
from dashboard.site.reading import Reading, current_scope, reading_of
from dashboard.site.site import Site
from dashboard.site.view import parse_view
from dashboard.words import display
from dashboard.words.wording import _
from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.history import last_batch_number, newest_batch
from data_access.intake.sources.status import every_source
from data_access.store import audit
from data_access.store.engine import writing
from rules.errors import PoolwatchError
from workflows.people.rights import allowance

log = logging.getLogger("poolwatch.dashboard")


class UploadTooLarge(PoolwatchError):
    """More bytes than the page takes."""

    code = "upload_too_large"


class UploadEmpty(PoolwatchError):
    """The browser sent no file."""

    code = "upload_empty"


class UploadLost(PoolwatchError):
    """The import broke off before there was a batch that could tell of it."""

    code = "upload_lost"


class UploadRunning(PoolwatchError):
    """The account's last file is still being imported."""

    code = "upload_running"


@dataclass(frozen=True, slots=True)
class Step:
    """How far a running import is."""

    name: str
    phase: str = "read"
    done: int = 0
    total: int = 0


class Uploads:
    """The imports that this process is doing, one a login. How each ended stands in the store. Safe for threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._steps: dict[str, Step] = {}
        self._lost: dict[str, str] = {}
        self._lock = threading.Lock()

    def step(self, login: str) -> Step | None:
        """Where the login's import is; None when none is running here."""
        with self._lock:
            return self._steps.get(login)

    def lost(self, login: str) -> str | None:
        """Why the login's last file came to nothing, as the code of a sentence; None where its batch tells."""
        with self._lock:
            return self._lost.get(login)

    def start(
        self,
        login: str,
        name: str,
        content: bytes,
        target: str,
        *,
        accept_good_rows: bool,
        allowance: Allowance,
        reason: str | None,
    ) -> None:
        """Import in the background. Raises UploadRunning while the login's last one is not done."""
        with self._lock:
            if login in self._steps:
                raise UploadRunning(f"{login} is importing {self._steps[login].name}", name=name)
            self._steps[login] = Step(name)
            self._lost.pop(login, None)
        try:
            folder = self._folder()
            path = folder / name
            path.write_bytes(content)
        except OSError:
            self._end(login)
            raise
        work = threading.Thread(
            target=self._work,
            args=(login, path, target, accept_good_rows, allowance, reason),
            name=f"upload-{login}",
            daemon=True,
        )
        work.start()

    def _folder(self) -> Path:
        uploads = self._site.var / "uploads"
        uploads.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=uploads))

    def _work(
        self, login: str, path: Path, target: str, accept_good_rows: bool, allowance: Allowance, reason: str | None
    ) -> None:
        def tell(phase: str, done: int, total: int) -> None:
            with self._lock:
                self._steps[login] = Step(path.name, phase, done, total)

        try:
            self._site.take_in(
                path,
                target=target,
                accept_good_rows=accept_good_rows,
                uploaded_by=login,
                allowance=allowance,
                reason=reason,
                progress=tell,
            )
        except Exception:
            # A batch that was begun is closed as interrupted and says so; where none was, this does.
            log.exception("upload of %s by %s", path.name, login)
            with self._lock:
                self._lost[login] = "upload_lost"
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)
            self._end(login)

    def _end(self, login: str) -> None:
        with self._lock:
            self._steps.pop(login, None)


def file_name(given: str | None) -> str:
    """A name that is safe as a file's and still the one the reader knows."""
    name = re.sub(r"[^\w.()（）\- ]", "_", re.split(r"[/\\]", given or "")[-1]).strip(" .")
    return name[-100:] or "upload"


def file_bytes(contents: str) -> bytes:
    """The bytes of a data URL. Raises UploadEmpty, UploadTooLarge."""
    _head, _comma, encoded = contents.partition(",")
    most = data_imports.LARGEST_MB << 20
    if len(encoded) > most * 4 // 3 + 4:
        raise UploadTooLarge(f"more than {most} bytes", limit=data_imports.LARGEST_MB)
    try:
        content = base64.b64decode(encoded, validate=True)
    except binascii.Error as problem:
        raise UploadEmpty("not base64") from problem
    if not content:
        raise UploadEmpty("no bytes")
    return content


def register(app: Dash, site: Site) -> None:
    """Three callbacks: take a file, tell how its import goes, refresh now."""
    uploads = Uploads(site)

    @app.callback(
        [Output("upload-given", "data"), Output("upload", "contents")],
        Input("upload", "contents"),
        [State("upload", "filename"), State("view", "data"), State("upload-reason", "value")],
        prevent_initial_call=True,
    )
    def take(
        contents: str | None, name: str | None, address: str | None, reason: str | None
    ) -> tuple[dict[str, Any], None]:
        if not contents:
            raise PreventUpdate
        try:
            return _take(
                uploads, site, _reading(site, address), contents, file_name(name), (reason or "").strip()
            ), None
        except PoolwatchError as problem:
            return {"problem": display.problem_text(problem)}, None

    @app.callback(
        [Output("upload-answer", "children"), Output("batches", "children"), Output("upload-clock", "disabled")],
        [Input("upload-given", "data"), Input("upload-clock", "n_intervals")],
        State("view", "data"),
        prevent_initial_call=True,
    )
    def tell(
        given: dict[str, Any] | None, _ticks: int | None, address: str | None
    ) -> tuple[Component, Component, bool]:
        if not given:
            raise PreventUpdate
        reading = _reading(site, address)
        answer, done = _told(uploads, reading, given)
        return answer, data_imports.batch_list(reading), done

    @app.callback(Output("refresh-answer", "children"), Input("refresh-now", "n_clicks"), prevent_initial_call=True)
    def refresh_now(clicks: int | None) -> str:
        if not clicks:
            raise PreventUpdate
        try:
            REFRESH.demand(current_scope())
        except PoolwatchError as problem:
            return display.problem_text(problem)
        with writing(site.engine) as connection:
            audit.record(connection, g.account.login, REFRESH.name, REFRESH.name, {}, site.now())
        site.refresh()
        return _("已请求刷新，有新数据时页面自动更新。")


def _reading(site: Site, address: str | None) -> Reading:
    path, _mark, query = (address or "").partition("?")
    return reading_of(site, parse_view(path, query))


def _take(uploads: Uploads, site: Site, reading: Reading, contents: str, name: str, reason: str) -> dict[str, Any]:
    """Check the rights, note who gives what, start the import. Raises NotAllowed and the refusals of an upload."""
    UPLOAD.demand(reading.scope, reading)
    target, login = data_imports.chosen_table(reading), g.account.login
    content = file_bytes(contents)
    with writing(site.engine) as connection:
        before = last_batch_number(connection)
        details = {"table": target, "bytes": len(content), "accept_good_rows": reading.view.show == "good"}
        audit.record(connection, login, UPLOAD.name, name, details, site.now())
    uploads.start(
        login,
        name,
        content,
        target,
        accept_good_rows=reading.view.show == "good",
        allowance=_allowance(reading, target),
        reason=reason or None,
    )
    return {"after": before, "name": name}


def _allowance(reading: Reading, target: str) -> Allowance:
    """What the reader may deliver of a table. Raises NotAllowed."""
    return allowance(reading.scope, target, reading.ask(every_source))


def _told(uploads: Uploads, reading: Reading, given: dict[str, Any]) -> tuple[Component, bool]:
    """What to show of an upload, and whether that is final."""
    if "problem" in given:
        return parts.message(_("文件没有收下。"), str(given["problem"])), True
    login = g.account.login
    step = uploads.step(login)
    if step is not None:
        return data_imports.progress_panel(step.name, step.phase, step.done, step.total), False
    try:
        record = reading.ask(newest_batch, login, int(given.get("after", 0)))
    except Exception:
        return surprise(), True
    if record is None and uploads.lost(login):
        return parts.message(_("文件没有收下。"), display.problem_text(UploadLost("the import broke off"))), True
    if record is None or record.state == "running":
        # Another process of the site is importing it.
        return data_imports.progress_panel(str(given.get("name", "")), "read", 0, 0), False
    return data_imports.answer(reading, record), True
