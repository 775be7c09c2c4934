"""What an office file can hold of a text, and how wide it will be."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Characters that no XML can hold: of control characters only tab and new lines may stand in it.
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_BETWEEN = re.compile(r"(?<=[0-9A-Za-z%])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[0-9A-Za-z])")


def clean(text: str) -> str:
    """A text as it may stand in a file: without what XML forbids."""
    return _IMPOSSIBLE.sub("", text)


def width(text: str) -> float:
    """How wide a text is about, in heights of its letters: an ideograph is one, and programs set a quarter of it between
    ideographs and digits."""
    return sum(1.0 if ord(char) > 0x2E7F else 0.56 for char in text) + 0.25 * len(_BETWEEN.findall(text))


def widest(texts: Iterable[str]) -> float:
    return max(map(width, texts), default=0.0)
