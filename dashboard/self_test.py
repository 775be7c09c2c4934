"""The pages opened without a browser or a session, as the main roles of every province open them: whether any fails."""

from __future__ import annotations

from flask import Flask, g, request

from dashboard.site.page import PAGES, SITE
from dashboard.site.reading import NothingPublished, reading_of
from dashboard.site.site import Site
from dashboard.site.transaction import KEY, transaction
from dashboard.site.view import View
from dashboard.words.wording import in_language
from workflows.people import rights
from workflows.people.accounts import Account, Role

# Between them they open every page.
LOOKING = (Role.MONITOR, Role.SYSTEM_ADMIN)
NOBODY = "self-test"


def open_pages(server: Flask) -> tuple[int, list[str]]:
    """How many pages were opened, and those that failed: which, as whom, with what."""
    site: Site = server.extensions[SITE]
    with server.test_request_context():
        try:
            schemes = [entry.scheme for entry in transaction(site).published.schemes]
        finally:
            request.environ.pop(KEY).close()
    opened, failed = 0, []
    for scheme in schemes:
        for role in LOOKING:
            account = Account(NOBODY, NOBODY, role, scheme.province, None, False)
            for page in server.extensions[PAGES]:
                if rights.may_open(rights.scope_of(account), page.path):
                    opened += 1
                    failed += _failure(server, account, View(page.path, scheme.code))
    return opened, failed


def _failure(server: Flask, account: Account, view: View) -> list[str]:
    site: Site = server.extensions[SITE]
    page = next(one for one in server.extensions[PAGES] if one.path == view.path)
    with server.test_request_context(view.href()), in_language(site.language):
        g.account, g.watermark, g.theme = account, False, "light"
        try:
            page.show(reading_of(site, view))
        except NothingPublished:
            return []
        except Exception as problem:
            return [f"{view.href()} as {account.role}: {type(problem).__name__}: {problem}"]
        finally:
            if begun := request.environ.pop(KEY, None):
                begun.close()
    return []
