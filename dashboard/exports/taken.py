"""What a file that leaves is, and who took it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g

from dashboard.site.reading import Reading
from dashboard.site.site import Site
from data_access.store import audit
from data_access.store.engine import writing

_OFFICE = "application/vnd.openxmlformats-officedocument."
# By a file's ending.
MIMETYPES = {
    "csv": "text/csv",
    "ics": "text/calendar",
    "json": "application/json",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


def record(
    site: Site,
    reading: Reading,
    name: str,
    code: str,
    kind: str,
    *,
    period: str,
    version: int | None,
    details: Mapping[str, object],
) -> None:
    """Who took what out, committed before the file leaves: one that cannot be recorded does not leave. ``name`` is the
    file's, ``code`` its own on the page, ``version`` the data's (None: published figures have none)."""
    about = {
        "page": reading.view.path,
        "code": code,
        "format": kind,
        "scheme": reading.scheme.code,
        "region": reading.region,
        "period": period,
        "version": version,
        **details,
    }
    with writing(site.engine) as connection:
        audit.record(connection, g.account.login, audit.EXPORT, name, about, reading.now)
