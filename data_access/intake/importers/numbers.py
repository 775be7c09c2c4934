"""One number as text → its exact value, or the form in which it is written: what is readable to people is not guessed at.

Taken as they stand: plain digits with a dot, a sign, and thousands grouped by commas. Everything else is refused by name.
"""

from __future__ import annotations

import re
import unicodedata

from data_access.intake.importers.reasons import Unacceptable

MAX_FEN = 10**15  # 10 万亿元: more than any fund holds
PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
# "-", "—", "--", "…", "..", "/", 无, n/a: no number was given, which is not zero.
MISSING = re.compile(r"[-‐-―−－﹣ー─_]+|[.。…·]+|/+|\\|[x×]|无|空|暂无|缺|n/?a|n\.a\.|nil|null|none", re.IGNORECASE)
# What stands behind or before a figure and speaks of a note.
MARK = r"[①-⓿❶-➓㊀-㊉*＊†‡§#²³¹⁰-⁹]+|\[[^\[\]]{1,4}\]|［[^［］]{1,4}］|〔[^〔〕]{1,4}〕"
BEHIND = rf"{MARK}|[(（][0-9]{{1,2}}[)）]|注[0-9]?"
NOTE_MARK = re.compile(rf"[-+]?[0-9][0-9.,]*\s*({BEHIND})|({MARK})\s*[-+]?[0-9.,]+")
# In the order in which they are looked for.
FORMS: dict[str, str] = {
    "parentheses": r"[(（].*[0-9０-９].*[)）]",
    "triangle": r"[△▲▽▼Δ∆].*[0-9０-９].*",
    "apostrophe": r"['‘’`´＇].*[0-9].*",
    "currency": r"[-+]?\s*([¥￥$＄€£₩]|RMB|CNY|人民币)\s*[-+]?[0-9０-９].*|[-+]?[0-9０-９.,，]+\s*([¥￥$＄€£₩]|RMB|CNY)",
    "full_width": r"(?=.*[０-９．，])[-+－＋]?[0-9０-９][0-9０-９.．,，]*",
    "minus": r"[‐-―−－﹣ー─]\s*[0-9].*",
    "trailing_minus": r"[0-9][0-9.,]*\s*[-‐-―−－]",
    "unit": r"[-+]?[0-9][0-9.,]*\s*([㐀-鿿]|yuan|rmb|cny|wan|yi|million|billion|bn|persons).*",
    "space": r"[-+]?\s*[0-9][0-9.,]*([\s'’][0-9.,]+)+|[-+]\s+[0-9.,]+",
    "dots": r"[-+]?[0-9]+(\.[0-9]+){2,}",
    "decimal_comma": r"[-+]?[0-9.]*,[0-9]+|[-+]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+",
    "grouping": r"[-+]?[0-9][0-9,.]*",
}
_FORMS = {form: re.compile(pattern, re.IGNORECASE) for form, pattern in FORMS.items()}


def plain_number(text: str) -> str:
    """The number with sign and dot as ``-1234.56``. Raises Unacceptable, naming the form it is written in."""
    if PLAIN.fullmatch(text):
        return text.removeprefix("+")
    if GROUPED.fullmatch(text):
        return text.replace(",", "").removeprefix("+")
    raise _unread(text)


def _unread(text: str) -> Unacceptable:
    if MISSING.fullmatch(text):
        return Unacceptable("amount_missing")
    if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+", text):
        return Unacceptable("exponent")
    if re.fullmatch(r"[-+−]?[0-9０-９.,]+\s*[%％‰]", text):
        return Unacceptable("percent_sign")
    mark = NOTE_MARK.fullmatch(text)
    if mark:
        return Unacceptable("note_mark", mark=mark[1] or mark[2])
    form = next((form for form, pattern in _FORMS.items() if pattern.fullmatch(text)), None)
    return Unacceptable("not_a_number") if form is None else Unacceptable("number_form", form=form)


def refuse_full_width(text: str) -> None:
    """Digits that look like others: in codes, dates and whole numbers."""
    narrow = unicodedata.normalize("NFKC", text)
    if narrow != text and re.search(r"[0-9]", narrow) and not NOTE_MARK.fullmatch(text):
        raise Unacceptable("number_form", form="full_width")


def read_fen(text: str) -> int:
    """A whole number of fen."""
    number = plain_number(text)
    if "." in number:
        raise Unacceptable("decimals_in_fen")
    return _bounded(int(number))


def read_yuan(text: str) -> int:
    """An amount in yuan with at most two decimals that count, as exact fen."""
    sign, whole, fraction = re.fullmatch(r"(-?)([0-9]+)\.?([0-9]*)", plain_number(text)).groups()  # type: ignore[union-attr]
    fraction = fraction.rstrip("0")
    if len(fraction) > 2:
        raise Unacceptable("too_many_decimals", places=2)
    fen = int(whole) * 100 + int(fraction.ljust(2, "0"))
    return _bounded(-fen if sign else fen)


def _bounded(fen: int) -> int:
    if abs(fen) > MAX_FEN:
        raise Unacceptable("amount_too_large", limit_yuan=MAX_FEN // 100)
    return fen


def read_decimal(text: str) -> str:
    """A decimal, kept as it is written but for a plus and the commas between thousands."""
    number = plain_number(text)
    if not re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", number):
        raise Unacceptable("not_a_number")
    return number


def read_whole(text: str, bounds: tuple[int, int] | None) -> int:
    """A whole number within bounds; ``2016.0``, as a spreadsheet writes it, is one too."""
    refuse_full_width(text)
    number = re.sub(r"\.0+$", "", plain_number(text))
    if not re.fullmatch(r"-?[0-9]{1,10}", number):
        raise Unacceptable("not_a_whole_number")
    value = int(number)
    if bounds and not bounds[0] <= value <= bounds[1]:
        raise Unacceptable("out_of_bounds", low=bounds[0], high=bounds[1])
    return value
