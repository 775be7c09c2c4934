"""按中方案可支撑到2046年: one line of the card 可支付月数, for whom 中长期测算 is open, and the way there."""

from __future__ import annotations

from dataclasses import replace

from dash import html

from dashboard.components.parts import Child
from dashboard.pages.outlook import sentence
from dashboard.pages.outlook.reading import MONTHS, PATH
from dashboard.site.reading import LIVE, Reading
from dashboard.words import display
from data_access.books.indicators import Wanted
from data_access.books.outlook.results import MID
from data_access.books.snapshot import Snapshot
from rules.month import Month
from workflows.people import rights

CODE = "exhaustion_years"


def _asked(reading: Reading) -> tuple[Snapshot, Month] | None:
    """The newest state and the December that its projection starts from; None where there is none to lead to."""
    if not reading.is_province or reading.view.version or not rights.may_open(reading.scope, PATH):
        return None
    live = reading.published.snapshot(reading.scheme.code, LIVE)
    decembers = [Month(close.month) for close in live.closes if Month(close.month).number == MONTHS]
    return (live, max(decembers)) if decembers else None


def wanted(reading: Reading) -> list[Wanted]:
    """What is read for it."""
    asked = _asked(reading)
    return [] if asked is None else [asked[0].wanted(CODE, asked[1])]


def line(reading: Reading) -> list[Child]:
    """The line; nothing before the first projection."""
    asked = _asked(reading)
    if asked is None:
        return []
    live, month = asked
    found = live.values(CODE, month).get(reading.tree.root)
    horizon = None if found is None else found.inputs.get("horizon_years")
    if found is None or horizon is None:
        return []
    left = found.inputs.get("months_left")
    year = None
    if left is not None:
        about = replace(reading.about_now, place=reading.tree.root)
        number = month.year + 1 + (int(left) - 1) // MONTHS
        year = display.printed(about.figure("outlook.exhausted", number, part=MID))
    said = sentence.until(year, month.year + int(horizon))
    return [html.A(said, href=reading.view.page_href(PATH))]
