"""结余上解: what is owed is what was handed over and what the legacy accounts still hold, row by row and in the total."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Engine

from dashboard.pages.funds.legacy import legacy_table
from dashboard.site.reading import read
from dashboard.site.view import View
from data_access.books.published import Published
from data_access.books.versions import close_month
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.movements import Account
from tests.small_province import LIANGXI, OWN, PROVINCE, SCHEME, Entry, load_entries, load_province, load_table
from workflows.people.accounts import Role
from workflows.people.rights import Scope

HELD = ((OWN, "local_legacy", 500), (LIANGXI, "local_legacy", 40), (LIANGXI, "legacy_deposit", 60))


def moved(ref: str, movement: str, day: date, fen: int, region: str) -> Entry:
    return Entry(ref, region, "", movement, day, fen, source="fiscal")


def test_owed_is_handed_over_and_left_in_every_row_and_the_total(store: Engine, now: datetime) -> None:
    load_province(store, now)
    named = {"scheme": SCHEME, "as_of": "2025-12-31"}
    opened = [{**named, "account": account, "region": region, "amount_fen": fen} for region, account, fen in HELD]
    load_table(store, "opening_balance", opened, now)
    owed = [
        {"region": OWN, "owed_fen": 600, "handed_before_fen": 100},
        {"region": LIANGXI, "owed_fen": 100, "handed_before_fen": 0},
    ]
    about = {"scheme": SCHEME, "as_of": "2020-12-31", "due_on": "2025-12-31"}
    load_table(store, "legacy_balance", [{**about, **one} for one in owed], now)
    entries = [
        moved("h1", "legacy_transfer", date(2026, 6, 9), 30, OWN),
        moved("d1", "legacy_deposit", date(2026, 6, 10), 200, OWN),
        moved("m1", "legacy_mature", date(2026, 9, 3), 25, LIANGXI),
        moved("h2", "legacy_transfer", date(2026, 9, 9), 25, LIANGXI),
        moved("h3", "legacy_transfer", date(2026, 11, 9), 5, OWN),  # after the month looked at
    ]
    load_entries(store, entries, now)
    version = refresh(store, clock=lambda: now).version
    assert version is not None
    with writing(store) as connection:
        close_month(connection, SCHEME, 202610, signed_by="李某某", signed_at=now, version=version.id)
    with store.connect() as connection:
        view = View("/funds", scheme=SCHEME, tab="legacy", period="2026-10")
        reading = read(Published(connection), view, Scope(Role.FINANCE, PROVINCE, None), now)
        table, facts = legacy_table(reading), reading.snapshot.facts
        at = facts.index(202610)
    (total,) = table.foot
    assert {row.place: (row.values["owed"], row.values["handed"], row.values["left"]) for row in table.rows} == {
        OWN: (600, 130, 470),
        LIANGXI: (100, 25, 75),
    }
    for row in (*table.rows, total):
        place = row.place or PROVINCE
        kept = sum(int(facts.account(place, one)[at]) for one in (Account.LOCAL_LEGACY, Account.LEGACY_DEPOSIT))
        assert row.values["owed"] == row.values["handed"] + kept and row.values["left"] == kept, place
    assert (total.values["owed"], total.values["handed"], total.values["left"]) == (700, 155, 545)
