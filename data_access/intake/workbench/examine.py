"""What taking a file would do, before anything is taken: each row new, known, otherwise than what stands, or refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping as Map
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from sqlalchemy import Engine

from data_access.intake.files.book import Book
from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.codes import Codes, load_codes
from data_access.intake.importers.delivery import Delivery, match_headers
from data_access.intake.importers.noise import without_noise
from data_access.intake.importers.reasons import FileRefused, Rejection
from data_access.intake.importers.store import beside
from data_access.intake.importers.tables import TABLES
from data_access.intake.importers.validate import Validated, validate
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.offer import Offer
from data_access.intake.workbench.take import Previewed, delivery_of, preview
from rules.errors import ImportRefused

State = Literal["new", "same", "differs", "like", "refused", "left_out"]


@dataclass(frozen=True)
class Examined:
    """A file beside the store. ``columns``: texts by delivered name, one a row; ``cells``: where each row stands;
    ``states``: what it is beside the store, empty while something must be asked; ``stored``: by row what stands instead,
    where it differs; ``refused``: why rows, or the file, would not be taken; ``allowance`` None: the reader does not
    deliver this table."""

    previewed: Previewed
    target: str
    columns: Map[str, list[str]]
    cells: list[str]
    states: tuple[State, ...] = ()
    stored: Map[int, Map[str, str]] | None = None
    refused: tuple[Rejection, ...] = ()
    allowance: Allowance | None = None

    @cached_property
    def guessed(self) -> frozenset[str]:
        """The cells of the rows that rest on a name that was guessed."""
        found: set[str] = set()
        for offer in self.previewed.offers:
            texts = {guess.text for guess in offer.guesses if not guess.written}
            if texts:
                found.update(_resting_on(offer, texts))
        return frozenset(found)

    def count(self, state: State) -> int:
        return self.states.count(state)


def _resting_on(offer: Offer, texts: Collection[str]) -> Iterator[str]:
    """The cells of an offer's rows whose line or column bears one of some names."""
    table = offer.found
    heads = {at for at, head in enumerate(table.heads) if any(text in texts for text in head)}
    columns = [table.sheet.columns[at].to_pylist() for at in range(len(table.heads))]
    lines = {row for row in table.rows if any((column[row] or "").strip() in texts for column in columns)}
    resting = {table.sheet.address(row, at) for row in lines for at in range(len(columns))}
    resting |= {table.sheet.address(row, at) for row in table.rows for at in heads}
    return (cell for cell in offer.cells if cell.rpartition("!")[2] in resting)


def examine(
    engine: Engine,
    book: Book,
    mapping: Mapping,
    codes: Codes,
    allowed: Callable[[str], Allowance | None],
    *,
    sheet: str | None = None,
    left_out: Collection[str] = (),
) -> Examined:
    """Compare what a file offers with the store. ``allowed``: what the reader may deliver of a table, None for nothing.
    Raises FileRefused for a sheet that is not there."""
    with engine.connect() as connection:
        seen = preview(connection, codes, book, mapping, sheet)
    filled = [offer for offer in seen.offers if offer.rows]
    names = dict.fromkeys(name for offer in filled for name in offer.columns)
    columns = {
        name: [text for offer in filled for text in offer.columns.get(name, [""] * offer.rows)] for name in names
    }
    cells = [cell for offer in filled for cell in offer.cells]
    target = seen.target if filled else ""
    allowance = allowed(target) if target else None
    if allowance is None or any(offer.questions for offer in seen.offers):
        return Examined(seen, target, columns, cells, allowance=allowance)
    states: list[State] = ["left_out" if cell in left_out else "new" for cell in cells]
    kept = [at for at, state in enumerate(states) if state == "new"]
    stored: dict[int, Map[str, str]] = {}
    try:
        delivery = delivery_of(seen, left_out)[1]
        checked, delivered = _checked(engine, target, delivery, codes, allowance)
    except FileRefused as problem:
        return Examined(seen, target, columns, cells, (), {}, problem.rejections, allowance)
    except ImportRefused:
        return Examined(seen, target, columns, cells, tuple(states), {}, (), allowance)
    for bad in np.flatnonzero(~checked.good).tolist():
        states[kept[bad]] = "refused"
    good = [kept[at] for at in np.flatnonzero(checked.good).tolist()]
    with engine.connect() as connection:
        met = beside(connection, TABLES[target], checked.frame, delivered)
        connection.rollback()
    found: tuple[tuple[State, Collection[int]], ...]
    found = (("same", met.same), ("differs", met.differs), ("like", met.like))
    for state, places in found:
        for at in places:
            states[good[at]] = state
    stored = {good[at]: values for at, values in met.differs.items()}
    refused = tuple(delivery.placed(one) for one in checked.rejected)
    return Examined(seen, target, columns, cells, tuple(states), stored, refused, allowance)


def _checked(
    engine: Engine, target: str, delivery: Delivery, codes: Codes, allowance: Allowance
) -> tuple[Validated, list[str]]:
    """The rows as the import checks them, and the columns that came. Raises FileRefused."""
    table = TABLES[target]
    texts, _noise = without_noise(delivery.under(match_headers(table, delivery.names)), delivery.lines)
    with engine.connect() as connection:
        own = load_codes(connection, codes.now, allowance)
    delivered = [one.code for one in table.columns if one.code in texts or one.yuan_code in texts]
    return validate(table, texts, delivery.lines, own), delivered
