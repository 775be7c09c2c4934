"""Which set of assumptions is looked at: ``set`` of the address names a scenario, else it is the base."""

from __future__ import annotations

from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from data_access.books.outlook.results import BASE
from workflows.outlook.scenarios import Scenario, load_scenarios


def scenarios(reading: Reading) -> tuple[Scenario, ...]:
    """Every version of every scenario of the scheme looked at, newest first."""
    return reading.ask(load_scenarios, reading.scheme.code)


def scenario(reading: Reading) -> Scenario | None:
    """The scenario looked at; None where it is the base, or there is none of that number."""
    wanted = number_in(reading.view.set)
    return next((one for one in scenarios(reading) if one.id == wanted), None) if wanted else None


def number(one: Scenario | None) -> int:
    """Under which number its projections are kept."""
    return BASE if one is None else one.id


def part(one: Scenario | None) -> str:
    """What stands before a variant in the keys of its figures."""
    return "" if one is None else f"s{one.id}."
