"""Where the head of each sealed day is told 封存头: a file beside the store always, syslog and mail where they are set."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from logging.handlers import SysLogHandler
from pathlib import Path

from sqlalchemy import Engine

from data_access.store.audit import seal_days
from data_access.store.engine import writing
from data_access.store.integrity.heads import write_heads
from monitoring.lease import Clock
from monitoring.telling.channels import Mail, connected

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SealLog:
    """``path`` of the file; ``syslog``: HOST:PORT (UDP) or a socket such as /dev/log, "" for none; ``mail`` and who gets it."""

    path: Path
    syslog: str = ""
    mail: Mail | None = None
    address: str = ""

    def seal(self, engine: Engine, clock: Clock) -> int:
        """Seal the days of the audit that have ended and tell their heads; returns how many. Raises when the file cannot be
        written, and then nothing is sealed; what cannot be sent is logged, for the file has it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with writing(engine) as connection:
            lines = write_heads(connection, self.path, seal_days(connection, clock()))
        for send in (self._to_syslog, self._by_mail):
            try:
                if lines:
                    send(lines)
            except Exception:
                log.exception("the heads of %d sealed days were not sent", len(lines))
        return len(lines)

    def _to_syslog(self, lines: Sequence[str]) -> None:
        if not self.syslog:
            return
        host, _colon, port = self.syslog.rpartition(":")
        address = (host, int(port)) if host else self.syslog
        handler = SysLogHandler(address, facility=SysLogHandler.LOG_AUTHPRIV)
        try:
            for line in lines:
                handler.emit(logging.LogRecord("poolwatch", logging.INFO, "", 0, "poolwatch seal %s", (line,), None))
        finally:
            handler.close()

    def _by_mail(self, lines: Sequence[str]) -> None:
        if self.mail is None or not self.address:
            return
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.mail.sender, self.address, "poolwatch seal"
        letter.set_content("\n".join(lines) + "\n")
        with connected(self.mail) as server:
            if self.mail.user:
                server.login(self.mail.user, self.mail.password)
            server.send_message(letter)
