"""The register of problems: what each step leads to, what it refuses, and what the sums rest on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from data_access.store.engine import writing
from rules.errors import PoolwatchError, StaleRow
from tests.data_access.intake.test_further_inputs import SCHEME, make_public, take
from workflows.attachments import LARGEST_BYTES, AttachmentTooLarge, Owner, attach, attachments_of, content_of
from workflows.comparisons.results import results
from workflows.issues import steps as steps
from workflows.issues.register import Issue, load_violations, violation
from workflows.issues.steps import NewIssue, StepDetails
from workflows.people.accounts import By

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
ANNA, BEN = By("anna", "安", "social", AT), By("ben", "本", "fiscal", AT + timedelta(hours=1))
FOUND = NewIssue(
    "320102",
    "social",
    "audit",
    "policy",
    "rate_or_base",
    "擅自降低费率",
    date(2026, 10, 30),
    500_000,
    "取证单",
    persons=7,
)


def registered(connection: Connection) -> Issue:
    return steps.register(connection, SCHEME, FOUND, ANNA)


def mending(connection: Connection) -> Issue:
    one = steps.verify(connection, registered(connection), StepDetails("属实", amount_fen=400_000, persons=5), ANNA)
    return steps.assign(connection, one, StepDetails("整改", due_on=date(2026, 11, 10)), ANNA)


def test_a_problem_goes_from_lead_to_closed_and_every_step_stays_in_the_journal(store: Engine) -> None:
    with writing(store) as connection:
        one = mending(connection)
        assert (one.state, one.to_recover_fen, one.persons, one.due_on) == ("mending", 400_000, 5, date(2026, 11, 10))
        one = steps.recover(connection, one, StepDetails(amount_fen=300_000), ANNA)
        one = steps.recover(connection, one, StepDetails(amount_fen=-50_000), ANNA)
        one = steps.exclude(connection, one, StepDetails("洪水", amount_fen=150_000), ANNA)
        assert (one.recovered_fen, one.to_recover_fen, one.outstanding_fen) == (250_000, 250_000, 0)
        one = steps.ask_close(connection, one, StepDetails("整改到位"), ANNA)
        one = steps.close(connection, one, StepDetails(), BEN)
        assert (one.state, one.closed_on, one.row_version) == ("closed", date(2026, 11, 2), 8)
        one = steps.reopen(connection, one, StepDetails("再犯", due_on=date(2026, 12, 1)), BEN)
    assert (one.state, one.closed_on, one.due_on) == ("mending", None, date(2026, 12, 1))
    assert [step.place for step in one.steps] == list(range(1, 10))


def test_numbers_by_hand_go_on_through_the_year(store: Engine) -> None:
    with writing(store) as connection:
        assert [registered(connection).ref for _ in range(2)] == ["W26-001", "W26-002"]


def test_nobody_closes_what_he_asked_to_close_himself(store: Engine) -> None:
    with writing(store) as connection:
        one = steps.ask_close(connection, mending(connection), StepDetails("整改到位"), ANNA)
        with pytest.raises(steps.IssueFourEyes):
            steps.close(connection, one, StepDetails(), ANNA)
        one = steps.decline(connection, one, StepDetails("缺佐证"), BEN)
        with pytest.raises(steps.IssueNotAsked):
            steps.close(connection, one, StepDetails(), BEN)


@pytest.mark.parametrize(
    ("refused", "step"),
    [
        (steps.IssueStepNotOpen, lambda c, one: steps.verify(c, one, StepDetails(), ANNA)),
        (steps.IssueStepNotOpen, lambda c, one: steps.reopen(c, one, StepDetails(), ANNA)),
        (steps.IssueAmount, lambda c, one: steps.recover(c, one, StepDetails(amount_fen=-1), ANNA)),
        (steps.IssueAmount, lambda c, one: steps.exclude(c, one, StepDetails(amount_fen=400_001), ANNA)),
        (steps.IssueNotAsked, lambda c, one: steps.decline(c, one, StepDetails(), ANNA)),
    ],
)
def test_a_step_out_of_order_or_of_too_much_is_refused(
    sqlite_store: Engine, refused: type[PoolwatchError], step: Callable[[Connection, Issue], Issue]
) -> None:
    with writing(sqlite_store) as connection:
        one = mending(connection)
        with pytest.raises(refused):
            step(connection, one)


def test_of_two_who_saw_the_same_state_only_the_first_acts(store: Engine) -> None:
    with writing(store) as connection:
        seen = mending(connection)
        steps.recover(connection, seen, StepDetails(amount_fen=1), ANNA)
    with pytest.raises(StaleRow), writing(store) as connection:
        steps.recover(connection, seen, StepDetails(amount_fen=2), BEN)
    with store.connect() as connection:
        assert violation(connection, SCHEME, seen.ref).recovered_fen == 1  # type: ignore[union-attr]


def test_a_dismissed_lead_is_closed_and_was_never_upheld(sqlite_store: Engine) -> None:
    with writing(sqlite_store) as connection:
        one = steps.dismiss(connection, registered(connection), StepDetails("不属实"), ANNA)
    assert (one.state, one.upheld, one.open) == ("closed", False, False)


def test_the_register_can_be_seen_as_it_stood(sqlite_store: Engine) -> None:
    with writing(sqlite_store) as connection:
        steps.ask_close(
            connection, mending(connection), StepDetails("整改到位"), By("anna", "安", "social", AT + timedelta(days=9))
        )
        then = load_violations(connection, SCHEME, until=AT + timedelta(days=1))
        assert not load_violations(connection, SCHEME, until=AT - timedelta(days=9))
    assert [one.asked_to_close for one in then] == [None]
    assert then[0].overdue_on(date(2026, 11, 11)) and not then[0].overdue_on(date(2026, 11, 10))


def test_leads_of_a_file_appear_once_published_and_count_in_their_comparison(ready: Engine, now: datetime) -> None:
    batch = {"comparison": "三季度比对", "suspects": "12"}
    take(ready, "violation", now, batch, {**batch, "ref": "BD-2", "suspects": "5"})
    with ready.connect() as connection:
        assert load_violations(connection, SCHEME) == ()
    make_public(ready, now)
    with writing(ready) as connection:
        lead = violation(connection, SCHEME, "BD-1")
        assert lead is not None and (lead.state, lead.row_version, lead.suspects) == ("lead", 0, 12)
        one = steps.verify(connection, lead, StepDetails(amount_fen=900, persons=4), ANNA)
        steps.recover(connection, one, StepDetails(amount_fen=600), ANNA)
        found = results(load_violations(connection, SCHEME), (), {})
    assert [
        (len(one.problems), one.suspects, one.verified, one.cleared, one.recovered_fen, one.open) for one in found
    ] == [(2, 17, 4, None, 600, 2)]


def test_an_attachment_keeps_its_bytes_and_one_too_large_or_empty_is_refused(store: Engine) -> None:
    owner = Owner("issue", SCHEME, "320102", "W26-001")
    with writing(store) as connection:
        number = attach(connection, owner, "佐证.pdf", b"\x00\xff%PDF", ANNA)
        for content in (b"", b"x" * (LARGEST_BYTES + 1)):
            with pytest.raises(AttachmentTooLarge):
                attach(connection, owner, "x", content, ANNA)
        assert content_of(connection, number) == b"\x00\xff%PDF"
        # Another scheme numbers its problems alike.
        attach(connection, Owner("issue", "shanxi-pension", "140100", "W26-001"), "x", b"x", BEN)
        files = attachments_of(connection, "issue", SCHEME, "W26-001")["W26-001"]
    assert [(file.id, file.name, file.bytes) for file in files] == [(number, "佐证.pdf", 6)]
    assert len(files[0].sha256) == 64
