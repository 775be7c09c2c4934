"""The first chapter of the user guide, done as it is written: what it says comes out, on the figures it states."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from dashboard.words import display
from dashboard.words.problems import rejection_line
from data_access.books.checks import run_checks
from data_access.books.published import LIVE, Published
from data_access.books.published_totals import PublishedYear
from data_access.books.regions import NATION
from data_access.books.versions import current_version, reading, restatements
from data_access.intake.importers.templates import rejected_xlsx
from data_access.intake.reference import load_reference
from data_access.store.engine import migrate, writing
from monitoring.refresh import Refreshed, import_files
from rules.indicators import INDICATORS
from rules.movements import Account
from tests.stores import open_store
from workflows.closing.checklist import load_checklist
from workflows.closing.register import sign
from workflows.people.accounts import By

ROOT = Path(__file__).parents[1]
FILES = ROOT / "docs" / "guide" / "files"
GUIDES = ("en", "zh")
# Every figure that the tests below compare, as both guides write it.
STATED = re.findall(
    r"\S+",
    """
    406 17 375 15,365.3 17.5 3.08 10,554.9 47.2 20.3 6.5 8.47 1.62 909.8 705.8 955.7 79.5 8.8 17.1
    3,168 13.40 13.25 14.9 101.67 98.18 99.18 0.10 0.05 98.09 13.41 9,000.00 8,900.00
    """,
)
NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
SCHEME, PROVINCE, COUNTY = "jiangsu-pension", "320000", "320102"


def come_in(engine: Engine, *paths: Path) -> Refreshed:
    return import_files(engine, paths, clock=lambda: NOW)


def counted(done: Refreshed) -> list[tuple[str, int, int, int]]:
    return [(batch.state, batch.inserted, batch.known, batch.rejected) for batch in done.batches]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The store after `flask init` (section 1.1)."""
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('guide') / 'poolwatch.db'}")
    migrate(engine)
    load_reference(engine, now=NOW)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def published(store: Engine) -> Published:
    """Section 1.2: the published tables are in."""
    assert counted(come_in(store, ROOT / "examples" / "published.csv")) == [("loaded", 375, 0, 0)]
    return Published(store.connect())


@pytest.fixture(scope="module")
def prepared(store: Engine) -> Engine:
    """Section 1.3: source, opening balance and plan are in."""
    done = come_in(store, FILES / "source.csv", FILES / "opening.csv", FILES / "plan-2025.csv")
    assert counted(done) == [("loaded", 1, 0, 0), ("loaded", 1, 0, 0), ("loaded", 2, 0, 0)]
    return store


@pytest.fixture(scope="module")
def refused(prepared: Engine) -> tuple[int, list[str]]:
    """Section 1.4: the batch with mistakes and what is said of it."""
    done = come_in(prepared, FILES / "ledger-2025-with-mistakes.csv")
    (batch,) = done.batches
    assert counted(done) == [("refused", 0, 0, 3)]
    return batch.batch, [rejection_line(rejection, batch.target) for rejection in batch.rejections]


@pytest.fixture(scope="module")
def mended(refused: tuple[int, list[str]], store: Engine) -> Engine:
    """The end of section 1.4: the mended file is in."""
    assert counted(come_in(store, FILES / "ledger-2025.csv")) == [("loaded", 60, 0, 0)]
    return store


@pytest.fixture(scope="module")
def signed(mended: Engine) -> Published:
    """Section 1.5: December 2025 is signed."""
    with writing(mended) as connection:
        version = current_version(connection)
        assert version is not None
        points = load_checklist(connection, SCHEME, 202512, version.id, NOW)
        assert [one.code for one in points if one.to_explain] == ["sources", "refused", "books", "signatures"]
        sign(
            connection,
            SCHEME,
            202512,
            version.id,
            points,
            "未登记来源，无部门对账数；退回的文件已改正重报",
            By("", "张某某", "", NOW),
        )
    return Published(mended.connect())


