"""A document in the office's own Word template, which names in {{ }} what stands where (docxtpl).

A template is a program: it is kept by the system administrator alone, looked through before it is kept, and filled in a
sandbox by the process that writes one document, within its limits of time and memory.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from dashboard.components.paper import source_line, units_of
from dashboard.components.table import cell
from dashboard.exports.blocks import Block, Document, Grid, Heading, Masthead, Paragraph, Picture, plain
from dashboard.exports.office.chart_series import Look
from dashboard.exports.office.chart_xml import LANGUAGES
from dashboard.exports.office.document_parts import native_chart
from dashboard.exports.office.fonts import SLIDES
from dashboard.words import display
from dashboard.words.wording import language
from rules.errors import PoolwatchError

# What a template may name, and of a section, a table and a chart within it.
NAMES = ("title", "name", "number", "total", "document_number", "secrecy", "signer", "copies", "office", "day", "draft",
         "source", "sections")  # fmt: skip
LARGEST, UNPACKED = 4 << 20, 40 << 20
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Relations by which a document brings in or runs what is not its own text.
FOREIGN = frozenset(["attachedTemplate", "oleObject", "vbaProject", "subDocument", "frame"])
WIDTH, HEIGHT, LETTERS = 425.0, 249.0, 10.5  # of a chart and its texts, in points


class TemplateRefused(PoolwatchError):
    """The file is no template that can be used; the subclass says why."""

    code = "template_refused"


class NoWordFile(TemplateRefused):
    """It is no DOCX, or too large."""

    code = "template_no_word_file"


class ForeignParts(TemplateRefused):
    """It has macros, or parts that lie elsewhere."""

    code = "template_foreign_parts"


class UnknownNames(TemplateRefused):
    """It names what a briefing does not have; ``names`` lists it."""

    code = "template_unknown_names"


class WrongTemplate(TemplateRefused):
    """What stands between braces cannot be read; ``problem`` is what the engine says."""

    code = "template_wrong"


def examine(content: bytes) -> None:
    """Look a template through without filling it. Raises TemplateRefused."""
    if len(content) > LARGEST:
        raise NoWordFile("the template is too large", limit=LARGEST >> 20)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            if sum(part.file_size for part in book.infolist()) > UNPACKED:
                raise NoWordFile("the template unpacks too large", limit=LARGEST >> 20)
            kinds = book.read("[Content_Types].xml")
            related = [book.read(part) for part in book.namelist() if part.endswith(".rels")]
            foreign = b"vbaProject" in kinds or any(map(_leads_out, related))
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, ValueError, etree.XMLSyntaxError) as problem:
        raise NoWordFile("the template is no DOCX", limit=LARGEST >> 20) from problem
    if MAIN.encode() not in kinds:
        raise NoWordFile("the template is no DOCX", limit=LARGEST >> 20)
    if foreign:
        raise ForeignParts("the template has parts of elsewhere")
    try:
        unknown = DocxTemplate(io.BytesIO(content)).get_undeclared_template_variables(_environment()) - set(NAMES)
    except TemplateError as problem:
        raise WrongTemplate("the template cannot be read", problem=str(problem)) from problem
    except (PackageNotFoundError, KeyError, ValueError) as problem:
        raise NoWordFile("the template is no DOCX", limit=LARGEST >> 20) from problem
    if unknown:
        raise UnknownNames("the template names what there is not", names=", ".join(sorted(unknown)))


def _leads_out(related: bytes) -> bool:
    """Whether relations lead out of the document; a link to click is none of that."""
    for one in etree.fromstring(related, etree.XMLParser(resolve_entities=False, no_network=True)):
        kind = str(one.get("Type")).rpartition("/")[2]
        if kind in FOREIGN or (one.get("TargetMode") == "External" and kind != "hyperlink"):
            return True
    return False


def template_bytes(document: Document, template: bytes) -> bytes:
    """The document in a template. Raises TemplateRefused where the template cannot be filled."""
    examine(template)
    book = DocxTemplate(io.BytesIO(template))
    try:
        book.render(context(document, book), _environment(), autoescape=True)
    except TemplateError as problem:
        raise WrongTemplate("the template cannot be filled", problem=str(problem)) from problem
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def context(document: Document, book: DocxTemplate | None) -> dict[str, Any]:
    """What the names stand for, all of it as it is printed. Without a ``book`` there are no pictures."""
    head = document.masthead or Masthead("", "", "", "", "", "", "", "", None)
    named = {name: getattr(head, name) for name in NAMES if hasattr(head, name)}
    return named | {
        "title": document.title,
        "day": display.day_name(head.day) if head.day else "",
        "draft": document.draft,
        "source": source_line(document.source),
        "sections": [_section(heading, blocks, book) for heading, blocks in _sections(document.blocks)],
    }


def _sections(blocks: Sequence[Block]) -> Iterator[tuple[str, list[Block]]]:
    """What stands before the first heading, then each heading with what follows it."""
    heading, found = "", list[Block]()
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            if heading or found:
                yield heading, found
            heading, found = block.text, []
        else:
            found.append(block)
    yield heading, found


def _section(heading: str, blocks: Sequence[Block], book: DocxTemplate | None) -> Mapping[str, Any]:
    return {
        "heading": heading,
        "paragraphs": [plain(block.pieces) for block in blocks if isinstance(block, Paragraph)],
        "tables": [_table(block) for block in blocks if isinstance(block, Grid)],
        "pictures": [_picture(block, book) for block in blocks if isinstance(block, Picture)] if book else [],
    }


def _table(block: Grid) -> Mapping[str, Any]:
    table = block.table
    columns = [column for column in table.columns if not column.hidden]
    return {
        "title": f"{block.number} {table.title}".strip(),
        "unit": units_of(table),
        "head": [column.title for column in columns],
        "rows": [[cell(table, column, row) for column in columns] for row in [*table.rows, *table.foot]],
    }


def _picture(block: Picture, book: DocxTemplate) -> Mapping[str, Any]:
    return {"title": f"{block.number} {block.title}".strip(), "unit": block.unit, "image": _Chart(block, book)}


@dataclass(frozen=True, slots=True)
class _Chart:
    """A native chart, made where a template names it, as docxtpl does with a picture."""

    block: Picture
    book: DocxTemplate

    def __html__(self) -> str:
        look = Look(WIDTH, HEIGHT, LETTERS, SLIDES[language()].pair, LANGUAGES[language()])
        drawing = native_chart(self.book.current_rendering_part, self.block, look, 1)  # docxtpl numbers drawings anew
        shown = etree.tostring(drawing, encoding="unicode")
        return f'</w:t></w:r><w:r>{shown}</w:r><w:r><w:t xml:space="preserve">'


def sample() -> bytes:
    """A template to begin with: every name in its place."""
    import docx

    book = docx.Document()
    book.add_heading("{{ name }}", 0)
    book.add_paragraph("{{ number }}  {{ total }}  {{ document_number }}  {{ secrecy }}  {{ draft }}")
    book.add_paragraph("{{ office }}  {{ day }}  {{ signer }}")
    book.add_heading("{{ title }}", 1)
    for line in (
        "{%p for section in sections %}",
        "{{ section.heading }}",
        "{%p for text in section.paragraphs %}",
        "{{ text }}",
        "{%p endfor %}",
        "{%p for table in section.tables %}",
        "{{ table.title }}  {{ table.unit }}",
    ):
        book.add_paragraph(line)
    # A tag of a cell or row takes that cell or row away, so it stands in one of its own.
    grid = book.add_table(rows=4, cols=3)
    grid.style = "Table Grid"
    for at, cells in enumerate(
        (
            ("{%tc for name in table.head %}", "{{ name }}", "{%tc endfor %}"),
            ("{%tr for row in table.rows %}",),
            ("{%tc for value in row %}", "{{ value }}", "{%tc endfor %}"),
            ("{%tr endfor %}",),
        )
    ):
        for place, text in enumerate(cells):
            grid.rows[at].cells[place].text = text
    for line in (
        "{%p endfor %}",
        "{%p for picture in section.pictures %}",
        "{{ picture.image }}",
        "{{ picture.title }}",
        "{%p endfor %}",
        "{%p endfor %}",
        "{{ source }}",
        "{{ copies }}",
    ):
        book.add_paragraph(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
