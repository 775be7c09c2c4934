"""Drafting by itself: once a month is signed the issue of an order is drafted, for its writer to check and send on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from flask import Flask, g
from sqlalchemy import Engine

from dashboard.pages.briefings.opening import draft_issue
from dashboard.pages.briefings.reading import PATH
from dashboard.site.reading import read
from dashboard.site.view import View
from dashboard.words.wording import in_language
from data_access.books.published import Published, PublishedCache
from data_access.books.versions import reading
from data_access.store import audit
from data_access.store.engine import writing
from rules.errors import PoolwatchError
from rules.month import Month
from workflows.briefings.schedule import Schedule, due, schedules
from workflows.people import rights
from workflows.people.accounts import By, usable_accounts

log = logging.getLogger("poolwatch.dashboard")


SECONDS = 300  # between two looks


def drafting(server: Flask, engine: Engine, province: str | None, now: Callable[[], datetime]) -> Callable[[], bool]:
    """What the clock runs: draft what is due of every order. It returns False, as no refresh need follow; an order that
    fails leaves the others alone."""
    cache = PublishedCache(province)

    def run() -> bool:
        with reading(engine) as connection:
            waiting = [order for order in schedules(connection) if due(connection, order) is not None]
        for order in waiting:
            try:
                _draft(server, engine, cache, order, now())
            except PoolwatchError as problem:
                log.warning("no briefing of %s %s was drafted: %s", order.scheme, order.region, problem)
        return False

    return run


def _draft(server: Flask, engine: Engine, cache: PublishedCache, order: Schedule, now: datetime) -> None:
    with writing(engine) as connection, server.app_context(), in_language(order.language):
        month = due(connection, order)
        # Who gave the order may have left since, or write no longer.
        account = next((one for one in usable_accounts(connection, now) if one.login == order.set_by), None)
        if month is None or account is None or account.role not in rights.WRITING:
            return
        g.account, g.watermark, g.theme = account, False, "light"
        view = View(PATH, order.scheme, order.region, Month(month).iso)
        at = read(Published(connection, cache), view, rights.scope_of(account), now)
        by = By(account.login, account.name, rights.department_of(account) or "", now)
        number = draft_issue(connection, at, order.form, carry_over=True, by=by)
        subject = f"{order.scheme} {order.region} {number}"
        audit.record(connection, account.login, "briefing_scheduled", subject, {"month": Month(month).iso}, now)
