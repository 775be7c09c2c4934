"""Values of a source database in the words of a saved mapping: names become codes, amounts in 万元 exact fen."""

from __future__ import annotations

from collections.abc import Mapping as Map, Sequence
from typing import Any

from data_access.intake.files.texts import plain_text
from data_access.intake.importers.tables import TABLES
from data_access.intake.workbench.find import squeezed
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.numbers import read_number
from data_access.intake.workbench.units import exact_fen


def translated(mapping: Mapping, target: str, columns: Map[str, Sequence[Any]], rows: int) -> dict[str, Sequence[Any]]:
    """The columns of a delivery to a table, with the names, the unit and the constants of a mapping. What the mapping does
    not tell stays as it came; an amount that it does not make a whole number of fen is left with its unit, and refused.
    """
    table = TABLES[target]
    money = {
        name: column.code
        for column in table.columns
        for name in (column.code, column.yuan_code)
        if column.kind == "money"
    }
    found: dict[str, Sequence[Any]] = {}
    for code, values in columns.items():
        if mapping.unit and code in money:
            found[money[code]] = [_fen(mapping, mapping.unit, value) for value in values]
        else:
            known = mapping.names.get(code, {})
            found[code] = [_told(known, value) for value in values] if known else values
    said = dict(mapping.constants)
    if mapping.unit and any(column.code == "unit" for column in table.columns):
        said["unit"] = mapping.unit
    return {**{code: [text] * rows for code, text in said.items()}, **found}


def _told(known: Map[str, str], value: Any) -> Any:
    text = plain_text(value)
    return known.get(text) or known.get(squeezed(text)) or value


def _fen(mapping: Mapping, unit: str, value: Any) -> str:
    text = plain_text(value)
    said = read_number(text, decimal_comma=mapping.decimal_comma)
    if said.nil:
        return ""
    # A float is no amount: which fen it stands for is not told by it.
    agreed = not isinstance(value, float) and set(said.forms) <= set(mapping.forms)
    fen = exact_fen(said.number, said.unit or unit) if agreed and said.number is not None else None
    return f"{text} {unit}" if fen is None else str(fen)
