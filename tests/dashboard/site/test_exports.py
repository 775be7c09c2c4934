"""A file says what its rows are: the place and the period they are of, in its name and in its notes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from dashboard.words.wording import name_of
from data_access.books.published import Published
from data_access.books.versions import reading as store_reading
from tests.addresses import EVERY_PAGE
from tests.dashboard.conftest import Reader, hrefs
from tests.demonstration_store import SCHEME
from workflows.cases.register import case_list

EARLIER, LATER = "2025-06", "2026-09"
EXPORT = re.compile(r"^/export/\S+\.csv\?")


def file_of(asked: Reader, address: str) -> tuple[str, list[list[str]], list[str]]:
    """Name, rows and notes of a CSV."""
    answer = asked.client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    name = unquote(answer.headers["Content-Disposition"].rpartition("''")[2])
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    end = lines.index([])
    return name, lines[1:end], [line[0] for line in lines[end + 1 :]]


def files(asked: Reader, period: str) -> dict[str, str]:
    """Every CSV that the pages offer in a period: address without its period → address."""
    found = {}
    for page in EVERY_PAGE:
        if "period=" in page or "scheme=" in page or page == "/nowhere":
            continue
        address = f"{page}{'&' if '?' in page else '?'}scheme={SCHEME}&period={period}"
        for href in hrefs(asked.page(address)):
            if EXPORT.match(href):
                found[href.replace(f"period={period}", "period=")] = href
    return found


def test_two_periods_with_the_same_rows_print_the_same_period(reader: Callable[[str], Reader]) -> None:
    asked, wrong = reader("p-monitor"), []
    earlier, later = files(asked, EARLIER), files(asked, LATER)
    both = earlier.keys() & later.keys()
    assert len(both) > 15
    for known in both:
        first, second = file_of(asked, earlier[known]), file_of(asked, later[known])
        assert first[2][1] in first[0].replace("_", " ") or first[2][1].replace(" ", "") in first[0], first[0]
        # Legacy balances were handed over in 2021: of every later month the rows are the same.
        changes = not str(known).startswith("/export/funds/legacy")
        if changes and first[1] and first[1] == second[1] and first[2][:2] != second[2][:2]:
            wrong.append(f"{known}: {first[2][:2]} and {second[2][:2]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("period", ["2024-06", "2026-10", "live"])
def test_the_files_of_what_stands_now_say_so(reader: Callable[[str], Reader], period: str) -> None:
    asked = reader("p-monitor")
    query = f"scheme={SCHEME}&period={period}"
    for address in (
        f"/export/warnings/list.csv?tab=list&{query}",
        f"/export/warnings/cases.csv?{query}",
        f"/export/issues/issues.csv?{query}",
        f"/export/data/sources.csv?{query}",
        f"/export/gap/due.csv?tab=due&{query}",
    ):
        name, _rows, notes = file_of(asked, address)
        assert "实时" in notes[1] and "11月20日" in notes[1] and "已定稿" not in name, address


def test_the_files_of_a_case_are_of_its_own_place(
    reader: Callable[[str], Reader], shared_engine: Engine, shared_published: Published
) -> None:
    with store_reading(shared_engine) as connection:
        cases = [case for case in case_list(connection, SCHEME) if case.number]
    tree = shared_published.snapshot(SCHEME).facts.tree
    asked = reader("p-monitor")
    elsewhere = [case for case in cases if case.place != tree.root]
    assert elsewhere
    for case in cases:
        place, lead = name_of(tree.region(case.place)), name_of(tree.region(case.members[0].standing.subject.region))
        for code, expected in (("signals", place), ("why", lead)):
            name, _rows, notes = file_of(asked, f"/export/warnings/{case.number}/{code}.csv?scheme={SCHEME}")
            assert notes[0] == expected and f"_{expected}_" in name
            book = asked.client.get(f"/export/warnings/{case.number}/{code}.xlsx?scheme={SCHEME}")
            assert quote(expected) in book.headers["Content-Disposition"]
            sheet = load_workbook(io.BytesIO(book.data)).active
            assert sheet is not None and str(sheet["A2"].value).startswith(expected)
        drawn = asked.client.get(f"/export/warnings/{case.number}/why.json?scheme={SCHEME}").get_json()
        assert f"_{lead}_" in drawn["name"]
        assert any(note["text"].startswith(lead) for note in drawn["layout"]["annotations"])
