"""A budget from its draft to the receipt: the province's offices by turns, the units' replies, plans by way of the import."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select

from data_access.books.plans import load_plans
from data_access.books.regions import load_tree
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import Places, refresh
from rules.budget import proposal as budget_proposal
from rules.errors import StaleRow
from rules.scheme import load_scheme
from tests.small_province import NANJING, PROVINCE, SCHEME, WUXI, load_province, load_table
from workflows.budget.issuing import issue, receive
from workflows.budget.proposals import Entered, Proposal
from workflows.budget.register import DONE, BudgetRound, the_round
from workflows.budget.steps import (
    BudgetRefused,
    advance,
    answer,
    enter_driver,
    open_adjustment,
    open_round,
    send_back,
    set_figure,
)
from workflows.deliveries.decisions import cancel, confirm
from workflows.matters.budgets import budgets
from workflows.matters.turns import turns_of
from workflows.people.accounts import Account, By, Role, create_account

JIANGSU = load_scheme(SCHEME)
OCTOBER = datetime(2026, 10, 20, 2, tzinfo=UTC)
UNITS = (NANJING, WUXI)
YI = 10**10
FACTORS = tuple(budget_proposal.Factor(item, "issued") for item in ("premium", "pension", "to_above"))


def by(login: str, department: str, at: datetime = OCTOBER) -> By:
    return By(login, login, department, at)


FINANCE, SOCIAL, TAX = by("finance", "fiscal"), by("social", "social"), by("tax", "tax")


def proposed(entered: Entered) -> Sequence[Proposal]:
    """Premiums of 100 and 200亿, pensions of 80亿 each; what is handed up only once the centre has issued it."""
    amounts = {
        (NANJING, "premium"): 100 * YI,
        (WUXI, "premium"): 200 * YI,
        **{(unit, "pension"): 80 * YI for unit in UNITS},
        (PROVINCE, "to_above"): None,
    }
    found = []
    for (region, item), fen in amounts.items():
        driver = entered.get((region, "issued_fen")) if fen is None else (Decimal(fen), "test")
        drivers = {"issued_fen": driver} if driver else {}
        values = {name: value for name, (value, _source) in drivers.items()}
        found.append(
            Proposal(region, item, drivers, budget_proposal.calculate(budget_proposal.Case(item, FACTORS, values)))
        )
    return found


def refused(why: str, act: Callable[..., object], *told: object) -> None:
    with pytest.raises(BudgetRefused) as problem:
        act(*told)
    assert problem.value.code == f"budget_{why}"


def put_to_units(connection: Connection) -> BudgetRound:
    """The budget of 2027, drafted by finance and issued for replies by tax on 20 October."""
    one = open_round(connection, JIANGSU, 2027, proposed({}), FINANCE)
    one = advance(connection, JIANGSU, one, UNITS, "", None, FINANCE)
    return advance(connection, JIANGSU, one, UNITS, "苏财社〔2026〕90号", None, TAX)


def approved(connection: Connection, one: BudgetRound) -> BudgetRound:
    """From the second draft on: noted by turns in November and January."""
    for person, document, day in (
        (by("finance", "fiscal", datetime(2026, 11, 18, tzinfo=UTC)), "", None),
        (by("social", "social", datetime(2026, 12, 20, tzinfo=UTC)), "苏政办函〔2026〕8号", date(2026, 12, 18)),
        (by("tax", "tax", datetime(2027, 1, 28, tzinfo=UTC)), "苏人发〔2027〕3号", date(2027, 1, 25)),
    ):
        one = advance(connection, JIANGSU, one, UNITS, document, day, person)
    return one


def test_amounts_are_the_offices_of_the_profile_and_a_wide_deviation_gives_its_reason(sqlite_store: Engine) -> None:
    with writing(sqlite_store) as connection:
        refused("office", open_round, connection, JIANGSU, 2027, proposed({}), by("agency", "agency"))
        one = open_round(connection, JIANGSU, 2027, proposed({}), FINANCE)
        refused("exists", open_round, connection, JIANGSU, 2027, proposed({}), FINANCE)
        set_premium = (connection, JIANGSU, one, NANJING, "premium")
        refused("office", set_figure, *set_premium, 100 * YI, "", 1, by("agency", "agency"))
        # 5% may differ without a word, a fen more may not.
        refused("reason", set_figure, *set_premium, 105 * YI + 1, "", 1, TAX)
        refused("reason", set_figure, *set_premium, 95 * YI - 1, "", 1, TAX)
        one = set_figure(connection, JIANGSU, one, NANJING, "premium", 105 * YI, "", 1, TAX)
        with pytest.raises(StaleRow):
            set_figure(connection, JIANGSU, one, NANJING, "premium", 104 * YI, "", 1, FINANCE)
        one = set_figure(connection, JIANGSU, one, NANJING, "premium", 110 * YI, "清欠专项行动", 2, SOCIAL)
        assert one.figures[NANJING, "premium"].final_fen == 110 * YI
        assert one.figures[NANJING, "premium"].why == "清欠专项行动"


def test_a_driver_that_is_entered_moves_the_proposal_and_the_draft_that_stood_at_it(sqlite_store: Engine) -> None:
    with writing(sqlite_store) as connection:
        one = open_round(connection, JIANGSU, 2027, proposed({}), FINANCE)
        assert one.figures[PROVINCE, "to_above"].proposed_fen is None
        told = (connection, JIANGSU, one, PROVINCE, "issued_fen")
        one = enter_driver(*told, Decimal(5 * YI), "财社〔2026〕70号", proposed, FINANCE)
        figure = one.figures[PROVINCE, "to_above"]
        assert figure.proposed_fen == figure.drafted_fen == 5 * YI
        assert figure.known == {"issued_fen": (Decimal(5 * YI), "财社〔2026〕70号")}
        one = set_figure(connection, JIANGSU, one, PROVINCE, "to_above", 4 * YI, "按半年", figure.row_version, FINANCE)
        one = enter_driver(connection, JIANGSU, one, PROVINCE, "issued_fen", Decimal(6 * YI), "改", proposed, FINANCE)
        figure = one.figures[PROVINCE, "to_above"]
        assert (figure.proposed_fen, figure.drafted_fen) == (6 * YI, 4 * YI)
        # Back at its proposal it follows again, in whole 万元.
        one = set_figure(connection, JIANGSU, one, PROVINCE, "to_above", 6 * YI, "", figure.row_version, FINANCE)
        odd = Decimal(7 * YI + 600_000)
        one = enter_driver(connection, JIANGSU, one, PROVINCE, "issued_fen", odd, "再改", proposed, FINANCE)
        figure = one.figures[PROVINCE, "to_above"]
        assert (figure.proposed_fen, figure.drafted_fen) == (7 * YI + 600_000, 7 * YI + 10**6)


def test_replies_are_waited_for_until_their_day_and_late_ones_are_kept(sqlite_store: Engine) -> None:
    nanjing, wuxi = by("nanjing", "fiscal"), by("wuxi", "", datetime(2026, 11, 17, tzinfo=UTC))
    with writing(sqlite_store) as connection:
        one = open_round(connection, JIANGSU, 2027, proposed({}), FINANCE)
        refused("state", answer, connection, one, NANJING, None, "", nanjing)
        one = advance(connection, JIANGSU, one, UNITS, "", None, FINANCE)
        refused("four_eyes", advance, connection, JIANGSU, one, UNITS, "", None, FINANCE)
        one = advance(connection, JIANGSU, one, UNITS, "", None, TAX)
        refused("state", set_figure, connection, JIANGSU, one, NANJING, "premium", 1, "x", 1, FINANCE)
        refused("reason", answer, connection, one, NANJING, ("premium", 90 * YI), "", nanjing)
        refused("unit", answer, connection, one, NANJING, ("to_above", 1), "x", nanjing)
        one = answer(connection, one, NANJING, ("premium", 90 * YI), "两户困难企业缓缴", nanjing)
        on_the_day, after = (datetime(2026, 11, day, 2, tzinfo=UTC) for day in (15, 16))
        closing = (advance, connection, JIANGSU, one, UNITS, "", None)
        refused("replies", *closing, by("finance", "fiscal", on_the_day))
        refused("office", *closing, by("agency", "agency", after))
        one = advance(connection, JIANGSU, one, UNITS, "", None, by("finance", "fiscal", after))
        one = answer(connection, one, WUXI, None, "", wuxi)
        first, late = one.reply(NANJING), one.reply(WUXI)
        assert first is not None and first.wanted == {"premium": (90 * YI, "两户困难企业缓缴")}
        assert late is not None and late.agreed
        due = date(2026, 11, 15)
        assert (first.late(due), late.late(due), first.late(first.answered_on)) == (False, True, False)
        # To agree takes back what was wanted.
        again = answer(connection, one, NANJING, None, "", nanjing).reply(NANJING)
        assert again is not None and again.agreed


def test_what_is_sent_back_is_worked_on_again_and_its_approvals_no_longer_stand(sqlite_store: Engine) -> None:
    with writing(sqlite_store) as connection:
        one = put_to_units(connection)
        for unit in UNITS:
            one = answer(connection, one, unit, None, "", by(unit, ""))
        before = one
        one = advance(connection, JIANGSU, one, UNITS, "", None, FINANCE)
        with pytest.raises(StaleRow):
            advance(connection, JIANGSU, before, UNITS, "", None, SOCIAL)
        one = approved(connection, one)
        assert one.state == "issue" and one.approval is not None
        refused("office", send_back, connection, JIANGSU, one, "总额须调减", SOCIAL)
        one = send_back(connection, JIANGSU, one, "总额须调减", by("finance", "fiscal", OCTOBER + timedelta(days=110)))
        assert one.state == "second" and one.approval is None and one.last("government") is None
        one = set_figure(connection, JIANGSU, one, WUXI, "premium", 190 * YI, "按退回意见", 1, SOCIAL)
        figure = one.figures[WUXI, "premium"]
        assert (figure.drafted_fen, figure.second_fen, figure.final_fen) == (200 * YI, 190 * YI, 190 * YI)
        # Who made the last step before it came back may go on with it.
        later = by("tax", "tax", datetime(2026, 11, 20, tzinfo=UTC))
        one = advance(connection, JIANGSU, one, UNITS, "", None, later)
        ahead = (connection, JIANGSU, one, UNITS, "苏政办函〔2026〕9号")
        refused("day", advance, *ahead, date(2027, 1, 1), by("social", "social", datetime(2026, 12, 20, tzinfo=UTC)))


@pytest.fixture
def people(store: Engine, now: datetime) -> dict[str, Account]:
    load_province(store, now)
    roles = {"finance": Role.FINANCE, "desk": Role.MONITOR}
    with writing(store) as connection:
        return {
            login: create_account(connection, login=login, name=login, role=role, region=PROVINCE)
            for login, role in roles.items()
        }


def test_issued_plans_are_the_second_figures_and_are_received_unit_by_unit(
    store: Engine, people: dict[str, Account], tmp_path: Path
) -> None:
    places = Places.under(tmp_path)
    january = datetime(2027, 2, 1, 2, tzinfo=UTC)
    finance = by("finance", "fiscal", january)
    with writing(store) as connection:
        one = put_to_units(connection)
        assert one.units(PROVINCE) == UNITS
        for unit in UNITS:
            one = answer(connection, one, unit, None, "", by(unit, ""))
        one = advance(connection, JIANGSU, one, UNITS, "", None, FINANCE)
        one = set_figure(connection, JIANGSU, one, NANJING, "premium", 96 * YI, "", 1, SOCIAL)
        one = approved(connection, one)
        refused("state", advance, connection, JIANGSU, one, UNITS, "", None, finance)
        # What is approved is answered no more.
        refused("state", answer, connection, one, NANJING, None, "", by("nanjing", ""))
        one = issue(connection, places.originals, JIANGSU, one, UNITS, finance)
        refused("not_taken", receive, connection, one, NANJING, UNITS, by("nanjing", "", january))
    refresh(store, places, clock=lambda: january, alerts=False)
    with writing(store) as connection:
        assert (
            connection.execute(
                select(schema.import_batch.c.state).where(schema.import_batch.c.id == one.delivery)
            ).scalar()
            == "pending"
        )
        confirm(connection, one.delivery or 0, people["desk"], january)
    refresh(store, places, clock=lambda: january, alerts=False)
    with writing(store) as connection:
        plans = load_plans(connection, SCHEME)
        issued = {(region, item): rows[0].amount_fen for (_year, region, item), rows in plans.rows.items()}
        assert issued == {key: one.final_fen for key, one in one.figures.items() if one.final_fen is not None}
        assert plans.original(PROVINCE, "premium", 2027) == 296 * YI
        assert plans.rows[2027, WUXI, "pension"][0].approval_ref == "苏人发〔2027〕3号"
        for unit in UNITS:
            loaded = the_round(connection, SCHEME, one.number)
            assert loaded is not None and loaded.delivered == "loaded"
            one = receive(connection, loaded, unit, UNITS, by(unit, "", january))
            refused("state", receive, connection, one, unit, UNITS, by(unit, "", january))
        assert one.state == DONE
        refused("state", receive, connection, one, WUXI, UNITS, by(WUXI, "", january))


def test_a_plan_is_adjusted_by_approval_alone_with_a_reason_for_each_amount(
    sqlite_store: Engine, now: datetime, tmp_path: Path
) -> None:
    load_province(sqlite_store, now)
    row = {"scheme": SCHEME, "year": 2026, "region": NANJING, "item": "pension", "version": 0, "amount_fen": 80 * YI}
    load_table(sqlite_store, "plan", [{**row, "approval_ref": "x", "approved_on": "2026-01-20"}], now)
    with writing(sqlite_store) as connection:
        refused("plan", open_adjustment, connection, JIANGSU, 2026, (), "国家调整待遇", FINANCE)
        one = open_adjustment(connection, JIANGSU, 2026, (0,), "国家调整待遇", FINANCE)
        assert one.number == "2026-1"
        refused("exists", open_adjustment, connection, JIANGSU, 2026, (0,), "再调", FINANCE)
        refused("empty", advance, connection, JIANGSU, one, (), "", None, FINANCE)
        refused("reason", set_figure, connection, JIANGSU, one, NANJING, "pension", 84 * YI, "", 0, TAX)
        one = set_figure(connection, JIANGSU, one, NANJING, "pension", 84 * YI, "调待增支", 0, TAX)
        refused("state", answer, connection, one, NANJING, None, "", by("nanjing", ""))
        one = advance(connection, JIANGSU, one, (), "", None, FINANCE)
        # No issue to the units for replies in between: what follows is the government's word, then the congress's.
        assert one.state == "government"
        refused("day", advance, connection, JIANGSU, one, (), "", date(2026, 10, 19), SOCIAL)
        one = advance(connection, JIANGSU, one, (), "苏政办函〔2026〕5号", date(2026, 10, 12), SOCIAL)
        assert one.state == "congress"
        assert the_round(connection, SCHEME, "2026-1") == one and the_round(connection, SCHEME, "2026-x") is None
        early = (connection, JIANGSU, one, (), "苏人常〔2026〕9号", date(2026, 10, 11))
        refused("day", advance, *early, by("second", "fiscal"))  # the day before the government's
        refused("state", issue, connection, tmp_path / "originals", JIANGSU, one, (NANJING,), FINANCE)
        one = advance(connection, JIANGSU, one, (), "苏人常〔2026〕9号", date(2026, 10, 13), by("second", "fiscal"))
        refused("office", issue, connection, tmp_path / "originals", JIANGSU, one, (NANJING,), SOCIAL)
        refused(
            "four_eyes", issue, connection, tmp_path / "originals", JIANGSU, one, (NANJING,), by("second", "fiscal")
        )
        one = issue(connection, tmp_path / "originals", JIANGSU, one, (NANJING,), FINANCE)
    (sent,) = (path for path in (tmp_path / "originals").rglob("*") if path.is_file())
    (row,) = csv.DictReader(sent.read_text(encoding="utf-8-sig").splitlines())
    assert (row["version"], row["amount_fen"], row["approval_ref"]) == ("1", str(84 * YI), "苏人常〔2026〕9号")


def test_plans_that_did_not_come_in_are_issued_again_even_where_nobody_is_to_receive_them(
    sqlite_store: Engine, now: datetime, tmp_path: Path
) -> None:
    load_province(sqlite_store, now)
    told = (tmp_path / "originals", JIANGSU)
    with writing(sqlite_store) as connection:
        finance = create_account(connection, login="finance", name="f", role=Role.FINANCE, region=PROVINCE)
        one = open_adjustment(connection, JIANGSU, 2026, (0,), "省级补助", TAX)
        one = set_figure(connection, JIANGSU, one, PROVINCE, "to_above", 5 * YI, "按中央通知", 0, TAX)
        one = advance(connection, JIANGSU, one, (), "", None, TAX)
        for person, document in ((SOCIAL, "苏政办函〔2026〕5号"), (TAX, "苏人常〔2026〕9号")):
            one = advance(connection, JIANGSU, one, (), document, date(2026, 10, 12), person)
        one = issue(connection, *told, one, one.units(PROVINCE), FINANCE)
        assert one.state == DONE and not one.taken_in and one.waits_for == "issue"
        refused("state", issue, connection, *told, one, (), FINANCE)
        cancel(connection, one.delivery or 0, finance, OCTOBER)
        loaded = the_round(connection, SCHEME, one.number)
        assert loaded is not None and loaded.failed
        # Whoever issued it may do so again, and is asked to.
        (matter,) = budgets(connection, [JIANGSU], date(2026, 10, 20))
        assert list(turns_of(finance, matter, load_tree(connection, JIANGSU))) and matter.waiting[0].stage == "issue"
        again = issue(connection, *told, loaded, (), FINANCE)
        assert again.state == DONE and again.delivery != one.delivery
        # The next adjustment counts on, though no plan of this one is in.
        assert open_adjustment(connection, JIANGSU, 2026, (0,), "再调", TAX).number == "2026-2"


def test_each_step_waits_for_the_offices_it_names_and_each_unit_for_its_own(
    sqlite_store: Engine, now: datetime
) -> None:
    load_province(sqlite_store, now)

    def turns(day: date) -> dict[str, tuple[str, set[str]]]:
        """By the matter's number: its stage, and whose turn it is."""
        tree = load_tree(connection, JIANGSU)
        found = {}
        for matter in budgets(connection, [JIANGSU], day):
            whose = {one.login for one in people if next(turns_of(one, matter, tree), None)}
            found[matter.number] = (matter.waiting[0].stage if matter.waiting else "", whose)
        return found

    people = [Account(role, role, role, PROVINCE, None, False) for role in Role if role is not Role.CITY]
    people += [Account(unit, unit, Role.CITY, unit, None, False) for unit in UNITS]
    early, late = date(2026, 11, 10), date(2026, 11, 16)
    with writing(sqlite_store) as connection:
        one = open_round(connection, JIANGSU, 2027, proposed({}), FINANCE)
        assert turns(early) == {"2027-0": ("draft", {"finance", "monitor", "tax"})}
        one = advance(connection, JIANGSU, one, UNITS, "", None, FINANCE)
        # Who handed the draft on does not put it out.
        assert turns(early)["2027-0"] == ("first_issue", {"monitor", "tax"})
        one = advance(connection, JIANGSU, one, UNITS, "", None, TAX)
        waiting = {f"2027-0.{unit}": ("answer", {unit}) for unit in UNITS}
        assert turns(early) == {"2027-0": ("", set()), **waiting}
        assert turns(late)["2027-0"] == ("closing", {"finance", "monitor", "tax"})
        one = answer(connection, one, NANJING, None, "", by("nanjing", ""))
        assert f"2027-0.{NANJING}" not in turns(early) and f"2027-0.{WUXI}" in turns(late)
