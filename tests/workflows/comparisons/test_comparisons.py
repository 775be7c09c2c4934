"""疑点核查: what a run registers, what is judged of each suspicion, and what the problem takes from those upheld."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, func, select

from data_access.store import schema
from data_access.store.engine import writing
from data_access.store.trail import Wanted, load_events
from rules.errors import InputError, PoolwatchError, StaleRow
from rules.persons.comparisons import COMPARISONS, Suspicion
from workflows.comparisons import steps
from workflows.comparisons.register import OPENED, Run, known, last_run, open_run, runs, suspicions, tally
from workflows.comparisons.steps import Seen
from workflows.issues.register import Issue, load_violations
from workflows.issues.steps import StepDetails
from workflows.people.accounts import By

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ANNA, BEN = By("anna", "安", "agency", AT), By("ben", "本", "social", AT + timedelta(hours=1))
SCHEME, NANJING, WUXI = "jiangsu-pension", "320100", "320200"
A, B, C = "a" * 32, "b" * 32, "c" * 32
DEATH, BASE = "paid_after_death", "base_under_limit"
CAUSE = COMPARISONS[DEATH].causes[0].code


def found(rule: str, region: str, person: str, *months: tuple[int, int]) -> Suspicion:
    return Suspicion(rule, SCHEME, region, person, months, (("died_on", "2026-03-05"),))


# Nanjing: A 300 + 300, B 250 after death; C 40 under the limit. Wuxi: A again, 70.
FOUND = (
    found(DEATH, NANJING, B, (202604, 25_000)),
    found(DEATH, WUXI, A, (202606, 7_000)),
    found(DEATH, NANJING, A, (202605, 30_000), (202604, 30_000)),
    found(BASE, NANJING, C, (202601, 4_000)),
)


def opened(connection: Connection, *members: Suspicion, by: By = ANNA, after: int | None = None) -> Run:
    rules, delivery = (DEATH, BASE), (3, "f" * 64)
    return open_run(connection, members, until=202610, rules=rules, delivery=delivery, rows=9_000, by=by, after=after)


def lead(connection: Connection) -> Issue:
    """The lead on Nanjing's payments after death: A 600.00, B 250.00."""
    opened(connection, *FOUND)
    return next(one for one in load_violations(connection, SCHEME) if one.amount_fen == 85_000)


def seen(connection: Connection, one: Issue, *persons: str) -> list[Seen]:
    of = suspicions(connection, SCHEME, ref=one.ref)
    return [(each.run, each.number, each.row_version) for each in of if each.person in persons]


def test_a_run_registers_one_lead_for_each_rule_and_region_and_every_sum_agrees(store: Engine) -> None:
    with writing(store) as connection:
        run = opened(connection, *FOUND)
        leads = load_violations(connection, SCHEME)
        every = suspicions(connection, SCHEME, run=run.number)
        at_stake = connection.execute(select(func.sum(schema.suspicion_month.c.amount_fen))).scalar_one()
    assert (run.label, run.until, run.delivery, run.lake_rows) == ("比对26-01", 202610, 3, 9_000)
    assert {(one.region, one.department, one.category, one.suspects, one.amount_fen) for one in leads} == {
        (NANJING, "agency", COMPARISONS[DEATH].category, 2, 85_000),
        (WUXI, "agency", COMPARISONS[DEATH].category, 1, 7_000),
        (NANJING, "tax", COMPARISONS[BASE].category, 1, 4_000),
    }
    for one in leads:
        own = [each for each in every if each.ref == one.ref]
        assert (one.state, one.origin, one.comparison) == ("lead", "comparison", run.label)
        assert (one.suspects, one.amount_fen) == (len(own), sum(each.amount_fen for each in own))
        assert not any(each.person[:8] in f"{one.title}{one.evidence}" for each in every)
    assert at_stake == sum(one.amount_fen for one in leads) == 96_000
    death = next(one for one in leads if one.suspects == 2)
    assert "2026年4月 至 2026年5月" in death.evidence and COMPARISONS[DEATH].article in death.evidence
    assert every[0].facts == (("died_on", "2026-03-05"),) and [one.number for one in every] == [1, 2, 3, 4]


def test_what_was_raised_before_is_known_whatever_became_of_it(store: Engine) -> None:
    with writing(store) as connection:
        one = lead(connection)
        steps.clear(connection, one, seen(connection, one, B), CAUSE, "", ANNA)
        opened(connection, found(DEATH, NANJING, A, (202605, 500), (202607, 30_000)))
        before = known(connection)
    assert before[DEATH, SCHEME, NANJING, A] == {202604: 30_000, 202605: 30_500, 202607: 30_000}
    assert before[DEATH, SCHEME, NANJING, B] == {202604: 25_000} and len(before) == 4


def test_a_run_that_finds_nothing_is_written_and_of_two_at_once_only_one(store: Engine) -> None:
    with writing(store) as connection:
        seen_last = last_run(connection)
        opened(connection, after=seen_last)
        assert load_violations(connection, SCHEME) == ()
        told = load_events(connection, Wanted(action=OPENED), 9)
    with pytest.raises(StaleRow), writing(store) as connection:
        opened(connection, *FOUND, after=seen_last)
    with writing(store) as connection:
        assert [run.label for run in runs(connection, SCHEME)] == ["比对26-01"]
        assert opened(connection).label == "比对26-02"
        assert runs(connection, "published-pension") == ()
    assert [(event.actor, event.subject, event.details["suspicions"]) for event in told] == [("anna", "比对26-01", 0)]


