"""Mappings that people saved 对应关系, a YAML file each, and which of them a file is read by: the one saved for tables of its
kind.

A kind is known by sheet name, what stands above the header, and the header, all without periods and amounts: next month's
table is of the same kind, another sender's or another fund's is not.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from data_access.intake.files.book import Book, Sheet
from data_access.intake.importers.parse import ASIDE
from data_access.intake.importers.tables import TABLES
from data_access.intake.workbench.find import Found, find, squeezed
from data_access.intake.workbench.mapping import Mapping, MappingError, read_mapping
from data_access.whole_files import write_whole
from rules.errors import ImportRefused
from rules.month import SHANGHAI

FOLDER = "mappings"  # under the installation's own
NAME = re.compile(r"\w[\w（）()·\- ]{0,58}")
OF_PERIODS = {"year", "month", "period", "quarter"}
A_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
# Dates and times, amounts, counts; nine digits and more are the number of something.
CHANGING = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{6}(?![0-9])|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.[0-9]+"
    r"|(?<![0-9])[0-9]{1,8}(?![0-9])|[〇○零一二三四五六七八九十]{1,4}(?=[年月日季])|上半年|下半年|前三季度"
)
BETWEEN = re.compile(r"#(?:[年月日季度号时分秒\-—–~～至./:：第]*#)*[年月日季度份]*")

log = logging.getLogger(__name__)


def saved(folder: Path, name: str) -> Mapping:
    """The mapping saved under a name. Raises MappingError, ImportRefused where there is none."""
    path = folder / f"{_checked(name)}.yaml"
    if not path.exists():
        there = ", ".join(sorted(one.stem for one in folder.glob("*.yaml"))) or "none"
        raise ImportRefused(f"there is no mapping {name}; saved are {there}", mapping=name)
    return read_mapping(path.name, path.read_text(encoding="utf-8"))


def all_saved(folder: Path) -> tuple[Mapping, ...]:
    """Every mapping that is saved and can be read, the newest first."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found.append(replace(saved(folder, path.stem), name=path.stem))
        except (ImportRefused, MappingError, OSError, UnicodeDecodeError) as problem:
            log.warning("%s is passed over: %s", path, problem)
    return tuple(sorted(found, key=lambda one: one.saved_on, reverse=True))


def save(folder: Path, name: str, mapping: Mapping, tables: Iterable[Found], by: str, now: datetime) -> Mapping:
    """Keep a mapping for tables of some kind under a name, whole or not at all; as it is kept. What it says of one period
    alone is left out: it would be wrong of the next. Raises ImportRefused for a name that is none, OSError.
    """
    kept = replace(
        mapping,
        name=_checked(name),
        shape="\n".join(dict.fromkeys(kind(one) for one in tables)),
        constants={code: text for code, text in mapping.constants.items() if not _of_a_period(mapping, code, text)},
        saved_by=by,
        saved_on=now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
    )
    write_whole(folder / f"{kept.name}.yaml", kept.as_yaml())
    return kept


def fitting(folder: Path, book: Book, sheet: str | None = None) -> Mapping | None:
    """The newest mapping saved for tables such as all those of a file; None where there is none, or no table."""
    there = all_saved(folder)
    if not there:
        return None
    kinds = {kind(found) for one in table_sheets(book, sheet) if (found := find(one)) is not None}
    return next((one for one in there if kinds and kinds <= set(one.shape.splitlines())), None)


def table_sheets(book: Book, sheet: str | None = None) -> Sequence[Sheet]:
    """The sheets in which tables are looked for: the one that is named, else all that are not hidden."""
    return [one for one in book.sheets if (one.name == sheet if sheet else not one.hidden and one.name not in ASIDE)]


def kind(found: Found) -> str:
    """What tables of this kind are known by, in one line."""
    about = "；".join(dict.fromkeys(_timeless(text) for text in (found.sheet.name, *found.about)))
    heads = "|".join(dict.fromkeys("/".join(_timeless(text) for text in head) for head in found.heads if head))
    return f"{about}：{heads}"


def _timeless(text: str) -> str:
    return BETWEEN.sub("#", CHANGING.sub("#", squeezed(text)))


def _of_a_period(mapping: Mapping, code: str, text: str) -> bool:
    table = TABLES.get(mapping.target)
    kinds = {column.code: column.kind for column in table.columns} if table else {}
    return code in OF_PERIODS or kinds.get(code) in ("date", "instant", "year") or bool(A_YEAR.search(text))


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ImportRefused(f"{name!r} names no mapping: letters, digits, blanks, brackets, at most 59", mapping=name)
    return name
