"""What a cell of a table says as a number, with every form in which people write one; what is not plain is named.

A form other than plain digits is a guess that the reader sees and agrees to, or that the mapping declares; what could be
two numbers is none: a decimal comma is never guessed, nor is a sign that is written twice. The forms are those of the
strict door, which refuses them by the same names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from data_access.intake.importers.numbers import BEHIND, MARK, MISSING, PLAIN
from data_access.intake.workbench.units import is_unit

# Beside the forms of the strict door: "note_mark" and "percent".
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_NOTE_BEHIND = re.compile(rf"(.*[0-9０-９)）%％㐀-鿿])\s*({BEHIND})", re.DOTALL)
_NOTE_BEFORE = re.compile(rf"({MARK})\s*(.*[0-9０-９].*)", re.DOTALL)
_APOSTROPHES = "'‘’`´"
_MINUS = "‐‑‒–—―−﹣ー─"
_TRIANGLES = "△▲▽▼Δ∆"
_BLANK = "[ \t\u00a0\u2009\u202f'’]"
_SIGNS = {
    "CNY": r"[¥￥]|RMB|CNY|人民币",
    "USD": r"US\$|[$＄]|USD",
    "JPY": r"[¥￥]|JPY",
    "EUR": r"€|EUR",
}
# 48兆0114億円, 3亿4500万元: each part in the unit it names.
_PARTS = re.compile(r"(?:([0-9]+)[兆])?(?:([0-9]+)[亿億])?(?:([0-9]+)[万萬])?([元円]?)")
_SCALES = ("兆", "亿", "万")
_SIMPLE = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")


@dataclass(frozen=True, slots=True)
class Said:
    """``number`` None: the cell says that there is no value, if ``nil``, or nothing that can be read. ``unit``: its own;
    ``note``: a mark beside the number; ``forms``: how it is written other than plainly."""

    number: Decimal | None = None
    nil: bool = False
    unit: str | None = None
    note: str = ""
    forms: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def read_number(text: str, *, decimal_comma: bool = False, currency: str = "CNY") -> Said:
    """The number that a cell says. ``decimal_comma``: declared for this table; then dots part thousands. ``currency``: that
    of the table, whose sign may stand beside an amount."""
    bare = text.strip()
    if not decimal_comma and _SIMPLE.fullmatch(bare):
        return Said(Decimal(bare))  # as most are: nothing else can be meant
    if not bare or MISSING.fullmatch(bare.translate(_NARROW)) or MISSING.fullmatch(bare):
        return Said(nil=True)
    forms: list[str] = []
    bare, note = _without_note(bare, forms)
    if (narrow := bare.translate(_NARROW)) != bare:
        forms.append("full_width")
    bare = narrow
    if bare[:1] in _APOSTROPHES:
        forms.append("apostrophe")
        bare = bare[1:].strip()
    bare, sign = _sign(bare.strip(), forms)
    bare = _without_currency(bare, forms, _SIGNS.get(currency, _SIGNS["CNY"]))
    bare, unit = _in_parts(bare, forms) or _unit(bare, forms)
    if not sign:
        bare, sign = _plain_sign(bare)
    if re.fullmatch(rf"[0-9]{{1,3}}(?:{_BLANK}[0-9]{{3}})+(?:[.,][0-9]*)?", bare):
        forms.append("space")
        bare = re.sub(_BLANK, "", bare)
    if decimal_comma:
        bare = _from_decimal_comma(bare)
    elif _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not PLAIN.fullmatch(bare) or bare[0] in "+-":
        return Said()
    return Said((sign or 1) * Decimal(bare), False, unit, note, tuple(dict.fromkeys(forms)))


def _from_decimal_comma(text: str) -> str:
    """1.234.567,8 with a dot; "" where the dots part no thousands."""
    return text.replace(".", "").replace(",", ".") if re.fullmatch(DECIMAL_COMMA, text) else ""


DECIMAL_COMMA = r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]*)?"


def _without_note(text: str, forms: list[str]) -> tuple[str, str]:
    for pattern, number, note in ((_NOTE_BEHIND, 1, 2), (_NOTE_BEFORE, 2, 1)):
        match = pattern.fullmatch(text)
        if match is not None and re.search("[0-9０-９]", match[number]):
            forms.append("note_mark")
            return match[number].strip(), match[note]
    return text, ""


def _sign(text: str, forms: list[str]) -> tuple[str, int]:
    """The number without a sign that is not plain, and what it makes of it; 0 where there is none."""
    if re.fullmatch(r"\(\s*[^()]+\s*\)", text):
        forms.append("parentheses")
        return text[1:-1].strip(), -1
    for form, signs in (("minus", _MINUS), ("triangle", _TRIANGLES)):
        if text[:1] and text[0] in signs:
            forms.append(form)
            return text[1:].strip(), -1
    if text[-1:] in ("-", *_MINUS) and text[:-1].strip():
        forms.append("trailing_minus")
        return text[:-1].strip(), -1
    return text, 0


def _plain_sign(text: str) -> tuple[str, int]:
    return (text[1:].strip(), -1 if text[0] == "-" else 1) if text[:1] in ("+", "-") else (text, 0)


def _without_currency(text: str, forms: list[str], signs: str) -> str:
    """Without the sign of the table's currency; that of another one makes it another amount and stays."""
    match = re.fullmatch(rf"([-+]?)\s*(?:{signs})\s*([-+]?)(.*)", text, re.IGNORECASE)
    if match and not (match[1] and match[2]):
        forms.append("currency")
        return f"{match[1]}{match[2]}{match[3].strip()}"
    behind = re.fullmatch(rf"(.*[0-9])\s*(?:{signs})", text, re.IGNORECASE)
    if behind:
        forms.append("currency")
        return behind[1].strip()
    return text


def _in_parts(text: str, forms: list[str]) -> tuple[str, str] | None:
    """An amount in several units as the number of its smallest; None where it is none, or a part has more than belongs
    to it."""
    match = _PARTS.fullmatch(text)
    named = [(part, scale) for part, scale in zip(match.groups(), _SCALES, strict=False) if part] if match else []
    if match is None or len(named) < 2 or any(len(part) > 4 for part, _scale in named[1:]):
        return None
    if match[1] and match[4] != "円":
        return None  # 兆 is 10⁶ or 10¹²
    places = [_SCALES.index(scale) for _part, scale in named]
    number = sum(int(part) * 10 ** (4 * (places[-1] - place)) for (part, _), place in zip(named, places, strict=True))
    forms.append("unit")
    return str(number), re.split("[0-9]", text)[-1]


def _unit(text: str, forms: list[str]) -> tuple[str, str | None]:
    match = re.fullmatch(r"([-+]?[0-9][0-9,. ]*)\s*([^0-9.,\s].*)", text)
    if match is None or not is_unit(match[2]):
        return text, None
    forms.append("percent" if match[2] == "%" else "unit")
    return match[1].strip(), match[2]
