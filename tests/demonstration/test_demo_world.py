"""The demonstration is one world: heads and money, funds and central adjustment, plans, balances and deposits agree."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from demonstration.world import calibration as c, nation, stories, tables
from demonstration.world.central import central_years
from demonstration.world.deposits import term_deposits
from demonstration.world.findings import found
from demonstration.world.gap import cases
from demonstration.world.ledger import entries_between
from demonstration.world.places import place
from demonstration.world.problems import problems
from demonstration.world.simulation import plan_units
from demonstration.world.stages import BEGINNING, SCHEMES
from demonstration.world.statistics import People
from rules.month import SHANGHAI, Month
from rules.movements import result_sign
from rules.scheme import load_scheme

UNTIL = date(2026, 12, 31)
YEARS = tuple(range(2022, 2027))
PENSIONS = tuple(scheme for scheme in SCHEMES if load_scheme(scheme).fund == "pension")
# Contributors per retiree: plausible in the 2020s, and falling.
DEPENDENCY = {"jiangsu-pension": (2.5, 3.5), "shanxi-pension": (1.9, 2.4), "jilin-pension": (1.3, 1.6)}
# A pension of 2022 in yuan a month: 2010's 1,398, 1,524 and 1,020 raised by 129.8 % since, January to December alike.
PENSION_2022 = {"jiangsu-pension": 3182, "shanxi-pension": 3470, "jilin-pension": 2321}


@pytest.fixture(scope="module", params=SCHEMES)
def world(request: pytest.FixtureRequest) -> tuple[str, People, pd.DataFrame]:
    """A scheme, its people, and its ledger to the end of 2026 with yuan of income and expenditure by year and item."""
    scheme: str = request.param
    entries = pd.DataFrame(entries_between(scheme, BEGINNING, datetime(2027, 1, 25, tzinfo=SHANGHAI)))
    sign = entries["movement"].map(result_sign)
    entries["income"] = entries["amount_fen"] * sign.str[0] / 100
    entries["spent"] = entries["amount_fen"] * sign.str[1] / 100
    entries["year"] = pd.DatetimeIndex(entries["business_date"]).year
    return scheme, People(scheme, UNTIL), entries


def of_year(people: People, year: int) -> np.ndarray:
    months: np.ndarray = people.money.years == year
    return months


def spent(entries: pd.DataFrame, year: int, items: tuple[str, ...]) -> float:
    return float(entries.loc[(entries["year"] == year) & entries["item"].isin(items), "spent"].sum())


def collected(entries: pd.DataFrame, year: int, items: tuple[str, ...]) -> float:
    return float(entries.loc[(entries["year"] == year) & entries["item"].isin(items), "income"].sum())


@pytest.mark.parametrize("scheme", PENSIONS)
def test_the_funds_begin_with_the_heads_of_the_central_adjustment(scheme: str) -> None:
    people, table = People(scheme, UNTIL), central_years()
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    (end,) = (r for r in rows if r["year"] == 2021 and r["region"] == load_scheme(scheme).province)
    monthly = (1 + people.heads.retired_growth) ** (1 / 12), (1 + people.heads.insured_growth) ** (1 / 12)
    assert people.retirees[:, 0].sum() / monthly[0] == pytest.approx(end["retirees"], rel=1e-4)
    assert people.money.insured_expected[:, 0].sum() / monthly[1] == pytest.approx(end["participants"], rel=1e-4)


@pytest.mark.parametrize(("scheme", "yuan"), PENSION_2022.items())
def test_a_pension_of_2022_is_what_2010_and_the_raises_since_make_it(scheme: str, yuan: int) -> None:
    people = People(scheme, date(2022, 12, 31))
    paid = (people.money.benefit + people.money.back_pay).sum() / 100
    assert paid / people.retirees.sum() == pytest.approx(yuan, rel=0.005)


def test_heads_times_benefit_a_head_is_what_was_spent(world: tuple[str, People, pd.DataFrame]) -> None:
    scheme, people, entries = world
    leaves = load_scheme(scheme).leaves("pension" if people.pension else "benefit")
    a_head = people.heads.drawn
    for year in YEARS:
        a_head *= 1 + c.adjustment(year)
        heads = people.retirees[:, of_year(people, year)].sum()
        assert spent(entries, year, leaves) == pytest.approx(heads * a_head, rel=0.01), year


def test_contributors_times_base_times_rate_is_what_was_collected(world: tuple[str, People, pd.DataFrame]) -> None:
    scheme, people, entries = world
    fund = load_scheme(scheme).fund
    current = "premium_current" if people.pension else "premium"
    side = tuple(item for item, *_ in c.SIDE_ITEMS[fund])
    for year in YEARS:
        heads = people.contributors[:, of_year(people, year)].sum()
        base = people.heads.base * c.yearly(people.heads.base_growth, year)
        main, beside = collected(entries, year, (current,)), collected(entries, year, side)
        assert main == pytest.approx(heads * base * c.RATE[fund] * c.COLLECTED, rel=0.015), year
        assert 0.02 < beside / main < 0.09, year


def test_the_reported_bases_are_the_contributors_bases(world: tuple[str, People, pd.DataFrame]) -> None:
    _scheme, people, _entries = world
    employers, flexible = people.bases
    for year in YEARS:
        of = of_year(people, year)
        a_head = (employers[:, of].sum() + flexible[:, of].sum()) / 100 / people.contributors[:, of].sum()
        assert a_head == pytest.approx(people.heads.base * c.yearly(people.heads.base_growth, year), rel=0.02), year
    if people.pension:
        by_month = employers.sum(axis=0) / people.contributors.sum(axis=0)
        jumps = [later / earlier for earlier, later in pairwise(by_month.tolist())]
        assert min(jumps) > 0.98 and max(jumps) < 1.06, "what employers pay on does not follow the seasons"


@pytest.mark.parametrize(("scheme", "bounds"), DEPENDENCY.items())
def test_contributors_per_retiree_are_plausible_and_fall_slowly(scheme: str, bounds: tuple[float, float]) -> None:
    people = People(scheme, UNTIL)
    ratio = people.contributors.sum(axis=0) / people.retirees.sum(axis=0)
    assert bounds[0] <= ratio.min() and ratio.max() <= bounds[1]
    assert 0.92 < ratio[-1] / ratio[0] < 1


@pytest.mark.parametrize("scheme", PENSIONS)
def test_participants_are_the_insured_and_the_retired(scheme: str) -> None:
    people = People(scheme, UNTIL)
    planted = np.isin(people.money.codes, [])
    for region in (*stories.ENROLMENT_BEHIND, *(shift.region for shift in stories.SHIFTS)):
        planted |= np.array([region in (unit.code, unit.city) for unit in people.money.units])
    both = people.contributors / people.heads.paying + people.retirees
    assert people.participants[~planted] == pytest.approx(both[~planted], rel=1e-3, abs=3)
    # Those who draw now, those who began to, and those who died.
    died = people.retirees[:, :-1] + people.new_retirees[:, 1:] - people.retirees[:, 1:]
    assert died.sum() / people.retirees[:, 1:].sum() == pytest.approx(c.DYING, rel=0.02)


def test_death_benefits_are_paid_for_those_who_died(world: tuple[str, People, pd.DataFrame]) -> None:
    _scheme, people, entries = world
    if people.pension:
        died = people.retirees[:, of_year(people, 2025)].sum() * c.DYING
        assert 55_000 < spent(entries, 2025, ("death_benefit",)) / died < 75_000


def test_a_quiet_unit_ends_its_year_a_little_above_its_plan(world: tuple[str, People, pd.DataFrame]) -> None:
    scheme, _people, entries = world
    profile = load_scheme(scheme)
    local = profile.local_items
    leaves = {leaf for item in local for leaf in profile.leaves(item)}
    unit = dict(zip((u.code for u in People(scheme, date(2022, 1, 31)).money.units), plan_units(scheme), strict=True))
    planted = {stories.LATE_COUNTY, *(shift.region for shift in stories.SHIFTS)}
    planted |= {region for _scheme, _year, region in stories.PLANNED_LOW}
    own = entries[entries["region"].isin(unit.keys()) & entries["item"].isin(leaves)]
    done = own.assign(unit=own["region"].map(unit)).groupby(["year", "unit"])["income"].sum()
    for year in YEARS[:-1]:
        planned: dict[str, int] = {}
        for _, _, region, item, version, amount, *_rest in tables.plans(scheme, [year]).rows:
            if item in leaves and version == 0 and region in unit.values():
                planned[region] = planned.get(region, 0) + amount
        assert set(planned) == set(unit.values())
        for region, plan in planned.items():
            if region not in planted and f"{region[:4]}00" not in planted:
                assert 0.999 < done[year, region] * 100 / plan < 1.017, (year, region)


def test_deposits_form_a_ladder_in_which_no_two_are_alike() -> None:
    for scheme in SCHEMES:
        made = term_deposits(scheme, UNTIL)
        for day in (date(2021, 12, 31), date(2024, 6, 30), UNTIL):
            standing = [one for one in made if one.starts_on <= day < one.matures_on]
            wanted = sum(ladder.yi for ladder in c.CALIBRATIONS[scheme].deposits) * c.FEN_PER_YI
            assert sum(one.amount for one in standing) == pytest.approx(wanted, rel=0.2)
            assert len({(one.bank, one.amount, one.matures_on) for one in standing}) == len(standing)
            if scheme == "jiangsu-pension":
                assert len({one.amount for one in standing}) > 0.9 * len(standing)
                assert len({one.bank for one in standing}) == 6 and len({one.rate for one in standing}) > 8
        terms = {round((one.matures_on - one.starts_on).days / 30.4) for one in made}
        assert {3, 6, 12, 24} <= terms <= {2, 3, 4, 6, 7, 12, 13, 24, 25, 36, 37}


def test_a_longer_term_pays_more() -> None:
    made = [one for one in term_deposits("jiangsu-pension", UNTIL) if one.starts_on.year == 2024]
    by_term: dict[int, list[float]] = {}
    for one in made:
        by_term.setdefault(round((one.matures_on - one.starts_on).days / 91), []).append(float(one.rate))
    means = [sum(rates) / len(rates) for _term, rates in sorted(by_term.items())]
    assert means == sorted(means) and len(means) >= 4


@pytest.mark.parametrize("today", [date(2022, 1, 15), date(2024, 2, 29), date(2026, 11, 20), date(2027, 1, 5)])
def test_registers_rest_on_the_places_own_figures_on_any_day(today: date) -> None:
    for scheme in SCHEMES:
        told = [one for _ref, one in problems(scheme, today)]
        assert all(one.amount_fen >= 0 for one in told)
        # What money is to come back of is not overdue.
        assert [
            one.title for one in told if one.due_in < 0 and one.reaches in ("mending", "reopened") and one.amount_fen
        ] == []
        month = max(Month.of(today).plus(-1), Month.at(2022, 1))
        for one in told:
            if one.comparison and one.persons:
                months = one.amount_fen / 100 / one.persons / place(scheme, one.region, month).drawn_yuan
                assert 1 <= months < 30, (scheme, one.title)
    made = found(today)
    raised = made["raise"].inputs
    own = place("jiangsu-pension", stories.EARLY_RAISE_COUNTY, Month.at(2026, 9))
    if today.year == 2026:
        assert raised["headcount"] == own.retirees
        assert float(str(raised["avg_monthly_pension_yuan"])) * (1 + stories.EARLY_RAISE) == pytest.approx(
            own.drawn_yuan, rel=1e-4
        )
    assert [case.region for case in cases("jiangsu-pension", today)][3] == stories.EARLY_RAISE_COUNTY
    assert not any(cases(scheme, today) for scheme in SCHEMES if scheme != "jiangsu-pension")


def test_no_base_lies_below_the_limit_of_the_documents() -> None:
    for scheme in PENSIONS:
        people = People(scheme, UNTIL)
        wage = nation.average_wage(load_scheme(scheme).province, 2021)
        assert people.money.base_expected[:, 0].min() >= 0.6 * wage, scheme


def test_a_rate_cut_and_its_finding_are_of_one_size() -> None:
    """What the county collects less is what the finding says, within the flexible workers' part."""
    people, cut = People("jiangsu-pension", UNTIL), found(date(2026, 11, 20))["rate"]
    (row,) = np.flatnonzero(people.money.codes == stories.RATE_CUT_COUNTY)
    months = (people.money.yyyymm >= 202601) & (people.money.yyyymm <= 202609)
    short = people.premium_due[row, months].sum() * (24 / 23 - 1)
    assert cut.amount_fen == pytest.approx(short, rel=0.2)
