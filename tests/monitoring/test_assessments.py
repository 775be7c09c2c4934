"""The scores of a month: every measured value is the indicator's own, as of the month's end, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Connection, Engine, insert, text

from data_access.books.checks import Check, run_checks
from data_access.books.versions import close_month, current_version, reading
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules import in_force
from rules.assessment import Case, Indicator
from rules.scheme import load_scheme
from tests.small_province import (
    LIANGXI,
    NANJING,
    OWN,
    PROVINCE,
    QINHUAI,
    SCHEME,
    WUXI,
    XUANWU,
    Entry,
    load_entries,
    load_opening,
    load_province,
    load_table,
)
from tests.twins.cases import CASES, TOTALS
from workflows.assessment.measures import by_hand
from workflows.assessment.register import AssessmentMeasured, Scored, load_scores, record_entry
from workflows.people.accounts import By

OCTOBER = 202610
PROVINCE_LEVEL = f"{PROVINCE}-0"
COUNTIES = (OWN, XUANWU, QINHUAI, LIANGXI)
BY = By("p-assessor", "王", "social", datetime(2026, 11, 9, tzinfo=UTC))

NEWEST = text(
    "SELECT value FROM indicator_value WHERE scheme = :scheme AND indicator = :code AND period = :period "
    "AND region = :region AND part = '' AND data_version <= :version ORDER BY data_version DESC LIMIT 1"
)


@pytest.fixture
def province(store: Engine, now: datetime) -> Engine:
    """October as signed: one county did not pay in September, one owes gap money since the 11th and paid in November,
    one's treasury has a receipt less than its tax bureau; then a receipt of October comes late."""
    load_province(store, now)
    load_opening(store, now)
    ledger = [Entry("1", XUANWU, "premium_current", "collect", date(2026, 10, 9), 100_000)]
    ledger += [Entry(f"p{month}", XUANWU, "pension", "pay", date(2026, month, 8), 300) for month in range(1, 11)]
    load_entries(store, ledger, now)
    due = {(XUANWU, 202609): 500, **{(XUANWU, 202600 + month): 300 for month in (1, 2, 3, 4, 5, 6, 7, 8, 10)}}
    months = [202600 + month for month in range(1, 11)]
    rows = [
        (region, month, measure, fen)
        for region in (*COUNTIES, PROVINCE_LEVEL)
        for month in months
        for measure, fen in (("pension_due", due.get((region, month), 0)), ("pension_held", 0))
    ]
    rows += [(LIANGXI, month, "premium_due", 1_000) for month in months]
    names = ("scheme", "region", "month", "measure", "value")
    load_table(store, "statistic", [dict(zip(names, (SCHEME, *row), strict=True), version=0) for row in rows], now)
    totals = [
        {
            "scheme": SCHEME,
            "region": region,
            "day": day,
            "department": department,
            "measure": "premium_collected",
            "amount_fen": fen,
        }
        for region, day, department, fen in (
            (XUANWU, "2026-10-09", "tax", 100_000),
            (XUANWU, "2026-10-09", "treasury", 99_980),
            (XUANWU, "2026-11-03", "tax", 900),
            (XUANWU, "2026-11-03", "treasury", 0),
            (LIANGXI, "2026-10-09", "tax", 70),
            (LIANGXI, "2026-10-09", "treasury", 70),
        )
    ]
    load_table(store, "agency_total", totals, now)
    with writing(store) as connection:
        owed = {
            "scheme": SCHEME,
            "year": 2026,
            "region": LIANGXI,
            "basis": "general",
            "due_fen": 700,
            "due_on": date(2026, 10, 11),
            "document": "苏财社1号",
            "row_version": 1,
        }
        number = connection.execute(
            insert(schema.settlement).values(owed).returning(schema.settlement.c.id)
        ).scalar_one()
        paid = {"kind": "paid", "day": date(2026, 11, 5), "amount_fen": 700, "document": "缴款书"}
        connection.execute(
            insert(schema.settlement_payment).values(settlement=number, recorded_at=now, recorded_by="p", **paid)
        )
    refresh(store, clock=lambda: now)
    with writing(store) as connection:
        version = current_version(connection)
        assert version is not None
        close_month(connection, SCHEME, OCTOBER, signed_by="李", signed_at=now, version=version.id)
    load_entries(store, [Entry("late", LIANGXI, "premium_current", "collect", date(2026, 10, 30), 5_000)], now)
    refresh(store, clock=lambda: now)
    return store


def indicators() -> Iterator[Indicator]:
    case, _rests_on = in_force.case(Case, load_scheme(SCHEME), date(2026, 10, 31), values={})
    return (one for area in case.areas for one in area.indicators)


