"""What an office file can hold of a text, and how wide it will be."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Characters that no XML can hold: of control characters only tab and new lines may stand in it.
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_BETWEEN = re.compile(r"(?<=[0-9A-Za-z%])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[0-9A-Za-z])")

_IDEOGRAPH = re.compile("[\u2e80-\uffff]")
_WORDS = re.compile(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+")


def clean(text: str) -> str:
    """A text as it may stand in a file: without what XML forbids."""
    return _IMPOSSIBLE.sub("", text)


def width(text: str) -> float:
    """How wide a text is about, in heights of its letters: an ideograph is one, and programs set a quarter of it between
    ideographs and digits."""
    return sum(1.0 if ord(char) > 0x2E7F else 0.56 for char in text) + 0.25 * len(_BETWEEN.findall(text))


def lines_of(text: str, room: float) -> int:
    """In how many lines a text stands, in a room of so many letters: words stay whole, ideographs part anywhere."""
    count, used = 1, 0.0
    for word in _WORDS.findall(text):
        own = width(word.rstrip())
        if used and used + own > room:
            count, used = count + 1, 0.0
        if own > room:  # parts wherever it must
            count += int((own - 1e-9) // room)
            used = own % room
        else:
            used += width(word)
    return count


def longest_word(texts: Iterable[str]) -> float:
    """How wide the widest word or number of some texts is."""
    return widest(word for text in texts for word in text.split() if not _IDEOGRAPH.search(word))


def widest(texts: Iterable[str]) -> float:
    return max(map(width, texts), default=0.0)
