"""A walk over the site by its links: every figure carries its passport, two figures of one key are one figure wherever
they stand, rows make their last line, every link answers, and every answer is read on one connection in few statements.

The last signed month and the running state are walked by a province's monitor, an earlier month by a city's user, the
administrator's pages by an administrator.
"""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from dash import html
from sqlalchemy import Engine, event, text

from dashboard import PAGES
from dashboard.components.parts import Strong, sentence
from dashboard.site.markup import sent
from dashboard.words import display
from dashboard.words.passport import About
from dashboard.words.wording import set_language
from data_access.books.published import Published
from data_access.books.versions import signed_versions
from rules.scheme import load_scheme
from tests.addresses import EVERY_PAGE
from tests.dashboard import walk
from tests.dashboard.conftest import Reader
from tests.dashboard.exports.read_back import of_cell
from tests.dashboard.watched import FACTS, Watched
from tests.demonstration_store import SCHEME
from tests.twins.books import KINDS
from tests.twins.cases import CASE_TWINS
from tests.twins.every import TWINS, Twins
from tests.twins.funds import SUBSIDIES
from tests.twins.gap import COUNTY_ONLY, CREDITS_ONLY
from tests.twins.key import Key
from tests.twins.years import PRINTED

# The pages on which no figure stands without a passport; it grows until it is all of them.
COVERED = frozenset(
    {
        "/",
        "/region",
        "/budget",
        "/funds",
        "/gap",
        "/central",
        "/outlook",
        "/data",
        "/messages",
        "/warnings",
        "/issues",
        "/thresholds",
        "/assessment",
        "/calendar",
    }
)
# Parameters, and what people called a scenario.
EXCEPT = re.compile(r"/gap\?.*(tab=scenarios|item=parameters)")
# Amounts of which the rows of a table, the rest included, make its last line.
ADDITIVE = frozenset(
    {
        "published",
        "central.prepaid.contribution",
        "central.prepaid.allocation",
        "to_date",
        "month",
        "result.to_date",
        "result.month",
        "account",
        "account.change",
        "deposit",
    }
)
# What reads as a figure and is none: limits of warnings, aims and weights, which are parameters, and the ratios one may
# choose; what people wrote, or sent and got back; documents quoted, and the working that a rule words by itself.
NO_FIGURES = ".limit, .word.of-limit, .said, .scale, .levels, .ratio-steps, .reasons, .quoted, .worded, .norm, .written"
# Who walks, in which period, and what the process has read before.
WALKS = (
    ("p-monitor", "", "facts"),
    ("p-monitor", "live", "all"),
    ("c-jilin", "2025-03", "facts"),
    ("p-system_admin", "", "facts"),
)
ALSO = ["/gap?item=general", "/?item=reserve_ratio", "/api/v1/version"]
EACH = 2
# Nothing is paid in addition in the scheme that is walked, nor was anything advanced.
NONE_HERE = {
    "prepaid_share",
    "prepaid_share.prepaid_fen",
    "management_gap_forecast",
    "gap.surplus",
    "issue.to_pay",
    "issue.paid",
    "issues.to_pay",
    "issues.paid",
    "advance.balance",
    "advance.paid",
    "advance.left",
}
# Nor has it credits, a split between city and county, local subsidies.
ELSEWHERE = {*CREDITS_ONLY, *COUNTY_ONLY, *SUBSIDIES, *NONE_HERE}
# The walk over the pensions sees these in English.
IN_ENGLISH_ELSEWHERE = r"/([?]|$|(region|budget|funds|gap|central|warnings|briefings|one-page)\b)"
LEDGER = tuple(address for address in EVERY_PAGE if "published" not in address and "period=" not in address)


@dataclass
class Walked:
    """What a walk found: by key the values with where each stands, texts printed otherwise, figures without a passport."""

    values: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    otherwise: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    unsummed: list[str] = field(default_factory=list)
    without_menu: set[str] = field(default_factory=set)
    documents: int = 0

    def take(self, seen: walk.Seen) -> None:
        self.documents += 1
        body = seen.body
        page = "/" + seen.address.partition("?")[0].split("/")[1]
        self.without_menu |= {f"{page} {one}" for one in walk.without_menu(body)}
        for one in walk.figures(body):
            self.values[one.key].setdefault(one.value, seen.address)
            printed = display.in_style(walk.exact(one.value), one.style)
            if printed != one.text:
                self.otherwise.append(f"{seen.address}: {one}, printed again {printed}")
        if "/" + seen.address.partition("?")[0].split("/")[1] in COVERED:
            self.unsummed += [f"{seen.address}: {wrong}" for wrong in walk.unsummed(body, ADDITIVE)]
            if not EXCEPT.match(seen.address):
                self.bare += [f"{seen.address}: {text}" for text in walk.without_passport(body, NO_FIGURES)]

    @property
    def contradicting(self) -> list[str]:
        return [f"{key}: {found}" for key, found in self.values.items() if len(found) > 1]