@pytest.mark.parametrize(
    "wrong",
    [
        found(DEATH, NANJING, A),
        found(DEATH, NANJING, A, (202604, 0)),
        found(DEATH, NANJING, "320102199003071239", (202604, 1)),
    ],
)
def test_nothing_but_a_hash_with_an_amount_gets_in(sqlite_store: Engine, wrong: Suspicion) -> None:
    with pytest.raises(InputError), writing(sqlite_store) as connection:
        opened(connection, *FOUND, wrong)
    with sqlite_store.connect() as connection:
        assert runs(connection) == () and load_violations(connection, SCHEME) == ()


def test_persons_and_amount_are_of_those_upheld_and_less_needs_a_reason(sqlite_store: Engine) -> None:
    with writing(sqlite_store) as connection:
        one = lead(connection)
        with pytest.raises(steps.SuspicionsUndecided):
            steps.verify(connection, one, StepDetails(), ANNA)
        steps.uphold(connection, one, seen(connection, one, A), "", ANNA)
        with pytest.raises(steps.SuspicionsUndecided):
            steps.verify(connection, one, StepDetails(), ANNA)
        steps.clear(connection, one, seen(connection, one, B), steps.OTHER, "同名登记有误", BEN)
        of = tally(suspicions(connection, SCHEME, ref=one.ref))
        assert (of.count, of.open, of.upheld, of.cleared, of.amount_fen, of.upheld_fen) == (2, 0, 1, 1, 85_000, 60_000)
        for said, refused in (
            (StepDetails(amount_fen=60_001), steps.SuspicionsExceeded),
            (StepDetails(amount_fen=60_000, persons=2), steps.SuspicionsExceeded),
            (StepDetails(amount_fen=59_999), steps.SuspicionsReason),
        ):
            with pytest.raises(refused):
                steps.verify(connection, one, said, ANNA)
        with pytest.raises(steps.SuspicionsUpheld):
            steps.dismiss(connection, one, StepDetails("不属实"), ANNA)
        one = steps.verify(connection, one, StepDetails(), ANNA)
        assert (one.state, one.to_recover_fen, one.persons, one.upheld) == ("verified", 60_000, 1, True)
        # What is judged anew afterwards moves what can be corrected.
        steps.withdraw(connection, one, seen(connection, one, B), "复核", ANNA)
        steps.uphold(connection, one, seen(connection, one, B), "", ANNA)
        one = steps.set_amounts(connection, one, StepDetails(), ANNA)
        assert (one.to_recover_fen, one.persons) == (85_000, 2)
        one = steps.set_amounts(connection, one, StepDetails("一人已退回", amount_fen=60_000, persons=1), ANNA)
        assert (one.to_recover_fen, one.persons) == (60_000, 1)


def test_a_lead_of_which_everything_was_cleared_is_dismissed_and_no_longer_judged(sqlite_store: Engine) -> None:
    with writing(sqlite_store) as connection:
        one = lead(connection)
        steps.clear(connection, one, seen(connection, one, A, B), CAUSE, "", ANNA)
        with pytest.raises(steps.SuspicionsCleared):
            steps.verify(connection, one, StepDetails(), ANNA)
        one = steps.dismiss(connection, one, StepDetails("均已排除"), ANNA)
        assert (one.state, one.upheld) == ("closed", False)
        with pytest.raises(steps.SuspicionStepNotOpen):
            steps.withdraw(connection, one, seen(connection, one, A), "复核", ANNA)


Step = Callable[[Connection, Issue, list[Seen]], object]


@pytest.mark.parametrize(
    ("refused", "step"),
    [
        (steps.SuspicionCause, lambda c, one, s: steps.clear(c, one, s, steps.OTHER, "", ANNA)),
        (steps.SuspicionCause, lambda c, one, s: steps.clear(c, one, s, "moon", "月亮", ANNA)),
        (steps.SuspicionStepNotOpen, lambda c, one, s: steps.withdraw(c, one, s, "复核", ANNA)),
        (StaleRow, lambda c, one, s: steps.uphold(c, one, [(1, 99, 0)], "", ANNA)),
        # Another problem's suspicion is none of this one's.
        (StaleRow, lambda c, one, s: steps.uphold(c, one, [*s, (1, 4, 0)], "", ANNA)),
    ],
)
def test_a_judgement_out_of_order_is_refused_whole(
    sqlite_store: Engine, refused: type[PoolwatchError], step: Step
) -> None:
    with writing(sqlite_store) as connection:
        one = lead(connection)
        with pytest.raises(refused):
            step(connection, one, seen(connection, one, A, B))
        assert all(each.state == "open" for each in suspicions(connection, SCHEME))


def test_of_two_who_saw_the_same_suspicion_only_the_first_judges(store: Engine) -> None:
    with writing(store) as connection:
        one = lead(connection)
        both = seen(connection, one, A, B)
        steps.uphold(connection, one, both[:1], "", ANNA)
    with pytest.raises(StaleRow), writing(store) as connection:
        steps.clear(connection, replace(one), both, CAUSE, "", BEN)
    with store.connect() as connection:
        states = {each.person: each.state for each in suspicions(connection, SCHEME, ref=one.ref)}
    assert states == {A: "upheld", B: "open"}
