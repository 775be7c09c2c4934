"""What a 暂缓提醒 holds back: over its region and below, its indicator or all, up to its level, while it lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from data_access.books.regions import Region, RegionTree
from data_access.store import schema
from data_access.store.engine import writing
from rules.alerts.threshold import Level
from workflows.warnings.alerts import Subject
from workflows.warnings.held_back import active_silences, was_withheld
from workflows.warnings.silences import silences_over
from workflows.warnings.working_clock import working_clock

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
TREE = RegionTree(
    "320000",
    [
        Region("320000", "江苏省", "Jiangsu", "province", None, "division"),
        Region("320100", "南京市", "Nanjing", "city", "320000", "division"),
        Region("320102", "玄武区", "Xuanwu", "county", "320100", "division"),
        Region("320200", "无锡市", "Wuxi", "city", "320000", "division"),
    ],
)


@pytest.mark.parametrize(
    ("indicator", "region", "level", "days", "held"),
    [
        ("premium_deviation", "320102", Level.ORANGE, 0, True),
        ("premium_deviation", "320100", Level.ORANGE, 0, True),
        ("premium_deviation", "320200", Level.ORANGE, 0, False),
        ("premium_deviation", "320102", Level.RED, 0, False),
        ("income_deviation", "320102", Level.ORANGE, 0, False),
        ("premium_deviation", "320102", Level.ORANGE, 7, False),
    ],
)
def test_a_silence_holds_back_what_it_covers_and_nothing_else(
    sqlite_store: Engine, indicator: str, region: str, level: Level, days: int, held: bool
) -> None:
    row = {
        "scheme": "jiangsu-pension",
        "region": "320100",
        "indicator": "premium_deviation",
        "max_level": 3,
        "starts_at": NOW,
        "ends_at": NOW + timedelta(days=7),
        "reason": "flood",
        "set_by": "monitor",
        "set_at": NOW,
    }
    with writing(sqlite_store) as connection:
        connection.execute(insert(schema.silence).values(row))
        subject = Subject("jiangsu-pension", indicator, "low", region)
        found = active_silences(connection, subject, TREE, level, NOW + timedelta(days=days))
        assert bool(found) is held
        assert not was_withheld(connection, subject, "2026-10")


def test_a_silence_of_another_scheme_keeps_nothing_quiet(sqlite_store: Engine) -> None:
    row = {"region": "320100", "indicator": None, "max_level": 4, "reason": "flood", "set_by": "monitor"}
    lasts = {"starts_at": NOW, "ends_at": NOW + timedelta(days=7), "set_at": NOW}
    with writing(sqlite_store) as connection:
        connection.execute(insert(schema.silence).values(scheme="jiangsu-pension", **row, **lasts))
        clock = working_clock(connection)
        own, other = (
            silences_over(connection, Subject(scheme, "premium_deviation", "low", "320102"), TREE, clock)
            for scheme in ("jiangsu-pension", "jiangsu-work-injury")
        )
    assert (len(own), other) == (1, ())
