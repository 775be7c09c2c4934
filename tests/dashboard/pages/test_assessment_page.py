"""考核评估: the page scores as the rule does, a city sees its own sheet only, three departments confirm a year for good."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete

from dashboard import create_site
from dashboard.pages.assessment import page as page
from dashboard.pages.assessment.reading import assessed
from dashboard.pages.assessment.words import SUGGESTIONS, movement
from dashboard.site.reading import Reading as Looked, read
from dashboard.site.view import View
from dashboard.words import figures
from data_access.books.published import Published
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules import assessment
from rules.indicators import INDICATORS
from tests.dashboard.conftest import Reader, hrefs, nodes, sign_in, words
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, SIPING, site_on
from workflows.assessment.register import confirmed_at, load_confirmations, load_entries, load_scores
from workflows.people.accounts import Role
from workflows.people.rights import Scope

AT = f"?scheme={SCHEME}"
LAST_YEAR = 2025
PROVINCE_LEVEL = "220000-0"


def looked(engine: Engine, tab: str = "") -> Looked:
    return read(
        Published(engine.connect()), View("/assessment", SCHEME, tab=tab), Scope(Role.MONITOR, PROVINCE, None), NOW
    )


def test_the_downloaded_case_gives_the_score_of_the_page_by_the_command_line(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    answer = reader("p-monitor").client.get(f"/export/assessment/{JILIN_CITY}/case.json{AT}")
    assert answer.status_code == 200
    run = subprocess.run(
        [sys.executable, "-m", "rules", "assessment"], input=answer.data, capture_output=True, check=True, timeout=60
    )
    found = assessed(looked(shared_engine))
    assert found is not None
    assert Decimal(json.loads(run.stdout)["score_scaled"]) == found.scores[JILIN_CITY].scaled
    assert f"{found.scores[JILIN_CITY].score}" in reader("p-monitor").text(f"/assessment/{JILIN_CITY}{AT}")


def test_only_local_governments_that_are_scored_whole_have_a_place_whatever_their_order(shared_engine: Engine) -> None:
    for tab in ("", "year"):
        found = assessed(looked(shared_engine, tab))
        assert found is not None
        whole = {
            region: one.score if region in found.units and one.possible == 100 else None
            for region, one in found.scores.items()
        }
        backwards = dict(reversed(list(whole.items())))
        assert assessment.rank(backwards) == {region: one.place for region, one in found.scores.items()}
        assert PROVINCE_LEVEL in found.scores and found.scores[PROVINCE_LEVEL].place is None
        assert any(one.place for one in found.scores.values())


def test_open_points_are_said_and_never_scaled_away(reader: Callable[[str], Reader], shared_engine: Engine) -> None:
    found = assessed(looked(shared_engine))
    assert found is not None
    waiting = next(one for one in found.ranked if not one.complete)
    said = f"尚有{waiting.open_points.normalize():f}分未评"
    assert waiting.scaled != waiting.score
    name = looked(shared_engine).tree.region(waiting.region).name
    everything = reader("p-monitor").text(f"/assessment{AT}")
    assert said in everything and f"{name}{said}，不提建议" in everything
    sheet = reader("p-monitor").text(f"/assessment/{waiting.region}{AT}")
    assert f"得{waiting.score}分，{said}，评完后才列名次" in sheet
    for text in (everything, sheet):
        assert str(waiting.scaled) not in text and "折合" not in text
    # The mean is of those that are whole.
    whole = [one.score for one in found.ranked if one.complete]
    assert found.mean == Fraction(sum(whole)) / len(whole)


def test_the_province_level_stands_apart_and_nothing_is_entered_for_it(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    found = assessed(looked(shared_engine))
    assert found is not None
    assert [one.region for one in found.apart] == [PROVINCE_LEVEL] and PROVINCE_LEVEL not in found.units
    assert "不参加排名" in reader("p-monitor").text(f"/assessment{AT}")
    sheet = reader("p-assessor").text(f"/assessment/{PROVINCE_LEVEL.lower()}{AT}")
    assert "不是地方政府，不参加排名" in sheet
    drawer = words(reader("p-assessor").drawer(f"/assessment/{PROVINCE_LEVEL}{AT}&item=prevention_review"))
    assert "录入记录" in drawer and "撤回原录入" not in drawer


def test_every_measured_value_is_the_one_that_the_pages_show_of_the_month(shared_engine: Engine) -> None:
    """Of all units and indicators: what is scored is the indicator's value of the period, as of the same version."""
    seen = looked(shared_engine)
    found = assessed(seen)
    assert found is not None
    compared = 0
    for unit, scored in found.scores.items():
        for indicator in (one for area in found.areas for one in area.indicators if one.code in INDICATORS):
            value = scored.case.values[indicator.code]
            shown = figures.exact(figures.value(seen, indicator.code, unit, found.month))
            assert value == shown, (unit, indicator.code)
            compared += value is not None
    assert compared > 90


