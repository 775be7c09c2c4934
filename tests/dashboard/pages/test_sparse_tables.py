"""Whatever was published can be shown: one figure for one place, years with gaps, places that are no province."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask, g
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, Engine, insert

from dashboard import PAGES, create_site
from dashboard.components.table import Table
from dashboard.pages.overview import published_totals
from dashboard.pages.region import page as region_page
from dashboard.site.reading import Reading, read, year_shown
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.published import period_name
from data_access.books.published import Published, PublishedCache
from data_access.books.published_totals import PublishedYear
from data_access.books.versions import publish
from data_access.intake.importers import import_file, import_rows
from data_access.intake.workbench.mapping import Mapping
from data_access.store import schema
from data_access.store.engine import writing
from tests import demonstration_store
from tests.conftest import NOW
from tests.dashboard.conftest import sign_in
from tests.dashboard.html_nodes import as_nodes
from tests.data_access.conftest import make_ready
from workflows.people import rights
from workflows.people.accounts import Account, Role, create_account
from workflows.people.rights import Scope

SCHEME = "published-pension"
TABLES = Path(__file__).parents[2] / "data_access" / "intake" / "tables"
figures = st.dictionaries(
    st.tuples(
        st.sampled_from(["2016", "2019", "2024", "2019 Q1", "2024 01-09"]),
        st.sampled_from(["000000", "110000", "320000", "320100", "440300", "660000"]),
        st.sampled_from(
            ["income", "expenditure", "balance", "participants", "retirees", "contributors", "own_measure"]
        ),
    ),
    st.sampled_from([("0", 0), ("12.5", 0), ("7", 1), ("8559999999.999999", 1)]),
    min_size=1,
    max_size=6,
)
UNITS = {"money": ("亿元", "元"), "persons": ("万人", "人")}


def _rows(drawn: dict[tuple[str, str, str], tuple[str, int]]) -> list[dict[str, str]]:
    return [
        {
            "topic": "pension",
            "year": year.partition(" ")[0],
            "period": year.partition(" ")[2],
            "region": region,
            "counted": ("", "within", "apart")[(len(value) + at) % 3] if region in ("440300", "660000") else "",
            "measure": measure,
            "value": value,
            "unit": UNITS["money" if measure in ("income", "expenditure", "balance") else "persons"][at],
            "source": "bulletin",
        }
        for (year, region, measure), (value, at) in drawn.items()
    ]


def _public(engine: Engine) -> None:
    with writing(engine) as connection:
        row = {"started_at": NOW, "finished_at": NOW, "state": "published", "full": False}
        run = connection.execute(insert(schema.refresh_run).values(row).returning(schema.refresh_run.c.id)).scalar_one()
        publish(connection, run=run, published_at=NOW, as_of=NOW)


def _reading(connection: Connection, **view: str) -> Reading:
    scope = Scope(Role.MONITOR, "320000", None)
    return read(Published(connection, PublishedCache()), View("/", scheme=SCHEME, **view), scope, NOW)


def _open_all(connection: Connection) -> None:
    """Every page, drawer and table of published totals, of every year, for the nation and a province."""
    years = _reading(connection).published.published_years(SCHEME)
    for period, measures in ((year.key, year.measures) for year in years):
        for region in ("000000", "320000"):
            for measure in ("", *measures, "months_payable"):
                reading = _reading(connection, period=period, region=region, measure=measure, item=measure)
                for show in (published_totals.overview, published_totals.flows):
                    assert as_nodes(show(reading))
            for show in (published_totals.no_budget, region_page.show):
                assert as_nodes(show(_reading(connection, period=period, region=region)))
                published_totals.drawer(reading)
                chart = published_totals.chart(reading)
                for table in (chart and chart.table, published_totals.published_table(reading)):
                    assert isinstance(table, Table)


@pytest.fixture
def in_request() -> Iterator[None]:
    with Flask("pages").test_request_context("/"):
        g.account = Account("li", "李某某", Role.MONITOR, "320000", None, demo=False)
        yield


@pytest.fixture
def engine(sqlite_store: Engine, now: datetime) -> Engine:
    return make_ready(sqlite_store, now)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=figures)
def test_every_page_opens_on_sparse_tables(
    engine: Engine, in_request: None, drawn: dict[tuple[str, str, str], tuple[str, int]]
) -> None:
    with writing(engine) as connection:
        connection.execute(schema.published_total.delete())
    rows = _rows(drawn)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    assert import_rows(engine, "published_total", columns, now=NOW).rejections == ()
    _public(engine)
    with engine.connect() as connection:
        _open_all(connection)


def _year(engine: Engine, number: int, *names: str) -> PublishedYear:
    for name in names:
        assert import_file(engine, TABLES / name, now=NOW).state == "loaded"
    _public(engine)
    with engine.connect() as connection:
        years = Published(connection, PublishedCache()).published_years(SCHEME)
        return next(year for year in years if year.year == number)


def _shown(year: PublishedYear, region: str, measure: str) -> str:
    return display.number(year.value(region, measure), year.places(measure))


def test_units_of_one_table_are_converted_exactly(engine: Engine) -> None:
    year = _year(engine, 2019, "units_mixed_2019.csv")
    assert (year.unit("income"), _shown(year, "320000", "income")) == ("100m yuan", "3,394.0")
    assert [_shown(year, code, "balance") for code in ("320000", "310000")] == ["4,912.0", "2,362.1"]
    assert display.number(year.not_listed("balance"), year.places("balance")) == "47,348.9"


def test_a_tail_of_a_binary_fraction_changes_neither_the_figure_nor_the_column(engine: Engine) -> None:
    year = _year(engine, 2016, "float_noise_2016.csv")
    assert _shown(year, "320000", "expenditure") == "85.60"
    assert _shown(year, "310000", "expenditure") == "2,165.10"
    assert str(year.values["320000"]["expenditure"].value) == "8560000000.00"


def test_long_figures_in_yuan_are_hundreds_of_millions_with_two_decimals(engine: Engine) -> None:
    year = _year(engine, 2020, "sh_long_yuan.csv")
    assert [_shown(year, "310000", measure) for measure in ("income", "expenditure")] == ["1,554.70", "2,493.40"]


def test_only_participants_open_every_page(engine: Engine, tmp_path: Path) -> None:
    year = _year(engine, 2024, "participants_only_2024.csv")
    assert year.value("110000", "months_payable") is None
    with writing(engine) as connection:
        create_account(
            connection, login="p", name="P", role=Role.MONITOR, region="320000", digest=demonstration_store.digest()
        )
    walker = sign_in(create_site(demonstration_store.site_on(engine, tmp_path)).server, "p")
    for page in PAGES:
        if page.path in rights.PAGES and Role.MONITOR in rights.PAGES[page.path]:
            assert walker.page(f"{page.path}?scheme={SCHEME}&region=320000"), page.path
    assert walker.frame(f"/?scheme={SCHEME}") and walker.drawer(f"/?scheme={SCHEME}&item=participants")


def test_a_plan_city_is_counted_once_where_the_table_says_how_and_never_where_it_does_not(engine: Engine) -> None:
    given = {
        ("000000", ""): "1000",
        ("440000", ""): "300",
        ("440300", "within"): "100",
        ("210200", "apart"): "50",
        ("660000", ""): "20",
        ("320100", ""): "7",
    }
    columns = {
        "topic": ["pension"] * 6,
        "year": ["2016"] * 6,
        "region": [code for code, _counted in given],
        "measure": ["income"] * 6,
        "value": [*given.values()],
        "unit": ["亿元"] * 6,
        "source": ["bulletin"] * 6,
        "counted": [counted for _code, counted in given],
    }
    assert import_rows(engine, "published_total", columns, now=NOW).rejections == ()
    year = _year(engine, 2016)
    assert year.not_listed("income") == 1000 - 300 - 50
    assert (year.provinces, year.separate, year.unsaid) == (("440000",), ("210200", "440300", "660000"), ("660000",))


def test_a_quarter_stands_beside_the_year_and_is_not_taken_for_it(engine: Engine, in_request: None) -> None:
    rows = [
        ("2016", "", "400", "100"),
        ("2016", "一季度", "90", "30"),
        ("2016", "1—9月", "280", "75"),
        ("2017", "03", "9", "1"),
    ]
    columns = {
        "topic": ["pension"] * 8,
        "year": [row[0] for row in rows for _ in range(2)],
        "期间": [row[1] for row in rows for _ in range(2)],
        "region": ["320000"] * 8,
        "measure": ["balance", "expenditure"] * 4,
        "value": [text for row in rows for text in row[2:]],
        "unit": ["亿元"] * 8,
        "source": ["bulletin"] * 8,
    }
    assert import_rows(engine, "published_total", columns, now=NOW).rejections == ()
    _public(engine)
    with engine.connect() as connection:
        years = _reading(connection).published.published_years(SCHEME)
        assert [year.key for year in years] == ["2016-Q1", "2016-01-09", "2016", "2017-03"]
        assert [year.value("320000", "months_payable") for year in years] == [9, Fraction(168, 5), 48, 9]
        newest, quarter = year_shown(_reading(connection)), year_shown(_reading(connection, period="2016-Q1"))
        assert newest is not None and quarter is not None
        assert (newest.key, quarter.key) == ("2016", "2016-Q1"), "a month is not shown in place of a year"
        assert period_name(quarter) == "2016年一季度"


def test_another_countrys_table_is_shown_in_its_own_money_and_fiscal_years(engine: Engine, in_request: None) -> None:
    mapping = Mapping(
        constants={"scheme": "厚生年金", "citation": "厚生労働省"},
        names={"measure": {"歳入": "balance", "歳出": "expenditure"}},
    )
    assert import_file(engine, TABLES / "mhlw_h30.csv", mapping=mapping, now=NOW).inserted == 4
    yuan = {"topic": "jp_employees_pension", "year": "2018", "region": "日本", "measure": "income", "value": "1"}
    ours = {"topic": "pension", "year": "2018", "region": "990392", "measure": "income", "value": "1"}
    for row, reason in ((yuan, "unit_unfit"), (ours, "not_a_place")):
        columns = {name: [text] for name, text in {**row, "unit": "亿元", "source": "t"}.items()}
        assert [one.reason for one in import_rows(engine, "published_total", columns, now=NOW).rejections] == [reason]
    _public(engine)
    with engine.connect() as connection:
        view = View("/", scheme="published-jp-employees-pension", item="balance")
        reading = read(Published(connection, PublishedCache()), view, Scope(Role.MONITOR, "320000", None), NOW)
        year = year_shown(reading)
        assert year is not None and (period_name(year), year.unit("balance")) == ("平成30年度", "100m yen")
        shown = str(published_totals.overview(reading))
        assert "479,827" in shown and "亿日元" in shown and "亿元" not in shown and "全国" not in shown
        assert published_totals.drawer(reading) is not None and published_totals.flows(reading)


def test_equal_figures_share_a_place(engine: Engine) -> None:
    _year(engine, 2022, "ties_2022.csv")
    with engine.connect() as connection:
        reading = _reading(connection, period="2022", measure="income")
        year = year_shown(reading)
        assert year is not None
        assert [place.rank for place in published_totals.ranked(reading, year).places] == [1, 1, 3, 4]


def test_a_fund_without_rules_is_shown_once_it_has_figures(engine: Engine, in_request: None) -> None:
    def shown() -> set[str]:
        with engine.connect() as connection:
            return {entry.scheme.code for entry in Published(connection, PublishedCache()).schemes}

    scheme = "published-unemployment"
    assert scheme not in shown()
    assert import_file(engine, TABLES / "p27_topic_unemployment.csv", now=NOW).state == "loaded"
    _public(engine)
    assert shown() & {"published-medical", scheme} == {scheme}
    with engine.connect() as connection:
        view = View("/", scheme=scheme, region="320000", measure="income", item="income")
        reading = read(Published(connection, PublishedCache()), view, Scope(Role.MONITOR, "320000", None), NOW)
        assert "100.5" in str(published_totals.overview(reading))
        assert published_totals.drawer(reading) is not None and published_totals.flows(reading)
