"""What the pages say: sentences by rules, figures of the published tables, and nothing for strangers in a layout."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from dashboard import PAGES
from dashboard.charts.graph import CONFIG
from dashboard.components.parts import plain
from dashboard.pages.gap.page import OWN
from dashboard.pages.overview import published_totals
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from dashboard.words import figures
from dashboard.words.passport import About
from dashboard.words.wording import set_language
from data_access.books.published import Published
from data_access.books.regions import NATION
from tests.addresses import EVERY_PAGE
from tests.dashboard.conftest import Reader, nodes, words
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, YONGJI
from workflows.people.accounts import Role
from workflows.people.rights import Scope

ADDRESSES = [
    "/",
    "/?period=live",
    "/?show=tiles",
    "/?show=table",
    "/?measure=pooling_rate",
    "/budget",
    "/budget?tab=regions",
    "/budget?span=quarter&unit=wan",
    "/funds",
    "/funds?tab=accounts",
    "/funds?tab=pooling",
    "/funds?tab=legacy",
    "/data",
    "/data?tab=imports",
    "/data?tab=reconciliation",
    "/data?tab=checks",
]


def test_every_tab_is_among_the_pages_that_are_tried_in_every_look() -> None:
    # Those of the administrators stand in a list of their own, by role.
    pages = [page for page in PAGES if page.path != "/admin"]
    of_each = {page.path: [*getattr(sys.modules[page.show.__module__], "TABS", ())] for page in pages}
    tabs = [f"{path}?tab={tab}" for path, found in of_each.items() for tab in found[1:]]  # the first is the page itself
    own = {f"/gap?tab={code}": there["path"] for code, there in OWN.items()}  # pages of their own
    assert len(tabs) >= 15 and {own.get(tab, tab) for tab in tabs} <= set(EVERY_PAGE)


def reading(published: Published, view: View, region: str = PROVINCE) -> Reading:
    return read(published, view, Scope(Role.MONITOR, region, None), NOW)


# --- sentences by rules


ABOUT = About("jilin-work-injury", "220000", "220000", "2026-10", "2026-10", 1)


@pytest.mark.parametrize(
    ("deviation", "said"),
    [
        (Decimal("1.66"), "快于历史同期1.66个百分点"),
        (Decimal("-5.6"), "慢于历史同期5.60个百分点"),
        (Decimal(0), "与历史同期持平"),
        (Decimal("0.00"), "与历史同期持平"),
        (None, "历史同期不足两年，暂不比较"),
    ],
)
def test_the_pace_is_said_faster_slower_level_or_why_it_cannot_be_said(deviation: Decimal | None, said: str) -> None:
    figure = ABOUT.figure("income_deviation", deviation)
    assert plain(figures.pace(figure)) == said
    assert plain(figures.pace(figure, strong=True)) == said


def test_the_pace_is_never_said_with_a_sign_and_never_in_chinese_to_an_english_reader() -> None:
    set_language("en")
    for deviation in (Decimal("1.66"), Decimal("-5.6"), Decimal(0), None):
        said = plain(figures.pace(ABOUT.figure("income_deviation", deviation)))
        assert not re.search(r"[−+\u4e00-\u9fff]", said), said
    faster, slower = (ABOUT.figure("income_deviation", Decimal(points)) for points in (1, -1))
    assert plain(figures.pace(faster)) != plain(figures.pace(slower))


@pytest.mark.parametrize(
    ("now", "before", "growth"),
    [
        (110, 100, "10.00"),
        (90, 100, "-10.00"),
        (1, 3, "-66.67"),
        (0, 5, "-100.00"),
        (5, 0, None),
        (5, -5, None),
        (None, 5, None),
        (5, None, None),
    ],
)
def test_growth_needs_a_positive_base(now: int | None, before: int | None, growth: str | None) -> None:
    assert figures.growth(now, before) == (None if growth is None else Decimal(growth))


def on_desk(classes: str) -> bool:
    """Whether it is a figure of the band that is not for a phone alone."""
    return "cell" in classes.split() and "phone-only" not in classes.split()


def test_the_conclusion_says_the_figures_of_the_cards_under_it(reader: Callable[[str], Reader]) -> None:
    page = reader("p-monitor").page("/")
    cards = [words(node) for node in nodes(page) if on_desk(str(node["props"].get("className", "")))]
    first = next(words(node) for node in nodes(page) if node["props"].get("className") == "first")
    balance = re.search(r"全省累计结余([\d,.]+)亿元", first)
    months = re.search(r"可支付([\d.]+)个月", first)
    assert balance is not None and months is not None, first
    assert balance.group(1) in cards[0] and months.group(1) in cards[1]
    pace = re.search(r"收入(快于|慢于)历史同期([\d.]+)个百分点", first)
    assert pace is not None and pace.group(2) in cards[2]
    assert len(cards) == 6


def test_a_city_is_told_its_own_income_and_spending_and_no_balance(reader: Callable[[str], Reader]) -> None:
    first = next(words(n) for n in nodes(reader("c-jilin").page("/")) if n["props"].get("className") == "first")
    assert "吉林市本年收入" in first and "累计结余" not in first


def test_a_city_sees_of_the_others_its_place_their_number_mean_and_median_only(
    reader: Callable[[str], Reader], shared_published: Published
) -> None:
    others = reading(shared_published, View("/")).tree
    names = [others.region(code).name for code in others.children(PROVINCE) if code not in (JILIN_CITY,)]
    for address in ADDRESSES[:12]:
        said = reader("c-jilin").text(address) + json.dumps(reader("c-jilin").frame(address), ensure_ascii=False)
        assert not [name for name in names if name in said], (address, [name for name in names if name in said])


def test_a_county_without_regions_below_is_shown_without_failing(reader: Callable[[str], Reader]) -> None:
    for address in ADDRESSES:
        joint = "&" if "?" in address else "?"
        said = reader("p-monitor").text(f"{address}{joint}region={YONGJI}")
        assert "这里出错了" not in said, address


@pytest.mark.parametrize(
    "query",
    [
        "scheme=nothing",
        "region=999999",
        "period=1999-01",
        "period=2026-13",
        "version=999999",
        "version=0",
        "version=1",
        "measure=x&show=x&sort=x&tab=x&span=x&unit=x&compare=x&item=x",
        "number=-1",
        "period=live&version=1",
        f"scheme={SCHEME}&region=320500",
    ],
)
def test_an_address_with_strange_parameters_shows_a_page_and_never_a_failure(
    reader: Callable[[str], Reader], query: str
) -> None:
    for path in ("/", "/budget", "/funds", "/data"):
        assert "这里出错了" not in reader("p-monitor").text(f"{path}?{query}"), path
        assert "这里出错了" not in words(reader("p-monitor").drawer(f"{path}?{query}&item=premium_deviation")), path
        assert "这里出错了" not in words(reader("p-monitor").frame(f"{path}?{query}")), path


# --- published tables


@pytest.fixture(scope="module")
def pension(shared_published: Published):
    return shared_published.published_years("published-pension")[0]


def test_twenty_five_provinces_stand_beside_the_nation_and_the_rest_is_named(
    pension, shared_published: Published
) -> None:
    provinces = [code for code in pension.regions if code != NATION]
    assert len(provinces) == 25
    for measure in ("income", "expenditure", "balance"):
        listed = sum((pension.value(code, measure) or 0 for code in provinces), Fraction(0))
        assert pension.not_listed(measure) == pension.value(NATION, measure) - listed > 0
    table = published_totals.full_table(reading(shared_published, View("/", scheme="published-pension")), pension)
    assert [row.values["region"] for row in (*table.rows[-1:], *table.foot)] == ["未列省份", "全国"]
    for measure in ("income", "expenditure", "balance"):
        assert sum(row.values[measure] for row in table.rows) == table.foot[0].values[measure], measure


def test_months_payable_of_a_year_is_the_balance_by_a_twelfth_of_its_expenditure(pension) -> None:
    found = 0
    for code in pension.regions:
        balance, spent = pension.value(code, "balance"), pension.value(code, "expenditure")
        if balance is not None and spent:
            assert pension.value(code, "months_payable") == balance / (spent / 12)
            found += 1
    assert found >= 25


def test_the_published_pages_say_the_missing_provinces_year_source_and_no_month(
    reader: Callable[[str], Reader],
) -> None:
    for path in ("/", "/funds"):
        said = reader("p-monitor").text(f"{path}?scheme=published-pension")
        assert "表列25个省份，与全国合计之差（未列省份）为结余" in said and "2010年" in said and "来源：" in said
        assert not re.search(r"\d月(?!均)", said.partition("来源：")[0]), "a month of a yearly table"


def test_a_year_without_a_national_row_has_no_check_and_says_so(reader: Callable[[str], Reader]) -> None:
    said = reader("p-monitor").text("/?scheme=published-work-injury&period=2011")
    assert "没有全国合计，不作合计校验" in said and "未列省份" not in said


def test_published_figures_are_open_to_a_city_and_say_nothing_of_the_ledger(reader: Callable[[str], Reader]) -> None:
    assert "2010年，全国" in reader("c-jilin").text("/?scheme=published-pension")


def test_the_place_of_a_province_among_the_published_is_said_on_its_own_view(reader: Callable[[str], Reader]) -> None:
    said = reader("p-monitor").text("/?scheme=published-pension&region=440000")
    assert re.search(r"第\d+位，共25个", said)


# --- structure only in layouts, and no way to a cloud


def test_the_layout_that_anyone_may_ask_for_holds_no_figure_and_no_name(
    reader: Callable[[str], Reader], shared_published: Published
) -> None:
    tree = reading(shared_published, View("/")).tree
    secrets = {tree.region(code).name for code in tree.codes} | {"累计结余", "demo-monitor", "演示监测员"}
    figure = re.compile(r"\d{1,3}(,\d{3})*\.\d{2}(?!\d)")
    for address in ("/_dash-layout", "/_dash-dependencies"):
        said = reader("p-monitor").client.get(address).text
        assert not [name for name in secrets if name in said], address
        assert not figure.search(said), address


def test_no_answer_holds_a_graph_that_could_send_its_figures_to_a_cloud(reader: Callable[[str], Reader]) -> None:
    found = 0
    for address in ADDRESSES:
        one = reader("p-monitor")
        answers = [one.page(address)]
        if address.startswith(("/", "/funds")):
            joint = "&" if "?" in address else "?"
            answers.append(one.drawer(f"{address}{joint}item=premium_deviation"))
        for answer in answers:
            for node in nodes(answer):
                if node["type"] == "Graph":
                    config = node["props"]["config"]
                    assert {key: config.get(key) for key in CONFIG} == CONFIG, address
                    assert config["locale"] in ("zh-CN", "en")
                    found += 1
    assert found > 5
    assert CONFIG["showSendToCloud"] is False and CONFIG["plotlyServerURL"] == ""


def test_no_page_has_more_than_six_figures_and_each_has_one_heading_line(reader: Callable[[str], Reader]) -> None:
    for address in ADDRESSES:
        classes = [str(node["props"].get("className", "")) for node in nodes(reader("p-monitor").page(address))]
        assert sum(one.split()[:1] == ["first"] for one in classes) == (0 if "panel" in classes else 1), address
        if not any("accounts" in one.split() for one in classes):
            assert sum(on_desk(one) for one in classes) <= 6, address


def test_the_print_layout_of_a_chart_names_title_unit_period_source_and_the_demonstration(
    reader: Callable[[str], Reader],
) -> None:
    chart: Any = reader("p-monitor").client.get("/export/trend.json").json
    said = " ".join(note["text"] for note in chart["layout"]["annotations"])
    for part in ("累计结余", "单位：亿元", "2026年10月已定稿", "数据截至", "版本", "演示数据"):
        assert part in said, part
    assert (chart["width"], chart["height"], chart["scale"]) == (567, 330, 3.125)


def test_a_past_version_shows_the_figures_it_had(reader: Callable[[str], Reader], shared_published: Published) -> None:
    live = reading(shared_published, View("/", period="live"))
    before = reading(shared_published, replace(View("/", period="live"), version="1"))
    assert before.snapshot.version.id == 1 < live.snapshot.version.id
    assert before.snapshot.month is not None
