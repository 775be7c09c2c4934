"""Reading files: CSV (UTF-8 or GB18030), XLSX and Parquet, by their content and never by their name."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from data_access.intake.importers.delivery import HEADER_LINE, MAX_ROWS, Delivery, from_columns, plain_text
from data_access.intake.importers.reasons import FileRefused, Rejection
from data_access.intake.importers.tables import ImportTable

MAX_BYTES = 1 << 30
MAX_UNPACKED = 1 << 30
MAX_CELL = 32_768
MAX_COLUMNS = 200
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))  # what str.strip takes away


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises FileRefused when it is larger than what is taken, OSError when it cannot be read."""
    if path.stat().st_size > MAX_BYTES:
        raise _refused("file_too_large", limit_bytes=MAX_BYTES)
    return path.read_bytes()


def read_delivery(content: bytes, table: ImportTable | None = None) -> Delivery:
    """The delivery in a file's bytes. ``table`` helps to choose the sheet of a workbook. Raises FileRefused."""
    if not content.strip():
        raise _refused("empty_file")
    if content.startswith(b"PK\x03\x04"):
        return _read_guarded("xlsx", lambda: _read_xlsx(content, table))
    if content.startswith(b"PAR1"):
        return _read_guarded("parquet", lambda: _read_parquet(content))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused("old_excel")
    return _read_csv(content)


def _refused(reason: str, line: int = 0, column: str = "", value: str = "", **parameters: Any) -> FileRefused:
    return FileRefused(Rejection(line, column, value, reason, parameters))


def _read_guarded(format_name: str, read: Any) -> Delivery:
    try:
        delivery: Delivery = read()
    except FileRefused:
        raise
    except Exception as problem:
        # Damaged workbooks and Parquet files make their readers fail in dozens of ways; all mean the same here.
        raise _refused("unreadable", format=format_name) from problem
    return delivery


# --- CSV ---


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused("unknown_encoding", byte=0)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        first = problem.start
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as problem:
        raise _refused("unknown_encoding", content[:first].count(b"\n") + 1, byte=problem.start) from problem


def _read_csv(content: bytes) -> Delivery:
    return _read_plain_csv(content.removeprefix(b"\xef\xbb\xbf")) or _read_careful_csv(_decode(content))


def _is_plain(content: bytes) -> bool:
    """No lone carriage returns, and quotes only around whole values: what both readers understand alike."""
    if b"\x00" in content or (b"\r" in content and content.count(b"\r") != content.count(b"\r\n")):
        return False
    quotes = content.count(b'"')
    if not quotes:
        return True
    opening = content.count(b',"') + content.count(b'\n"') + content.startswith(b'"')
    closing = content.count(b'",') + content.count(b'"\n') + content.count(b'"\r') + content.endswith(b'"')
    return 2 * opening == 2 * closing == quotes


