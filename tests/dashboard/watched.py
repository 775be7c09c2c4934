"""A reader of a site who notes of every answer what it asked of the store, what it says went wrong, and what does not add up."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from dashboard import create_site
from dashboard.charts.graph import Chart
from dashboard.charts.theme import LIGHT
from dashboard.components.table import Table, cell, raw
from dashboard.exports.workbook import FIRST_LINE
from dashboard.words import display
from dashboard.words.whats import what_of
from data_access.books.published import PublishedCache
from tests import demonstration_store
from tests.dashboard.conftest import sign_in
from tests.dashboard.walk import exact

# The most is one sheet of the assessment with the drawer of a measured figure open; none grows with what is in the store.
MOST = 31
# Of a signed month: the facts as they stand, the plans, and what was published since it was signed.
FACTS = 3
# The totals of the departments, and what has not reached them.
TOTALS = 2
# What waits for somebody is read of every register at once, and kept until something changes.
REGISTERS = 24
# What shows a statutory day done is read of the books and of every register at once, and kept until something changes.
STATUTORY, SHOW_DAYS = 19, frozenset({"/", "/region", "/calendar", "/messages", "/api/v1/version"})
# That a file was taken out is recorded and sealed in a transaction of its own.
RECORDED = 6
WENT_WRONG = re.compile("这里出错了|没有这个页面|无权查看")


class Watched:
    """A site over an open store. ``known``: what its process has read before each answer, ``nothing``, only the
    ``facts`` with the totals or ``all``; no answer is a remembered one.

    ``excess`` are answers that read much or twice, ``wrong`` those that say that something went wrong, ``unequal`` the
    columns of tables whose rows do not make their last line; ``tables`` the codes of those that have one; ``inexact``
    the cells of files that are not the exact values, ``cells`` how many were compared; ``unlike`` what charts say on
    hover and their tables do not, ``charts`` the codes of those that were looked at.
    """

    def __init__(self, engine: Engine, var: Path, patch: pytest.MonkeyPatch) -> None:
        site = demonstration_store.site_on(engine, var)
        self.cache, self.server = site.cache, create_site(site).server
        self.statements, self.connections, self.made = list[str](), 0, list[Table]()
        self.excess, self.wrong, self.unequal, self.tables = list[str](), set[str](), set[str](), set[str]()
        self.inexact, self.cells, self._files = list[str](), 0, set[str]()
        self.drawn, self.unlike, self.charts = list[Chart](), set[str](), set[str]()
        event.listen(engine, "before_cursor_execute", self._executed)
        event.listen(engine, "checkout", self._checked_out)
        for kind, made in ((Table, self.made), (Chart, self.drawn)):
            patch.setattr(kind, "__init__", keeping(kind, made))

    def _executed(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.statements.append(statement)

    def _checked_out(self, *_rest: object) -> None:
        self.connections += 1

    def reader(self, login: str, known: str = "facts") -> Watching:
        return Watching(self, sign_in(self.server, login).client, known)

    def forget(self, known: str) -> None:
        """Reading the facts anew would be most of a walk's time: where they are known, their statements are counted in."""
        if known != "all":
            held = {name: vars(self.cache)[name] for name in ("states", "reconciled") if known == "facts"}
            vars(self.cache).update(vars(PublishedCache()) | held)
        self.statements.clear()
        self.made.clear()
        self.drawn.clear()
        self.connections = 0

    def note(self, address: str, known: str, answer: TestResponse) -> None:
        if answer.headers.get("Location") == "/admin":
            return  # an administrator who asks for 总览 is led to where the role begins
        assert answer.status_code in (200, 403, 404), (address, answer.status_code)
        count = len(self.statements) + (FACTS + TOTALS if known == "facts" else 0)
        most = MOST + (REGISTERS if address.startswith(("/messages", "/api/v1/version")) else 0)
        most += STATUTORY if address.partition("?")[0] in SHOW_DAYS else 0
        most += RECORDED if address.startswith("/export") else 0
        # A second factor that is being set up is written, and no page of the site.
        more = 1 if address.startswith("/export") else 2 if address.startswith("/account/") else 0
        if count > most or self.connections > 1 + more:
            self.excess.append(f"{address} ({known} known): {count} on {self.connections} connections")
        if answer.status_code in (403, 404) or WENT_WRONG.search(answer.text if answer.mimetype == "text/html" else ""):
            self.wrong.add(address)
        for chart in [*self.drawn]:
            self.charts.add(chart.code)
            self.unlike |= {f"{address}: {line}" for line in unlike(chart)}
        for table in self.made:
            if any(row.style == "sum" for row in table.foot):
                self.tables.add(table.code)
                self.unequal |= {f"{address}: {line}" for line in unequal(table)}

    def compare(self, address: str, answer: TestResponse, client: FlaskClient) -> None:
        """Every file once: what the CSV has in each cell is what the XLSX names as its exact value."""
        name, _dot, query = address.partition("?")
        name, _dot, own = name.rpartition(".")
        if name in self._files:
            return
        self._files.add(name)
        exported = [answer if kind == own else client.get(f"{name}.{kind}?{query}") for kind in ("csv", "xlsx")]
        if all(one.status_code == 200 for one in exported):
            count, inexact = differing(*(one.data for one in exported))
            self.cells += count
            self.inexact += [f"{address}: {line}" for line in inexact]


