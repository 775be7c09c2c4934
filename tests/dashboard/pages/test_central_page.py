"""中央调剂: the page computes as the command line does, under the year's ratio and any other; empty without a year."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from dashboard import create_site
from dashboard.components.table import raw
from dashboard.pages.central import page as central
from dashboard.pages.central.reading import central_year
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from data_access.books.published import Published
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.calculators.registry import as_json
from rules.central_adjustment import Case, calculate
from rules.scheme import load_scheme
from tests.dashboard import walk
from tests.dashboard.conftest import sign_in
from tests.dashboard.site.test_walk import Walked
from tests.demonstration_store import NOW, PROVINCE, copy_of, site_on
from tests.small_province import load_table
from tests.twins.every import Twins
from tests.twins.key import Key
from workflows.people.accounts import Role
from workflows.people.rights import Scope

SCHEME, YEAR = "jilin-pension", 2021


@pytest.fixture(scope="module")
def engine(store_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The run's store with a pension scheme beside the work injury's, and quarters of one year."""
    with copy_of(store_file, tmp_path_factory.mktemp("central")) as made:
        scheme = load_scheme(SCHEME)
        row = {name: getattr(scheme, name) for name in ("code", "name", "name_en", "fund", "province", "kind")}
        load_table(made, "scheme", [{**row, "demo": "true"}], NOW)
        with writing(made) as connection:
            connection.execute(delete(schema.central_payment))
        load_table(made, "central_payment", [paid(quarter) for quarter in (1, 2, 3, 4)], NOW)
        refresh(made, clock=lambda: NOW, alerts=False)
        yield made


def paid(quarter: int) -> dict[str, object]:
    return {
        "year": YEAR,
        "quarter": quarter,
        "region": PROVINCE,
        "contribution_fen": 10**10,
        "allocation_fen": 10**9,
        "paid_on": f"{YEAR}-{quarter * 3:02d}-20",
    }


def looked(engine: Engine, **view: str) -> Reading:
    scope = Scope(Role.MONITOR, PROVINCE, None)
    return read(Published(engine.connect()), View("/central", SCHEME, **view), scope, NOW)


def test_without_a_year_there_is_nothing_to_show_but_the_template(own_engine: Engine, tmp_path: Path) -> None:
    with writing(own_engine) as connection:
        connection.execute(delete(schema.central_year))
        row = {name: getattr(load_scheme(SCHEME), name) for name in ("code", "name", "name_en", "fund", "province")}
        connection.execute(schema.scheme.insert().values(**row, kind="ledger", demo=True))
    monitor = sign_in(create_site(site_on(own_engine, tmp_path)).server, "p-monitor")
    text = monitor.text(f"/central?scheme={SCHEME}")
    assert "还没有中央调剂的年度数据" in text and "年度数据模板" in text
    reading = looked(own_engine)
    assert not [code for code in central.PAGE.tables if central.PAGE.table(reading, code)]
    assert central.calculations(reading) == {}


@pytest.mark.parametrize("view", [{}, {"span": "2019"}, {"measure": "0.06"}])
def test_the_downloaded_case_gives_the_figures_of_the_page_by_the_command_line(
    engine: Engine, view: dict[str, str]
) -> None:
    reading = looked(engine, **view)
    rule, case = central.calculations(reading)["case"]
    run = subprocess.run(
        [sys.executable, "-m", "rules", rule],
        input=json.dumps(as_json(case)).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    computed = json.loads(run.stdout)
    table = central.PAGE.table(reading, "provinces")
    assert table is not None
    rows = table.rows
    assert len(rows) == len(computed["provinces"]) == 31
    shown = sorted((row.values["up"], row.values["down"], row.values["net"]) for row in rows)
    assert shown == sorted(
        (one["contribution_fen"], one["allocation_fen"], one["net_fen"]) for one in computed["provinces"]
    )
    assert sum(net for _up, _down, net in shown) == 0


def test_the_order_of_the_provinces_does_not_matter(engine: Engine) -> None:
    _rule, case = central.calculations(looked(engine))["case"]
    assert isinstance(case, Case)
    provinces = list(case.provinces)
    random.Random(7).shuffle(provinces)
    mixed = calculate(Case(tuple(provinces), case.ratio, case.wage_factor, case.prepaid))
    by_code = {one.code: one for one in calculate(case).provinces}
    assert {one.code: one for one in mixed.provinces} == by_code


def test_another_ratio_is_a_what_if_and_a_senseless_one_is_not_taken(engine: Engine) -> None:
    today, other = (central_year(looked(engine, measure=ratio)) for ratio in ("", "0.06"))
    assert today is not None and other is not None
    assert not today.what_if and other.what_if and other.case.ratio == Decimal("0.06")
    for ratio in ("0.9", "-1", "x", "0"):
        found = central_year(looked(engine, measure=ratio))
        assert found is not None and not found.what_if


def test_quarters_add_up_to_the_settlement(engine: Engine) -> None:
    reading = looked(engine)
    found = central_year(reading)
    assert found is not None and found.own is not None and found.year == YEAR
    payments = central.PAGE.table(reading, "payments")
    assert payments is not None
    prepaid, due, settled = ({side: raw(row.values[side]) for side in ("up", "down")} for row in payments.foot)
    assert prepaid["up"] == 4 * 10**10 and due["up"] == found.own.contribution_fen
    assert settled["up"] == due["up"] - prepaid["up"] and settled["down"] == due["down"] - prepaid["down"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_shown_in_both_languages_and_not_to_a_city(engine: Engine, tmp_path: Path, language: str) -> None:
    server = create_site(site_on(engine, tmp_path)).server
    monitor = sign_in(server, "p-monitor")
    monitor.client.set_cookie("language", language)
    text = monitor.text(f"/central?scheme={SCHEME}&measure=0.06")
    assert ("各省上解与拨付" in text) == ("方案（不影响实际数据）" in text) == (language == "zh")
    assert ("What-if" in text) == (language == "en")
    city = sign_in(server, "c-jilin")
    assert city.client.get(f"/export/central/provinces.csv?scheme={SCHEME}").status_code == 403
    assert "无权查看" in city.text(f"/central?scheme={SCHEME}")


def test_every_figure_of_a_year_carries_its_passport_and_is_what_plain_sql_gives(
    engine: Engine, tmp_path: Path
) -> None:
    """Under the ratio in force, another one, and in an earlier year."""
    monitor = sign_in(create_site(site_on(engine, tmp_path)).server, "p-monitor")
    found = Walked()
    for asked in ("", "&measure=0.06", "&span=2019", "&measure=0.06&span=2019"):
        found.take(walk.Seen(f"/central?scheme={SCHEME}", monitor.client.get(f"/central?scheme={SCHEME}{asked}").text))
    assert len(found.values) > 31 * 3 * 4
    wrong = found.bare + found.otherwise + found.contradicting + found.unsummed
    assert not wrong, "\n".join(wrong[:40])
    with engine.connect() as connection:
        twins = Twins(connection)
        keys = [Key.read(written) for written in found.values]
        by_sql = {key: twins.twin(key) for key in keys if key.what.startswith("central.")}
        wrong = [
            f"{key}: {list(given)}, by SQL {by_sql[key]}"
            for key, given in zip(keys, found.values.values(), strict=True)
            if key in by_sql and [walk.exact(value) for value in given] != [by_sql[key]]
        ]
    assert len(by_sql) > 300 and not wrong, "\n".join(wrong[:20])