def _read_plain_csv(content: bytes) -> Delivery | None:
    """The fast way, for UTF-8 in which every line is a row; None otherwise: the careful reader finds out where and why.

    Only so are the fast reader's row numbers lines.
    """
    if not _is_plain(content):
        return None
    try:
        table = pacsv.read_csv(
            pa.BufferReader(content),
            read_options=pacsv.ReadOptions(autogenerate_column_names=True, block_size=1 << 23),
            parse_options=pacsv.ParseOptions(ignore_empty_lines=False),
            convert_options=pacsv.ConvertOptions(
                column_types={f"f{place}": pa.string() for place in range(MAX_COLUMNS)}, strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    header = [str(column[0].as_py()).strip() for column in table.columns]
    newlines = int(np.count_nonzero(np.frombuffer(content, np.uint8) == ord("\n")))
    lines = newlines + (not content.endswith(b"\n"))
    if table.num_rows != lines or len(header) < 2 or len(header) > MAX_COLUMNS or lines > MAX_ROWS or not all(header):
        return None
    rows = table.slice(1)
    texts = tuple(column.combine_chunks() for column in rows.columns)
    if b'"' in content and any(pc.any(pc.match_substring(column, '"')).as_py() for column in texts):
        return None
    if _has_blank_row(texts):
        return None
    return Delivery(tuple(header), texts, np.arange(2, rows.num_rows + 2, dtype=np.int64))


def _has_blank_row(texts: tuple[pa.StringArray, ...]) -> bool:
    """A row of nothing but delimiters and blanks, as spreadsheets leave at the end."""
    blank = np.ones(len(texts[0]), dtype=bool)
    for column in texts:
        blank &= pc.equal(pc.utf8_trim(column, characters=BLANKS), "").to_numpy(zero_copy_only=False)
        if not blank.any():
            return False
    return True


def _read_careful_csv(text: str) -> Delivery:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        begun = 1
        for row in reader:
            line, begun = begun, reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if not header:
                header = _csv_header(row, line)
                continue
            _check_width(header, row, line)
            rows.append(row[: len(header)])
            lines.append(line)
            if len(rows) > MAX_ROWS:
                raise _refused("too_many_rows", limit=MAX_ROWS)
    except csv.Error as problem:
        raise _refused("broken_quotes", reader.line_num) from problem
    if not header:
        raise _refused("empty_file")
    return _delivery(header, rows, lines)


def _csv_header(row: list[str], line: int) -> list[str]:
    while row and not row[-1].strip():
        row = row[:-1]
    if len(row) == 1:
        delimiter = next((sign for sign in ("\t", ";", "|", "，") if sign in row[0]), None)
        if delimiter:
            raise _refused("wrong_delimiter", line, value=row[0][:200], delimiter=delimiter)
    return row


def _check_width(header: list[str], row: list[str], line: int) -> None:
    surplus = any(cell.strip() for cell in row[len(header) :])
    if len(row) < len(header) or surplus:
        shown = ",".join(row)[:200]
        raise _refused("wrong_number_of_columns", line, value=shown, expected=len(header), got=len(row))


def _delivery(header: list[str], rows: list[list[str]], lines: list[int]) -> Delivery:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    texts = tuple(pa.array(_valid(column), pa.string()) for column in columns)
    return Delivery(tuple(name.strip() for name in header), texts, np.array(lines, dtype=np.int64))


def _valid(column: Any) -> list[str]:
    return [text[:MAX_CELL] for text in column]


# --- XLSX ---


def _read_xlsx(content: bytes, table: ImportTable | None) -> Delivery:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            raise _refused("file_too_large", limit_bytes=MAX_UNPACKED)
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    names = [table.label, table.label_en, table.name] if table else []
    sheet = next((workbook[name] for name in names if name in workbook.sheetnames), workbook.worksheets[0])
    _refuse_merged(content, sheet)
    # Some writers state a wrong extent.
    sheet.reset_dimensions()
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        texts = [plain_text(cell).strip() for cell in cells]
        if not any(texts):
            continue
        if not header:
            header = _csv_header(texts, line)
            continue
        padded = texts + [""] * (len(header) - len(texts))
        _check_width(header, padded, line)
        rows.append(padded[: len(header)])
        lines.append(line)
        if len(rows) > MAX_ROWS:
            raise _refused("too_many_rows", limit=MAX_ROWS)
    if not header:
        raise _refused("empty_file")
    return _delivery(header, rows, lines)


def _refuse_merged(content: bytes, sheet: Any) -> None:
    """A merged cell has one value for several rows: which rows it is meant for is not ours to guess."""
    path = sheet._worksheet_path.lstrip("/")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        merged = re.search(rb'<mergeCell[^>]*ref="([^"]+)"', archive.read(path))
    if merged:
        cells = merged[1].decode("ascii", "replace")
        line = int(re.sub(r"\D", "", cells.split(":")[0]) or HEADER_LINE)
        raise _refused("merged_cells", line, value=cells, cells=cells)


# --- Parquet ---


def _read_parquet(content: bytes) -> Delivery:
    file = pq.ParquetFile(pa.BufferReader(content))
    if file.metadata.num_rows > MAX_ROWS:
        raise _refused("too_many_rows", limit=MAX_ROWS)
    return from_columns(file.read())
