"""预计, 标注 and 情况说明 on the pages: shown to those who see the figure, written by those in charge of the region."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from dashboard import create_site
from data_access.store import schema
from tests import demonstration_store
from tests.dashboard.conftest import Reader, nodes, sign_in
from tests.demonstration_store import JILIN_CITY, PROVINCE, SCHEME, SIPING, YONGJI
from workflows.sayings.annotations import load_annotations
from workflows.sayings.explanations import load_explanations

JSON = {"Accept": "application/json"}
MONTH, PERIOD = "202610", "2026-10"
TEXT = "清欠专项行动延至11月。"


@pytest.fixture
def people(own_engine: Engine, tmp_path: Path) -> Iterator[Callable[[str], Reader]]:
    server = create_site(demonstration_store.site_on(own_engine, tmp_path)).server
    yield lambda login: sign_in(server, login)


def act(person: Reader, name: str, region: str, **data: str) -> TestResponse:
    return person.client.post(f"/act/{name}?scheme={SCHEME}&region={region}", data=data, headers=JSON)


def explain(person: Reader, region: str, **data: str) -> TestResponse:
    given = {"figure": "premium_deviation", "month": MONTH, "text": TEXT, **data}
    return act(person, "write_explanation", region, **given)


def said(engine: Engine, *regions: str) -> list[str]:
    with engine.connect() as connection:
        found = load_explanations(connection, SCHEME, PERIOD, regions, ["premium_deviation"])
    return [one.text for one in found]


def drawer(person: Reader, region: str) -> str:
    answer = person.drawer(f"/?scheme={SCHEME}&region={region}&item=premium_deviation")
    return json.dumps(answer, ensure_ascii=False)


# --- 情况说明


def test_an_explanation_stands_in_the_drawer_with_who_and_when(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    city = people("c-siping")
    assert explain(city, SIPING).status_code == 200
    assert said(own_engine, SIPING) == [TEXT]
    shown = drawer(city, SIPING)
    assert TEXT in shown and "Name of c-siping" in shown and "11月20日" in shown
    # Whoever answers for the whole reads it with the figure of the whole, and under the city's own.
    assert TEXT in drawer(people("p-leader"), PROVINCE) and TEXT in drawer(people("p-leader"), SIPING)


def test_a_city_neither_writes_nor_reads_what_is_said_of_another(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    city, other = people("c-siping"), people("c-jilin")
    before = said(own_engine, SIPING, PROVINCE)
    assert explain(other, SIPING).status_code == 403
    assert explain(other, PROVINCE).status_code == 403
    assert said(own_engine, SIPING, PROVINCE) == before
    assert explain(city, SIPING).status_code == 200
    assert TEXT not in drawer(other, JILIN_CITY) and TEXT not in drawer(other, SIPING)
    # A city writes for a county of its own.
    assert explain(other, YONGJI).status_code == 200


@pytest.mark.parametrize("login", ["p-leader", "p-auditor", "p-writer"])
def test_readers_without_a_business_of_their_own_write_nothing(people: Callable[[str], Reader], login: str) -> None:
    person = people(login)
    assert explain(person, PROVINCE).status_code == 403
    assert "写说明" not in drawer(person, PROVINCE)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"text": " "}, 422),
        ({"text": "长" * 501}, 422),
        ({"figure": "no_such_figure"}, 409),
        ({"month": "202609"}, 409),
        ({"month": "x"}, 422),
    ],
)
def test_what_cannot_be_said_is_refused(
    own_engine: Engine, people: Callable[[str], Reader], changed: dict[str, str], status: int
) -> None:
    before = said(own_engine, PROVINCE)
    assert explain(people("p-tax"), PROVINCE, **changed).status_code == status
    assert said(own_engine, PROVINCE) == before


def test_its_writer_or_a_monitor_takes_an_explanation_back_once_and_it_stays_on_record(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    tax = people("p-tax")
    assert explain(tax, PROVINCE).status_code == 200
    with own_engine.connect() as connection:
        number = str(connection.execute(select(func.max(schema.explanation.c.id))).scalar_one())
    assert act(people("p-finance"), "withdraw_explanation", PROVINCE, id=number).status_code == 403
    assert act(people("c-siping"), "withdraw_explanation", SIPING, id=number).status_code == 403
    assert act(tax, "withdraw_explanation", PROVINCE, id=number).status_code == 200
    assert TEXT not in said(own_engine, PROVINCE)
    assert act(people("p-monitor"), "withdraw_explanation", PROVINCE, id=number).status_code == 409
    with own_engine.connect() as connection:
        kept = connection.execute(select(schema.explanation.c.text).where(schema.explanation.c.id == int(number)))
        assert kept.scalar_one() == TEXT


# --- 标注


def annotate(person: Reader, region: str, **data: str) -> TestResponse:
    given = {"month": "2026-03", "day": "", "kind": "deferral", "text": "缓缴到期", "text_en": "", **data}
    return act(person, "add_annotation", region, **given)


def annotated(engine: Engine, *regions: str) -> list[str]:
    with engine.connect() as connection:
        return [one.text for one in load_annotations(connection, SCHEME, regions)]


def chart(person: Reader, region: str) -> str:
    return json.dumps(person.page(f"/?scheme={SCHEME}&region={region}"), ensure_ascii=False)


def test_an_annotation_is_written_on_the_charts_of_its_region_and_of_those_below(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    assert annotate(people("c-siping"), SIPING).status_code == 200
    assert annotated(own_engine, SIPING) == ["缓缴到期"]
    assert "2026年3月 缓缴到期" in chart(people("c-siping"), SIPING)
    assert "缓缴到期" not in chart(people("p-leader"), PROVINCE)
    # What concerns the whole province concerns each city.
    assert annotate(people("p-monitor"), PROVINCE, text="费率下调").status_code == 200
    assert "费率下调" in chart(people("c-jilin"), JILIN_CITY) and "缓缴到期" not in chart(people("c-jilin"), JILIN_CITY)


def test_a_city_annotates_and_withdraws_its_own_alone(own_engine: Engine, people: Callable[[str], Reader]) -> None:
    assert annotate(people("c-jilin"), SIPING).status_code == 403
    assert annotate(people("c-jilin"), PROVINCE).status_code == 403
    assert annotate(people("p-tax"), PROVINCE).status_code == 403
    assert annotate(people("c-siping"), SIPING).status_code == 200
    with own_engine.connect() as connection:
        number = str(connection.execute(select(func.max(schema.annotation.c.id))).scalar_one())
    taken = {"id": number, "reason": "写错月份"}
    assert act(people("c-jilin"), "withdraw_annotation", JILIN_CITY, **taken).status_code == 403
    assert act(people("c-siping"), "withdraw_annotation", SIPING, id=number, reason="").status_code == 422
    assert act(people("c-siping"), "withdraw_annotation", SIPING, **taken).status_code == 200
    assert annotated(own_engine, SIPING) == []
    assert act(people("c-siping"), "withdraw_annotation", SIPING, **taken).status_code == 409


@pytest.mark.parametrize(
    "changed",
    [
        {"month": "2026-13"},
        {"month": "July"},
        {"day": "2026-04-01"},
        {"kind": "rumour"},
        {"text": ""},
        {"month": "²026-03"},
    ],
)
def test_an_annotation_names_a_month_a_kind_and_words(people: Callable[[str], Reader], changed: dict[str, str]) -> None:
    assert annotate(people("p-monitor"), PROVINCE, **changed).status_code == 422


# --- 预计


def figure(component: object, code: str) -> dict[str, object]:
    return next(node["props"]["figure"] for node in nodes(component) if node["props"].get("id") == {"chart": code})


def test_the_overview_expects_twelve_months_in_their_band(reader: Callable[[str], Reader]) -> None:
    drawn = figure(reader("p-leader").page(f"/?scheme={SCHEME}"), "trend")
    band, dashed, line = drawn["data"][:3]  # type: ignore[index]
    assert dashed["name"] == "预计" and len(dashed["x"]) == 13 and len(line["x"]) == 36
    half = len(band["y"]) // 2
    highs, lows = band["y"][:half], band["y"][half:][::-1]
    assert all(low <= mean <= high for low, mean, high in zip(lows, dashed["y"], highs, strict=True))
    assert dashed["y"][0] == line["y"][-1]
    # No forecast of a month that later ones have overtaken.
    earlier = figure(reader("p-leader").page(f"/?scheme={SCHEME}&period=2026-08"), "trend")
    assert "预计" not in [trace.get("name") for trace in earlier["data"]]  # type: ignore[attr-defined]


def test_the_year_expected_by_region_is_uncoloured_and_a_city_sees_its_own(reader: Callable[[str], Reader]) -> None:
    page = reader("p-finance").text(f"/budget?scheme={SCHEME}&tab=expected")
    for words in ("全年预计", "MASE", "合计减各行之和单列一行", "四平市"):
        assert words in page
    for measure in ("premium", "expenditure"):
        assert "全省" in reader("p-finance").text(f"/budget?scheme={SCHEME}&tab=expected&measure={measure}")
    own = reader("c-jilin").text(f"/budget?scheme={SCHEME}&tab=expected")
    assert "永吉县" in own and "四平市" not in own
    answer = reader("p-finance").text(f"/budget?scheme={SCHEME}&tab=expected&period=2025-03")
    assert "本期没有全年预计" in answer


def test_the_drawer_of_a_line_outlines_the_months_to_come(reader: Callable[[str], Reader]) -> None:
    shown = reader("p-finance").drawer(f"/budget?scheme={SCHEME}&item=premium")
    drawn = figure(shown, "item")
    expected = next(trace for trace in drawn["data"] if trace["name"] == "预计")  # type: ignore[attr-defined]
    assert [month for month, fen in zip(expected["x"], expected["y"], strict=True) if fen is not None] == [11, 12]
    outlines = [shape for shape in drawn["layout"]["shapes"] if shape["type"] == "rect"]  # type: ignore[index]
    assert len(outlines) == 2 and all("dash" in shape["line"] for shape in outlines)
    assert "回测误差" in json.dumps(shown, ensure_ascii=False)
