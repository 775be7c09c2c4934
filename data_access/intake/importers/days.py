"""One day or instant as text → its value; what could be two days, or no day at all, is refused by name."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from data_access.intake.importers.numbers import refuse_full_width
from data_access.intake.importers.reasons import Unacceptable
from rules.month import SHANGHAI

CLOCK = r"(?:[ T]+(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?)?"
DAY = re.compile(
    rf"([0-9]{{4}})(?:([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}})|\s*年\s*([0-9]{{1,2}})\s*月\s*([0-9]{{1,2}})\s*日){CLOCK}"
)
MONTH_ALONE = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])|[0-9]{4}[-/.][0-9]{1,2}|[0-9]{4}\s*年\s*[0-9]{1,2}\s*月")
DAY_FIRST = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}}){CLOCK}")
SERIAL = re.compile(r"[2-7][0-9]{4}(\.[0-9]+)?")
SPREADSHEET_ZERO = date(1899, 12, 30)
EXPECTED = "YYYY-MM-DD"


def read_date(text: str) -> date:
    """A day as 2026-10-09, 2026/10/9, 2026.10.9, 20261009 or 2026年10月9日; a time of day after it is dropped."""
    refuse_full_width(text)
    match = DAY.fullmatch(text)
    parts = [part for part in match.group(1, 3, 4, 5, 6) if part] if match else []
    if re.fullmatch(r"[0-9]{8}", text):
        parts = [text[:4], text[4:6], text[6:]]
    if not parts:
        raise _unread(text)
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError as problem:
        raise Unacceptable("no_such_date") from problem


def _unread(text: str) -> Unacceptable:
    if MONTH_ALONE.fullmatch(text):
        return Unacceptable("day_missing", expected=EXPECTED)
    if DAY_FIRST.fullmatch(text):
        return Unacceptable("day_first", expected=EXPECTED)
    if SERIAL.fullmatch(text):
        return Unacceptable("day_number", day=serial_day(text).isoformat())
    return Unacceptable("bad_date", expected=EXPECTED)


def serial_day(text: str) -> date:
    """The day that a spreadsheet keeps as a number of five digits."""
    return SPREADSHEET_ZERO + timedelta(int(text.partition(".")[0]))


def day_first(text: str) -> date | None:
    """A day written day, month, year; None where there is no such day or its year has two digits."""
    match = DAY_FIRST.fullmatch(text)
    if match is None or len(match[4]) != 4:
        return None
    try:
        return date(int(match[4]), int(match[3]), int(match[1]))
    except ValueError:
        return None


def read_instant(text: str, now: datetime) -> datetime:
    """An instant as 2026-10-09T16:30:00+08:00; without a zone it is Beijing time. Returned as naive UTC."""
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}", text):
        raise Unacceptable("bad_instant", expected="YYYY-MM-DDTHH:MM:SS+08:00")
    try:
        instant = datetime.fromisoformat(text)
        aware = instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)
        utc = aware.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as problem:
        raise Unacceptable("bad_instant", expected="YYYY-MM-DDTHH:MM:SS+08:00") from problem
    if utc > latest_instant(now):
        raise Unacceptable("in_future", latest=now.astimezone(SHANGHAI).isoformat(timespec="minutes"))
    return utc


def latest_instant(now: datetime) -> datetime:
    """Clocks of two systems differ; a day apart is not a difference of clocks any more."""
    return now.astimezone(UTC).replace(tzinfo=None) + timedelta(days=1)


def read_year(text: str, bounds: tuple[int, int]) -> int:
    """A year as 2016 or 2016年."""
    refuse_full_width(text)
    if re.fullmatch(r"[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*月?", text):
        # 2016-17 is a year that begins in one and ends in the next, 2016-03 a month.
        month = int(re.sub(r"[0-9]{4}\s*[-/.年]\s*", "", text).rstrip("月 "))
        raise Unacceptable("month_in_yearly_table" if 1 <= month <= 12 else "bad_year")
    match = re.fullmatch(r"([0-9]{4})(\.0+|\s*年度?)?", text)
    if not match:
        raise Unacceptable("bad_year")
    year = int(match[1])
    if not bounds[0] <= year <= bounds[1]:
        raise Unacceptable("out_of_bounds", low=bounds[0], high=bounds[1])
    return year
