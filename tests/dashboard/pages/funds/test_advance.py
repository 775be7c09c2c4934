"""启动资金预调 of 结余上解: shares by the rule of the whole province, what differs, what a city sees, as known to a version."""

from __future__ import annotations

import json
from datetime import datetime
from types import SimpleNamespace

from flask import Flask, g
from plotly.utils import PlotlyJSONEncoder
from sqlalchemy import Engine

from dashboard.pages.funds import advance
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from data_access.books.handover.advance import load_advances
from data_access.books.published import Published
from monitoring.refresh import refresh
from rules import pre_transfer
from tests.dashboard.conftest import words
from tests.small_province import (
    COLLECTED,
    LIANGXI,
    PROVINCE,
    QINHUAI,
    SCHEME,
    WUXI,
    XUANWU,
    load_entries,
    load_province,
    load_table,
)
from workflows.people.accounts import Role
from workflows.people.rights import Scope


def row(region: str, balance: int, amount: int, day: str | None = "2020-11-20", monthly: int = 40) -> dict[str, object]:
    known = {"scheme": SCHEME, "region": region, "as_of": "2020-09-30", "document": "函1号", "paid_on": day}
    return {**known, "balance_fen": balance, "monthly_fen": monthly, "amount_fen": amount}


def reading_of(published: Published, region: str, now: datetime) -> Reading:
    view = View("/funds", scheme=SCHEME, region=region, tab="legacy", period="live")
    return read(published, view, Scope(Role.CITY if region == WUXI else Role.FINANCE, region, None), now)


def said(reading: Reading) -> str:
    with Flask("test").app_context():
        g.account = SimpleNamespace(role=Role.LEADER)
        (shown,) = advance.section(reading)
        return words(json.loads(json.dumps(shown, cls=PlotlyJSONEncoder)))


def test_shares_are_the_rules_and_a_city_sees_its_own_alone(sqlite_store: Engine, now: datetime) -> None:
    load_province(sqlite_store, now)
    load_entries(sqlite_store, [COLLECTED], now)
    given = [row(XUANWU, 60, 48), row(QINHUAI, 40, 30, "2020-12-28"), row(LIANGXI, -10, 0, None)]
    load_table(sqlite_store, "pre_transfer", given, now)
    owed = {"scheme": SCHEME, "region": QINHUAI, "as_of": "2020-12-31", "owed_fen": 9, "handed_before_fen": 0}
    load_table(sqlite_store, "legacy_balance", [{**owed, "due_on": "2025-12-31"}], now)
    first = refresh(sqlite_store, clock=lambda: now).version
    assert first is not None
    with sqlite_store.connect() as connection:
        reading = reading_of(Published(connection), PROVINCE, now)
        table = advance.advance_table(reading)
        seen = [[line.values[key] for key in ("balance", "share", "paid", "difference", "left")] for line in table.rows]
        assert [line.place for line in table.rows] == [QINHUAI, XUANWU, LIANGXI], "who advanced too little stands first"
        assert seen == [[40, 32, 30, -2, 10], [60, 48, 48, 0, 12], [-10, 0, 0, 0, -10]]
        assert [line.values["owed"] for line in table.rows] == [9, None, None]
        assert {key: table.foot[0].values[key] for key in advance.SUMS} == {
            **dict(zip(("balance", "share", "paid", "difference", "left"), (90, 80, 78, -2, 12), strict=True)),
            "owed": None,
        }
        rule, case = advance.calculation(reading)[advance.CASE]
        assert rule == "pre_transfer" and isinstance(case, pre_transfer.Case) and case.months == 2
        assert "预调在截止日（2020年12月31日）之前" in said(reading)
        city = reading_of(Published(connection), WUXI, now)
        assert [(line.place, line.values["share"]) for line in advance.advance_table(city).rows] == [(LIANGXI, 0)]
        assert advance.calculation(city) == {}

    # What comes later is not known to the version before; where rows disagree on the expenditure there are no shares.
    load_table(sqlite_store, "pre_transfer", [row("320200", 5, 4, "2021-01-08", monthly=41)], now)
    refresh(sqlite_store, clock=lambda: now)
    with sqlite_store.connect() as connection:
        assert len(load_advances(connection, SCHEME, first.id)) == 3
        reading = reading_of(Published(connection), PROVINCE, now)
        table = advance.advance_table(reading)
        assert len(table.rows) == 4 and {line.values["share"] for line in table.rows} == {None}
        assert table.foot[0].values["share"] is None and table.foot[0].values["paid"] == 82
        text = said(reading)
        assert "各行的全省月支出不一致" in text and "2020年12月31日）之后划转的预调" in text
