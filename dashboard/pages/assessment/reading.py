"""What the pages of 考核评估 read: the scores of the year looked at, what they are compared with, entries, signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dashboard.site.reading import Reading
from rules import assessment, in_force
from rules.assessment import Area, Indicator
from rules.calendar import month_end
from rules.errors import NotAllowed
from rules.indicators import INDICATORS
from rules.month import Month
from workflows.assessment.register import (
    DECEMBER,
    Confirmation,
    Entry,
    Scored,
    confirmed_at,
    load_confirmations,
    load_confirmed,
    load_entries,
    load_scores,
    scored_months,
)

AREAS = "assessment_areas"
BANDS = "assessment_bands"
LAST_YEAR = "year"


@dataclass(frozen=True, slots=True)
class Assessed:
    """One month's scores, or a year's: ``scores`` are those signed once the year is confirmed, ``now`` as recomputed.

    ``before`` are the scores of the month before, ``year_ago`` those confirmed for the year before.
    """

    month: int
    areas: tuple[Area, ...]
    scores: Mapping[str, Scored]
    now: Mapping[str, Scored]
    before: Mapping[str, Scored]
    year_ago: Mapping[str, Scored]
    entries: Mapping[tuple[str, str], tuple[Entry, ...]]
    confirmations: tuple[Confirmation, ...]
    confirmed: bool
    bands: Sequence[Mapping[str, object]]

    @property
    def year(self) -> int:
        return Month(self.month).year

    @property
    def year_over(self) -> bool:
        """Whether the scores are the whole year's, so that they can be confirmed."""
        return Month(self.month).number == DECEMBER

    @property
    def ranked(self) -> list[Scored]:
        """Best first; equals by code; those without a score last."""
        return sorted(self.scores.values(), key=lambda one: (one.place is None, one.place or 0, one.region))

    @property
    def known(self) -> list[Decimal]:
        return sorted(one.scaled for one in self.scores.values() if one.scaled is not None)

    @property
    def mean(self) -> Fraction | None:
        return Fraction(sum(self.known)) / len(self.known) if self.known else None

    @property
    def median(self) -> Fraction | None:
        known = self.known
        if not known:
            return None
        half = len(known) // 2
        return Fraction(known[half]) if len(known) % 2 else Fraction(known[half - 1] + known[half]) / 2

    def later(self, region: str) -> Decimal | None:
        """How the recomputed score of a confirmed year differs; None where it does not."""
        signed, now = self.scores[region].scaled, self.now[region].scaled if region in self.now else None
        return now - signed if self.confirmed and signed is not None and now is not None and now != signed else None

    def entry(self, region: str, indicator: str) -> Entry | None:
        """What was entered last, where it stands."""
        given = self.entries.get((region, indicator), ())
        return given[-1] if given and given[-1].value is not None else None


def assessed(reading: Reading) -> Assessed | None:
    """The scores the view asks for; None where nothing is scored yet."""
    if AREAS not in reading.scheme.parameters or reading.snapshot.month is None:
        return None
    code = reading.scheme.code
    version = int(reading.view.version) if reading.view.version.isdigit() else None
    month = _month(reading, reading.ask(scored_months, code))
    if month is None:
        return None
    confirmations = reading.ask(load_confirmations, code, Month(month).year) if Month(month).number == DECEMBER else ()
    signed = confirmed_at(confirmations)
    now = reading.ask(load_scores, code, month, version)
    known = tuple(earlier for earlier in reading.ask(scored_months, code) if earlier < month)
    return Assessed(
        month,
        areas_of(reading, month),
        now if signed is None else reading.ask(load_scores, code, month, signed),
        now,
        reading.ask(load_scores, code, known[-1], version) if known else {},
        reading.ask(load_confirmed, code, Month(month).year - 1),
        reading.ask(load_entries, code, Month(month).year),
        confirmations,
        signed is not None,
        _bands(reading, month),
    )


def _month(reading: Reading, known: Sequence[int]) -> int | None:
    """The newest scored month up to the one looked at; for last year its December."""
    shown = reading.snapshot.month
    assert shown is not None
    if reading.view.tab == LAST_YEAR:
        december = Month.at(Month(shown).year - 1, DECEMBER)
        return december if december in known else None
    return max((month for month in known if month <= shown), default=None)


def areas_of(reading: Reading, month: int) -> tuple[Area, ...]:
    """The areas in force at a month's end, with their names."""
    case, _rests_on = in_force.case(assessment.Case, reading.scheme, month_end(month), values={})
    return case.areas


def _bands(reading: Reading, month: int) -> Sequence[Mapping[str, object]]:
    if BANDS not in reading.scheme.parameters:
        return ()
    value = reading.scheme.parameter(BANDS, month_end(month)).value
    assert isinstance(value, list)
    return value


def by_hand(indicator: Indicator) -> bool:
    """Whether an indicator's value is entered by the assessors."""
    return indicator.code not in INDICATORS and not getattr(indicator, "share_of", ())


def unit_of(reading: Reading, found: Assessed) -> str | None:
    """The unit whose sheet is asked for: the address's, else the region looked at; None for all, or where it is not scored.

    Raises NotAllowed for a unit outside the reader's scope.
    """
    if reading.view.subject:
        unit = reading.view.subject.upper()
        if unit not in found.scores or not reading.scope.covers(reading.tree, unit):
            raise NotAllowed(f"no sheet of {unit}", region=reading.scope.region)
        return unit
    if reading.is_province:
        return None
    above = [code for code in reading.tree.path(reading.region) if code in found.scores]
    return above[0] if above and reading.scope.covers(reading.tree, above[0]) else None


def possible_of(scored: Scored, area: Area) -> Decimal:
    """The points of an area that could be scored."""
    got = scored.area(area.code)
    points = {indicator.code: indicator.points for indicator in area.indicators}
    known = [] if got is None else [one.code for one in got.indicators if one.score is not None]
    return sum((points.get(code, Decimal(0)) for code in known), Decimal(0))
