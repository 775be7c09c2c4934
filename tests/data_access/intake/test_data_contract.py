"""The declared tables, the schema and the printed contract say the same."""

from __future__ import annotations

import pytest

from data_access.intake.importers import TABLES
from data_access.intake.importers.documentation import CONTRACT, contract
from data_access.store import schema

FILLED_BY_THE_IMPORT = {"id", "batch", "ended_by", "cell"}
DERIVED = {"ledger_entry": {"month"}}


def test_the_data_contract_is_current() -> None:
    assert CONTRACT.read_text(encoding="utf-8") == contract(), (
        "run python -m data_access.intake.importers.documentation"
    )


@pytest.mark.parametrize("name", TABLES)
def test_a_declared_table_has_the_columns_and_key_of_the_schema(name: str) -> None:
    kept = schema.metadata.tables[name]
    declared = {column.code for column in TABLES[name].columns}
    assert declared == {column.name for column in kept.columns} - FILLED_BY_THE_IMPORT - DERIVED.get(name, set())
    keys = [{column.name for column in kept.primary_key}]
    keys += [{column.name for column in index.columns} for index in kept.indexes if index.unique]
    assert set(TABLES[name].key) in keys


@pytest.mark.parametrize("name", TABLES)
def test_no_two_headers_of_a_table_are_spelt_alike(name: str) -> None:
    spellings = [
        spelling
        for column in TABLES[name].columns
        for spelling in (column.code, column.label, *column.aliases, column.yuan_code, column.yuan_label)
        if spelling
    ]
    assert len(spellings) == len(set(spellings))
