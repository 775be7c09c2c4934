"""Insured persons by age as agencies list them: the groups in a column or beside each other, sums of persons compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data_access.intake.importers import import_file
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Names
from data_access.intake.workbench.offer import Offer, offers
from data_access.intake.workbench.reading import Question
from data_access.store import schema
from tests.data_access.intake.test_workbench import IN_JIANGSU, JIANGSU, REGIONS, sheet

NOW = datetime(2026, 10, 10, 4, tzinfo=UTC)
LONG = [
    ["参保人员年龄结构表"],
    ["险种", "年度", "地区", "群体", "年龄", "缴费人数", "离退休人数", "月人均缴费基数（元）", "月人均养老金（元）"],
    ["企业职工基本养老保险", "2025年", "江苏省", "单位职工（男）", "59岁", "1,200", "", "5823.4567", ""],
    ["企业职工基本养老保险", "2025年", "江苏省", "单位职工（男）", "60岁", "30", "900", "5600.00", "4012.5"],
    ["企业职工基本养老保险", "2025年", "江苏省", "女工人", "100岁及以上", "0", "7", "5600", "2900"],
    ["合计", "", "", "", "", "1230", "907", "5817.99", "4003.9"],
    ["制表人：张三"],
]
BESIDE = [
    ["江苏省企业职工基本养老保险参保人员年龄结构（2025年末）"],
    ["单位：人、元"],
    ["周岁", "单位职工（男）", "", "", "灵活就业人员（女）", "", "", "合计"],
    ["", "缴费人数", "离退休人数", "月人均缴费基数", "缴费人数", "离退休人数", "月人均养老金", "缴费人数"],
    ["54", "1200", "0", "5600", "300", "0", "", "1500"],
    ["60", "30", "0", "5600", "0", "41", "2100.5", "30"],
    ["小计", "1230", "0", "", "300", "41", "", "1530"],
]


def read(rows: Sequence[Sequence[str]], mapping: Mapping | None = None, merged: Sequence[str] = ()) -> Offer:
    chosen = mapping or Mapping(constants={"scheme": JIANGSU.code})
    (offer,) = offers([sheet(rows, merged)], Names(REGIONS, IN_JIANGSU, JIANGSU), chosen)
    return offer


def rows_of(offer: Offer) -> list[tuple[str, ...]]:
    return list(zip(*(offer.columns[column.name] for column in COLUMNS), strict=True))


COLUMNS = list(schema.population_structure.c)[:9]


def test_a_list_with_the_group_in_a_column_is_read_and_its_sums_of_persons_compared() -> None:
    offer = read(LONG)
    assert (offer.target, offer.questions, offer.left_out) == ("population_structure", (), ())
    same = (JIANGSU.code, "2025", "320000")
    assert rows_of(offer) == [
        (*same, "employee_male", "59", "1200", "0", "582346", "0"),
        (*same, "employee_male", "60", "30", "900", "560000", "401250"),
        (*same, "employee_female_50", "100", "0", "7", "0", "290000"),
    ]
    assert [(one.address, int(one.stated), one.agrees) for one in offer.sums] == [("F6", 1230, True), ("G6", 907, True)]
    assert {(one.axis, one.text, one.code) for one in offer.guesses} == {
        ("scheme", "企业职工基本养老保险", JIANGSU.code),
        ("form", "59岁", "unit"),
        ("form", "5823.4567", "float_tail"),
    }


def test_groups_beside_each_other_are_read_with_what_stands_above_the_table() -> None:
    offer = read(BESIDE, merged=["3,2,3,4", "3,5,3,7", "3,1,4,1"])
    assert (offer.target, offer.left_out) == ("population_structure", ())
    # The list has no pensions of men, of whom none is retired, and no bases of women.
    assert offer.questions == (Question("name", "mean_base_fen"),)
    same = (JIANGSU.code, "2025", "320000")
    assert rows_of(offer) == [
        (*same, "employee_male", "54", "1200", "0", "560000", "0"),
        (*same, "flexible_female", "54", "300", "0", "", "0"),
        (*same, "employee_male", "60", "30", "0", "560000", "0"),
        (*same, "flexible_female", "60", "0", "41", "0", "210050"),
    ]
    assert [(one.address, one.agrees) for one in offer.sums] == [
        (at, True) for at in ("B7", "C7", "E7", "F7", "H5", "H6")
    ]


def test_a_sum_that_differs_is_named_and_merged_groups_hold_for_every_row() -> None:
    rows = [list(row) for row in LONG]
    rows[3][3], rows[5][5] = "", "1231"
    offer = read(rows, merged=["3,4,4,4"])
    assert offer.columns["insured_group"][1] == "employee_male"
    assert [(one.address, one.difference) for one in offer.sums if not one.agrees] == [("F6", Decimal(1))]


@pytest.mark.parametrize(
    ("line", "place", "text", "asked"),
    [
        (2, 3, "退役人员", Question("name", "退役人员", ("Sheet1!D3",))),
        (2, 4, "55-59岁", Question("form", "55-59岁", ("Sheet1!E3",))),
        (2, 5, "约千人", Question("form", "约千人", ("Sheet1!F3",))),
        (1, 7, "月人均缴费基数", Question("unit", "月人均缴费基数")),
    ],
)
def test_what_cannot_be_told_is_asked(line: int, place: int, text: str, asked: Question) -> None:
    rows = [list(row) for row in LONG]
    rows[line][place] = text
    assert read(rows).questions == (asked,)


def test_a_list_is_taken_and_a_mean_that_is_missing_is_named(ready_sqlite: Engine, tmp_path: Path) -> None:
    path = tmp_path / "persons.csv"
    mapping = Mapping(constants={"scheme": JIANGSU.code})
    path.write_text("\n".join(",".join(f'"{text}"' for text in row) for row in LONG), encoding="utf-8")
    taken = import_file(ready_sqlite, path, mapping=mapping, now=NOW)
    assert (taken.state, taken.inserted) == ("loaded", 3)
    with ready_sqlite.connect() as connection:
        stored = connection.execute(select(*COLUMNS).order_by("age")).all()
    assert stored[0] == (JIANGSU.code, 2025, "320000", "employee_male", 59, 1200, 0, 582346, 0)
    rows = [list(row) for row in LONG]
    rows[2][7] = ""
    path.write_text("\n".join(",".join(f'"{text}"' for text in row) for row in rows), encoding="utf-8")
    refused = import_file(ready_sqlite, path, mapping=mapping, now=NOW)
    assert [(one.column, one.reason, one.parameters["cell"]) for one in refused.rejections] == [
        ("mean_base_fen", "mean_missing", "F3")
    ]


def test_a_mortality_table_with_ages_in_words_is_read() -> None:
    rows = [
        ["江苏省参保人员经验生命表"],
        ["生命表", "性别", "年龄", "死亡率", "资料来源"],
        ["2025年经验表", "男", "60岁", "0.00687", "省社保中心，2023—2025年"],
        ["2025年经验表", "女", "100岁及以上", "0.42", "省社保中心，2023—2025年"],
    ]
    offer = read(rows, Mapping())
    assert (offer.target, offer.questions) == ("mortality_table", ())
    assert [*offer.columns["age"]] == ["60", "100"] and [*offer.columns["q"]] == ["0.00687", "0.42"]
    assert [(one.text, one.code) for one in offer.guesses] == [("60岁", "unit")]
