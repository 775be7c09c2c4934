"""Statistics, requests, central payments, leads, persons by age come in by the ordinary import and are read back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import Connection, Engine, insert, select

from data_access.books.regions import Region, RegionTree, load_tree
from data_access.books.requests import load_central_payments, load_requests
from data_access.books.statistics import Statistics, load_statistics
from data_access.books.versions import publish
from data_access.intake.importers import BatchResult, import_rows
from data_access.store import schema
from data_access.store.engine import writing
from rules.scheme import load_scheme
from rules.statistics import MEASURES, measures_of

SCHEME = "jiangsu-pension"
STATISTIC = {
    "scheme": SCHEME,
    "region": "320102",
    "month": "202610",
    "measure": "contributors",
    "version": "0",
    "value": "215430",
}
REQUEST = {
    "scheme": SCHEME,
    "month": "202611",
    "region": "320102",
    "asked_fen": "386000000",
    "approved_fen": "",
    "asked_on": "2026-10-20",
    "approved_on": "",
}
PAYMENT = {
    "year": "2020",
    "quarter": "1",
    "region": "320000",
    "contribution_fen": "612000000000",
    "allocation_fen": "438000000000",
    "paid_on": "2020-03-20",
}
LEAD = {
    "scheme": SCHEME,
    "ref": "BD-1",
    "region": "320102",
    "department": "social",
    "origin": "comparison",
    "side": "operations",
    "category": "duplicate_benefit",
    "title": "两地领取",
    "found_on": "2026-10-12",
    "amount_fen": "41300000",
    "evidence": "清单",
}
ADVANCE = {
    "scheme": SCHEME,
    "region": "320102",
    "as_of": "2020-09-30",
    "balance_fen": "-5",
    "monthly_fen": "270",
    "amount_fen": "0",
    "paid_on": "",
    "document": "函1号",
}
STRUCTURE = {
    "scheme": SCHEME,
    "year": "2025年",
    "region": "320000",
    "insured_group": "单位职工(女，原50岁退休)",
    "age": "49",
    "contributors": "41235",
    "retirees": "0",
    "mean_base_fen": "562300",
    "mean_pension_fen": "0",
}
MORTALITY = {"name": "经验生命表", "sex": "女", "age": "60", "q": "0.00312", "source": "编制机关"}
ROWS = {
    "population_structure": STRUCTURE,
    "mortality_table": MORTALITY,
    "statistic": STATISTIC,
    "disbursement_request": REQUEST,
    "central_payment": PAYMENT,
    "violation": LEAD,
    "pre_transfer": ADVANCE,
}


def take(engine: Engine, target: str, now: datetime, *changes: dict[str, str]) -> BatchResult:
    """Import one table of rows like the good one, each with its own changes."""
    rows = [{**ROWS[target], **change} for change in (changes or ({},))]
    names = dict.fromkeys(name for row in rows for name in row)
    return import_rows(engine, target, {name: [row.get(name, "") for row in rows] for name in names}, now=now)


def make_public(engine: Engine, now: datetime) -> int:
    """Publish what was imported; the number of the version."""
    with writing(engine) as connection:
        row = {"started_at": now, "finished_at": now, "state": "published", "full": False}
        run = connection.execute(insert(schema.refresh_run).values(row).returning(schema.refresh_run.c.id)).scalar_one()
        return publish(connection, run=run, published_at=now, as_of=now).id


def tree_of(connection: Connection) -> RegionTree:
    return load_tree(connection, "320000")


@pytest.mark.parametrize("target", ROWS)
def test_a_good_row_of_each_table_is_taken_and_the_same_row_again_changes_nothing(
    ready: Engine, now: datetime, target: str
) -> None:
    assert take(ready, target, now).state == "loaded"
    take(ready, target, now)
    with ready.connect() as connection:
        assert len(connection.execute(select(schema.metadata.tables[target])).all()) == 1


@pytest.mark.parametrize(
    ("target", "change", "column", "reason"),
    [
        ("pre_transfer", {"monthly_fen": "0"}, "monthly_fen", "amount_zero"),
        ("pre_transfer", {"amount_fen": "-1"}, "amount_fen", "negative_amount"),
        ("pre_transfer", {"paid_on": "2027-01-01"}, "paid_on", "in_future"),
        ("statistic", {"month": "202613"}, "month", "bad_form"),
        ("statistic", {"month": "202612"}, "month", "in_future"),
        ("statistic", {"measure": "contributor"}, "measure", "unknown_code"),
        ("statistic", {"measure": "recognised"}, "measure", "measure_not_in_scheme"),
        ("statistic", {"value": "215430.5"}, "value", "not_a_whole_number"),
        ("statistic", {"value": "-1"}, "value", "negative_amount"),
        ("statistic", {"measure": "elderly_ratio", "value": "23.1"}, "value", "out_of_bounds"),
        ("statistic", {"region": "140100"}, "region", "region_outside_scheme"),
        ("disbursement_request", {"month": "202702"}, "month", "in_future"),
        ("disbursement_request", {"asked_fen": "-1"}, "asked_fen", "negative_amount"),
        ("disbursement_request", {"approved_fen": "1"}, "approved_on", "given_together"),
        ("disbursement_request", {"approved_on": "2026-10-25"}, "approved_fen", "given_together"),
        (
            "disbursement_request",
            {"approved_fen": "1", "approved_on": "2026-10-01"},
            "approved_on",
            "before_other_date",
        ),
        ("central_payment", {"quarter": "5"}, "quarter", "out_of_bounds"),
        ("central_payment", {"region": "320102"}, "region", "bad_form"),
        ("central_payment", {"paid_on": "2027-01-01"}, "paid_on", "in_future"),
        ("violation", {"origin": "rumour"}, "origin", "not_a_choice"),
        ("violation", {"ref": "线索1"}, "ref", "bad_form"),
        ("violation", {"related": "26-05"}, "related", "bad_form"),
        ("violation", {"due_on": "2026-01-01"}, "due_on", "before_other_date"),
        ("population_structure", {"year": "2026"}, "year", "in_future"),
        ("population_structure", {"scheme": "jilin-work-injury", "region": "220000"}, "scheme", "no_pension_scheme"),
        ("population_structure", {"region": "140000"}, "region", "region_outside_scheme"),
        ("population_structure", {"insured_group": "单位职工"}, "insured_group", "not_a_choice"),
        ("population_structure", {"age": "15"}, "age", "too_young"),
        ("population_structure", {"age": "121"}, "age", "out_of_bounds"),
        ("population_structure", {"contributors": "-1"}, "contributors", "out_of_bounds"),
        ("population_structure", {"contributors": "41235.5"}, "contributors", "not_a_whole_number"),
        ("population_structure", {"mean_base_fen": "0"}, "mean_base_fen", "mean_missing"),
        ("population_structure", {"mean_base_fen": "-1"}, "mean_base_fen", "negative_amount"),
        ("population_structure", {"retirees": "3"}, "mean_pension_fen", "mean_missing"),
        ("mortality_table", {"sex": "x"}, "sex", "not_a_choice"),
        ("mortality_table", {"q": "1.0001"}, "q", "out_of_bounds"),
        ("mortality_table", {"q": "-0.1"}, "q", "out_of_bounds"),
        ("mortality_table", {"source": ""}, "source", "blank"),
    ],
)
def test_a_broken_value_is_refused_with_its_column_and_reason(
    ready_sqlite: Engine, now: datetime, target: str, change: dict[str, str], column: str, reason: str
) -> None:
    result = take(ready_sqlite, target, now, change)
    assert result.state == "refused"
    assert (column, reason) in [(rejection.column, rejection.reason) for rejection in result.rejections]


def test_an_approval_is_filled_in_by_a_later_file_and_then_stays(ready: Engine, now: datetime) -> None:
    approved = {"approved_fen": "380000000", "approved_on": "2026-10-26"}
    take(ready, "disbursement_request", now)
    assert take(ready, "disbursement_request", now, approved).state == "loaded"
    again = take(ready, "disbursement_request", now, approved | {"approved_fen": "1"})
    assert [rejection.reason for rejection in again.rejections] == ["conflict"]
    make_public(ready, now)
    with ready.connect() as connection:
        requests = load_requests(connection, SCHEME, tree_of(connection))
    assert requests.asked("320100", 202611) == 386000000
    assert requests.approved("320000", 202611) == 380000000
    assert requests.of("320102", 202611)[0].approved_on == date(2026, 10, 26)


def test_a_region_whose_requests_are_not_all_decided_has_no_approved_sum(ready_sqlite: Engine, now: datetime) -> None:
    decided = {"region": "320104", "approved_fen": "5", "approved_on": "2026-10-26"}
    take(ready_sqlite, "disbursement_request", now, {}, decided)
    make_public(ready_sqlite, now)
    with ready_sqlite.connect() as connection:
        requests = load_requests(connection, SCHEME, tree_of(connection))
    assert requests.approved("320100", 202611) is None
    assert requests.approved("320104", 202611) == 5
    assert requests.asked("320100", 202610) is None


def test_the_newest_correction_known_to_a_version_counts(ready: Engine, now: datetime) -> None:
    take(ready, "statistic", now)
    first = make_public(ready, now)
    take(ready, "statistic", now, {"version": "1", "value": "215500"})
    make_public(ready, now)
    take(ready, "statistic", now, {"version": "2", "value": "9"})  # not published
    with ready.connect() as connection:
        tree = tree_of(connection)
        then, today = (load_statistics(connection, SCHEME, tree, version) for version in (first, None))
    assert then.value("320102", 202610, "contributors") == 215430
    assert today.value("320102", 202610, "contributors") == 215500
    assert today.value("320000", 202610, "contributors") == 215500


def test_what_was_not_reported_has_no_value_and_what_does_not_add_up_holds_only_where_it_was_reported(
    ready_sqlite: Engine, now: datetime
) -> None:
    take(ready_sqlite, "statistic", now, {"measure": "elderly_ratio", "value": "0.231"})
    make_public(ready_sqlite, now)
    with ready_sqlite.connect() as connection:
        found = load_statistics(connection, SCHEME, tree_of(connection))
    assert found.value("320102", 202610, "elderly_ratio") == Decimal("0.231")
    assert found.value("320100", 202610, "elderly_ratio") is None
    assert found.value("320102", 202609, "elderly_ratio") is None
    assert found.value("320000", 202610, "contributors") is None
    assert found.sum("320102", [202609, 202610], "elderly_ratio") is None


def test_central_payments_are_read_by_year_quarter_and_province(ready_sqlite: Engine, now: datetime) -> None:
    take(ready_sqlite, "central_payment", now, {"quarter": "2"}, {}, {"region": "140000"})
    make_public(ready_sqlite, now)
    with ready_sqlite.connect() as connection:
        found = load_central_payments(connection)
    assert [(one.quarter, one.region) for one in found] == [(1, "140000"), (1, "320000"), (2, "320000")]
    assert found[0].contribution_fen == 612000000000


# Two cities, one with two counties.
TREE = RegionTree(
    "1",
    [
        Region(code, code, code, level, parent, "division")
        for code, level, parent in (
            ("1", "province", None),
            ("11", "city", "1"),
            ("12", "city", "1"),
            ("111", "county", "11"),
            ("112", "county", "11"),
        )
    ],
)
reports = st.dictionaries(
    st.sampled_from(TREE.codes),
    st.dictionaries(st.sampled_from([202608, 202609, 202610]), st.integers(0, 10**15).map(Decimal), max_size=3),
)


@settings(max_examples=20, deadline=None)
@given(reports)
def test_a_region_s_figure_is_its_own_and_all_below_it(own: dict[str, dict[int, Decimal]]) -> None:
    found = Statistics(TREE, {(region, "contributors"): months for region, months in own.items()})
    for region in TREE.codes:
        for month in (202608, 202609, 202610):
            parts: list[Any] = [own.get(region, {}).get(month)]
            parts += [found.value(child, month, "contributors") for child in TREE.children(region)]
            reported = [part for part in parts if part is not None]
            assert found.value(region, month, "contributors") == (sum(reported) if reported else None)


def test_every_measure_has_names_and_each_fund_reports_some() -> None:
    assert all(measure.name and measure.name_en for measure in MEASURES.values())
    for code in ("jiangsu-pension", "jilin-work-injury"):
        assert {"contributors", "premium_due"} <= set(measures_of(load_scheme(code).fund))
    assert "retirees" not in measures_of("work_injury")
