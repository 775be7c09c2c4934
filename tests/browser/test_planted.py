"""Markup in every name and text that people and files bring in: it stands on the pages as text, runs nowhere, adds nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import Engine, String, Text, select, update

from data_access.store import schema
from tests.browser.conftest import Seat, Served
from tests.demonstration_store import JILIN_CITY, SCHEME

MARK = "<img src=planted onerror=\"window.ran='img'\"><svg onload=\"window.ran='svg'\"><a href=\"javascript:window.ran='a'\">'\"</a>"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Words of people and files that have no Chinese in the demonstration.
ALSO = {("import_batch", "origin"), ("attachment", "name"), ("account", "name"), ("api_token", "name")}
# What the program itself writes there, and reads again by its words.
OWN = {("central_year", "unit")}
# Some of what must have been among them.
WORDS = {"region.name", "source.name", "account.name", "attachment.name", "import_batch.origin", "explanation.text"}
WORDS |= {"case_step.text", "violation.title", "gap_item.evidence", "threshold_set.reason", "bank_statement.text"}
WORDS |= {"briefing.name", "briefing.title", "briefing_section.heading", "briefing_section.content"}
SEEN = [
    "/?item=months_payable",
    f"/region?region={JILIN_CITY}",
    "/gap?tab=items",
    "/warnings",
    "/issues",
    "/briefings?tab=meetings",
    "/thresholds/files",
    "/data?tab=imports",
]
LOOK = """() => ({ran: window.ran || null, added: document.querySelectorAll('[src=planted], svg[onload], [onerror], a[href^=javascript]').length,
  shown: document.body.innerText.split('src=planted').length - 1})"""
WATCH = "addEventListener('securitypolicyviolation', e => { window.ran = e.violatedDirective + ' ' + e.blockedURI })"


def planted(value: Any) -> Any:
    """A value with the mark in every text of it that is words."""
    if isinstance(value, str):
        return value + MARK if CHINESE.search(value) else value
    if isinstance(value, list):
        return [planted(one) for one in value]
    return {key: planted(one) for key, one in value.items()} if isinstance(value, dict) else value


def plant(engine: Engine) -> set[str]:
    """Write the mark into every column that holds words; the columns, as table.column."""
    done = set()
    with engine.begin() as connection:  # past what seals the rows of the product's own writing
        for table in schema.metadata.tables.values():
            texts = [one for one in table.c if isinstance(one.type, (String, Text)) and not one.foreign_keys]
            key = list(table.primary_key.columns)
            for column in texts:
                if column.primary_key or (table.name, column.name) in OWN:
                    continue
                also = (table.name, column.name) in ALSO
                for *where, value in connection.execute(
                    select(*key, column).where(column.is_not(None)).limit(400)
                ).all():
                    if value[:1] in "[{":
                        try:
                            changed = json.dumps(planted(json.loads(value)), ensure_ascii=False)
                        except ValueError:
                            continue
                    else:
                        changed = value + MARK if also else planted(value)
                    if changed != value:
                        done.add(f"{table.name}.{column.name}")
                        this = [one == at for one, at in zip(key, where, strict=True)]
                        connection.execute(update(table).where(*this).values({column.name: changed}))
    return done


def test_markup_in_any_name_or_text_is_shown_as_it_is_written(
    serve: Callable[[], Served], sit: Callable[..., Seat]
) -> None:
    site = serve()
    seat = sit("p-monitor", at=site)
    began = seat.context.request.post(
        f"{site.base}/act/briefings/briefing_open?scheme={SCHEME}",
        form={"form": "briefing", "month": "2026-10"},
        headers={"Accept": "application/json"},
    )
    issue = began.json()["href"]
    columns = plant(site.engine)
    assert columns >= WORDS, WORDS - columns
    seat.context.add_init_script(WATCH)
    for address in (*SEEN, issue):
        page = seat.go(address)
        _stands_as_text(page, address)
    # What an act says, and the page that travels after it.
    page.locator('form[data-act="briefing_confirm"] button[type=submit]').first.click()
    said = page.locator("#note.good")
    expect(said).to_contain_text("src=planted")
    expect(said).to_contain_text("已核")
    expect(page.locator(".outline .state.confirmed")).to_have_count(1)
    _stands_as_text(page, "after an act")


def _stands_as_text(page: Page, where: str) -> None:
    found = page.evaluate(LOOK)
    assert found["ran"] is None and found["added"] == 0, (where, found)
    assert found["shown"], where