def scores(engine: Engine) -> dict[str, Scored]:
    with engine.connect() as connection:
        return dict(load_scores(connection, SCHEME, OCTOBER))


def worked_out(connection: Connection, code: str, region: str, signed: int) -> Decimal | None:
    """A measured value by statements of its own: none of the product's code."""
    at = {"scheme": SCHEME, "region": region}
    year = {"first": "2026-01-01", "last": "2026-10-31"}
    if code == "unpaid_months":
        return Decimal(connection.execute(text(CASES), {**at, "first": "2026-01", "last": "2026-10"}).scalar_one())
    if code == "gap_overdue":
        return Decimal(20 if region == WUXI else 0)  # from the 11th to the 31st of October
    if code == "reconciliation_difference":
        booked = {row.department: int(row.fen) for row in connection.execute(text(TOTALS), {**at, **year})}
        if not booked.keys() - {"ledger"}:
            return None
        apart = Decimal(max(booked.values()) - min(booked.values()))
        return (apart * 1000 / booked["tax"]).quantize(Decimal("0.01"))
    given = {**at, "code": code, "period": "2026-10", "version": signed}
    found = connection.execute(NEWEST, given).scalar()
    return None if found is None else Decimal(found)


def test_every_measured_value_is_the_indicators_own_as_signed_for_every_unit(province: Engine) -> None:
    found = scores(province)
    assert set(found) == {NANJING, WUXI, PROVINCE_LEVEL}
    with province.connect() as connection:
        signed = connection.execute(text("SELECT data_version FROM month_close")).scalar_one()
        compared = 0
        for region, scored in found.items():
            for indicator in indicators():
                if by_hand(indicator):
                    continue
                value = scored.case.values[indicator.code]
                expected = worked_out(connection, indicator.code, region, signed)
                if expected is None and getattr(indicator, "full_without_task", False) and value is not None:
                    expected = indicator.full_at  # type: ignore[union-attr]
                assert value == expected, (region, indicator.code)
                compared += value is not None
    assert compared >= 13
    # What came after the signature is not in it: half of what was due in the year.
    assert found[WUXI].case.values["collection_rate"] == 0


def test_a_county_that_did_not_pay_in_a_month_is_one_case_whoever_enters_what(province: Engine, now: datetime) -> None:
    found = scores(province)
    assert [found[unit].case.values["unpaid_months"] for unit in (NANJING, WUXI, PROVINCE_LEVEL)] == [1, 0, 0]
    benefit = found[NANJING].area("benefit")
    assert benefit is not None
    assert {one.code: one.score for one in benefit.indicators}["unpaid_months"] == 4
    unpaid = next(one for one in indicators() if one.code == "unpaid_months")
    with writing(province) as connection, pytest.raises(AssessmentMeasured):
        record_entry(connection, SCHEME, 2026, NANJING, unpaid, Decimal(0), "无", None, BY)


def test_what_fell_due_and_was_paid_after_the_month_is_overdue_in_it(province: Engine) -> None:
    found = scores(province)
    assert [found[unit].case.values["gap_overdue"] for unit in (NANJING, WUXI)] == [0, 20]


def test_a_score_made_of_another_value_is_found_by_the_checks(province: Engine) -> None:
    def scores_checked() -> Check:
        with reading(province) as connection:
            return next(check for check in run_checks(connection) if check.code == "scores")

    assert scores_checked().passed and scores_checked().compared >= 2
    with writing(province) as connection:
        given = connection.execute(text("SELECT given FROM assessment_score WHERE region = :r"), {"r": WUXI}).scalar()
        other = str(given).replace('"collection_rate": "0.00"', '"collection_rate": "99.00"')
        assert other != given
        connection.execute(text("UPDATE assessment_score SET given = :g WHERE region = :r"), {"g": other, "r": WUXI})
    found = scores_checked()
    assert (found.failed, found.differences[0].where) == (1, f"{SCHEME} {OCTOBER} {WUXI} collection_rate")


def test_a_place_needs_every_point_scored_and_a_local_government(province: Engine, now: datetime) -> None:
    assert {one.place for one in scores(province).values()} == {None}
    assert all(one.open_points > 0 for one in scores(province).values())
    with writing(province) as connection:
        for unit in (NANJING, WUXI, PROVINCE_LEVEL):
            for indicator in indicators():
                if by_hand(indicator):
                    record_entry(connection, SCHEME, 2026, unit, indicator, Decimal(0), "记录", None, BY)
    refresh(province, clock=lambda: now)
    # What nobody reported stays open: nothing is scaled to a hundred for it.
    for one in scores(province).values():
        assert one.place is None and one.score + one.open_points <= 100 < one.score + one.open_points + 60
        assert one.open_points == sum(
            indicator.points for indicator in indicators() if one.case.values[indicator.code] is None
        )
