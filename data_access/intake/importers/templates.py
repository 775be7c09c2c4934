"""Sheets to fill in and sheets to mend: templates with a filled example, and a batch's rejected rows.

Every cell is written as text: nothing in a downloaded sheet can act as a formula or a link.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter
from sqlalchemy import Connection, select

from data_access.intake.importers.codes import Codes
from data_access.intake.importers.reasons import REJECTED_BECAUSE, Rejection
from data_access.intake.importers.tables import TABLES, Column, ImportTable
from data_access.store import schema

Word = Callable[[Rejection], str]
NOTES = ("填写说明", "Notes")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def _plain_word(rejection: Rejection) -> str:
    return f"{rejection.column}: {rejection.reason} {json.dumps(rejection.parameters, ensure_ascii=False)}"


def template_csv(target: str, *, labels: bool = True) -> bytes:
    """A CSV template, UTF-8 with a mark that spreadsheets recognise: one header line and one filled example row.

    ``labels``: headers in Chinese, else column codes; both are accepted when the file comes back.
    """
    table = TABLES[target]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.label if labels else column.code for column in table.columns])
    writer.writerow([_safe(column.example) for column in table.columns])
    return text.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    """A CSV cell that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(FORMULA_SIGNS) else text


def template_xlsx(target: str, codes: Codes | None = None) -> bytes:
    """An XLSX template: a sheet with headers and a filled example, and a sheet that explains every column and, where the
    store's ``codes`` are given, lists the codes it may hold.
    """
    table = TABLES[target]
    header = [column.label for column in table.columns]
    example = [column.example for column in table.columns]
    notes = [["列", "代码", "名称", "必填", "类型", "示例", "要求", "Requirement"]]
    notes += [_note(column) for column in table.columns]
    if table.note:
        notes += [[], [table.note], [table.note_en]]
    if codes is not None:
        notes += [row for column in table.columns if column.codes for row in _code_list(column, codes)]
    return _workbook([(table.label, [header, example]), (NOTES[0], notes)])


def _code_list(column: Column, codes: Codes) -> list[list[str]]:
    """Every code a column may hold with its name where it has one."""
    names: dict[str, str] = {}
    if column.codes in ("region", "place"):
        # Only published tables name what lies beside the provinces, each scheme of another country its own.
        inside = (
            "division",
            "own",
            "zone",
            "functional",
            *(("separate", "foreign") if column.codes == "place" else ()),
        )
        names = {code: region.name for code, region in codes.regions.items() if region.kind in inside}
    elif column.codes == "item":
        names = {item.code: item.name for scheme in codes.schemes.values() for item in scheme.items}
    elif column.codes in ("scheme", "any_scheme"):
        names = {code: codes.schemes[code].name for code in codes.listed(column.codes)}
    else:
        names = dict.fromkeys(codes.listed(column.codes), "")
    return [[], [f"{column.label}：代码表"], *([code, name] for code, name in sorted(names.items()))]


def _note(column: Column) -> list[str]:
    required = "是" if column.required else "否"
    return [
        column.label,
        column.code,
        column.label_en,
        required,
        column.kind,
        column.example,
        "；".join(filter(None, (column.rule, " / ".join(column.choices)))),
        column.rule_en,
    ]


def rejected_xlsx(connection: Connection, batch: int, word: Word | None = None) -> bytes:
    """The rejected rows of a batch as a sheet to mend and send again; one row per line, its reasons in the last column.

    ``word`` makes the reader's sentence of a reason; without it the code and its parameters stand there.
    The last column may stay when the sheet is sent again. Raises KeyError when there is no such batch.
    """
    target = connection.execute(
        select(schema.import_batch.c.target).where(schema.import_batch.c.id == batch)
    ).scalar_one_or_none()
    if target is None:
        raise KeyError(batch)
    rejected = schema.rejected_row
    rows = connection.execute(select(rejected).where(rejected.c.batch == batch).order_by(rejected.c.number)).all()
    mended: dict[int, dict[str, str]] = {}
    reasons: dict[int, list[str]] = {}
    for row in rows:
        rejection = Rejection(row.line, row.column, row.value, row.reason, json.loads(row.parameters))
        mended.setdefault(row.line, json.loads(row.row))
        reasons.setdefault(row.line, []).append((word or _plain_word)(rejection))
    names = _headers(TABLES.get(target), list(mended.values()))
    lines = [[*(cells.get(name, "") for name in names), "\n".join(reasons[line])] for line, cells in mended.items()]
    title = TABLES[target].label if target in TABLES else REJECTED_BECAUSE[1]
    return _workbook([(title, [[*names, REJECTED_BECAUSE[1]], *lines])])


def _headers(table: ImportTable | None, rows: Sequence[dict[str, str]]) -> list[str]:
    """The headers as they were delivered; the declared ones when no row of the file was kept."""
    delivered = next((list(row) for row in rows if row), None)
    if delivered is None:
        return [column.label for column in table.columns] if table else []
    return [name for name in delivered if name not in REJECTED_BECAUSE]


def _workbook(sheets: Sequence[tuple[str, Sequence[Sequence[str]]]]) -> bytes:
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as workbook:
        bold = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        # Text format: a spreadsheet then keeps codes, long numbers and dates as they are typed.
        plain = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for name, rows in sheets:
            _write_sheet(workbook.add_worksheet(name[:31]), rows, bold, plain)
    return content.getvalue()


def _write_sheet(sheet: Any, rows: Sequence[Sequence[str]], bold: Any, plain: Any) -> None:
    width = max((len(row) for row in rows), default=1)
    sheet.set_column(0, max(width - 1, 0), 20, plain)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows):
        for place, text in enumerate(row):
            sheet.write_string(line, place, text, bold if line == 0 else plain)