# Tables and charts that are no file of their own, and why.
NO_MENU = {
    "/data table.t 导出环境": "what this machine can write; it holds no figures",
    "/thresholds table.t 预警标准": "its menu stands among the links above",
    "/thresholds table.t 覆盖情况": "its menu stands among the links above",
    "/thresholds table.t 以哪条标准为准": "how one limit was chosen; the limits are in the file of the rule",
    "/thresholds table.t 计数": "how far one rule has counted, on the spot",
    "/thresholds table.t 近12期": "the same, period by period; the values are in the drawer's file",
    "/thresholds table.t 试算": "a trial of what a form says and nobody has saved",
    "/thresholds table.t 分地区": "the same by region",
    "/admin table.t 导出环境": "the same",
    "/admin table.t 设置": "what the environment sets; no figures",
    "/account table.t cards 登录会话": "one's own sessions, no figures",
    "/account table.t cards 接口令牌": "one's own tokens, no figures",
    "/briefings table.t 会议登记": "a register with its acts, no figures",
    "/briefings table.t 议定事项": "the same",
    "/messages table.t boxed 需我办理": "one reader's own list of matters, each in the file of its register",
    "/messages table.t boxed 我关注的": "the same",
    "/messages table.t boxed 知会": "the same",
    "/data table.t 模板": "links to templates, no figures",
}


def by_sql(walked: Walked, engine: Engine, *, once: bool = False) -> tuple[set[str], list[str]]:
    """Which twins were asked, of each kind of figure a few or ``once``, and where one gives something else."""
    asked, wrong = Counter[str](), []
    with engine.connect() as connection:
        twins = Twins(connection)
        for written, found in walked.values.items():
            key = Key.read(written)
            kind = key.what if re.search("[0-9]", key.part) else f"{key.what}:{key.part}"
            kind = key.what if once else kind
            # Registers are short: each of their rows.
            most = 100 if key.what.startswith(("item", "due")) else 1 if once else EACH
            if asked[kind] >= most or (twin := twins.twin(key)) is None:
                continue
            asked[kind] += 1
            # A line of the form with neither plan nor execution shows no figure where SQL sums nothing.
            same = [(walk.exact(value) or 0) == twin for value in found]
            wrong += [f"{written}: {list(found)}, by SQL {twin}"] if not all(same) else []
    return {kind.partition(":")[0] for kind in asked}, wrong


def starts(period: str, pages: Sequence[str] = LEDGER) -> list[str]:
    return [f"{address}{'&' if '?' in address else '?'}period={period}" if period else address for address in pages]


PUBLISHED = [f"{page}scheme=published-pension" for page in ("/?", "/?show=tiles&", "/?show=table&", "/funds?")]


def warned_of(engine: Engine) -> list[str]:
    """Every case, and one subject of each indicator that stands at a level with why: an address does not tell them apart."""
    asked = {
        "cases": "SELECT number FROM work_case WHERE scheme = :scheme",
        "subjects": "SELECT MIN(id), indicator, rule FROM alert_state WHERE scheme = :scheme AND level > 0 GROUP BY 2, 3",
    }
    with engine.connect() as connection:
        cases, subjects = (connection.execute(text(one), {"scheme": SCHEME}).all() for one in asked.values())
    every = [f"/warnings/{number}" for (number,) in cases]
    for number, indicator, rule in subjects:
        every += [f"/warnings/s{number}?show=table", f"/thresholds/why?measure={indicator}.{rule}"]
    return every


@pytest.fixture(scope="module")
def watched(shared_engine: Engine, run_folder: Path) -> Iterator[Watched]:
    with pytest.MonkeyPatch.context() as patch:
        yield Watched(shared_engine, run_folder, patch)  # where the originals are


