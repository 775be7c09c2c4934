"""A file says what its rows are: the place and the period they are of, in its name and in its notes; who takes one out is
on record, and it is open to nobody else than the page is."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.slide import Slide
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from dashboard import PAGES, create_site
from dashboard.exports.blocks import Grid, Picture
from dashboard.exports.kept import read_block
from dashboard.words.wording import name_of
from data_access.books.published import Published
from data_access.books.versions import reading as store_reading
from data_access.store import audit, schema
from tests import demonstration_store
from tests.addresses import EVERY_PAGE
from tests.dashboard.conftest import Reader, hrefs, sign_in
from tests.demonstration_store import JILIN_CITY, SCHEME, SIPING
from workflows.briefings import basket
from workflows.cases.register import case_list
from workflows.people import rights
from workflows.people.accounts import Role

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
        said = re.split("[ ·]+", first[2][1].replace("已定稿", " 定稿"))
        assert all(part in first[0] for part in said), first[0]
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


# --- who may, and what is kept of it


def events(engine: Engine) -> list[dict[str, object]]:
    """The exports on record, oldest first."""
    with engine.connect() as connection:
        of_exports = select(schema.audit_event).where(schema.audit_event.c.action == "export")
        found = connection.execute(of_exports.order_by(schema.audit_event.c.id)).mappings().all()
    return [{**one, **json.loads(one["details"])} for one in found]


def stamp_of(engine: Engine) -> tuple[int, ...]:
    with engine.connect() as connection:
        return Published(connection).stamp


@pytest.mark.parametrize(
    ("address", "kind", "subject"),
    [
        ("/export/trend.json", "json", "累计结余"),
        ("/export/trend.xlsx", "xlsx", "累计结余"),
        ("/export/ranking.csv", "csv", "征缴较历史同期"),
        ("/export/months_payable.json", "", ""),
    ],
)
def test_who_took_out_what_is_on_record(
    reader: Callable[[str], Reader], shared_engine: Engine, address: str, kind: str, subject: str
) -> None:
    before, stamp = len(events(shared_engine)), stamp_of(shared_engine)
    status = reader("p-leader").client.get(f"{address}?scheme={SCHEME}&period=2026-09").status_code
    # Other workers' tests take files out of the same store.
    found = [one for one in events(shared_engine)[before:] if one["actor"] == "p-leader"]
    # Nobody's page is another because somebody took a file out.
    assert stamp_of(shared_engine) == stamp
    if not kind:
        assert (status, found) == (404, [])
        return
    assert status == 200 and len(found) == 1
    one = found[0]
    assert (one["actor"], one["page"], one["format"]) == ("p-leader", "/", kind)
    assert (one["scheme"], one["region"], one["period"]) == (SCHEME, "220000", "2026年9月已定稿")
    assert isinstance(one["version"], int) and f"_{subject}_吉林省_2026年9月_定稿_版本" in str(one["subject"])


def test_a_file_that_cannot_be_recorded_does_not_leave(
    reader: Callable[[str], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "record", broken)
    answer = reader("p-monitor").client.get("/export/ranking.csv")
    assert answer.status_code == 500 and "征缴" not in answer.text


def test_without_a_period_a_file_is_of_the_newest_signed_month_and_the_running_state_says_so(
    reader: Callable[[str], Reader],
) -> None:
    asked = reader("p-monitor")
    assert "_2026年10月_定稿_" in file_of(asked, f"/export/budget/form.csv?scheme={SCHEME}")[0]
    assert "_2026年11月_实时_" in file_of(asked, f"/export/budget/form.csv?scheme={SCHEME}&period=live")[0]


# Every name that a page gives files, as an address.
NAMES = [
    f"/export{'' if page.path == '/' else page.path}/{code}"
    for page in PAGES
    for code in sorted({*page.tables, *page.charts})
]


def test_a_city_takes_out_its_own_files_and_no_other_place_s(reader: Callable[[str], Reader]) -> None:
    city = reader("c-jilin").client
    nobody = city.application.test_client()
    assert len(NAMES) > 40
    for name in NAMES:
        other = f"{name}.xlsx?scheme={SCHEME}&region={SIPING}"
        assert city.get(other).status_code == 403, name
        assert nobody.get(other).status_code == 401, name
    for name in ("budget/form.csv", "funds/flows.json", "funds/flows.xlsx", "region/indicators.csv"):
        assert city.get(f"/export/{name}?scheme={SCHEME}&region={JILIN_CITY}").status_code == 200, name


@pytest.mark.parametrize("role", list(Role))
def test_a_page_that_is_closed_to_a_role_gives_it_no_file(reader: Callable[[str], Reader], role: Role) -> None:
    client = reader("c-jilin" if role is Role.CITY else f"p-{role.value}").client
    closed = [page for page in PAGES if role not in rights.PAGES[page.path] and (page.tables or page.charts)]
    for page in closed:
        code = next(iter({**page.tables, **page.charts}))
        assert client.get(f"/export{page.path.rstrip('/')}/{code}.csv?scheme={SCHEME}").status_code == 403, page.path


def test_where_the_office_wants_it_a_file_carries_its_reader_s_name(
    shared_engine: Engine, tmp_path: Path, reader: Callable[[str], Reader]
) -> None:
    site = replace(demonstration_store.site_on(shared_engine, tmp_path), watermark=True)
    asked = sign_in(create_site(site).server, "p-monitor")
    marked, plain = (
        one.client.get("/export/budget/form.csv").data.decode("utf-8-sig") for one in (asked, reader("p-monitor"))
    )
    last = marked.splitlines()[-1]
    assert last.endswith("2026年11月20日 10:15") and marked.splitlines()[:-1] == plain.splitlines()
    sheet = load_workbook(io.BytesIO(asked.client.get("/export/trend.xlsx").data)).worksheets[0]
    assert last in (sheet.oddHeader.right.text or "") and last in [row[0].value for row in sheet.iter_rows()]
    drawn = asked.client.get("/export/trend.json").get_json()["layout"]["annotations"]
    assert last in [note["text"] for note in drawn]


# --- slides, and what is put aside


def slide(content: bytes) -> tuple[Slide, list[list[object]]]:
    """The one slide of a file, and the workbook inside its chart."""
    deck = Presentation(io.BytesIO(content))
    assert len(deck.slides) == 1
    chart = next(shape.chart for shape in deck.slides[0].shapes if shape.has_chart)
    inside = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert inside is not None
    return deck.slides[0], [[cell.value for cell in row] for row in inside.iter_rows()]


def test_a_slide_says_what_its_chart_shows_and_holds_the_numbers_that_are_read(reader: Callable[[str], Reader]) -> None:
    asked = reader("p-monitor")
    query = f"scheme={SCHEME}&period=2026-10"
    made, inside = slide(asked.client.get(f"/export/ranking.pptx?{query}").data)
    _name, rows, _notes = file_of(asked, f"/export/ranking.csv?{query}")
    said = " ".join(getattr(shape, "text_frame").text for shape in made.shapes if shape.has_text_frame)  # noqa: B009
    assert made.shapes.title is not None and made.shapes.title.text_frame.text == "各地征缴均不慢于历史同期"
    assert "征缴较历史同期" in said and "2026年10月已定稿" in said and "演示数据" in said
    in_csv = [(name, f"{Decimal(value):.2f}") for _rank, name, value in rows[1:]]
    assert [(name, f"{value:.2f}") for name, value, *_more in inside[1:]] == in_csv


def test_what_is_put_aside_lies_in_the_reader_s_own_basket_as_it_was_and_can_be_taken_back(
    own_engine: Engine, tmp_path: Path
) -> None:
    server = create_site(demonstration_store.site_on(own_engine, tmp_path)).server
    writer, query = sign_in(server, "p-writer"), f"scheme={SCHEME}"
    send = {"Accept": "application/json"}

    def put(address: str, code: str) -> TestResponse:
        return writer.client.post(address, data={"code": code}, headers=send)

    pages = [one.client.get(f"/?{query}").text for one in (writer, sign_in(server, "p-finance"))]
    assert [page.count('data-act="keep"') for page in pages] == [3, 0]
    first, second = put(f"/act/keep?{query}", "ranking"), put(f"/act/budget/keep?{query}", "form")
    assert [one.get_json()["message"] for one in (first, second)] == ["已加入简报材料（1）", "已加入简报材料（2）"]
    # The same chart at the same view is there once.
    assert put(f"/act/keep?{query}", "ranking").get_json()["message"] == "已加入简报材料（2）"
    drawer = put(f"/act/budget/keep?{query}&item=premium", "item")
    assert drawer.get_json()["message"] == "已加入简报材料（3）"
    with own_engine.connect() as connection:
        chart, table, opened = (basket.items(connection, "p-writer")[at].of for at in range(3))
        assert basket.count(connection, "p-leader") == 0
    picture, grid = (read_block(one.content) for one in (chart, table))
    assert isinstance(picture, Picture) and isinstance(grid, Grid)
    assert (chart.kind, chart.page, chart.address) == (
        "picture",
        "总览",
        f"/?scheme={SCHEME}&region=220000&period=2026-10",
    )
    assert (table.kind, table.title, table.period) == ("grid", grid.table.title, "2026年10月已定稿")
    assert (grid.table.place, picture.plot.table.place, opened.code) == ("吉林省", "吉林省", "item")
    undo = drawer.get_json()["undo"]
    back = writer.client.post(undo["action"], data=undo["fields"], headers=send).get_json()
    assert back["message"] == "已从简报材料中取出（2）"
    assert put(f"/act/keep?{query}", "nothing").status_code == 422
    assert sign_in(server, "p-finance").client.post(f"/act/keep?{query}", data={"code": "ranking"}).status_code == 403
