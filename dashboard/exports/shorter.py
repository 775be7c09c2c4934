"""A one-page sheet that is too long for its page, with less and less on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dashboard.exports.blocks import Document, Matters, Note


def shorter(document: Document) -> Iterator[Document]:
    """The same, for a lower chart; then without the last line of its foot; then without its last matter."""
    yield document
    blocks = list(document.blocks)
    if blocks and isinstance(blocks[-1], Note):
        blocks.pop()
        yield replace(document, blocks=blocks)
    yield replace(document, blocks=[_fewer(one) if isinstance(one, Matters) else one for one in blocks])


def _fewer(block: Matters) -> Matters:
    """Without the last, which is counted with those left out."""
    if len(block.matters) < 2:
        return block
    return replace(block, matters=block.matters[:-1], more=block.more + 1)
