"""疑点 on a problem's page: who sees and judges what, the look that is on record, what a comparison brought."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from dashboard import create_site
from data_access.store.engine import writing
from data_access.store.package import PackageOrder, write_package
from data_access.store.trail import Wanted, load_events
from rules.persons.comparisons import COMPARISONS, Suspicion
from tests.dashboard import walk
from tests.dashboard.conftest import Reader, hrefs, sign_in
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, SIPING, copy_of, site_on
from workflows.comparisons.register import open_run, suspicions
from workflows.issues.register import Issue, load_violations
from workflows.people.accounts import By

JSON = {"Accept": "application/json"}
DEATH, TWICE = "paid_after_death", "paid_twice"
AGENCY = By("p-agency", "某某", "agency", NOW - timedelta(hours=1))
CAUSE = COMPARISONS[DEATH].causes[0].code
FACTS = (
    ("died_on", "2026-03-05"),
    ("worker", "flexible"),
    ("due_month", "202906"),
    ("base_fen", "437899"),
    ("also_paid", f"{SCHEME}/{JILIN_CITY}"),
)
ABOUT: dict[str, Any] = {
    "until": 202610,
    "rules": (DEATH, TWICE),
    "delivery": (4, "d" * 64),
    "rows": 8_000,
    "by": AGENCY,
}


def found(rule: str, region: str, person: int, *months: tuple[int, int]) -> Suspicion:
    return Suspicion(rule, SCHEME, region, f"{person:08x}" + "e" * 24, months, FACTS)


@pytest.fixture(scope="module")
def engine(store_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Jilin: three persons after death, 100.00, 250.50 and 30.00; Siping: 51 of 10.00; then a run that found nothing."""
    with copy_of(store_file, tmp_path_factory.mktemp("compared")) as engine:
        of = [
            found(DEATH, JILIN_CITY, 1, (202604, 6_000), (202606, 4_000)),
            found(DEATH, JILIN_CITY, 2, (202604, 25_050)),
            found(DEATH, JILIN_CITY, 3, (202605, 3_000)),
            *(found(DEATH, SIPING, 100 + one, (202604, 1_000)) for one in range(51)),
        ]
        with writing(engine) as connection:
            open_run(connection, of, **ABOUT)
            open_run(connection, (), **{**ABOUT, "rules": (TWICE,)})
        yield engine


