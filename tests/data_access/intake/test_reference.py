"""Reference data: regions, working calendar, tile grids, sources."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import Engine, select

from data_access.books.regions import NATION, load_tree
from data_access.intake.importers import import_rows
from data_access.intake.reference import load_reference, reference_rows
from data_access.intake.sources.status import load_calendar
from data_access.store import schema
from rules.scheme import load_scheme

# Cities with units, and county-level divisions in them (zones apart; Jilin has 60 with Meihekou).
PROVINCES = {"320000": (13, 95), "140000": (11, 117), "220000": (9, 59)}


@pytest.fixture
def store_with_reference(sqlite_store: Engine) -> Engine:
    load_reference(sqlite_store)
    return sqlite_store


def regions() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in reference_rows("regions")}


def test_every_region_hangs_below_a_known_parent() -> None:
    known = regions()
    assert len(known) == len(reference_rows("regions"))
    assert [code for code, row in known.items() if row["parent"] not in known and row["kind"] != "foreign"] == [NATION]


@pytest.mark.parametrize("province", PROVINCES)
def test_a_province_has_its_cities_own_levels_and_counties(store_with_reference: Engine, province: str) -> None:
    with store_with_reference.connect() as connection:
        tree = load_tree(connection, province)
    cities = [code for code in tree.children(province) if tree.region(code).kind == "division"]
    with_units = [code for code in cities if tree.children(code)]
    assert f"{province}-0" in tree.children(province)
    assert all(f"{city}-0" in tree.children(city) for city in with_units)
    planned = [code for city in with_units for code in tree.children(city)]
    assert all(tree.region(code).level == "county" for code in planned)
    below = [code for code in planned for code in tree.children(code)]
    assert all(tree.region(code).level == "district" and str(tree.parent(code)).endswith("-0") for code in below)
    units = [code for code in [*planned, *below] if tree.region(code).kind == "division"]
    assert (len(with_units), len(units)) == PROVINCES[province]


def test_meihekou_and_changbai_mountain_rank_as_cities(store_with_reference: Engine) -> None:
    with store_with_reference.connect() as connection:
        tree = load_tree(connection, "220000")
    assert {"220581", "220000-F1"} <= set(tree.children("220000"))
    assert tree.path("220100-F1") == ("220000", "220100", "220100-0", "220100-F1")


def test_a_scheme_plans_apart_for_the_districts_it_lists(store_with_reference: Engine) -> None:
    with store_with_reference.connect() as connection:
        pension, injury = (load_tree(connection, load_scheme(code)) for code in ("jilin-pension", "jilin-work-injury"))
        jiangsu = load_tree(connection, load_scheme("jiangsu-pension"))
    assert pension.parent("220100-F1") == "220100-0"
    assert injury.parent("220100-F1") == "220100" and injury.region("220100-F1").level == "county"
    assert jiangsu.parent("320576") == "320500" and jiangsu.parent("320508") == "320500-0"


def test_the_provincial_level_is_no_local_government(store_with_reference: Engine) -> None:
    with store_with_reference.connect() as connection:
        tree = load_tree(connection, "320000")
    assert [code for code in tree.children("320000") if not tree.region(code).governed] == ["320000-0"]
    assert tree.region("320100-0").governed


def test_the_nation_has_31_provinces(store_with_reference: Engine) -> None:
    with store_with_reference.connect() as connection:
        assert len(load_tree(connection, NATION).children(NATION)) == 31


@pytest.mark.parametrize(
    ("code", "name_en"),
    [
        ("140400", "Changzhi"),
        ("140428", "Zhangzi County"),
        ("141024", "Hongtong County"),
        ("141100", "Lüliang"),
        ("141031", "Xi County"),
        ("140924", "Fanshi County"),
        ("320116", "Luhe District"),
        ("320113", "Qixia District"),
        ("320830", "Xuyi County"),
        ("320324", "Suining County"),
        ("321003", "Hanjiang District"),
        ("320800", "Huai'an"),
        ("222404", "Hunchun"),
        ("220602", "Hunjiang District"),
        ("540000", "Xizang"),
        ("610000", "Shaanxi"),
        ("150000", "Inner Mongolia"),
        ("320100-0", "Nanjing urban area"),
    ],
)
def test_names_with_several_readings_are_romanised_as_people_say_them(code: str, name_en: str) -> None:
    assert regions()[code]["name_en"] == name_en


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday worked instead
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
        (date(2025, 1, 26), True),
        (date(2024, 2, 9), True),
        (date(2022, 12, 31), False),
        (date(2021, 10, 9), True),
    ],
)
def test_working_days_follow_the_yearly_notices(store_with_reference: Engine, day: date, works: bool) -> None:
    with store_with_reference.connect() as connection:
        assert load_calendar(connection).is_working(day) is works


def test_every_made_up_working_day_falls_on_a_weekend() -> None:
    worked = [date.fromisoformat(row["day"]) for row in reference_rows("calendar") if row["kind"] == "workday"]
    assert worked and all(day.weekday() >= 5 for day in worked)


def test_tile_grids_place_every_city_once() -> None:
    rows = reference_rows("tile_grid")
    for province in (*PROVINCES, NATION):
        placed = [row for row in rows if row["province"] == province]
        children = {code for code, row in regions().items() if row["parent"] == province and row["kind"] != "separate"}
        assert {row["region"] for row in placed} == children
        assert len({(row["row"], row["column"]) for row in placed}) == len(placed)


def test_every_ledger_source_belongs_to_a_scheme() -> None:
    assert {load_scheme(row["scheme"]).kind for row in reference_rows("sources")} == {"ledger"}


def test_loading_twice_changes_nothing(store_with_reference: Engine) -> None:
    load_reference(store_with_reference)
    with store_with_reference.connect() as connection:
        batch = schema.import_batch
        second = connection.execute(select(batch.c.rows_inserted, batch.c.rows_known).order_by(batch.c.id)).all()[3:]
    assert [row.rows_inserted for row in second] == [0, 0, 0]
    assert all(row.rows_known for row in second)


def test_a_region_never_lies_below_itself(ready_sqlite: Engine, now: datetime) -> None:
    """In a delivery alone, and together with what is stored; nothing of it is taken."""
    names = ("code", "name", "name_en", "level", "parent", "kind", "successor")

    def give(*rows: tuple[str, ...]) -> list[tuple[str, str]]:
        columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
        result = import_rows(ready_sqlite, "region", columns, now=now)
        return [(one.column, str(one.parameters.get("circle"))) for one in result.rejections]

    one = ("329991", "甲区", "A", "county", "329992", "division", "")
    other = ("329992", "乙区", "B", "county", "329991", "division", "")
    assert give(one, other) == [
        ("parent", "329991 → 329992 → 329991"),
        ("parent", "329992 → 329991 → 329992"),
    ]
    assert give(("320000", "江苏省", "Jiangsu", "province", "320100", "division", "")) == [
        ("parent", "320000 → 320100 → 320000")
    ]
    assert give(("329993", "丙区", "C", "county", "320100", "division", "329993")) == [("successor", "329993 → 329993")]
    with ready_sqlite.connect() as connection:
        stored = connection.execute(select(schema.region.c.parent).where(schema.region.c.code == "320000")).scalar_one()
    assert stored == "000000"
