"""What 法定日历 reads: the days of a year as they stand now for the region looked at, of the whole province kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.site.reading import Reading
from dashboard.words.passport import Figure
from rules.department import Department
from workflows.statutory.standing import OPEN, Standing, State, Statutory, of_region

PATH = "/calendar"
# What the state of the address asks for.
CHOICES: dict[str, tuple[State, ...]] = {
    "open": (*OPEN, State.AHEAD),
    "overdue": (State.OVERDUE,),
    "near": (State.TODAY, State.SOON),
    "done": (State.DONE,),
}


def statutory(reading: Reading) -> Statutory:
    """The scheme's days in the request's transaction."""
    return Statutory(reading.published.ask, reading.scheme, reading.tree, reading.today)


def years(reading: Reading) -> tuple[int, ...]:
    """The years that can be looked at: the last, the running and the next one."""
    now = reading.today.year
    return now - 1, now, now + 1


def year(reading: Reading) -> int:
    """The year of the address, else the running one."""
    return next((one for one in years(reading) if str(one) == reading.view.span), reading.today.year)


def _kept(reading: Reading, name: object, make: Callable[[], tuple[Standing, ...]]) -> tuple[Standing, ...]:
    """What is the same for every reader until something of the store changes or the day ends."""
    about = ("statutory", name, reading.scheme.code, reading.published.stamp, reading.today)
    found: tuple[Standing, ...] | None = reading.published.kept(about)
    return reading.published.keep(about, make()) if found is None else found


def days(reading: Reading) -> list[Standing]:
    """The year's days for the region looked at, in order; none where there is no ledger."""
    if reading.scheme.kind != "ledger":
        return []
    of = year(reading)
    every = _kept(reading, of, lambda: statutory(reading).of_year(of))
    return [of_region(reading.tree, one, reading.region) for one in every]


def stages(reading: Reading) -> list[Standing]:
    """The steps of the reform, whatever year they were due in."""
    if reading.scheme.kind != "ledger":
        return []
    return list(_kept(reading, "stages", lambda: statutory(reading).stages()))


def coming(reading: Reading, count: int) -> list[Standing]:
    """What is next for the region looked at and is not done, what is overdue first; below the province what units owe
    before the province's own days."""
    if reading.scheme.kind != "ledger":
        return []
    every = _kept(reading, "next", lambda: statutory(reading).next())
    found = [of_region(reading.tree, one, reading.region) for one in every]
    shown = [one for one in found if one.state in (*OPEN, State.AHEAD) and (reading.is_province or one.of_units)]
    return shown[:count]


def chosen(reading: Reading, every: Sequence[Standing]) -> list[Standing]:
    """Those that the address asks for: of a department, of a state."""
    department, states = reading.view.measure, CHOICES.get(reading.view.state)
    return [
        one
        for one in every
        if (not department or department in one.day.duty.departments)
        and (states is None or (told(reading, one) and one.state in states))
    ]


def told(reading: Reading, one: Standing) -> bool:
    """Whether the reader is told how a day stands: of the province's own a city only hears the day."""
    return one.of_units or reading.sees_siblings


def named(reading: Reading, key: str) -> Standing | None:
    """The day that an address names, as it stands for the region looked at; None where there is none such."""
    if not key or reading.scheme.kind != "ledger":
        return None
    found = next((one for one in (*days(reading), *stages(reading)) if one.day.key == key), None)
    return single(reading, key) if found is None else found


def single(reading: Reading, key: str) -> Standing | None:
    """One day by its name for the region looked at, without the rest of its year; None where there is none such."""
    found = _kept(reading, key, lambda: tuple(filter(None, (statutory(reading).find(key),))))
    return of_region(reading.tree, found[0], reading.region) if found else None


def fen(reading: Reading, what: str, one: Standing, value: int | None, place: str | None = None) -> Figure:
    """An amount of a day: ``due`` or ``left``."""
    return reading.about_now.figure(f"statutory.{what}", value, part=one.day.key, place=place)


def departments(reading: Reading) -> list[Department]:
    """Those that the year's days name."""
    named_in = {department for one in days(reading) for department in one.day.duty.departments}
    return [one for one in Department if one in named_in]