@pytest.fixture(scope="module")
def site(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    yield create_site(site_on(engine, tmp_path_factory.mktemp("var"))).server


def lead(engine: Engine, region: str) -> Issue:
    with engine.connect() as connection:
        compared = [one for one in load_violations(connection, SCHEME) if one.comparison == "比对26-01"]
    return next(one for one in compared if one.region == region)


def marks(engine: Engine, one: Issue, *persons: int) -> list[str]:
    with engine.connect() as connection:
        of = suspicions(connection, SCHEME, ref=one.ref)
    return [f"{each.run}.{each.number}.{each.row_version}" for each in of if int(each.code, 16) in persons]


def act(someone: Reader, one: Issue, name: str, **fields: object):
    return someone.client.post(f"/act/issues/{one.ref.lower()}/{name}?scheme={SCHEME}", data=fields, headers=JSON)


def test_the_table_has_codes_months_and_amounts_and_nothing_else_of_anybody(site: Flask, engine: Engine) -> None:
    one = lead(engine, JILIN_CITY)
    address = f"/issues/{one.ref.lower()}"
    agency, city, other = (sign_in(site, login) for login in ("p-agency", "c-jilin", "c-siping"))
    for reader in (agency, city, sign_in(site, "p-leader")):
        text = reader.text(address)
        assert "疑点3条：待核3条" in text and "00000002" in text and "2026年4月—2026年6月" in text and "250.50" in text
        assert COMPARISONS[DEATH].article in text and "宣告死亡后本人重新出现" in text
        drawn = str(reader.drawer(f"{address}?item=s-1-2"))
        file = reader.client.get(f"/export{address}/suspicions.csv?scheme={SCHEME}").data.decode("utf-8-sig")
        assert "代号 00000002" in drawn and "00000002," in file and len(file.strip().splitlines()) >= 4
        for said in (text, drawn, file):
            assert "eeee" not in said and "2026-03-05" not in said and "2026年3月5日" not in said
    whole = walk.document(agency.client.get(f"{address}?scheme={SCHEME}&item=s-1-2").text)
    keys = {one.key.partition("|")[0]: one.value for one in walk.figures(whole)}
    assert keys[f"suspicion:{one.ref}.1.2"] == "25050" and not list(walk.without_passport(whole, ".written"))
    assert "查看个人疑点明细" in str(agency.drawer(f"{address}?item=s-1-2"))
    assert "查看个人疑点明细" not in str(city.drawer(f"{address}?item=s-1-2"))
    # Another city's are none of this one's, on the page, in the drawer and as a file.
    assert "00000002" not in f"{other.text(address)}{other.drawer(f'{address}?item=s-1-2')}"
    assert other.client.get(f"/export{address}/suspicions.csv?scheme={SCHEME}").status_code == 404


def test_more_than_fifty_are_turned_over_and_asked_by_state(site: Flask, engine: Engine) -> None:
    address = f"/issues/{lead(engine, SIPING).ref.lower()}"
    reader = sign_in(site, "p-agency")
    text = reader.text(address)
    assert "第1—50条，共51条" in text and "00000095" in text and "00000096" not in text
    assert "00000096" in reader.text(f"{address}?number=2")
    assert "没有这种状态的疑点" in reader.text(f"{address}?state=cleared")


def test_a_comparison_is_told_by_batch_and_by_rule_and_region_also_where_it_found_nothing(
    site: Flask, engine: Engine
) -> None:
    reader, one = sign_in(site, "p-agency"), lead(engine, JILIN_CITY)
    page = reader.page("/issues")
    text = reader.text("/issues")
    assert "比对26-02：未发现疑点" in text and "比对26-01" in text
    assert any("id=1" in href for href in hrefs(page))
    drill = reader.text("/issues?id=1")
    assert "比对26-01：各规则各地区" in drill and "读取个人明细8,000条，至第4次投递" in drill
    assert COMPARISONS[TWICE].name in drill and "未发现疑点" in drill
    file = reader.client.get(f"/export/issues/comparison-run.csv?scheme={SCHEME}&id=1").data.decode("utf-8-sig")
    assert f"{COMPARISONS[DEATH].name},四平市,51,0,0,51" in file and f"{COMPARISONS[TWICE].name},—,0,0,0,0" in file
    # A rule that was not asked found nothing either, which is said otherwise.
    assert "未比对，登记数据未报" in reader.text("/issues?id=2") and "未比对" not in drill
    assert any(f"/issues/{one.ref.lower()}" in href for href in hrefs(reader.page("/issues?id=1")))
    city = sign_in(site, "c-jilin").text("/issues?id=1")
    assert "吉林市" in city and "四平市" not in city


def test_who_may_verify_judges_one_or_several_and_the_problem_takes_what_was_upheld(
    site: Flask, engine: Engine
) -> None:
    one = lead(engine, JILIN_CITY)
    agency, monitor = sign_in(site, "p-agency"), sign_in(site, "p-monitor")
    both = {"suspicion": marks(engine, one, 1, 2)}
    for login in ("c-jilin", "c-siping", "p-leader", "p-auditor", "monitor-of-jilin"):
        for name in ("uphold_suspicion", "clear_suspicion", "withdraw_suspicion"):
            assert act(sign_in(site, login), one, name, **both, cause=CAUSE, text="否").status_code == 403, (
                login,
                name,
            )
    verify = {"row_version": one.row_version, "amount": "350.50", "persons": "2"}
    assert act(agency, one, "issue_verify", **verify).status_code == 422
    assert act(agency, one, "uphold_suspicion", **both, text="已核对").status_code == 200
    # Who saw it before somebody judged judges nothing.
    assert act(monitor, one, "clear_suspicion", **both, cause=CAUSE).status_code == 409
    third = {"suspicion": marks(engine, one, 3)}
    for wrong in ({}, {"cause": "other"}, {"cause": "moon"}):
        assert act(monitor, one, "clear_suspicion", **third, **wrong).status_code == 422
    assert act(monitor, one, "clear_suspicion", suspicion="1.x.0", cause=CAUSE).status_code == 422
    assert act(monitor, one, "clear_suspicion", **third, cause=CAUSE).status_code == 200
    text = monitor.text(f"/issues/{one.ref.lower()}")
    assert "待核0条，属实2条、涉及350.50元，排除1条" in text and "查否理由" not in text
    assert act(agency, one, "issue_verify", **{**verify, "amount": "350.51"}).status_code == 422
    assert act(agency, one, "issue_verify", **verify).status_code == 200
    now = lead(engine, JILIN_CITY)
    assert (now.state, now.to_recover_fen, now.persons) == ("verified", 35_050, 2)
    assert act(monitor, one, "withdraw_suspicion", suspicion=marks(engine, one, 3), text="复核").status_code == 200
    with engine.connect() as connection:
        told = load_events(connection, Wanted(action="uphold_suspicion"), 9)
    assert [(event.actor, event.details["codes"]) for event in told] == [("p-agency", ["00000001", "00000002"])]


def test_a_look_at_a_person_is_a_right_of_its_own_and_on_record(site: Flask, engine: Engine) -> None:
    one = lead(engine, SIPING)
    asked = {"suspicion": ".".join(marks(engine, one, 100)[0].split(".")[:2])}
    # The tax office verifies other rules; the rest sees no person at all.
    for login in ("p-tax", "p-finance", "p-assessor", "p-leader", "p-auditor", "c-siping", "monitor-of-jilin"):
        answer = act(sign_in(site, login), one, "see_persons", **asked)
        assert answer.status_code == 403 and "eeee" not in answer.text, login
    for login in ("p-agency", "p-monitor"):
        said = act(sign_in(site, login), one, "see_persons", **asked).get_json()["once"]
        assert "00000064" + "e" * 24 in said and "死亡日期：2026-03-05" in said and "2026年4月：10.00元" in said
        assert "参保身份：灵活就业" in said and "应到龄年月：2029年6月" in said
        assert "申报缴费基数（元）：4,378.99" in said and "另一处发放：吉林省工伤" in said and "吉林市" in said
    elsewhere = ".".join(marks(engine, lead(engine, JILIN_CITY), 1)[0].split(".")[:2])
    assert act(sign_in(site, "p-agency"), one, "see_persons", suspicion=elsewhere).status_code == 422
    with engine.connect() as connection:
        looks = load_events(connection, Wanted(action="see_persons"), 9)
        refused = load_events(connection, Wanted(action="refused:see_persons"), 9)
    assert [(each.actor, each.subject) for each in reversed(looks)] == [
        (login, f"{SCHEME} {one.ref} 00000064") for login in ("p-agency", "p-monitor")
    ]
    assert {each.actor for each in refused} >= {"p-tax", "p-leader", "c-siping"}
    assert not any("eeee" in str(each.details) for each in (*looks, *refused))


def test_an_audit_package_has_the_suspicions_and_nothing_of_the_person(engine: Engine) -> None:
    one, content = lead(engine, SIPING), io.BytesIO()
    order = PackageOrder(SCHEME, SIPING, frozenset({SIPING}), 202604, 202604, Wanted(actor="nobody"), PROVINCE)
    with engine.connect() as connection:
        write_package(connection, order, content, NOW)
    with zipfile.ZipFile(content) as archive:
        raised = archive.read("data/suspicion.csv").decode("utf-8-sig").strip().splitlines()
        every = b"".join(archive.read(name) for name in archive.namelist())
    assert len(raised) == 52 and all(one.ref in line and JILIN_CITY not in line for line in raised[1:])
    assert b"eeee" not in every and b"died_on" not in every
