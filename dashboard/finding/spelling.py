"""How a Chinese name is typed without its characters: its pinyin and the initials of that."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

MOST = 8  # spellings of a name whose characters have several
_HAN = re.compile(r"[\u4e00-\u9fff]+")


# Names are the same for every reader and hardly change.
@lru_cache(maxsize=8192)
def spelled(text: str) -> str:
    """``lianyungang lyg``: the Chinese of a text in pinyin, then its initials, in every reading of a character that has
    several, as far as they are few; "" where a text has no Chinese."""
    han = "".join(_HAN.findall(text))
    if not han:
        return ""
    readings = _readings(han)
    ways = list(product(*readings))[:MOST] if sum(len(one) > 1 for one in readings) <= 3 else [[r[0] for r in readings]]
    words = ["".join(way) for way in ways] + ["".join(one[0] for one in way) for way in ways]
    return " ".join(dict.fromkeys(words))


def _readings(han: str) -> Sequence[Sequence[str]]:
    # Its book of phrases takes 45 MB in every worker and a second; for names the characters alone do.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    found: list[list[str]] = pinyin(han, style=Style.NORMAL, heteronym=True)
    return found
