"""``Page``: what a page declares of itself, so that dispatch, exports, acts and rights ask nothing else of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from dash import Dash
from dash.development.base_component import Component

from dashboard.charts.graph import Chart
from dashboard.components.table import Table
from dashboard.exports.blocks import Document
from dashboard.site.act import Act
from dashboard.site.reading import Reading
from dashboard.site.site import Site

Calculation = tuple[str, object]
# Under these names a server keeps its site, its pages and what is done on each of them, for the page that tells of them.
SITE, PAGES, EVERYWHERE = "poolwatch_site", "poolwatch_pages", "poolwatch_everywhere"
T = TypeVar("T")


class Remembered(Enum):
    """For whom an answer of the page may be kept, besides version, language, theme, day and the question itself."""

    BY_SCOPE = "scope"  # the same for everyone of one role, region and department
    BY_ACCOUNT = "account"  # it shows what one person did, was given or may do
    NEVER = "never"  # it shows what changes between versions


def nothing(_reading: Reading) -> None:
    """A page without a drawer."""


def _no_calculations(_reading: Reading) -> Mapping[str, Calculation]:
    return {}


def _as_looked_at(reading: Reading) -> Reading:
    return reading


def of_months(build: Callable[[Reading], T]) -> Callable[[Reading], T | None]:
    """A table or chart of the ledger's months; None where there are none."""
    return lambda reading: build(reading) if reading.has_months else None


@dataclass(frozen=True, slots=True)
class Offered:
    """A document that a page gives: the file's name without its ending, what of it goes on record with who took it, and
    the office's own template where it has one. ``order``: instead of the document rows of the store are packed, as it says."""

    document: Document
    name: str
    details: Mapping[str, object] = field(default_factory=dict)
    template: bytes = b""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the site.

    ``tables`` and ``charts`` build one file's record by its code, None where the view has none; the table of a chart
    needs no entry of its own. ``documents`` build what is written in the background, by its code. ``calculations`` gives the rules' cases behind the page's figures, by code: (rule, case).
    ``of_subject``: the reading of the region and month that the drawer of a single subject speaks of.
    ``subjects``: addresses below the page's own name single subjects, as ``/warnings/12`` does. ``register`` adds what
    the shell does not serve: callbacks of live parts, routes of files.
    """

    path: str
    title: str
    show: Callable[[Reading], Component]
    drawer: Callable[[Reading], Component | None] = nothing
    tables: Mapping[str, Callable[[Reading], Table | None]] = field(default_factory=dict)
    charts: Mapping[str, Callable[[Reading], Chart | None]] = field(default_factory=dict)
    documents: Mapping[str, Callable[[Reading], Offered | None]] = field(default_factory=dict)
    calculations: Callable[[Reading], Mapping[str, Calculation]] = _no_calculations
    of_subject: Callable[[Reading], Reading] = _as_looked_at
    acts: tuple[Act, ...] = ()
    subjects: bool = False
    remembered: Remembered = Remembered.BY_SCOPE
    register: Callable[[Dash, Site], None] | None = None

    def table(self, reading: Reading, code: str) -> Table | None:
        """The table of a code, or the one behind the chart of that code; None where the view has none."""
        if code in self.tables:
            return self.tables[code](reading)
        chart = self.chart(reading, code)
        return None if chart is None else chart.table

    def chart(self, reading: Reading, code: str) -> Chart | None:
        return self.charts[code](reading) if code in self.charts else None
