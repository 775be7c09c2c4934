"""编制与下达: sums are those of the units, steps are the offices' by turns, a city sees and receives its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from flask import Flask, g
from sqlalchemy import Engine, text

from dashboard import create_site
from dashboard.exports.blocks import Grid
from dashboard.pages.budget.drafting.document import plan_document
from dashboard.pages.budget.drafting.reading import Budget, books_of, budgets
from dashboard.pages.budget.drafting.tables import item_table, unit_table
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from data_access.books.published import Published
from rules.budget.procedure import ProcedureStep
from rules.money import round_half_up
from tests.dashboard.conftest import Reader, sign_in
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, SIPING, site_on
from workflows.budget.proposals import proposals
from workflows.budget.register import BudgetStep, load_drivers, load_rounds
from workflows.people.accounts import Account, Role
from workflows.people.rights import Scope

AT = f"/budget?scheme={SCHEME}&tab=drafting"
JSON = {"Accept": "application/json"}


def looked(published: Published, region: str = PROVINCE) -> Reading:
    view = View("/budget", SCHEME, region, tab="drafting")
    return read(published, view, Scope(Role.FINANCE, PROVINCE, None), NOW)


def act(reader: Reader, name: str, at: str = PROVINCE, **given: Any) -> tuple[int, Any]:
    answer = reader.client.post(
        f"/act/budget/{name}?scheme={SCHEME}&tab=drafting&region={at}", data=given, headers=JSON
    )
    return answer.status_code, answer.json


def raw(value: Any) -> Any:
    return getattr(value, "value", value)


def test_every_stage_of_every_item_is_the_sum_of_its_units(shared_published: Published) -> None:
    for found in budgets(looked(shared_published)):
        whole = item_table(found)
        parts = [
            item_table(Budget(replace(found.reading, region=region), found.one, found.steps))
            for region in found.rows[:-1]
        ]
        assert whole.rows and len(parts) > 9
        for row in whole.rows[:-1]:
            code = row.part
            if code in ("income", "expenditure"):
                continue
            for stage in found.stages():
                amounts = [raw(one.values[stage]) for part in parts for one in part.rows if one.part == code]
                amounts.append(found.amount((found.reading.tree.root,), (code,), stage))
                known = [amount for amount in amounts if amount is not None]
                assert raw(row.values[stage]) == (sum(known) if known else None), (code, stage)
        units = unit_table(found)
        for side in ("income", "expenditure"):
            column = f"{side}.drafted"
            assert sum(raw(row.values[column]) or 0 for row in units.rows) == raw(units.foot[0].values[column])
            total = next(row for row in whole.rows if row.part == side)
            assert raw(total.values["drafted"]) == raw(units.foot[0].values[column])


def test_the_plan_is_taken_out_once_it_is_in_and_is_what_was_issued(server: Flask, shared_published: Published) -> None:
    reading = looked(shared_published)
    assert plan_document(reading) is None  # next year's is not issued yet
    (this_year,) = (one for one in budgets(reading) if one.one.year == 2026)
    for region in (PROVINCE, SIPING):
        there = looked(shared_published, region)
        with server.app_context():
            g.account, g.watermark = Account("x", "某人", Role.FINANCE, PROVINCE, None, demo=False), False
            offered = plan_document(replace(there, view=replace(there.view, show=this_year.one.number)))
        assert offered is not None
        (table,) = (block.table for block in offered.document.blocks if isinstance(block, Grid))
        plans = reading.running.snapshot.plans
        issued = {row.part: raw(row.values["issued"]) for row in table.rows if row.style != "total"}
        assert issued == {item: plans.original(region, item, 2026) for item in issued} and len(issued) > 4
        for side in ("income", "expenditure"):
            whole = next(raw(row.values["issued"]) for row in table.rows if row.part == side)
            assert whole == sum(issued[item] for item in issued if reading.scheme.item(item).side == side)
    # While a second person has not confirmed it, there is no plan to be taken out.
    waiting = replace(this_year, one=replace(this_year.one, state="receive", delivered="pending"))
    assert "issued" not in waiting.stages() and not waiting.one.taken_in


def test_a_draft_of_which_a_part_has_no_proposal_deviates_by_nothing_that_can_be_said(
    shared_published: Published,
) -> None:
    (found,) = (one for one in budgets(looked(shared_published)) if one.one.year == 2027)
    region, item = next(key for key, figure in found.one.figures.items() if figure.drafted_fen)
    side = found.reading.scheme.item(item).side
    figures = dict(found.one.figures)
    figures[region, item] = replace(figures[region, item], proposed_fen=None)
    lacking = Budget(found.reading, replace(found.one, figures=figures), found.steps)

    def deviations(one: Budget) -> dict[str, Any]:
        return {row.part: raw(row.values["deviation"]) for row in item_table(one).rows}

    before, after = deviations(found), deviations(lacking)
    assert {part for part in before if before[part] != after[part]} == {item, side}
    assert after[item] is None and after[side] is None and before[side] is not None


def test_where_units_are_asked_they_see_the_draft_once_it_is_put_to_them_and_what_they_want_is_a_difference(
    shared_published: Published,
) -> None:
    (found,) = (one for one in budgets(looked(shared_published)) if one.one.year == 2027)
    view = View("/budget", SCHEME, JILIN_CITY, tab="drafting")
    city = read(shared_published, view, Scope(Role.CITY, JILIN_CITY, None), NOW)
    steps = (*found.steps, ProcedureStep("reply", (), None))
    unit, item = "220221", "premium"
    drafted = found.one.figures[unit, item].drafted_fen or 0
    want = BudgetStep("want", unit, item, NOW, "x", "某人", "fiscal", None, None, drafted - 300, "停产")
    one = replace(found.one, steps=(*found.one.steps, want))
    seen = {state: Budget(city, replace(one, state=state), steps).shown for state in ("draft", "first_issue", "reply")}
    assert seen == {"draft": False, "first_issue": False, "reply": True}
    assert Budget(found.reading, one, steps).amount((unit,), (item,), "wanted") == -300


def test_a_mean_of_three_years_and_a_premium_are_what_plain_sql_gives(shared_engine: Engine) -> None:
    with shared_engine.connect() as connection:
        reading = looked(Published(connection))
        (one,) = (each for each in load_rounds(connection, SCHEME) if each.year == 2027)
        told = {"scheme": SCHEME, "region": JILIN_CITY}
        below = "(SELECT code FROM region WHERE code LIKE '2202%')"
        spent = connection.execute(
            text(
                f"SELECT SUM(amount_fen) FROM monthly_fact WHERE scheme = :scheme AND item = 'transfer_out' AND movement = 'pay' AND region IN {below} AND month BETWEEN 202301 AND 202512"
            ),
            told,
        ).scalar_one()
        units = [region for region in one.regions if region.startswith("2202")]
        proposed = [one.figures[unit, "transfer_out"].proposed_fen or 0 for unit in units]
        # Each unit's mean is rounded to a fen by itself.
        assert abs(sum(proposed) - Fraction(spent, 3)) <= len(units)
        heads = connection.execute(
            text(
                "SELECT SUM(CAST(value AS INTEGER)) FROM statistic WHERE scheme = :scheme AND measure = 'contributors' AND month = 202609 AND region = '220221'"
            ),
            told,
        ).scalar_one()
        known = one.figures["220221", "premium"].known
        assert known["contributors"][0] == heads
        share = {name: Fraction(value) for name, (value, _source) in known.items()}
        premium = (
            heads
            * (1 + share["contributor_growth"] / 2)
            * share["wage_yuan"]
            * (1 + share["wage_growth"])
            * 1200
            * share["rate"]
            * share["collection_rate"]
        )
        assert one.figures["220221", "premium"].proposed_fen == round_half_up(premium)
        # While a year runs it counts as it was planned.
        planned = connection.execute(
            text(
                "SELECT amount_fen FROM plan WHERE scheme = :scheme AND year = 2026 AND region = '220221' AND item = 'benefit_medical' ORDER BY version DESC LIMIT 1"
            ),
            told,
        ).scalar_one()
        assert one.figures["220221", "benefit_medical"].known["last_year_fen"] == (planned, "plan:2026")
        # What the offices entered is asked for again: the same books propose the same.
        books = books_of(reading, 2027)
        assert books is not None
        again = {
            (each.region, each.item): each
            for each in proposals(replace(books, month=202609), load_drivers(connection, one.id))
        }
        assert {key: figure.proposed_fen for key, figure in one.figures.items()} == {
            key: each.result.proposed_fen for key, each in again.items()
        }
        # A region's own entry counts before the province's.
        own = {
            (place, "wage_growth"): (Decimal(share), "x") for place, share in ((PROVINCE, "0.05"), ("220221", "0.01"))
        }
        grown = {one.region: one.drivers["wage_growth"][0] for one in proposals(books, own) if one.item == "premium"}
        assert grown.pop("220221") == Decimal("0.01") and set(grown.values()) == {Decimal("0.05")}


def test_the_steps_are_made_by_turns_and_the_plans_wait_for_the_import(own_engine: Engine, tmp_path: Path) -> None:
    server = create_site(site_on(own_engine, tmp_path)).server
    finance, monitor, agency = (sign_in(server, login) for login in ("p-finance", "p-monitor", "p-agency"))
    assert "2027年度预算在办：复核" in finance.text(AT)

    def seen() -> dict[str, Any]:
        with own_engine.connect() as connection:
            (one,) = (each for each in load_rounds(connection, SCHEME) if each.year == 2027)
        return {"round": one.number, "row_version": one.row_version}

    assert "budget_advance" not in str(agency.page(AT)) and "budget_advance" in str(finance.page(AT))
    assert act(agency, "budget_advance", **seen())[0] == 422
    stale = seen()
    assert act(finance, "budget_advance", **stale)[0] == 200
    assert act(finance, "budget_advance", **stale)[0] == 409
    noted = {"document": "吉政函〔2026〕30号", "document_on": "2026-11-19"}
    # Who checked it does not note its approval, and an approval has a number.
    assert "同一人" in act(finance, "budget_advance", **seen(), **noted)[1]["problem"]
    assert act(monitor, "budget_advance", **seen())[0] == 422
    assert act(monitor, "budget_advance", **seen(), **noted)[0] == 200
    assert act(monitor, "budget_issue", **seen())[0] == 403
    status, said = act(finance, "budget_issue", **seen())
    assert status == 200 and "第二人复核" in said["message"]
    with own_engine.connect() as connection:
        (state, name) = connection.execute(
            text("SELECT state, origin FROM import_batch ORDER BY id DESC LIMIT 1")
        ).one()
        assert (state, name) == ("queued", f"{SCHEME}-2027-0.csv")
    city = sign_in(server, "c-siping")
    assert "2027年度预算" in city.text(AT)
    refused = act(city, "budget_receive", SIPING, round="2027-0", region=SIPING)
    assert refused[0] == 422
    assert act(city, "budget_receive", SIPING, round="2027-0", region=JILIN_CITY)[0] in (403, 422)


def test_a_city_sees_no_budget_before_it_is_issued_and_never_anothers(reader: Callable[[str], Reader]) -> None:
    siping = reader("c-siping")
    said = siping.text(AT)
    assert "2027年度" not in said and "2026年度预算已办结" in said
    assert "吉林市" not in said and "省统一管理" not in said
    assert (
        siping.client.get(f"/export/budget/budget-units.csv?scheme={SCHEME}&tab=drafting&region={PROVINCE}").status_code
        == 403
    )
    table = siping.client.get(f"/export/budget/budget-items.csv?scheme={SCHEME}&tab=drafting").data.decode("utf-8-sig")
    assert "工伤保险费" in table


def test_english_and_the_adjustments_are_whole(reader: Callable[[str], Reader]) -> None:
    finance = reader("p-finance")
    assert "2026年度预算没有调整" in finance.text(f"/budget?scheme={SCHEME}&tab=adjustments")
    drawer = str(finance.drawer(f"{AT}&region=220221&item=premium"))
    assert "缴费人数" in drawer and "统计指标，2026年9月" in drawer and "budget_figure" not in drawer
