"""中长期测算: scenarios saved and compared, other sizes, what can be computed again, what is brought to meetings."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from dashboard import create_site
from dashboard.exports.kept import read_block
from data_access.books.outlook.results import load_runs
from data_access.store import schema
from rules.projection.assumptions import ASSUMPTIONS
from tests import demonstration_store
from tests.dashboard.conftest import Reader, hrefs, sign_in, words
from tests.demonstration_store import NOW, PROVINCE, SCHEME
from workflows.briefings.basket import items
from workflows.cases.instructions import instructions_of
from workflows.outlook.assumptions import from_json
from workflows.outlook.runs import case_of, stress_of
from workflows.outlook.scenarios import load_scenarios

PAGE = f"/outlook?scheme={SCHEME}"
LOW = {"name": "征缴率大降", "collection": "20 15", "reason": "试算用尽"}
ROOT = Path(__file__).parents[4]
People = Callable[[str], Reader]


@pytest.fixture
def people(own_engine: Engine, tmp_path: Path) -> People:
    server = create_site(demonstration_store.site_on(own_engine, tmp_path)).server
    return lambda login: sign_in(server, login)


def act(person: Reader, deed: str, /, **data: object) -> TestResponse:
    address = f"/act/outlook/{deed}?scheme={SCHEME}"
    return person.client.post(address, data=data, headers={"Accept": "application/json"})


def answer(given: TestResponse) -> dict[str, Any]:
    assert given.status_code == 200, given.data
    found: dict[str, Any] = json.loads(given.data)
    return found


def save(person: Reader, **changed: str) -> str:
    """The number of the scenario that was saved."""
    href = answer(act(person, "outlook_save", **{**LOW, **changed}))["href"]
    found = re.search(r"[?&]set=(\d+)", href)
    assert found is not None, href
    return found[1]


def first_line(person: Reader, address: str) -> str:
    return person.text(address).partition("测算，非预算或预测")[0]


# --- saved and shown


def test_a_scenario_that_is_saved_is_shown_and_the_base_says_what_it_said(own_engine: Engine, people: People) -> None:
    finance = people("p-finance")
    before = finance.text(PAGE)
    number = save(finance)
    shown = finance.text(f"{PAGE}&set={number}")
    assert first_line(finance, f"{PAGE}&set={number}") != first_line(finance, PAGE)
    assert "征缴率大降" in shown and "20%、15%，以后同" in shown and "方案另设试算用尽" in shown
    assert "Name of p-finance 11月20日存，第1版，11月20日算：试算用尽" in shown
    after = finance.text(PAGE)
    # Of the base's page only the choice among scenarios is new.
    assert (
        after.partition("暂定参数")[2].partition("压力测试")[2]
        == before.partition("暂定参数")[2].partition("压力测试")[2]
    )
    with own_engine.connect() as connection:
        (saved,) = load_scenarios(connection, SCHEME)
        assert (saved.made_by_name, str(saved.id)) == ("Name of p-finance", number)
        assert set(load_runs(connection, SCHEME, None, saved.id)) >= {"low", "mid", "high", "stress"}
        kept = select(schema.audit_event.c.details).where(schema.audit_event.c.action == "outlook_save")
        details = json.loads(connection.execute(kept).scalar_one())
    assert details["collection"] == "20 15" and details["reason"] == "试算用尽"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"collection": "abc"}, "“征缴率”的“abc”不能采用"),
        ({"collection": ""}, "没有可存的方案"),
        ({"reason": " "}, "“理由”必填"),
        ({"name": ""}, "“方案名称”必填"),
        ({"interest": "1e-400000"}, "“结余收益率”的“1e-400000”不能采用"),
    ],
)
def test_what_is_refused_says_what_to_write_and_keeps_nothing(
    own_engine: Engine, people: People, given: dict[str, str], said: str
) -> None:
    refused = act(people("p-monitor"), "outlook_save", **{**LOW, **given})
    assert refused.status_code == 422 and said in json.loads(refused.data)["problem"]
    with own_engine.connect() as connection:
        assert load_scenarios(connection, SCHEME) == ()


def test_the_panel_begins_with_what_is_assumed_and_tells_where_each_value_is_from(
    own_engine: Engine, people: People
) -> None:
    with own_engine.connect() as connection:
        basis = from_json(load_runs(connection, SCHEME)["mid"].made.basis or "")
    panel = people("p-auditor").text(PAGE).rpartition("参数暂定")[2]
    names = [ASSUMPTIONS[one.code].name for one in basis.assumptions]
    assert all(f"{name}" in panel and one.source in panel for name, one in zip(names, basis.assumptions, strict=True))
    assert panel.startswith(f"{basis.open}项") and "按账测得2023–2025" in panel
    assert panel.rindex("暂定以后年度未定") < panel.index("按账测得")


def test_who_only_reads_saves_nothing_and_sees_no_form(own_engine: Engine, people: People) -> None:
    for login in ("p-leader", "p-auditor", "p-tax", "c-jilin", "monitor-of-jilin"):
        assert act(people(login), "outlook_save", **LOW).status_code == 403, login
    leader = people("p-leader")
    assert "修改" not in leader.text(PAGE) and "另存方案" not in leader.text(PAGE)
    assert not words(leader.drawer(f"{PAGE}&item=scenario"))
    assert "保存并测算" in words(people("p-assessor").drawer(f"{PAGE}&item=scenario"))
    with own_engine.connect() as connection:
        assert load_scenarios(connection, SCHEME) == ()


# --- beside the base


def test_scenarios_stand_beside_the_base_with_what_differs(own_engine: Engine, people: People) -> None:
    monitor = people("p-monitor")
    one, other = save(monitor), save(monitor, name="利率低", collection="", interest="1")
    address = f"{PAGE}&tab=compare&show={one}.{other}"
    shown = monitor.text(address)
    assert "征缴率 20%、15%，以后同" in shown and "结余收益率 1%，逐年同" in shown
    assert "按“征缴率大降”可支撑到" in shown and "按“利率低”可支撑到" in shown
    file = monitor.client.get(f"/export/outlook/compare.csv?{address.partition('?')[2]}")
    rows = [line.split(",") for line in file.data.decode("utf-8-sig").splitlines()]
    balances = [row for row in rows if "年末结余" in row[0]]
    assert len(balances) == 2  # in five and in ten years: no more are projected
    assert any(
        "征缴率大降：征缴率 20%、15%，以后同　利率低：结余收益率 1%，逐年同" in cell for row in rows for cell in row
    )
    for _name, base, theirs, differs, *_rest in balances:
        assert Decimal(theirs) - Decimal(base) == Decimal(differs) < 0
    # One that is taken away leaves the other.
    assert f"show={other}" in " ".join(hrefs(monitor.page(address)))
    assert "征缴率 20%" not in monitor.text(f"{PAGE}&tab=compare&show={other}")
    slide = monitor.client.get(f"/export/outlook/compare-lines.pptx?{address.partition('?')[2]}")
    assert slide.status_code == 200 and slide.data.startswith(b"PK")


# --- computed again


def test_the_sentence_is_what_the_calculator_says_of_the_file_taken_from_the_page(
    people: People, tmp_path: Path
) -> None:
    monitor = people("p-monitor")
    number = save(monitor)
    taken = monitor.client.get(f"/export/outlook/mid.json?scheme={SCHEME}&set={number}")
    assert taken.status_code == 200
    command = [sys.executable, "-m", "rules", "totals_projection"]
    again = subprocess.run(command, input=taken.data, capture_output=True, cwd=ROOT, check=True)
    exhausted = json.loads(again.stdout)["exhausted"]
    assert f"全省基金可支撑到{exhausted['year']}年" in first_line(monitor, f"{PAGE}&set={number}")
    assert f"{exhausted['month']}月用尽" in monitor.text(f"{PAGE}&set={number}")
    basis = words(monitor.drawer(f"{PAGE}&set={number}&item=basis"))
    assert "python -m rules totals_projection" in basis and "苏政发〔2020〕45号 三（二）" in basis


def test_other_sizes_are_looked_at_and_stored_nowhere(own_engine: Engine, people: People) -> None:
    auditor = people("p-auditor")
    with own_engine.connect() as connection:
        stored = load_runs(connection, SCHEME)["stress"].made
        runs = connection.execute(select(func.count()).select_from(schema.outlook_run)).scalar_one()
    shocks = [one for one in stress_of(stored).shocks if one.code != "collection_point"]
    given = {f"size-{one.code}": "-7.5" if one.code == "collection" else str(one.size * 100) for one in shocks}
    href = answer(act(auditor, "outlook_resize", **given, **{"from-collection": "2028", "to-collection": "2030"}))[
        "href"
    ]
    assert "征缴率 −7.5个百分点（2028—2030年）" in auditor.text(href)
    assert "−7.5" not in auditor.text(PAGE)
    taken = auditor.client.get(f"/export/outlook/stress.json?{href.partition('?')[2]}")
    asked = next(one for one in json.loads(taken.data)["shocks"] if one["code"] == "collection")
    assert (float(asked["size"]), asked["from_year"], asked["to_year"]) == (-0.075, 2028, 2030)
    backwards = act(auditor, "outlook_resize", **given, **{"from-collection": "2030", "to-collection": "2028"})
    assert (
        backwards.status_code == 422
        and "“征缴率”的起始年份2030晚于终止年份2028" in json.loads(backwards.data)["problem"]
    )
    # What an address says that cannot be is left out.
    for sizes in ("collection:9:2028:2030", "collection:x::", "nothing:1::", ":::", "collection"):
        assert auditor.text(f"{PAGE}&sizes={sizes}").count("压力测试") and "−3个百分点" in auditor.text(
            f"{PAGE}&sizes={sizes}"
        )
    with own_engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.outlook_run)).scalar_one() == runs


def test_the_size_found_in_reverse_is_the_smallest_that_uses_the_fund_up(own_engine: Engine, people: People) -> None:
    from rules.projection.stress import Shock, outcome, shocked

    leader = people("p-leader")
    with own_engine.connect() as connection:
        case = case_of(load_runs(connection, SCHEME)["mid"].made)
    year = case.base_year + case.horizon
    href = answer(act(leader, "outlook_reverse", on="collection", year=str(year)))["href"]
    assert href.endswith(f"item=shocks%3Acollection%3A{year}")
    said = words(leader.drawer(href))
    found = re.search(r"征缴率每年 −([\d.]+) 个百分点，(\d+)年用尽", said)
    assert found is not None and found[2] == str(year), said
    size = -Decimal(found[1]) / 100
    for step, used_up in ((Decimal(0), True), (Decimal("0.0001"), False)):
        end = outcome("", shocked(case, Shock("", "collection", size + step))).exhausted
        assert (end is not None and end.year <= year) is used_up


# --- to meetings


def test_sentence_figures_and_chart_go_into_the_basket_of_who_writes_for_meetings(
    own_engine: Engine, people: People
) -> None:
    for login in ("p-finance", "p-writer", "p-auditor"):
        assert act(people(login), "outlook_bring").status_code == 403, login
    leader = people("p-leader")
    opened = f"/act/outlook/outlook_bring?scheme={SCHEME}&item=bring"
    for _twice in range(2):  # what is there is there once
        answer(leader.client.post(opened, headers={"Accept": "application/json"}))
    with own_engine.connect() as connection:
        mine = items(connection, "p-leader")
    assert [one.of.kind for one in mine] == ["text", "grid", "picture"]
    assert all("item=" not in one.of.address for one in mine)
    text, figures, chart = (read_block(one.of.content) for one in mine)
    line = first_line(leader, PAGE)
    assert "".join(text.pieces).startswith(line[line.index("按中方案") :])  # type: ignore[union-attr]
    assert len(figures.table.rows) == 6 and chart.plot.rows  # type: ignore[union-attr]
    # It is said of each of them that it is no forecast.
    for said in ("".join(text.pieces), figures.table.note, chart.note):  # type: ignore[union-attr]
        assert re.search(r"测算，非预算或预测；暂定参数\d+项。", said)


def test_what_is_assumed_is_put_before_the_next_meeting_once_and_stands_in_the_inbox_of_who_leads(
    own_engine: Engine, people: People
) -> None:
    monitor, finance = people("p-monitor"), people("p-finance")
    assert act(finance, "outlook_confirm", given_to=f"{PROVINCE}/fiscal", due="2026-11-25").status_code == 403
    asks = words(monitor.drawer(f"{PAGE}&item=confirm"))
    assert "提请第6次会议（2026年11月25日）确认" in asks
    said = answer(act(monitor, "outlook_confirm", given_to=f"{PROVINCE}/fiscal", due="2026-11-25"))["message"]
    with own_engine.connect() as connection:
        one = instructions_of(connection, (), SCHEME)[-1]
    assert one.number in said and one.text.startswith("确认中长期测算暂定参数") and "待遇调整" in one.text
    assert one.given_to == f"{PROVINCE}/fiscal" and one.meeting is not None and one.given_at == NOW
    assert "确认中长期测算暂定参数" in finance.text(f"/messages?scheme={SCHEME}")
    assert "财政牵头，11月25日前提请第6次会议确认，在办" in monitor.text(PAGE)
    again = act(monitor, "outlook_confirm", given_to=f"{PROVINCE}/tax", due="2026-11-25")
    assert again.status_code in (409, 422) and "已经提请过" in json.loads(again.data)["problem"]


def test_the_sheet_before_a_meeting_takes_the_projection_that_is_looked_at(people: People) -> None:
    monitor = people("p-monitor")
    number = save(monitor)
    sheet = f"/one-page?scheme={SCHEME}&show=outlook&set={number}"
    line = first_line(monitor, f"{PAGE}&set={number}")
    shown = monitor.text(sheet)
    assert f"按方案“征缴率大降”：{line[line.index('按中方案') :]}" in shown and "请您关注" in shown
    assert "累计缺口现值" in shown and "结余用尽：" in shown
    # Who may not open the projection has the sheet of every month.
    assert "测算，非预算或预测" not in people("p-writer").text(sheet)
    assert "请您关注" in people("p-writer").text(sheet)
