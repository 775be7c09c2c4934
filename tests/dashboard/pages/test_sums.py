"""Rows + rest = total, to the fen, in every table of every page and file that has a total."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dashboard.components.table import Table, raw
from tests.addresses import EVERY_PAGE
from tests.dashboard.conftest import Reader, hrefs
from tests.demonstration_store import JILIN_CITY, PROVINCE, SCHEME

PERIODS = ("2025-03", "2026-10", "live")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Table]]:
    """Every table that is made while a test runs."""
    found: list[Table] = []
    make = Table.__init__

    def kept(self: Table, *given: object, **named: object) -> None:
        make(self, *given, **named)  # type: ignore[arg-type]
        found.append(self)

    monkeypatch.setattr(Table, "__init__", kept)
    yield found


def unequal(table: Table) -> list[str]:
    """Columns whose rows do not add up to the sum at the foot."""
    at = next((place for place, row in enumerate(table.foot) if row.style == "sum"), None)
    if at is None:
        return []
    rows, whole = [*table.rows, *table.foot[:at]], table.foot[at]
    wrong = []
    for column in table.columns:
        total = raw(whole.values.get(column.key))
        if column.kind not in ("money", "count") or not column.sums or total is None:
            continue
        parts = [one for row in rows if (one := raw(row.values.get(column.key))) is not None]
        if parts and sum(parts) != total:
            wrong.append(f"{table.code} {column.key}: {sum(parts)} of {total}")
    return wrong


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("region", [PROVINCE, JILIN_CITY])
def test_the_rows_of_every_table_add_up_to_its_total(
    reader: Callable[[str], Reader], made: list[Table], period: str, region: str
) -> None:
    asked, files = reader("p-monitor"), set[str]()
    for page in EVERY_PAGE:
        if "scheme=" in page or "period=" in page or "region=" in page:
            continue
        address = f"{page}{'&' if '?' in page else '?'}scheme={SCHEME}&period={period}&region={region}&theme=light"
        files |= {href for href in hrefs(asked.page(address)) if href.startswith("/export/") and ".csv?" in href}
    for address in files:
        assert asked.client.get(address).status_code in (200, 404), address
    totals = [table for table in made if any(row.style == "sum" for row in table.foot)]
    assert len({table.code for table in totals}) >= 5
    wrong = sorted({line for table in totals for line in unequal(table)})
    assert not wrong, "\n".join(wrong)
