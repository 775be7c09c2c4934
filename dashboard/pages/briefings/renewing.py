"""Tables and charts of an issue beside what their pages, or the rules, give today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.components.table import Table, cell, figures_in
from dashboard.exports import kept
from dashboard.exports.blocks import Block, Grid, Note, Picture, plain
from dashboard.pages.briefings import sections
from dashboard.site import keeping
from dashboard.site.reading import Reading
from dashboard.words.wording import _

TABLE = "table"  # what of a table or chart is replaced or kept: all of it, as its figures belong together


@dataclass(frozen=True, slots=True)
class Renewed:
    """A table or chart of which figures read otherwise today: its title, each such figure as written and as it reads
    now, and the block of today, as kept."""

    title: str
    pairs: Sequence[tuple[str, str]]
    content: Any


def of_today(at: Reading, block: Block, was: Any, drafted: Sequence[Block]) -> Any:
    """A table or chart, kept as ``was``, as its page or the rules give it at a reading, as kept; as it was where they
    give none."""
    if kept.FROM in was:
        return keeping.again(at, was)
    same = next((one for one in drafted if sections.label(one) == sections.label(block)), None)
    return was if same is None else kept.block_json(same)


def renewed(at: Reading, block: Block, was: Any, drafted: Sequence[Block]) -> Renewed | None:
    """What of a table or chart has moved since it was written; None where nothing reads otherwise."""
    if not isinstance(block, (Grid, Picture)):
        return None
    now = of_today(at, block, was, drafted)
    read = None if now is was else kept.read_block(now)
    if not isinstance(read, (Grid, Picture)):
        return None
    today = dict(_read(table_of(read)))
    pairs = [(text, today[key]) for key, text in _read(table_of(block)) if today.get(key, text) != text]
    title = block.table.title if isinstance(block, Grid) else block.title
    return Renewed(title, list(dict.fromkeys(pairs)), now) if pairs else None


def table_of(block: Grid | Picture) -> Table:
    return block.table if isinstance(block, Grid) else block.plot.table


def _read(table: Table) -> Iterator[tuple[str, str]]:
    """The key of every figure that is a cell, and what is read there."""
    for row in (*table.rows, *table.foot):
        for column in table.columns:
            found = figures_in(table, column, row)
            if len(found) == 1:
                yield found[0].key, cell(table, column, row)


def kept_note(block: Grid | Picture) -> str:
    """保留并注明: as of which data a table or chart was left."""
    title = block.table.title if isinstance(block, Grid) else block.title
    table = table_of(block)
    every = (*table.rows, *table.foot)
    versions = {one.version for row in every for column in table.columns for one in figures_in(table, column, row)}
    return _("{title}按数据版本{version}。", title=title, version=_("、").join(str(one) for one in sorted(versions)))


def is_noted(block: Grid | Picture, after: Sequence[Block]) -> bool:
    """Whether a note right behind a table or chart says that it was left as it is."""
    said = kept_note(block)
    for one in after:
        if not isinstance(one, Note):
            return False
        if plain(one.pieces) == said:
            return True
    return False