def test_equals_share_a_place_and_the_next_one_is_left_out() -> None:
    scores = {"a": Decimal(90), "b": Decimal(95), "c": Decimal(90), "d": Decimal(80), "e": None}
    assert assessment.rank(scores) == {"b": 1, "a": 2, "c": 2, "d": 4, "e": None}
    assert [movement(3, 1), movement(1, 2), movement(2, 2), movement(None, 2)] == ["↑2", "↓1", "持平", "—"]


@pytest.mark.parametrize(("tab", "period"), [("", "2026-10"), ("&tab=year", "2025-12")])
def test_a_measured_score_leads_to_its_figure_of_the_same_unit_and_month(
    reader: Callable[[str], Reader], shared_engine: Engine, tab: str, period: str
) -> None:
    found = assessed(looked(shared_engine, "year" if tab else ""))
    assert found is not None
    sheet = reader("p-monitor").page(f"/assessment/{JILIN_CITY}{AT}{tab}")
    links = [one for one in hrefs(sheet) if "item=collection_rate" in one]
    assert len(links) == 1
    drawer = reader("p-monitor").drawer(links[0])
    value = found.scores[JILIN_CITY].case.values["collection_rate"]
    month = f"{period[:4]}年{int(period[5:])}月"
    assert f"吉林市 · {month}" in words(drawer) and f"征缴率{value}%" in words(drawer)
    inputs = next(one for one in hrefs(drawer) if "collection_rate.json" in one)
    case = json.loads(reader("p-monitor").client.get(inputs).data)["inputs"]
    assert (Decimal(case["collected_fen"]) * 100 / Decimal(case["due_fen"])).quantize(Decimal("0.01")) == value