@pytest.fixture(scope="module")
def corrected(signed: Published, store: Engine) -> Published:
    """Section 1.6: the correction is in."""
    assert counted(come_in(store, FILES / "correction-2025-12.csv")) == [("loaded", 1, 0, 0)]
    return Published(store.connect())


def year(published: Published, scheme: str, number: int) -> PublishedYear:
    return next(found for found in published.published_years(scheme) if found.year == number)


def ranked(published: Published, scheme: str, number: int, measure: str) -> list[tuple[str, str]]:
    """Provinces from the highest value down, with the figure as it is shown."""
    table = year(published, scheme, number)
    values = [(code, table.value(code, measure)) for code in table.regions if code != NATION]
    places = {"months_payable": 1, "staff_per_retiree": 2}[measure]
    known = sorted(((code, value) for code, value in values if value is not None), key=lambda pair: -pair[1])
    return [(code, display.number(value, places)) for code, value in known]


def test_an_initialised_store_has_the_regions_and_sources_the_guide_counts(store: Engine) -> None:
    with store.connect() as connection:
        counts = [
            connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table} WHERE {own}").scalar_one()
            for table, own in (("region", "TRUE"), ("source", "code <> 'exercise-ledger'"))
        ]
    assert counts == [406, 17]


def test_the_published_table_a_second_time_changes_nothing(published: Published, store: Engine) -> None:
    done = come_in(store, ROOT / "examples" / "published.csv")
    assert counted(done) == [("duplicate", 0, 0, 0)] and done.version is None


def test_the_nations_pension_figures_of_2010_are_as_printed(published: Published) -> None:
    table = year(published, "published-pension", 2010)
    assert table.value(NATION, "balance") == Decimal("15365.3")
    assert table.value(NATION, "expenditure") == Decimal("10554.9")
    assert display.number(table.value(NATION, "months_payable"), 1) == "17.5"
    assert display.number(table.value(NATION, "staff_per_retiree"), 2) == "3.08"


def test_provinces_rank_by_months_payable_and_staff_per_retiree(published: Published) -> None:
    months = ranked(published, "published-pension", 2010, "months_payable")
    assert (len(months), months[0], months[-1]) == (25, ("440000", "47.2"), ("310000", "6.5"))
    assert months[4] == ("320000", "20.3")
    staff = ranked(published, "published-pension", 2010, "staff_per_retiree")
    assert (staff[0], staff[-1]) == (("440000", "8.47"), ("230000", "1.62"))


def test_what_no_province_accounts_for_is_shown_as_not_listed(published: Published) -> None:
    table = year(published, "published-pension", 2010)
    rest = [table.not_listed(measure) for measure in ("income", "expenditure", "balance")]
    assert rest == [Decimal("909.8"), Decimal("705.8"), Decimal("955.7")]


def test_work_injury_of_2011_has_no_national_row_and_2021_nothing_else(published: Published) -> None:
    assert [found.year for found in published.published_years("published-work-injury")] == [2011, 2021]
    table = year(published, "published-work-injury", 2011)
    assert len(table.regions) == 31 and NATION not in table.regions and table.not_listed("balance") is None
    months = ranked(published, "published-work-injury", 2011, "months_payable")
    assert (months[0], months[-1]) == (("460000", "79.5"), ("500000", "8.8"))
    latest = year(published, "published-work-injury", 2021)
    assert latest.regions == (NATION,) and display.number(latest.value(NATION, "months_payable"), 1) == "17.1"


@pytest.mark.parametrize("language", GUIDES)
def test_both_guides_state_the_figures_that_are_compared_here(language: str) -> None:
    guide = (ROOT / "docs" / "guide" / f"{language}.md").read_text(encoding="utf-8")
    assert [figure for figure in STATED if not re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d])", guide)] == []


@pytest.mark.parametrize("language", GUIDES)
def test_the_refused_file_is_answered_in_the_guides_words(refused: tuple[int, list[str]], language: str) -> None:
    guide = (ROOT / "docs" / "guide" / f"{language}.md").read_text(encoding="utf-8")
    assert len(refused[1]) == 3
    assert [line for line in refused[1] if f"      {line}\n" not in guide] == []