@pytest.fixture(scope="module")
def walked(watched: Watched, shared_engine: Engine) -> Walked:
    """Everything that these readers see, in Chinese."""
    found = Walked()
    for login, period, known in WALKS:
        also = [*ALSO, *(starts(period, warned_of(shared_engine)) if known == "all" else ())]
        for seen in walk.walk(watched.reader(login, known), [*starts(period), *also], files=True):
            found.take(seen)
    for seen in walk.walk(watched.reader("p-monitor", "facts"), PUBLISHED, files=True):
        found.take(seen)
    return found


def test_every_answer_is_read_on_one_connection_in_few_statements(walked: Walked, watched: Watched) -> None:
    assert walked.documents > 300 and not watched.excess, "\n".join(watched.excess)


def test_what_a_process_has_read_of_the_facts_is_all_that_it_saves(watched: Watched) -> None:
    """The walk counts the statements of the facts in; here they are read."""
    for page in ("/?", "/?version=1&", "/budget?tab=regions&", "/assessment?", "/warnings?"):
        address = f"{page}period=2026-08"  # which no walk asks for
        watched.reader("p-monitor", "nothing").get(address)
        alone = len(watched.statements)
        watched.reader("p-monitor", "facts").get(address)
        assert alone <= len(watched.statements) + FACTS, address


def test_the_facts_of_a_signed_month_are_read_in_three_statements(shared_engine: Engine) -> None:
    asked: list[str] = []
    with shared_engine.connect() as connection:
        published = Published(connection)
        # What every request reads anyway, and the signatures.
        assert published.tree(load_scheme(SCHEME)) and published.version and published.ask(signed_versions)
        event.listen(connection, "before_cursor_execute", lambda _c, _cursor, said, *_rest: asked.append(said))
        signed = published.snapshot(SCHEME)
    assert signed.close is not None and published.version is not None
    assert signed.version.id < published.version.id
    assert len([one for one in asked if "FROM month_close" not in one]) == FACTS, asked


def test_every_link_leads_to_an_answer(walked: Walked, watched: Watched) -> None:
    # What is not linked to may be closed to one of them.
    asked = {address for _login, period, _known in WALKS for address in [*starts(period), *ALSO]}
    assert walked.documents > 300 and not watched.wrong - asked, "\n".join(sorted(watched.wrong - asked))


def test_rows_and_what_they_leave_make_the_last_line_of_every_table(walked: Walked, watched: Watched) -> None:
    assert walked.documents > 300 and len(watched.tables) >= 5
    assert not watched.unequal, "\n".join(sorted(watched.unequal))


def test_a_csv_has_in_every_cell_the_exact_value_that_the_sheet_names(walked: Walked, watched: Watched) -> None:
    assert walked.documents > 300 and watched.cells > 1000, watched.cells
    assert not watched.inexact, "\n".join(watched.inexact[:40])


def test_what_a_chart_says_on_hover_stands_in_its_table(walked: Walked, watched: Watched) -> None:
    # The scheme that is walked is no pension.
    charts = {code for page in PAGES for code in page.charts} - {"persons"}
    assert walked.documents > 300 and watched.charts >= charts, charts - watched.charts
    assert not watched.unlike, "\n".join(sorted(watched.unlike)[:20])


def test_one_figure_has_one_exact_value_wherever_it_stands(walked: Walked) -> None:
    assert walked.documents > 150 and len(walked.values) > 2000, (walked.documents, len(walked.values))
    assert not walked.contradicting, "\n".join(walked.contradicting[:40])


def test_what_is_read_is_the_exact_value_printed_in_its_unit(walked: Walked) -> None:
    assert not walked.otherwise, "\n".join(walked.otherwise[:40])


def test_no_figure_stands_without_a_passport(walked: Walked) -> None:
    assert not walked.bare, "\n".join(sorted(set(walked.bare))[:60])


def test_the_rows_of_a_table_make_its_last_line(walked: Walked) -> None:
    # 地区进度 has no row yet for the income that the province manages itself.
    unsummed = [one for one in walked.unsummed if not (one.startswith("/budget?tab=regions") and "income_total" in one)]
    assert not unsummed, "\n".join(unsummed[:40])


def test_every_table_and_chart_has_its_menu_or_a_reason(walked: Walked) -> None:
    assert walked.documents > 300 and walked.without_menu <= set(NO_MENU), walked.without_menu - set(NO_MENU)


