"""XLSX files: what the archive promises is looked at before it is unpacked; then its sheets, one after the other."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any, BinaryIO
from xml.parsers import expat

from data_access.intake.files import other_books
from data_access.intake.files.book import Book, Sheet
from data_access.intake.files.formats import EPOCH, EPOCH_1904, Shown, built_in, custom
from data_access.intake.files.limits import MAX_CELL, MAX_SHEETS, MB, Limits, refused
from data_access.intake.files.worksheet import Styles, read_sheet

MAX_ENTRIES = 5_000
MAX_RATIO_PER_ENTRY = 1_100  # deflate cannot do better
PIECE = 1 << 16
SPREADSHEETS = (b"application/vnd.oasis.opendocument.spreadsheet",)
Attributes = dict[str, str]
REDS = frozenset(("FF0000", "C00000"))  # of the standard colours
INDEXED_RED = "10"


def read(file: BinaryIO, limits: Limits) -> Book:
    """Every sheet of a workbook. Raises FileRefused; whatever the readers raise of a damaged one."""
    with zipfile.ZipFile(file) as archive:
        names = _look(archive, limits)
        if "mimetype" in names and archive.read("mimetype").strip() in SPREADSHEETS:
            return other_books.read(file, limits, "ods")
        parts = _Parts(archive)
        strings = _strings(archive, parts.strings, limits)
        styles = _styles(archive, parts)
        sheets = tuple(_sheet(archive, one, strings, styles, limits) for one in parts.sheets if one.path in names)
        if not sheets:
            raise refused("unreadable", format="xlsx")
    return Book("xlsx", sheets)


def _look(archive: zipfile.ZipFile, limits: Limits) -> frozenset[str]:
    """The names in the archive. Raises FileRefused where unpacking it is not worth beginning."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise refused("unpacks_too_large", limit_mb=limits.unpacked // MB)
    if any(entry.flag_bits & 1 for entry in entries):
        raise refused("encrypted")
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        raise refused("unpacks_too_large", limit_mb=limits.unpacked // MB)
    return frozenset(entry.filename for entry in entries)


def parse(source: IO[bytes], start: Callable[[str, Attributes], None], end: Callable[[str], None] | None = None) -> Any:
    """Read XML in pieces, names without their prefix. A document type is refused: no workbook has one."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    local: dict[str, str] = {}

    def started(name: str, attributes: Attributes) -> None:
        known = local.get(name)
        if known is None:
            known = local[name] = name.rpartition(":")[2]
        start(known, attributes)

    parser.StartElementHandler = started
    if end is not None:
        ending = end
        parser.EndElementHandler = lambda name: ending(local[name])
    parser.StartDoctypeDeclHandler = no_document_type
    while piece := source.read(PIECE):
        parser.Parse(piece)
    parser.Parse(b"", True)
    return parser


def no_document_type(*_: object) -> None:
    """Entities of its own would be the way to let a small file grow without end, or to ask for others."""
    raise refused("unreadable", format="xlsx")


@dataclass(frozen=True, slots=True)
class _SheetPart:
    name: str
    path: str
    hidden: bool


@dataclass
class _Parts:
    """Where the parts of the workbook stand in its archive."""

    archive: zipfile.ZipFile
    sheets: list[_SheetPart] = field(default_factory=list)
    strings: str | None = None
    styles: str | None = None
    first_day: date = EPOCH

    def __post_init__(self) -> None:
        archive = self.archive
        book = next((path for kind, path in self._targets("").values() if kind == "officeDocument"), "xl/workbook.xml")
        targets = self._targets(book)
        for kind, path in targets.values():
            if kind == "sharedStrings":
                self.strings = path
            elif kind == "styles":
                self.styles = path

        def start(name: str, attributes: Attributes) -> None:
            if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.first_day = EPOCH_1904
            if name != "sheet":
                return
            link = next(
                (value for key, value in attributes.items() if key.rpartition(":")[2] == "id" and ":" in key), ""
            )
            kind, path = targets.get(link, ("", ""))
            if kind == "worksheet":
                hidden = attributes.get("state", "visible") != "visible"
                self.sheets.append(_SheetPart(attributes.get("name", ""), path, hidden))
            if len(self.sheets) > MAX_SHEETS:
                raise refused("too_many_sheets", limit=MAX_SHEETS)

        with archive.open(book) as source:
            parse(source, start)

    def _targets(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id → (last word of its type, path in the archive) of a part's relations."""
        archive = self.archive
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: Attributes) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, posixpath.normpath(path))

        with archive.open(posixpath.join(folder, "_rels", f"{name}.rels")) as source:
            parse(source, start)
        return found


def _strings(archive: zipfile.ZipFile, path: str | None, limits: Limits) -> list[str]:
    """The texts that cells refer to by number; readings (phonetic marks) beside them are left out."""
    found: list[str] = []
    if path is None or path not in archive.namelist():
        return found
    text: list[str] = []
    aside = 0
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = PIECE

    def start(name: str, _attributes: Attributes) -> None:
        nonlocal aside
        local = name.rpartition(":")[2]
        if local == "si":
            text.clear()
        elif local == "rPh":
            aside += 1
        elif local == "t" and not aside:
            parser.CharacterDataHandler = text.append

    def end(name: str) -> None:
        nonlocal aside
        local = name.rpartition(":")[2]
        if local == "t":
            parser.CharacterDataHandler = None
        elif local == "rPh":
            aside -= 1
        elif local == "si":
            found.append("".join(text)[:MAX_CELL])
            if len(found) > limits.cells:
                raise refused("too_many_cells", limit=limits.cells)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = no_document_type
    with archive.open(path) as source:
        while piece := source.read(PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)
    return found


def _styles(archive: zipfile.ZipFile, parts: _Parts) -> Styles:
    """What each cell style shows a number as; only the formats and colours that change its meaning are kept."""
    own: dict[int, Shown] = {}
    shown: dict[str, Shown] = {}
    fonts: list[bool] = []  # whether each is red
    red: set[str] = set()
    within: list[str] = []
    count = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal count
        if name == "numFmt":
            own[int(attributes["numFmtId"])] = custom(attributes.get("formatCode", ""))
        elif name == "xf" and within and within[-1] == "cellXfs":
            number = int(attributes.get("numFmtId", "0"))
            what = own.get(number) or built_in(number)
            if what is not Shown.NUMBER:
                shown[str(count)] = what
            font = int(attributes.get("fontId", "0"))
            if font < len(fonts) and fonts[font]:
                red.add(str(count))
            count += 1
        elif name == "font" and within and within[-1] == "fonts":
            fonts.append(False)
        elif name == "color" and fonts and within and within[-1] == "fonts":
            fonts[-1] = attributes.get("rgb", "").upper()[-6:] in REDS or attributes.get("indexed") == INDEXED_RED
        elif name in ("cellXfs", "cellStyleXfs", "fonts"):
            within.append(name)

    def end(name: str) -> None:
        if name in ("cellXfs", "cellStyleXfs", "fonts"):
            within.pop()

    if parts.styles is not None and parts.styles in archive.namelist():
        with archive.open(parts.styles) as source:
            parse(source, start, end)
    return Styles(shown, parts.first_day, frozenset(red))


def _sheet(archive: zipfile.ZipFile, part: _SheetPart, strings: list[str], styles: Styles, limits: Limits) -> Sheet:
    with archive.open(part.path) as source:
        return read_sheet(source, part.name, part.hidden, strings, styles, limits)
