"""What the pages of 考核评估 read: the scores of the year looked at, what they are compared with, entries, signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from dashboard.pages.warnings.work import open_work_of
from dashboard.site.reading import Reading, minute
from dashboard.site.view import number_in
from dashboard.words import display
from dashboard.words.passport import About, Number, Printed
from dashboard.words.wording import N_, _, name_of
from data_access.books.versions import version
from rules import assessment, in_force
from rules.alerts.threshold import Level
from rules.assessment import Area, Indicator
from rules.calendar import month_end
from rules.errors import NotAllowed
from rules.month import Month
from workflows.assessment.measures import DECEMBER, Measured, known_to, load_measured, local_units
from workflows.assessment.register import (
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
from workflows.assessment.suggestions import COMMENDATIONS, Held, Suggested, held_by, members_of, suggestions
from workflows.cases.register import Case
from workflows.warnings.standing import Standing, standing_subjects

AREAS = "assessment_areas"
BANDS = "assessment_bands"
SHARE = "assessment_commended_share"
LAST_YEAR = "year"
# Warnings that nobody has to work: on trial, or only watched.
STANDINGS = {"trial": N_("试运行"), "watch": N_("关注")}


@dataclass(frozen=True, slots=True)
class Assessed:
    """One month's scores, or a year's: ``scores`` are those signed once the year is confirmed, ``now`` as recomputed.

    ``before`` are the scores of the month before, ``year_ago`` those confirmed for the year before. ``units`` are the
    local governments that are ranked; 省本级 has figures and no place. ``share`` is the most of the units that may be
    commended, None where the profile sets none. ``about`` is what its scores have in common: of the month, as they stand
    now, with what was entered since.
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
    share: Decimal | None
    units: tuple[str, ...]
    about: About

    @property
    def year(self) -> int:
        return Month(self.month).year

    @property
    def year_over(self) -> bool:
        """Whether the scores are the whole year's, so that they can be confirmed."""
        return Month(self.month).number == DECEMBER

    @property
    def ranked(self) -> list[Scored]:
        """The local governments, best first; equals by code; those without a place last."""
        local = [one for one in self.scores.values() if one.region in self.units]
        return sorted(local, key=lambda one: (one.place is None, one.place or 0, one.region))

    @property
    def apart(self) -> list[Scored]:
        """Units with figures that are no local government: 省本级."""
        return [one for one in self.scores.values() if one.region not in self.units]

    @property
    def known(self) -> list[Decimal]:
        """Scores of the units with a place, the lowest first."""
        return sorted(one.score for one in self.ranked if one.place is not None)

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
        signed, now = self.scores[region], self.now.get(region)
        differs = self.confirmed and now is not None and (now.score, now.possible) != (signed.score, signed.possible)
        return now.score - signed.score if now is not None and differs else None

    @property
    def commends(self) -> bool:
        """Whether the profile knows a commendation."""
        return any(band["consequence"] in COMMENDATIONS for band in self.bands)

    def printed(
        self, what: str, value: Number | None, *, part: str = "", place: str | None = None, places: int | None = None
    ) -> Printed:
        """A figure of the scores, printed; in the province's name unless a unit is named."""
        figure = self.about.figure(what, value, part=part, place=self.about.root if place is None else place)
        return display.printed(figure, places=places)

    @property
    def about_year_ago(self) -> About:
        """What the scores confirmed for the year before have in common."""
        return replace(self.about, period=display.period_month(Month.at(self.year - 1, DECEMBER)))

    def indicator(self, code: str) -> Indicator | None:
        return next((one for area in self.areas for one in area.indicators if one.code == code), None)

    def entry(self, region: str, indicator: str) -> Entry | None:
        """What was entered last, where it stands."""
        given = self.entries.get((region, indicator), ())
        return given[-1] if given and given[-1].value is not None else None