def test_figures_are_what_plain_sql_on_the_input_tables_gives(walked: Walked, shared_engine: Engine) -> None:
    """Of each kind some: every statement reads the whole ledger."""
    checked, wrong = by_sql(walked, shared_engine)
    missing = {*TWINS, *PRINTED, *KINDS, *CASE_TWINS} - ELSEWHERE - checked
    assert not missing, missing
    assert not wrong, "\n".join(wrong[:40])


FILES = (
    "funds/regions",
    "funds/accounts",
    "warnings/list?tab=list",
    "warnings/cases",
    "issues/issues",
    "issues/comparisons",
    "issues/matrix",
    "assessment/scores",
    "assessment/220200/sheet",
    "outlook/years",
)
STYLES = [sign + style for sign in ("", "+", "|") for style in ("yi", "wan", "yuan", "0", "1", "2", "3")] + ["year"]


@pytest.mark.parametrize("file", FILES)
def test_a_sheet_says_which_figure_stands_in_each_cell(
    reader: Callable[[str], Reader], walked: Walked, file: str
) -> None:
    name, _mark, query = file.partition("?")
    answer = reader("p-monitor").client.get(f"/export/{name}.xlsx?{query}")
    sheet, passports = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    rows = list(passports.iter_rows(min_row=2, values_only=True))
    assert len(rows) > 1
    for cell, key, value in rows:
        found = walked.values.get(str(key), {})
        # In the official form a line with neither plan nor execution has its zeros.
        assert not found or value in found or (set(found) == {"none"} and value == "0"), (cell, key, value, found)
        exact, shown = walk.exact(str(value)), sheet[str(cell)].value
        if exact is None or shown is None:
            continue
        if isinstance(shown, str):
            # A sentence or a figure with its unit, as on the page.
            assert any(display.in_style(exact, style) in shown for style in STYLES), (cell, key, value, shown)
        else:
            # With the cell's own format the number reads as on a page.
            said = of_cell(sheet[str(cell)])
            assert any(display.in_style(exact, style) == said for style in STYLES), (cell, key, value, said)


def test_an_english_reader_sees_the_same_figures(reader: Callable[[str], Reader], walked: Walked) -> None:
    client = reader("p-leader").client
    client.set_cookie("language", "en")
    english = Walked()
    for seen in walk.walk(client, ["/assessment", "/issues"], without=IN_ENGLISH_ELSEWHERE):
        english.take(seen)
    client.delete_cookie("language")
    assert len(english.values) > 150
    others = {key: found for key, found in english.values.items() if set(found) - set(walked.values.get(key, found))}
    assert not others and not english.otherwise, (others, english.otherwise[:10])


# --- the pieces


ABOUT = About(SCHEME, "220000", "220000", "2026-10", "2026-10", 7)


def test_a_figure_is_written_with_its_key_its_exact_value_and_how_it_was_printed() -> None:
    amount = display.printed(ABOUT.figure("to_date", 123_456_789_012, part="premium"))
    said = sentence("收入{amount}亿元", amount=Strong(amount))
    made = sent(html.P(said), ())
    key = f"to_date:premium|{SCHEME}|220000|2026-10"
    assert made.html == f'<p>收入<b data-figure="{key}" data-value="123456789012" data-as="yi">12.35</b>亿元</p>'


def test_a_month_known_later_than_by_its_own_signature_is_another_figure() -> None:
    assert ABOUT.figure("to_date", 1, period="2026-09").key.endswith("|2026-09@2026-10")


def test_a_value_that_is_missing_has_its_reason() -> None:
    missing = display.printed(ABOUT.figure("months_payable", None, reason="too_few_months"))
    assert (missing, missing.figure.exact) == ("—", "too_few_months")


def test_the_names_behind_the_passports_are_told_to_whom_the_scheme_is_open(reader: Callable[[str], Reader]) -> None:
    client = reader("p-monitor").client
    told = client.get(f"/passport/{SCHEME}").json
    assert told is not None
    assert told["whats"]["to_date"] == ["累计执行数", "元", "fen"]
    assert told["places"]["220200"] == "吉林市" and told["known"]["2026-10"]["signed"]
    assert client.get("/passport/nothing").status_code == 404
    set_language("zh")
