"""The registers of who pays: the order of steps, signatures, taking back, money, credits, and parameters set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, Engine, select

from data_access.books.parameters import (
    ParameterEnacted,
    ParameterUnfit,
    assumed,
    scheme_in_force,
    set_parameter,
    written,
)
from data_access.store import schema
from data_access.store.engine import writing
from rules import management_gap, over_collection
from rules.calculators.reading import read
from rules.deadlines import general_gap_due
from rules.errors import InputError, StaleRow
from rules.scheme import MANAGEMENT_GAP, load_scheme, scheme_codes
from tests.small_province import NANJING, SCHEME, WUXI, XUANWU, Entry, load_entries, load_province
from workflows.gap import items as gap_items
from workflows.gap.factors import load_factors, record_factors
from workflows.gap.general import Changes, Share
from workflows.gap.items import Finding
from workflows.gap.register import (
    GapItem,
    Payment,
    determined_fen,
    gap_item,
    load_credits,
    load_gap_items,
    load_settlements,
)
from workflows.gap.scenarios import load_scenarios, save_scenario
from workflows.gap.settlements import (
    CreditsBooked,
    NoSuchEntry,
    SharesIssued,
    book_credits,
    credit_case,
    issue_shares,
    proposed_deductions,
    record_payment,
    report_budget,
    settlement_of,
)
from workflows.people.accounts import By

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
JIANGSU = load_scheme(SCHEME)
DUE = date(2026, 12, 31)
RATE_CUT = {"kind": "rate_cut", "headcount": 100, "monthly_base_yuan": "5000", "months": 6, "cut": "0.01"}
RATE_CUT_FEN = 100 * 5000 * 6  # × 0.01 in yuan, × 100 in fen
WRONGLY = {"kind": "special_work_early", "paid_fen": 12_345}


def by(login: str, department: str = "social", *, on: datetime = NOW) -> By:
    return By(login, f"Name of {login}", department, on)


def lead(
    connection: Connection, inputs: Mapping[str, object] = RATE_CUT, region: str = XUANWU, expected: bool = False
) -> GapItem:
    finding = Finding(region, inputs, "facts", "evidence", expected)
    return gap_items.register(connection, JIANGSU, 2026, finding, by("monitor"))


def again(connection: Connection, item: GapItem) -> GapItem:
    found = gap_item(connection, SCHEME, item.number)
    assert found is not None
    return found


def assessed(connection: Connection, **given: object) -> GapItem:
    item = lead(connection, **given)  # type: ignore[arg-type]
    gap_items.assess(connection, JIANGSU, item, item.inputs, by("monitor"))
    return again(connection, item)


SIGNERS = (("assessor", "social"), ("finance", "fiscal"), ("tax", "tax"))


def determined(connection: Connection, **given: object) -> GapItem:
    item = assessed(connection, **given)
    for login, department in SIGNERS:
        gap_items.sign(connection, item, "认1号", by(login, department))
        item = again(connection, item)
    return item


def told(connection: Connection, due_on: date = DUE, **given: object) -> GapItem:
    item = determined(connection, **given)
    gap_items.tell(connection, item, SCHEME, "函1号", due_on, by("monitor"))
    return again(connection, item)


# --- steps


def test_an_item_goes_from_lead_to_settled_with_every_step_on_record(store: Engine) -> None:
    with writing(store) as connection:
        item = told(connection)
        assert (item.number, item.state, item.recognised_fen) == ("26-01", "told", RATE_CUT_FEN)
        assert [step.department for step in item.signed] == ["social", "fiscal", "tax"]
        owed = load_settlements(connection, SCHEME, 2026)[0]
        record_payment(connection, SCHEME, owed, Payment("paid", DUE, RATE_CUT_FEN, None, "缴1号"), by("finance"))
        item = again(connection, item)
        assert item.state == "settled"
        names = [step.step for step in item.steps]
    assert names == ["register", "assess", "sign", "sign", "sign", "tell", "settle"]


def test_the_amount_is_what_the_rule_makes_of_the_recorded_inputs(store: Engine) -> None:
    with writing(store) as connection:
        for inputs in (
            RATE_CUT,
            WRONGLY,
            {"kind": "base_floor", "headcount": 3, "monthly_difference_yuan": "100", "months": 2},
        ):
            lead(connection, inputs)
        for item in load_gap_items(connection, SCHEME):
            case = read(management_gap.Case, {"items": [dict(item.inputs)]})
            assert management_gap.calculate(case).items[0].amount_fen == item.amount_fen
        floor = next(item for item in load_gap_items(connection, SCHEME) if item.kind == "base_floor")
    # The profile's rate is kept with the item, so that a later value does not change it.
    assert Decimal(str(floor.inputs["rate"])) == Decimal("0.24")


def test_what_the_rule_refuses_is_not_registered(store: Engine) -> None:
    with writing(store) as connection:
        with pytest.raises(InputError):
            lead(connection, {"kind": "early_female_flexible", "paid_fen": 1, "since": "2020-12-31"})
        assert load_gap_items(connection, SCHEME) == ()


@pytest.mark.parametrize(
    "step",
    [
        lambda c, item: gap_items.sign(c, item, "1", by("finance", "fiscal")),
        lambda c, item: gap_items.tell(c, item, SCHEME, "1", DUE, by("monitor")),
        lambda c, item: gap_items.object_to(c, item, "no", "", by("city")),
    ],
)
def test_no_step_can_be_made_before_its_turn(store: Engine, step) -> None:
    with writing(store) as connection:
        item = lead(connection)
        with pytest.raises(gap_items.StepNotOpen):
            step(connection, item)
        assert again(connection, item) == item


def test_two_signatures_do_not_determine(store: Engine) -> None:
    with writing(store) as connection:
        item = assessed(connection)
        for login, department in SIGNERS[:2]:
            gap_items.sign(connection, item, "认1号", by(login, department))
            item = again(connection, item)
        assert item.state == "signing" and not item.determined
        with pytest.raises(gap_items.StepNotOpen):
            gap_items.tell(connection, item, SCHEME, "1", DUE, by("monitor"))


def test_nobody_signs_twice_nor_after_assessing_and_no_department_twice(store: Engine) -> None:
    with writing(store) as connection:
        item = assessed(connection)
        with pytest.raises(gap_items.AlreadySigned):
            gap_items.sign(connection, item, "认1号", by("monitor"))  # assessed it
        gap_items.sign(connection, item, "认1号", by("finance", "fiscal"))
        item = again(connection, item)
        for second in (by("finance", "tax"), by("another", "fiscal")):
            with pytest.raises(gap_items.AlreadySigned):
                gap_items.sign(connection, item, "认1号", second)


def test_a_stale_row_is_refused_and_changes_nothing(store: Engine) -> None:
    with writing(store) as connection:
        item = assessed(connection)
        gap_items.sign(connection, item, "认1号", by("finance", "fiscal"))
        with pytest.raises(StaleRow):
            gap_items.sign(connection, item, "认1号", by("tax", "tax"))
        assert len(again(connection, item).signed) == 1


def test_an_open_objection_holds_signatures_and_the_notice_back(store: Engine) -> None:
    with writing(store) as connection:
        item = determined(connection)
        gap_items.object_to(connection, item, "see the files", "", by("city"))
        item = again(connection, item)
        with pytest.raises(gap_items.ObjectionOpen):
            gap_items.tell(connection, item, SCHEME, "1", DUE, by("monitor"))
        gap_items.answer(connection, item, "it stands", "", by("monitor"))
        item = again(connection, item)
        assert not item.objection_open and len(item.objections) == 1
        with pytest.raises(gap_items.StepNotOpen):
            gap_items.answer(connection, item, "twice", "", by("monitor"))
        gap_items.tell(connection, item, SCHEME, "1", DUE, by("monitor"))


def test_this_years_plan_shortfall_is_assessed_only_when_the_year_is_over(store: Engine) -> None:
    inputs = {"kind": "plan_shortfall", "plan_fen": 1_000, "actual_fen": 900, "force_majeure_fen": 30}
    with writing(store) as connection:
        item = lead(connection, inputs, expected=True)
        with pytest.raises(gap_items.YearNotOver):
            gap_items.assess(connection, JIANGSU, item, inputs, by("monitor"))
        later = by("monitor", on=datetime(2027, 1, 5, tzinfo=UTC))
        gap_items.assess(connection, JIANGSU, item, {**inputs, "actual_fen": 950}, later)
        item = again(connection, item)
    assert (item.recognised_fen, item.expected, item.state) == (20, False, "assessed")


def test_force_majeure_is_excluded_with_grounds_before_the_first_signature_only(store: Engine) -> None:
    with writing(store) as connection:
        item = assessed(connection)
        with pytest.raises(gap_items.AmountTooLarge):
            gap_items.exclude(connection, item, RATE_CUT_FEN + 1, "flood", "证1号", by("monitor"))
        gap_items.exclude(connection, item, 100_000, "flood", "证1号", by("monitor"))
        item = again(connection, item)
        assert item.recognised_fen == RATE_CUT_FEN - 100_000 and item.excluded_why == "flood"
        gap_items.sign(connection, item, "认1号", by("tax", "tax"))
        with pytest.raises(gap_items.StepNotOpen):
            gap_items.exclude(connection, again(connection, item), 1, "more", "证2号", by("monitor"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(st.sampled_from(["lead", "assessed", "determined", "told"]), st.integers(0, RATE_CUT_FEN))
def test_what_is_withdrawn_sums_to_zero_and_both_entries_stay(
    sqlite_store: Engine, reached: str, excluded: int
) -> None:
    made: dict[str, Callable[..., GapItem]] = {
        "lead": lead,
        "assessed": assessed,
        "determined": determined,
        "told": told,
    }
    with sqlite_store.connect() as connection:
        item = made[reached](connection)
        if reached == "assessed" and excluded:
            gap_items.exclude(connection, item, excluded, "flood", "证1号", by("monitor"))
            item = again(connection, item)
        counter = gap_items.withdraw(connection, item, SCHEME, "not ours", "冲1号", by("monitor"))
        items = load_gap_items(connection, SCHEME)
        assert len(items) == 2 and counter.corrects == item.id
        assert sum(one.recognised_fen for one in items) == 0
        assert determined_fen(items) == 0
        assert sum(one.due_fen for one in load_settlements(connection, SCHEME)) == 0
        assert all(one.unpaid_fen == 0 for one in load_settlements(connection, SCHEME) if one.item == item.id)
        with pytest.raises(gap_items.StepNotOpen):
            gap_items.withdraw(connection, again(connection, item), SCHEME, "again", "冲2号", by("monitor"))
        connection.rollback()


def test_an_item_with_a_payment_cannot_be_withdrawn(store: Engine) -> None:
    with writing(store) as connection:
        item = told(connection)
        owed = load_settlements(connection, SCHEME)[0]
        record_payment(connection, SCHEME, owed, Payment("paid", DUE, 100, None, "缴1号"), by("finance"))
        with pytest.raises(gap_items.AlreadyPaid):
            gap_items.withdraw(connection, again(connection, item), SCHEME, "no", "冲1号", by("monitor"))


def test_what_is_inside_the_plan_shortfall_is_listed_but_neither_counted_nor_due(store: Engine) -> None:
    with writing(store) as connection:
        item = told(connection, inputs={**RATE_CUT, "in_shortfall": True})
        assert item.recognised_fen == RATE_CUT_FEN
        assert determined_fen(load_gap_items(connection, SCHEME)) == 0
        assert load_settlements(connection, SCHEME)[0].due_fen == 0


def test_each_scheme_offers_the_kinds_that_its_profile_can_determine() -> None:
    assert gap_items.kinds(JIANGSU) == tuple(gap_items.KINDS)
    injury = gap_items.kinds(load_scheme("jilin-work-injury"))
    assert "plan_shortfall" in injury and not set(injury) & gap_items.OF_PENSIONS
    assert "pension_raise" not in gap_items.kinds(load_scheme("shanxi-pension"))


# --- money


def test_payments_and_deductions_reduce_what_is_owed_and_a_correction_restores_it(store: Engine) -> None:
    with writing(store) as connection:
        told(connection, due_on=date(2026, 11, 2))

        def pay(kind: str, fen: int) -> None:
            owed = load_settlements(connection, SCHEME)[0]
            record_payment(connection, SCHEME, owed, Payment(kind, DUE, fen, None, "缴"), by("finance"))  # type: ignore[arg-type]

        pay("paid", 1_000_000)
        pay("deducted", 500_000)
        pay("paid", -400_000)
        owed = load_settlements(connection, SCHEME)[0]
        assert (owed.paid_fen, owed.deducted_fen, owed.unpaid_fen) == (600_000, 500_000, RATE_CUT_FEN - 1_100_000)
        # What is paid on a day is no longer owed at its end.
        assert [owed.unpaid_on(day) for day in (DUE, DUE - timedelta(days=1))] == [owed.unpaid_fen, RATE_CUT_FEN]
        assert owed.overdue_days(date(2026, 11, 20)) == 18 and owed.overdue_days(date(2026, 11, 2)) == 0
        assert proposed_deductions([owed], date(2026, 11, 20)) == {XUANWU: owed.unpaid_fen}
        for wrong in (RATE_CUT_FEN, -700_000):
            with pytest.raises(gap_items.AmountTooLarge):
                pay("paid", wrong)


def test_a_payment_names_only_a_ledger_entry_of_a_local_subsidy_of_the_region(store: Engine, now: datetime) -> None:
    load_province(store, now)
    day = date(2026, 11, 10)
    load_entries(
        store,
        [
            Entry("S1", XUANWU, "subsidy_local", "receive", day, 500, source="fiscal"),
            Entry("S2", WUXI, "subsidy_local", "receive", day, 500, source="fiscal"),
            Entry("S3", XUANWU, "subsidy_central", "receive", day, 500, source="fiscal"),
        ],
        now,
    )
    with writing(store) as connection:
        told(connection)
        owed = load_settlements(connection, SCHEME)[0]
        for ref in ("S2", "S3", "S9"):
            with pytest.raises(NoSuchEntry):
                record_payment(connection, SCHEME, owed, Payment("paid", day, 500, ref, "缴"), by("finance"))
        record_payment(connection, SCHEME, owed, Payment("paid", day, 500, "S1", "缴"), by("finance"))
        assert load_settlements(connection, SCHEME)[0].payments[0].ledger_ref == "S1"


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2026, 11, 21), date(2026, 11, 23)),  # a Saturday: the Monday after
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2027, 1, 7), date(2026, 12, 31)),  # the year is settled before
    ],
)
def test_what_is_told_falls_due_on_a_working_day_before_the_years_settlement(
    store: Engine, asked: date, due: date
) -> None:
    with writing(store) as connection:
        item = told(connection, due_on=asked)
        assert load_settlements(connection, SCHEME)[0].due_on == due
        step = item.last("tell")
        assert step is not None and step.due_on == due


def test_general_shares_are_not_overdue_before_the_profiles_day(store: Engine) -> None:
    with writing(store) as connection:
        issue_shares(connection, JIANGSU, 2026, [Share(XUANWU, 700, 0)], date(2026, 10, 9), "下1号")
        owed = load_settlements(connection, SCHEME)[0]
        assert owed.due_on == general_gap_due(JIANGSU, 2026) == date(2026, 12, 31)
        assert owed.overdue_days(date(2026, 12, 31)) == 0 and owed.overdue_days(date(2027, 1, 4)) == 4


def test_local_shares_are_issued_once_and_use_last_years_credit(store: Engine) -> None:
    with writing(store) as connection:
        for year in (2024, 2025):
            book_credits(connection, JIANGSU, year, {XUANWU: (1_000_000, 1_200_000)}, {}, by("monitor"))
        shares = [Share(XUANWU, 700, 300), Share(WUXI, 0, 0), Share(NANJING, 400, 0)]
        assert issue_shares(connection, JIANGSU, 2026, shares, DUE, "下1号") == 2
        (last,), (before,) = (load_credits(connection, SCHEME, year) for year in (2025, 2024))
        assert (last.used_fen, before.used_fen) == (300, 0)
        assert last.left_fen(DUE) == last.credit_fen - 300
        with pytest.raises(SharesIssued):
            issue_shares(connection, JIANGSU, 2026, shares, DUE, "下2号")
        owed = settlement_of(connection, SCHEME, load_settlements(connection, SCHEME)[0].id)
        assert owed is not None and owed.basis == "general" and owed.budgeted is None
        report_budget(connection, owed, True, "财预8号")
        with pytest.raises(StaleRow):
            report_budget(connection, owed, False, "")


def test_credits_are_booked_once_by_the_rule_and_expire(store: Engine) -> None:
    with writing(store) as connection:
        results = {XUANWU: (1_000_000, 1_120_000), WUXI: (1_000_000, 1_040_000), NANJING: (1_000_000, 990_000)}
        assert book_credits(connection, JIANGSU, 2025, results, {XUANWU: False}, by("monitor")) == 2
        with pytest.raises(CreditsBooked):
            book_credits(connection, JIANGSU, 2025, results, {}, by("monitor"))
        credits = {one.region: one for one in load_credits(connection, SCHEME)}
    earned = credits[XUANWU]
    assert earned.credit_fen == 50_000 * 5 // 10 + 20_000 * 6 // 10
    assert over_collection.calculate(credit_case(JIANGSU, earned)).credit_fen == earned.credit_fen
    assert credits[WUXI].credit_fen == 0 and credits[WUXI].prepaid_anomaly is None
    assert earned.left_fen(date(2026, 12, 31)) == earned.credit_fen
    assert earned.left_fen(date(2027, 1, 1)) == 0


# --- factors, scenarios, parameters


def test_factors_of_a_year_replace_those_recorded_before_and_serve_later_years(store: Engine) -> None:
    with writing(store) as connection:
        record_factors(connection, SCHEME, 2025, {XUANWU: {"fiscal": Decimal("0.8")}}, "yearbook")
        record_factors(connection, SCHEME, 2025, {XUANWU: {"fiscal": Decimal("0.9")}}, "yearbook, corrected")
        assert load_factors(connection, SCHEME, 2026) == {XUANWU: {"fiscal": Decimal("0.9")}}
        assert load_factors(connection, SCHEME, 2024) == {}


ratios = st.decimals(0, 1, places=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(
    st.builds(
        Changes,
        province_share=st.none() | ratios,
        surplus_share=st.none() | ratios,
        county_share=st.none() | ratios,
        reserve_floor_fen=st.none() | st.integers(1, 10**12),
        weights=st.dictionaries(st.sampled_from("ab"), ratios),
        clamp=st.none() | st.tuples(ratios, ratios),
        collection=st.dictionaries(st.sampled_from("xy"), ratios),
        benefit_growth=st.none() | ratios,
    )
)
def test_a_saved_scenario_says_what_was_entered(sqlite_store: Engine, changes: Changes) -> None:
    with sqlite_store.connect() as connection:
        number = save_scenario(connection, SCHEME, 2026, "名称", changes, ("monitor", "Name"), NOW)
        found = next(one for one in load_scenarios(connection, SCHEME, 2026) if one.id == number)
        assert found.changes == changes
        connection.rollback()


def test_a_parameter_that_is_set_holds_from_its_day_and_can_be_given_back(store: Engine) -> None:
    day = date(2026, 1, 1)
    with writing(store) as connection:
        set_parameter(connection, SCHEME, "province_share", day, "0.35", "meeting of 3 March", "admin", NOW)
        scheme = scheme_in_force(connection, SCHEME)
        value = scheme.parameter("province_share", date(2026, 6, 1))
        assert (value.value, value.assumed, value.reason) == (Decimal("0.35"), True, "meeting of 3 March")
        assert scheme.parameter("province_share", day - timedelta(days=1)).value == Decimal("0.5")
        assert load_scheme(SCHEME).parameter("province_share", day).value == Decimal("0.5")
        set_parameter(connection, SCHEME, "province_share", day, "", "back", "admin", NOW)
        assert scheme_in_force(connection, SCHEME).parameter("province_share", day).value == Decimal("0.5")
        assert len(connection.execute(select(schema.parameter)).all()) == 2


def test_what_a_document_lays_down_cannot_be_set(store: Engine) -> None:
    with writing(store) as connection:
        for code in ("employer_rate", "overpaid_months", "over_collection_bands"):
            with pytest.raises(ParameterEnacted):
                set_parameter(connection, SCHEME, code, date(2026, 1, 1), "1", "no", "admin", NOW)
        assert connection.execute(select(schema.parameter)).all() == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("province_share", "half"),
        ("province_share", "1.2"),
        ("province_share", "[0.5]"),
        ("province_share", "true"),
        ("factor_clamp", "2"),
        ("factor_clamp", "[]"),
        ("general_gap_due", "31"),
        ("gap_factors", '[{"name": "fiscal", "weight": 0.5, "burden": false}]'),
    ],
)
def test_a_value_of_another_form_is_refused(store: Engine, code: str, text: str) -> None:
    with writing(store) as connection, pytest.raises(ParameterUnfit):
        set_parameter(connection, SCHEME, code, date(2026, 1, 1), text, "no", "admin", NOW)


def test_a_management_gap_exists_elsewhere_only_once_the_province_adopts_it(store: Engine) -> None:
    finding = Finding("140100", {"kind": "over_other", "amount_fen": 5}, "统筹外项目", "审计〔2026〕3号")
    decided = ("shanxi-pension", MANAGEMENT_GAP, date(2026, 3, 1), "2026-07-01", "晋政办发〔2026〕9号", "admin", NOW)
    with writing(store) as connection:
        with pytest.raises(gap_items.NoManagementGap):
            gap_items.register(connection, load_scheme("shanxi-pension"), 2026, finding, by("monitor"))
        with pytest.raises(ParameterUnfit):
            set_parameter(connection, *decided[:3], "July", *decided[4:])
        set_parameter(connection, *decided)
        scheme = scheme_in_force(connection, "shanxi-pension")
        assert not scheme.knows(MANAGEMENT_GAP, date(2026, 6, 30)) and scheme.knows(MANAGEMENT_GAP, date(2026, 7, 1))
        adopted = scheme.parameter(MANAGEMENT_GAP, date(2026, 11, 1))
        assert (adopted.status, adopted.source) == ("adopted", "晋政办发〔2026〕9号")
        assert gap_items.register(connection, scheme, 2026, finding, by("monitor")).amount_fen == 5
        # Taken back later on: what was counted until then stays counted.
        set_parameter(connection, *decided[:2], date(2026, 10, 1), "", "收回", *decided[5:])
        scheme = scheme_in_force(connection, "shanxi-pension")
        assert scheme.knows(MANAGEMENT_GAP, date(2026, 9, 30)) and not scheme.knows(MANAGEMENT_GAP, date(2026, 10, 1))


def test_every_assumed_parameter_can_be_set_to_what_it_says(store: Engine) -> None:
    for code in scheme_codes():
        scheme = load_scheme(code)
        with writing(store) as connection:
            for value in assumed(scheme, date(2026, 1, 1)):
                named = next(key for key, one in scheme.parameters.items() if one.name == value.name)
                given = (code, named, date(2026, 1, 1), written(value.value), "same", "admin", NOW)
                if scheme.parameters[named].settable:
                    set_parameter(connection, *given)
                else:
                    # The books are laid out by it.
                    with pytest.raises(ParameterEnacted):
                        set_parameter(connection, *given)
            again = scheme_in_force(connection, code)
        for value in assumed(scheme, date(2026, 1, 1)):
            named = next(key for key, one in scheme.parameters.items() if one.name == value.name)
            assert again.parameter(named, date(2026, 1, 1)).value == value.value, named
