"""The demonstration's statistics and requests fit its ledger, tell their stories and come in step by step alike."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from demonstration.world import stories
from demonstration.world.calibration import CALIBRATIONS
from demonstration.world.problems import leads, problems
from demonstration.world.requests import disbursement_requests
from demonstration.world.statistics import People, statistics
from rules.statistics import MEASURES, measures_of

TODAY = date(2026, 11, 20)
OCTOBER = 57  # months after the first


def rows(frame: pa.Table | None) -> set[tuple[object, ...]]:
    return set() if frame is None else {tuple(row.values()) for row in frame.to_pylist()}


@pytest.mark.parametrize("scheme", CALIBRATIONS)
def test_every_measure_of_the_fund_is_reported_and_no_other(scheme: str) -> None:
    frame = statistics(scheme, None, TODAY)
    assert frame is not None
    reported = set(frame["measure"].to_pylist())
    of_one_rate = {"avg_rate"} if CALIBRATIONS[scheme].fund == "pension" else set()
    assert reported == set(measures_of(CALIBRATIONS[scheme].fund)) - of_one_rate
    assert max(frame["month"].to_pylist()) == 202610
    assert reported <= MEASURES.keys()


def test_benefits_due_are_paid_held_or_unpaid() -> None:
    people = People("jiangsu-pension", TODAY)
    due, held = people.due()
    unpaid = due - held - people.money.benefit - people.money.back_pay
    county = people.money.codes == stories.UNPAID[0][0]
    assert (unpaid[county, OCTOBER] > 0).all()
    assert not unpaid[~county].any()


def test_only_the_county_that_cut_the_rate_asks_for_less_than_the_rates_give() -> None:
    people = People("jiangsu-pension", TODAY)
    employer, flexible = people.bases
    given = employer[:, OCTOBER] * 0.24 + flexible[:, OCTOBER] * 0.20
    short = np.abs(people.premium_due[:, OCTOBER] / given - 1) > 1e-6
    assert set(people.money.codes[short]) == {stories.RATE_CUT_COUNTY}


def test_reports_day_by_day_are_the_same_as_all_at_once() -> None:
    whole = rows(statistics("jilin-work-injury", None, TODAY))
    days = [date(2026, 9, 7), date(2026, 10, 8), date(2026, 11, 10), TODAY]
    parts = [rows(statistics("jilin-work-injury", *between)) for between in zip([None, *days], days, strict=False)]
    assert set().union(*parts) == whole and sum(map(len, parts)) == len(whole)


def test_a_request_comes_first_without_and_then_with_its_approval() -> None:
    asked = disbursement_requests("jilin-work-injury", date(2026, 11, 19), TODAY).rows
    decided = disbursement_requests("jilin-work-injury", TODAY, date(2026, 11, 30)).rows
    assert asked and {row[1] for row in asked} == {202612} and {row[4] for row in asked} == {None}
    assert [(*row[:4], row[5]) for row in decided] == [(*row[:4], row[5]) for row in asked]
    # A few ask for more than they need and are cut to it.
    assert all(row[4] <= row[3] for row in decided) and 0 < sum(row[4] < row[3] for row in decided) < len(decided) / 10


@pytest.mark.parametrize("scheme", CALIBRATIONS)
def test_every_scheme_has_problems_in_every_state_and_leads_that_a_file_brings(scheme: str) -> None:
    told = problems(scheme, TODAY)
    assert {"lead", "dismissed", "verified", "mending", "answered", "asked", "closed"} <= {
        one.reaches for _, one in told
    }
    assert any(one.excluded for _, one in told) and any(one.due_in < 0 and one.reaches == "mending" for _, one in told)
    assert not {one.region[:4] for _, one in told} & {city[:4] for city in stories.QUIET_CITIES}
    assert len(leads(scheme, TODAY).rows) == sum(one.comparison is not None for _, one in told)
