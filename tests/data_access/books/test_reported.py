"""What departments report stands beside the ledger, of the same place, item and months, and is never added to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from data_access.books.facts import load_facts
from data_access.books.reported import Compared, compared, load_reported
from data_access.intake.importers import import_rows
from data_access.intake.importers.withdrawal import withdraw
from data_access.store import schema
from data_access.store.engine import writing
from tests.data_access.intake.test_further_inputs import make_public

NOW = datetime(2026, 10, 10, 4, tzinfo=UTC)
SCHEME = "jiangsu-pension"
REPORT = {
    "scheme": SCHEME,
    "department": "agency",
    "form": "monthly",
    "region": "320100",
    "item": "premium",
    "since": "202609",
    "until": "202609",
    "amount_fen": "300",
}


def columns(*rows: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def standing_beside(engine: Engine, version: int) -> tuple[Compared, ...]:
    with engine.connect() as connection:
        reported = load_reported(connection, SCHEME, 2026, version)
        return compared(reported, load_facts(connection, SCHEME, version))


@pytest.fixture
def booked(ready_sqlite: Engine, entry: Any) -> Iterator[Engine]:
    """300 fen of September in two districts of 南京, 50 of August."""
    days = (("320102", "2026-09-03", "100"), ("320104", "2026-09-09", "200"), ("320102", "2026-08-31", "50"))
    rows = [
        entry(region=region, business_date=day, amount_fen=fen, source_ref=f"T{number}", booked_at="")
        for number, (region, day, fen) in enumerate(days)
    ]
    assert import_rows(ready_sqlite, "ledger_entry", columns(*rows), now=NOW).state == "loaded"
    yield ready_sqlite


def test_a_reported_figure_stands_beside_the_ledgers_and_those_that_differ_come_first(booked: Engine) -> None:
    rows = [
        REPORT,
        {**REPORT, "since": "202608", "amount_fen": "349"},
        {**REPORT, "since": "202607"},
        {**REPORT, "item": "premium_current", "region": "320102", "amount_fen": "100"},
    ]
    assert import_rows(booked, "reported_total", columns(*rows), now=NOW).state == "loaded"
    found = standing_beside(booked, make_public(booked, NOW))
    assert [(one.reported.since, one.reported.region, one.ledger_fen, one.difference_fen) for one in found] == [
        (202608, "320100", 350, -1),
        (202609, "320100", 300, 0),
        (202607, "320100", None, None),
        (202609, "320102", 100, 0),
    ]
    with booked.connect() as connection:
        total = connection.execute(select(func.sum(schema.monthly_fact.c.amount_fen))).scalar_one()
    assert total == 350, "nothing reported is in the book"


def test_a_figure_is_corrected_with_a_reason_and_withdrawn_without_a_trace_in_what_stands(booked: Engine) -> None:
    import_rows(booked, "reported_total", columns(REPORT), now=NOW)
    before = make_public(booked, NOW)
    wrong = {**REPORT, "amount_fen": "299"}
    assert import_rows(booked, "reported_total", columns(wrong), now=NOW).state == "refused"
    corrected = import_rows(booked, "reported_total", columns(wrong), now=NOW, reason="报错")
    assert (corrected.state, corrected.corrected) == ("loaded", 1)
    since = make_public(booked, NOW)
    with writing(booked) as connection:
        withdraw(connection, corrected.batch, by="li", reason="更正有误", now=NOW)
    after = make_public(booked, NOW)
    stands = [[one.reported.amount_fen for one in standing_beside(booked, at)] for at in (before, since, after)]
    assert stands == [[300], [299], [300]]


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"since": "202613"}, "since", "bad_form"),
        ({"since": "202512"}, "until", "other_year"),
        ({"since": "202610"}, "until", "other_year"),
        ({"since": "202611", "until": "202611"}, "until", "in_future"),
        ({"item": "benefit"}, "item", "item_not_in_scheme"),
        ({"region": "140100"}, "region", "region_outside_scheme"),
        ({"form": "快报"}, "form", "not_a_choice"),
        ({"department": "social"}, "department", "not_a_choice"),
    ],
)
def test_what_no_form_can_say_is_refused(
    ready_sqlite: Engine, change: dict[str, str], column: str, reason: str
) -> None:
    result = import_rows(ready_sqlite, "reported_total", columns({**REPORT, **change}), now=NOW)
    assert [(one.column, one.reason) for one in result.rejections] == [(column, reason)]
