"""Three tables as offices really have them, read cell by cell: every figure is the one that stands there, and no other."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.intake.files.process import read_book
from data_access.intake.importers.codes import load_codes
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.offer import Offer
from data_access.intake.workbench.take import preview

TABLES = Path(__file__).parent / "tables"
VALUES: dict[str, Any] = json.loads((TABLES.parent / "realistic_tables.json").read_text(encoding="utf-8"))
SCHEME = {
    "monthly-report.xlsx": "jiangsu-pension",
    "yearbook-wide.xlsx": "published-pension",
    "bank-statement.csv": "jiangsu-pension",
}


@pytest.fixture
def offered(ready_sqlite: Engine, now: datetime):
    def read(name: str) -> Offer:
        with ready_sqlite.connect() as connection:
            codes = load_codes(connection, now)
            mapping = Mapping(constants={"scheme": SCHEME[name]})
            (offer,) = preview(connection, codes, read_book(TABLES / name), mapping).offers
        return offer

    return read


def _rows(offer: Offer) -> list[dict[str, str]]:
    return [dict(zip(offer.columns, row, strict=True)) for row in zip(*offer.columns.values(), strict=True)]


def test_the_monthly_report(offered) -> None:
    found: dict[str, int] = {}
    for row in _rows(offered("monthly-report.xlsx")):
        span = row["until"] if row["since"] == row["until"] else f"{row['since']}-{row['until']}"
        found[f"{row['region']}|{row['item']}|{span}"] = int(row["amount_fen"])
    wanted = VALUES["monthly-report.xlsx"]["values_fen"]
    assert found == {key: fen for key, fen in wanted.items() if fen is not None}


def test_the_yearbook(offered) -> None:
    units = {"participants": "wan", "retirees": "wan", "income": "yi", "expenditure": "yi", "balance": "yi"}
    found: dict[str, dict[str, Decimal]] = {}
    for row in _rows(offered("yearbook-wide.xlsx")):
        key = f"{row['measure']}_{units[row['measure']]}"
        found.setdefault(f"{row['region']}|{row['year']}", {})[key] = Decimal(row["value"])
    wanted = VALUES["yearbook-wide.xlsx"]["values"]
    assert found == {key: {name: Decimal(text) for name, text in row.items()} for key, row in wanted.items()}


def test_the_bank_statement(offered) -> None:
    rows, wanted = _rows(offered("bank-statement.csv")), VALUES["bank-statement.csv"]
    into, out = (sum(int(row[name] or 0) for row in rows) for name in ("in_fen", "out_fen"))
    assert (len(rows), into, out) == (wanted["rows"], wanted["in_fen"], wanted["out_fen"])
    balances = [int(row["balance_fen"]) for row in rows]
    assert balances[0] - int(rows[0]["in_fen"] or 0) + int(rows[0]["out_fen"] or 0) == wanted["opening_fen"]
    assert balances[-1] == wanted["closing_fen"]
