"""The log 日志: lines for a person, or one JSON object a line for a journal or syslog, as POOLWATCH_LOG and POOLWATCH_SYSLOG say.

Texts of requests, names and secrets have no business in it: requests are noted by route and number
(``dashboard/machines/requests.py``), who did what stands in the audit trail.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime
from logging.handlers import SysLogHandler

from dashboard.machines.requests import current
from rules.month import SHANGHAI
from settings import Settings

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# What every record has; whatever else one bears was given as ``extra`` and is said.
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
NOISY = ("apscheduler", "waitress.queue", "alembic")


class Lines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the number of the request, what else was given, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "request": current.get() or None,
            **{name: value for name, value in vars(record).items() if name not in USUAL},
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(
            {name: value for name, value in told.items() if value not in (None, "")}, default=str, ensure_ascii=False
        )


def log_as_set(settings: Settings) -> None:
    """Log to standard error, and to syslog where it is set, from INFO on. Anew where it was done before. Raises OSError where
    syslog cannot be reached."""
    formatter = Lines() if settings.log == "json" else logging.Formatter(TEXT)
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if settings.syslog:
        host, _colon, port = settings.syslog.rpartition(":")
        handlers.append(SysLogHandler((host, int(port)) if host else settings.syslog, SysLogHandler.LOG_DAEMON))
        handlers[-1].ident = "poolwatch: "  # type: ignore[attr-defined]
    for one in handlers:
        one.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # For a person at the terminal each request would be a line too many.
    logging.getLogger("poolwatch.request").setLevel(logging.INFO if settings.log == "json" else logging.WARNING)
