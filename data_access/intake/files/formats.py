"""What a number in a workbook is shown as: the number formats that change its meaning, and its text under them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from data_access.intake.files.book import Kind


class Shown(Enum):
    """The kinds of number formats."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    SCALED = "scaled"


# Numbers of built-in formats, those of Chinese, Japanese and Korean editions among them (27–36, 50–58 are dates).
PERCENTS = frozenset((9, 10))
DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', re.I)
PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?\Z")
SIGNIFICANT = 15
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
LAST_SERIAL = 2_958_465  # 9999-12-31
NO_SUCH_DAY = 60  # spreadsheets count a 29 February 1900


def built_in(number: int) -> Shown:
    """What a built-in format shows."""
    return Shown.PERCENT if number in PERCENTS else Shown.DATE if number in DATES else Shown.NUMBER


def custom(code: str) -> Shown:
    """What a format code shows: by its first section, without literal text and colours."""
    bare = ASIDE.sub("", code).split(";")[0]
    if bare.strip().lower() in ("", "general", "@"):
        return Shown.NUMBER
    if "%" in bare:
        return Shown.PERCENT
    if re.search(r"[ymdhse]|aaa|\[", bare, re.I) and not re.search(r"[0#?]", re.sub(r"\.0+", "", bare)):
        return Shown.DATE
    if re.search(r"[0#?],+(?![0#?,])", bare) or "0!.0" in code:
        return Shown.SCALED
    return Shown.NUMBER


def number_text(stored: str) -> tuple[str, Kind]:
    """A stored number with the 15 digits that count, and whether it had more. Raises ValueError where it is none."""
    if PLAIN.match(stored) and len(stored) <= SIGNIFICANT:
        return stored, Kind.NUMBER
    value = float(stored)
    text = f"{value:.{SIGNIFICANT}g}"
    digits = re.sub(r"[eE].*|[-+.]", "", stored).strip("0")
    return text, Kind.NOISY if len(digits) > SIGNIFICANT else Kind.NUMBER


def shown_text(stored: str, shown: Shown, first_day: date) -> tuple[str, Kind]:
    """The text and kind of a stored number under its format; ``first_day``: where the workbook counts days from."""
    text, kind = number_text(stored)
    if shown is Shown.NUMBER:
        return text, kind
    if shown is Shown.PERCENT:
        percent = (Decimal(text) * 100).normalize()
        return f"{percent:f}%", Kind.PERCENT
    if shown is Shown.SCALED:
        return text, Kind.SCALED
    moment = _moment(float(stored), first_day)
    return (text, kind) if moment is None else (moment, Kind.DATE)


def _moment(serial: float, first_day: date) -> str | None:
    """The day, instant or time of day that a serial number means; None where there is no such day."""
    if not 0 <= serial <= LAST_SERIAL or (first_day == EPOCH and int(serial) == NO_SUCH_DAY):
        return None
    seconds = round(serial % 1 * 86_400)
    if serial < 1:
        return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if first_day == EPOCH and serial < NO_SUCH_DAY:
        serial += 1
    at = datetime(first_day.year, first_day.month, first_day.day) + timedelta(days=int(serial), seconds=seconds)  # noqa: DTZ001 - a workbook knows no zones
    return at.isoformat(sep=" ").removesuffix(" 00:00:00")
