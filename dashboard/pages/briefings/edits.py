"""A paragraph as its writer edits it: plain text, in which the figures that stayed keep their passports.

A number that was typed is plain text: it has no source, and the check says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from dashboard.exports.blocks import Pieces
from dashboard.words.passport import Printed
from dashboard.words.worded import Dated, Turn

NUMBER = re.compile(r"[+\-−]?\d[\d,]*(?:\.\d+)?")
# A number that counts, dates or numbers something is not a figure of the funds.
COUNTED = "年|月|日|期|条|项|个|件|次|人|家|户|类|级|号|季|位|段|节"
NO_FIGURE = re.compile(
    rf"〔\d+〕|¥\d+[km]|\d+(?:[—-]\d+)?(?:{COUNTED})|^\s*\d+[.\uff0e\u3001]|\b(?:19|20)\d\d\b|\d{{1,2}}:\d\d"
    r"|(?<![\d.,])\d{1,3} [A-Za-z]+"
)


def written(pieces: Pieces, typed: str) -> list[str]:
    """What was typed over a paragraph, in pieces: whatever of its figures and words stands there still, in their order,
    keeps what it follows from."""
    kept = [piece for piece in pieces if isinstance(piece, (Printed, Turn, Dated)) and piece]
    if not kept:
        return [typed] if typed else []
    found = list(_found(kept, typed))
    # In both orders alike, the longest common run: a figure moved before another stays plain text.
    names = [str(piece) for piece in kept]
    matcher = SequenceMatcher(None, names, [text for _at, text in found], autojunk=False)
    made: list[str] = []
    at = 0
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            start, text = found[block.b + step]
            made += [typed[at:start], kept[block.a + step]]
            at = start + len(text)
    made.append(typed[at:])
    return [piece for piece in made if piece]


def _found(kept: Sequence[str], typed: str) -> Iterator[tuple[int, str]]:
    """Where in a text something that may be one of the pieces stands: whole numbers, and the words."""
    words = sorted({str(piece) for piece in kept if not NUMBER.fullmatch(str(piece))}, key=len, reverse=True)
    pattern = "|".join([*map(re.escape, words), NUMBER.pattern])
    for hit in re.finditer(pattern, typed):
        yield hit.start(), hit[0]


def sourceless(pieces: Pieces) -> list[str]:
    """The numbers of a paragraph that look like figures and have no source."""
    text = "".join("\x00" * len(piece) if isinstance(piece, (Printed, Turn, Dated)) else piece for piece in pieces)
    return NUMBER.findall(NO_FIGURE.sub("", text))
