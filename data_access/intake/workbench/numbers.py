"""What a cell of a table says as a number, with every form in which people write one; what is not plain is named.

A form other than plain digits is a guess that the reader sees and agrees to, or that the mapping declares; a decimal
comma is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from data_access.intake.workbench.units import is_unit

Form = Literal[
    "full_width",
    "minus_sign",
    "parentheses",
    "trailing_minus",
    "currency",
    "unit",
    "blanks",
    "apostrophe",
    "note_mark",
    "percent",
]
NIL = re.compile(r"[-–—―─]{1,3}|[.…]{2,6}|…{1,2}|/|无|n/?a|x", re.IGNORECASE)
NOTE_MARK = re.compile(r"[①-⑳⓪*†‡§#]+$|[\[［(（]\s*(?:注|[a-z])?\s*[0-9]?\s*[\]］)）]$|[¹²³⁴-⁹]+$")
MINUS = "−–△▲"
PLAIN = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?")


@dataclass(frozen=True, slots=True)
class Said:
    """``number`` None: the cell says that there is no value, if ``nil``, or nothing that can be read. ``unit``: its own;
    ``note``: a mark beside the number; ``forms``: how it is written other than plainly."""

    number: Decimal | None = None
    nil: bool = False
    unit: str | None = None
    note: str = ""
    forms: tuple[Form, ...] = ()


def read_number(text: str, *, decimal_comma: bool = False) -> Said:
    """The number that a cell says. ``decimal_comma``: declared for this table; then dots part thousands."""
    bare = text.strip()
    if not bare or NIL.fullmatch(unicodedata.normalize("NFKC", bare)) or NIL.fullmatch(bare):
        return Said(nil=True)
    forms: list[Form] = []
    bare, note = _without_note(bare, forms)
    narrow = unicodedata.normalize("NFKC", bare)
    if narrow != bare and any(ord(sign) > 0xFF00 for sign in bare):
        forms.append("full_width")
    bare = narrow
    if bare.startswith("'"):
        forms.append("apostrophe")
        bare = bare[1:]
    bare, sign = _sign(bare.strip(), forms)
    if bare[:1] in ("¥", "￥", "$"):
        forms.append("currency")
        bare = bare[1:].strip()
    bare, unit = _unit(bare, forms)
    if re.fullmatch(r"[0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3})+(?:[.,][0-9]*)?", bare):
        forms.append("blanks")
        bare = re.sub(r"[ \u00a0\u2009\u202f]", "", bare)
    if decimal_comma:
        bare = bare.replace(".", "").replace(",", ".") if re.fullmatch(r"[0-9.]+(?:,[0-9]*)?", bare) else ""
    if not PLAIN.fullmatch(bare):
        return Said()
    return Said(sign * Decimal(bare.replace(",", "")), False, unit, note, tuple(dict.fromkeys(forms)))


def _without_note(text: str, forms: list[Form]) -> tuple[str, str]:
    match = NOTE_MARK.search(text)
    # A bracket around the whole is a sign, not a note.
    if match is None or not any(sign.isdigit() for sign in text[: match.start()]):
        return text, ""
    forms.append("note_mark")
    return text[: match.start()].strip(), match.group()


def _sign(text: str, forms: list[Form]) -> tuple[str, int]:
    if re.fullmatch(r"\(\s*[^()]+\s*\)", text):
        forms.append("parentheses")
        return text[1:-1].strip(), -1
    if text[:1] and text[0] in MINUS:
        forms.append("minus_sign")
        return text[1:].strip(), -1
    if text.endswith("-") and text[:-1].strip():
        forms.append("trailing_minus")
        return text[:-1].strip(), -1
    return text, 1


def _unit(text: str, forms: list[Form]) -> tuple[str, str | None]:
    match = re.fullmatch(r"([-+]?[0-9][0-9,. ]*)\s*([^0-9.,\s].*)", text)
    if match is None or not is_unit(match[2]):
        return text, None
    forms.append("percent" if match[2] == "%" else "unit")
    return match[1].strip(), match[2]
