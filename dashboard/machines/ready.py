"""``/readyz``: whether the site can serve, and what an operator should look at although it does."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, jsonify

from dashboard.machines.standing import Standing, standing
from dashboard.site.site import Site
from data_access.store.engine import UNREACHABLE
from rules.errors import StoreError
from workflows.people.outbox import DEAD, WAITING

PATH = "/readyz"
log = logging.getLogger("poolwatch.dashboard")


def register(server: Flask, site: Site) -> None:
    """Install the door."""

    @server.get(PATH)
    def ready() -> Response:
        """200 or 503 with the reason; never another, whatever the store does."""
        try:
            told = _told(standing(site))
        except StoreError as problem:
            log.error("%s", problem)
            told = {"ready": False, "reason": "store_other"}
        except UNREACHABLE:
            told = {"ready": False, "reason": "store_away"}
        except Exception:
            log.exception("nobody could tell whether the site is ready")
            told = {"ready": False, "reason": "failed"}
        answer = jsonify(told)
        answer.status_code = 200 if told["ready"] else 503
        return answer


def _told(found: Standing) -> dict[str, Any]:
    if found.reason == "schema":
        return {"ready": False, "reason": found.reason, "schema": found.schema}
    # What follows needs somebody, but is no reason to take the site away from its readers.
    version = found.version
    return {
        "ready": not found.reason,
        "reason": found.reason,
        "version": version and version.id,
        "age_seconds": version and round((found.now - version.published_at).total_seconds()),
        "refreshed_at": found.refreshed_at and found.refreshed_at.isoformat(timespec="seconds"),
        "refresh_overdue": found.overdue,
        "clock_stepped": found.clock_stepped,
        "sources_late": found.late,
        "deliveries_waiting": found.given,
        "messages_waiting": found.letters_in(WAITING),
        "undelivered": found.letters_in(DEAD),
        "runs_out": list(found.runs_out),
    }
