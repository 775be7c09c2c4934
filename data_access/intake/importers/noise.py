"""Amounts in yuan that a program wrote with the noise of its floating point: 8559999999.999999 for 8560000000.00."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_access.intake.importers.delivery import plain_header
from data_access.intake.importers.sheet import Ints
from rules.money import settled

NOISY = r"^\s*-?[0-9]+\.[0-9]*(00000|99999)[0-9]*\s*$"
YUAN = ("元", "yuan")
SHOWN = 20


def without_noise(
    texts: Mapping[str, pa.StringArray], lines: Ints
) -> tuple[dict[str, pa.StringArray], tuple[dict[str, Any], ...]]:
    """The columns with such amounts read to the fen, and a note that says in which lines."""
    found: dict[str, pa.StringArray] = dict(texts)
    rounded: set[int] = set()
    for code, column in texts.items():
        if code.endswith("_yuan") or (code == "value" and "unit" in texts):
            places = _noisy_places(column)
            cells = column.to_pylist() if places else []
            for at in places:
                fen = _to_fen(cells[at])
                if fen is not None and (code != "value" or plain_header(texts["unit"][at].as_py()) in YUAN):
                    cells[at] = fen
                    rounded.add(int(lines[at]))
            if places:
                found[code] = pa.array(cells, pa.string())
    shown = sorted(rounded)
    return found, ({"note": "rounded_numbers", "count": len(shown), "lines": shown[:SHOWN]},) if shown else ()


def _noisy_places(column: pa.StringArray) -> list[int]:
    noisy = pc.match_substring_regex(column, NOISY)
    return [int(at) for at in np.flatnonzero(noisy.to_numpy(zero_copy_only=False))]


def _to_fen(text: str) -> str | None:
    """The amount to the fen; None where its digits are more than noise."""
    value = Decimal(text.strip())
    fen = settled(value, 2)
    return str(fen) if fen != value else None