def assessed(reading: Reading) -> Assessed | None:
    """The scores the view asks for; None where nothing is scored yet."""
    if AREAS not in reading.scheme.parameters or reading.snapshot.month is None:
        return None
    code = reading.scheme.code
    at_version = number_in(reading.view.version)
    month = _month(reading, reading.ask(scored_months, code))
    if month is None:
        return None
    confirmations = reading.ask(load_confirmations, code, Month(month).year) if Month(month).number == DECEMBER else ()
    signed = confirmed_at(confirmations)
    now = reading.ask(load_scores, code, month, at_version)
    known = tuple(earlier for earlier in reading.ask(scored_months, code) if earlier < month)
    return Assessed(
        month,
        areas_of(reading, month),
        now if signed is None else reading.ask(load_scores, code, month, signed),
        now,
        reading.ask(load_scores, code, known[-1], at_version) if known else {},
        reading.ask(load_confirmed, code, Month(month).year - 1),
        reading.ask(load_entries, code, Month(month).year),
        confirmations,
        signed is not None,
        _bands(reading, month),
        _share(reading, month),
        local_units(reading.tree, month),
        replace(reading.about_now, place=reading.tree.root, period=display.period_month(month)),
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


def _share(reading: Reading, month: int) -> Decimal | None:
    if SHARE not in reading.scheme.parameters:
        return None
    return Decimal(str(reading.scheme.parameter(SHARE, month_end(month)).value))


def open_cases(reading: Reading) -> tuple[Case, ...]:
    """Every open matter of the scheme, as it stands now."""
    return tuple(case for case in open_work_of(reading).cases if case.closed_at is None)


def held(reading: Reading, found: Assessed, unit: str) -> tuple[Held, ...]:
    """Open red and overdue matters for which a unit is not commended."""
    return held_by(reading.tree, open_cases(reading), unit, found.year, reading.now)


def suggested(reading: Reading, found: Assessed) -> Suggested:
    against = {unit: held(reading, found, unit) for unit in found.units}
    return suggestions(found.scores, found.units, found.bands, found.share, against)


def of_period(reading: Reading, found: Assessed) -> bool:
    """Whether the scores are of the month that every other figure on the page is of."""
    return found.month == reading.snapshot.month and not reading.snapshot.live


def measured(reading: Reading, found: Assessed, unit: str) -> Mapping[str, Measured]:
    """What a unit's measured indicators rest on, by indicator: the same figures that it was scored by."""
    known = _known_to(reading, found, unit)
    books = reading.published.reconciliation(reading.scheme.code, known, found.year)
    about = (reading.scheme.code, reading.tree, found.areas, found.month, known, (unit,), books)
    kept = reading.ask(load_measured, *about)
    return {code: one for (_unit, code), one in kept.items()}


def _known_to(reading: Reading, found: Assessed, unit: str) -> int:
    close = next(one for one in reading.snapshot.closes if one.month == found.month)
    return known_to(found.month, close.version, found.scores[unit].version)


def about_measured(reading: Reading, found: Assessed, unit: str) -> About:
    """What the figures have in common that a unit was scored by: as signed, of a year as known when it was scored."""
    about = replace(found.about, place=unit)
    if not found.year_over:
        return replace(about, known=about.period)
    return replace(about, known=minute(reading.ask(version, _known_to(reading, found, unit))))


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that a figure of a unit, or of a county in it, stands under. ``subject`` is its address below
    /warnings: the number of its case, or its own where nobody has to work it."""

    level: Level
    subject: str
    label: str


def warned(reading: Reading, found: Assessed, unit: str) -> Mapping[str, tuple[Warned, ...]]:
    """By indicator of the catalogue the open matters of a unit, where there is none what else stands at a level; the
    worst first."""
    tree, year = reading.tree, found.year
    made: dict[str, dict[str, Warned]] = defaultdict(dict)
    worked = set()

    def note(standing: Standing, level: Level, subject: str, name: str) -> None:
        place = standing.subject.region
        label = name if place == unit else _("{name}（{place}）", name=name, place=name_of(tree.region(place)))
        before = made[standing.subject.indicator].get(subject)
        if before is None or before.level < level:
            made[standing.subject.indicator][subject] = Warned(level, subject, label)

    for case, member in members_of(tree, open_cases(reading), unit):
        worked.add(member.standing.id)
        if int(member.since[:4]) <= year:
            note(member.standing, member.level or member.highest, case.number, case.number)
    of_cases = frozenset(made)
    for standing in reading.ask(standing_subjects, reading.scheme.code):
        region = standing.subject.region
        inside = region in tree and unit in tree.path(region) and standing.subject.indicator not in of_cases
        if inside and standing.id not in worked and int(standing.since[:4]) <= year:
            note(standing, standing.level, f"s{standing.id}", _(STANDINGS.get(standing.standing, N_("预警"))))
    return {code: tuple(sorted(ones.values(), key=lambda one: -one.level)) for code, ones in made.items()}


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
