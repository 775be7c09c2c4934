"""Files made to do harm: each is refused with its reason in bounded time and memory, and the next good file is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_access.intake.files import process
from data_access.intake.files.limits import Limits
from data_access.intake.importers.reasons import FileRefused

SECONDS, MEMORY_MB = 5.0, 300
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(rows: str, after: str = "", strings: str = "", before: str = "") -> bytes:
    """A workbook of one sheet whose rows are this XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="S" sheetId="1" r:id="b"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="b" Type="{REL}/worksheet" Target="s.xml"/>'
            f'<Relationship Id="c" Type="{REL}/sharedStrings" Target="t.xml"/></Relationships>',
        )
        archive.writestr("xl/t.xml", f'<sst xmlns="{MAIN}">{strings}</sst>')
        archive.writestr(
            "xl/s.xml", f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
        )
    return out.getvalue()


def encrypted() -> bytes:
    content = bytearray(workbook('<row r="1"><c r="A1"><v>1</v></c></row>'))
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 1)
    return bytes(content)


def parquet(columns: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def not_text() -> bytes:
    bad = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe"))
    return parquet({"a": pa.array(["1"]), "b": bad})


def swollen() -> bytes:
    """Few bytes that unpack to gigabytes."""
    return parquet({"a": pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), ["x" * 30_000])})


CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
POISON: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    **{
        f"row {number}": (partial(workbook, f'<row r="{number}"/>'), {"broken_sheet"})
        for number in ("1E+15", "1000000000", "-1", "x")
    },
    "column beyond the last": (lambda: workbook('<row r="1"><c r="XFE1"><v>1</v></c></row>'), {"broken_sheet"}),
    "the last column": (lambda: workbook('<row r="1"><c r="XFD1"><v>1</v></c></row>'), {"too_many_columns"}),
    "a row without end": (
        lambda: workbook('<row r="1">' + "<c><v>1</v></c>" * 300_000 + "</row>"),
        {"too_many_columns", "broken_sheet"},
    ),
    "csv of 200,000 columns": (lambda: b"a," * 200_000, {"too_many_columns"}),
    "csv of a million columns": (lambda: b"," * 1_000_000 + b"\n" + b"1," * 20, {"too_many_columns", "empty_file"}),
    "wide below the header": (lambda: b"a,b\n" + b"1," * 400_000, {"too_many_columns"}),
    "blanks": (lambda: b" " * 900_000, {"empty_file"}),
    "blank lines": (lambda: b"\n" * 900_000, {"empty_file"}),
    "zip bomb": (lambda: workbook(" " * 300_000_000), {"unpacks_too_large"}),
    "string bomb": (
        lambda: workbook(CELL, strings=f"<si><t>{'x' * 200_000_000}</t></si>"),
        {"unpacks_too_large"},
    ),
    "merges": (
        lambda: workbook(CELL, "<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 30_000 + "</mergeCells>"),
        {"too_many_merged"},
    ),
    "entities": (
        lambda: workbook(CELL, before='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        {"unreadable"},
    ),
    "deep XML": (lambda: workbook("<a>" * 500_000), {"unreadable"}),
    "encrypted": (encrypted, {"encrypted"}),
    "not UTF-8": (not_text, {"column_not_text"}),
    "swollen parquet": (swollen, {"unpacks_too_large"}),
}


@pytest.mark.parametrize("name", POISON)
def test_poison_is_refused_in_bounds_and_the_next_good_file_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, reasons = POISON[name]
    told: list[dict[str, Any]] = []
    ask = process.helpers.ask

    def listening(*asked: Any) -> dict[str, Any]:
        told.append(ask(*asked))
        return told[-1]

    monkeypatch.setattr(process.helpers, "ask", listening)
    with pytest.raises(FileRefused) as refusal:
        process.book_of_bytes(make())
    assert refusal.value.rejections[0].reason in reasons
    assert told[0]["seconds"] < SECONDS and told[0]["peak_mb"] < MEMORY_MB
    assert process.book_of_bytes("列,乙\n1,2\n".encode()).sheets[0].row(1) == ["1", "2"]


def test_a_helper_that_died_is_started_anew() -> None:
    process.book_of_bytes(b"a,b\n1,2\n")
    helper = process.helpers._helper
    assert helper is not None
    helper._process.kill()
    helper._process.wait()
    assert process.book_of_bytes(b"a,b\n1,2\n").format == "csv"


@pytest.mark.parametrize(
    ("bound", "reason"),
    [({"seconds": 0.05}, "reading_took_too_long"), ({"memory_mb": 8}, "reading_took_too_much_memory")],
)
def test_what_no_look_beforehand_finds_is_stopped_while_it_is_read(
    bound: dict[str, Any], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A good file under bounds far too tight: whoever reads it takes longer, and more, than they allow."""
    long = b"a,b\n" + b'1,"x""y"\n' * 300_000
    limits = Limits.of(len(long))
    monkeypatch.setattr(Limits, "of", lambda size: replace(limits, **bound))
    with pytest.raises(FileRefused) as refusal:
        process.book_of_bytes(long)
    assert refusal.value.rejections[0].reason == reason
