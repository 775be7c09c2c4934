"""The same figure reads the same on screen and in DOCX, PPTX, XLSX and PDF: every passport of 总览, 预算执行 and 缺口分担, by its
text and its unit, as a province's monitor and a city's user take them out, in both languages.

Into the files goes what 导出 and 加入简报 make of the charts and tables of each page, and, for whom they are open, the sheet
会前一页纸 and what a briefing says by itself. A figure that has no way into a file is named here with the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from dashboard import PAGES
from dashboard.exports.blocks import Block, Document, Grid, Picture
from dashboard.exports.kept import block_json, read_block
from dashboard.exports.office.document import docx_bytes
from dashboard.exports.office.slides import pptx_bytes
from dashboard.exports.pdf import pdf_bytes
from dashboard.exports.workbook import workbook_bytes
from dashboard.pages.briefings.drafts import RULES, drafted
from dashboard.pages.one_page.sheet import sheet
from dashboard.site.keeping import block_of
from dashboard.site.reading import current_scope, read
from dashboard.site.view import parse_view
from dashboard.words import display
from dashboard.words.wording import in_language
from data_access.books.published import Published
from tests.dashboard import walk
from tests.dashboard.conftest import Reader
from tests.dashboard.exports import briefing_sample, read_back
from tests.dashboard.exports.beside_pages import Compared, Taken, office, paper, unit_of, workbook
from tests.demonstration_store import NOW, SCHEME
from workflows.people import rights

READERS = {"p-monitor": "220000", "c-jilin": "220200"}
# The pages with what of them is looked at besides their tabs.
VIEWS = {
    "/": ["", "show=trend-table", "compare=meeting"],
    "/budget": ["", "tab=expected&measure=expenditure"],
    "/gap": [""],
    "/outlook": ["show=all", "show=fan-table"],
}
IN_CHINESE_ALONE = [("/", "compare=year"), ("/", "compare=month")]
ROWS_OF_PDF = 3  # of a table, besides its last: every row is set by the same lines of code, and setting them takes long

# What stands on the pages and in no file, named as by ``named_by``.
SUMS = "a sentence over a register says the sum; its rows go into files"
OF_A_CITY = "a sentence over 分地区分担 says it of a city; its rows go into files"
OF_THE_OTHER = "a sentence of the department that is not looked at; its table goes into files once it is"
LEFT_OUT = {
    "p-monitor due.overdue": SUMS,
    "p-monitor items.determined": SUMS,
    "p-monitor items.less": SUMS,
    "p-monitor items.over": SUMS,
    "p-monitor item.excluded below": "said under the register, of the item whose row goes into files",
    "p-monitor budget.result": "the gap of a budget on its way, said of both sides, whose sums go into files",
    "c-jilin budget.result": "the same of a city",
    "c-jilin due.overdue": SUMS,
    "c-jilin items.determined": SUMS,
    "c-jilin items.less": SUMS,
    "c-jilin items.over": SUMS,
    "c-jilin gap.net": OF_A_CITY,
    "c-jilin gap.local": OF_A_CITY,
    "c-jilin review.due": OF_THE_OTHER,
    "c-jilin review.difference": OF_THE_OTHER,
    "c-jilin review.rate": OF_THE_OTHER,
    "c-jilin review.actual": OF_THE_OTHER,
}
NOT_DRAWN = "看表格 has what a chart does not draw, columns and months; it stands in the chart's XLSX"
IN_NO_CHART = {
    "p-monitor month before": NOT_DRAWN,
    "c-jilin month before": NOT_DRAWN,
    "c-jilin result.month before": NOT_DRAWN,
}
SAID = "a sentence, for which a workbook has no place"
IN_NO_WORKBOOK = {
    "p-monitor expenditure_deviation below": SAID,
    "p-monitor year_end.gap below": SAID,
    "p-monitor rate_gap": SAID,
}
# What stands in files and on no page looked at.
FORM = "a column or line of the ministry's form"
DRAFTED = "a briefing says it by itself"
OF_A_SHOCK = "what a shock comes to goes into a file, on screen when the fund is used up under it"
BESIDES = {
    "c-jilin to_date.last_year closing": FORM,
    "c-jilin to_date closing": FORM,
    "c-jilin month closing": FORM,
    "c-jilin plan.original closing": FORM,
    "c-jilin plan.adjusted closing": FORM,
    "p-monitor scenario.payable below": "every row goes into a file, on screen the first",
    "p-monitor gap.share": "on screen without those that are nothing",
    "p-monitor outlook.closing": OF_A_SHOCK,
    "p-monitor outlook.months_payable": OF_A_SHOCK,
}
BESIDES_IN_WORDS = {
    "p-monitor account_cover": DRAFTED,
    "p-monitor balance.opening": DRAFTED,
    "p-monitor gap.expected below": DRAFTED,
    "p-monitor result.month": DRAFTED,
    "p-monitor result.to_date": DRAFTED,
}
OF_THE_SHEET = {
    "p-monitor premium_deviation before": "the sheet says it of the last meeting",
    "p-monitor progress before": "the sheet says it of the last meeting",
}


def taken(asked: Reader, login: str, language: str, published: Published) -> Taken:
    """What a reader sees on the pages, and what is taken out there."""
    found, known = Taken(login), set[str]()
    pages = {page.path: page for page in PAGES}
    asked.client.set_cookie("language", language)
    views = [(path, query) for path, queries in VIEWS.items() for query in queries]
    views += IN_CHINESE_ALONE if language == "zh" else []
    for path, query in views:
        address = f"{path}?scheme={SCHEME}&{query}"
        with asked.client as client:
            text = client.get(address).text
            for one in walk.figures(walk.document(text)):
                found.values[one.key].add(one.value)
                found.readings[one.key].add((one.text, unit_of(one.key, one.style)))
            tabs = [(path, f"tab={tab}") for tab in re.findall(rf'href="{path}[?][^"]*tab=([a-z]+)', text)]
            views += [one for one in dict.fromkeys(tabs) if one not in views]
            reading = read(published, parse_view(*address.partition("?")[::2]), current_scope(), NOW)
            for code in dict.fromkeys(re.findall(r'href="/export(?:/\w+)?/([\w-]+)[.]xlsx', text)):
                kept = json.dumps(block_json(block_of(pages[path], reading, code)[0]))
                if kept not in known:
                    known.add(kept)
                    found.blocks.append(read_block(json.loads(kept)))
            if path == "/" and not query and rights.may_open(reading.scope, "/one-page"):
                made = sheet(reading)
                assert made is not None
                found.papers += made.blocks
            if path == "/" and not query and rights.may_open(reading.scope, "/briefings"):
                found.blocks += [block for rule in RULES for block in drafted(reading, rule.code)]
    asked.client.delete_cookie("language")
    return found


@pytest.fixture(scope="module")
def pages(reader: Callable[[str], Reader], shared_published: Published) -> dict[str, list[Taken]]:
    """By language what each reader sees and takes out."""
    return {
        language: [taken(reader(login), login, language, shared_published) for login in READERS]
        for language in ("zh", "en")
    }


def on_paper(every: list[Taken]) -> list[Taken]:
    """What is set as PDF: every sentence, the head and end of every table (once of each title), the first chart."""
    known, made = set[str](), []
    for one in every:
        blocks: list[Block] = []
        for block in (*one.papers, *one.blocks):
            kind = block.table.title if isinstance(block, Grid) else "chart" if isinstance(block, Picture) else ""
            if isinstance(block, Grid):
                block = replace(block, table=replace(block.table, rows=block.table.rows[:ROWS_OF_PDF]))
            if kind not in known:
                blocks.append(block)
            known |= {kind} - {""}
        made.append(replace(one, blocks=blocks, papers=[]))
    return made


def document(every: list[Taken], language: str, *, papers: bool = False) -> Document:
    blocks = [block for one in every for block in (*one.blocks, *(one.papers if papers else ()))]
    return Document("report", "T", blocks, briefing_sample.SOURCE, language)


def named_by(login: str, keys: set[str]) -> set[str]:
    """What figures are, as the lists below name them: whose reader, whether of a place below the reader's, of a month before."""
    found = set()
    for key in keys:
        what, _scheme, place, period = key.split("|")
        named, _mark, part = what.partition(":")
        month = period.partition("@")[0]
        before = re.fullmatch(r"\d{4}-\d\d", month) is not None and month < "2026-10"
        more = (" closing" * (part == "closing"), " below" * (place != READERS[login]), " before" * before)
        found.add(f"{login} {named}{''.join(more)}")
    return found


