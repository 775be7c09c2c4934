"""What of a closed period exists only now, and the words that say of which day it is.

In a signed month every figure is as of the month's last day; registers, cases and deliveries know only their present
state, so it stands apart with its own day.
"""

from __future__ import annotations

from datetime import date

from dashboard.components.parts import Child
from dashboard.site.reading import LIVE, Reading
from dashboard.words import display
from dashboard.words.wording import _, between, bracketed
from data_access.books.indicators import IndicatorRow, month_period
from data_access.books.live import ONLY_NOW
from data_access.books.snapshot import Snapshot
from rules.calendar import month_end
from rules.indicators import INDICATORS
from rules.month import Month
from workflows.gap.register import overdue_on


def only_now(reading: Reading, code: str) -> bool:
    """Whether an indicator of the closed month looked at is known only as it is now."""
    return not reading.snapshot.live and code in ONLY_NOW


def live_mark(reading: Reading, day: date | None = None) -> str:
    """实时 · 11月26日 for what is told as of now beside a closed month; "" where everything is as of now."""
    if reading.scheme.kind != "ledger" or reading.snapshot.live:
        return ""
    return _("实时 · {day}", day=display.short_day(day or reading.today))


def marked(reading: Reading) -> list[Child]:
    """The mark in brackets, after a sentence."""
    mark = live_mark(reading)
    return [bracketed(mark)] if mark else []


def noted(reading: Reading, note: str = "") -> str:
    """A section's note with the mark after it."""
    return " · ".join(text for text in (note, live_mark(reading)) if text)


def until(reading: Reading) -> str:
    """The end of what is shown: 10月末, of another year 2025年12月末, of the running month its day 11月20日."""
    snapshot = reading.snapshot
    if snapshot.month is None or (snapshot.live and snapshot.month >= Month.of(snapshot.day)):
        return display.short_day(snapshot.day)
    return _("{month}末", month=month_words(reading, snapshot.month))


def month_words(reading: Reading, month: int) -> str:
    """10月, of another year than the running one 2025年10月."""
    return display.short_month(month) if Month(month).year == reading.today.year else display.month_name(month)


def of_another_year(reading: Reading) -> list[Child]:
    """2025年， before a sentence about a year that is over; nothing in the running one."""
    year = reading.snapshot.year
    return [] if year == reading.today.year else [_("{year}年，", year=year)]


def live_day(reading: Reading) -> date:
    """The day of the newest version's figures."""
    return reading.published.snapshot(reading.scheme.code, LIVE).day


def period_words(reading: Reading, code: str = "") -> str:
    """2026年10月 已定稿, or for an indicator that only exists now 实时 · 11月26日."""
    if only_now(reading, code):
        return live_mark(reading, live_day(reading))
    snapshot = reading.snapshot
    state = _("实时") if snapshot.live else _("已定稿")
    return f"{display.month_name(snapshot.month)} {state}" if snapshot.month else state


def file_period(reading: Reading, snapshot: Snapshot, *, of_now: bool) -> str:
    """The period of a file's rows: 2026年10月已定稿, or of what stands now 实时 · 11月26日."""
    if of_now or not snapshot.month:
        return _("实时 · {day}", day=display.short_day(reading.today))
    state = _("实时") if snapshot.live else _("已定稿")
    return f"{display.month_name(snapshot.month)}{between()}{state}"


def of_year(reading: Reading, year: int) -> str:
    """The period of a register's rows: the year they are kept for, as they stand today."""
    return _("{year}年 · 实时 {day}", year=year, day=display.short_day(reading.today))


def rows(reading: Reading, code: str, month: int | None = None) -> tuple[IndicatorRow, ...]:
    """An indicator's values of a month (None: the one looked at), a live one's as of that month's end.

    What only exists now is the newest version's.
    """
    snapshot = reading.snapshot
    if INDICATORS[code].period != "live":
        return snapshot.rows(code, snapshot.month if month is None else month)
    if snapshot.live or snapshot.month is None:
        return snapshot.rows(code, None)
    if code in ONLY_NOW:
        return reading.published.snapshot(reading.scheme.code, LIVE).rows(code, None)
    if code == "gap_overdue":
        last, version = month_end(snapshot.month), snapshot.version.id
        found = reading.ask(overdue_on, reading.scheme.code, reading.tree, last)
        period = month_period(snapshot.month)
        return tuple(IndicatorRow(code, period, region, "", version, value) for region, value in found)
    return reading.published.at_month_end(snapshot, code)
