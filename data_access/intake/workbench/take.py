"""From a file and a mapping to a delivery: read, offered, put together; taken by the import that every door uses."""

from __future__ import annotations

from collections.abc import Collection, Mapping as Map, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from data_access.intake.files.book import Book
from data_access.intake.importers.codes import Codes, KnownRegion
from data_access.intake.importers.delivery import Delivery
from data_access.intake.importers.parse import beyond_ascii
from data_access.intake.importers.reasons import FileRefused, Rejection
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Names
from data_access.intake.workbench.offer import Offer, offers
from data_access.intake.workbench.reading import Question
from data_access.intake.workbench.reported import LEDGER, PLAN, REPORTED
from data_access.intake.workbench.saved import table_sheets
from data_access.intake.workbench.to_date import to_date_sums
from rules.errors import ImportRefused
from rules.scheme import Scheme


class Unanswered(ImportRefused):
    """Nothing is taken while something must be asked: ``questions``."""

    code = "unanswered"

    def __init__(self, questions: Sequence[Question], message: str) -> None:
        super().__init__(message)
        self.questions = tuple(questions)


@dataclass(frozen=True)
class Previewed:
    """What a file offers by a mapping, sheet by sheet; ``passed_over``: sheets in which no table was found; ``regions``:
    those that were known."""

    offers: tuple[Offer, ...]
    passed_over: tuple[str, ...]
    regions: Map[str, KnownRegion] = field(default_factory=dict, repr=False)

    @property
    def target(self) -> str:
        """The table that all sheets offer rows of, "" where there is none or are several."""
        targets = {offer.target for offer in self.offers}
        return targets.pop() if len(targets) == 1 else ""


def preview(connection: Connection, codes: Codes, book: Book, mapping: Mapping, sheet: str | None = None) -> Previewed:
    """What a file offers. ``sheet``: that one alone; else every one that is not hidden. Raises FileRefused."""
    sheets = table_sheets(book, sheet)
    if sheet and not sheets:
        raise FileRefused(Rejection(0, "", sheet, "no_such_sheet", {"sheets": [one.name for one in book.sheets]}))
    made = offers(sheets, names_of(codes, mapping), mapping, _schemes(codes, mapping))
    if book.doubtful:
        made = tuple(replace(one, questions=(_encoding(book), *one.questions)) for one in made)
    made = tuple(replace(one, sums=(*one.sums, *to_date_sums(connection, one))) for one in made)
    found = {id(offer.found.sheet) for offer in made}
    passed = tuple(one.name for one in sheets if id(one) not in found)
    return Previewed(made, passed, codes.regions)


def _encoding(book: Book) -> Question:
    """Which encoding a text file is in: what it may be, and cells as they were decoded."""
    return Question("encoding", f"{', '.join(book.doubtful)}: {' ／ '.join(beyond_ascii(book.sheets[0]))}")


def _schemes(codes: Codes, mapping: Mapping) -> list[Names]:
    """The names of every scheme that a form may be of, where the mapping says none and goes to no other table."""
    if "scheme" in mapping.constants or mapping.target not in ("", REPORTED, LEDGER, PLAN):
        return []
    return [_names_in(codes, codes.schemes[code]) for code in codes.listed("scheme")]


def names_of(codes: Codes, mapping: Mapping) -> Names:
    """The names that may stand on a table: those of the scheme that the mapping says, inside its province."""
    named = mapping.constants.get("scheme", "")
    if country := codes.country(named):
        return Names(codes.regions, frozenset({country}), None, country=country)
    scheme = codes.schemes.get(named)
    if scheme is None or scheme.kind != "ledger":
        return Names(codes.regions, None, None)
    return _names_in(codes, scheme)


def _names_in(codes: Codes, scheme: Scheme) -> Names:
    inside = frozenset(code for code, region in codes.regions.items() if region.province == scheme.province)
    return Names(codes.regions, inside, scheme)


def delivery_of(previewed: Previewed, left_out: Collection[str] = ()) -> tuple[str, Delivery]:
    """The table and the delivery that all sheets make together, without the cells ``left_out``. Its lines count the rows
    read: several may stand on one line of the file. Raises Unanswered, ImportRefused."""
    if questions := [question for offer in previewed.offers for question in offer.questions]:
        raise Unanswered(questions, f"{len(questions)} questions are to be answered first")
    filled = [offer for offer in previewed.offers if offer.rows]
    if not previewed.target or not filled:
        raise ImportRefused("no table of ours is offered anything; say which with a mapping")
    names = tuple(dict.fromkeys(name for offer in filled for name in offer.columns))
    texts = tuple(
        pa.array([text for offer in filled for text in offer.columns.get(name, [""] * offer.rows)], pa.string())
        for name in names
    )
    cells = pa.array([cell for offer in filled for cell in offer.cells], pa.string())
    if left_out:
        kept = pc.invert(pc.is_in(cells, pa.array(sorted(left_out), pa.string())))
        texts, cells = tuple(text.filter(kept) for text in texts), cells.filter(kept)
    lines = np.arange(1, len(cells) + 1, dtype=np.int64)
    return previewed.target, Delivery(names, texts, lines, cells=cells)
