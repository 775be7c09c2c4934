"""A section as one text: a line a paragraph, a line in 【】 for a chart, table or remark. What its writer does to the lines
is done to the blocks: a line moved or taken out is a block moved or taken out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dashboard.exports.blocks import Block, Grid, Note, Paragraph, Picture
from dashboard.pages.briefings.edits import written
from dashboard.words.wording import _


def label(block: Block) -> str:
    """【图：累计结余】; "" for a paragraph."""
    if isinstance(block, Picture):
        return _("【图：{title}】", title=block.title)
    if isinstance(block, Grid):
        return _("【表：{title}】", title=block.table.title)
    if isinstance(block, Note):
        return _("【注：{said}】", said="".join(block.pieces))
    return ""


def labels(blocks: Sequence[Block]) -> Mapping[int, str]:
    """The lines of those blocks that are no paragraphs, by place; two alike are told apart."""
    made: dict[int, str] = {}
    for place, block in enumerate(blocks):
        name = label(block)
        if name:
            again = sum(other == name or other.startswith(f"{name[:-1]}#") for other in made.values())
            made[place] = f"{name[:-1]}#{again + 1}{name[-1]}" if again else name
    return made


def as_text(blocks: Sequence[Block]) -> str:
    names = labels(blocks)
    lines = []
    for place, block in enumerate(blocks):
        lines.append("".join(block.pieces) if isinstance(block, Paragraph) else names.get(place, ""))
    return "\n".join(lines)


def from_text(blocks: Sequence[Block], typed: str) -> list[Block]:
    """The blocks that a changed text stands for. A line in 【】 that names no block of the section is a paragraph."""
    others = {name: blocks[place] for place, name in labels(blocks).items()}
    joined: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            joined += [*block.pieces, "\n"]
    lines = [line.strip() for line in typed.replace("\r\n", "\n").split("\n")]
    lines = [line for line in lines if line]
    texts = [line for line in lines if line not in others]
    paragraphs = iter(_lines(written(joined, "\n".join(texts))))
    made: list[Block] = []
    for line in lines:
        # A block stands once, however often its line does.
        known = others.pop(line, None)
        if known is not None:
            made.append(known)
        elif line in texts:
            made.append(Paragraph(next(paragraphs)))
    return made


def _lines(pieces: Sequence[str]) -> Iterator[list[str]]:
    """A text in pieces, cut at its line ends."""
    line: list[str] = []
    for piece in pieces:
        if type(piece) is not str:
            line.append(piece)
            continue
        first, *rest = piece.split("\n")
        line.append(first)
        for one in rest:
            yield [part for part in line if part]
            line = [one]
    yield [part for part in line if part]
