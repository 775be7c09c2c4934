"""What the reader sees of the register of problems: those of the region looked at and below, and what the filters leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.pages.issues.words import late_days
from dashboard.site.reading import Reading
from dashboard.words.wording import N_
from rules.indicators import INDICATORS
from rules.violations import ORIGINS, SIDES
from workflows.issues.register import Issue, load_violations, violation
from workflows.thresholds.register import ACT
from workflows.warnings.standing import Standing, standing_subjects

# The switch of the list, by its code in the address.
SHOWN = {
    "": N_("在办"),
    "lead": N_("线索"),
    "verified": N_("已核实"),
    "mending": N_("整改中"),
    "overdue": N_("超过期限"),
    "asked": N_("待同意销号"),
    "closed": N_("已销号"),
}


@dataclass(frozen=True, slots=True)
class Sums:
    """Of some problems: how many, and fen that they concern, that are to come back, and that came back."""

    count: int
    amount_fen: int
    to_recover_fen: int
    recovered_fen: int


def sums(found: Sequence[Issue]) -> Sums:
    return Sums(
        len(found),
        sum(one.amount_fen for one in found),
        sum(one.to_recover_fen for one in found),
        sum(one.recovered_fen for one in found),
    )


def listed(reading: Reading) -> list[Issue]:
    """Every problem of the region looked at and below, as far as the reader may see it."""
    found = reading.ask(load_violations, reading.scheme.code)
    return [one for one in found if _within(reading, one.region)]


def live_warnings(reading: Reading) -> list[Standing]:
    """What stands at a level and must be worked, of the region looked at and below."""
    found = reading.ask(standing_subjects, reading.scheme.code)
    return [
        one
        for one in found
        if one.standing == ACT and INDICATORS[one.subject.indicator].side and _within(reading, one.subject.region)
    ]


def _within(reading: Reading, region: str) -> bool:
    tree = reading.tree
    return region in tree and reading.scope.covers(tree, region) and reading.region in tree.path(region)


def subject(reading: Reading) -> Issue | None:
    """The problem of the address; None where there is none or the reader may not see it."""
    found = reading.ask(violation, reading.scheme.code, reading.view.subject.upper())
    if found is None or not reading.scope.covers(reading.tree, found.region):
        return None
    return found


def belongs(reading: Reading, one: Issue, shown: str) -> bool:
    """Whether a problem is in one part of the switch."""
    if shown == "overdue":
        return late_days(one, reading.today) > 0
    if shown == "asked":
        return one.asked_to_close is not None
    return one.state == shown if shown else one.open


def shown(reading: Reading) -> str:
    return reading.view.show if reading.view.show in SHOWN else ""


def chosen(reading: Reading, every: Sequence[Issue]) -> list[Issue]:
    """Those that the view's filters leave: state, side, origin; the newest first unless sorted otherwise."""
    view = reading.view
    found = [one for one in every if belongs(reading, one, shown(reading))]
    if view.measure in SIDES:
        found = [one for one in found if one.side == view.measure]
    if view.span in ORIGINS:
        found = [one for one in found if one.origin == view.span]
    if view.sort == "amount":
        found.sort(key=lambda one: -one.amount_fen)
    elif view.sort == "due":
        found.sort(key=lambda one: (one.due_on is None, one.due_on or one.found_on))
    return found
