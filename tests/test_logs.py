"""The log is one JSON object a line, with the request's number, wherever it is sent; or text for a person."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator

import pytest

from dashboard.machines.requests import current
from logs import log_as_set
from settings import Settings


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root, levels = logging.root, {name: logging.getLogger(name).level for name in ("poolwatch.request", "alembic")}
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # those of the tests themselves would be closed
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_a_line_is_one_object_with_what_was_given_the_request_and_the_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_as_set(Settings(log="json"))
    log = logging.getLogger("poolwatch.tests")
    before = current.set("4F1C2A9B")
    try:
        log.info("run %s\nended", 7, extra={"run": 7, "steps": {"pull": 0.5}})
    finally:
        current.reset(before)
    try:
        raise OSError("磁盘已满")
    except OSError:
        log.exception("failed")
    logging.getLogger("alembic").info("nothing of interest")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first.pop("time").endswith("+08:00") and first.pop("process")
    assert first == {
        "level": "info",
        "logger": "poolwatch.tests",
        "message": "run 7\nended",
        "request": "4F1C2A9B",
        "run": 7,
        "steps": {"pull": 0.5},
    }
    assert second["level"] == "error" and second["traceback"].endswith("OSError: 磁盘已满")


def test_a_person_at_the_terminal_reads_text_and_of_requests_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    log_as_set(Settings())
    logging.getLogger("poolwatch.request").info("GET / 200")
    logging.getLogger("poolwatch.request").warning("GET / 500")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING poolwatch.request: GET / 500")


def test_syslog_gets_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)
        log_as_set(Settings(log="json", syslog=f"127.0.0.1:{listener.getsockname()[1]}"))
        logging.getLogger("poolwatch.tests").warning("a source is late")
        sent = listener.recv(4096).decode()
    told = capsys.readouterr().err.strip()
    # <facility daemon × 8 + warning> and the program's name
    assert sent.startswith("<28>poolwatch: ") and told in sent and json.loads(told)["message"] == "a source is late"
