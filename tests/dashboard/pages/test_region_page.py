"""本地概况: one region beside the province, on one page; of other regions nothing but what may be derived."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from statistics import median

import pytest
from sqlalchemy import Engine, select

from dashboard.charts.theme import LIGHT
from dashboard.components.table import raw
from dashboard.pages.region import page as region
from dashboard.pages.warnings.chart import why_chart
from dashboard.site.reading import Reading, read
from dashboard.site.view import View, parse_view
from dashboard.words import figures
from data_access.books.published import Published
from data_access.store import schema
from data_access.store.engine import writing
from tests.dashboard.conftest import Reader, hrefs, words
from tests.demonstration_store import JILIN_CITY, NOW, PASSWORD, PROVINCE, SCHEME, SIPING, YONGJI
from workflows.people.accounts import Role
from workflows.people.rights import Scope
from workflows.sayings.annotations import KINDS, add_annotation
from workflows.warnings.alerts import Subject
from workflows.warnings.standing import subject_standings


def reading(engine: Engine, code: str, scope: str = PROVINCE) -> Reading:
    role = Role.MONITOR if scope == PROVINCE else Role.CITY
    return read(Published(engine.connect()), View("/region", SCHEME, code), Scope(role, scope, None), NOW)


def test_a_regions_own_address_is_a_view_of_it() -> None:
    assert parse_view("/region/220200", "?tab=x") == View("/region", region="220200", tab="x")
    assert parse_view("/region/../../etc", "").path != "/region"


def test_a_city_user_begins_at_its_own_region(server) -> None:
    client = server.test_client()
    entered = client.post("/sign-in", data={"login": "c-jilin", "password": PASSWORD})
    assert entered.headers["Location"] == "/region"
    asked = client.post("/sign-in", data={"login": "c-jilin", "password": PASSWORD, "next": "/budget"})
    assert asked.headers["Location"] == "/budget"
    leader = client.post("/sign-in", data={"login": "p-leader", "password": PASSWORD})
    assert leader.headers["Location"] == "/"


def test_mean_median_and_rank_are_those_of_the_regions_beside_it(shared_engine: Engine) -> None:
    looked_at = reading(shared_engine, JILIN_CITY)
    found = {one.indicator.code: one for one in region.compared(looked_at)}
    values = {
        code: value.value
        for code, value in looked_at.snapshot.values("premium_deviation", looked_at.snapshot.month).items()
        if code in looked_at.peers(JILIN_CITY) and value.value is not None
    }
    one = found["premium_deviation"]
    assert one.ranked == len(values) == len(looked_at.tree.children(PROVINCE)) - 1, "省本级 is no city"
    assert one.mean == Fraction(sum(values.values(), Decimal(0))) / len(values)
    assert one.median == Fraction(median(values.values()))
    assert one.rank == 1 + sum(value > values[JILIN_CITY] for value in values.values())


def test_mean_and_median_of_amounts_are_amounts(shared_engine: Engine) -> None:
    looked_at = reading(shared_engine, JILIN_CITY)
    row = next(one for one in region.standing_table(looked_at).rows if one.href.endswith("item=general_gap"))
    peers = [
        fen
        for code in looked_at.peers(JILIN_CITY)
        if (fen := raw(figures.figure(looked_at, "general_gap", code))) is not None
    ]
    assert len(peers) > 5 and raw(row.values["mean"]) == Fraction(sum(peers)) / len(peers)
    assert raw(row.values["median"]) == Fraction(median(peers))


def test_only_what_exists_for_the_level_is_listed(shared_engine: Engine) -> None:
    for one in region.compared(reading(shared_engine, YONGJI)):
        assert "county" in one.indicator.levels
    province = {one.indicator.code: one for one in region.compared(reading(shared_engine, PROVINCE))}
    assert "balance_total" in province and province["balance_total"].rank is None


@pytest.mark.parametrize("address", ["/region", f"/region/{JILIN_CITY}", f"/region?region={YONGJI}"])
def test_a_city_sees_nothing_of_a_single_other_region(reader: Callable[[str], Reader], address: str) -> None:
    page = reader("c-jilin").page(address)
    said = words(page)
    assert "吉林市" in said
    others = ("四平", "长春", "白山", "通化", "松原", "白城", "辽源", "延边")
    assert not [name for name in others if name in said]
    assert not [href for href in hrefs(page) if SIPING in href]


def test_a_city_cannot_look_at_another(reader: Callable[[str], Reader]) -> None:
    assert "无权查看" in reader("c-jilin").text(f"/region/{SIPING}")
    export = reader("c-jilin").client.get(f"/export/region/indicators.csv?region={SIPING}")
    assert export.status_code == 403


def test_the_table_goes_out_as_it_stands(reader: Callable[[str], Reader]) -> None:
    answer = reader("c-jilin").client.get(f"/export/region/indicators.csv?scheme={SCHEME}")
    assert answer.status_code == 200
    assert "征缴进度偏差" in answer.get_data(as_text=True)
    figure = reader("c-jilin").client.get(f"/export/region/collection.json?scheme={SCHEME}")
    assert json.loads(figure.data)["data"]


def test_a_scheme_of_published_tables_says_that_it_has_no_months(reader: Callable[[str], Reader]) -> None:
    assert "本险种没有分月的地区数据" in reader("p-monitor").text("/region?scheme=published-pension")


def test_what_happened_is_written_on_the_charts_over_months(own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        subject = next(
            Subject(row.scheme, row.indicator, row.rule, row.region, row.part)
            for row in connection.execute(select(schema.alert_state).where(schema.alert_state.c.scheme == SCHEME))
            if row.region == SIPING and row.indicator == "expenditure_deviation"
        )
        warned = subject_standings(connection, [subject])[subject]
    charts = (
        lambda: region.collection_chart(reading(own_engine, SIPING)),
        lambda: why_chart(reading(own_engine, PROVINCE), warned),
    )

    def lines() -> list[int]:
        return [len(chart().draw(LIGHT)["layout"].get("shapes", ())) for chart in charts]

    before = lines()
    with writing(own_engine) as connection:
        add_annotation(
            connection,
            scheme=SCHEME,
            region=SIPING,
            month=202609,
            day=None,
            kind=KINDS[1],
            text="某县缓缴",
            text_en=None,
            by_login="p-monitor",
            by_name="monitor",
            at=NOW,
        )
    assert lines() == [one + 1 for one in before]
