"""The data contract, written from the declared tables: ``python -m data_access.intake.importers.documentation``."""

from __future__ import annotations

from pathlib import Path

from data_access.intake.files.limits import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, MB, Limits
from data_access.intake.importers.reasons import CLASH_REASONS, FILE_REASONS, ROW_REASONS, VALUE_REASONS
from data_access.intake.importers.tables import TABLES, Column, ImportTable

CONTRACT = Path(__file__).parents[3] / "docs" / "data-contract.md"

ORDINARY = Limits.of(MB)
HEAD = f"""# Data contract

Made from the declarations in `data_access/intake/importers/tables/` by `python -m data_access.intake.importers.documentation`;
do not edit by hand.

## What is the same for every table

- **Files**: CSV (UTF-8 with or without a byte order mark, UTF-16 with one, GB18030; an encoding that is doubtful is
  refused, never guessed), its cells parted by comma, tab, semicolon or bar; XLSX; Parquet. The format is told from the
  content. Of a workbook the one sheet with the table's headers is read, hidden rows included; what was not read is said,
  and several such sheets refuse the file until one is named (`flask import --sheet`).
- **The header is the first line.** Titles, unit lines and further header lines above or below it, and notes, totals and
  signatures below the rows refuse the file, naming the line.
- **Limits**: at most {MAX_BYTES >> 20} MiB, {MAX_ROWS:,} rows, {MAX_COLUMNS} columns. A file is read in a process of its own:
  one of up to 1 MiB in at most {ORDINARY.seconds:g} s and {ORDINARY.memory_mb} MiB of memory, {ORDINARY.cells >> 20} million cells and
  {ORDINARY.unpacked >> 20} MiB unpacked; a larger one in proportion. What needs more is refused and disturbs nothing else.
- **Headers**: the column's code or its Chinese label, in any order. Unknown, doubled and missing headers refuse the
  file.
- **Money** is a whole number of fen. Instead of a `…_fen` column（分）the file may carry its `…_yuan` twin（元）with at
  most two decimals; never both. Commas between thousands (`1,234.56`) and a plus are taken; every other way of writing
  a number (brackets, full-width digits, currency signs, units, note marks, decimal commas, exponents) and floating-point
  columns are refused by name. `-`, `—` and `…` are no number, and no zero.
- **Dates** are `2026-10-09` (also `2026/10/9`, `2026.10.9`, `20261009`, `2026年10月9日`; a time of day after it is
  dropped); instants are ISO 8601, Beijing time unless they name a zone.
- **All or nothing**: one bad row refuses the whole file, unless the good rows are accepted explicitly. The rejected
  rows can be downloaded as a sheet, mended and sent again.
- **Again is harmless**: the same file is recognised and changes nothing; a row that is known already is counted as
  known; a row of a known key with other content is a conflict and is refused.
"""


def contract() -> str:
    """The text of docs/data-contract.md."""
    parts = [HEAD, *(_table(table) for table in TABLES.values()), _reasons()]
    return "\n".join(parts)


def _table(table: ImportTable) -> str:
    lines = [f"\n## `{table.name}` {table.label} ({table.label_en})\n"]
    if table.note_en:
        lines.append(f"{table.note_en}\n")
    lines.append(f"Key: {', '.join(f'`{name}`' for name in table.key)}. {_policy(table)}\n")
    lines.append("| column | label | required | type | example | rule |")
    lines.append("|---|---|---|---|---|---|")
    lines += [_row(column) for column in table.columns]
    return "\n".join(lines)


def _policy(table: ImportTable) -> str:
    if table.policy == "replace":
        return "Master data: a later row replaces an earlier one."
    if table.may_fill:
        names = ", ".join(f"`{name}`" for name in table.may_fill)
        return f"Append-only; {names} may be filled in later."
    return "Append-only."


def _row(column: Column) -> str:
    names = [f"`{name}`" for name in (column.code, *column.aliases)]
    if column.yuan_code:
        names.append(f"`{column.yuan_code}`")
    kind = f"code ({column.codes})" if column.codes else column.kind
    choices = ", ".join(f"`{choice}`" for choice in column.choices)
    synonyms = ", ".join(name for name, code in column.names.items() if code in column.choices)
    rule = "; ".join(filter(None, (column.rule_en, choices, synonyms and f"also by name: {synonyms}")))
    required = "yes" if column.required else ""
    return f"| {' or '.join(names)} | {column.label} | {required} | {kind} | {column.example} | {rule} |"


def _reasons() -> str:
    lines = [
        "\n## Reasons for refusal\n",
        "Each carries file, line, column and value; the sentence is worded when shown.\n",
    ]
    for title, reasons in (
        ("One value", VALUE_REASONS),
        ("Values of a row", ROW_REASONS),
        ("Against other rows", CLASH_REASONS),
        ("The file", FILE_REASONS),
    ):
        lines += [f"### {title}\n", "| reason | parameters |", "|---|---|"]
        lines += [f"| `{code}` | {', '.join(names)} |" for code, names in reasons.items()]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    CONTRACT.write_text(contract(), encoding="utf-8")