def keeping(kind: type, made: list[Any]) -> Callable[..., None]:
    """The making of a record, which keeps what it made."""
    make = kind.__init__  # type: ignore[misc]

    def kept(one: object, *given: object, **named: object) -> None:
        make(one, *given, **named)
        made.append(one)

    return kept


class Watching:
    """One signed-in reader of a watched site; what stands in the cookies besides the sign-in is the client's."""

    def __init__(self, watched: Watched, client: FlaskClient, known: str) -> None:
        self.watched, self.client, self.known = watched, client, known

    def get(self, address: str) -> TestResponse:
        # An answer in another theme is another answer: nothing made before serves.
        self.client.set_cookie("theme", "light" if self.known == "facts" else "dark")
        self.watched.forget(self.known)
        answer = self.client.get(address)
        self.watched.note(address, self.known, answer)
        if re.match(r"/export/[^?]*[.](csv|xlsx)", address):
            self.watched.compare(address, answer, self.client)
        return answer


def unlike(chart: Chart) -> list[str]:
    """What a chart says on hover and its table does not, in a column's order: month by month where a line names months."""
    rows, found = [*chart.table.rows], []
    columns = {column.key: column for column in chart.table.columns}
    for line in chart.draw(LIGHT)["data"]:
        if "customdata" not in line:
            continue
        column = columns[line.get("meta", "value")]
        shown = [(cell(chart.table, next(iter(columns.values())), row), cell(chart.table, column, row)) for row in rows]
        said, named = list(line["customdata"]), list(line.get("text", ()))
        places = [way[at : at + len(said)] for way in (shown, shown[::-1]) for at in range(len(shown) - len(said) + 1)]
        if not any(
            [text for _name, text in place] == said
            and all(
                name.startswith(label) or name.endswith(label)
                for (name, _text), label in zip(place, named, strict=bool(named))
            )
            for place in places
        ):
            found.append(f"{chart.code} {column.title}: {said}, in the table {shown}")
    return found


def differing(in_csv: bytes, in_xlsx: bytes) -> tuple[int, list[str]]:
    """Of how many cells the XLSX names the exact value, and those of which the CSV has another; a value that no decimal
    can write to the twelfth."""
    rows = list(csv.reader(io.StringIO(in_csv.decode("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(io.BytesIO(in_xlsx))
    named = list(book.worksheets[1].iter_rows(min_row=2, values_only=True)) if len(book.worksheets) > 1 else []
    found, count = [], 0
    for name, key, value in named:
        at = book.worksheets[0][str(name)]
        text, given = rows[at.row - FIRST_LINE][at.column - 1].replace("−", "-"), exact(str(value))
        # A number, with its unit where a column has several; not a sentence.
        if (number := re.fullmatch(r"(?:(-?\d+(?:\.\d+)?)\D*)?", text)) is None:
            continue
        text, count = number[1] or "", count + 1
        figure, _bar, _rest = str(key).partition("|")
        fen = what_of(*figure.partition(":")[::2]).unit in ("fen", "fen_days")
        units = [one.fen for one in display.UNITS.values()] if fen else [1]
        same = (
            given is None
            if not text
            else given is not None
            and any(abs(Fraction(text) * unit - Fraction(given)) * 10**12 <= Fraction(unit, 2) for unit in units)
        )
        if not same:
            found.append(f"{name} {key}: {text or 'nothing'} for {value}")
    return count, found


def unequal(table: Table) -> list[str]:
    """Columns whose rows do not add up to the sum at the foot, to the fen."""
    at = next((place for place, row in enumerate(table.foot) if row.style == "sum"), None)
    if at is None:
        return []
    rows, whole = [*table.rows, *table.foot[:at]], table.foot[at]
    wrong = []
    for column in table.columns:
        total = raw(whole.values.get(column.key))
        if column.kind not in ("money", "count") or not column.sums or total is None:
            continue
        parts = [one for row in rows if (one := raw(row.values.get(column.key))) is not None]
        if parts and sum(parts) != total:
            wrong.append(f"{table.code} {column.key}: {sum(parts)} of {total}")
    return wrong
