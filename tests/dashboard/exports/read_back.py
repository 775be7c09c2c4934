"""What stands in a written file, as its reader sees it: tables in their order with what stands over each, every text, and the
cells of workbooks as a spreadsheet shows them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import docx
import pypdf
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from pptx import Presentation

from dashboard.exports.office.xml import named
from dashboard.words import display
from tests.dashboard.exports.office_files import words


@dataclass(frozen=True)
class Shown:
    """One table: what stands over it, and its rows, the head first."""

    above: str
    rows: list[list[str]]


@dataclass(frozen=True)
class Read:
    """A file: its tables and the workbooks of its charts in their order, and all of its text without white space."""

    tables: list[Shown]
    books: list[Worksheet]
    text: str


def squeezed(text: str) -> str:
    return "".join(text.split())


def of_docx(blob: bytes) -> Read:
    file = docx.Document(io.BytesIO(blob))
    body: Any = file.element.body
    tables, books, above = [], [], ""
    for child in body:
        if child.tag == named("w:tbl"):
            rows = [[words(cell) for cell in row.iter(named("w:tc"))] for row in child.iter(named("w:tr"))]
            tables.append(Shown(above, rows))
        above = words(child)
    for chart in body.iter(named("c:chart")):
        part = file.part.related_parts[chart.get(named("r:id"))]
        books += [_sheet(one.target_part.blob) for one in part.rels.values()]
    return Read(tables, books, squeezed(words(body)))


def of_pptx(blob: bytes) -> Read:
    tables, books, text = [], [], []
    for slide in Presentation(io.BytesIO(blob)).slides:
        text.append(words(slide._element))
        above = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        for shape in slide.shapes:
            if shape.has_table:
                rows = [[words(cell) for cell in row.iter(named("a:tc"))] for row in shape._element.iter(named("a:tr"))]
                tables.append(Shown(above, rows))
            if shape.has_chart:
                books.append(_sheet(shape.chart.part.chart_workbook.xlsx_part.blob))
    return Read(tables, books, squeezed("".join(text)))


def of_pdf(blob: bytes) -> str:
    """Its text in the order in which it is set, without white space and the numbers of its pages."""
    pages = pypdf.PdfReader(io.BytesIO(blob)).pages
    return "".join(squeezed(page.extract_text()).replace(f"—{number}—", "") for number, page in enumerate(pages, 1))


def of_xlsx(blob: bytes) -> tuple[Mapping[str, Worksheet], Iterator[tuple[Cell, str, str]]]:
    """The sheets by name, and of each cell that its sheet 出处 tells of: the cell, its figure, its exact value."""
    book = load_workbook(io.BytesIO(blob))
    *sheets, origins = book.worksheets
    known = {sheet.title: sheet for sheet in sheets}

    def told() -> Iterator[tuple[Cell, str, str]]:
        for where, key, value in origins.iter_rows(min_row=2, values_only=True):
            name, _mark, place = str(where).rpartition("!")
            yield known[name.strip("'").replace("''", "'")][place], str(key), str(value)

    return known, told()


def _sheet(blob: bytes) -> Worksheet:
    return load_workbook(io.BytesIO(blob)).worksheets[0]


def as_shown(value: object, form: str) -> str:
    """A number as a spreadsheet shows it in one of the formats in use."""
    number = Decimal(str(value))
    sections = form.split(";")
    section = sections[1 if number < 0 else 2 if number == 0 and len(sections) > 2 else 0]
    sign = "+" if section.startswith("+") else display.MINUS if display.MINUS in section else ""
    return f"{sign}{abs(number):,.{len(section.partition('.')[2])}f}"


def of_cell(cell: Cell) -> str:
    """What is read in a cell of a workbook; nothing is a missing value."""
    if cell.value is None:
        return display.NO_VALUE
    return cell.value if isinstance(cell.value, str) else as_shown(cell.value, cell.number_format)