def test_the_sheet_of_refused_rows_can_be_mended_and_sent_again(
    refused: tuple[int, list[str]], store: Engine, tmp_path: Path
) -> None:
    sheet, other = tmp_path / "rejected.xlsx", tmp_path / "store.db"
    with store.connect() as connection:
        mended = rejected_xlsx(connection, refused[0], lambda rejection: rejection_line(rejection, "ledger_entry"))
    sheet.write_bytes(mended)
    book = load_workbook(sheet)
    rows = book.worksheets[0]
    assert rows.max_row == 4 and [cell.value for cell in rows[1]][-1] == "拒收原因"
    columns = {cell.value: cell.column for cell in rows[1]}
    rows.cell(2, columns["item"]).value = None
    rows.cell(3, columns["amount_yuan"]).value = "100000000.00"
    rows.cell(4, columns["region"]).value = COUNTY
    book.save(sheet)
    # Into a copy, so that the guide's own next step finds the store as it was.
    with sqlite3.connect(str(store.url.database)) as original, sqlite3.connect(other) as copy:
        original.backup(copy)
    assert counted(come_in(open_store(f"sqlite:///{other}"), sheet)) == [("loaded", 3, 0, 0)]


def shown(published: Published, period: str, indicator: str) -> str:
    value = published.snapshot(SCHEME, period).values(indicator, 202512)[PROVINCE].value
    assert value is not None
    return display.number(value, INDICATORS[indicator].scale)


def test_the_signed_month_shows_the_guides_figures(signed: Published) -> None:
    facts = signed.snapshot(SCHEME, "2025-12").facts
    at = facts.index(202512)
    balances = [
        facts.result_balance(PROVINCE)[at],
        facts.account_total(PROVINCE)[at],
        facts.account(PROVINCE, Account.PROVINCIAL)[at],
        facts.account(PROVINCE, Account.TREASURY)[at],
        facts.account(PROVINCE, Account.LOCAL_FISCAL)[at],
        facts.account(PROVINCE, Account.EXPENDITURE)[at],
    ]
    assert [display.money(int(amount)) for amount in balances] == ["13.40", "13.40", "13.25", "0.10", "0.05", "0.00"]
    assert shown(signed, "2025-12", "months_payable") == "14.9"
    assert shown(signed, "2025-12", "income_progress") == "101.67"
    assert shown(signed, "2025-12", "expenditure_progress") == "98.18"
    assert shown(signed, "2025-12", "pooling_rate") == "99.18"


def test_one_year_is_no_history_to_compare_with(signed: Published) -> None:
    found = signed.snapshot(SCHEME, "2025-12").values("premium_deviation", 202512)[PROVINCE]
    assert found.value is None and found.reason == "too_few_years"


def test_a_correction_changes_the_live_figures_and_not_the_signed_ones(corrected: Published, store: Engine) -> None:
    assert shown(corrected, "2025-12", "expenditure_progress") == "98.18"
    assert shown(corrected, LIVE, "expenditure_progress") == "98.09"
    facts = corrected.snapshot(SCHEME, LIVE).facts
    assert display.money(int(facts.result_balance(PROVINCE)[facts.index(202512)])) == "13.41"
    with reading(store) as connection:
        (found,) = restatements(connection, SCHEME)
    assert (found.region, found.month, found.item) == (COUNTY, 202512, "pension")
    assert (found.signed_fen, found.current_fen) == (9_000_000_000, 8_900_000_000)


def test_every_check_passes_and_compares_as_many_balances_as_the_guide_says(
    corrected: Published, store: Engine
) -> None:
    with reading(store) as connection:
        outcomes = {check.code: check for check in run_checks(connection)}
    assert all(check.passed for check in outcomes.values())
    assert outcomes["balances"].compared == 3_168