def differences(compared: Compared, every: list[Taken]) -> tuple[set[str], set[str]]:
    """What stands on the pages and not in the file, and the other way round."""
    left_out, besides = set[str](), set[str]()
    for one in every:
        left_out |= named_by(one.login, set(one.readings) - compared.held[one.login])
        besides |= named_by(one.login, compared.besides[one.login])
    return left_out, besides


def agrees(compared: Compared, every: list[Taken], left_out: dict[str, str], besides: dict[str, str]) -> None:
    """That nothing reads otherwise, and that the two differ in what is listed, all of it."""
    assert not compared.wrong
    logins = {one.login for one in every}
    names = [{name for name in listed if name.split()[0] in logins} for listed in (left_out, besides)]
    assert [*differences(compared, every)] == names


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_figure_reads_the_same_in_word_slides_and_sheets(pages: dict[str, list[Taken]], language: str) -> None:
    every = pages[language]
    assert [len(one.readings) > 500 for one in every] == [True, True]
    # A deck takes longest: the English one is the city's.
    few = every if language == "zh" else every[1:]
    with in_language(language):
        word = office(every, read_back.of_docx(docx_bytes(document(every, language, papers=True))), papers=True)
        deck = office(few, read_back.of_pptx(pptx_bytes(document(few, language))), papers=False)
        book = workbook(every, workbook_bytes(document(every, language)))
    agrees(word, every, LEFT_OUT | IN_NO_CHART, BESIDES | BESIDES_IN_WORDS | OF_THE_SHEET)
    agrees(deck, few, LEFT_OUT | IN_NO_CHART, BESIDES | BESIDES_IN_WORDS)
    agrees(book, every, LEFT_OUT | IN_NO_WORKBOOK, BESIDES)


def test_a_figure_reads_the_same_in_a_pdf(pages: dict[str, list[Taken]]) -> None:
    # What is printed depends on the language in words alone, and those are the preview's, which is set.
    made = on_paper(pages["zh"])
    compared = paper(made, read_back.of_pdf(pdf_bytes(document(made, "zh"))))
    assert not compared.wrong and sum(map(len, compared.held.values())) > 250


def test_a_figure_is_the_same_in_both_languages(pages: dict[str, list[Taken]]) -> None:
    """The same exact value, and the same reading but for amounts, which are that value rounded in each language's unit."""
    for chinese, english in zip(*pages.values(), strict=True):
        assert english.readings
        for key, readings in english.readings.items():
            assert english.values[key] <= chinese.values[key], key
            for text, unit in readings - chinese.readings[key]:
                with in_language("en"):
                    exact = {Fraction(value) / display.fen_in(unit) for value in english.values[key]}
                said = Fraction(text.replace(",", "").lstrip("+−"))
                last = Fraction(1, 10 ** len(text.partition(".")[2]))
                assert min(abs(said - abs(one)) for one in exact) <= last / 2, (key, text, exact)
