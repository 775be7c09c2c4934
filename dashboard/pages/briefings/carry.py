"""沿用上期: last issue's text with this month's figures and words; and what became of figures since they were written.

A paragraph that nobody touched is drafted anew. One that a person wrote keeps its words: its figures, the words that
follow from them and its months become this month's, each by what it is: which figure, of which part and place, how many
months before the issue's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from dashboard.components.table import Table, figures_in
from dashboard.exports.blocks import Block, Grid, Note, Paragraph, Picture, Pieces
from dashboard.pages.briefings.drafts import RULES
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Figure, Printed
from dashboard.words.worded import Dated, Turn
from rules.month import Month

# What a figure is, whatever month it is of: its passport with its period told from the month.
Likeness = tuple[str, str, str, str]


def likeness(figure: Figure, month: int) -> Likeness:
    """What stands for the same figure in another month's issue."""
    at = Month.parse(figure.period)
    if at is None:
        # A year, a day or a minute: the issue's own.
        period = f"{int(figure.period) - Month(month).year:+d}y" if figure.period.isdigit() else "now"
    else:
        period = f"{months_between(month, at):+d}"
    return figure.what, figure.part, figure.place, period


def months_between(one: int, other: int) -> int:
    return (Month(other).year - Month(one).year) * 12 + Month(other).number - Month(one).number


def figures_of(blocks: Sequence[Block]) -> Iterator[Figure]:
    """Every figure of some blocks, in texts, tables and charts."""
    for block in blocks:
        if isinstance(block, (Paragraph, Note)):
            yield from (one.figure for one in block.pieces if isinstance(one, (Printed, Turn)))
        elif isinstance(block, (Grid, Picture)):
            table = block.table if isinstance(block, Grid) else block.plot.table
            yield from table_figures(table)


def table_figures(table: Table) -> Iterator[Figure]:
    for row in [*table.rows, *table.foot]:
        for column in table.columns:
            yield from figures_in(table, column, row)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known at a reading, by likeness: the figures that the rules draft with, and those of their tables."""

    month: int
    figures: Mapping[Likeness, Figure]

    @classmethod
    def at(cls, reading: Reading, drafts: Mapping[str, Sequence[Block]]) -> Known:
        month = reading.snapshot.month or 0
        found: dict[Likeness, Figure] = {}
        for blocks in drafts.values():
            for figure in figures_of(blocks):
                found.setdefault(likeness(figure, month), figure)
        return cls(month, found)

    def now(self, figure: Figure, month: int) -> Figure | None:
        """The figure that stands for one of an issue of ``month``; None where nothing does."""
        return self.figures.get(likeness(figure, month))


def all_drafts(reading: Reading) -> dict[str, list[Block]]:
    """Every section as the rules write it at a reading, by code."""
    return {rule.code: rule.draft(reading) for rule in RULES}


# --- texts


def carried(pieces: Pieces, month: int, known: Known) -> list[str]:
    """A text of an issue of ``month`` with the figures, words and months of another. A figure that the other has not is
    missing there: the old one under the new month's words would be wrong."""
    made: list[str] = []
    moved = months_between(month, known.month)
    for piece in pieces:
        if isinstance(piece, Dated):
            made.append(Dated(piece.form, Month(piece.month).plus(moved)))
        elif isinstance(piece, (Printed, Turn)):
            made.append(_again(piece, known.now(piece.figure, month) or _absent(piece.figure, moved)))
        else:
            made.append(piece)
    return made


def _absent(figure: Figure, moved: int) -> Figure:
    """The same figure so many months later, without a value."""
    at = Month.parse(figure.period)
    later = figure.period if at is None else Month(at).plus(moved).iso
    known = later if figure.known == figure.period else figure.known
    return replace(figure, period=later, known=known, value=None, reason="no_row")


def _again(piece: str, now: Figure) -> str:
    """A figure's piece with the figure that stands for it."""
    if isinstance(piece, Turn):
        return Turn(now, piece.words)
    style = piece.style if isinstance(piece, Printed) else ""
    return Printed(display.in_style(now.value, style), now, style)


# --- what changed


def words_of(pieces: Pieces) -> list[str]:
    """A text cut where a change shows: a figure or a word that follows from the data is one, plain text goes by
    character."""
    cut: list[str] = []
    for piece in pieces:
        cut += [piece] if isinstance(piece, (Printed, Turn, Dated)) else list(piece)
    return cut


def changes(before: Pieces, after: Pieces) -> list[tuple[str, str]]:
    """The text after, in runs: (run, what stood there before); "" for what did not change."""
    was, now = words_of(before), words_of(after)
    runs: list[tuple[str, str]] = []
    matcher = SequenceMatcher(None, [str(one) for one in was], [str(one) for one in now], autojunk=False)
    for kind, i, j, k, end in matcher.get_opcodes():
        old = "".join(was[i:j]) if kind != "equal" else ""
        for one in now[k:end]:
            # Runs of plain characters read as one.
            plain = not isinstance(one, (Printed, Turn, Dated))
            if plain and runs and runs[-1][1] == old and type(runs[-1][0]) is str:
                runs[-1] = (runs[-1][0] + one, old)
            else:
                runs.append((one, old if kind != "equal" else ""))
    return runs


def all_changes(before: Sequence[Block], blocks: Sequence[Block]) -> dict[int, list[tuple[str, str]]]:
    """The paragraphs of a section by their place, each in runs like :func:`changes`, against the last issue's paragraph
    that is most like it; {} where the last issue had no such section."""
    was = [block.pieces for block in before if isinstance(block, Paragraph)]
    now = [(place, block.pieces) for place, block in enumerate(blocks) if isinstance(block, Paragraph)]
    if not before:
        return {}
    if len(was) == len(now):
        pairs = zip(was, now, strict=True)
        return {place: changes(old, pieces) for old, (place, pieces) in pairs}
    return {place: changes(_likest(was, pieces), pieces) for place, pieces in now}


def _likest(texts: Sequence[Pieces], wanted: Pieces) -> Pieces:
    def likeness(pieces: Pieces) -> float:
        return SequenceMatcher(None, "".join(pieces), "".join(wanted)).quick_ratio()

    return max(texts, key=likeness, default=[])


# --- what moved since


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that reads otherwise today than when it was written: both, and what it was printed as."""

    written: Printed
    now: Printed


def moved(pieces: Pieces, month: int, known: Known) -> list[Moved]:
    """The figures of a text whose source has moved since they were written."""
    found = []
    for piece in pieces:
        if not isinstance(piece, Printed):
            continue
        now = known.now(piece.figure, month)
        text = piece if now is None else display.in_style(now.value, piece.style)
        if now is not None and text != piece:
            found.append(Moved(piece, Printed(text, now, piece.style)))
    return found


def replaced(pieces: Pieces, key: str, known: Known, month: int) -> list[str]:
    """A text with one figure, by its key, as it reads today, and the words that follow from it."""
    made: list[str] = []
    for piece in pieces:
        own = piece.figure if isinstance(piece, (Printed, Turn)) else None
        now = known.now(own, month) if own is not None and own.key == key else None
        made.append(piece if now is None else _again(piece, now))
    return made
