"""The title of a slide says what its chart shows: who, which way, by how much, in words that the figures carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.components.table import Column, Kind, Row, Table
from dashboard.words import headlines
from dashboard.words.headlines import Pace
from dashboard.words.wording import in_language
from rules.alerts.threshold import Level

YI = 10**10
COLLECTION = Pace("征缴")


def ranked(
    values: Mapping[str, str | None], limit: int | None = None, levels: Mapping[int, Level] | None = None
) -> Plot:
    columns = (Column("name", "地区"), Column("value", "值", "points", signed=True))
    rows = [Row({"name": name, "value": None if text is None else Decimal(text)}) for name, text in values.items()]
    limits = () if limit is None else (Limit(Level.ORANGE, limit, "橙色标准"),)
    return Plot(Table("r", "排名", columns, rows), "name", rows, (Mark("value", "bar", "mid"),), limits, levels or {})


ORANGE, RED = Level.ORANGE, Level.RED
PACES: list[tuple[Plot, Pace, str]] = [
    (
        ranked({"己市": "4.1", "乙市": "-5.1", "甲市": "-5.6"}, -5, {1: ORANGE, 2: ORANGE}),
        COLLECTION,
        "甲市、乙市征缴慢于历史同期超过5个百分点",
    ),
    (
        ranked({"己山市": "4.1", "乙山市": "-5.1", "甲山市": "-5.6"}, -5, {1: ORANGE, 2: ORANGE}),
        COLLECTION,
        "甲山、乙山两市征缴慢于历史同期超过5个百分点",
    ),
    # What reads as the limit itself is not beyond it, nor is what is beyond and stands at no level yet.
    (
        ranked({"乙山市": "-5.001", "甲山市": "-5.6"}, -5, {0: ORANGE, 1: ORANGE}),
        COLLECTION,
        "甲山市征缴慢于历史同期超过5个百分点",
    ),
    (ranked({"乙山市": "1", "甲山市": "-5.6"}, -5), COLLECTION, "甲山市征缴慢于历史同期5.60个百分点，其他地区不慢"),
    (
        ranked({f"{name}山市": "-6" for name in "甲乙丙丁"}, -5, dict.fromkeys(range(4), RED)),
        COLLECTION,
        "4个地区征缴慢于历史同期超过5个百分点",
    ),
    (
        ranked({"甲山市": "-6", "延边州": "-7"}, -5, {0: RED, 1: RED}),
        COLLECTION,
        "延边州、甲山市征缴慢于历史同期超过5个百分点",
    ),
    (
        ranked({"甲市": "2", "乙市": "-0.5", "丙市": "-1.25"}),
        COLLECTION,
        "2个地区征缴慢于历史同期，丙市最慢，慢1.25个百分点",
    ),
    # What is read as 0.00 is neither behind nor ahead.
    (ranked({"甲市": "2", "乙市": "-0.001", "丙市": None}), COLLECTION, "各地征缴均不慢于历史同期"),
    (ranked({"甲市": None}), COLLECTION, ""),
    (ranked({}), COLLECTION, ""),
    (
        ranked({"甲市": "-2", "乙市": "1", "丙市": "3.5"}),
        Pace("支出", True),
        "2个地区支出快于历史同期，丙市最快，快3.50个百分点",
    ),
    (ranked({"甲市": "6"}, 5, {0: RED}), Pace("支出", True), "甲市支出快于历史同期超过5个百分点"),
    (ranked({"甲市": "-1"}), Pace("支出", True), "各地支出均不快于历史同期"),
]


@pytest.mark.parametrize(("plot", "of", "said"), PACES)
def test_a_ranking_by_pace_says_who_is_beyond_the_limit_else_who_lags_most(plot: Plot, of: Pace, said: str) -> None:
    assert headlines.pace(plot, of, "name", "value") == said
    with in_language("en"):
        in_english = headlines.pace(plot, of, "name", "value")
    assert bool(in_english) == bool(said) and "历史" not in in_english and "个" not in in_english


def test_a_ranking_without_a_side_says_first_and_last() -> None:
    assert (
        headlines.ends(ranked({"甲市": "91", "乙市": "99.12", "丙市": None}), "归集率", "%", "name", "value")
        == "归集率乙市最高（+99.12%），甲市最低（+91.00%）"
    )
    assert headlines.ends(ranked({"甲市": "91", "乙市": "91"}), "归集率", "%", "name", "value") == ""


def months(expected: int | None = None, **columns: Sequence[Any]) -> Plot:
    count = len(next(iter(columns.values())))
    kinds: dict[str, Kind] = {key: "percent" if key == "rate" else "money" for key in columns}
    heads = [Column("month", "月份"), *(Column(key, key, kind) for key, kind in kinds.items())]
    rows = [
        Row({"month": f"第{place + 1}月", **{key: values[place] for key, values in columns.items()}})
        for place in range(count)
    ]
    marks = [Mark(key, "line", "accent") for key in columns]
    return Plot(Table("t", "表", heads, rows), "month", rows, marks, expected=expected)


def test_a_stock_is_said_beside_the_year_before_and_with_what_is_expected() -> None:
    year = [YI * 40] + [YI * 41] * 11 + [YI * 42]
    assert (
        headlines.level(months(stock=year), "累计结余", "亿元", "stock")
        == "第13月累计结余42.00亿元，比上年同期增长5.00%"
    )
    fallen = headlines.level(months(13, stock=[*year[::-1], YI * 30]), "累计结余", "亿元", "stock")
    assert fallen == "第13月累计结余40.00亿元，比上年同期下降4.76%，1个月后预计30.00亿元"
    assert headlines.level(months(stock=[YI] * 13), "累计结余", "亿元", "stock").endswith("，与上年同期持平")
    # Without a base above zero there is no percentage; without a value no sentence.
    assert headlines.level(months(stock=[-YI, *year[1:]]), "累计结余", "亿元", "stock") == "第13月累计结余42.00亿元"
    assert headlines.level(months(stock=[None]), "累计结余", "亿元", "stock") == ""


@pytest.mark.parametrize(
    ("income", "spent", "said"),
    [
        (3 * YI, 2 * YI, "第1月收入3.00亿元、支出2.00亿元，当月收支结余1.00亿元"),
        (2 * YI, 3 * YI, "第1月收入2.00亿元、支出3.00亿元，当月收支缺口1.00亿元"),
        (2 * YI, 2 * YI + 1, "第1月收入2.00亿元、支出2.00亿元，收支相抵"),
        # 2.004 − 1.006 is 0.998, and reads 2.00 − 1.01.
        (2 * YI + YI // 250, YI + 6 * YI // 1000, "第1月收入2.00亿元、支出1.01亿元，当月收支结余0.99亿元"),
    ],
)
def test_a_month_s_income_and_spending_are_said_with_what_is_left_as_it_is_read(
    income: int, spent: int, said: str
) -> None:
    assert headlines.flows(months(came=[income], went=[spent]), "came", "went", "亿元") == said
    assert headlines.flows(months(came=[None], went=[spent]), "came", "went", "亿元") == ""


def test_a_value_says_at_which_level_it_stands_and_a_course_where_it_came_from() -> None:
    plot = months(rate=[Decimal(90), None, Decimal(80)])
    assert headlines.judged(plot, "甲市", "归集率", "%", "rate") == "甲市第3月归集率80.00%，未达到预警标准"
    at_level = Plot(plot.table, "month", plot.rows, plot.marks, levels={2: Level.RED})
    assert headlines.judged(at_level, "甲市", "归集率", "%", "rate") == "甲市第3月归集率80.00%，处于红色预警"
    assert headlines.moved(plot, "归集率", "%", "rate") == "归集率由第1月的90.00降至80.00%"
    assert (
        headlines.moved(months(rate=[Decimal(1), Decimal(2)]), "归集率", "%", "rate") == "归集率由第1月的1.00升至2.00%"
    )
    assert headlines.moved(months(rate=[Decimal(1), Decimal(1)]), "归集率", "%", "rate") == "归集率1.00%，与第1月持平"
    assert headlines.moved(months(rate=[Decimal(1), None]), "归集率", "%", "rate") == ""


def test_a_series_beside_last_year_s_says_the_growth() -> None:
    plot = months(now=[YI, 3 * YI], before=[YI, 2 * YI])
    assert headlines.beside(plot, "累计征缴", "亿元", "now", "before") == "第2月累计征缴3.00亿元，比上年同期增长50.00%"
    assert headlines.subject("累计结余", "2026年10月已定稿") == "累计结余（2026年10月已定稿）"