def test_a_city_user_sees_its_own_sheet_with_place_and_means_and_nothing_of_others(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    city, found = reader("c-jilin"), assessed(looked(shared_engine))
    assert found is not None
    text = city.text(f"/assessment{AT}")
    assert "吉林市得分表" in text and f"在{len(found.known)}个已评完的地区中" in text and "中位数" in text
    tree = looked(shared_engine).tree
    others = [tree.region(code).name for code in found.scores if code != JILIN_CITY]
    assert not [name for name in others if name in text]
    assert "无权查看" in city.text(f"/assessment/{SIPING}{AT}")
    assert "无权查看" in words(city.drawer(f"/assessment/{SIPING}{AT}&item=policy_review"))
    client: FlaskClient = city.client
    assert client.get(f"/export/assessment/{SIPING}/sheet.csv{AT}").status_code in (403, 404)
    assert client.get(f"/export/assessment/{SIPING}/case.json{AT}").status_code in (403, 404)
    assert client.get(f"/export/assessment/scores.csv{AT}").status_code == 404
    own = client.get(f"/export/assessment/sheet.csv{AT}").data.decode("utf-8-sig")
    assert "预评得分" in own and not [name for name in others if name in own]


def test_a_county_has_no_score_of_its_own(reader: Callable[[str], Reader]) -> None:
    assert "考核以市为单位" in reader("c-yongji").text(f"/assessment{AT}")


def test_no_point_is_called_deducted_and_nobody_held_to_account_by_the_machine(reader: Callable[[str], Reader]) -> None:
    for address in (f"/assessment{AT}", f"/assessment/{JILIN_CITY}{AT}", f"/assessment{AT}&tab=areas"):
        text = reader("p-monitor").text(address)
        assert "扣分" not in text and "问责" not in text and "失分" not in text
    assert "失分原因" in reader("p-monitor").text(f"/assessment/{JILIN_CITY}{AT}&tab=year")
    assert not [said for said in SUGGESTIONS.values() if "问责" in said]


def test_a_confirmed_year_stays_and_what_differs_since_stands_beside_it(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    found = assessed(looked(shared_engine, "year"))
    assert found is not None and found.confirmed and found.year == LAST_YEAR
    changed = [region for region in found.scores if found.later(region) is not None]
    assert len(changed) == 1
    signed, now = found.scores[changed[0]], found.now[changed[0]]
    assert now.version > signed.version and now.score != signed.score
    text = reader("p-monitor").text(f"/assessment{AT}&tab=year")
    assert str(signed.score) in text and "已确认" in text and "确认结果不变" in text


@pytest.fixture
def office(own_engine: Engine, tmp_path) -> Callable[[str], FlaskClient]:
    server = create_site(site_on(own_engine, tmp_path)).server
    return lambda login: sign_in(server, login).client


def act(client: FlaskClient, name: str, path: str, query: str = "", **fields: str):
    return client.post(
        f"/act{path}/{name}{AT}{query}",
        data=fields,
        headers={"Accept": "application/json"},
        content_type="multipart/form-data",
    )


def test_three_departments_have_to_sign_each_for_itself(
    own_engine: Engine, office: Callable[[str], FlaskClient]
) -> None:
    with writing(own_engine) as connection:
        connection.execute(delete(schema.assessment_confirmation))
    found = assessed(looked(own_engine, "year"))
    assert found is not None and not found.confirmed
    fields = {"standing": str(max(one.version for one in found.now.values())), "document": "确认〔2025〕2号"}

    def sign(login: str) -> int:
        return int(act(office(login), "assessment_sign", "/assessment", "&tab=year", **fields).status_code)

    assert sign("p-assessor") == 200
    assert sign("p-monitor") == 422  # the same department again
    assert sign("p-finance") == 200
    assert sign("p-agency") == sign("c-jilin") == 403
    again = assessed(looked(own_engine, "year"))
    assert again is not None and not again.confirmed
    assert sign("p-tax") == 200
    confirmed = assessed(looked(own_engine, "year"))
    assert confirmed is not None and confirmed.confirmed
    assert {one.department for one in confirmed.confirmations} == {"social", "fiscal", "tax"}
    assert sign("p-assessor") == 422  # confirmed for good


def test_signatures_under_other_scores_do_not_count(own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        signed = load_confirmations(connection, SCHEME, LAST_YEAR)
    assert confirmed_at(signed) is not None
    assert confirmed_at([replace(signed[0], version=99), *signed[1:]]) is None


def test_an_entry_by_hand_changes_the_score_with_the_next_refresh_and_the_old_one_stays(
    own_engine: Engine, office: Callable[[str], FlaskClient]
) -> None:
    before = assessed(looked(own_engine))
    assert before is not None
    fields = {"indicator": "recognitions_overturned", "region": JILIN_CITY, "year": "2026", "evidence": "复核"}
    path = f"/assessment/{JILIN_CITY}"
    assert act(office("c-jilin"), "assessment_enter", path, value="0", **fields).status_code == 403
    assert act(office("p-assessor"), "assessment_enter", path, value="-1", **fields).status_code == 422
    measured = fields | {"indicator": "pooling_rate"}
    refused = act(office("p-assessor"), "assessment_enter", path, value="100", **measured)
    assert refused.status_code == 422 and "不接受人工录入" in refused.json["problem"]
    assert act(office("p-assessor"), "assessment_enter", path, value="4", **fields).status_code == 200
    with own_engine.connect() as connection:
        given = load_entries(connection, SCHEME, 2026)[JILIN_CITY, "recognitions_overturned"]
    assert given[-1].value == 4 and len(given) >= 1
    refresh(own_engine, clock=lambda: NOW)
    after = assessed(looked(own_engine))
    assert after is not None
    area = after.scores[JILIN_CITY].area("recognition")
    assert area is not None
    assert {one.code: one.score for one in area.indicators}["recognitions_overturned"] == 1
    with own_engine.connect() as connection:
        version = before.scores[JILIN_CITY].version
        assert load_scores(connection, SCHEME, 202610, version)[JILIN_CITY] == before.scores[JILIN_CITY]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_view_is_shown_in_both_languages(reader: Callable[[str], Reader], language: str) -> None:
    monitor = reader("p-monitor")
    monitor.client.set_cookie("language", language)
    try:
        for address in ("", "&tab=year", "&tab=areas"):
            text = monitor.text(f"/assessment{AT}{address}")
            assert ("考核评估" in text) == (language == "zh") and "这里出错了" not in text
        entry = words(monitor.drawer(f"/assessment/{JILIN_CITY}{AT}&item=prevention_review"))
        assert ("录入记录" in entry) == (language == "zh") and entry
    finally:
        monitor.client.set_cookie("language", "zh")


def test_tables_and_sheet_hold_every_indicator_of_the_profile(shared_engine: Engine) -> None:
    reading = looked(shared_engine)
    made = {code: table for code in page.PAGE.tables if (table := page.PAGE.table(reading, code)) is not None}
    assert set(made) == {"areas", "scores"}
    found = assessed(looked(shared_engine))
    assert found is not None
    indicators = [one for area in found.areas for one in area.indicators]
    assert len(made["areas"].rows) == len(found.areas) + len(indicators)
    assert all(len(area.indicators) >= 3 for area in found.areas)


def test_the_province_level_is_ranked_with_the_cities_nowhere(reader: Callable[[str], Reader]) -> None:
    monitor = reader("p-monitor")
    rows = [node for node in nodes(monitor.page(f"/{AT}")) if "row" in str(node["props"].get("className", "")).split()]
    own = next(row for row in rows if "省本级" in words(row))
    assert words(own).startswith("省本级"), "no place before the name"
    cities = [row for row in rows if words(row)[:1].isdigit()]
    assert len(cities) == 11
    drawer = words(monitor.drawer(f"/region{AT}&region={JILIN_CITY}&item=collection_rate"))
    assert "共11个地区" in drawer
    assert (
        "名次"
        not in words(monitor.drawer(f"/region{AT}&region={PROVINCE_LEVEL}&item=collection_rate")).partition("分地区")[0]
    )
