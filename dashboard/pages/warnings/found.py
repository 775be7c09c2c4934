"""What is known of a warning's subject: its value with its inputs, the way out, the year's end; as figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.site.reading import LIVE, Reading
from dashboard.words import display, figures
from dashboard.words.passport import About, Figure, Printed
from data_access.books.indicators import Wanted
from data_access.books.snapshot import Snapshot
from rules.alerts.way_out import RECENT_MONTHS, YearEnd, amount_to_limit, mildest_limit, year_end
from rules.calendar import months_before
from rules.indicators import INDICATORS, Value
from rules.month import Month
from workflows.warnings.alerts import Subject
from workflows.warnings.standing import Standing

# Indicators of progress: the amount done and the plan of the year.
PROGRESS = {
    "income_deviation": ("income_fen", "income_plan_fen"),
    "premium_deviation": ("premium_fen", "premium_plan_fen"),
    "expenditure_deviation": ("expenditure_fen", "expenditure_plan_fen"),
}


@dataclass(frozen=True, slots=True)
class SubjectFigures:
    """What is known of a warning's subject in its last period: the value with its inputs, the way out, the year's end.

    ``to_limit`` is None where no amount ends it, ``year`` where there is no plan to be reached. ``about`` is what its
    figures have in common, ``line`` the line of the form that the plan is of.
    """

    about: About
    line: str
    standing: Standing
    value: Value | None
    to_limit: int | None
    year: YearEnd | None

    @property
    def subject(self) -> Subject:
        return self.standing.subject

    @property
    def figure(self) -> Figure:
        """The subject's value."""
        value = None if self.value is None else self.value.value
        amount = figures.amount(self.subject.indicator, value)
        return self.about.figure(self.subject.indicator, amount, part=self.subject.part)

    def of_year(self, what: str, value: display.Number | None) -> Printed:
        """A figure of the year that the subject's line is in, without its sign."""
        return display.printed(self.about.figure(what, value, part=self.line), absolute=True)


def wanted(reading: Reading, found: Iterable[Standing]) -> list[Wanted]:
    """The values that :func:`find` needs of several subjects of the scheme, for ``Snapshot.read``."""
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE)
    asked = []
    for one in found:
        month = _month_asked(one.subject, one.period)
        before = RECENT_MONTHS if month is not None and one.subject.indicator in PROGRESS else 0
        months = [month] if month is None else [months_before(month, back) for back in range(before + 1)]
        asked += [snapshot.wanted(one.subject.indicator, at) for at in months]
    return asked


def read_values(reading: Reading, found: Iterable[Standing]) -> None:
    """Read in two statements what :func:`find` needs of several subjects of the scheme."""
    found = tuple(found)
    reading.published.snapshot(reading.scheme.code, LIVE).read(wanted(reading, found))
    read_forecasts(reading, found)


def read_forecasts(reading: Reading, found: Iterable[Standing], also: Iterable[str] = ()) -> None:
    """Read in one statement the forecasts that :func:`find` needs, and those of other regions."""
    regions = {one.subject.region for one in found if one.subject.indicator in PROGRESS}
    _newest(reading).forecasts(sorted(regions.union(also)))


def _newest(reading: Reading) -> Snapshot:
    """The snapshot whose forecasts are those of now, which warnings speak of: the one looked at where it can be."""
    shown = reading.snapshot
    of_now = shown.live or shown.month == max((close.month for close in shown.closes), default=None)
    return shown if of_now else reading.published.snapshot(reading.scheme.code, LIVE)


def _month_asked(subject: Subject, period: str) -> int | None:
    return None if INDICATORS[subject.indicator].period == "live" else Month.parse(period)


def found_value(reading: Reading, subject: Subject, period: str) -> Value | None:
    """The value of a subject in a month, or the present one of a live indicator; None without a row."""
    snapshot = reading.published.snapshot(subject.scheme, LIVE)
    rows = snapshot.rows(subject.indicator, _month_asked(subject, period))
    return next((row.value for row in rows if (row.region, row.part) == (subject.region, subject.part)), None)


def find(reading: Reading, standing: Standing) -> SubjectFigures:
    """A subject with its money: computed by rules from the value's own inputs."""
    value = found_value(reading, standing.subject, standing.period)
    limits = standing.limits
    to_limit = None
    if value is not None and limits is not None:
        to_limit = amount_to_limit(standing.subject.indicator, value, mildest_limit(limits), limits.operator)
    subject = standing.subject
    about = figures.about(reading.running, subject.indicator, subject.region, _month_asked(subject, standing.period))
    line = _line(reading, subject) if subject.indicator in PROGRESS else ""
    return SubjectFigures(about, line, standing, value, to_limit, _year_end(reading, standing, value))


def _line(reading: Reading, subject: Subject) -> str:
    return figures.line_of(reading, subject.indicator.removesuffix("_deviation"), subject.region)


def _year_end(reading: Reading, standing: Standing, value: Value | None) -> YearEnd | None:
    names, month = PROGRESS.get(standing.subject.indicator), Month.parse(standing.period)
    if names is None or month is None or value is None:
        return None
    done, plan = figures.input_fen(value, names[0]), figures.input_fen(value, names[1])
    recent = _recent(reading, standing.subject, names[0], month)
    if done is None or plan is None or recent is None:
        return None
    return year_end(plan, done, recent, 12 - month.number, _forecast(reading, standing.subject, month))


def _forecast(reading: Reading, subject: Subject, month: Month) -> int | None:
    """What 全年预计 expects of the year's months after one, in fen; None where it does not start from that month."""
    found = _newest(reading).forecasts([subject.region]).get((subject.region, _line(reading, subject)))
    if found is None or found.last != month:
        return None
    rest = found.year_end(month.year)
    return 0 if rest is None else rest.total_fen


def _recent(reading: Reading, subject: Subject, name: str, month: int) -> list[int] | None:
    """The amounts of the last three months, from the totals to date; None where one is not known."""
    amounts = []
    for back in range(RECENT_MONTHS):
        this, before = months_before(month, back), months_before(month, back + 1)
        until = figures.input_fen(found_value(reading, subject, display.period_month(this)), name)
        earlier: int | None = 0
        if Month(this).number != 1:
            earlier = figures.input_fen(found_value(reading, subject, display.period_month(before)), name)
        if until is None or earlier is None:
            return None
        amounts.append(until - earlier)
    return amounts[::-1]
