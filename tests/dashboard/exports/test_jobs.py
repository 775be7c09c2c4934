"""A document in the background: its owner alone sees it, it ends when told to, in time and within bounds, and leaves nothing."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psutil
import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

import dashboard
from dashboard import create_site
from dashboard.components.export_form import export_form
from dashboard.exports import apart, job, job_routes, jobs, kept, pdf
from dashboard.exports.blocks import Document, Heading
from dashboard.exports.jobs import Job
from dashboard.exports.probe import Environment
from dashboard.pages.briefings.page import PAGE as BRIEFINGS
from dashboard.pages.overview.page import PAGE as OVERVIEW
from dashboard.site.markup import sent
from dashboard.site.page import Offered
from dashboard.words.wording import in_language
from data_access.store import schema
from rules.errors import NotAllowed
from tests.dashboard.conftest import Reader, sign_in
from tests.dashboard.exports.briefing_sample import briefing
from tests.demonstration_store import SCHEME, copy_of, site_on

WHOLE = Environment({"any": "Hei"}, True, "/usr/bin/soffice")


@dataclass(frozen=True)
class Place:
    """A site of which two pages offer a document."""

    server: Any
    engine: Engine
    var: Path

    def reader(self, login: str) -> Reader:
        return sign_in(self.server, login)


@pytest.fixture(scope="module")
def place(store_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    var = tmp_path_factory.mktemp("jobs")
    documents = {"letter": lambda _reading: Offered(briefing(), "运行监测简报_第11期", {"version": 7}), "none": lambda _reading: None}  # fmt: skip
    pages = tuple(replace(one, documents=documents) if one in (OVERVIEW, BRIEFINGS) else one for one in dashboard.PAGES)
    with copy_of(store_file, var) as engine, pytest.MonkeyPatch.context() as patch:
        patch.setattr(dashboard, "PAGES", pages)
        patch.setattr(job_routes, "environment", lambda: WHOLE)
        yield Place(create_site(site_on(engine, var)).server, engine, var)


def wait(until: Callable[[], bool], seconds: float = 30.0) -> bool:
    ends = time.monotonic() + seconds
    while not until() and time.monotonic() < ends:
        time.sleep(0.02)
    return until()


def instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """What the process of a job does instead of writing."""
    monkeypatch.setattr(apart, "command", lambda _module, *given: [sys.executable, "-c", code, *given])


@pytest.fixture
def sleeping(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Job:
    code = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"
    instead(monkeypatch, code)
    return jobs.start(tmp_path, "me", "x.pdf", "pdf", briefing())


def told_by(answer: TestResponse) -> dict[str, str]:
    told: dict[str, str] = answer.get_json()
    return told


# --- through the door


def test_a_document_is_written_and_fetched_by_who_asked_and_is_on_record(place: Place) -> None:
    writer, other = place.reader("p-writer").client, place.reader("p-leader").client
    begun = writer.post("/export-job/letter", data={"kind": "xlsx"})
    # A short one may be done by the time that its beginning is told.
    assert begun.status_code == 202 and told_by(begun)["state"] in ("running", "done")
    address = told_by(begun)["status"]
    assert {other.get(address).status_code, other.get(told_by(begun)["file"]).status_code} == {404}
    assert other.post(told_by(begun)["cancel"]).status_code == 404
    assert place.server.test_client().get(told_by(begun)["file"]).status_code == 401

    assert wait(lambda: told_by(writer.get(address))["state"] != "running")
    assert told_by(writer.get(address))["said"] == "已写好：运行监测简报_第11期.xlsx"
    file = writer.get(told_by(begun)["file"])
    assert zipfile.ZipFile(io.BytesIO(file.data)).testzip() is None
    assert unquote(file.headers["Content-Disposition"]).endswith("''运行监测简报_第11期.xlsx")
    assert other.get(told_by(begun)["file"]).status_code == 404
    folder = place.var / "exports" / address.rpartition("/")[2]
    assert folder.stat().st_mode & 0o077 == 0
    assert briefing().title not in "".join(one.read_text(errors="replace", encoding="utf-8") for one in folder.iterdir() if one.name != "made")  # fmt: skip
    told = schema.audit_event.c
    with place.engine.connect() as connection:
        query = select(told.actor, told.details).where(told.action == "export", told.subject.startswith("运行监测简报"))
        (row,) = connection.execute(query).all()
    assert row.actor == "p-writer" and {"format": "xlsx", "version": 7}.items() <= json.loads(row.details).items()


def test_the_door_is_the_pages_own(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "")
    writer, city = place.reader("p-writer").client, place.reader("c-jilin").client
    assert place.server.test_client().post("/export-job/letter", data={"kind": "xlsx"}).status_code == 401
    assert writer.post("/export-job/letter", data={"kind": "xlsx"}, headers={"Origin": "http://203.0.113.9"}).status_code == 403  # fmt: skip
    unknown = ("/export-job/none", "/export-job/other", "/export-job/budget/letter", "/export-job/nowhere/letter")
    assert {writer.post(one, data={"kind": "xlsx"}).status_code for one in unknown} == {404}
    assert writer.post("/export-job/letter", data={"kind": "exe"}).status_code == 404
    assert city.post("/export-job/briefings/letter", data={"kind": "xlsx"}).status_code == 403
    assert (
        writer.get("/export-job/" + "0" * 32).status_code == 404 and jobs.find(place.var, "../..", "p-writer") is None
    )


def test_what_cannot_be_written_here_says_why(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_routes, "environment", Environment)
    refused = place.reader("p-writer").client.post("/export-job/letter", data={"kind": "pdf"})
    assert refused.status_code == 422 and "fonts-noto-cjk" in told_by(refused)["problem"]


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "import time; time.sleep(60)"])
def test_a_link_to_a_file_that_is_not_written_leads_to_its_page_and_leaves_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    instead(monkeypatch, code)
    monkeypatch.setattr(job_routes, "AT_ONCE_SECONDS", 0.2)
    leader, folder = place.reader("p-leader").client, place.var / "exports"
    before = {*folder.iterdir()} if folder.exists() else set()
    sent_on = leader.get(f"/export/letter.pdf?scheme={SCHEME}")
    assert sent_on.status_code == 303 and sent_on.location.startswith("/?")
    assert {*folder.iterdir()} == before
    assert leader.get("/export/letter.odt").status_code == leader.get("/export/none.pdf").status_code == 404


def test_somebody_ends_what_they_began(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import time; time.sleep(60)")
    writer = place.reader("p-writer").client
    begun = [writer.post("/export-job/letter", data={"kind": "pdf"}) for _one in range(jobs.AT_ONCE)]
    assert told_by(writer.post("/export-job/letter", data={"kind": "pdf"}))["problem"].startswith("您已有 3 份")
    for one in begun:
        assert writer.post(told_by(one)["cancel"]).json == {"state": "cancelled", "said": "已取消"}
        assert writer.get(told_by(one)["status"]).status_code == 404


# --- the job


def test_ending_a_job_ends_what_it_started_and_leaves_nothing(sleeping: Job, tmp_path: Path) -> None:
    process = psutil.Process(sleeping.process)
    assert wait(lambda: len(process.children()) == 1)
    (child,) = process.children()
    jobs.cancel(tmp_path, sleeping)
    assert wait(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in (process, child)))
    assert not (tmp_path / "exports" / sleeping.token).exists()
    assert jobs.find(tmp_path, sleeping.token, "me") is None


def test_any_worker_tells_of_a_job_by_what_stands_in_its_folder(sleeping: Job, tmp_path: Path) -> None:
    code = "import sys, json; from pathlib import Path; from dashboard.exports import jobs; v = Path(sys.argv[1]); print(jobs.progress(v, jobs.find(v, sys.argv[2], 'me')).state)"
    start = apart.START.replace("runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)", code)
    said = subprocess.run([sys.executable, "-c", start, str(tmp_path), sleeping.token], cwd=apart.ROOT, capture_output=True, encoding="utf-8", check=True)  # fmt: skip
    assert said.stdout.strip() == "running"
    jobs.cancel(tmp_path, sleeping)


def test_a_file_is_kept_for_an_hour(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    instead(monkeypatch, "import sys, pathlib; pathlib.Path(sys.argv[1], 'made').write_bytes(b'x')")
    one = jobs.start(tmp_path, "me", "x.docx", "docx", briefing())
    assert wait(lambda: jobs.progress(tmp_path, one).state == "done") and jobs.find(tmp_path, one.token, "me") == one
    assert jobs.find(tmp_path, one.token, "somebody") is None
    before = time.time() - jobs.KEPT_SECONDS - 1
    folder = tmp_path / "exports" / one.token
    os.utime(folder, (before, before))
    assert jobs.find(tmp_path, one.token, "me") is None
    jobs.sweep(tmp_path)
    assert not folder.exists()


def test_a_process_that_ends_without_a_file_has_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    instead(monkeypatch, "raise SystemExit(1)")
    one = jobs.start(tmp_path, "me", "x.docx", "docx", briefing())
    assert wait(lambda: jobs.progress(tmp_path, one).state == "failed")
    assert jobs.progress(tmp_path, one).problem == "export_failed"
    # Its number is another process's by now.
    assert not jobs._alive(replace(one, process=os.getpid()))


def raises(problem: BaseException) -> Callable[[Document, str, Path], bytes]:
    def work(_document: Document, _kind: str, _folder: Path) -> bytes:
        raise problem

    return work


@pytest.mark.parametrize(
    ("problem", "code"),
    [(MemoryError(), "export_too_large"), (NotAllowed("no"), "not_allowed"), (RuntimeError("x"), "export_failed")],
)
def test_what_goes_wrong_is_left_as_a_code(
    problem: BaseException, code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = io.TextIOWrapper(io.BytesIO(json.dumps(kept.document_json(briefing())).encode()))
    monkeypatch.setattr(sys, "stdin", given)
    job.main(tmp_path, "docx", raises(problem))
    assert json.loads((tmp_path / job.FAILED).read_text(encoding="utf-8")) == {"code": code}
    assert not (tmp_path / job.MADE).exists()


def test_the_process_ends_by_itself_when_it_takes_too_long_or_too_much() -> None:
    """Whatever has become of who started it."""
    code = "from dashboard.exports import job; job.SECONDS, job.MEMORY_MB = 1, 300; job.bind()\ntry: bytearray(400 << 20)\nexcept MemoryError: print('too much')\nimport time; time.sleep(30)"
    start = f"import sys, types; package = types.ModuleType('dashboard'); package.__path__ = ['dashboard']; sys.modules['dashboard'] = package\n{code}"
    ended = subprocess.run([sys.executable, "-u", "-c", start], cwd=apart.ROOT, capture_output=True, encoding="utf-8", timeout=20, check=False)  # fmt: skip
    assert ended.stdout.strip() == "too much" and ended.returncode == -signal.SIGALRM


def test_a_pdf_says_which_section_it_is_at() -> None:
    said: list[tuple[str, int, int]] = []
    document = replace(briefing(), blocks=[Heading("一、甲"), Heading("（一）乙", 2), Heading("二、丙")])
    pdf.html_of(document, lambda phase, at, of: said.append((phase, at, of)))
    assert said == [("sections", 1, 2), ("sections", 1, 2), ("sections", 2, 2)]


def test_the_buttons_say_what_cannot_be_had_here_and_why() -> None:
    with in_language("en"):
        made = LexborHTMLParser(sent(export_form("/export-job/letter", Environment()), ()).html)
    closed = [one.attributes["value"] for one in made.css("button[disabled]")]
    assert closed == ["pdf", "pdf-as-word"] and "fonts-noto-cjk" in made.css(".note")[0].text()
    assert [one.text() for one in made.css("button")] == ["Word", "Slides", "PDF", "PDF (as Word)", "Excel"]
