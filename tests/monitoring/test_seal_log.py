"""The head of a sealed day goes to a file, and where that is set to syslog and by mail."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from data_access.store.audit import record, seals
from data_access.store.engine import writing
from monitoring.telling.channels import Mail
from monitoring.telling.seal_log import SealLog
from tests.mail_server import MailSink, running

MONDAY = datetime(2026, 11, 16, 3, tzinfo=UTC)


def test_the_head_of_a_day_is_written_and_sent_once(sqlite_store: Engine, tmp_path: Path) -> None:
    with writing(sqlite_store) as connection:
        record(connection, "monitor", "upload", "1.csv", {}, MONDAY)
    server = MailSink()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog, running(server):
        syslog.bind(("127.0.0.1", 0))
        syslog.settimeout(10)
        mail = Mail("127.0.0.1", server.port, "poolwatch@example", {})
        told = SealLog(tmp_path / "seals.log", f"127.0.0.1:{syslog.getsockname()[1]}", mail, "audit@example")
        tuesday = MONDAY + timedelta(days=1)
        assert (told.seal(sqlite_store, lambda: tuesday), told.seal(sqlite_store, lambda: tuesday)) == (1, 0)
        sent = syslog.recv(65_536).decode()
        (letter,) = server.letters
    with sqlite_store.connect() as connection:
        (seal,) = seals(connection)
    (line,) = (tmp_path / "seals.log").read_text(encoding="ascii").splitlines()
    assert seal.digest in line and line in sent and seal.digest in letter.replace("=\r\n", "").replace("=\n", "")


def test_what_cannot_be_sent_is_in_the_file(sqlite_store: Engine, tmp_path: Path) -> None:
    with writing(sqlite_store) as connection:
        record(connection, "monitor", "upload", "1.csv", {}, MONDAY)
    told = SealLog(tmp_path / "seals.log", "", Mail("127.0.0.1", 1, "poolwatch@example", {}), "audit@example")
    assert told.seal(sqlite_store, lambda: MONDAY + timedelta(days=1)) == 1
    assert len((tmp_path / "seals.log").read_text(encoding="ascii").splitlines()) == 1
